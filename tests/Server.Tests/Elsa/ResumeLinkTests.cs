using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Store;

namespace Platform.Server.Tests.Elsa;

/// <summary>Links that let a waiting instance go on, once.</summary>
public sealed class ResumeLinkTests : IDisposable
{
    private const string Document = """
        {"definitionId":"asks","name":"Ask <the> boss","root":{"id":"s","type":"Elsa.Sequence","version":1,"activities":[
          {"id":"link","type":"Elsa.SetName","version":1,"value":{"typeName":"String","expression":{"type":"JavaScript","value":"createResumeUrl('approval', '1.00:00:00', { decision: 'yes' })"}}},
          {"id":"approval","type":"Elsa.Event","version":1,"eventName":{"typeName":"String","expression":{"type":"Literal","value":"approved"}}},
          {"id":"after","type":"Elsa.SetName","version":1,"value":{"typeName":"String","expression":{"type":"JavaScript","value":"'decided: ' + getInput('decision') + ' by ' + getInput('who')"}}}]}}
        """;

    private readonly TestServer _server = TestServer.WithCredentials();
    private HttpClient? _client;

    private HttpClient Client => _client ??= _server.WithApiKey();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Opening_a_link_only_asks_sending_it_goes_on_and_a_second_use_is_told_so()
    {
        var instance = await StartAsync();
        var path = await MakeAsync(instance, new { lifetime = "01:00:00", input = new { decision = "yes" } });
        using var stranger = _server.Anonymous();

        for (var i = 0; i < 3; i++)
        {
            using var opened = await stranger.GetAsync(path);
            var page = await opened.Content.ReadAsStringAsync();
            opened.StatusCode.ShouldBe(HttpStatusCode.OK, page);
            page.ShouldContain("Ask &lt;the&gt; boss");
            page.ShouldContain("<form method=\"post\">");
            page.ShouldNotContain("<script");
            var policy = opened.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();
            policy.ShouldContain("default-src 'none'; style-src 'sha256-");
            policy.ShouldContain("form-action 'self'");
        }

        (await InstanceAsync(instance))["subStatus"]!.GetValue<string>().ShouldBe("Suspended");
        using var used = await stranger.SendAsync(Form(path));
        (await used.Content.ReadAsStringAsync()).ShouldContain("Thank you");
        (await InstanceAsync(instance))["name"]!.GetValue<string>().ShouldBe("decided: yes by null");

        await (await stranger.PostAsync(path, null)).ShouldBeProblemAsync(HttpStatusCode.Gone, "WF4756");
        using var again = await stranger.SendAsync(Form(path));
        (again.StatusCode, (await again.Content.ReadAsStringAsync()).Contains("was used already")).ShouldBe((HttpStatusCode.Gone, true));
        using var reopened = await stranger.SendAsync(new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/html" } } });
        (await reopened.Content.ReadAsStringAsync()).ShouldNotContain("<form");
    }

    [Fact]
    public async Task A_workflow_makes_a_link_for_an_activity_that_will_wait_and_its_inputs_cannot_be_changed()
    {
        var instance = await StartAsync();
        var url = (await InstanceAsync(instance))["name"]!.GetValue<string>();
        var path = Regex.Match(url, "/elsa/api/bookmarks/resume\\?t=.+").Value;
        path.ShouldNotBeEmpty(url);

        (await _server.Anonymous().PostAsJsonAsync(path, new { input = new { decision = "no", who = "ann" } })).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await InstanceAsync(instance))["name"]!.GetValue<string>().ShouldBe("decided: yes by ann");
        (await InstanceAsync(instance))["subStatus"]!.GetValue<string>().ShouldBe("Finished");
    }

