using Platform.Runtime.Store;

namespace Platform.Storage.Tests;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task FindWorkByKeyAsync_ReturnsEveryMember()
    {
        var full = new StoredWork("w", "resume", """{"a":"값"}""")
        {
            Key = "tick 7",
            InstanceId = "i",
            Priority = -3,
            DueAt = Noon.AddTicks(1),
            CreatedAt = Noon,
            Attempts = 4,
        };
        await PutAsync(new Commit { Work = [full, Work("x")] });

        (await Store.FindWorkByKeyAsync("tick 7", None)).ShouldBe(full);
        (await Store.FindWorkByKeyAsync("none", None)).ShouldBeNull();
    }

    [Fact]
    public async Task DueWorkAsync_ReturnsTheHighestPriorityThenTheOldest()
    {
        await PutAsync(new Commit
        {
            Work =
            [
                Work("young") with { CreatedAt = Noon.AddTicks(1) },
                Work("old"),
                Work("as old") with { DueAt = Noon.AddYears(-1) },
                Work("later") with { DueAt = Noon.AddTicks(1), Priority = 9 },
                Work("urgent") with { CreatedAt = Noon.AddDays(1), Priority = 1 },
                Work("idle") with { CreatedAt = Noon.AddDays(-1), Priority = -1 },
            ],
        });

        (await DueAsync(10)).ShouldBe(["urgent", "old", "as old", "young", "idle"]);
        (await DueAsync(2)).ShouldBe(["urgent", "old"]);

        async Task<string[]> DueAsync(int max) => [.. (await Store.DueWorkAsync(Noon, max, None)).Select(x => x.Id)];
    }

    [Fact]
    public async Task CommitAsync_WithAKeyFromManyCallers_QueuesItOnce()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(
            i => Task.Run(() => CommitAsync(new() { Work = [Work($"w{i}", "once")] }))));

        outcomes.Count(x => x == CommitOutcome.Committed).ShouldBe(1);
        outcomes.Count(x => x == CommitOutcome.DuplicateKey).ShouldBe(49);
        (await Store.DueWorkAsync(Noon, 100, None)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task CommitAsync_WithWorkForALaterAttempt_ReplacesItUnderItsOwnKey()
    {
        await PutAsync(new Commit { Work = [Work("a", "key"), Work("b", "other")] });
        var retry = Work("a", "key") with { Attempts = 1, DueAt = Noon.AddMinutes(1) };
        await PutAsync(new Commit { Work = [retry] });

        (await Store.FindWorkByKeyAsync("key", None)).ShouldBe(retry);
        (await CommitAsync(new() { Work = [Work("a", "other")] })).ShouldBe(CommitOutcome.DuplicateKey);
        await PutAsync(new Commit { Work = [Work("a", "renamed")] });
        await PutAsync(new Commit { Work = [Work("c", "key")] });
        (await Store.FindWorkByKeyAsync("renamed", None))!.Id.ShouldBe("a");
    }

    [Fact]
    public async Task CommitAsync_ThatDeletesTheHolderOfAKey_MayTakeTheKey()
    {
        await PutAsync(new Commit { Work = [Work("a", "first"), Work("b", "second") with { InstanceId = "i" }] });

        await PutAsync(new Commit
        {
            DeletedWork = ["a", "unknown"],
            DeletedInstances = ["i"],
            Work = [Work("c", "first"), Work("d", "second")],
        });

        (await Store.DueWorkAsync(Noon, 10, None)).Select(x => x.Id).ShouldBe(["c", "d"]);
        await PutAsync(new Commit { DeletedWork = ["c"] });
        (await Store.FindWorkByKeyAsync("first", None)).ShouldBeNull();
        await PutAsync(new Commit { Work = [Work("e", "first")] });
    }

    [Fact]
    public async Task CommitAsync_WithAConditionOnADocument_WritesOnlyWhenItHolds()
    {
        await PutAsync(new Commit { Documents = [new("edit", "a", "1")], DocumentConditions = [new("edit", "a", null)] });

        foreach (var wrong in (string?[])[null, "2", ""])
        {
            var commit = new Commit { Documents = [new("edit", "a", "lost"), new("edit", "b", "lost")], DocumentConditions = [new("edit", "a", wrong)] };
            (await CommitAsync(commit)).ShouldBe(CommitOutcome.DocumentConflict);
        }

        (await Store.FindDocumentAsync("edit", "a", None))!.Json.ShouldBe("1");
        (await Store.FindDocumentAsync("edit", "b", None)).ShouldBeNull();
        await PutAsync(new Commit { Documents = [new("edit", "a", "2")], DocumentConditions = [new("edit", "a", "1"), new("edit", "b", null)] });
        await PutAsync(new Commit { DeletedDocuments = [new("edit", "a")], DocumentConditions = [new("edit", "a", "2")] });
        (await Store.FindDocumentAsync("edit", "a", None)).ShouldBeNull();
    }

    [Fact]
    public async Task CommitAsync_WithTheSameConditionAtTheSameTime_LetsOneThrough()
    {
        await PutAsync(new Commit { Documents = [new("edit", "a", "0")] });

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 20).Select(number => CommitAsync(
            new() { Documents = [new("edit", "a", $"{number}")], DocumentConditions = [new("edit", "a", "0")] })));

        outcomes.Count(outcome => outcome == CommitOutcome.Committed).ShouldBe(1);
        outcomes.Count(outcome => outcome == CommitOutcome.DocumentConflict).ShouldBe(19);
        (await Store.FindDocumentAsync("edit", "a", None))!.Json.ShouldBe($"{Array.IndexOf(outcomes, CommitOutcome.Committed) + 1}");
    }

    [Fact]
    public async Task FindDocumentAsync_TellsKindsApart()
    {
        await PutAsync(new Commit
        {
            Documents = [new("user", "a", """{"n":"하나"}"""), new("key", "a", "2"), new("user", "B", "3"), new("user", "", "4")],
        });

        (await Store.FindDocumentAsync("user", "a", None)).ShouldBe(new("user", "a", """{"n":"하나"}"""));
        (await Store.FindDocumentAsync("key", "a", None)).ShouldBe(new("key", "a", "2"));
        (await Store.FindDocumentAsync("key", "B", None)).ShouldBeNull();
        (await Store.ListDocumentsAsync("user", None)).Select(x => x.Id).ShouldBe(["", "B", "a"]);
        (await Store.ListDocumentsAsync("none", None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task CommitAsync_ReplacesAndDeletesDocuments()
    {
        await PutAsync(new Commit { Documents = [new("user", "a", "1"), new("user", "b", "1")] });
        await PutAsync(new Commit
        {
            Documents = [new("user", "a", "2"), new("user", "c", "1")],
            DeletedDocuments = [new("user", "b"), new("user", "c"), new("user", "unknown")],
        });

        (await Store.ListDocumentsAsync("user", None)).ShouldBe([new("user", "a", "2")]);
    }
}
