using System.Text.Json.Nodes;
using Platform.Runtime.Audit;
using Platform.Runtime.Definitions;
using Platform.Runtime.Retention;
using Platform.Runtime.Store;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests.Audit;

/// <summary>Nothing here writes the log but the changes themselves: an entry that is found was in the commit of its change.</summary>
public sealed class AuditScopeTests
{
    [Fact]
    public async Task Each_change_of_a_definition_carries_its_entry_and_tells_only_what_changed()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        Scope(harness, "workflow.save").Enter();
        var document = Sequence(Line("a"));

        await harness.Definitions.SaveAsync(new DefinitionDraft(document) { DefinitionId = "w", Name = "One" }, publish: false, CancellationToken.None);
        await harness.Definitions.SaveAsync(new DefinitionDraft(document) { DefinitionId = "w", Name = "Two" }, publish: false, CancellationToken.None);
        await harness.Definitions.PublishAsync("w", CancellationToken.None);
        await harness.Definitions.DeleteAsync("w", CancellationToken.None);

        var log = await LogAsync(harness);
        log.Select(entry => entry.Action).ShouldBe(["workflow.save", "workflow.save", "workflow.publish", "workflow.save"]);
        log.ShouldAllBe(entry => entry.TargetKind == "workflow" && entry.TargetId == "w" && entry.ActorName == "Ann" && entry.Outcome == AuditEntry.Ok);
        log[0].Before.ShouldBeNull();
        log[1].Before.ShouldBe("""{"name":"One"}""");
        log[1].After.ShouldBe("""{"name":"Two"}""");
        log[2].After.ShouldBe("""{"isPublished":true}""");
        log[3].After.ShouldBeNull();
        log.Select(entry => entry.Id).ShouldBe(log.Select(entry => entry.Id).Distinct());
    }

    [Fact]
    public async Task A_save_that_changes_nothing_and_a_change_that_nobody_asks_for_leave_no_entry()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var draft = new DefinitionDraft(Sequence(Line("a"))) { DefinitionId = "w", Name = "One" };
        await harness.Definitions.SaveAsync(draft, publish: false, CancellationToken.None);
        var scope = Scope(harness, "workflow.save");
        scope.Enter();

        await harness.Definitions.SaveAsync(draft, publish: false, CancellationToken.None);

        scope.HasChange.ShouldBeTrue();
        (await LogAsync(harness)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_scope_that_has_ended_adds_nothing_to_what_goes_on_after_it()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var scope = Scope(harness, "workflow.save");
        scope.Enter();
        scope.End();

        await harness.PublishAsync("w", Sequence(Line("a")));

        AuditScope.Current.ShouldBeNull();
        (await LogAsync(harness)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Cancelling_an_instance_carries_its_entry()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("w", Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", "go"))));
        var run = await harness.RunAsync("w");
        Scope(harness, "instance.delete").Enter();

        await harness.Runtime.CancelAsync(run.Instance.Id, CancellationToken.None);

        var entry = (await LogAsync(harness)).ShouldHaveSingleItem();
        (entry.Action, entry.TargetKind, entry.TargetId).ShouldBe(("instance.cancel", "instance", run.Instance.Id));
    }

    [Fact]
    public void A_change_is_cut_to_a_small_size()
    {
        var many = new JsonObject();
        for (var i = 0; i < 100; i++)
            many[$"m{i}"] = new string('x', 500);
        var commit = new Commit();
        var scope = AuditScope.OfSystem("workflow.ship", new Ids(TimeProvider.System), TimeProvider.System);

        scope.AddTo(commit, new AuditChange("workflow", "w", null) { After = new JsonObject { ["text"] = new string('ü', 5_000) } });
        scope.AddTo(commit, new AuditChange("workflow", "w", null) { After = many });

        commit.Audit![0].After!.Length.ShouldBeInRange(1_000, 1_100);
        commit.Audit[1].After.ShouldBe("""{"isTooLong":true}""");
    }

    [Fact]
    public async Task Retention_forgets_the_oldest_entries_by_age_and_by_count()
    {
        await using var harness = RuntimeHarness.Compose();
        var options = harness.Get<RetentionOptions>();
        options.AuditMax = 3;
        options.ChunkMax = 2;
        options.Pause = TimeSpan.Zero;
        for (var i = 0; i < 6; i++)
            await AddAsync(harness, $"old{i}");
        harness.Clock.Advance(options.Audit - TimeSpan.FromDays(1));
        await AddAsync(harness, "young");

        await harness.Get<RetentionDuty>().RunAsync(CancellationToken.None);
        (await LogAsync(harness)).Select(entry => entry.Id).ShouldBe(["old4", "old5", "young"]);

        harness.Clock.Advance(TimeSpan.FromDays(1.5));
        await harness.Get<RetentionDuty>().RunAsync(CancellationToken.None);
        (await LogAsync(harness)).Select(entry => entry.Id).ShouldBe(["young"]);
    }

    private static AuditScope Scope(RuntimeHarness harness, string action) => new(
        new AuditEntry { Id = "", At = default, ActorKind = "user", ActorId = "ann", ActorName = "Ann", Action = action }, harness.Get<Ids>(), harness.Clock);

    private static async Task AddAsync(RuntimeHarness harness, string id) => await harness.Store.CommitAsync(
        new Commit { Audit = [new AuditEntry { Id = id, At = harness.Clock.GetUtcNow(), ActorKind = "system", Action = "x" }] }, CancellationToken.None);

    private static async Task<List<AuditEntry>> LogAsync(RuntimeHarness harness) =>
        [.. (await harness.Store.ListAuditAsync(new AuditFilter(), CancellationToken.None)).Reverse()];
}
