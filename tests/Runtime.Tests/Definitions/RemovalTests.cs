using Platform.Engine.Definitions;
using Platform.Runtime.Definitions;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests.Definitions;

/// <summary>What goes with a change of a definition, and what keeps one from being taken back or deleted.</summary>
public sealed class RemovalTests
{
    [Fact]
    public async Task What_belongs_to_a_save_is_stored_with_it_and_knows_its_revision()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var saved = await SaveAsync(harness, "one", null);

        (await harness.Store.FindDocumentAsync("note", "flow", default))!.Json.ShouldBe($"\"{saved.Revision}\"");
        (await SaveAsync(harness, "two", new EditBasis(saved.Revision!, null))).Revision.ShouldNotBe(saved.Revision);
    }

    [Fact]
    public async Task What_belongs_to_a_save_that_is_refused_is_not_stored()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var saved = await SaveAsync(harness, "one", null);

        (await harness.Definitions.SaveAsync(Draft("two"), publish: true, new EditBasis("another", null), default)).ShouldBeOfType<DefinitionResult.Conflict>();

        (await harness.Store.FindDocumentAsync("note", "flow", default))!.Json.ShouldBe($"\"{saved.Revision}\"");
    }

    [Fact]
    public async Task Nothing_is_taken_back_or_deleted_that_is_another_than_was_seen()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var saved = await SaveAsync(harness, "one", null);
        var other = new EditBasis("another", null);

        (await harness.Definitions.RetractAsync("flow", other, default)).ShouldBeOfType<DefinitionResult.Conflict>().LastEdit!.Revision.ShouldBe(saved.Revision);
        (await harness.Definitions.DeleteVersionAsync(saved.Definition.Id, other, default)).Conflict.ShouldNotBeNull();
        (await harness.Definitions.DeleteAsync("flow", other, default)).Conflict.ShouldNotBeNull();
        (await harness.Definitions.FindAsync("flow", VersionOptions.Published, default)).ShouldNotBeNull();

        var seen = new EditBasis(saved.Revision!, null);
        (await harness.Definitions.RetractAsync("flow", seen, default)).ShouldBeOfType<DefinitionResult.Saved>().Revision.ShouldBe(saved.Revision, "taking back changes no content");
        (await harness.Definitions.DeleteAsync("flow", seen, default)).ShouldBe(new DefinitionDeletion(true, null));
        (await harness.Definitions.DeleteAsync("flow", seen, default)).ShouldBe(new DefinitionDeletion(false, null));
    }

    [Fact]
    public async Task What_adds_to_the_commit_of_a_start_is_stored_with_the_instance_or_its_queued_start()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await SaveAsync(harness, "one", null);
        var start = new StartRequest { DefinitionId = "flow" };

        await harness.Runtime.StartAsync(start with { Committing = commit => Note(commit, commit.Instances![0].Id) }, default);
        var instance = (await harness.Store.FindDocumentAsync("started", "last", default))!.Json;
        (await harness.Store.FindInstanceAsync(instance, default)).ShouldNotBeNull();

        var queued = await harness.Runtime.DispatchAsync(start with { Committing = commit => Note(commit, commit.Work![0].InstanceId!) }, default);
        (await harness.Store.FindDocumentAsync("started", "last", default))!.Json.ShouldBe(queued);
    }

    private static void Note(Commit commit, string text) => (commit.Documents ??= []).Add(new StoredDocument("started", "last", text));

    private static DefinitionDraft Draft(string name) => new(Sequence())
    {
        DefinitionId = "flow",
        Name = name,
        Companion = revision => new StoredDocument("note", "flow", $"\"{revision}\""),
    };

    private static async Task<DefinitionResult.Saved> SaveAsync(RuntimeHarness harness, string name, EditBasis? basis) =>
        (await harness.Definitions.SaveAsync(Draft(name), publish: true, basis, default)).ShouldBeOfType<DefinitionResult.Saved>();
}
