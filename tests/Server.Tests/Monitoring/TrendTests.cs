using Platform.Server.Monitoring.Health;
using Platform.Server.Monitoring.Series;

namespace Platform.Server.Tests.Monitoring;

public sealed class TrendTests
{
    private static readonly DateTimeOffset Begin = new(2026, 3, 4, 5, 0, 0, TimeSpan.Zero);
    private static readonly Thresholds Limits = new(90, 95);

    [Fact]
    public void A_figure_that_rises_evenly_is_forecast_to_reach_its_next_threshold()
    {
        // 60 minutes from 70 to 75: five an hour, fifteen to go.
        var trend = Trend.Of([.. Enumerable.Range(0, 61).Select(i => (Begin.AddMinutes(i), 70 + (i / 12.0)))], Limits);

        trend.ShouldNotBeNull();
        trend.Direction.ShouldBe("rising");
        trend.SlopePerHour.ShouldBe(5, 0.001);
        trend.Threshold.ShouldBe(90);
        trend.ReachesIn!.Value.TotalHours.ShouldBe(3, 0.001);
        trend.ToText("The disk", "%").ShouldBe("The disk reaches 90 % in about 3 h.");
    }

    [Fact]
    public void Past_the_first_threshold_the_second_one_is_next()
    {
        var trend = Trend.Of([.. Enumerable.Range(0, 61).Select(i => (Begin.AddMinutes(i), 92 + (i / 60.0)))], Limits)!;

        trend.Threshold.ShouldBe(95);
        trend.ReachesIn!.Value.TotalHours.ShouldBe(2, 0.001);
    }

    [Theory]
    [InlineData(-1, "falling")]
    [InlineData(0, "steady")]
    [InlineData(0.0001, "steady")]
    public void Whatever_does_not_rise_reaches_nothing(double slope, string direction)
    {
        var trend = Trend.Of([.. Enumerable.Range(0, 61).Select(i => (Begin.AddMinutes(i), 50 + (slope * i)))], Limits)!;

        trend.Direction.ShouldBe(direction);
        trend.ReachesIn.ShouldBeNull();
        trend.ToText("It", "%").ShouldBeNull();
    }

    [Fact]
    public void What_only_goes_up_and_down_has_no_forecast()
    {
        var trend = Trend.Of([.. Enumerable.Range(0, 61).Select(i => (Begin.AddMinutes(i), i % 2 == 0 ? 20.0 : 80))], Limits)!;

        trend.Direction.ShouldBe("steady");
        trend.ReachesIn.ShouldBeNull();
    }

    [Fact]
    public void What_would_take_weeks_and_too_few_points_tell_nothing()
    {
        Trend.Of([.. Enumerable.Range(0, 61).Select(i => (Begin.AddMinutes(i), 10 + (i / 600.0)))], Limits)!.ReachesIn.ShouldBeNull();
        Trend.Of([.. Enumerable.Range(0, 9).Select(i => (Begin.AddMinutes(i), 70.0 + i))], Limits).ShouldBeNull();
    }

    [Fact]
    public void Percentiles_are_a_tenth_off_at_most()
    {
        var counts = new DurationCounts();
        for (var i = 1; i <= 1000; i++)
            counts.Add((double)i);

        counts.Percentile(0.5)!.Value.ShouldBe(500, 50);
        counts.Percentile(0.95)!.Value.ShouldBe(950, 95);
        counts.Percentile(0.99)!.Value.ShouldBe(990, 99);
        new DurationCounts().Percentile(0.5).ShouldBeNull();
    }

    [Fact]
    public void What_the_machine_tells_of_itself_is_read()
    {
        HostFigures.MachineMemory(["MemTotal:       16000000 kB", "MemFree:          100 kB", "MemAvailable:    4000000 kB"]).ShouldBe(75);
        HostFigures.MachineMemory(["MemTotal: 1 kB"]).ShouldBeNull();
        HostFigures.MachineTimes("cpu  100 0 50 800 50 0 0 0 0 0").ShouldBe((150, 1000));
        HostFigures.MachineTimes("cpu0 1 2 3 4 5 6 7 8 9").ShouldBeNull();
        HostFigures.MachineTimes("nothing").ShouldBeNull();
    }
}
