using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Platform.EndToEnd.Tests;

/// <summary>The viewer of an instance shows what happens while it happens, also behind a proxy.</summary>
[Collection(Studio.Name)]
public sealed class LiveViewerTests(Studio.Fixture studio)
{
    const string Hub = "/elsa/hubs/workflow-instance";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_viewer_behind_a_proxy_is_told_what_happens(bool isSetUp)
    {
        await using var proxy = await ReverseProxy.StartAsync(studio.Server.Address, isSetUp);
        await studio.PlayAsync(
            async page =>
            {
                // Where no socket comes through, the browser says so before Elsa Studio polls.
                page.Expect("WebSocket|status of 400");
                await page.SignInAsync();
                var instance = await StartAsync("behind-proxy-" + isSetUp);
                await OpenAsync(page, instance);
                await ObservedAsync(page, proxy, isSetUp);

                await TriggerAsync("behind-proxy-" + isSetUp);

                await FinishedAsync(page);
                (proxy.Sockets > 0).ShouldBe(isSetUp);
                proxy.Requests.Any(request => request == "GET " + Hub && !isSetUp).ShouldBe(!isSetUp);
                proxy.Requests.ShouldNotContain(request => request.EndsWith("/execution-state", StringComparison.Ordinal), "That is what Studio asks when it has no hub.");
            },
            through: proxy.Address);
    }

    [Fact]
    public Task A_viewer_goes_on_after_a_restart_of_the_server() => studio.PlayAsync(async page =>
    {
        // While the server is away, requests fail and Elsa Studio's connection falls over.
        page.Expect("ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|Failed to fetch|WebSocket|error bar|Failed to load resource|Connection disconnected|unhandled|Unhandled");
        await page.SignInAsync();
        var instance = await StartAsync("after-restart");
        await OpenAsync(page, instance);
        await page.Page.EvaluateAsync("window.notReloaded = true");

        await studio.Server.RestartAsync();
        await TriggerAsync("after-restart");

        await FinishedAsync(page);
        (await page.Page.EvaluateAsync<bool>("window.notReloaded === true")).ShouldBeTrue();
    });

    static async Task OpenAsync(StudioPage page, string instance)
    {
        await page.OpenAsync("/studio/instances/" + instance);
        await page.Page.Locator("elsa-workflow-instance-viewer .x6-node").First.WaitForAsync(new() { Timeout = 60_000 });
        await Assertions.Expect(page.Detail("Sub status")).ToHaveTextAsync("Suspended");
    }

    /// <summary>Waits until the viewer has its connection.</summary>
    static async Task ObservedAsync(StudioPage page, ReverseProxy proxy, bool isSetUp)
    {
        if (isSetUp) await Task.Run(async () => { while (proxy.Sockets == 0) await Task.Delay(50); }).WaitAsync(TimeSpan.FromSeconds(30));
        else await page.Page.WaitForResponseAsync(response => response.Request.Method == "POST" && new Uri(response.Url).AbsolutePath == Hub && response.Ok);
    }

    static async Task FinishedAsync(StudioPage page)
    {
        await Assertions.Expect(page.Detail("Sub status")).ToHaveTextAsync("Finished", new() { Timeout = 60_000 });
        await Assertions.Expect(page.Page.Locator("elsa-workflow-instance-viewer .mud-timeline-item-content").Filter(new() { HasTextRegex = new Regex("Event.*Completed", RegexOptions.Singleline) })).Not.ToHaveCountAsync(0);
    }

    async Task<string> StartAsync(string name)
    {
        await studio.Server.PublishAsync(
            name,
            $$"""
            {"type":"Elsa.Event","version":1,"id":"event","name":"Event1","eventName":{"typeName":"String","expression":{"type":"Literal","value":"Go-{{name}}"} },"metadata":{"designer":{"position":{"x":80,"y":80} } } }
            """);
        return await studio.Server.RunAsync(name);
    }

    async Task TriggerAsync(string name)
    {
        using var client = studio.Server.CreateClient();
        using var triggered = await client.PostAsJsonAsync($"elsa/api/events/Go-{name}/trigger", new JsonObject { ["workflowExecutionMode"] = "Synchronous" });
        triggered.EnsureSuccessStatusCode();
    }
}
