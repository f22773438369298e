using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Store;
using Platform.Server.Monitoring;
using Platform.Server.Monitoring.Alerts;
using Platform.Server.Monitoring.Health;
using Platform.Server.Monitoring.Series;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Monitoring;

public sealed class AlertApiTests
{
    [Fact]
    public async Task An_alert_is_listed_read_and_acknowledged_and_that_is_audited()
    {
        await using var server = HttpTestServer.Start();
        using var client = server.Authorized();
        await FallAsync(server);

        var list = await (await client.GetAsync("/api/alerts?state=open&severity=critical&rule=service-down&subject=service:shop")).JsonAsync();
        list["totalCount"]!.GetValue<int>().ShouldBe(1);
        var id = list["items"]![0]!["id"]!.GetValue<string>();
        var alert = await (await client.GetAsync($"/api/alerts/{id}")).JsonAsync();
        (alert["severity"]!.GetValue<string>(), alert["state"]!.GetValue<string>(), alert["comparison"]!.GetValue<string>()).ShouldBe(("critical", "open", "atLeast"));
        var known = await (await client.PostAsJsonAsync($"/api/alerts/{id}/acknowledge", new { note = "I look." })).JsonAsync();
        (known["state"]!.GetValue<string>(), known["note"]!.GetValue<string>()).ShouldBe(("acknowledged", "I look."));
        var overview = await (await client.GetAsync("/api/monitor?kind=service")).JsonAsync();
        (overview["status"]!.GetValue<string>(), overview["openAlerts"]!["critical"]!.GetValue<int>()).ShouldBe(("unhealthy", 1));
        (overview["items"]![0]!["subject"]!.GetValue<string>(), overview["items"]![0]!["openAlerts"]!.GetValue<int>()).ShouldBe(("service:shop", 1));
        (await server.Store.ListAuditAsync(new AuditFilter { TargetKind = "alert" }, CancellationToken.None)).ShouldHaveSingleItem().Action.ShouldBe("alert.acknowledge");

        server.Services.GetRequiredService<HealthMonitor>().KeepServices(new HashSet<string>());
        await server.Services.GetRequiredService<AlertBook>().EvaluateAsync();
        await (await client.PostAsJsonAsync($"/api/alerts/{id}/acknowledge", new { })).ShouldBeProblemAsync(HttpStatusCode.Conflict, "WF4843");
    }

    [Fact]
    public async Task The_console_is_told_and_that_stands_with_the_alert()
    {
        await using var server = HttpTestServer.Start();
        await FallAsync(server);
        var book = server.Services.GetRequiredService<AlertBook>();

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!(await server.Store.ListDocumentsAsync(Alert.DocumentKind, patience.Token)).ShouldHaveSingleItem().Json.Contains("\"channel\":\"console\"", StringComparison.Ordinal))
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        book.All[0].Notices.ShouldHaveSingleItem().ShouldBe(new AlertNotice("console", "opened", server.Clock.GetUtcNow(), null));
    }

    [Fact]
    public async Task The_platform_is_looked_at_and_its_figures_make_a_chart()
    {
        await using var server = HttpTestServer.Start();
        using var client = server.Authorized();
        var duty = server.Services.GetRequiredService<MonitorDuty>();
        await server.PublishAsync("good", Flow.Of(Flow.Step("say", "Elsa.WriteLine", ("text", "Literal", "hi"))));
        await server.PublishAsync("bad", Flow.Of(Flow.Step("fault", "Elsa.Fault", ("message", "Literal", "It is broken."))));
        await duty.CheckPlatformAsync(CancellationToken.None);
        for (var i = 0; i < 10; i++)
            await server.Runtime.StartAsync(new() { DefinitionId = i == 0 ? "bad" : "good" }, CancellationToken.None);
        for (var i = 0; i < 2; i++)
        {
            server.Clock.Advance(TimeSpan.FromSeconds(30));
            await duty.CheckPlatformAsync(CancellationToken.None);
        }

        var runs = await (await client.GetAsync("/api/monitor/runs")).JsonAsync();
        (runs["status"]!.GetValue<string>(), runs["latest"]!["value"]!.GetValue<double>(), runs["detail"]!.GetValue<string>())
            .ShouldBe(("degraded", 10, "1 of the 10 runs that ended in the last 15 min faulted."));
        var database = await (await client.GetAsync("/api/monitor/database")).JsonAsync();
        database["measures"]!.AsArray().Select(measure => measure!["metric"]!.GetValue<string>()).ShouldBe([MetricCatalog.DatabaseWrite, MetricCatalog.DatabaseRead, MetricCatalog.DatabaseBytes, MetricCatalog.Status]);
        var to = Uri.EscapeDataString(server.Clock.GetUtcNow().AddMinutes(1).ToString("O"));
        var chart = await (await client.GetAsync($"/api/metrics?names=runs.error_percent,runs.started,runs.p50_ms,queue.depth&to={to}")).JsonAsync();
        chart["items"]!.AsArray().Count.ShouldBe(4);
        Last("runs.error_percent").ShouldBe(10);
        Last("queue.depth").ShouldBe(0);
        Last("runs.p50_ms").ShouldBeGreaterThanOrEqualTo(0);
        chart["times"]!.AsArray().Count.ShouldBe(chart["items"]![0]!["values"]!.AsArray().Count);

        double Last(string name) => chart["items"]!.AsArray().Single(item => item!["name"]!.GetValue<string>() == name)!["values"]!.AsArray().Last(value => value is not null)!.GetValue<double>();
    }

    private static async Task FallAsync(HttpTestServer server)
    {
        server.Services.GetRequiredService<HealthMonitor>().Take("service:shop", new Observation(SubjectStatus.Unhealthy, "It is down.", []), null);
        await server.Services.GetRequiredService<AlertBook>().EvaluateAsync();
    }
}
