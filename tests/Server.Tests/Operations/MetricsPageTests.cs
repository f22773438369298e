using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Definitions;
using Platform.Runtime.Execution;
using Platform.Runtime.Telemetry;
using Platform.Server.Telemetry;
using Platform.Server.Tests.Http;
using Platform.Storage.Sqlite;

namespace Platform.Server.Tests.Operations;

/// <summary>The page for Prometheus, with the real transport and a real database.</summary>
public sealed class MetricsPageTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("server-tests-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task What_the_server_did_stands_on_the_page_in_a_form_that_Prometheus_reads()
    {
        await using var server = Start();
        using var client = Client(server);
        await PublishAsync(server, "hello", Flow.Of(Flow.Endpoint("hello"), Flow.Respond("hi")));
        await PublishAsync(server, "bad", Flow.Of(Flow.Endpoint("bad"), Flow.Step("f", "Elsa.Fault", ("code", "Literal", "E"))));
        await PublishAsync(server, "inside", Flow.Of(Flow.Endpoint("inside"), Flow.Step("send", "Elsa.SendHttpRequest", ("url", "Literal", "http://169.254.169.254/"))));
        await PublishAsync(server, "waits", Flow.Of(Flow.Step("e", "Elsa.Event", ("eventName", "Literal", "go"))));
        for (var count = 0; count < 3; count++)
            (await client.GetAsync("/workflows/hello")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await client.GetAsync("/workflows/bad");
        await client.GetAsync("/workflows/inside");
        await client.GetAsync("/workflows/nowhere");
        await server.Services.GetRequiredService<WorkflowRuntime>().StartAsync(new StartRequest { DefinitionId = "waits" }, CancellationToken.None);
        await client.PostAsJsonAsync("/api/session", new { username = "admin", password = "wrong" });

        var answer = await client.GetAsync("/metrics");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        var page = PrometheusPage.Parse(await answer.Content.ReadAsStringAsync());
        page.Value("platform_runs_started_total{definition=\"hello\"}").ShouldBe(3);
        page.Value("platform_runs_ended_total{definition=\"hello\",status=\"Finished\"}").ShouldBe(3);
        page.Value("platform_runs_ended_total{definition=\"bad\",status=\"Faulted\"}").ShouldBe(1);
        page.Value("platform_run_duration_seconds_count{definition=\"hello\"}").ShouldBe(3);
        page.Value("platform_activity_faults_total{activity_type=\"Elsa.Fault\"}").ShouldBe(1);
        page.Value("platform_http_outgoing_blocked_total").ShouldBe(1);
        page.Value("platform_http_trigger_duration_seconds_count{status=\"4xx\"}").ShouldBe(1);
        page.Value("platform_http_trigger_duration_seconds_count{status=\"2xx\"}").ShouldBeGreaterThanOrEqualTo(3);
        page.Value("platform_signin_failures_total{reason=\"password\"}").ShouldBe(1);
        page.Value("platform_bookmarks").ShouldBe(1);
        page.Value("platform_instances{status=\"Suspended\"}").ShouldBe(1);
        page.Value("platform_queue_depth").ShouldBe(0);
        page.Value("platform_queue_oldest_age_seconds").ShouldBe(0);
        page.Value("platform_dead_letters").ShouldBe(0);
        page.Value("platform_storage_size_bytes{part=\"database\"}").ShouldBeGreaterThan(0);
        page.Value("platform_storage_commits_total{outcome=\"Committed\"}").ShouldBeGreaterThanOrEqualTo(6);
        page.Value("platform_storage_flush_duration_seconds_count").ShouldBeGreaterThan(0);
        page.Types["platform_burst_duration_seconds"].ShouldBe("histogram");
        page.Types.ShouldContainKey("http_server_request_duration_seconds");
        page.Types.ShouldContainKey("dotnet_gc_collections_total");
    }

    [Fact]
    public async Task The_document_names_every_metric_and_no_other()
    {
        await using var server = Start();
        using var client = Client(server);
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        var meters = new[] { server.Services.GetRequiredService<RuntimeMetrics>().Meter, server.Services.GetRequiredService<StorageMetrics>().Meter };
        var published = new SortedDictionary<string, string>(StringComparer.Ordinal);
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (!meters.Contains(instrument.Meter))
                return;
            var kind = instrument.GetType().Name.Split('`')[0].Replace("Observable", "").ToLowerInvariant();
            published.Add(PrometheusText.NameOf(instrument.Name, instrument.Unit ?? "", kind == "counter"), $"{kind} {instrument.Name}");
        };
        listener.Start();
        var document = await File.ReadAllTextAsync(Path.Combine(Root(), "docs", "telemetry.md"));
        var rows = Regex.Matches(document, @"^\| `(?<page>platform_[a-z_]+)` \| `(?<name>[a-z._]+)` \| (?<kind>counter|gauge|histogram) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture);

        rows.ToDictionary(row => row.Groups["page"].Value, row => $"{row.Groups["kind"].Value} {row.Groups["name"].Value}").OrderBy(row => row.Key, StringComparer.Ordinal)
            .ShouldBe(published);
        var page = PrometheusPage.Parse(await client.GetStringAsync("/metrics"));
        page.Types.Keys.Where(name => name.StartsWith("platform_", StringComparison.Ordinal)).ShouldBeSubsetOf(published.Keys);
        page.Types.Keys.Count(name => name.StartsWith("platform_", StringComparison.Ordinal)).ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task The_page_needs_its_permission_unless_it_is_opened_and_can_be_turned_off()
    {
        await using (var server = Start())
            (await server.CreateClient().GetAsync("/metrics")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await using (var server = Start(("Telemetry:Metrics:AllowAnonymous", "true")))
            (await server.CreateClient().GetAsync("/metrics")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await using (var server = Start(("Telemetry:Metrics:Enabled", "false")))
            (await Client(server).GetAsync("/metrics")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_is_too_large_is_refused_with_the_option_to_change()
    {
        await using var server = Start(("Telemetry:Metrics:BytesMax", "1024"));
        using var client = Client(server);

        var problem = await (await client.GetAsync("/metrics")).ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "WF4680");

        problem["detail"]!.GetValue<string>().ShouldContain("Telemetry:Metrics:BytesMax");
    }

    [Fact]
    public async Task Definitions_beyond_the_limit_share_a_series_and_names_cannot_break_the_page()
    {
        await using var server = Start(("Telemetry:Metrics:DefinitionsMax", "1"));
        using var client = Client(server);
        const string Odd = "odd\"\\name";
        foreach (var id in new[] { Odd, "b", "c" })
        {
            await PublishAsync(server, id, Flow.Of(Flow.Step("s", "Elsa.Sequence")));
            await server.Services.GetRequiredService<WorkflowRuntime>().StartAsync(new StartRequest { DefinitionId = id }, CancellationToken.None);
        }

        var page = PrometheusPage.Parse(await client.GetStringAsync("/metrics"));

        page.Value("""platform_runs_started_total{definition="odd\"\\name"}""").ShouldBe(1);
        page.Value("platform_runs_started_total{definition=\"other\"}").ShouldBe(2);
    }

    [Fact]
    public async Task Many_readers_at_once_all_get_the_page()
    {
        await using var server = Start();
        using var client = Client(server);

        var pages = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.GetStringAsync("/metrics")));

        foreach (var page in pages)
            PrometheusPage.Parse(page).Types.ShouldContainKey("platform_queue_held");
    }

    [Theory]
    [InlineData("a.b", "s", false, "a_b_seconds")]
    [InlineData("a.b", "{run}", true, "a_b_total")]
    [InlineData("a.size", "By", false, "a_size_bytes")]
    [InlineData("9-lives", "", false, "_9_lives")]
    [InlineData("wait.seconds", "s", true, "wait_seconds_total")]
    public void Names_follow_the_conventions_of_Prometheus(string name, string unit, bool isCounter, string expected) =>
        PrometheusText.NameOf(name, unit, isCounter).ShouldBe(expected);

    private static HttpClient Client(TestServer server)
    {
        var client = server.CreateClient();
        client.DefaultRequestHeaders.Add("Authorization", $"ApiKey {TestServer.ApiKey}");
        return client;
    }

    private static async Task PublishAsync(TestServer server, string id, string document) =>
        (await server.Services.GetRequiredService<WorkflowDefinitions>().SaveAsync(
            new DefinitionDraft(document) { DefinitionId = id, Name = id, ToolVersion = "3.8.0.0" }, publish: true, CancellationToken.None))
        .ShouldBeOfType<DefinitionResult.Saved>();

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Platform.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException("The repository is not here.");
        return directory.FullName;
    }

    private TestServer Start(params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["Storage:DataDirectory"] = _directory.FullName, ["Security:BootstrapPassword"] = TestServer.Password, ["Security:BootstrapApiKey"] = TestServer.ApiKey,
        };
        foreach (var (key, value) in settings)
            all[key] = value;
        var server = new TestServer(all);
        server.UseKestrel(0);
        server.StartServer();
        return server;
    }
}
