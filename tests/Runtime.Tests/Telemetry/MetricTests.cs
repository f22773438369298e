using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Execution;
using Platform.Runtime.Telemetry;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests.Telemetry;

/// <summary>What the runtime counts and times.</summary>
public sealed class MetricTests
{
    [Fact]
    public async Task Runs_are_counted_by_definition_and_by_how_they_ended()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        using var heard = new Measurements(harness);
        await harness.PublishAsync("good", Sequence(Line("a")));
        await harness.PublishAsync("bad", Sequence(Step("f", "Elsa.Fault", ("code", "Literal", "E"), ("message", "Literal", "m"))));
        await harness.PublishAsync("waits", Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", "go"))));
        await harness.RunAsync("good");
        await harness.RunAsync("good");
        var bad = await harness.RunAsync("bad");
        var waits = await harness.RunAsync("waits");
        harness.Clock.Advance(TimeSpan.FromSeconds(90));
        await harness.Runtime.CancelAsync(waits.Instance.Id, CancellationToken.None);
        await harness.Runtime.RetryAsync(bad.Instance.Id, null, CancellationToken.None);

        heard.Sum("platform.runs.started", "good").ShouldBe(2);
        heard.Sum("platform.runs.started", "waits").ShouldBe(1);
        heard.Sum("platform.runs.ended", "good", "Finished").ShouldBe(2);
        heard.Sum("platform.runs.ended", "bad", "Faulted").ShouldBe(2);
        heard.Sum("platform.runs.ended", "waits", "Cancelled").ShouldBe(1);
        heard.Sum("platform.runs.ended").ShouldBe(5);
        heard.Sum("platform.run.duration", "waits").ShouldBe(90);
        heard.Sum("platform.activity.faults", "Elsa.Fault").ShouldBe(2);
        heard.Count("platform.burst.duration").ShouldBe(6);
    }

    [Fact]
    public async Task Definitions_beyond_the_limit_share_a_label()
    {
        var cap = new LabelCap(2);

        new[] { "a", "b", "c", "a", "d", "b" }.Select(cap.Of).ShouldBe(["a", "b", "other", "a", "other", "b"]);
        await Parallel.ForAsync(0, 1_000, (number, _) =>
        {
            cap.Of($"{number}").ShouldBe("other");
            return default;
        });
    }

    [Fact]
    public async Task Timers_and_queued_work_tell_how_late_they_are()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("slow", Sequence(Step("d", "Elsa.Delay", ("timeSpan", "Literal", "00:10:00"))));
        await harness.PublishAsync("quick", Sequence(Line("ran")));
        await harness.RunAsync("slow");
        await harness.StopAsync();
        await harness.ComposeOnlyAsync();
        await harness.Runtime.DispatchAsync(new StartRequest { DefinitionId = "quick" }, CancellationToken.None);
        harness.Clock.Advance(TimeSpan.FromMinutes(12));
        using var heard = new Measurements(harness);
        await harness.StartAsync();
        await harness.FinishedAsync("slow");
        await harness.FinishedAsync("quick");

        heard.Sum("platform.timer.lateness", "timer").ShouldBe(120);
        heard.Sum("platform.queue.wait", "Start").ShouldBe(720);
    }

    [Fact]
    public async Task Ticks_of_schedules_are_counted_those_that_were_missed_too()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("tick", Flowchart([Trigger("c", "Elsa.Cron", ("cronExpression", "Literal", "0 */5 * * * *")), Line("tock")], "c -> tock"));
        await harness.StopAsync();
        await harness.ComposeOnlyAsync();
        harness.Clock.Advance(TimeSpan.FromMinutes(23));
        using var heard = new Measurements(harness);
        await harness.StartAsync();
        await harness.FinishedAsync("tick");

        heard.Sum("platform.schedules.fired").ShouldBe(1);
        heard.Sum("platform.schedules.missed").ShouldBe(3);
        heard.Count("platform.timer.lateness").ShouldBe(1);
    }

    [Fact]
    public async Task Stimuli_that_reach_nothing_are_seen()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        using var heard = new Measurements(harness);
        await harness.Runtime.DeliverAsync(Activities.EventStimulus.For("nobody", null), CancellationToken.None);

        heard.Observe();

        heard.Sum("platform.stimuli.kept").ShouldBe(1);
        heard.Sum("platform.dead_letters").ShouldBe(0);
    }

    [Fact]
    public async Task A_queue_is_stuck_when_work_is_due_and_no_worker_takes_any()
    {
        var harness = RuntimeHarness.Compose();
        await harness.Store.InitializeAsync(CancellationToken.None);
        await harness.PublishAsync("quick", Sequence(Line("ran")));
        var progress = harness.Get<WorkProgress>();
        await harness.Runtime.DispatchAsync(new StartRequest { DefinitionId = "quick" }, CancellationToken.None);
        var since = harness.Clock.GetUtcNow();
        var limit = TimeSpan.FromMinutes(5);
        (await progress.StuckSinceAsync(limit, CancellationToken.None)).ShouldBeNull();

        harness.Clock.Advance(TimeSpan.FromMinutes(6));
        (await progress.StuckSinceAsync(limit, CancellationToken.None)).ShouldBe(since);

        // A worker takes it: it moves, and what runs for long is no sign of being stuck.
        var work = (await harness.Store.DueWorkAsync(harness.Clock.GetUtcNow(), 10, CancellationToken.None))[0];
        harness.Get<RuntimeEvents>().RaiseWorkBegun(work);
        (await progress.StuckSinceAsync(limit, CancellationToken.None)).ShouldBeNull();
        harness.Clock.Advance(TimeSpan.FromHours(1));
        (await progress.StuckSinceAsync(limit, CancellationToken.None)).ShouldBeNull();
        harness.Get<RuntimeEvents>().RaiseWorkEnded(work);
        progress.RunningCount.ShouldBe(0);
    }

    /// <summary>Hears the measurements of one runtime, whichever others run in the process.</summary>
    private sealed class Measurements : IDisposable
    {
        private readonly ConcurrentQueue<(string Name, double Value, string[] Labels)> _heard = new();
        private readonly List<MeterListener> _listeners = [];

        public Measurements(RuntimeHarness harness)
        {
            Listen(harness.Get<RuntimeMetrics>().Meter);
            harness.Composed = services => Listen(services.GetRequiredService<RuntimeMetrics>().Meter);
        }

        public void Observe() => _listeners.ForEach(listener => listener.RecordObservableInstruments());

        public double Sum(string name, params string[] labels) => Of(name, labels).Sum(measurement => measurement.Value);

        public int Count(string name) => Of(name, []).Count();

        public void Dispose() => _listeners.ForEach(listener => listener.Dispose());

        private void Listen(Meter meter)
        {
            var listener = new MeterListener();
            listener.InstrumentPublished = (instrument, target) =>
            {
                if (instrument.Meter == meter)
                    target.EnableMeasurementEvents(instrument);
            };
            listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
            listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
            listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
            listener.Start();
            _listeners.Add(listener);
        }

        private IEnumerable<(string Name, double Value, string[] Labels)> Of(string name, string[] labels) =>
            _heard.Where(measurement => measurement.Name == name && labels.All(measurement.Labels.Contains));

        private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var labels = new List<string>();
            foreach (var (_, label) in tags)
                labels.Add($"{label}");
            _heard.Enqueue((instrument.Name, value, [.. labels]));
        }
    }
}
