using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Store;

namespace Platform.Runtime.Execution;

/// <summary>
/// Has queued work done: starts, stimuli, due bookmarks, interrupted instances. Signals bring new work at once; the store is read at the
/// start, when the memory of the queue ran over, and as a safety net. Done work is deleted in the commit that does it.
/// </summary>
public sealed partial class WorkQueue : BackgroundService
{
    /// <summary>Most items held in memory per lane; what goes beyond stays in the store only and is read when there is room again.</summary>
    private const int HeldMax = 10_000;

    /// <summary>What is more urgent than usual must not wait until a full lane has run empty.</summary>
    private const int UrgentMax = 1_000;
    private const int ReadMax = 1_000;

    /// <summary>How long work of a suspect keeps the next one waiting: what ends the process does so sooner or is not found by this.</summary>
    private static readonly TimeSpan CarefulMax = TimeSpan.FromSeconds(30);
    private readonly IWorkflowStore _store;
    private readonly WorkExecution _execution;
    private readonly RuntimeOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Lane _short;
    private readonly Lane _background;
    private readonly Lane _careful;
    private readonly HashSet<string> _held = new(StringComparer.Ordinal);
    private readonly HashSet<string> _doneWhileReading = new(StringComparer.Ordinal);
    private readonly Lock _sync = new();
    private int _reads;

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
        _short = new Lane(options.WorkersMax, new WorkFilter { ExceptKinds = [WorkKinds.Background] });
        _background = new Lane(options.BackgroundActivitiesMax, new WorkFilter { Kinds = [WorkKinds.Background] });
        _careful = new Lane(1, new WorkFilter());
        GivenUp = new GivenUpWork(store, signals, options, clock);
        signals.WorkAdded += Add;
        signals.WorkReleased += Add;
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

    /// <summary>How much work may come in, and whether any may begin.</summary>
    internal Intake Intake => _execution.Dispatch.Intake;

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
            await ReadDueAsync(_short, cancellationToken);
            await ReadDueAsync(_background, cancellationToken);
            _execution.Dispatch.Gate.WakeAll();
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
        foreach (var lane in new[] { _short, _background, _careful })
        {
            if (Take(lane) is not { } work)
                continue;
            await DoCountedAsync(lane, work, cancellationToken);
            return true;
        }

        return false;
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

    /// <summary>Starts that limits or a pause hold are not read at all, however many there are: they are brought when they may begin.</summary>
    private async ValueTask ReadDueAsync(Lane lane, CancellationToken cancellationToken)
    {
        var filter = lane.Filter with { ExceptDefinitionIds = _execution.Dispatch.Rules.DefinitionIds };
        var due = await _store.DueWorkAsync(filter, _clock.GetUtcNow(), lane.ReadMax, cancellationToken);
        // Before they are added: the last of them may be done before this goes on.
        lock (_sync)
            lane.HasMore |= due.Count == lane.ReadMax;
        foreach (var work in due)
            TryAdd(work, isRead: true);
    }

    private bool TryAdd(StoredWork work, bool isRead)
    {
        if (_execution.Dispatch.Gate.IsHeld(work))
        {
            // It may have been released a moment before its definition was paused, and gives its place back.
            _execution.Dispatch.Gate.End(work, hasFailed: false);
            _execution.Dispatch.Gate.Wake(work.DefinitionId!);
            return true;
        }

        var lane = LaneOf(work);
        lock (_sync)
        {
            // What was done since the store was read is in what was read, and must not be done again. What is due later is read then.
            if ((isRead && _doneWhileReading.Contains(work.Id)) || work.DueAt > _clock.GetUtcNow())
                return true;
            // What was released has a place, which it would keep for ever.
            if (lane.HeldCount >= (work.Priority > 0 ? HeldMax + UrgentMax : HeldMax) && !_execution.Dispatch.Gate.IsReleased(work))
            {
                lane.HasMore = true;
                return _held.Contains(work.Id);
            }

            if (!_held.Add(work.Id))
                return true;
            lane.HeldCount++;
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
                await Intake.WhenOpenAsync(stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (Take(lane) is not { } work)
                continue;
            var done = DoCountedAsync(lane, work, stoppingToken);
            await (lane == _careful ? Task.WhenAny(done, Task.Delay(CarefulMax, _clock, stoppingToken)) : done);
        }
    }

    private StoredWork? Take(Lane lane)
    {
        lock (_sync)
        {
            if (!lane.Ready.TryDequeue(out var work, out _))
                return null;
            _busy++;
            return work;
        }
    }

    private async Task DoAsync(Lane lane, StoredWork work, CancellationToken stoppingToken)
    {
        var hasFailed = false;
        var interruption = Volatile.Read(ref _interrupting).Token;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, interruption);
        try
        {
            await _execution.ExecuteAsync(work, ending.Token);
        }
        catch (Exception exception) when (exception is IntakeClosedException || (exception is OperationCanceledException && interruption.IsCancellationRequested))
        {
            PutBack(lane, work);
            return;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
        // The loop of a background duty: whatever failed must not end the other work.
        catch (Exception exception)
        {
            hasFailed = true;
            await PostponeAsync(work, exception, stoppingToken);
        }

        bool readMore;
        lock (_sync)
        {
            _held.Remove(work.Id);
            lane.HeldCount--;
            if (_reads > 0)
                _doneWhileReading.Add(work.Id);
            readMore = lane.HasMore && lane.Ready.Count == 0;
            lane.HasMore &= !readMore;
        }

        _execution.Dispatch.End(work, hasFailed);
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
    private sealed class Lane(int workers, WorkFilter filter)
    {
        public WorkFilter Filter => filter;

        /// <summary>What the workers have in hand is read too, and must leave room for what is new.</summary>
        public int ReadMax { get; } = Math.Min(workers + WorkQueue.ReadMax, StoreArguments.DueRowsMax);

        public int HeldCount { get; set; }

        /// <summary>Whether the store may have more that is due.</summary>
        public bool HasMore { get; set; }

        public PriorityQueue<StoredWork, (int, string)> Ready { get; } = new();

        public SemaphoreSlim Available { get; } = new(0);
    }
}
