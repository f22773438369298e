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
    public async Task Many_instances_go_a_part_at_a_time_and_nothing_starts_new_ones_meanwhile()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await SaveAsync(harness, "one", null);
        for (var i = 0; i < WorkflowDefinitions.DeletedInstancesMax * 2 + 1; i++)
            await harness.Store.CommitAsync(new Commit { Instances = [new($"i{i}", "flow", "v", 1) { Revision = 1, Status = "Finished", SubStatus = "Finished" }] }, default);
        using var stopped = new CancellationTokenSource();
        harness.Get<RuntimeEvents>().DefinitionChanged += (_, _) => stopped.Cancel();

        // The process ends after it was taken back and before the instances are gone.
        await Should.ThrowAsync<OperationCanceledException>(async () => await harness.Definitions.DeleteAsync("flow", stopped.Token));
        (await harness.Definitions.FindAsync("flow", VersionOptions.Published, default)).ShouldBeNull();
        (await harness.Definitions.FindAsync("flow", VersionOptions.Latest, default)).ShouldNotBeNull();

        (await harness.Definitions.DeleteAsync("flow", default)).ShouldBeTrue();
        (await harness.Definitions.FindAsync("flow", VersionOptions.Latest, default)).ShouldBeNull();
        (await harness.Store.ListInstancesAsync(new InstanceFilter(), default)).TotalCount.ShouldBe(0);
    }

    [Fact]
    public async Task Old_versions_that_nothing_uses_are_forgotten()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var versions = new List<WorkflowDefinition>();
        for (var version = 1; version <= 8; version++)
        {
            versions.Add((await SaveAsync(harness, $"name {version}", null)).Definition);
            if (version == 2)
                await harness.Runtime.StartAsync(new StartRequest { DefinitionVersionId = versions[^1].Id }, default);
        }

        await harness.Runtime.DispatchAsync(new StartRequest { DefinitionId = "flow", Version = VersionOptions.Specific(3) }, new QueueTerms { DueAt = harness.Clock.GetUtcNow().AddDays(1) }, default);
        await harness.PublishAsync("user", Sequence().Replace("{", $$"""{"customProperties":{"uses":"{{versions[3].Id}}"},""", StringComparison.Ordinal));

        (await harness.Definitions.PruneAsync("flow", 3, default)).ShouldBe(2);

        var left = await harness.Store.ListDefinitionsAsync(new DefinitionFilter { DefinitionIds = ["flow"], OrderBy = DefinitionOrder.Version }, default);
        left.Items.Select(version => version.Version).ShouldBe([2, 3, 4, 6, 7, 8]);
        (await harness.Definitions.PruneAsync("flow", 3, default)).ShouldBe(0);
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
