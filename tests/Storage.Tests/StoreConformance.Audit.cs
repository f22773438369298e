using Platform.Runtime.Store;

namespace Platform.Storage.Tests;

/// <content>The audit log.</content>
public abstract partial class StoreConformance
{
    [Fact]
    public async Task Audit_WithAllMembers_IsReadAsItWasWritten()
    {
        var full = new AuditEntry
        {
            Id = "e1",
            At = Noon,
            ActorKind = "user",
            ActorId = "ann",
            ActorName = "Ann",
            Address = "192.0.2.1",
            Action = "workflow.publish",
            TargetKind = "workflow",
            TargetId = "order",
            TargetName = "Order",
            Before = """{"version":1}""",
            After = """{"version":2}""",
            Outcome = AuditEntry.Failed,
            Code = "WF2001",
            TraceId = "trace",
        };
        await PutAsync(new Commit { Audit = [full, Entry("e2")] });

        (await Store.FindAuditAsync("e1", None)).ShouldBe(full);
        (await Store.FindAuditAsync("e2", None)).ShouldBe(Entry("e2"));
        (await Store.FindAuditAsync("none", None)).ShouldBeNull();
    }

    [Fact]
    public async Task Audit_OfACommitThatConflicts_IsNotWritten()
    {
        await PutAsync(Instance("a"));

        var outcome = await Store.CommitAsync(new Commit { Instances = [Instance("a")], Audit = [Entry("e1")] }, None);

        outcome.ShouldBe(CommitOutcome.InstanceConflict);
        (await AuditIdsAsync(new())).ShouldBeEmpty();
    }

    [Fact]
    public async Task Audit_WithAnIdThatIsStored_FailsTheCommit()
    {
        await PutAsync(new Commit { Audit = [Entry("e1")] });

        await Should.ThrowAsync<Exception>(async () => await Store.CommitAsync(new Commit { Audit = [Entry("e1") with { Action = "other" }] }, None));

        (await Store.FindAuditAsync("e1", None))!.Action.ShouldBe("workflow.save");
    }

    [Fact]
    public async Task ListAudit_PageByPage_NewestFirst_UntouchedByNewEntries()
    {
        foreach (var id in (string[])["e1", "e2", "e3", "e4", "e5"])
            await PutAsync(new Commit { Audit = [Entry(id)] });

        (await AuditIdsAsync(new() { Take = 2 })).ShouldBe(["e5", "e4"]);
        await PutAsync(new Commit { Audit = [Entry("e6")] });
        (await AuditIdsAsync(new() { Take = 2, BeforeId = "e4" })).ShouldBe(["e3", "e2"]);
        (await AuditIdsAsync(new() { Take = 2, BeforeId = "e2" })).ShouldBe(["e1"]);
        (await AuditIdsAsync(new() { BeforeId = "unknown" })).ShouldBeEmpty();
    }

    [Fact]
    public async Task ListAudit_ByEachMember_SelectsWhatMatches()
    {
        await PutAsync(new Commit
        {
            Audit =
            [
                Entry("e1") with { ActorId = "ann", ActorName = "Ännchen", At = Noon },
                Entry("e2") with { Action = "workflow.publish", At = Noon.AddHours(1), After = """{"name":"Größe"}""" },
                Entry("e3") with { Action = "workflows.other", TargetKind = "secret", TargetId = "s1", At = Noon.AddHours(2) },
                Entry("e4") with { Outcome = AuditEntry.Denied, Address = "192.0.2.7", At = Noon.AddHours(3) },
            ],
        });

        (await AuditIdsAsync(new() { Actor = "ANN" })).ShouldBe(["e1"]);
        (await AuditIdsAsync(new() { Actor = "ÄNNCHEN" })).ShouldBe(["e1"]);
        (await AuditIdsAsync(new() { Action = "workflow.publish" })).ShouldBe(["e2"]);
        (await AuditIdsAsync(new() { Action = "workflow.*" })).ShouldBe(["e4", "e2", "e1"]);
        (await AuditIdsAsync(new() { TargetKind = "secret" })).ShouldBe(["e3"]);
        (await AuditIdsAsync(new() { TargetId = "s1" })).ShouldBe(["e3"]);
        (await AuditIdsAsync(new() { Outcome = AuditEntry.Denied })).ShouldBe(["e4"]);
        (await AuditIdsAsync(new() { From = Noon.AddHours(1), To = Noon.AddHours(3) })).ShouldBe(["e3", "e2"]);
        (await AuditIdsAsync(new() { Search = "größE" })).ShouldBe(["e2"]);
        (await AuditIdsAsync(new() { Search = "192.0.2.7" })).ShouldBe(["e4"]);
        (await AuditIdsAsync(new() { Search = "%" })).ShouldBeEmpty();
        (await AuditIdsAsync(new() { Actor = "ann", Outcome = AuditEntry.Denied })).ShouldBeEmpty();
    }

    [Fact]
    public async Task FindExpiredAudit_ByAgeAndCount_OldestFirst_AndDeletedOnesAreGone()
    {
        for (var hour = 0; hour < 6; hour++)
            await PutAsync(new Commit { Audit = [Entry($"e{hour}") with { At = Noon.AddHours(hour) }] });

        (await ExpiredAuditAsync(Noon.AddHours(2), kept: 100)).ShouldBe(["e0", "e1"]);
        (await ExpiredAuditAsync(Noon, kept: 3)).ShouldBe(["e0", "e1", "e2"]);
        (await ExpiredAuditAsync(Noon.AddHours(9), kept: 100, max: 1)).ShouldBe(["e0"]);

        await PutAsync(new Commit { DeletedAudit = ["e0", "e1", "unknown"] });

        (await AuditIdsAsync(new())).ShouldBe(["e5", "e4", "e3", "e2"]);
        (await ExpiredAuditAsync(Noon, kept: 3)).ShouldBe(["e2"]);
    }

    private static AuditEntry Entry(string id) => new() { Id = id, At = Noon, ActorKind = "system", Action = "workflow.save" };

    private async Task<string[]> AuditIdsAsync(AuditFilter filter) => [.. (await Store.ListAuditAsync(filter, None)).Select(entry => entry.Id)];

    private async Task<IReadOnlyList<string>> ExpiredAuditAsync(DateTimeOffset before, long kept, int max = 9) =>
        await Store.FindExpiredAuditAsync(new(before, kept, max), None);
}
