using Platform.Runtime.Store;

namespace Platform.Server.Monitoring.Series;

/// <summary>
/// The figures of the past, minute by minute and hour by hour. The last hours are in memory; each minute is stored when it is over, so that
/// a restart goes on with them. What is too old is forgotten. Thread-safe.
/// </summary>
/// <param name="store">Where frames are kept.</param>
/// <param name="options">How long.</param>
/// <param name="clock">Time.</param>
internal sealed class SampleHistory(IWorkflowStore store, MonitorOptions options, TimeProvider clock) : IDisposable
{
    /// <summary>Minutes in memory: what trends and ordinary pages look at.</summary>
    public static readonly TimeSpan HeldFor = TimeSpan.FromHours(6);

    /// <summary>From this step on the hours are read.</summary>
    private static readonly TimeSpan HourStep = TimeSpan.FromHours(1);
    private static readonly TimeSpan MinuteStep = TimeSpan.FromMinutes(1);

    private readonly Lock _sync = new();
    private readonly SemaphoreSlim _storing = new(1);
    private readonly SortedDictionary<DateTimeOffset, Frame> _minutes = [];
    private readonly HashSet<string> _storedHours = new(StringComparer.Ordinal);
    private List<string> _index = [];
    private DateTimeOffset _storedUntil;

    /// <inheritdoc />
    public void Dispose() => _storing.Dispose();

