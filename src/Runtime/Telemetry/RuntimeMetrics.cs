using System.Diagnostics.Metrics;
using Platform.Runtime.Execution;
using Platform.Runtime.Stimuli;

namespace Platform.Runtime.Telemetry;

/// <summary>
/// The metrics of the runtime, on a meter of its own for each runtime. They follow from what the runtime tells after a commit, so the
/// paths of a run know nothing of them. Every metric is described in <c>docs/telemetry.md</c>.
/// </summary>
public sealed class RuntimeMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Platform.Runtime";

    /// <summary>Most activity types that have a label of their own; there are some 80.</summary>
    private const int ActivityTypesMax = 300;

    private static readonly InstrumentAdvice<double> ShortTimes = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
    };

    private static readonly InstrumentAdvice<double> LongTimes = new()
    {
        HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 1_800, 3_600, 21_600, 86_400, 604_800],
    };

    private readonly LabelCap _definitions;
    private readonly LabelCap _activityTypes = new(ActivityTypesMax);
    private readonly TimeProvider _clock;
    private readonly Counter<long> _started;
    private readonly Counter<long> _ended;
    private readonly Histogram<double> _runDuration;
    private readonly Counter<long> _faults;
    private readonly Histogram<double> _queueWait;
    private readonly Histogram<double> _lateness;
    private readonly Counter<long> _ticks;
    private readonly Counter<long> _missed;

    /// <summary>Makes the metrics.</summary>
    /// <param name="events">Tells what happens.</param>
    /// <param name="queue">Knows what waits.</param>
    /// <param name="progress">Knows what runs.</param>
    /// <param name="kept">Knows the stimuli that reached nothing.</param>
    /// <param name="options">Limits.</param>
    /// <param name="clock">Time.</param>
    public RuntimeMetrics(RuntimeEvents events, WorkQueue queue, WorkProgress progress, KeptStimuli kept, RuntimeMetricsOptions options, TimeProvider clock)
    {
        _clock = clock;
        _definitions = new LabelCap(options.DefinitionsMax);
        Meter = new Meter(MeterName);
        _started = Meter.CreateCounter<long>("platform.runs.started", "{run}", "Runs whose first burst was stored.");
        _ended = Meter.CreateCounter<long>("platform.runs.ended", "{run}", "Runs that ended, by how they did. A run that is retried ends again.");
        _runDuration = Meter.CreateHistogram("platform.run.duration", "s", "Time from the creation of a run to its end, waiting included.", tags: null, LongTimes);
        var bursts = Meter.CreateHistogram("platform.burst.duration", "s", "How long bursts take, their commits included.", tags: null, ShortTimes);
        _faults = Meter.CreateCounter<long>("platform.activity.faults", "{fault}", "Activities that faulted, handled faults included.");
        _queueWait = Meter.CreateHistogram("platform.queue.wait", "s", "Time that queued work was due before a worker took it.", tags: null, ShortTimes);
        _lateness = Meter.CreateHistogram("platform.timer.lateness", "s", "How long after its time a timer went on or a tick of a schedule was taken.", tags: null, ShortTimes);
        _ticks = Meter.CreateCounter<long>("platform.schedules.fired", "{tick}", "Ticks of schedules that start a run.");
        _missed = Meter.CreateCounter<long>("platform.schedules.missed", "{tick}", "Ticks of schedules that were missed and start nothing.");
        Meter.CreateObservableGauge("platform.queue.held", () => queue.HeldCount, "{item}", "Queued work in memory that waits or runs.");
        Meter.CreateObservableGauge("platform.queue.running", () => progress.RunningCount, "{item}", "Queued work that is being done.");
        Meter.CreateObservableGauge("platform.stimuli.kept", () => kept.Counts.Waiting, "{stimulus}", "Stimuli that reached nothing and wait for a bookmark.");
        Meter.CreateObservableGauge("platform.dead_letters", () => kept.Counts.Dead, "{stimulus}", "Stimuli that reached nothing in their time.");
        events.BurstCommitted += OnCommitted;
        events.WantsBurstTimes = () => bursts.Enabled;
        events.BurstEnded += elapsed => bursts.Record(elapsed.TotalSeconds);
        events.WorkBegun += OnWorkBegun;
        events.TickTaken += lateness => _lateness.Record(lateness.TotalSeconds, new KeyValuePair<string, object?>("kind", "schedule"));
        events.ScheduleFired += OnScheduleFired;
    }

    /// <summary>The meter; the host adds metrics of its own to it.</summary>
    public Meter Meter { get; }

    /// <inheritdoc />
    public void Dispose() => Meter.Dispose();

    private void OnCommitted(BurstCommitted committed)
    {
        var instance = committed.Instance;
        if (instance.Revision != 1 && !committed.IsEnd && committed.FaultedTypes.Count == 0)
            return;
        var definition = new KeyValuePair<string, object?>("definition", _definitions.Of(instance.DefinitionId));
        if (instance.Revision == 1)
            _started.Add(1, definition);
        if (committed.IsEnd)
        {
            _ended.Add(1, definition, new KeyValuePair<string, object?>("status", instance.SubStatus));
            _runDuration.Record((instance.FinishedAt!.Value - instance.CreatedAt).TotalSeconds, definition);
        }

        foreach (var type in committed.FaultedTypes)
            _faults.Add(1, new KeyValuePair<string, object?>("activity_type", _activityTypes.Of(type)));
    }

    private void OnWorkBegun(Store.StoredWork work)
    {
        // What has no due time of its own (interrupted instances) does not wait for anything but this.
        if (work.DueAt == default)
            return;
        var waited = Math.Max(0, (_clock.GetUtcNow() - work.DueAt).TotalSeconds);
        _queueWait.Record(waited, new KeyValuePair<string, object?>("kind", work.Kind));
        if (work.Kind == WorkKinds.DueBookmark)
            _lateness.Record(waited, new KeyValuePair<string, object?>("kind", "timer"));
    }

    private void OnScheduleFired(int started, long missed)
    {
        if (started > 0)
            _ticks.Add(started);
        if (missed > 0)
            _missed.Add(missed);
    }
}
