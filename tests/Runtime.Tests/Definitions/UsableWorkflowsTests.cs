using System.Text.Json.Nodes;
using Platform.Engine.Definitions;
using Platform.Runtime.Definitions;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests.Definitions;

/// <summary>Workflows used as activities, as they are saved, published and deleted.</summary>
public sealed class UsableWorkflowsTests
{
    [Fact]
    public async Task A_usable_workflow_is_an_activity_at_once_and_after_a_restart()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("child", Usable(Line("inside")));
        await harness.PublishAsync("parent", Sequence(Call("child")));
        await harness.RunAsync("parent");

        await harness.RestartAsync();
        await harness.RunAsync("parent");

        harness.Lines.ToString().ShouldBe($"inside{Environment.NewLine}inside{Environment.NewLine}");
    }

    [Fact]
    public async Task A_new_published_version_reaches_workflows_that_name_no_version()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var first = await harness.PublishAsync("child", Usable(Line("one")));
        await harness.PublishAsync("follows", Sequence(Call("child")));
        await harness.PublishAsync("stays", Sequence(Call("child", first.Id)));
        await harness.RunAsync("follows");
        await harness.PublishAsync("child", Usable(Line("two")));

        await harness.RunAsync("follows");
        await harness.RunAsync("stays");

        Lines(harness).ShouldBe(["one", "two", "one"]);
    }

    [Fact]
    public async Task A_workflow_that_uses_a_later_one_runs_as_soon_as_that_exists()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("parent", Sequence(Call("child")));
        (await harness.RunAsync("parent")).Instance.SubStatus.ShouldBe("Faulted");

        await harness.PublishAsync("child", Usable(Line("here")));

        (await harness.RunAsync("parent")).Instance.SubStatus.ShouldBe("Finished");
    }

    [Fact]
    public async Task Publishing_updates_the_workflows_that_use_it_when_it_says_so()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var first = await harness.PublishAsync("child", Usable(Line("one"), autoUpdate: true));
        await harness.PublishAsync("parent", Sequence(Call("child", first.Id)));
        await harness.Definitions.SaveAsync(
            new DefinitionDraft(Sequence(Call("child", first.Id))) { DefinitionId = "draft", Name = "draft" }, publish: false, CancellationToken.None);

        var result = await harness.Definitions.SaveAsync(
            new DefinitionDraft(Usable(Line("two"), autoUpdate: true)) { DefinitionId = "child", Name = "child" }, publish: true, CancellationToken.None);

        result.ShouldBeOfType<DefinitionResult.Saved>().UpdatedConsumers.ShouldBe(["draft", "parent"], ignoreOrder: true);
        await harness.RunAsync("parent");
        Lines(harness).ShouldBe(["two"]);
        (await harness.Definitions.FindAsync("parent", VersionOptions.Published, CancellationToken.None))!.Version.ShouldBe(2);
        var draft = (await harness.Definitions.FindAsync("draft", VersionOptions.Latest, CancellationToken.None))!;
        (draft.Version, draft.IsPublished).ShouldBe((1, false));
        draft.Document.ShouldNotContain(first.Id);
    }

    [Fact]
    public async Task Without_that_option_they_keep_their_version_until_somebody_asks()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var first = await harness.PublishAsync("child", Usable(Line("one")));
        await harness.PublishAsync("parent", Sequence(Call("child", first.Id)));
        await harness.PublishAsync("child", Usable(Line("two")));
        await harness.RunAsync("parent");

        (await harness.Definitions.UpdateReferencesAsync("child", CancellationToken.None)).ShouldBeOfType<DefinitionResult.Saved>().UpdatedConsumers.ShouldBe(["parent"]);
        await harness.RunAsync("parent");

        Lines(harness).ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task A_workflow_that_would_run_itself_is_not_published()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("a", Usable(Line("a")));
        await harness.PublishAsync("b", Usable(Call("a")));

        var result = await harness.Definitions.SaveAsync(
            new DefinitionDraft(Usable(Call("b"))) { DefinitionId = "a", Name = "a" }, publish: true, CancellationToken.None);

        result.ShouldBeOfType<DefinitionResult.Invalid>().Problems.ShouldHaveSingleItem().Code.ShouldBe("WF1011");
    }

    [Fact]
    public async Task Deleting_takes_the_activity_away()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("child", Usable(Line("inside")));
        await harness.PublishAsync("parent", Sequence(Call("child")));
        await harness.RunAsync("parent");
        await harness.Definitions.DeleteAsync("child", CancellationToken.None);

        var run = await harness.RunAsync("parent");

        run.Instance.SubStatus.ShouldBe("Faulted");
        run.Workflow.Incidents.ShouldHaveSingleItem().Message.ShouldContain("child");
    }

    private static string[] Lines(RuntimeHarness harness) => harness.Lines.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    private static string Usable(JsonObject step, bool autoUpdate = false)
    {
        var document = JsonNode.Parse(Sequence(step))!.AsObject();
        document["options"] = new JsonObject { ["usableAsActivity"] = true, ["autoUpdateConsumingWorkflows"] = autoUpdate };
        return document.ToJsonString();
    }

    private static JsonObject Call(string definitionId, string? versionId = null)
    {
        var step = Step("call", char.ToUpperInvariant(definitionId[0]) + definitionId[1..]);
        step["workflowDefinitionId"] = definitionId;
        if (versionId is not null)
            step["workflowDefinitionVersionId"] = versionId;
        return step;
    }
}