    /// <summary>Reads what was kept.</summary>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        _index = [.. FrameDocument.ReadIndex(await store.FindDocumentAsync(FrameDocument.IndexKind, FrameDocument.IndexId, cancellationToken))];
        foreach (var document in await store.ListDocumentsAsync(FrameDocument.HourKind, cancellationToken))
            _storedHours.Add(document.Id);
        _storedUntil = Floor(now, MinuteStep);
        foreach (var hour in _index)
        {
            // An hour whose end nobody was there for has no sum yet.
            if (FrameDocument.BeginOf(hour) is { } at && (at + HourStep > now - HeldFor || !_storedHours.Contains(hour)))
                await LoadAsync(hour, at, cancellationToken);
        }
    }

    /// <summary>Adds a figure of now.</summary>
    /// <param name="key">The series.</param>
    /// <param name="value">The figure; what is no number is left out.</param>
    public void Add(SeriesKey key, double value)
    {
        if (!double.IsFinite(value))
            return;
        lock (_sync)
            Current_NeedsLock().Add(key, value);
    }

    /// <summary>Adds the durations of runs that ended in the last while.</summary>
    /// <param name="durations">The durations.</param>
    public void Add(DurationCounts durations)
    {
        lock (_sync)
            Current_NeedsLock().Durations.Add(durations);
    }

    /// <summary>The figures of a series that are held in memory, minute by minute, the oldest first.</summary>
    /// <param name="key">The series.</param>
    /// <param name="from">The first minute, UTC.</param>
    public IReadOnlyList<(DateTimeOffset At, Aggregate Figures)> Recent(SeriesKey key, DateTimeOffset from)
    {
        lock (_sync)
        {
            return
            [
                .. _minutes.Values.Where(frame => frame.At >= Floor(from, MinuteStep) && frame.Series.ContainsKey(key))
                    .Select(frame => (frame.At, frame.Series[key])),
            ];
        }
    }

    /// <summary>The durations of the runs that ended since then and are held in memory.</summary>
    /// <param name="from">The first minute, UTC.</param>
    public DurationCounts RecentDurations(DateTimeOffset from)
    {
        var sum = new DurationCounts();
        lock (_sync)
        {
            foreach (var frame in _minutes.Values.Where(frame => frame.At >= Floor(from, MinuteStep)))
                sum.Add(frame.Durations);
        }

        return sum;
    }

    /// <summary>Reads a range as frames of equal length; those in which nothing was measured are left out.</summary>
    /// <param name="from">Its begin, UTC.</param>
    /// <param name="to">Its end, UTC; what begins then is left out.</param>
    /// <param name="step">Length of a frame: whole minutes, or whole hours.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<IReadOnlyList<Frame>> ReadAsync(DateTimeOffset from, DateTimeOffset to, TimeSpan step, CancellationToken cancellationToken)
    {
        var begin = Floor(from, step);
        var sums = new SortedDictionary<DateTimeOffset, Frame>();
        var frames = step >= HourStep ? await HoursAsync(begin, to, cancellationToken) : await MinutesAsync(begin, to, cancellationToken);
        foreach (var frame in frames)
        {
            var at = Floor(frame.At, step);
            if (!sums.TryGetValue(at, out var sum))
                sums.Add(at, sum = new Frame(at));
            lock (_sync)
                sum.Add(frame);
        }

        return [.. sums.Values];
    }

    /// <summary>Stores the minutes that are over, and forgets what is too old. To be called at least once a minute.</summary>
    /// <param name="isEnd">Whether the minute of now is stored as far as it goes, because the server stops.</param>
    public async ValueTask StoreAsync(bool isEnd)
    {
        await _storing.WaitAsync();
        try
        {
            var until = isEnd ? clock.GetUtcNow() : Floor(clock.GetUtcNow(), MinuteStep);
            var (commit, hours, index) = Collect(until);
            if (commit.Documents is { Count: > 0 } || commit.DeletedDocuments is { Count: > 0 })
                await store.CommitAsync(commit, CancellationToken.None);
            _storedUntil = Floor(until, MinuteStep);
            _storedHours.UnionWith(hours);
            _index = index;
        }
        finally
        {
            _storing.Release();
        }
    }

    /// <summary>The begin of the step that a moment lies in.</summary>
    /// <param name="at">The moment, UTC.</param>
    /// <param name="step">The step.</param>
    public static DateTimeOffset Floor(DateTimeOffset at, TimeSpan step) => new(at.UtcTicks - (at.UtcTicks % step.Ticks), TimeSpan.Zero);

    private Frame Current_NeedsLock()
    {
        var at = Floor(clock.GetUtcNow(), MinuteStep);
        if (!_minutes.TryGetValue(at, out var frame))
            _minutes.Add(at, frame = new Frame(at));
        return frame;
    }

    private async ValueTask LoadAsync(string hour, DateTimeOffset at, CancellationToken cancellationToken)
    {
        foreach (var document in await store.ListDocumentsAsync(FrameDocument.MinuteKind(hour), cancellationToken))
        {
            if (FrameDocument.ReadMinute(at, document) is not { } frame)
                continue;
            lock (_sync)
                _minutes[frame.At] = frame;
        }
    }

    private (Commit Commit, List<string> Hours, List<string> Index) Collect(DateTimeOffset until)
    {
        var now = clock.GetUtcNow();
        var commit = new Commit { Documents = [], DeletedDocuments = [] };
        List<string> hours = [];
        var index = _index.ToList();
        lock (_sync)
        {
            foreach (var frame in _minutes.Values.Where(frame => frame.At >= _storedUntil && frame.At < until))
            {
                commit.Documents.Add(FrameDocument.OfMinute(frame));
                if (!index.Contains(FrameDocument.HourOf(frame.At)))
                    index.Add(FrameDocument.HourOf(frame.At));
            }

            foreach (var group in _minutes.Values.Where(frame => Floor(frame.At, HourStep) + HourStep <= until).GroupBy(frame => Floor(frame.At, HourStep)))
            {
                if (_storedHours.Contains(FrameDocument.HourOf(group.Key)))
                    continue;
                var sum = new Frame(group.Key);
                foreach (var frame in group)
                    sum.Add(frame);
                commit.Documents.Add(FrameDocument.OfHour(sum));
                hours.Add(FrameDocument.HourOf(group.Key));
            }

            foreach (var old in _minutes.Keys.Where(at => at < now - HeldFor && at < until).ToList())
                _minutes.Remove(old);
        }

        Forget(commit, index, now);
        if (!index.SequenceEqual(_index))
            commit.Documents.Add(FrameDocument.OfIndex(index));
        return (commit, hours, index);
    }

    private void Forget(Commit commit, List<string> index, DateTimeOffset now)
    {
        foreach (var hour in index.Where(hour => FrameDocument.BeginOf(hour) + HourStep <= now - options.KeepMinutes).ToList())
        {
            commit.DeletedDocuments!.AddRange(FrameDocument.MinutesOf(hour));
            index.Remove(hour);
        }

        foreach (var hour in _storedHours.Where(hour => FrameDocument.BeginOf(hour) + HourStep <= now - options.KeepHours).ToList())
        {
            commit.DeletedDocuments!.Add(new DocumentKey(FrameDocument.HourKind, hour));
            _storedHours.Remove(hour);
        }
    }

    private async ValueTask<IReadOnlyList<Frame>> MinutesAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        List<Frame> found = [];
        var heldFrom = clock.GetUtcNow() - HeldFor;
        if (from < heldFrom)
        {
            foreach (var hour in _index)
            {
                if (FrameDocument.BeginOf(hour) is not { } at || at >= to || at + HourStep <= from || at >= heldFrom)
                    continue;
                var stored = await store.ListDocumentsAsync(FrameDocument.MinuteKind(hour), cancellationToken);
                found.AddRange(stored.Select(document => FrameDocument.ReadMinute(at, document)).OfType<Frame>());
            }
        }

        var read = found.Select(frame => frame.At).ToHashSet();
        lock (_sync)
            found.AddRange(_minutes.Values.Where(frame => !read.Contains(frame.At)));
        return [.. found.Where(frame => frame.At >= from && frame.At < to).OrderBy(frame => frame.At)];
    }

    private async ValueTask<IReadOnlyList<Frame>> HoursAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var stored = await store.ListDocumentsAsync(FrameDocument.HourKind, cancellationToken);
        var found = stored.Select(FrameDocument.ReadHour).OfType<Frame>().ToList();
        var read = found.Select(frame => frame.At).ToHashSet();
        lock (_sync)
            found.AddRange(_minutes.Values.Where(frame => !read.Contains(Floor(frame.At, HourStep))));
        return [.. found.Where(frame => frame.At >= from && frame.At < to).OrderBy(frame => frame.At)];
    }
}
