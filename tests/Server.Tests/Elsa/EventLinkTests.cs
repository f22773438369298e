using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime;

namespace Platform.Server.Tests.Elsa;

/// <summary>Links that go on with a workflow, for people without an account.</summary>
public sealed class EventLinkTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    [Fact]
    public async Task A_link_asks_when_it_is_opened_and_goes_on_when_it_is_confirmed()
    {
        var (instance, path) = await StartAsync("approved", "TimeSpan.FromHours(1)");
        using var stranger = server.CreateDefaultClient();

        using var opened = await stranger.GetAsync(path);
        opened.EnsureSuccessStatusCode();
        (await opened.Content.ReadAsStringAsync()).ShouldContain("approved");
        opened.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem().ShouldContain("default-src 'none'");
        (await SubStatusAsync(instance)).ShouldBe("Suspended");

        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        var finished = FinishedAsync(instance);
        using var confirmed = await stranger.SendAsync(request);
        (await confirmed.Content.ReadAsStringAsync()).ShouldContain("Thank you");
        await finished;
    }

    [Fact]
    public async Task A_link_reaches_its_own_instance_only()
    {
        var (first, path) = await StartAsync("mine", "'01:00:00'");
        var (second, _) = await StartAsync("mine", "'01:00:00'");
        using var stranger = server.CreateDefaultClient();

        var finished = FinishedAsync(first);
        (await stranger.PostAsync(path, null)).EnsureSuccessStatusCode();

        await finished;
        (await SubStatusAsync(second)).ShouldBe("Suspended");
    }

    [Theory]
    [InlineData("")]
    [InlineData("?t=")]
    [InlineData("?t=abc.def")]
    [InlineData("?t=a.b.c")]
    public async Task Anything_else_is_refused(string query)
    {
        using var stranger = server.CreateDefaultClient();
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post])
        {
            using var answer = await stranger.SendAsync(new HttpRequestMessage(method, "/elsa/api/events/trigger" + query));
            ((int)answer.StatusCode).ShouldBe(400);
            (await answer.Content.ReadAsStringAsync()).ShouldContain("WF4014");
        }
    }

    [Fact]
    public async Task A_changed_link_is_refused()
    {
        var (instance, path) = await StartAsync("changed", "TimeSpan.FromHours(1)");
        using var stranger = server.CreateDefaultClient();
        var mark = path.IndexOf("?t=", StringComparison.Ordinal) + 5;
        var changed = path[..mark] + (path[mark] == 'x' ? 'y' : 'x') + path[(mark + 1)..];

        ((int)(await stranger.PostAsync(changed, null)).StatusCode).ShouldBe(400);

        (await SubStatusAsync(instance)).ShouldBe("Suspended");
    }

    [Theory]
    [InlineData("", "needs a lifetime")]
    [InlineData("TimeSpan.FromDays(1000)", "needs a lifetime")]
    [InlineData("'2001-01-01'", "must expire in the future")]
    public async Task A_link_without_a_sensible_end_is_not_made(string lifetime, string message)
    {
        var id = "no-link-" + Guid.NewGuid().ToString("n");
        await server.ImportAsync(Document(id, "e", lifetime), publish: true);

        var instance = await server.ExecuteAsync(id);

        var state = await server.GetAsync($"/workflow-instances/{instance}");
        state.Text.ShouldContain(message);
    }

    private static string Document(string id, string eventName, string lifetime)
    {
        var script = lifetime.Length == 0 ? $"createEventTriggerUrl('{eventName}')" : $"createEventTriggerUrl('{eventName}', {lifetime})";
        return $$$"""
            {"definitionId":"{{{id}}}","name":"{{{id}}}","root":{"id":"s","type":"Elsa.Sequence","activities":[
              {"id":"link","type":"Elsa.SetName","value":{"typeName":"String","expression":{"type":"JavaScript","value":"{{{script}}}"} } },
              {"id":"wait","type":"Elsa.Event","eventName":{"typeName":"String","expression":{"type":"Literal","value":"{{{eventName}}}"} } } ]}}
            """;
    }

    private async Task<(string Instance, string Path)> StartAsync(string eventName, string lifetime)
    {
        var id = "link-" + Guid.NewGuid().ToString("n");
        await server.ImportAsync(Document(id, eventName, lifetime), publish: true);
        var instance = await server.ExecuteAsync(id);
        var name = (await server.GetAsync($"/workflow-instances/{instance}")).Node["name"]!.GetValue<string>();
        var path = Regex.Match(name, "/elsa/api/events/trigger\\?t=.+").Value;
        path.ShouldNotBeEmpty(name);
        return (instance, path);
    }

    private async Task FinishedAsync(string instance)
    {
        var events = server.Services.GetRequiredService<RuntimeEvents>();
        var finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Action<BurstCommitted> onCommitted = burst =>
        {
            if (burst.Instance.Id == instance && burst.Instance.SubStatus == "Finished")
                finished.TrySetResult();
        };
        events.BurstCommitted += onCommitted;
        await finished.Task.WaitAsync(TimeSpan.FromSeconds(30));
        events.BurstCommitted -= onCommitted;
    }

    private async Task<string> SubStatusAsync(string instance) =>
        (await server.GetAsync($"/workflow-instances/{instance}")).Node["subStatus"]!.GetValue<string>();
}
