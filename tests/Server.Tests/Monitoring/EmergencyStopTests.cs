using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Store;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Monitoring;

public sealed class EmergencyStopTests
{
    [Fact]
    public async Task New_work_is_refused_with_503_and_reading_goes_on_until_the_release()
    {
        await using var server = HttpTestServer.Start();
        await server.PublishAsync("hello", Flow.Of(Flow.Endpoint("hello"), Flow.Respond("hi")));
        await server.PublishAsync("waits", Flow.Of(Flow.Step("wait", "Elsa.Event", ("eventName", "Literal", "go"))));
        var waiting = (await server.Runtime.StartAsync(new() { DefinitionId = "waits" }, CancellationToken.None)).ShouldBeOfType<Platform.Runtime.Execution.StartResult.Started>().Instance.Id;
        using var client = server.Authorized();
        (await server.Client.GetStringAsync("/workflows/hello")).ShouldBe("hi");

        var stopped = await (await client.PostAsJsonAsync("/api/emergency-stop", new { reason = "fire" })).JsonAsync();
        (stopped["isStopped"]!.GetValue<bool>(), stopped["state"]!.GetValue<string>(), stopped["reason"]!.GetValue<string>()).ShouldBe((true, "stopped", "fire"));

        foreach (var (method, path, body) in new (HttpMethod, string, string?)[]
        {
            (HttpMethod.Get, "/workflows/hello", null),
            (HttpMethod.Post, "/elsa/api/workflow-definitions/hello/execute", "{}"),
            (HttpMethod.Post, "/elsa/api/workflow-definitions/hello/dispatch", "{}"),
            (HttpMethod.Post, "/elsa/api/workflow-definitions/hello/bulk-dispatch", """{"count":2}"""),
            (HttpMethod.Post, "/api/definitions/hello/runs", "{}"),
            (HttpMethod.Post, "/elsa/api/events/go/trigger", "{}"),
            (HttpMethod.Post, $"/elsa/api/alterations/run", $$"""{"alterations":[{"type":"ScheduleActivity","activityId":"wait"}],"workflowInstanceIds":["{{waiting}}"]}"""),
        })
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null)
                request.Content = new StringContent(body, null, "application/json");
            using var answer = await client.SendAsync(request);
            await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "WF4860");
            answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromMinutes(1), path);
        }

        // Elsa Studio shows the texts in this member, and nothing else.
        var shown = await (await client.PostAsJsonAsync("/elsa/api/workflow-definitions/hello/execute", new { })).JsonAsync();
        shown["errors"]!["generalErrors"]![0]!.GetValue<string>().ShouldContain("Somebody stopped all work");
        foreach (var path in new[] { "/api/monitor", "/api/queue", "/elsa/api/workflow-definitions", $"/elsa/api/workflow-instances/{waiting}", "/api/emergency-stop", "/health/ready", "/elsa/api/admin/workflow-runtime/status" })
            (await client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        (await (await client.GetAsync("/api/monitor")).JsonAsync())["isStopped"]!.GetValue<bool>().ShouldBeTrue();
        (await client.PostAsJsonAsync("/elsa/api/workflow-definitions", new { model = new { definitionId = "drawn", name = "Drawn" } })).IsSuccessStatusCode.ShouldBeTrue();
        (await server.CountInstancesAsync("hello")).ShouldBe(1);

        (await (await client.PostAsync("/api/emergency-stop/release", null)).JsonAsync())["state"]!.GetValue<string>().ShouldBe("running");
        (await server.Client.GetStringAsync("/workflows/hello")).ShouldBe("hi");
        var audit = await server.Store.ListAuditAsync(new AuditFilter { TargetKind = "emergency-stop" }, CancellationToken.None);
        audit.Select(entry => entry.Action).Order(StringComparer.Ordinal).ShouldBe(["emergency-stop.engage", "emergency-stop.release"]);
    }

    [Fact]
    public async Task A_stop_survives_a_restart_and_what_is_queued_is_done_after_the_release()
    {
        var store = new InMemoryStore();
        await using (var first = HttpTestServer.StartOn(store))
        {
            await first.PublishAsync("hello", Flow.Of(Flow.Step("say", "Elsa.WriteLine", ("text", "Literal", "hi"))));
            using var client = first.Authorized();
            (await client.PostAsync("/api/emergency-stop", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        await using var server = HttpTestServer.StartOn(store);
        using var operatorOfSecond = server.Authorized();
        await (await operatorOfSecond.PostAsJsonAsync("/api/definitions/hello/runs", new { })).ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "WF4860");
        var again = await (await operatorOfSecond.PostAsync("/api/emergency-stop", null)).JsonAsync();
        again["isStopped"]!.GetValue<bool>().ShouldBeTrue();

        await operatorOfSecond.PostAsync("/api/emergency-stop/release", null);
        (await operatorOfSecond.PostAsJsonAsync("/api/definitions/hello/runs", new { })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        server.Services.GetRequiredService<Intake>().IsClosed.ShouldBeFalse();
        (await store.ListDocumentsAsync("emergency-stop", CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_stop_has_a_permission_of_its_own()
    {
        await using var server = TestServer.WithCredentials();
        using var admin = server.WithApiKey();
        var made = await (await admin.PostAsJsonAsync("/api/keys", new { name = "watcher", permissions = new[] { "read:monitor", "manage:monitor" } })).JsonAsync();
        using var watcher = server.WithApiKey(made["key"]!.GetValue<string>());

        (await watcher.GetAsync("/api/emergency-stop")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await watcher.PostAsync("/api/emergency-stop", null)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "WF4503");
    }
}
