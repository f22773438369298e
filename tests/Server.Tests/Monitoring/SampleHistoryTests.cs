using Platform.Runtime.Store;
using Platform.Server.Monitoring;
using Platform.Server.Monitoring.Series;

namespace Platform.Server.Tests.Monitoring;

public sealed class SampleHistoryTests : IAsyncLifetime
{
    private static readonly SeriesKey Key = new(MetricCatalog.Cpu, PlatformSubjects.Cpu);
    private readonly ManualClock _clock = new();
    private readonly InMemoryStore _store = new();
    private readonly MonitorOptions _options = new();
    private SampleHistory _history = null!;

    public async Task InitializeAsync()
    {
        await _store.InitializeAsync(CancellationToken.None);
        await RestartAsync();
    }

    public Task DisposeAsync()
    {
        _history.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_restart_goes_on_with_the_minutes_that_were_stored()
    {
        await MeasureAsync(minutes: 10, value: i => i);
        _history.Add(Key, 99);
        _history.Add(new DurationCounts());
        await _history.StoreAsync(isEnd: true);

        await RestartAsync();

        var frames = await ReadAsync(TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(1));
        frames.Count.ShouldBe(11);
        frames[^1].Series[Key].Last.ShouldBe(99);
        _history.Recent(Key, _clock.GetUtcNow().AddMinutes(-5)).Count.ShouldBe(6);
    }

    [Fact]
    public async Task Minutes_are_summed_to_longer_steps()
    {
        await MeasureAsync(minutes: 60, value: i => i);

        var frames = await ReadAsync(TimeSpan.FromHours(2), TimeSpan.FromMinutes(10));

        frames.Sum(frame => frame.Series[Key].Count).ShouldBe(60);
        frames.Max(frame => frame.Series[Key].Maximum).ShouldBe(59);
        frames.ShouldAllBe(frame => frame.At.Minute % 10 == 0);
    }

    [Fact]
    public async Task Old_minutes_are_forgotten_and_their_hours_are_kept_longer()
    {
        await MeasureAsync(minutes: 60 * 51, value: _ => 5);

        (await _store.ListDocumentsAsync(FrameDocument.IndexKind, CancellationToken.None)).ShouldHaveSingleItem();
        var hours = FrameDocument.ReadIndex(await _store.FindDocumentAsync(FrameDocument.IndexKind, FrameDocument.IndexId, CancellationToken.None));
        hours.Count.ShouldBeInRange(48, 50);
        (await _store.ListDocumentsAsync(FrameDocument.HourKind, CancellationToken.None)).Count.ShouldBe(51);
        foreach (var hour in Enumerable.Range(0, 2).Select(i => new DateTimeOffset(2026, 3, 4, 5 + i, 0, 0, TimeSpan.Zero)))
            (await _store.ListDocumentsAsync(FrameDocument.MinuteKind(FrameDocument.HourOf(hour)), CancellationToken.None)).ShouldBeEmpty();
        (await ReadAsync(TimeSpan.FromDays(3), TimeSpan.FromHours(1))).Count.ShouldBeInRange(51, 52);
        // Beyond what is in memory the minutes come from the store.
        (await ReadAsync(TimeSpan.FromHours(20), TimeSpan.FromMinutes(1))).Count.ShouldBeInRange(1199, 1201);
    }

    [Fact]
    public async Task An_hour_whose_end_nobody_saw_is_summed_after_the_restart()
    {
        await MeasureAsync(minutes: 30, value: _ => 7);
        await _history.StoreAsync(isEnd: true);
        _clock.Advance(TimeSpan.FromHours(10));

        await RestartAsync();
        _history.Add(Key, 1);
        await _history.StoreAsync(isEnd: false);

        var hour = (await _store.ListDocumentsAsync(FrameDocument.HourKind, CancellationToken.None)).ShouldHaveSingleItem();
        FrameDocument.ReadHour(hour)!.Series[Key].Count.ShouldBe(30);
    }

    [Fact]
    public async Task Shares_and_percentiles_are_made_of_the_runs_of_the_whole_step()
    {
        var ended = new SeriesKey(Server.Monitoring.Health.RunTotals.Ended, PlatformSubjects.Runs);
        var faulted = new SeriesKey(Server.Monitoring.Health.RunTotals.Faulted, PlatformSubjects.Runs);
        foreach (var (all, bad) in new[] { (1, 1), (99, 0) })
        {
            _history.Add(ended, all);
            _history.Add(faulted, bad);
            var durations = new DurationCounts();
            for (var i = 0; i < all; i++)
                durations.Add(all == 1 ? 10_000 : 10);
            _history.Add(durations);
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        var frame = (await ReadAsync(TimeSpan.FromMinutes(10), TimeSpan.FromHours(1))).ShouldHaveSingleItem();

        // Not the mean of 100 % and 0 %.
        SeriesValue.Of(frame, new SeriesKey(MetricCatalog.RunsError, PlatformSubjects.Runs))!.Average.ShouldBe(1);
        SeriesValue.Of(frame, new SeriesKey(MetricCatalog.RunsP50, PlatformSubjects.Runs))!.Average.ShouldBe(10, 1);
        SeriesValue.Of(frame, new SeriesKey(MetricCatalog.Cpu, PlatformSubjects.Cpu)).ShouldBeNull();
    }

    [Theory]
    [InlineData("00:01:00", null)]
    [InlineData("06:00:00", null)]
    [InlineData("00:07:00", "whole minutes")]
    [InlineData("01:30:00", "whole minutes")]
    [InlineData("60", "whole minutes")]
    [InlineData("00:00:30", "whole minutes")]
    public void A_step_is_whole_minutes_of_an_hour_or_whole_hours(string step, string? expected)
    {
        var now = _clock.GetUtcNow();
        var range = SeriesRange.Read(now.AddHours(-12), now, step, _options, now, out var mistake);

        if (expected is null)
            range.ShouldNotBeNull();
        else
            mistake.ShouldContain(expected);
    }

    [Fact]
    public void A_range_chooses_its_step_and_is_refused_when_it_has_too_many()
    {
        var now = _clock.GetUtcNow();
        SeriesRange.Read(null, null, null, _options, now, out _)!.Step.ShouldBe(TimeSpan.FromMinutes(1));
        SeriesRange.Read(now.AddDays(-1), now, null, _options, now, out _)!.Step.ShouldBe(TimeSpan.FromMinutes(5));
        SeriesRange.Read(now.AddDays(-3), now.AddDays(-2.9), null, _options, now, out _)!.Step.ShouldBe(TimeSpan.FromHours(1));
        SeriesRange.Read(now.AddDays(-3), now, "00:01:00", _options, now, out var mistake).ShouldBeNull();
        mistake.ShouldContain("1440 steps");
        SeriesRange.Read(now, now, null, _options, now, out mistake).ShouldBeNull();
        mistake.ShouldBe("'from' is not before 'to'.");
    }

    private async Task RestartAsync()
    {
        _history?.Dispose();
        _history = new SampleHistory(_store, _options, _clock);
        await _history.LoadAsync(CancellationToken.None);
    }

    private async Task MeasureAsync(int minutes, Func<int, double> value)
    {
        for (var i = 0; i < minutes; i++)
        {
            _history.Add(Key, value(i));
            _clock.Advance(TimeSpan.FromMinutes(1));
            await _history.StoreAsync(isEnd: false);
        }
    }

    private ValueTask<IReadOnlyList<Frame>> ReadAsync(TimeSpan back, TimeSpan step)
    {
        var now = _clock.GetUtcNow();
        return _history.ReadAsync(now - back, now.AddSeconds(1), step, CancellationToken.None);
    }
}
