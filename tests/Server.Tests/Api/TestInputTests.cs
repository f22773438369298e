using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Definitions;
using Platform.Runtime.Store;
using Platform.Server.Tests.Elsa;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Api;

/// <summary>What people keep with a workflow: test inputs.</summary>
public sealed class TestInputTests : IAsyncLifetime
{
    private readonly HttpTestServer _server = HttpTestServer.Start();

    public async Task InitializeAsync()
    {
        _server.Client.DefaultRequestHeaders.Add("Authorization", $"ApiKey {TestServer.ApiKey}");
        await _server.PublishAsync("tried", Flow.Of(Flow.Step("e", "Elsa.Event", ("eventName", "Literal", "end"))));
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task They_are_listed_by_name_replaced_under_the_same_name_and_change_no_version()
    {
        var before = await _server.Store.FindDefinitionAsync("tried", Engine.Definitions.VersionOptions.Latest, default);
        await KeepAsync("small", """{"Amount":1}""");
        await KeepAsync("Large", """{"Amount":900,"Lines":[{"Who":"김민지"}]}""");
        await KeepAsync("small", """{"Amount":2}""");

        var items = (await ListAsync())["items"]!.AsArray();
        items.Select(item => item!["name"]!.GetValue<string>()).ShouldBe(["Large", "small"]);
        items[0]!["input"]!["Lines"]![0]!["Who"]!.GetValue<string>().ShouldBe("김민지");
        items[1]!["input"]!["Amount"]!.GetValue<int>().ShouldBe(2);
        (await _server.Store.FindDefinitionAsync("tried", Engine.Definitions.VersionOptions.Latest, default)).ShouldBe(before);
    }

    [Fact]
    public async Task The_audit_log_tells_who_kept_which_one_and_not_what_is_in_it()
    {
        await KeepAsync("secret one", """{"Password":"hunter-2"}""");

        var entry = (await _server.Store.ListAuditAsync(new AuditFilter { Take = 50 }, default)).Single(one => one.Action == "workflow.keep-test-input");
        (entry.TargetId, entry.Outcome).ShouldBe(("tried", "Ok"));
        entry.After!.ShouldContain("secret one");
        entry.After!.ShouldNotContain("hunter-2");
    }

    [Fact]
    public async Task They_go_with_the_workflow_and_a_new_one_of_the_same_id_has_none()
    {
        await KeepAsync("one", "{}");
        using var deleted = await _server.Client.DeleteAsync("/elsa/api/workflow-definitions/tried");
        deleted.IsSuccessStatusCode.ShouldBeTrue();
        (await _server.Store.FindDocumentAsync(KeptDocuments.TestInputsKind, "tried", default)).ShouldBeNull();

        await _server.PublishAsync("tried", Flow.Of(Flow.Step("e", "Elsa.Event", ("eventName", "Literal", "end"))));
        await KeepAsync("one", "{}");
        var version = await _server.Store.FindDefinitionAsync("tried", Engine.Definitions.VersionOptions.Latest, default);
        using var last = await _server.Client.DeleteAsync($"/elsa/api/workflow-definition-versions/{version!.Id}");
        last.IsSuccessStatusCode.ShouldBeTrue();
        (await _server.Store.FindDocumentAsync(KeptDocuments.TestInputsKind, "tried", default)).ShouldBeNull();
    }

    [Fact]
    public async Task Too_large_ones_and_too_many_are_refused_and_what_is_kept_stays()
    {
        using var large = await PutAsync("large", $$"""{"Text":"{{new string('x', 65_536)}}"}""");
        await large.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "WF4940");
        for (var i = 0; i < 50; i++)
            await KeepAsync($"n{i}", "{}");
        using var many = await PutAsync("one too many", "{}");
        await many.ShouldBeProblemAsync(HttpStatusCode.Conflict, "WF4942");
        await KeepAsync("n7", """{"a":1}""");
        (await ListAsync())["totalCount"]!.GetValue<int>().ShouldBe(50);
    }

    private async Task<JsonNode> ListAsync()
    {
        using var answer = await _server.Client.GetAsync("/api/definitions/tried/test-inputs");
        return await answer.JsonAsync();
    }

    private async Task KeepAsync(string name, string input)
    {
        using var answer = await PutAsync(name, input);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private Task<HttpResponseMessage> PutAsync(string name, string input) =>
        _server.Client.PutAsync($"/api/definitions/tried/test-inputs/{Uri.EscapeDataString(name)}", new StringContent($$"""{"input":{{input}}}""", System.Text.Encoding.UTF8, "application/json"));
}
