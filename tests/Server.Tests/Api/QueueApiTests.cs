using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Dispatching;
using Platform.Server.Tests.Elsa;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Api;

public sealed class QueueApiTests : IAsyncLifetime
{
    private readonly HttpTestServer _server = HttpTestServer.Start(("Runtime:QueueMax", "4"), ("Runtime:BurstsMax", "2"));

    public async Task InitializeAsync()
    {
        _server.Client.DefaultRequestHeaders.Add("Authorization", $"ApiKey {TestServer.ApiKey}");
        await _server.PublishAsync("job", Flow.Of(
            Flow.Endpoint("job"), Flow.Step("answer", "Elsa.WriteHttpResponse", ("content", "Literal", "hello")), Flow.Step("e", "Elsa.Event", ("eventName", "Literal", "end"))));
        await _server.PublishAsync("plain", Flow.Of(Flow.Step("e", "Elsa.Event", ("eventName", "Literal", "end"))));
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_run_is_accepted_with_the_place_where_it_is_explained()
    {
        using var answer = await PostAsync("/api/definitions/plain/runs", """{"input":{"a":1},"correlationId":"c","name":"n","concurrencyKey":"k"}""");

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var id = (await answer.JsonAsync())["instanceId"]!.GetValue<string>();
        answer.Headers.Location!.OriginalString.ShouldBe($"/api/instances/{id}/explain");
        await UntilAsync(async () => await _server.Store.FindInstanceAsync(id, CancellationToken.None) is not null);
        var instance = (await _server.Store.FindInstanceAsync(id, CancellationToken.None))!;
        (instance.CorrelationId, instance.Name, instance.ConcurrencyKey).ShouldBe(("c", "n", "k"));
    }

    [Fact]
    public async Task A_run_of_a_workflow_or_version_that_is_not_there_is_told()
    {
        using var nobody = await PostAsync("/api/definitions/nobody/runs", "{}");
        await nobody.ShouldBeProblemAsync(HttpStatusCode.NotFound, "WF4628");
        using var version = await PostAsync("/api/definitions/plain/runs", """{"versionOptions":"7"}""");
        await version.ShouldBeProblemAsync(HttpStatusCode.NotFound, "WF4628");
    }

    [Fact]
    public async Task The_same_idempotency_key_in_header_or_body_means_the_same_run()
    {
        var first = await RunAsync("""{"input":{"a":1},"idempotencyKey":"order-7"}""");
        var again = await RunAsync("""{"input":{"a":1}}""", "order-7");
        again["instanceId"]!.GetValue<string>().ShouldBe(first["instanceId"]!.GetValue<string>());

        using var changed = await PostAsync("/api/definitions/plain/runs", """{"input":{"a":2}}""", "order-7");
        changed.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        using var two = await PostAsync("/api/definitions/plain/runs", """{"idempotencyKey":"order-8"}""", "order-7");
        await two.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "WF4620");
    }

