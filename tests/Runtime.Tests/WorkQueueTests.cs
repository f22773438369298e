using System.Reflection;
using Platform.Runtime.Activities;
using Platform.Runtime.Execution;
using Platform.Runtime.Stimuli;
using Platform.Runtime.Store;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests;

public sealed class WorkQueueTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Work_that_is_done_while_the_store_is_read_is_not_done_again()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.StopAsync();
        var reads = new HeldReads();
        harness.Wrap = reads.Around;
        await harness.StartAsync();
        await harness.PublishAsync("waits", Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", "go")), Line("got")));
        var run = await harness.RunAsync("waits");
        var queue = harness.Get<WorkQueue>();

        // The delivery has begun and waits for the instance; then the store is read, and the work is in what is read.
        Task reading;
        using (await harness.Get<InstanceRunner>().Gate.EnterAsync(run.Instance.Id, CancellationToken.None))
        {
            await harness.Runtime.PublishAsync(EventStimulus.For("go", null), CancellationToken.None);
            reading = reads.HoldAsync(() => queue.ReadDueAsync(CancellationToken.None));
            (await reads.ReadAsync().WaitAsync(Patience)).ShouldHaveSingleItem().Kind.ShouldBe("Stimulus");
        }

        try
        {
            await harness.FinishedAsync("waits");
            await harness.UntilAsync(() => queue.HeldCount == 0);
        }
        finally
        {
            reads.Release();
        }

        await reading.WaitAsync(Patience);

        queue.HeldCount.ShouldBe(0);
        harness.Get<KeptStimuli>().List().ShouldBeEmpty();
    }
}

/// <summary>A store around which one read of due work is held after it has read. All other reads pass.</summary>
internal sealed class HeldReads
{
    private readonly TaskCompletionSource<IReadOnlyList<StoredWork>> _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AsyncLocal<bool> _isHeld = new();

    public IWorkflowStore Around(IWorkflowStore store)
    {
        var proxy = DispatchProxy.Create<IWorkflowStore, Proxy>();
        ((Proxy)(object)proxy).Set(store, this);
        return proxy;
    }

    /// <summary>Reads, and does not come back before <see cref="Release"/>.</summary>
    public async Task HoldAsync(Func<ValueTask> read)
    {
        _isHeld.Value = true;
        await read();
    }

    public void Release() => _released.TrySetResult();

    /// <summary>What the held read has read.</summary>
    public Task<IReadOnlyList<StoredWork>> ReadAsync() => _read.Task;

    private async ValueTask<IReadOnlyList<StoredWork>> HeldAsync(ValueTask<IReadOnlyList<StoredWork>> read)
    {
        var work = await read;
        if (_isHeld.Value)
        {
            _read.TrySetResult(work);
            await _released.Task;
        }

        return work;
    }

    /// <summary>Passes everything on.</summary>
    internal class Proxy : DispatchProxy
    {
        private IWorkflowStore? _store;
        private HeldReads? _owner;

        public void Set(IWorkflowStore store, HeldReads owner) => (_store, _owner) = (store, owner);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var result = targetMethod!.Invoke(_store, args);
            return targetMethod.Name == nameof(IWorkflowStore.DueWorkAsync) ? _owner!.HeldAsync((ValueTask<IReadOnlyList<StoredWork>>)result!) : result;
        }
    }
}
