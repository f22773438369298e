using Platform.Runtime.Audit;
using Platform.Runtime.Store;

namespace Platform.Runtime.Dispatching;

/// <summary>
/// Decides between a worker that begins a queued start and a person who takes it back: either it begins or it is gone, never both.
/// </summary>
/// <param name="store">Where work is kept.</param>
public sealed class Withdrawals(IWorkflowStore store)
{
    private readonly Dictionary<string, TaskCompletionSource?> _begun = new(StringComparer.Ordinal);
    private readonly HashSet<string> _withdrawing = new(StringComparer.Ordinal);
    private readonly Lock _sync = new();
    private bool _areThereAny;

    /// <summary>Whether a worker has begun with an item.</summary>
    /// <param name="workId">The item.</param>
    public bool HasBegun(string workId)
    {
        lock (_sync)
            return _begun.ContainsKey(workId);
    }

    /// <summary>Waits until no worker is busy with an item: then it is done, or waits again.</summary>
    /// <param name="workId">The item.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task WhenEndedAsync(string workId, CancellationToken cancellationToken)
    {
        lock (_sync)
        {
            if (!_begun.TryGetValue(workId, out var ended))
                return Task.CompletedTask;
            ended ??= _begun[workId] = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return ended.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>A worker begins with an item.</summary>
    /// <returns>False when it was taken back.</returns>
    internal async ValueTask<bool> BeginAsync(string workId, CancellationToken cancellationToken)
    {
        lock (_sync)
        {
            if (_withdrawing.Contains(workId))
                return false;
            _begun.TryAdd(workId, null);
            // Nobody has taken anything back, so what is held in memory is stored.
            if (!_areThereAny)
                return true;
        }

        return (await store.ListWorkAsync(new WorkFilter { Id = workId, Take = 1 }, cancellationToken)).TotalCount > 0;
    }

    /// <summary>A worker is done with an item.</summary>
    internal void End(string workId)
    {
        TaskCompletionSource? ended;
        lock (_sync)
            _begun.Remove(workId, out ended);
        ended?.TrySetResult();
    }

    /// <summary>Takes an item back.</summary>
    /// <returns>False when a worker has begun with it.</returns>
    internal async ValueTask<bool> WithdrawAsync(string workId, CancellationToken cancellationToken)
    {
        lock (_sync)
        {
            if (_begun.ContainsKey(workId))
                return false;
            _areThereAny = true;
            _withdrawing.Add(workId);
        }

        try
        {
            var commit = new Commit { DeletedWork = [workId] };
            AuditScope.Current?.AddTo(commit, new AuditChange("work", workId, null));
            await store.CommitAsync(commit, cancellationToken);
            return true;
        }
        finally
        {
            lock (_sync)
                _withdrawing.Remove(workId);
        }
    }
}
