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

    /// <summary>How long work of a suspect keeps the next one waiting: what ends the process does so sooner or is not found by this.</summary>
    private static readonly TimeSpan CarefulMax = TimeSpan.FromSeconds(30);
    private readonly IWorkflowStore _store;
    private readonly WorkExecution _execution;
    private readonly RuntimeOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Lane _short = new();
    private readonly Lane _background = new();
    private readonly Lane _careful = new();
    private readonly HashSet<string> _held = new(StringComparer.Ordinal);
    private readonly HashSet<string> _doneWhileReading = new(StringComparer.Ordinal);
    private readonly Lock _sync = new();
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
        GivenUp = new GivenUpWork(store, signals, options, clock);
        signals.WorkAdded += Add;
    }

    /// <summary>Work that failed too often.</summary>
    public GivenUpWork GivenUp { get; }

    /// <summary>Number of items in memory that wait or run.</summary>
    public int HeldCount
    {
        get
        {
            lock (_sync)
                return _held.Count;
        }
    }

    /// <summary>The memory ran over and has room again.</summary>
    public event Action? HasRoom;

    /// <summary>Adds work that is stored, or whose intent is. Work that is held already is ignored.</summary>
    /// <param name="work">The work.</param>
    public void Add(StoredWork work) => TryAdd(work);

    /// <summary>Adds work that is stored, or whose intent is.</summary>
    /// <param name="work">The work.</param>
    /// <returns>Whether it is held now; otherwise <see cref="HasRoom"/> tells when to ask again.</returns>
    public bool TryAdd(StoredWork work) => TryAdd(work, isRead: false);

    /// <summary>Reads due work from the store into memory.</summary>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask ReadDueAsync(CancellationToken cancellationToken)
    {
        lock (_sync)
            _reads++;
        try
        {
            foreach (var work in await _store.DueWorkAsync(_clock.GetUtcNow(), ReadMax, cancellationToken))
                TryAdd(work, isRead: true);
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

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await TryReadDueAsync(stoppingToken);
        await Task.WhenAll(
        [
            .. Enumerable.Range(0, _options.WorkersMax).Select(_ => WorkAsync(_short, stoppingToken)),
            .. Enumerable.Range(0, _options.BackgroundActivitiesMax).Select(_ => WorkAsync(_background, stoppingToken)),
            WorkAsync(_careful, stoppingToken),
        ]);
    }

    private bool TryAdd(StoredWork work, bool isRead)
    {
        var lane = LaneOf(work);
        lock (_sync)
        {
            // What was done since the store was read is in what was read, and must not be done again.
            if (isRead && _doneWhileReading.Contains(work.Id))
                return true;
            if (_held.Count >= HeldMax)
            {
                _hasOverflowed = true;
                return _held.Contains(work.Id);
            }

            if (!_held.Add(work.Id))
                return true;
            lane.Ready.Enqueue(work, (-work.Priority, work.Id));
        }

        lane.Available.Release();
        return true;
    }

    /// <summary>
    /// Background activities may take hours; they must not keep the workers from the short work. What may end the process goes one after
    /// the other.
    /// </summary>
    private Lane LaneOf(StoredWork work) => _execution.IsSuspect(work) ? _careful : work.Kind == WorkKinds.Background ? _background : _short;

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

            if (Take(lane) is not { } work)
                continue;
            var done = DoAsync(work, stoppingToken);
            await (lane == _careful ? Task.WhenAny(done, Task.Delay(CarefulMax, _clock, stoppingToken)) : done);
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
            await PostponeAsync(work, exception, stoppingToken);
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

        if (!readMore)
            return;
        HasRoom?.Invoke();
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

    /// <summary>
    /// Has work tried again later. As long as the store fails, it is tried again for ever; what fails for another reason is given up after
    /// some attempts. Work that is not stored comes back by what it stands for: a due bookmark with the next due times, an instance by itself.
    /// </summary>
    private async ValueTask PostponeAsync(StoredWork work, Exception exception, CancellationToken stoppingToken)
    {
        var isStored = work.Kind is not (WorkKinds.DueBookmark or WorkKinds.Continue);
        var attempts = work.Attempts + 1;
        var isGivenUp = isStored && attempts >= _options.AttemptsMax && exception is not StoreException;
        var delay = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, attempts), _options.SafetyPollInterval.TotalSeconds));
        var later = work with { Attempts = attempts, DueAt = _clock.GetUtcNow() + delay };
        if (isGivenUp)
            Log.WorkGivenUp(_logger, exception, work.Id, work.Kind, attempts);
        else
            Log.WorkFailed(_logger, exception, work.Id, work.Kind, attempts, later.DueAt);
        if (work.Kind == WorkKinds.Continue)
            _ = AddLaterAsync(later, delay, stoppingToken);
        if (!isStored)
            return;
        try
        {
            if (isGivenUp)
                await GivenUp.AddAsync(later, exception);
            else
                await _store.CommitAsync(new Commit { Work = [later] }, CancellationToken.None);
        }
        // The store itself fails: the row is still there as it was, and the safety poll comes back to it.
        catch (Exception storeException)
        {
            Log.WorkFailed(_logger, storeException, work.Id, work.Kind, attempts, later.DueAt);
        }
    }

    private async Task AddLaterAsync(StoredWork work, TimeSpan delay, CancellationToken stoppingToken)
    {
        do
            await Task.Delay(delay, _clock, stoppingToken);
        while (!TryAdd(work));
    }

    /// <summary>Work in memory that waits for one group of workers.</summary>
    private sealed class Lane
    {
        public PriorityQueue<StoredWork, (int, string)> Ready { get; } = new();

        public SemaphoreSlim Available { get; } = new(0);
    }
}
