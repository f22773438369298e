using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Store;
using Platform.Server.Composition;
using Platform.Server.Monitoring;
using Platform.Server.Monitoring.Alerts;
using Platform.Server.Monitoring.Health;
using Platform.Server.Monitoring.Remedies;
using Platform.Server.Monitoring.Series;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Monitoring;

/// <summary>Remedies on a whole server: the figures are the test's, everything that follows from them is real.</summary>
public sealed class RemedyTests
{
    [Fact]
    public async Task A_service_dies_an_alert_is_told_once_and_the_remedy_starts_its_workflow_once()
    {
        var told = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var hook = await TestService.StartAsync(async context => told.TrySetResult((await JsonNode.ParseAsync(context.Request.Body))!));
        var service = await TestService.StartAsync(context => context.Response.WriteAsync("Healthy"));
        await using var server = HttpTestServer.Start(
            ("Services:shop:BaseAddress", service.Address.AbsoluteUri),
            ("Alerts:Channels:0:Name", "hook"), ("Alerts:Channels:0:Kind", "Webhook"), ("Alerts:Channels:0:Target", hook.Address.AbsoluteUri));
        await PublishAsync(server);
        await RuleAsync(server, new { name = "mend", rule = "service-down", workflow = "mend", mode = "on", input = new { extra = "given" } });
        var duty = server.Services.GetRequiredService<MonitorDuty>();
        await duty.CheckServicesAsync(CancellationToken.None);

        service.Dispose();
        for (var i = 0; i < 4; i++)
        {
            server.Clock.Advance(TimeSpan.FromSeconds(15));
            await duty.CheckServicesAsync(CancellationToken.None);
        }

        var notice = await told.Task.WaitAsync(TimeSpan.FromSeconds(30));
        (notice["title"]!.GetValue<string>(), notice["severity"]!.GetValue<string>()).ShouldBe(("service-down: service:shop", "Critical"));
        notice["data"]!["event"]!.GetValue<string>().ShouldBe("opened");
        var book = server.Services.GetRequiredService<RemedyBook>();
        var run = book.Runs.ShouldHaveSingleItem();
        (run.Outcome, run.Subject, run.By).ShouldBe((RemedyOutcome.Started, "service:shop", "monitor"));
        run.AlertId.ShouldBe(server.Services.GetRequiredService<AlertBook>().Active.ShouldHaveSingleItem().Id);
        await EndedAsync(server, run.InstanceId!);
        (await server.LogAsync("mend")).ShouldContain("shop given");
        var audit = await server.Store.ListAuditAsync(new AuditFilter { TargetKind = "remedy" }, CancellationToken.None);
        audit.Select(entry => (entry.Action, entry.ActorKind)).ShouldContain(("remedy.run", "system"));
        hook.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task A_remedy_waits_for_its_cooldown_and_stops_at_its_most_per_hour()
    {
        await using var server = HttpTestServer.Start();
        await PublishAsync(server);
        await RuleAsync(server, new { name = "mend", condition = new { metric = "memory.percent", threshold = 80 }, workflow = "mend", mode = "on", cooldown = "00:05:00", maxPerHour = 2 });
        var book = server.Services.GetRequiredService<RemedyBook>();

        await SeeAsync(server, 85);
        await SeeAsync(server, 85);
        Outcomes().ShouldBe([RemedyOutcome.Started]);
        await EndedAsync(server, RunsOf(book, "mend")[0].InstanceId!);
        server.Clock.Advance(TimeSpan.FromMinutes(5));
        await SeeAsync(server, 85);
        await EndedAsync(server, RunsOf(book, "mend")[0].InstanceId!);
        for (var i = 0; i < 3; i++)
        {
            server.Clock.Advance(TimeSpan.FromMinutes(5));
            await SeeAsync(server, 85);
        }

        Outcomes().ShouldBe([RemedyOutcome.Started, RemedyOutcome.Started, RemedyOutcome.Capped]);
        server.Clock.Advance(TimeSpan.FromMinutes(60));
        await SeeAsync(server, 85);
        Outcomes().ShouldBe([RemedyOutcome.Started, RemedyOutcome.Started, RemedyOutcome.Capped, RemedyOutcome.Started]);
        await EndedAsync(server, RunsOf(book, "mend")[0].InstanceId!);
        server.Clock.Advance(TimeSpan.FromMinutes(60));
        await SeeAsync(server, 20);
        await SeeAsync(server, 20);
        RunsOf(book, "mend").Count.ShouldBe(4);

        List<RemedyOutcome> Outcomes() => [.. Enumerable.Reverse(RunsOf(book, "mend")).Select(run => run.Outcome)];
    }

    [Fact]
    public async Task A_remedy_does_not_start_while_the_one_before_runs()
    {
        await using var server = HttpTestServer.Start();
        await server.PublishAsync("mend", Flow.Of(Flow.Step("wait", "Elsa.Event", ("eventName", "Literal", "never"))));
        await RuleAsync(server, new { name = "mend", condition = new { metric = "memory.percent", threshold = 80 }, workflow = "mend", mode = "on", cooldown = "00:00:01" });
        var book = server.Services.GetRequiredService<RemedyBook>();

        await SeeAsync(server, 85);
        await WaitingAsync(server, book.Runs[0].InstanceId!);
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        await SeeAsync(server, 85);
        var run = RunsOf(book, "mend").ShouldHaveSingleItem();

        await server.Runtime.CancelAsync(run.InstanceId!, CancellationToken.None);
        await SeeAsync(server, 85);
        RunsOf(book, "mend").Count.ShouldBe(2);
    }

    [Fact]
    public async Task Shipped_remedies_only_say_what_they_would_do()
    {
        await using var server = HttpTestServer.Start(("Shipped:Directory", "workflows"));
        await SeeAsync(server, 85);
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        await SeeAsync(server, 85);

        var run = server.Services.GetRequiredService<RemedyBook>().Runs.ShouldHaveSingleItem();
        (run.Remedy, run.Outcome, run.Detail).ShouldBe(("collect-garbage", RemedyOutcome.DryRun, "It would start the workflow 'remedy-collect-garbage'."));
        (await server.CountInstancesAsync("remedy-collect-garbage")).ShouldBe(0);
    }

    [Fact]
    public async Task A_shipped_remedy_that_is_turned_on_does_it()
    {
        await using var server = HttpTestServer.Start(("Shipped:Directory", "workflows"), ("Remedies:Rules:0:Name", "collect-garbage"), ("Remedies:Rules:0:Mode", "On"));
        await SeeAsync(server, 85);
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        await SeeAsync(server, 85);

        var run = server.Services.GetRequiredService<RemedyBook>().Runs.ShouldHaveSingleItem();
        run.Outcome.ShouldBe(RemedyOutcome.Started);
        await EndedAsync(server, run.InstanceId!);
        (await server.LogAsync("remedy-collect-garbage")).ShouldContain("bytes were given back");
    }

    [Fact]
    public async Task The_workflow_that_faults_most_is_found_and_paused_and_a_pause_of_somebody_else_stays()
    {
        await using var server = HttpTestServer.Start(("Shipped:Directory", "workflows"));
        await server.PublishAsync("bad", Flow.Of(Flow.Step("fault", "Elsa.Fault", ("message", "Literal", "It is broken."))));
        for (var i = 0; i < 3; i++)
            await server.Runtime.StartAsync(new() { DefinitionId = "bad" }, CancellationToken.None);
        var book = server.Services.GetRequiredService<RemedyBook>();
        var rules = server.Services.GetRequiredService<DispatchRules>();
        Take(server, PlatformSubjects.Runs, MetricCatalog.RunsSuccess, 10);
        var remedy = book.Settings.Find("pause-failing")!;
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        await server.Services.GetRequiredService<AlertBook>().EvaluateAsync();
        Take(server, PlatformSubjects.Runs, MetricCatalog.RunsSuccess, 10);
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        Take(server, PlatformSubjects.Runs, MetricCatalog.RunsSuccess, 10);
        await server.Services.GetRequiredService<AlertBook>().EvaluateAsync();
        await server.Services.GetRequiredService<AlertBook>().EvaluateAsync();

        var run = (await book.RunAsync(remedy, PlatformSubjects.Runs, "ann", CancellationToken.None))!;
        await WaitingAsync(server, run.InstanceId!);

        rules.Find("bad")!.Pause!.By.ShouldBe($"instance {run.InstanceId}");
        run.Input["workflow"].GetString().ShouldBe("bad");
    }

    [Fact]
    public async Task What_was_planned_when_the_process_ended_is_done_once_at_the_next_start()
    {
        var store = new InMemoryStore();
        await using (var first = HttpTestServer.StartOn(store))
        {
            await PublishAsync(first);
            var planned = new RemedyRun(
                "0001", "mend", "service:shop", null, first.Clock.GetUtcNow(), "monitor", RemedyOutcome.Planned, null, "mend", null, 1, new Dictionary<string, System.Text.Json.JsonElement>());
            await store.CommitAsync(new Commit { Documents = [MonitorDocument.Of(RemedyRun.DocumentKind, planned.Id, planned, MonitorJson.Readable.RemedyRun)] }, CancellationToken.None);
        }

        foreach (var _ in new[] { 1, 2 })
        {
            await using var server = HttpTestServer.StartOn(store);
            var book = server.Services.GetRequiredService<RemedyBook>();
            await book.EvaluateAsync(CancellationToken.None);
            book.Runs.ShouldHaveSingleItem().Outcome.ShouldBe(RemedyOutcome.Started);
            await EndedAsync(server, book.Runs[0].InstanceId!);
            (await server.CountInstancesAsync("mend")).ShouldBe(1);
        }
    }

    [Fact]
    public void Mistakes_in_the_configuration_are_all_told_and_addresses_are_not()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Alerts:Rules:0:Name"] = "mine",
            ["Alerts:Rules:0:Metric"] = "cpu.percnt",
            ["Alerts:Channels:0:Name"] = "hook",
            ["Alerts:Channels:0:Kind"] = "Webhook",
            ["Alerts:Channels:0:Target"] = "not-an-address",
            ["Remedies:Rules:0:Name"] = "a b",
            ["Monitor:CpuUnhealthyPercent"] = "10",
        };
        var reader = new OptionsReader(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());