    [Fact]
    public async Task A_delayed_run_stands_in_the_queue_is_explained_and_taken_back()
    {
        var run = await RunAsync("""{"delay":"01:00:00","priority":7}""");
        var (id, item) = (run["instanceId"]!.GetValue<string>(), run["itemId"]!.GetValue<string>());

        var explanation = await GetAsync($"/api/instances/{id}/explain");
        explanation["subStatus"]!.GetValue<string>().ShouldBe("Pending");
        explanation["summary"]!.GetValue<string>().ShouldContain("It is to begin in 1 hour");
        var depth = await GetAsync("/api/queue");
        depth["total"]!.GetValue<long>().ShouldBe(1);
        depth["items"]![0]!["delayed"]!.GetValue<long>().ShouldBe(1);
        depth["items"]![0]!["definitionId"]!.GetValue<string>().ShouldBe("plain");
        depth["oldestAge"]!.GetValue<string>().ShouldBe("00:00:00");
        var list = await GetAsync("/api/queue/items?definitionId=plain&due=later&take=10");
        list["totalCount"]!.GetValue<long>().ShouldBe(1);
        list["items"]![0]!["state"]!.GetValue<string>().ShouldBe("Delayed");
        list["items"]![0]!["priority"]!.GetValue<int>().ShouldBe(7);
        (await GetAsync("/api/queue/items?due=now"))["totalCount"]!.GetValue<long>().ShouldBe(0);

        (await DeleteAsync($"/api/queue/items/{item}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await DeleteAsync($"/api/queue/items/{item}")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "WF4629");
        await (await _server.Client.GetAsync(new Uri($"/api/instances/{id}/explain", UriKind.Relative))).ShouldBeProblemAsync(HttpStatusCode.NotFound, "WF4504");
    }

    [Fact]
    public async Task Limits_are_set_shown_held_and_taken_away()
    {
        await (await DeleteAsync("/api/definitions/plain/limits")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "WF4627");
        var set = await PutAsync("/api/definitions/plain/limits", """{"maxConcurrent":1,"rate":{"count":100,"per":"00:01:00"}}""");
        set["maxConcurrent"]!.GetValue<int>().ShouldBe(1);
        set["rate"]!["per"]!.GetValue<string>().ShouldBe("00:01:00");
        var first = (await RunAsync("{}"))["instanceId"]!.GetValue<string>();
        await UntilAsync(async () => await _server.CountInstancesAsync("plain") == 1);

        var second = (await RunAsync("{}"))["instanceId"]!.GetValue<string>();
        (await GetAsync($"/api/instances/{second}/explain"))["waits"]![0]!["kind"]!.GetValue<string>().ShouldBe("Limit");
        (await GetAsync("/api/definitions/plain/limits"))["inProgress"]!.GetValue<int>().ShouldBe(1);
        (await GetAsync("/api/queue"))["items"]![0]!["held"]!.GetValue<long>().ShouldBe(1);
        using var waitedFor = await PostAsync("/elsa/api/workflow-definitions/plain/execute", "{}");
        var problem = await waitedFor.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "WF4623");
        problem["detail"]!.GetValue<string>().ShouldContain("maxConcurrent");
        waitedFor.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));

