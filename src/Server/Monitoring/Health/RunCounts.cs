using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Platform.Engine;
using Platform.Runtime.Telemetry;
using Platform.Server.Monitoring.Series;

namespace Platform.Server.Monitoring.Health;

/// <summary>How runs of one workflow ended since it is counted.</summary>
/// <param name="Ended">How many ended.</param>
/// <param name="Faulted">How many of them faulted.</param>
internal readonly record struct RunEnds(long Ended, long Faulted);

/// <summary>
/// Counts runs by listening to the metrics that the runtime counts anyway, so that the paths of a run know nothing of it. What was counted is
/// taken out now and then.
/// </summary>
internal sealed class RunCounts : IDisposable
{
    private const string StartedName = "platform.runs.started";
    private const string EndedName = "platform.runs.ended";
    private const string DurationName = "platform.run.duration";
    private readonly MeterListener _listener = new();
    private readonly DurationCounts _durations = new();
    private readonly ConcurrentDictionary<string, long[]> _workflows = new(StringComparer.Ordinal);
    private long _started;
    private long _finished;
    private long _faulted;
    private long _cancelled;

    /// <summary>Begins to count, unless nothing is monitored.</summary>
    /// <param name="runtime">Whose runs.</param>
    /// <param name="options">Whether anything is monitored.</param>
    public RunCounts(RuntimeMetrics runtime, MonitorOptions options)
    {
        if (!options.Enabled)
            return;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Several servers may share a process, so each hears its own meter only.
            if (ReferenceEquals(instrument.Meter, runtime.Meter) && instrument.Name is StartedName or EndedName or DurationName)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>(OnCount);
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => _durations.Add(seconds * 1000));
        _listener.Start();
    }

    /// <summary>How runs ended, by workflow. Workflows beyond the limit of the metrics count as one.</summary>
    public IReadOnlyDictionary<string, RunEnds> Workflows =>
        _workflows.ToDictionary(item => item.Key, item => new RunEnds(Interlocked.Read(ref item.Value[0]), Interlocked.Read(ref item.Value[1])), StringComparer.Ordinal);

    /// <inheritdoc />
    public void Dispose() => _listener.Dispose();

    /// <summary>Takes out what was counted since the last time.</summary>
    public (long Started, long Finished, long Faulted, DurationCounts Durations) Take()
    {
        Interlocked.Exchange(ref _cancelled, 0);
        return (Interlocked.Exchange(ref _started, 0), Interlocked.Exchange(ref _finished, 0), Interlocked.Exchange(ref _faulted, 0), _durations.Take());
    }

    private void OnCount(Instrument instrument, long count, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (instrument.Name == StartedName)
        {
            Interlocked.Add(ref _started, count);
            return;
        }

        var status = tags.Length > 1 ? tags[1].Value as string : null;
        var isFault = status == nameof(WorkflowSubStatus.Faulted);
        ref var counter = ref _finished;
        if (isFault)
            counter = ref _faulted;
        else if (status == nameof(WorkflowSubStatus.Cancelled))
            counter = ref _cancelled;
        Interlocked.Add(ref counter, count);
        if (tags.Length == 0 || tags[0].Value is not string definition)
            return;
        var ends = _workflows.GetOrAdd(definition, static _ => new long[2]);
        Interlocked.Add(ref ends[0], count);
        if (isFault)
            Interlocked.Add(ref ends[1], count);
    }
}
