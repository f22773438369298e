using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Definitions;
using Platform.Runtime.Execution;
using Platform.Server.Composition;
using Platform.Server.Telemetry;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Operations;

/// <summary>Export by OTLP to a collector that really receives it. Sources of spans are one for the process, so nothing runs beside these tests.</summary>
[Collection(Alone)]
public sealed class OtlpTests
{
    public const string Alone = "Alone with the spans of the process";
    private const string Key = "k3y-of-the-collector";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_its_run_and_its_outgoing_call_are_one_trace(bool isGrpc)
    {
        await using var collector = await Collector.StartAsync(isGrpc);
        var carried = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var service = await TestService.StartAsync(context =>
        {
            carried.TrySetResult(context.Request.Headers.TraceParent.ToString());
            return context.Response.WriteAsync("pong");
        });
        var log = "";
        await using (var server = Start(collector, isGrpc, ("Telemetry:Otlp:Logs", "true"), ("Http:AllowLoopback", "true")))
        {
            using var client = server.CreateClient();
            var call = Flow.Step("ping", "Elsa.SendHttpRequest", ("url", "Literal", service.Address + "x?token=s3cret"));
            await PublishAsync(server, "caller", Flow.Of(Flow.Endpoint("caller"), call.With("name", "ping"), Flow.Respond("done: s3cret")));
            await PublishAsync(server, "child", Flow.Of(Flow.Step("w", "Elsa.WriteLine", ("text", "Literal", "hi"))));
            await PublishAsync(server, "parent", Flow.Of(Flow.Step("d", "Elsa.DispatchWorkflow", ("workflowDefinitionId", "Literal", "child"), ("waitForCompletion", "Literal", true))));
            using var request = new HttpRequestMessage(HttpMethod.Get, "/workflows/caller?token=s3cret");
            request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
            var answer = await client.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
            await client.GetAsync("/health/ready");
            await server.Services.GetRequiredService<WorkflowRuntime>().StartAsync(new StartRequest { DefinitionId = "parent", InstanceId = "p" }, CancellationToken.None);
            await FinishedAsync(server, "p");
            log = server.Logged.ToString();
        }

        await collector.ReceivedAsync(() => collector.Paths.Count == 3);
        var spans = collector.Spans;
        CollectedSpan Only(string name) => spans.Where(span => span.Name == name).ShouldHaveSingleItem(string.Join(", ", spans.Select(span => span.Name)));
        var received = Only("GET /workflows/{**path}");
        received.ParentId.ShouldBe("b7ad6b7169203331");
        var burst = Only("burst caller");
        burst.ParentId.ShouldBe(received.SpanId);
        var activity = Only("Elsa.SendHttpRequest/ping");
        var sent = spans.Where(span => span.Name == "GET" && span.TraceId == received.TraceId).ShouldHaveSingleItem();
        sent.ParentId.ShouldBe(activity.SpanId);
        (await carried.Task).ShouldBe($"00-0af7651916cd43dd8448eb211c80319c-{sent.SpanId}-01");
        new[] { received, burst, activity, sent }.ShouldAllBe(span => span.TraceId == "0af7651916cd43dd8448eb211c80319c");
        Only("burst child").TraceId.ShouldBe(spans.First(span => span.Name == "burst parent").TraceId);
        spans.Count(span => span.Name == "burst parent").ShouldBe(2);
        spans.ShouldNotContain(span => span.Name.Contains("health"));
        collector.Metrics.ShouldContain("platform.runs.started");
        collector.Metrics.ShouldContain("platform.queue.depth");
        collector.Metrics.ShouldContain("http.server.request.duration");
        collector.Paths.ShouldBe(
            isGrpc
                ? ["/opentelemetry.proto.collector.trace.v1.TraceService/Export", "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", "/opentelemetry.proto.collector.logs.v1.LogsService/Export"]
                : ["/v1/traces", "/v1/metrics", "/v1/logs"],
            ignoreOrder: true);
        collector.Keys.ShouldBe([Key]);
        collector.Text.ShouldNotContain("s3cret");
        log.ShouldContain("[4360] Telemetry is exported to");
        log.ShouldNotContain(Key);
    }

