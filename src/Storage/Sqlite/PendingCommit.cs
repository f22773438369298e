using Platform.Runtime.Store;

namespace Platform.Storage.Sqlite;

/// <summary>A commit on its way to the disk. Who moves it out of the queue first wins: the writer, or its caller's cancellation.</summary>
internal sealed class PendingCommit(Commit commit)
{
    private const int Queued = 0;
    private const int Taken = 1;

    // Callers go on in the thread pool: the writer is needed for the next batch.
    private readonly TaskCompletionSource<CommitOutcome> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _cancellation;
    private int _state;

    public Commit Commit { get; } = commit;

    /// <summary>When it was asked for, as a time stamp of the clock; 0 when nobody wants to know.</summary>
    public long AskedAt { get; init; }

    /// <summary>About how much it writes.</summary>
    public long Bytes { get; } = Measure(commit);

    /// <summary>What the writer has found out; the caller learns it when the batch is on disk.</summary>
    public CommitOutcome Outcome { get; set; }

    public Task<CommitOutcome> Task => _done.Task;

    /// <summary>Lets a token take the commit out of the queue.</summary>
    public void CancelWith(CancellationToken token)
    {
        if (!token.CanBeCanceled)
            return;
        _cancellation = token.UnsafeRegister(
            static (self, token) =>
            {
                var pending = (PendingCommit)self!;
                if (Interlocked.CompareExchange(ref pending._state, Taken, Queued) == Queued)
                    pending._done.TrySetCanceled(token);
            },
            this);
    }

    /// <summary>The writer takes it; false when it was cancelled before.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Queued) == Queued;

    /// <summary>It never came into the queue.</summary>
    public void Abandon() => _cancellation.Unregister();

    public void Complete()
    {
        _cancellation.Unregister();
        _done.TrySetResult(Outcome);
    }

    public void Fail(Exception exception)
    {
        _cancellation.Unregister();
        _done.TrySetException(exception);
    }

    private static long Measure(Commit commit)
    {
        var bytes = 256L;
        foreach (var instance in commit.Instances ?? [])
            bytes += 256 + instance.State.Length;
        foreach (var burst in commit.Bursts ?? [])
            bytes += 32 + burst.Log.Length;
        foreach (var bookmark in commit.Bookmarks ?? [])
            bytes += 256 + (bookmark.Payload?.Length ?? 0);
        foreach (var work in commit.Work ?? [])
            bytes += 256 + work.Payload.Length;
        foreach (var definition in commit.Definitions ?? [])
            bytes += 256 + definition.Document.Length;
        foreach (var document in commit.Documents ?? [])
            bytes += 64 + document.Json.Length;
        return bytes;
    }
}
