using System.Collections.Concurrent;
using System.Diagnostics;

namespace Platform.Runtime.Tests.Telemetry;

/// <summary>Hears the spans of the runtime, as a collector does. The source is one for the process: use it in tests of <see cref="Alone"/>.</summary>
internal sealed class SpanRecorder : IDisposable
{
    /// <summary>Tests that run while no other test does.</summary>
    public const string Alone = "Alone with the spans of the process";

    /// <summary>Spans of whoever calls the runtime.</summary>
    public static readonly ActivitySource Callers = new("Test.Callers");

    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public SpanRecorder(ActivitySamplingResult sampling = ActivitySamplingResult.AllDataAndRecorded)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Platform.Runtime" or "Test.Callers",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => sampling,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The spans that have ended, those of the runtime.</summary>
    public IReadOnlyList<Activity> Spans => [.. _ended.Where(span => span.Source.Name == "Platform.Runtime")];

    public IReadOnlyList<Activity> Named(string name) => [.. Spans.Where(span => span.DisplayName == name)];

    public Activity Only(string name) => Named(name).ShouldHaveSingleItem();

    public void Dispose() => _listener.Dispose();
}

[CollectionDefinition(SpanRecorder.Alone, DisableParallelization = true)]
public sealed class AloneCollection;
