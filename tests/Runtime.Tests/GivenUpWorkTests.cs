using System.Reflection;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests;

public sealed class GivenUpWorkTests
{
    [Fact]
    public async Task Work_that_fails_again_and_again_is_a_dead_letter_that_can_be_replayed_and_deleted()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("quick", Sequence(Line("ran")));
        var poison = new StoredWork("poison", "Unheard", "{}") { Key = "k", Priority = 7, CreatedAt = harness.Clock.GetUtcNow(), DueAt = harness.Clock.GetUtcNow() };
        var givenUp = harness.Get<WorkQueue>().GivenUp;

        await harness.Store.CommitAsync(new Commit { Work = [poison] }, CancellationToken.None);
        harness.Get<WorkQueue>().Add(poison);
        var request = new StartRequest { DefinitionId = "quick" };
        await harness.Runtime.DispatchAsync(request, CancellationToken.None);

        await harness.FinishedAsync("quick");
        await harness.UntilAsync(async () => (await givenUp.ListAsync(CancellationToken.None)).Count == 1, TimeSpan.FromSeconds(1));
        var item = (await givenUp.ListAsync(CancellationToken.None)).ShouldHaveSingleItem();
        (item.Id, item.Kind, item.Key, item.Priority).ShouldBe(("poison", "Unheard", "k", 7));
        item.Reason.ShouldBe("It failed 5 times, the last time with: The kind of work 'Unheard' is not known to this version of the server.");
        (await harness.Store.FindWorkByKeyAsync("k", CancellationToken.None)).ShouldBeNull();

        (await givenUp.ReplayAsync("poison", CancellationToken.None)).ShouldBeTrue();
        (await givenUp.ReplayAsync("poison", CancellationToken.None)).ShouldBeFalse();
        await harness.UntilAsync(async () => (await givenUp.ListAsync(CancellationToken.None)).Count == 1, TimeSpan.FromSeconds(1));
        (await givenUp.DeleteAsync("poison", CancellationToken.None)).ShouldBeTrue();
        (await givenUp.ListAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Given_up_work_is_kept_for_its_time_only()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var givenUp = harness.Get<WorkQueue>().GivenUp;
        await givenUp.AddAsync(new StoredWork("old", "Unheard", "{}"), new InvalidOperationException(new string('x', 5_000)));
        (await givenUp.ListAsync(CancellationToken.None)).ShouldHaveSingleItem().Reason.Length.ShouldBeLessThan(1_100);

        harness.Clock.Advance(TimeSpan.FromDays(7));
        (await givenUp.ListAsync(CancellationToken.None)).ShouldBeEmpty();
        await givenUp.AddAsync(new StoredWork("new", "Unheard", "{}"), new InvalidOperationException("no"));

        (await harness.Store.ListDocumentsAsync("given-up-work", CancellationToken.None)).ShouldHaveSingleItem().Id.ShouldBe("new");
    }

    [Fact]
    public async Task While_the_store_fails_nothing_is_given_up_and_it_is_done_when_the_store_works_again()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("quick", Sequence(Line("ran")));
        await harness.PublishAsync("cut", Sequence(Step("h", "Test.HangOnceMore"), Line("went on")));
        var running = harness.Runtime.StartAsync(new StartRequest { DefinitionId = "cut" }, CancellationToken.None).AsTask();
        await HangOnceMore.Reached.Task;
        var outbox = harness.Get<Outbox>();
        await harness.StopAsync();
        await running;
        await harness.Store.CommitAsync(
            new Commit { Work = [outbox.ToWork(new StartRequest { DefinitionId = "quick", InstanceId = "wanted" })] },
            CancellationToken.None);
        var failing = new FailingCommits();
        harness.Wrap = failing.Around;
        await harness.StartAsync();

        await harness.UntilAsync(() => failing.Refused > 30, TimeSpan.FromSeconds(1));
        (await harness.Get<WorkQueue>().GivenUp.ListAsync(CancellationToken.None)).ShouldBeEmpty();
        failing.Mend();
        await harness.UntilAsync(
            async () => (await harness.Store.FindInstanceAsync("wanted", CancellationToken.None))?.SubStatus == "Finished"
                && (await harness.InstancesOfAsync("cut")).Single().SubStatus == "Finished",
            TimeSpan.FromSeconds(1));

        harness.Lines.ToString().ShouldContain("went on");
    }
}

/// <summary>A store whose commits fail until it is mended, as on a full disk.</summary>
internal sealed class FailingCommits
{
    private int _refused;
    private volatile bool _isMended;

    public int Refused => Volatile.Read(ref _refused);

    public IWorkflowStore Around(IWorkflowStore store)
    {
        var proxy = DispatchProxy.Create<IWorkflowStore, Proxy>();
        ((Proxy)(object)proxy).Set(store, this);
        return proxy;
    }

    public void Mend() => _isMended = true;

    /// <summary>Passes everything on but commits.</summary>
    internal class Proxy : DispatchProxy
    {
        private IWorkflowStore? _store;
        private FailingCommits? _owner;

        public void Set(IWorkflowStore store, FailingCommits owner) => (_store, _owner) = (store, owner);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name != nameof(IWorkflowStore.CommitAsync) || _owner!._isMended)
                return targetMethod.Invoke(_store, args);
            Interlocked.Increment(ref _owner._refused);
            return ValueTask.FromException<CommitOutcome>(new FullException());
        }
    }

    private sealed class FullException() : StoreException("The disk is full.");
}

/// <summary>Waits for ever the first time it runs, until it is cancelled.</summary>
[Engine.Activity("Test", "Test")]
public sealed class HangOnceMore : Engine.CodeActivity
{
    public static readonly TaskCompletionSource Reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override async ValueTask ExecuteAsync(Engine.ActivityExecutionContext context)
    {
        if (Reached.TrySetResult())
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
    }
}