        reader.Read<AlertOptions>("Alerts");
        reader.Read<RemedyOptions>("Remedies");
        reader.Read<MonitorOptions>("Monitor");

        var told = string.Join(' ', reader.Mistakes);
        told.ShouldContain("There is no metric 'cpu.percnt'");
        told.ShouldContain("Give an address that begins with http://");
        told.ShouldNotContain("not-an-address");
        told.ShouldContain("'a b' cannot be a name");
        told.ShouldContain("It is 10, which is reached before degraded, 85.");
    }

    private static Task PublishAsync(HttpTestServer server) => server.PublishAsync(
        "mend", Flow.Of(Flow.Step("say", "Elsa.WriteLine", ("text", "JavaScript", "`${getInput('service')} ${getInput('extra')}`"))));

    private static List<RemedyRun> RunsOf(RemedyBook book, string remedy) => [.. book.Runs.Where(run => run.Remedy == remedy)];

    private static async Task RuleAsync(HttpTestServer server, object remedy)
    {
        using var client = server.Authorized();
        var answer = await client.PostAsJsonAsync("/api/remedies", remedy);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
    }

    private static async Task SeeAsync(HttpTestServer server, double percent)
    {
        server.Clock.Advance(TimeSpan.FromSeconds(30));
        Take(server, PlatformSubjects.Memory, MetricCatalog.Memory, percent);
        await server.Services.GetRequiredService<AlertBook>().EvaluateAsync();
        await server.Services.GetRequiredService<RemedyBook>().EvaluateAsync(CancellationToken.None);
    }

    private static void Take(HttpTestServer server, string subject, string metric, double value) =>
        server.Services.GetRequiredService<HealthMonitor>().Take(subject, new Observation(SubjectStatus.Healthy, null, [new(metric, value)]), null);

    private static Task EndedAsync(HttpTestServer server, string instanceId) => server.UntilAsync(instanceId, instance => instance.Status == "Finished");

    private static Task WaitingAsync(HttpTestServer server, string instanceId) => server.UntilAsync(instanceId, instance => instance.SubStatus == "Suspended");
}
