using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Platform.Server.Monitoring.Health;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Compatibility;

public sealed class CompatibilityTests
{
    [Theory]
    [InlineData("GET", "/api/automation/workflow", null, "Compatibility:Automation:Workflow")]
    [InlineData("POST", "/api/automation/workflow", """{"action":"start"}""", "Compatibility:Automation:Workflow")]
    [InlineData("POST", "/api/automation/workflow", """{"action":"stop"}""", "Compatibility:Automation:Workflow")]
    [InlineData("POST", "/api/automation/workflow", """{"action":"generate_content","count":3}""", "Compatibility:Automation:ContentWorkflow")]
    [InlineData("POST", "/api/automation/scheduler", """{"action":"start"}""", "Compatibility:Automation:Workflow")]
    [InlineData("GET", "/api/orchestrator/status", null, "Compatibility:Orchestrator:FullSyncWorkflow")]
    [InlineData("POST", "/api/orchestrator/sync?sync_type=full", null, "Compatibility:Orchestrator:FullSyncWorkflow")]
    [InlineData("POST", "/api/orchestrator/sync", null, "Compatibility:Orchestrator:IncrementalSyncWorkflow")]
    [InlineData("POST", "/api/v1/pipelines/ai-pipeline", "{}", "Compatibility:Pipelines")]
    [InlineData("GET", "/api/v1/pipelines/ai-pipeline/x/tasks", null, "Compatibility:Pipelines")]
    [InlineData("DELETE", "/api/v1/pipelines/ai-pipeline/x/cancel", null, "Compatibility:Pipelines")]
    public async Task A_route_without_a_workflow_says_how_to_register_one(string method, string path, string? body, string setting)
    {
        await using var server = HttpTestServer.Start();
        using var client = server.Authorized();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, null, "application/json");

        using var answer = await client.SendAsync(request);

