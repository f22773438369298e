using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Platform.Engine.Execution;
using Platform.Runtime.Reruns;
using static Platform.Server.Tests.Http.Flow;

namespace Platform.Server.Tests.Http;

/// <summary>A workflow that a request started is run once more without the request.</summary>
public sealed class HttpRerunTests : IAsyncLifetime
{
    private readonly HttpTestServer _server = HttpTestServer.Start();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Theory]
    [InlineData(null)]
    [InlineData("endpoint")]
    [InlineData("respond")]
    public async Task What_the_request_brought_comes_from_the_record(string? from)
    {
        await PublishAsync("getOutputFrom('endpoint', 'ParsedContent').order");
        using (var answer = await _server.Client.PostAsync("/workflows/orders?urgent=yes", new StringContent("""{"order":"7"}""", Encoding.UTF8, "application/json")))
            (await answer.Content.ReadAsStringAsync()).ShouldBe("7");
        var original = await _server.OnlyInstanceAsync("orders");

        var result = await RerunAsync(original.Id, from);

        var rerun = result.ShouldBeOfType<RerunResult.Started>(result.ToString());
        rerun.Instance.SubStatus.ShouldBe("Finished");
        var history = await HistoryAsync(rerun.Instance.Id);
        history.Executions.Single(record => record.ActivityId == "respond").ActivityState!.Value.GetProperty("Content").GetString().ShouldBe("7");
    }

    [Fact]
    public async Task Headers_are_masked_in_the_record_so_a_workflow_that_reads_them_is_refused()
    {
        await PublishAsync("getOutputFrom('endpoint', 'Headers')['X-Order']");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/workflows/orders");
        request.Headers.Add("X-Order", "8");
        using (var answer = await _server.Client.SendAsync(request))
            (await answer.Content.ReadAsStringAsync()).ShouldBe("8");
        var original = await _server.OnlyInstanceAsync("orders");

        var refused = (await RerunAsync(original.Id, null)).ShouldBeOfType<RerunResult.Refused>();

        refused.Refusal.ShouldBe(RerunRefusal.ValueUnknown);
        refused.Reason.ShouldContain("'Headers' of 'endpoint'");
        (await _server.CountInstancesAsync("orders")).ShouldBe(1);
    }

    private Task PublishAsync(string script) => _server.PublishAsync("orders", Of(
        Endpoint("orders", """["POST"]"""), Step("respond", "Elsa.WriteHttpResponse", ("content", "JavaScript", script))));

    private ValueTask<RerunResult> RerunAsync(string id, string? from) =>
        _server.Services.GetRequiredService<Runtime.Reruns.Reruns>().RunAsync(id, new RerunRequest { ActivityId = from }, null, CancellationToken.None);

    private async Task<ExecutionHistory> HistoryAsync(string id) => ExecutionHistory.Read(id, (await _server.Store.ReadBurstsAsync(id, CancellationToken.None)).Select(burst => burst.Log));
}
