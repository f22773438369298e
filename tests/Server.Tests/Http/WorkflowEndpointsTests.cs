using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Definitions;
using Platform.Runtime.Store;
using static Platform.Server.Tests.Http.Flow;

namespace Platform.Server.Tests.Http;

public sealed class WorkflowEndpointsTests : IAsyncLifetime
{
    private readonly HttpTestServer _server = HttpTestServer.Start();

    private HttpClient Client => _server.Client;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task A_published_workflow_answers_at_once()
    {
        await _server.PublishAsync("hello", Of(Endpoint("hello"), Respond("Hi")));

        using var response = await Client.GetAsync("/workflows/hello");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/plain");
        (await response.Content.ReadAsStringAsync()).ShouldBe("Hi");
        (await _server.OnlyInstanceAsync("hello")).SubStatus.ShouldBe("Finished");
    }

    [Theory]
    [InlineData("/workflows/HELLO")]
    [InlineData("/WORKFLOWS/hello/")]
    public async Task Case_and_a_trailing_slash_do_not_matter(string path)
    {
        await _server.PublishAsync("hello", Of(Endpoint("/Hello/"), Respond("Hi")));

        (await Client.GetStringAsync(path)).ShouldBe("Hi");
    }

    [Fact]
    public async Task An_unknown_path_and_an_unsupported_method_are_not_found()
    {
        await _server.PublishAsync("hello", Of(Endpoint("hello"), Respond("Hi")));

        (await Client.GetAsync("/workflows/other")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Client.PostAsync("/workflows/hello", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Client.GetAsync("/workflows/hello/more")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _server.CountInstancesAsync("hello")).ShouldBe(0);
    }

    [Fact]
    public async Task A_route_changes_with_its_workflow()
    {
        await _server.PublishAsync("w", Of(Endpoint("first"), Respond("1")));
        (await Client.GetStringAsync("/workflows/first")).ShouldBe("1");

        await _server.PublishAsync("w", Of(Endpoint("second"), Respond("2")));
        (await Client.GetAsync("/workflows/first")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Client.GetStringAsync("/workflows/second")).ShouldBe("2");

        await _server.Definitions.RetractAsync("w", CancellationToken.None);
        (await Client.GetAsync("/workflows/second")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        await _server.Definitions.PublishAsync("w", CancellationToken.None);
        (await Client.GetStringAsync("/workflows/second")).ShouldBe("2");
    }

    [Fact]
    public async Task Nothing_answered_is_an_empty_200()
    {
        await _server.PublishAsync("quiet", Of(Endpoint("quiet")));

        using var response = await Client.GetAsync("/workflows/quiet");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Route_parameters_have_lower_case_keys_and_keep_their_values()
    {
        await _server.PublishAsync("orders", Of(Endpoint("orders/{OrderId}/{*rest}").Bind("routeData", "Data"), RespondWith("Data")).Variables("Data"));

        var data = JsonNode.Parse(await Client.GetStringAsync("/workflows/orders/AbC/x/Y"))!;

        data["orderid"]!.GetValue<string>().ShouldBe("AbC");
        data["rest"]!.GetValue<string>().ShouldBe("x/Y");
    }

    [Fact]
    public async Task The_most_specific_template_wins_and_constraints_count()
    {
        await _server.PublishAsync("any", Of(Endpoint("items/{name}"), Respond("any")));
        await _server.PublishAsync("number", Of(Endpoint("items/{id:int}"), Respond("number")));
        await _server.PublishAsync("literal", Of(Endpoint("items/special"), Respond("literal")));
        await _server.PublishAsync("post", Of(Endpoint("items/posted", """["POST"]"""), Respond("posted")));

        (await Client.GetStringAsync("/workflows/items/5")).ShouldBe("number");
        (await Client.GetStringAsync("/workflows/items/five")).ShouldBe("any");
        (await Client.GetStringAsync("/workflows/items/special")).ShouldBe("literal");
        (await Client.GetStringAsync("/workflows/items/posted")).ShouldBe("any");
    }

    [Fact]
    public async Task Query_and_headers_are_values_or_lists()
    {
        await _server.PublishAsync("echo", Of(
            Endpoint("echo").Bind("queryStringData", "Query").Bind("headers", "Headers"),
            Step("respond", "Elsa.WriteHttpResponse", ("content", "JavaScript", "({ query: getVariable('Query'), headers: getVariable('Headers') })"))).Variables("Query", "Headers"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/workflows/echo?a=1&b=2&b=3");
        request.Headers.Add("X-Color", "green");

        using var response = await Client.SendAsync(request);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        response.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        body["query"]!["a"]!.GetValue<string>().ShouldBe("1");
        body["query"]!["b"]!.AsArray().Select(item => item!.GetValue<string>()).ShouldBe(["2", "3"]);
        body["headers"]!["X-Color"]!.GetValue<string>().ShouldBe("green");
    }

    [Fact]
    public async Task Two_workflows_on_one_path_cannot_both_be_published()
    {
        await _server.PublishAsync("one", Of(Endpoint("shared/{id}"), Respond("1")));

        var result = await _server.TryPublishAsync("two", Of(Endpoint("/SHARED/{ID}"), Respond("2")));

        result.ShouldBeOfType<DefinitionResult.Invalid>().Problems[0].Message.ShouldBe("The /shared/{id} path and get method are already in use by another workflow!");
    }

    [Fact]
    public async Task Two_workflows_that_got_onto_one_path_all_the_same_are_ambiguous()
    {
        var store = new InMemoryStore();
        await using (var first = HttpTestServer.StartOn(store))
            await first.PublishAsync("one", Of(Endpoint("clash"), Respond("1")));
        // As another node does that publishes at the same moment.
        var definition = (await store.FindDefinitionAsync("one", Engine.Definitions.VersionOptions.Published, CancellationToken.None))!;
        var trigger = (await store.FindTriggersAsync(new TriggerFilter(), CancellationToken.None)).ShouldHaveSingleItem();
        await store.CommitAsync(
            new Commit
            {
                Definitions = [definition with { Id = "two-1", DefinitionId = "two" }],
                Triggers = [new TriggerSet("two", [trigger with { Id = "t2", DefinitionId = "two", DefinitionVersionId = "two-1" }])],
            },
            CancellationToken.None);
        await using var second = HttpTestServer.StartOn(store);

        using var response = await second.Client.GetAsync("/workflows/clash");

        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        answer["errorMessage"]!.GetValue<string>().ShouldBe("The call is ambiguous and matches multiple workflows.");
        answer["workflows"]!.AsArray().Select(item => item!.GetValue<string>()).ShouldBe(["one", "two"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("", "The path is empty")]
    [InlineData("/", "The path is empty")]
    [InlineData("a//b", "contains '//'")]
    [InlineData("a/{b", "not a valid route template")]
    [InlineData("a/{b}/{b}", "not a valid route template")]
    [InlineData("a?b=c", "has a query")]
    public async Task A_bad_path_cannot_be_published_and_says_why(string path, string expected)
    {
        var result = await _server.TryPublishAsync("bad", Of(Endpoint(path), Respond("1")));

        var problem = result.ShouldBeOfType<DefinitionResult.Invalid>().Problems.ShouldHaveSingleItem();
        problem.Message.ShouldContain(expected);
        problem.Path.ShouldBe("$.root.activities[0]");
    }

    [Fact]
    public async Task A_correlation_id_and_an_instance_id_come_from_header_or_query()
    {
        await _server.PublishAsync("ids", Of(Endpoint("ids"), Respond("ok")));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/workflows/ids?correlationId=c1") { Headers = { { "X-Workflow-Instance-ID", "i1" } } };

        (await Client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);

        var instance = await _server.OnlyInstanceAsync("ids");
        (instance.Id, instance.CorrelationId).ShouldBe(("i1", "c1"));
        (await Client.GetAsync("/workflows/ids?workflowInstanceId=i1")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_fault_is_a_500_that_tells_strangers_nothing()
    {
        await _server.PublishAsync("faulty", Of(Endpoint("faulty"), Step("fault", "Elsa.Fault", ("message", "Literal", "the secret reason"))));

        using var response = await Client.GetAsync("/workflows/faulty");

        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await response.Content.ReadAsStringAsync()).ShouldNotContain("secret");
        (await _server.OnlyInstanceAsync("faulty")).SubStatus.ShouldBe("Faulted");
    }

    [Fact]
    public async Task An_answer_that_the_workflow_gave_before_it_faulted_counts()
    {
        await _server.PublishAsync("late", Of(Endpoint("late"), Respond("told"), Step("fault", "Elsa.Fault")));

        using var response = await Client.GetAsync("/workflows/late");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).ShouldBe("told");
    }

    [Fact]
    public async Task Many_requests_at_once_each_get_their_own_answer()
    {
        await _server.PublishAsync("many", Of(Endpoint("many/{n}").Bind("routeData", "Data"), RespondWith("Data")).Variables("Data"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(n => Client.GetStringAsync($"/workflows/many/{n}")));

        answers.Select(answer => JsonDocument.Parse(answer).RootElement.GetProperty("n").GetString()).ShouldBe(Enumerable.Range(0, 200).Select(n => n.ToString()));
        (await _server.CountInstancesAsync("many")).ShouldBe(200);
    }

    [Fact]
    public async Task A_child_that_runs_inside_the_burst_may_answer()
    {
        await _server.PublishAsync("child", Of(Respond("from the child")));
        await _server.PublishAsync("parent", Of(
            Endpoint("parent"),
            Step("run", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", "Literal", "child"), ("waitForCompletion", "Literal", "True"))));

        (await Client.GetStringAsync("/workflows/parent")).ShouldBe("from the child");
    }

    [Fact]
    public async Task When_the_store_fails_the_caller_gets_503_and_nothing_of_the_answer()
    {
        var store = new FailingStore();
        await using var server = HttpTestServer.StartOn(store);
        await server.PublishAsync("w", Of(Endpoint("w"), Respond("done")));
        store.FailsToCommit = true;

        using var response = await server.Client.GetAsync("/workflows/w");

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter!.ToString().ShouldBe("5");
        (await response.Content.ReadAsStringAsync()).ShouldNotContain("done");
    }

    [Fact]
    public async Task Another_base_path_moves_all_workflows()
    {
        await using var server = HttpTestServer.Start(("Http:BasePath", "/run/it"));
        await server.PublishAsync("w", Of(Endpoint("w"), Respond("done")));

        (await server.Client.GetStringAsync("/run/it/w")).ShouldBe("done");
        (await server.Client.GetAsync("/workflows/w")).IsSuccessStatusCode.ShouldBeFalse();
    }

    [Fact]
    public async Task Json_content_is_parsed_and_written_back()
    {
        await _server.PublishAsync("json", Of(Endpoint("json", """["POST"]""").Bind("parsedContent", "Body"), RespondWith("Body")).Variables("Body"));

        using var response = await Client.PostAsJsonAsync("/workflows/json", new { name = "Ünal", list = new[] { 1, 2 } });

        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"name":"Ünal","list":[1,2]}""");
        using var empty = await Client.PostAsync("/workflows/json", new StringContent("", Encoding.UTF8, "application/json"));
        (await empty.Content.ReadAsStringAsync()).ShouldBe("");
    }
}
