using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Platform.Runtime.Store;

namespace Platform.Storage.Sqlite;

/// <summary>
/// Group commit: one thread owns the writing connection and writes whatever has been queued while the previous transaction went to
/// disk, as one transaction with one flush. Nothing waits for company, so a lone commit is as fast as the disk.
/// </summary>
internal sealed class CommitQueue
{
    private readonly SqliteOptions _options;
    private readonly ILogger _logger;
    private readonly CommitWriter _writer;
    private readonly FileUpkeep _upkeep;
    private readonly Channel<PendingCommit> _queue;
    private readonly TimeProvider _clock;
    private readonly StorageMetrics? _metrics;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _changes;

    public CommitQueue(Session session, SqliteOptions options, ILogger logger, TimeProvider clock, StorageMetrics? metrics)
    {
        (_options, _logger, _clock, _metrics) = (options, logger, clock, metrics);
        _writer = new(session);
        _upkeep = new(session.Connection, options, logger);
        _queue = Channel.CreateBounded<PendingCommit>(new BoundedChannelOptions(options.QueuedCommitsMax) { SingleReader = true });

        // A thread of its own: it blocks in disk flushes, which must not cost the thread pool a worker.
        new Thread(Run) { IsBackground = true, Name = "Store writer" }.Start();
    }

    /// <summary>Rises whenever the file may have changed, before who asked for that is answered.</summary>
    public long Changes => Volatile.Read(ref _changes);

    public async ValueTask<CommitOutcome> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        var pending = new PendingCommit(commit) { AskedAt = _metrics?.IsEnabled == true ? _clock.GetTimestamp() : 0 };
        pending.CancelWith(cancellationToken);
        try
        {
            await _queue.Writer.WriteAsync(pending, cancellationToken);
        }
        catch (ChannelClosedException e)
        {
            pending.Abandon();
            throw new ObjectDisposedException($"{nameof(SqliteStore)} takes no more commits.", e);
        }
        catch (OperationCanceledException)
        {
            pending.Abandon();
            throw;
        }

        return await pending.Task;
    }

    /// <summary>Writes what is queued, then stops. The connection is its owner's to close.</summary>
    public Task StopAsync()
    {
        _queue.Writer.TryComplete();
        return _stopped.Task;
    }

    private void Run()
    {
        var batch = new List<PendingCommit>();
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            TakeBatch(batch);
            Write(batch);
            _upkeep.AfterBatch(batch, isSomebodyWaiting: () => _queue.Reader.TryPeek(out _));
            Changed();
            batch.Clear();
        }

        _stopped.SetResult();
    }

    private void Changed() => Volatile.Write(ref _changes, _changes + 1);

    private void TakeBatch(List<PendingCommit> batch)
    {
        var bytes = 0L;
        while (batch.Count < _options.BatchCommitsMax && bytes < _options.BatchBytesMax && _queue.Reader.TryRead(out var pending))
        {
            if (!pending.TryTake())
                continue;
            batch.Add(pending);
            bytes += pending.Bytes;
        }
    }

    /// <summary>Writes a batch and answers its callers. Any failure goes to them: this thread must outlive them all.</summary>
    private void Write(List<PendingCommit> batch)
    {
        if (batch.Count == 0)
            return;
        var timed = _metrics?.IsEnabled == true ? _metrics : null;
        try
        {
            var begunAt = timed is null ? 0 : _clock.GetTimestamp();
            _writer.Begin();
            foreach (var pending in batch)
                pending.Outcome = _writer.Write_InTransaction(pending.Commit);
            var writtenAt = timed is null ? 0 : _clock.GetTimestamp();
            _writer.Commit();
            timed?.Written(_clock.GetElapsedTime(begunAt, writtenAt), _clock.GetElapsedTime(writtenAt), batch.Count);
        }
        catch (Exception e)
        {
            OnFailure(batch, e);
            return;
        }

        Changed();
        foreach (var pending in batch)
        {
            pending.Complete();
            if (pending.AskedAt != 0)
                timed?.Answered(NameOf(pending.Outcome), _clock.GetElapsedTime(pending.AskedAt));
        }
    }

    /// <summary>The names of an enumeration are made anew each time; these are not.</summary>
    private static string NameOf(CommitOutcome outcome) => outcome switch
    {
        CommitOutcome.Committed => nameof(CommitOutcome.Committed),
        CommitOutcome.InstanceConflict => nameof(CommitOutcome.InstanceConflict),
        CommitOutcome.TriggerConflict => nameof(CommitOutcome.TriggerConflict),
        CommitOutcome.DuplicateKey => nameof(CommitOutcome.DuplicateKey),
        CommitOutcome.DocumentConflict => nameof(CommitOutcome.DocumentConflict),
    };

    private void OnFailure(List<PendingCommit> batch, Exception failure)
    {
        try
        {
            _writer.Rollback();
        }
        catch (StorageException e)
        {
            Log.RollbackFailed(_logger, e);
        }

        if (batch.Count > 1 && !IsInfrastructure(failure))
        {
            // One commit of the batch is to blame. It is found by writing each alone; the others must not suffer.
            foreach (var pending in batch)
                Write([pending]);
            return;
        }

        _metrics?.Failed(batch.Count);
        Log.BatchFailed(_logger, failure, batch.Count);
        foreach (var pending in batch)
            pending.Fail(failure);
    }

    private static bool IsInfrastructure(Exception failure) => failure is StorageException { Code: var code } && (code & 0xFF) is
        SQLitePCL.raw.SQLITE_FULL or SQLitePCL.raw.SQLITE_IOERR or SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED
        or SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB or SQLitePCL.raw.SQLITE_CANTOPEN or SQLitePCL.raw.SQLITE_READONLY
        or SQLitePCL.raw.SQLITE_NOMEM or SQLitePCL.raw.SQLITE_PROTOCOL or SQLitePCL.raw.SQLITE_PERM;
}
