using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Server.Tests.Elsa;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Api;

/// <summary>What was written while a run ran, and where its trace is.</summary>
public sealed class RunLogTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("run-logs-").FullName;
    private HttpTestServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = HttpTestServer.Start(("Supervision:LogDirectory", _folder), ("Telemetry:TraceUrl", "https://jaeger.test/trace/{traceId}?view=all"));
        _server.Client.DefaultRequestHeaders.Add("Authorization", $"ApiKey {TestServer.ApiKey}");
        await _server.PublishAsync("writes", Flow.Of(
            Flow.Step("one", "Elsa.WriteLine", ("text", "Literal", "First the stock")), Flow.Step("two", "Elsa.WriteLine", ("text", "Literal", "then the bill"))));
        await _server.PublishAsync("fails", Flow.Of(Flow.Step("line", "Elsa.WriteLine", ("text", "Literal", "Before")), Flow.Step("bad", "Elsa.Fault", ("message", "Literal", "The stock is empty"))));
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Lines_of_activities_faults_and_the_server_stand_in_one_order_and_those_of_other_runs_do_not()
    {
        var other = await RunAsync("writes");
        var id = await RunAsync("fails");
        var log = _server.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Test");
        log.LogWarning("The instance {InstanceId} was slow.", id);
        log.LogWarning("The instance {InstanceId} was slower.", other);

        JsonNode lines;
        do
        {
            lines = await GetAsync($"/api/instances/{id}/logs?take=1000");
        }
        while (!lines["items"]!.AsArray().Any(line => Text(line).Contains("was slow", StringComparison.Ordinal)));

        var texts = lines["items"]!.AsArray().Select(Text).ToList();
        texts[0].ShouldBe("Before");
        texts.ShouldContain(text => text.Contains("The stock is empty"));
        texts.ShouldContain(text => text.EndsWith($"The instance {id} was slow."));
        texts.ShouldNotContain(text => text.Contains("slower") || text.Contains("First the stock"));
        lines["items"]!.AsArray().First(line => Text(line).Contains("The stock is empty", StringComparison.Ordinal))!["stream"]!.GetValue<string>().ShouldBe("Error");
        lines["totalCount"]!.GetValue<int>().ShouldBe(texts.Count);
    }

    [Fact]
    public async Task Lines_are_searched_and_of_too_many_the_newest_are_given()
    {
        var id = await RunAsync("writes");
        (await GetAsync($"/api/instances/{id}/logs?text=STOCK"))["items"]!.AsArray().Select(Text).ShouldBe(["First the stock"]);
        var last = await GetAsync($"/api/instances/{id}/logs?text=the&take=1");
        last["items"]!.AsArray().Select(Text).ShouldBe(["then the bill"]);
        last["totalCount"]!.GetValue<int>().ShouldBe(2);
        using var missing = await _server.Client.GetAsync("/api/instances/none/logs");
        await missing.ShouldBeProblemAsync(HttpStatusCode.NotFound, "WF4504");
    }

    [Fact]
    public async Task A_run_that_is_traced_says_where_its_trace_is()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Platform.Runtime",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        var id = await RunAsync("writes");

        var trace = await GetAsync($"/api/instances/{id}/trace");
        trace["traceId"]!.GetValue<string>().Length.ShouldBe(32);
        trace["url"]!.GetValue<string>().ShouldBe($"https://jaeger.test/trace/{trace["traceId"]}?view=all");
    }

    private static string Text(JsonNode? line) => line!["text"]!.GetValue<string>();

    private async Task<string> RunAsync(string definitionId)
    {
        using var answer = await _server.Client.PostAsync($"/elsa/api/workflow-definitions/{definitionId}/execute", new StringContent("{}", Encoding.UTF8, "application/json"));
        return (await answer.JsonAsync())["workflowState"]!["id"]!.GetValue<string>();
    }

    private async Task<JsonNode> GetAsync(string path)
    {
        using var answer = await _server.Client.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.JsonAsync();
    }
}