        await PostAsync("/elsa/api/events/end/trigger", $$"""{"workflowInstanceId":"{{first}}"}""");
        await UntilAsync(async () => await _server.Store.FindInstanceAsync(second, CancellationToken.None) is not null);
        (await DeleteAsync("/api/definitions/plain/limits")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_paused_workflow_answers_who_paused_it_and_queues_what_can_wait()
    {
        (await PostAsync("/api/definitions/job/pause", "{}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var state = await GetAsync("/api/definitions/job/pause");
        state["isPaused"]!.GetValue<bool>().ShouldBeTrue();
        var by = state["pausedBy"]!.GetValue<string>();

        using var answer = await _server.Client.GetAsync(new Uri("/workflows/job", UriKind.Relative));

        var detail = (await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "WF4621"))["detail"]!.GetValue<string>();
        detail.ShouldContain($"was paused by {by}");
        detail.ShouldContain("POST /api/definitions/job/resume");
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromMinutes(1));
        using var queued = await PostAsync("/elsa/api/workflow-definitions/job/dispatch", "{}");
        queued.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await GetAsync("/api/queue"))["items"]![0]!["paused"]!.GetValue<long>().ShouldBe(1);
        (await PostAsync("/api/definitions/job/resume", "{}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await UntilAsync(async () => await _server.CountInstancesAsync("job") == 1);
        (await _server.Client.GetStringAsync(new Uri("/workflows/job", UriKind.Relative))).ShouldBe("hello");
    }

    [Fact]
    public async Task A_workflow_that_drops_starts_refuses_them_and_counts()
    {
        await PostAsync("/api/definitions/job/pause", """{"mode":"drop"}""");

        using var http = await _server.Client.GetAsync(new Uri("/workflows/job", UriKind.Relative));
        await http.ShouldBeProblemAsync(HttpStatusCode.Conflict, "WF4622");
        http.Headers.RetryAfter.ShouldBeNull();
        foreach (var path in new[] { "/api/definitions/job/runs", "/elsa/api/workflow-definitions/job/dispatch", "/elsa/api/workflow-definitions/job/execute" })
        {
            using var refused = await PostAsync(path, "{}");
            await refused.ShouldBeProblemAsync(HttpStatusCode.Conflict, "WF4622");
        }

        var ended = await (await PostAsync("/api/definitions/job/resume", "{}")).JsonAsync();
        ended["dropped"]!.GetValue<long>().ShouldBe(4);
        (await _server.CountInstancesAsync("job")).ShouldBe(0);
    }

    [Fact]
    public async Task A_pause_of_an_unknown_mode_or_workflow_is_refused()
    {
        await (await PostAsync("/api/definitions/job/pause", """{"mode":"stop"}""")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "WF4632");
        await (await PostAsync("/api/definitions/nobody/pause", "{}")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "WF4628");
    }

    [Fact]
    public async Task A_full_queue_takes_no_more_and_says_when_to_come_back()
    {
        for (var i = 0; i < 4; i++)
            await RunAsync("""{"delay":"1.00:00:00"}""");

        foreach (var (path, body) in new[]
        {
            ("/api/definitions/plain/runs", "{}"), ("/elsa/api/workflow-definitions/plain/dispatch", "{}"),
            ("/elsa/api/workflow-definitions/plain/bulk-dispatch", """{"count":2}"""), ("/elsa/api/events/end/trigger", "{}"),
        })
        {
            using var refused = await PostAsync(path, body);
            await refused.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "WF4624");
            refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(10));
        }

        // Who waits for the answer needs no place in the queue.
        using var executed = await PostAsync("/elsa/api/workflow-definitions/plain/execute", "{}");
        executed.StatusCode.ShouldBe(HttpStatusCode.OK);
        var item = (await GetAsync("/api/queue/items"))["items"]![0]!["id"]!.GetValue<string>();
        await DeleteAsync($"/api/queue/items/{item}");
        await RunAsync("{}");
    }

    [Fact]
    public async Task A_busy_server_runs_no_more_at_once_and_recovers()
    {
        var intake = _server.Services.GetRequiredService<Intake>();
        intake.TryEnter().ShouldBeTrue();
        intake.TryEnter().ShouldBeTrue();

        using var http = await _server.Client.GetAsync(new Uri("/workflows/job", UriKind.Relative));
        await http.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "WF4625");
        http.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        using var executed = await PostAsync("/elsa/api/workflow-definitions/plain/execute", "{}");
        await executed.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "WF4625");

        intake.Leave();
        for (var i = 0; i < 3; i++)
            (await _server.Client.GetStringAsync(new Uri("/workflows/job", UriKind.Relative))).ShouldBe("hello");
        intake.EnteredCount.ShouldBe(1);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task<JsonNode> RunAsync(string body, string? key = null)
    {
        using var answer = await PostAsync("/api/definitions/plain/runs", body, key);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return await answer.JsonAsync();
    }

    private Task<HttpResponseMessage> PostAsync(string path, string body, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = ElsaServer.Json(body) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return _server.Client.SendAsync(request);
    }

    private async Task<JsonNode> PutAsync(string path, string body)
    {
        using var answer = await _server.Client.PutAsync(new Uri(path, UriKind.Relative), ElsaServer.Json(body));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.JsonAsync();
    }

    private async Task<JsonNode> GetAsync(string path)
    {
        using var answer = await _server.Client.GetAsync(new Uri(path, UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.JsonAsync();
    }

    private Task<HttpResponseMessage> DeleteAsync(string path) => _server.Client.DeleteAsync(new Uri(path, UriKind.Relative));
}