    [Fact]
    public async Task What_is_not_sampled_is_not_exported_but_metrics_are()
    {
        await using var collector = await Collector.StartAsync();
        await using (var server = Start(collector, false, ("Telemetry:Otlp:SamplingRatio", "0")))
        {
            await PublishAsync(server, "plain", Flow.Of(Flow.Endpoint("plain"), Flow.Respond("hi")));
            (await server.CreateClient().GetAsync("/workflows/plain")).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        await collector.ReceivedAsync(() => collector.Metrics.Count > 0);
        collector.Spans.ShouldBeEmpty();
        collector.Metrics.ShouldContain("platform.runs.ended");
    }

    [Fact]
    public async Task A_collector_that_is_gone_holds_nothing_up_and_the_log_tells()
    {
        string endpoint;
        await using (var collector = await Collector.StartAsync())
            endpoint = collector.Endpoint;
        string log;
        await using (var server = new TestServer(Settings(endpoint, false)))
        {
            server.UseKestrel(0);
            server.StartServer();
            await PublishAsync(server, "plain", Flow.Of(Flow.Endpoint("plain"), Flow.Respond("hi")));
            (await server.CreateClient().GetAsync("/workflows/plain")).StatusCode.ShouldBe(HttpStatusCode.OK);
            await server.DisposeAsync();
            log = server.Logged.ToString();
        }

        log.ShouldContain("[4361] Telemetry could not be exported");
        log.ShouldNotContain(Key);
    }

    [Fact]
    public void Mistakes_of_the_section_are_told_without_the_headers()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Telemetry:Otlp:Endpoint"] = "not an address",
            ["Telemetry:Otlp:Headers"] = "s3cret without a name",
            ["Telemetry:Otlp:SamplingRatio"] = "7.5",
            ["Telemetry:Otlp:Protocol"] = "smoke",
        }).Build();
        var reader = new OptionsReader(configuration);
        reader.Read<TelemetryOptions>("Telemetry");

        var message = Should.Throw<ConfigurationMistakesException>(reader.ThrowIfMistaken).Message;
        message.ShouldContain("4 mistakes");
        message.ShouldContain("Telemetry:Otlp:Endpoint is 'not an address'.");
        message.ShouldContain("Telemetry:Otlp:Headers cannot be used. Write name=value");
        message.ShouldContain("Telemetry:Otlp:SamplingRatio is '7.5'. Give a number from 0 to 1.");
        message.ShouldContain("Telemetry:Otlp:Protocol is 'smoke'. Give one of: HttpProtobuf, Grpc.");
        message.ShouldNotContain("s3cret");
    }

    private static Dictionary<string, string?> Settings(string endpoint, bool isGrpc) => new()
    {
        ["Storage:Kind"] = "Memory",
        ["Security:BootstrapPassword"] = TestServer.Password,
        ["Security:BootstrapApiKey"] = TestServer.ApiKey,
        ["Telemetry:Otlp:Endpoint"] = endpoint,
        ["Telemetry:Otlp:Protocol"] = isGrpc ? "Grpc" : "HttpProtobuf",
        ["Telemetry:Otlp:Headers"] = "x-key=" + Key,
    };

    private static TestServer Start(Collector collector, bool isGrpc, params (string Key, string Value)[] settings)
    {
        var all = Settings(collector.Endpoint, isGrpc);
        foreach (var (key, value) in settings)
            all[key] = value;
        var server = new TestServer(all);
        server.UseKestrel(0);
        server.StartServer();
        return server;
    }

    private static async Task PublishAsync(TestServer server, string id, string document) =>
        (await server.Services.GetRequiredService<WorkflowDefinitions>().SaveAsync(
            new DefinitionDraft(document) { DefinitionId = id, Name = id, ToolVersion = "3.8.0.0" }, publish: true, CancellationToken.None))
        .ShouldBeOfType<DefinitionResult.Saved>();

    private static async Task FinishedAsync(TestServer server, string instanceId)
    {
        var store = server.Services.GetRequiredService<Platform.Runtime.Store.IWorkflowStore>();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await store.FindInstanceAsync(instanceId, patience.Token))?.Status != "Finished")
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}

[CollectionDefinition(OtlpTests.Alone, DisableParallelization = true)]
public sealed class AloneCollection;