    [Fact]
    public async Task Another_link_to_what_went_on_and_one_whose_time_is_over_do_nothing_and_say_so()
    {
        var instance = await StartAsync();
        var (approve, reject) = (await MakeAsync(instance, new { }), await MakeAsync(instance, new { }));
        var other = await StartAsync();
        var late = await MakeAsync(other, new { expiresAt = _server.Clock.GetUtcNow().AddHours(1) });
        using var stranger = _server.Anonymous();

        (await stranger.PostAsync(approve, null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        _server.Clock.Advance(TimeSpan.FromHours(1));

        await (await stranger.PostAsync(reject, null)).ShouldBeProblemAsync(HttpStatusCode.Gone, "WF4758");
        await (await stranger.PostAsync(late, null)).ShouldBeProblemAsync(HttpStatusCode.Gone, "WF4757");
        await (await stranger.GetAsync(late)).ShouldBeProblemAsync(HttpStatusCode.Gone, "WF4757");
        (await InstanceAsync(other))["subStatus"]!.GetValue<string>().ShouldBe("Suspended");
    }

    [Fact]
    public async Task A_changed_link_and_anything_else_are_refused()
    {
        var instance = await StartAsync();
        var path = await MakeAsync(instance, new { });
        var mark = path.IndexOf("?t=", StringComparison.Ordinal) + 20;
        var changed = path[..mark] + (path[mark] == 'x' ? 'y' : 'x') + path[(mark + 1)..];
        using var stranger = _server.Anonymous();

        foreach (var wrong in new[] { changed, path[..^1], "/elsa/api/bookmarks/resume", "/elsa/api/bookmarks/resume?t=a.b" })
        {
            await (await stranger.GetAsync(wrong)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "WF4755");
            await (await stranger.PostAsync(wrong, null)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "WF4755");
        }

        await (await stranger.PostAsync(path + "&in=[1]", null)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "WF4759");
        (await InstanceAsync(instance))["subStatus"]!.GetValue<string>().ShouldBe("Suspended");
    }

    [Theory]
    [InlineData("""{"activity":"none"}""", "waits at 'approval'")]
    [InlineData("""{"lifetime":"400.00:00:00"}""", "365 days")]
    [InlineData("""{"lifetime":"01:00:00","expiresAt":"2040-01-01T00:00:00Z"}""", "not both")]
    [InlineData("""{"input":[1]}""", "'input' is not an object")]
    public async Task A_link_that_cannot_be_is_not_made(string body, string reason)
    {
        var instance = await StartAsync();

        var refused = await Client.PostAsync($"/api/instances/{instance}/resume-links", new StringContent(body, null, "application/json"));

        (await refused.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "WF4760"))["detail"]!.GetValue<string>().ShouldContain(reason);
    }

    [Fact]
    public async Task Who_makes_a_link_and_that_it_was_used_is_audited_in_the_commit_of_the_use()
    {
        var instance = await StartAsync();
        var path = await MakeAsync(instance, new { });
        await _server.Anonymous().PostAsync(path, null);
        await _server.Anonymous().PostAsync(path, null);

        var log = (await (await Client.GetAsync("/api/audit?action=resume-link.*")).JsonAsync())["items"]!.AsArray();

        log.Select(entry => (entry!["action"]!.GetValue<string>(), entry["outcome"]!.GetValue<string>(), entry["code"]?.GetValue<string>())).ShouldBe(
            [("resume-link.use", "Denied", "WF4756"), ("resume-link.use", "Ok", null), ("resume-link.create", "Ok", null)]);
        log.ToJsonString().ShouldNotContain(path[(path.IndexOf("?t=", StringComparison.Ordinal) + 3)..]);
        log[1]!["target"]!["id"]!.GetValue<string>().ShouldBe(instance);
    }

    [Fact]
    public async Task Marks_of_links_are_forgotten_when_their_links_have_expired()
    {
        var store = _server.Services.GetRequiredService<IWorkflowStore>();
        var first = await StartAsync();
        await _server.Anonymous().PostAsync(await MakeAsync(first, new { lifetime = "01:00:00" }), null);
        var kind = $"usedLink:{_server.Clock.GetUtcNow():yyyy-MM-dd}";
        (await store.ListDocumentsAsync(kind, CancellationToken.None)).Count.ShouldBe(1);
        _server.Clock.Advance(TimeSpan.FromDays(3));
        var second = await StartAsync();

        (await _server.Anonymous().PostAsync(await MakeAsync(second, new { lifetime = "01:00:00" }), null)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await store.ListDocumentsAsync(kind, CancellationToken.None)).ShouldBeEmpty();
    }

    private static HttpRequestMessage Form(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent([]) };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        return request;
    }

    private async Task<string> StartAsync()
    {
        await Client.PostAsync("/elsa/api/workflow-definitions/import", new StringContent(Document, null, "application/json"));
        await Client.PostAsync("/elsa/api/workflow-definitions/asks/publish", new StringContent("{}", null, "application/json"));
        var run = await Client.PostAsync("/elsa/api/workflow-definitions/asks/execute", new StringContent("{}", null, "application/json"));
        return run.Headers.GetValues("x-elsa-workflow-instance-id").Single();
    }

    private async Task<JsonNode> InstanceAsync(string instance) => await (await Client.GetAsync($"/elsa/api/workflow-instances/{instance}")).JsonAsync();

    private async Task<string> MakeAsync(string instance, object body)
    {
        var answer = await Client.PostAsJsonAsync($"/api/instances/{instance}/resume-links", body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return new Uri((await answer.JsonAsync())["url"]!.GetValue<string>()).PathAndQuery;
    }
}
