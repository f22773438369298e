using Platform.Runtime.Store;

namespace Platform.Storage.Tests;

public abstract partial class StoreConformance
{
    private const string Survivor = "survivor";

    public static TheoryData<string> Conflicts => ["instance", "missing instance", "trigger", "missing trigger", "key", "key twice"];

    [Fact]
    public async Task CommitAsync_WithNothing_IsCommitted() => (await CommitAsync(new())).ShouldBe(CommitOutcome.Committed);

    /// <summary>Each condition in turn fails behind everything that a commit can hold: nothing of it may be left.</summary>
    [Theory]
    [MemberData(nameof(Conflicts))]
    public async Task CommitAsync_WhenAConditionFails_WritesNothing(string conflict)
    {
        await PutAsync(new Commit
        {
            Definitions = [Definition(Survivor)],
            Triggers = [new(Survivor, [Trigger(Survivor, Survivor) with { DueAt = Noon }])],
            Instances = [Instance(Survivor)],
            Bursts = [Burst(Survivor)],
            Bookmarks = [Bookmark(Survivor, Survivor)],
            Work = [Work(Survivor, "taken")],
            Documents = [new("user", Survivor, "1")],
        });

        var commit = EverythingElse();
        var expected = AddConflict(commit, conflict);
        (await CommitAsync(commit)).ShouldBe(expected);

        (await Store.FindDefinitionVersionAsync(Survivor, None)).ShouldNotBeNull();
        (await Store.FindDefinitionVersionAsync("new", None)).ShouldBeNull();
        (await Store.FindTriggersAsync(new(), None)).ShouldHaveSingleItem().ShouldBe(Trigger(Survivor, Survivor) with { DueAt = Noon });
        (await Store.ListInstancesAsync(new(), None)).Items.ShouldHaveSingleItem().Revision.ShouldBe(1);
        (await Store.ReadBurstsAsync(Survivor, None)).ShouldHaveSingleItem();
        (await Store.FindBookmarksAsync(new() { Hash = "hash" }, None)).ShouldHaveSingleItem().Id.ShouldBe(Survivor);
        (await Store.DueWorkAsync(Noon, 10, None)).ShouldHaveSingleItem().ShouldBe(Work(Survivor, "taken"));
        (await Store.ListDocumentsAsync("user", None)).ShouldHaveSingleItem().ShouldBe(new("user", Survivor, "1"));
    }

    [Fact]
    public async Task CommitAsync_WhenSeveralConditionsFail_NamesTheInstanceFirst()
    {
        var commit = new Commit
        {
            Instances = [Instance("a", revision: 5)],
            TriggerAdvances = [new("none", Noon, null)],
        };

        (await CommitAsync(commit)).ShouldBe(CommitOutcome.InstanceConflict);
    }

