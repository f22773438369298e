using System.Collections.Concurrent;

namespace Platform.Storage.Sqlite;

/// <summary>
/// Read-only connections, opened when first needed. A lookup runs on its caller's thread, for it takes some microseconds; a list may
/// take long, so lists have a share of their own and stop when their caller gives up.
/// </summary>
internal sealed class ReadPool(Func<Session> open, int connections) : IDisposable
{
    private readonly ConcurrentBag<Session> _idle = [];
    private readonly SemaphoreSlim _all = new(connections);
    private readonly SemaphoreSlim _lists = new(connections / 2);
    private volatile bool _isDisposed;

    public async ValueTask<T> FindAsync<TKey, T>(TKey key, Func<Session, TKey, T> read, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, typeof(SqliteStore));
        await _all.WaitAsync(cancellationToken);
        try
        {
            return Use(key, read);
        }
        finally
        {
            _all.Release();
        }
    }

    /// <summary>Reads with several statements from one snapshot.</summary>
    public async ValueTask<T> ListAsync<TKey, T>(TKey key, Func<Session, TKey, T> read, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, typeof(SqliteStore));
        await _lists.WaitAsync(cancellationToken);
        try
        {
            return await FindAsync((key, read, cancellationToken), ReadSnapshot, cancellationToken);
        }
        catch (StorageException e) when (e.Code == SQLitePCL.raw.SQLITE_INTERRUPT && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
        finally
        {
            _lists.Release();
        }
    }

    /// <summary>Waits for the reads that run, then closes the connections.</summary>
    public async ValueTask CloseAsync()
    {
        _isDisposed = true;
        for (var i = 0; i < connections; i++)
            await _all.WaitAsync(CancellationToken.None);
        while (_idle.TryTake(out var session))
            session.Dispose();
        _all.Release(connections); // Whoever still waited finds the pool disposed.
    }

    public void Dispose()
    {
        _all.Dispose();
        _lists.Dispose();
    }

    private static T ReadSnapshot<TKey, T>(Session session, (TKey Key, Func<Session, TKey, T> Read, CancellationToken Token) call)
    {
        using var interrupt = call.Token.UnsafeRegister(static x => ((Connection)x!).Interrupt(), session.Connection);
        session.Connection.BeginRead();
        var result = call.Read(session, call.Key);
        session.Connection.CommitTransaction();
        return result;
    }

    private T Use<TKey, T>(TKey key, Func<Session, TKey, T> read)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, typeof(SqliteStore));
        if (!_idle.TryTake(out var session))
            session = open();
        try
        {
            var result = read(session, key);
            _idle.Add(session);
            return result;
        }
        catch
        {
            session.Dispose(); // A statement may stand in the middle of its rows; a new connection is cheap.
            throw;
        }
    }
}
