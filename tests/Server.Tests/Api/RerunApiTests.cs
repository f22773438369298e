using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Platform.Server.Tests.Elsa;

namespace Platform.Server.Tests.Api;

public sealed class RerunApiTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    [Fact]
    public async Task An_instance_is_rerun_from_a_step_and_both_know_each_other()
    {
        var original = await RunAsync("""{"id":"a","type":"Elsa.SetName"},{"id":"b","type":"Elsa.SetName"}""");

        var (status, rerun) = await PostAsync($"/api/instances/{original}/rerun", """{"fromActivityId":"b"}""");

        status.ShouldBe(HttpStatusCode.Created, rerun.ToJsonString());
        rerun["subStatus"]!.GetValue<string>().ShouldBe("Finished");
        rerun["rerunOf"]!["instanceId"]!.GetValue<string>().ShouldBe(original);
        var id = rerun["instanceId"]!.GetValue<string>();
        var list = await GetAsync($"/api/instances/{original}/reruns");
        list["totalCount"]!.GetValue<int>().ShouldBe(1);
        list["items"]![0]!["instanceId"]!.GetValue<string>().ShouldBe(id);
        var explanation = await GetAsync($"/api/instances/{id}/explain");
        explanation["rerunOf"]!["activityInstanceId"]!.GetValue<string>().ShouldStartWith(original);
    }

    [Fact]
    public async Task The_same_key_makes_one_rerun_and_another_request_with_it_is_refused()
    {
        var original = await RunAsync("""{"id":"a","type":"Elsa.SetName"}""");

        var (_, first) = await PostAsync($"/api/instances/{original}/rerun", "", "key-1");
        var (_, second) = await PostAsync($"/api/instances/{original}/rerun", "", "key-1");
        var (status, refused) = await PostAsync($"/api/instances/{original}/rerun", """{"fromActivityId":"a"}""", "key-1");

        second["instanceId"]!.GetValue<string>().ShouldBe(first["instanceId"]!.GetValue<string>());
        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        refused["code"]!.GetValue<string>().ShouldBe("WF4521");
    }

    [Theory]
    [InlineData("rerun", """{"fromActivityId":"zzz"}""", 409, "WF4641")]
    [InlineData("rerun", """{"version":"newest"}""", 400, "WF4640")]
    [InlineData("rerun", """{"fromActivityId":"a","activityInput":{"nothing":1}}""", 400, "WF4640")]
    [InlineData("rerun", """{"activityInput":{"value":1}}""", 400, "WF4640")]
    [InlineData("rerun", """{"fromActivity":"a"}""", 400, "WF4500")]
    [InlineData("retry", "", 409, "WF4647")]
    public async Task A_request_that_cannot_be_met_is_a_problem_with_a_code(string route, string body, int status, string code)
    {
        var original = await RunAsync("""{"id":"a","type":"Elsa.SetName"}""");

        var (answered, problem) = await PostAsync($"/api/instances/{original}/{route}", body);

        ((int)answered).ShouldBe(status, problem.ToJsonString());
        problem["code"]!.GetValue<string>().ShouldBe(code);
    }

    [Theory]
    [InlineData("rerun")]
    [InlineData("retry")]
    public async Task An_unknown_instance_is_not_found(string route) =>
        (await PostAsync($"/api/instances/nobody/{route}", "{}")).Status.ShouldBe(HttpStatusCode.NotFound);

    [Fact]
    public async Task What_failed_is_retried_where_it_failed()
    {
        var id = await RunAsync("""{"id":"f","type":"Elsa.Fault"}""");

        var (status, retried) = await PostAsync($"/api/instances/{id}/retry", "{}");

        status.ShouldBe(HttpStatusCode.OK, retried.ToJsonString());
        retried["retried"]!.GetValue<int>().ShouldBe(1);
        retried["subStatus"]!.GetValue<string>().ShouldBe("Faulted");
        (await PostAsync($"/api/instances/{id}/retry", """{"activityInstanceIds":["other"]}""")).Answer["code"]!.GetValue<string>().ShouldBe("WF4647");
    }

    [Fact]
    public async Task A_bulk_job_is_previewed_accepted_and_followed_to_its_end()
    {
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
            ids.Add(await RunAsync("""{"id":"wait","type":"Elsa.Event","eventName":{"typeName":"String","expression":{"type":"Literal","value":"never"}}}"""));
        var ended = await RunAsync("""{"id":"a","type":"Elsa.SetName"}""");
        var filter = new JsonObject { ["ids"] = new JsonArray([.. ids.Append(ended).Select(id => (JsonNode)id)]) }.ToJsonString();

        var (_, preview) = await PostAsync("/api/bulk/preview", $$"""{"action":"Cancel","filter":{{filter}}}""");
        preview["count"]!.GetValue<int>().ShouldBe(3);
        preview["items"]!.AsArray().Count.ShouldBe(3);
        preview["leftOut"]![0]!["reason"]!.GetValue<string>().ShouldBe("It has ended already.");
        (await PostAsync("/api/bulk", $$"""{"action":"Cancel","filter":{{filter}},"expectedCount":4}""")).Answer["code"]!.GetValue<string>().ShouldBe("WF4651");
        var (status, accepted) = await PostAsync("/api/bulk", $$"""{"action":"Cancel","filter":{{filter}},"expectedCount":3}""", "bulk-key");
        status.ShouldBe(HttpStatusCode.Accepted, accepted.ToJsonString());
        var id = accepted["id"]!.GetValue<string>();
        (await PostAsync("/api/bulk", $$"""{"action":"Cancel","filter":{{filter}},"expectedCount":3}""", "bulk-key")).Answer["id"]!.GetValue<string>().ShouldBe(id);

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        JsonNode job;
        while ((job = await GetAsync($"/api/bulk/{id}"))["completedAt"] is null)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        (job["status"]!.GetValue<string>(), job["done"]!.GetValue<int>()).ShouldBe(("Completed", 3));
        (await GetAsync("/api/bulk"))["items"]!.AsArray().Count.ShouldBeGreaterThanOrEqualTo(1);
        (await PostAsync($"/api/bulk/{id}/cancel", "")).Answer["code"]!.GetValue<string>().ShouldBe("WF4653");
    }

    [Theory]
    [InlineData("""{"action":"Delete","filter":{}}""", "WF4650")]
    [InlineData("""{"action":"Delete","filter":{"ids":["a"]},"perSecond":0}""", "WF4650")]
    [InlineData("""{"action":"Delete","filter":{"ids":["a"]},"rerun":{}}""", "WF4650")]
    [InlineData("""{"action":"Rerun","filter":{"ids":["a"]},"rerun":{"fromActivityInstanceId":"x"}}""", "WF4650")]
    [InlineData("""{"action":"Explode","filter":{"ids":["a"]}}""", "WF4500")]
    [InlineData("""{"action":"Delete"}""", "WF4500")]
    public async Task A_bulk_request_that_cannot_be_used_is_a_problem_with_a_code(string body, string code)
    {
        var (status, problem) = await PostAsync("/api/bulk", body);

        status.ShouldBe(HttpStatusCode.BadRequest, problem.ToJsonString());
        problem["code"]!.GetValue<string>().ShouldBe(code);
    }

    private async Task<string> RunAsync(string activities)
    {
        var definition = await server.ImportAsync($$$"""{"name":"Rerun","root":{"id":"root","type":"Elsa.Sequence","activities":[{{{activities}}}]}}""");
        return await server.ExecuteAsync(definition["definitionId"]!.GetValue<string>());
    }

    private async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await server.Client.GetStringAsync(new Uri(path, UriKind.Relative)))!;

    private async Task<(HttpStatusCode Status, JsonNode Answer)> PostAsync(string path, string body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (body.Length > 0)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var response = await server.Client.SendAsync(request);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }
}