    [Fact]
    public async Task CommitAsync_WithConflictsAmongConcurrentCommits_WritesTheOthers()
    {
        await PutAsync(Instance("hot"));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => CommitAsync(
            i % 2 == 0 ? new() { Instances = [Instance($"cold-{i}")] } : new() { Instances = [Instance("hot", revision: 7)] }))));

        outcomes.Where((_, i) => i % 2 == 0).ShouldAllBe(x => x == CommitOutcome.Committed);
        outcomes.Where((_, i) => i % 2 == 1).ShouldAllBe(x => x == CommitOutcome.InstanceConflict);
        (await Store.ListInstancesAsync(new(), None)).TotalCount.ShouldBe(51);
    }

    [Fact]
    public async Task CommitAsync_WithAFailingCommitAmongConcurrentOnes_FailsOnlyThatOne()
    {
        var good = Enumerable.Range(0, 50).Select(i => Task.Run(() => CommitAsync(new() { Instances = [Instance($"good-{i}")] })));
        var bad = Enumerable.Range(0, 10).Select(i => Task.Run(() => CommitAsync(
            new() { Instances = [Instance($"bad-{i}")], Bursts = [Burst("nobody")] }))).ToArray();

        (await Task.WhenAll(good)).ShouldAllBe(x => x == CommitOutcome.Committed);
        foreach (var commit in bad)
            await Should.ThrowAsync<InvalidOperationException>(() => commit);
        (await Store.ListInstancesAsync(new(), None)).TotalCount.ShouldBe(50);
        (await Store.ListInstancesAsync(new() { SearchTerm = "bad" }, None)).TotalCount.ShouldBe(0);
    }

    [Fact]
    public async Task CommitAsync_WhenItsTaskHasCompleted_IsSeenByEveryRead()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(caller => Task.Run(async () =>
        {
            for (var revision = 1; revision <= 20; revision++)
            {
                var id = $"caller-{caller}";
                await PutAsync(new Commit { Instances = [Instance(id, revision)], Bursts = [Burst(id, revision)] });
                (await Store.FindInstanceAsync(id, None))!.Revision.ShouldBe(revision);
                (await Store.ReadBurstsAsync(id, None)).Count.ShouldBe(revision);
                (await Store.ListInstancesAsync(new() { Ids = [id] }, None)).Items.ShouldHaveSingleItem().Revision.ShouldBe(revision);
            }
        })));
    }

    [Fact]
    public async Task CommitAsync_WithTheSameInstanceTwice_IsRefused() =>
        await Should.ThrowAsync<ArgumentException>(() => CommitAsync(new() { Instances = [Instance("a"), Instance("a", revision: 2)] }));

    [Fact]
    public async Task CommitAsync_WithRevisionZero_IsRefused() =>
        await Should.ThrowAsync<ArgumentException>(() => CommitAsync(new() { Instances = [Instance("a", revision: 0)] }));

    [Fact]
    public async Task CommitAsync_WithATokenThatIsCancelled_WritesNothing()
    {
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(
            async () => await Store.CommitAsync(new() { Instances = [Instance("a")] }, cancellation.Token));

        (await Store.FindInstanceAsync("a", None)).ShouldBeNull();
    }

    [Fact]
    public async Task CommitAsync_WithACancelledTokenAfterwards_StaysWritten()
    {
        using var cancellation = new CancellationTokenSource();
        (await Store.CommitAsync(new() { Instances = [Instance("a")] }, cancellation.Token)).ShouldBe(CommitOutcome.Committed);
        await cancellation.CancelAsync();

        (await Store.FindInstanceAsync("a", None)).ShouldNotBeNull();
    }

    private static Commit EverythingElse() => new()
    {
        Definitions = [Definition("new")],
        DeletedDefinitionVersions = [Survivor],
        Triggers = [new("new", [Trigger("new", "new")])],
        Instances = [Instance("new")],
        Bursts = [Burst("new")],
        DeletedBookmarks = [Survivor],
        Bookmarks = [Bookmark("new", "new")],
        Work = [Work("new", "free")],
        Documents = [new("user", "new", "2"), new("user", Survivor, "changed")],
    };

    private static CommitOutcome AddConflict(Commit commit, string conflict)
    {
        switch (conflict)
        {
            case "instance":
                commit.Instances!.Add(Instance(Survivor, revision: 3));
                return CommitOutcome.InstanceConflict;
            case "missing instance":
                commit.Instances!.Add(Instance("missing", revision: 2));
                return CommitOutcome.InstanceConflict;
            case "trigger":
                commit.TriggerAdvances = [new(Survivor, Noon.AddTicks(1), null)];
                return CommitOutcome.TriggerConflict;
            case "missing trigger":
                commit.TriggerAdvances = [new(Survivor, Noon, null), new("missing", Noon, null)];
                return CommitOutcome.TriggerConflict;
            case "key":
                commit.Work!.Add(Work("other", "taken"));
                return CommitOutcome.DuplicateKey;
            default:
                commit.Work!.Add(Work("other", "free"));
                return CommitOutcome.DuplicateKey;
        }
    }
}
