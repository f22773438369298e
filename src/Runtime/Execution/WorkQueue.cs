using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Runtime.Store;

namespace Platform.Runtime.Execution;

/// <summary>
/// Has queued work done: starts, stimuli, due bookmarks, interrupted instances. Signals bring new work at once; the store is read at the
/// start, when the memory of the queue ran over, and as a safety net. Done work is deleted in the commit that does it.
/// </summary>
public sealed class WorkQueue : BackgroundService
{
    /// <summary>Most items held in memory; what goes beyond stays in the store only and is read when there is room again.</summary>
    private const int HeldMax = 10_000;
    private const int ReadMax = 1_000;
    private readonly IWorkflowStore _store;
    private readonly WorkExecution _execution;
    private readonly RuntimeOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Lane _short = new();
    private readonly Lane _background = new();
    private readonly HashSet<string> _held = new(StringComparer.Ordinal);
    private readonly HashSet<string> _doneWhileReading = new(StringComparer.Ordinal);
    private readonly Lock _sync = new();
    private readonly Dictionary<string, StoredWork> _parked = new(StringComparer.Ordinal);
    private int _reads;
    private bool _hasOverflowed;

    /// <summary>Makes the queue.</summary>
    /// <param name="store">Where work is kept.</param>
    /// <param name="execution">Does the work.</param>
    /// <param name="signals">Announces new work.</param>
    /// <param name="options">Options.</param>
    /// <param name="clock">Time.</param>
    /// <param name="logger">Log.</param>
    public WorkQueue(IWorkflowStore store, WorkExecution execution, RuntimeSignals signals, RuntimeOptions options, TimeProvider clock, ILogger<WorkQueue> logger)
    {
        _store = store;
        _execution = execution;
        _options = options;
        _clock = clock;
        _logger = logger;
        signals.WorkAdded += Add;
    }

    /// <summary>Number of items in memory that wait or run.</summary>
    public int HeldCount
    {
        get
        {
            lock (_sync)
                return _held.Count;
        }
    }

    /// <summary>Adds work that is stored, or whose intent is. Work that is held already is ignored.</summary>
    /// <param name="work">The work.</param>
    public void Add(StoredWork work) => Add(work, isRead: false);

    /// <summary>Reads due work from the store into memory, and takes up what is in memory only and failed before.</summary>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask ReadDueAsync(CancellationToken cancellationToken)
    {
        foreach (var work in TakeParked(_clock.GetUtcNow()))
            Add(work);
        lock (_sync)
            _reads++;
        try
        {
            foreach (var work in await _store.DueWorkAsync(_clock.GetUtcNow(), ReadMax, cancellationToken))
                Add(work, isRead: true);
        }
        finally
        {
            lock (_sync)
            {
                if (--_reads == 0)
                    _doneWhileReading.Clear();
            }
        }
    }

    /// <summary>Does the next item as a worker does, for whoever runs the queue step by step.</summary>
    /// <param name="cancellationToken">Cancelled when the host stops.</param>
    /// <returns>False when nothing is held.</returns>
    internal async ValueTask<bool> DoNextAsync(CancellationToken cancellationToken)
    {
        if ((Take(_short) ?? Take(_background)) is not { } work)
            return false;
        await DoAsync(work, cancellationToken);
        return true;
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await TryReadDueAsync(stoppingToken);
        await Task.WhenAll(
        [
            .. Enumerable.Range(0, _options.WorkersMax).Select(_ => WorkAsync(_short, stoppingToken)),
            .. Enumerable.Range(0, _options.BackgroundActivitiesMax).Select(_ => WorkAsync(_background, stoppingToken)),
        ]);
    }

    private List<StoredWork> TakeParked(DateTimeOffset now)
    {
        lock (_sync)
        {
            if (_parked.Count == 0)
                return [];
            var due = _parked.Values.Where(work => work.DueAt <= now).ToList();
            foreach (var work in due)
                _parked.Remove(work.Id);
            return due;
        }
    }

    private void Add(StoredWork work, bool isRead)
    {
        lock (_sync)
        {
            // What was done since the store was read is in what was read, and must not be done again.
            if (isRead && _doneWhileReading.Contains(work.Id))
                return;
            if (_held.Count >= HeldMax)
            {
                _hasOverflowed = true;
                if (work.Kind == WorkKinds.Continue)
                    _parked[work.Id] = work;
                return;
            }

            if (!_held.Add(work.Id))
                return;
            LaneOf(work).Ready.Enqueue(work, (-work.Priority, work.Id));
        }

        LaneOf(work).Available.Release();
    }

    /// <summary>Background activities may take hours; they must not keep the workers from the short work.</summary>
    private Lane LaneOf(StoredWork work) => work.Kind == WorkKinds.Background ? _background : _short;

    private async Task WorkAsync(Lane lane, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await lane.Available.WaitAsync(stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (Take(lane) is { } work)
                await DoAsync(work, stoppingToken);
        }
    }

    private StoredWork? Take(Lane lane)
    {
        lock (_sync)
            return lane.Ready.TryDequeue(out var work, out _) ? work : null;
    }

    private async Task DoAsync(StoredWork work, CancellationToken stoppingToken)
    {
        try
        {
            await _execution.ExecuteAsync(work, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
        // The loop of a background duty: whatever failed must not end the other work.
        catch (Exception exception)
        {
            await PostponeAsync(work, exception);
        }

        bool readMore;
        lock (_sync)
        {
            _held.Remove(work.Id);
            if (_reads > 0)
                _doneWhileReading.Add(work.Id);
            readMore = _hasOverflowed && _short.Ready.Count == 0;
            _hasOverflowed &= !readMore;
        }

        if (readMore)
            await TryReadDueAsync(stoppingToken);
    }

    /// <summary>Reads due work; when the store fails, the safety poll of the due times reads it later.</summary>
    private async ValueTask TryReadDueAsync(CancellationToken stoppingToken)
    {
        try
        {
            await ReadDueAsync(stoppingToken);
        }
        // The loop of a background duty: a failing store must not end the server.
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            Log.DutyFailed(_logger, exception, nameof(WorkQueue), _options.SafetyPollInterval);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async ValueTask PostponeAsync(StoredWork work, Exception exception)
    {
        var attempts = work.Attempts + 1;
        var dueAt = _clock.GetUtcNow() + TimeSpan.FromSeconds(Math.Pow(2, attempts));
        if (work.Kind == WorkKinds.Continue)
        {
            // No row brings it back: the safety poll does, for as long as the store fails.
            lock (_sync)
                _parked[work.Id] = work with { Attempts = Math.Min(attempts, _options.AttemptsMax - 1), DueAt = dueAt };
        }

        if (attempts >= _options.AttemptsMax)
        {
            Log.WorkGivenUp(_logger, exception, work.Id, work.Kind, attempts);
            return;
        }

        Log.WorkFailed(_logger, exception, work.Id, work.Kind, attempts, dueAt);
        if (work.Kind is WorkKinds.DueBookmark or WorkKinds.Continue)
            return;
        try
        {
            await _store.CommitAsync(new Commit { Work = [work with { Attempts = attempts, DueAt = dueAt }] }, CancellationToken.None);
        }
        // The store itself fails: the row is still there as it was, and the safety poll comes back to it.
        catch (Exception storeException)
        {
            Log.WorkFailed(_logger, storeException, work.Id, work.Kind, attempts, dueAt);
        }
    }

    /// <summary>Work in memory that waits for one group of workers.</summary>
    private sealed class Lane
    {
        public PriorityQueue<StoredWork, (int, string)> Ready { get; } = new();

        public SemaphoreSlim Available { get; } = new(0);
    }
}
