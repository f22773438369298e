using System.Collections.Concurrent;

namespace Platform.CustomActivities.Services;

/// <summary>
/// The good answers of one service, by question. Of several that ask the same at once one asks, and the others get its answer. The oldest
/// answers go when there are too many. Thread-safe.
/// </summary>
/// <param name="maxEntries">Most answers.</param>
/// <param name="clock">Time.</param>
internal sealed class AnswerCache(int maxEntries, TimeProvider clock)
{
    // An answer of more is asked for again; all together take no more than this.
    private const int EntryBytesMax = 1024 * 1024;
    private const long BytesMax = 64L * 1024 * 1024;

    private readonly Lock _sync = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Queue<(string Question, Entry Entry)> _ages = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<ServiceReply?>> _asked = new(StringComparer.Ordinal);
    private long _bytes;

    /// <summary>A kept answer that is not older than this; null when there is none.</summary>
    public ServiceResponse? Find(string question, TimeSpan maxAge)
    {
        lock (_sync)
            return _entries.TryGetValue(question, out var entry) && clock.GetUtcNow() - entry.At < maxAge ? entry.Response : null;
    }

    /// <summary>Keeps an answer, if it is a good one that is not too large.</summary>
    public void Keep(string question, ServiceResponse response)
    {
        if (!response.IsSuccess || response.Body.Length > EntryBytesMax)
            return;
        lock (_sync)
        {
            var entry = new Entry(response, clock.GetUtcNow());
            if (_entries.TryGetValue(question, out var former))
                _bytes -= former.Response.Body.Length;
            _entries[question] = entry;
            _ages.Enqueue((question, entry));
            _bytes += response.Body.Length;
            while (_ages.Count > 0 && (_entries.Count > maxEntries || _bytes > BytesMax || IsReplaced_NeedsLock()))
                Drop_NeedsLock();
        }
    }

    /// <summary>Asks once for all that ask the same at the same time.</summary>
    /// <param name="question">The question.</param>
    /// <param name="ask">Asks.</param>
    /// <param name="cancellationToken">Given up by this caller; the others ask anew then.</param>
    /// <returns>The reply, and whether somebody else asked for it.</returns>
    public async Task<(ServiceReply Reply, bool IsShared)> AskOnceAsync(string question, Func<Task<ServiceReply>> ask, CancellationToken cancellationToken)
    {
        while (true)
        {
            var own = new TaskCompletionSource<ServiceReply?>(TaskCreationOptions.RunContinuationsAsynchronously);
            var asked = _asked.GetOrAdd(question, own);
            if (asked != own)
            {
                if (await asked.Task.WaitAsync(cancellationToken) is { } shared)
                    return (shared, true);
                continue;
            }

            ServiceReply? reply = null;
            try
            {
                reply = await ask();
                return (reply, false);
            }
            finally
            {
                _asked.TryRemove(KeyValuePair.Create(question, own));
                own.SetResult(cancellationToken.IsCancellationRequested ? null : reply);
            }
        }
    }

    private bool IsReplaced_NeedsLock() => !ReferenceEquals(_entries.GetValueOrDefault(_ages.Peek().Question), _ages.Peek().Entry);

    private void Drop_NeedsLock()
    {
        var (question, entry) = _ages.Dequeue();
        if (!ReferenceEquals(_entries.GetValueOrDefault(question), entry))
            return;
        _entries.Remove(question);
        _bytes -= entry.Response.Body.Length;
    }

    private sealed record Entry(ServiceResponse Response, DateTimeOffset At);
}