        (await answer.ShouldBeProblemAsync(HttpStatusCode.NotFound, "WF4861"))["detail"]!.GetValue<string>().ShouldContain(setting);
    }

    [Fact]
    public async Task The_hub_says_how_it_is_and_leads_to_its_pages()
    {
        await using var server = HttpTestServer.Start(("Services:a:BaseAddress", "http://localhost:1"), ("Services:b:BaseAddress", "http://localhost:2"), ("Compatibility:Role", "hub"));

        var health = await server.Client.GetAsync("/health");
        (await health.Content.ReadAsStringAsync()).ShouldBe("""{"status":"healthy","role":"hub","managed_services":2}""");
        var monitor = server.Services.GetRequiredService<HealthMonitor>();
        monitor.Take("service:a", new Observation(SubjectStatus.Unhealthy, null, []), null);
        var degraded = await server.Client.GetAsync("/health");
        (degraded.StatusCode, (await degraded.JsonAsync())["status"]!.GetValue<string>()).ShouldBe((HttpStatusCode.OK, "degraded"));
        monitor.Take("database", new Observation(SubjectStatus.Unhealthy, null, []), null);
        (await server.Client.GetAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        foreach (var (path, page) in new[] { ("/dashboard", "/studio/"), ("/dashboard/services", "/studio/services"), ("/dashboard/metrics", "/studio/metrics"), ("/orchestrator/dashboard", "/studio/") })
        {
            using var answer = await server.Client.GetAsync(path);
            (answer.StatusCode, answer.Headers.Location!.ToString()).ShouldBe((HttpStatusCode.Redirect, page), path);
        }
    }

    [Fact]
    public async Task Automation_starts_and_stops_its_workflow_and_gives_content_its_count()
    {
        await using var server = HttpTestServer.Start(("Compatibility:Automation:Workflow", "loop"), ("Compatibility:Automation:ContentWorkflow", "content"));
        await server.PublishAsync("loop", Flow.Of(Flow.Step("wait", "Elsa.Event", ("eventName", "Literal", "never"))));
        await server.PublishAsync("content", Flow.Of(Flow.Step("say", "Elsa.WriteLine", ("text", "JavaScript", "`made ${getInput('count')}`"))));
        using var client = server.Authorized();

        var started = await ActAsync(new { action = "start" });
        await UntilAsync(server, started["instanceId"]!.GetValue<string>(), "Suspended");
        (await (await client.GetAsync("/api/automation/workflow")).JsonAsync())["status"]!.GetValue<string>().ShouldBe("running");
        (await ActAsync(new { action = "stop" }))["count"]!.GetValue<int>().ShouldBe(1);
        var state = await (await client.GetAsync("/api/automation/workflow")).JsonAsync();
        (state["status"]!.GetValue<string>(), state["lastStatus"]!.GetValue<string>()).ShouldBe(("stopped", "cancelled"));
        var content = await ActAsync(new { action = "generate_content", count = 3 });
        await UntilAsync(server, content["instanceId"]!.GetValue<string>(), "Finished");
        (await server.LogAsync("content")).ShouldContain("made 3");

        async Task<JsonNode> ActAsync(object body) => await (await client.PostAsJsonAsync("/api/automation/workflow", body)).JsonAsync();
    }

    [Fact]
    public async Task The_orchestrator_shows_each_block_by_the_last_run_of_its_workflow()
    {
        await using var server = HttpTestServer.Start(
            ("Compatibility:Orchestrator:FullSyncWorkflow", "sync"),
            ("Compatibility:Orchestrator:Blocks:0:Id", "A"), ("Compatibility:Orchestrator:Blocks:0:Workflow", "good"),
            ("Compatibility:Orchestrator:Blocks:1:Id", "B"), ("Compatibility:Orchestrator:Blocks:1:Workflow", "bad"),
            ("Compatibility:Orchestrator:Blocks:2:Id", "C"), ("Compatibility:Orchestrator:Blocks:2:Workflow", "never"));
        await server.PublishAsync("sync", Flow.Of(Flow.Step("say", "Elsa.WriteLine", ("text", "Literal", "in step"))));
        await server.PublishAsync("good", Flow.Of(Flow.Step("report", "Platform.ReportProgress", ("done", "Literal", "3"), ("total", "Literal", "12"), ("message", "Literal", "Reading."))));
        await server.PublishAsync("bad", Flow.Of(Flow.Step("fault", "Elsa.Fault", ("message", "Literal", "It is broken."))));
        using var client = server.Authorized();
        var sync = await (await client.PostAsync("/api/orchestrator/sync?sync_type=full", null)).JsonAsync();
        sync["status"]!.GetValue<string>().ShouldBe("started");
        await UntilAsync(server, sync["task_id"]!.GetValue<string>(), "Finished");
        foreach (var definitionId in new[] { "good", "bad" })
            await server.Runtime.StartAsync(new() { DefinitionId = definitionId }, CancellationToken.None);

        var status = await (await client.GetAsync("/api/orchestrator/status")).JsonAsync();

        status["overall"]!.GetValue<string>().ShouldBe("partial");
        status["last_sync"].ShouldNotBeNull();
        var (a, b, c) = (status["blocks"]!["A"]!, status["blocks"]!["B"]!, status["blocks"]!["C"]!);
        (a["status"]!.GetValue<string>(), a["items_processed"]!.GetValue<long>(), a["items_total"]!.GetValue<long>()).ShouldBe(("completed", 3, 12));
        (b["status"]!.GetValue<string>(), c["status"]!.GetValue<string>()).ShouldBe(("failed", "idle"));
        b["last_error"]!.GetValue<string>().ShouldContain("It is broken.");
    }

    [Fact]
    public async Task A_pipeline_is_started_its_tasks_are_listed_and_it_is_cancelled()
    {
        await using var server = HttpTestServer.Start(("Compatibility:Pipelines:0:Name", "ai-pipeline"), ("Compatibility:Pipelines:0:Workflow", "ai"));
        await server.PublishAsync("ai", Flow.Of(Flow.Step("ocr", "Elsa.WriteLine", ("text", "JavaScript", "getInput('document_path')")), Flow.Step("wait", "Elsa.Event", ("eventName", "Literal", "never"))));
        await server.PublishAsync("other", Flow.Of());
        await server.Runtime.StartAsync(new() { DefinitionId = "other", InstanceId = "of-another" }, CancellationToken.None);
        using var client = server.Authorized();

        var started = await (await client.PostAsJsonAsync("/api/v1/pipelines/ai-pipeline", new { document_path = "/uploads/a.pdf" })).JsonAsync();
        started["success"]!.GetValue<bool>().ShouldBeTrue();
        var chain = started["data"]!["chain_id"]!.GetValue<string>();
        await UntilAsync(server, chain, "Suspended");
        var tasks = await (await client.GetAsync($"/api/v1/pipelines/ai-pipeline/{chain}/tasks")).JsonAsync();
        tasks["data"]!["status"]!.GetValue<string>().ShouldBe("in_progress");
        tasks["data"]!["tasks"]!.AsArray().Select(task => $"{task!["name"]} {task["status"]}").ShouldContain("ocr completed");
        (await server.LogAsync("ai")).ShouldContain("/uploads/a.pdf");
        var cancelled = await (await client.DeleteAsync($"/api/v1/pipelines/ai-pipeline/{chain}/cancel")).JsonAsync();
        cancelled["data"]!["status"]!.GetValue<string>().ShouldBe("cancelled");
        var history = await (await client.GetAsync("/api/v1/pipelines/history")).JsonAsync();
        (history["data"]!["totalCount"]!.GetValue<int>(), history["data"]!["items"]![0]!["status"]!.GetValue<string>()).ShouldBe((1, "cancelled"));
        await (await client.GetAsync("/api/v1/pipelines/ai-pipeline/of-another/tasks")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "WF4863");
    }

    private static async Task UntilAsync(HttpTestServer server, string instanceId, string subStatus)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await server.Store.FindInstanceAsync(instanceId, CancellationToken.None) is var instance && instance?.SubStatus != subStatus)
        {
            if (instance?.Status == "Finished")
                throw new InvalidOperationException($"It is {instance.SubStatus}: {await server.LogAsync(instance.DefinitionId)}");
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
