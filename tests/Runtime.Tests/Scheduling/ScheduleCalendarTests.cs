using System.Text.Json.Nodes;
using Platform.Runtime.Scheduling;

namespace Platform.Runtime.Tests.Scheduling;

public sealed class ScheduleCalendarTests
{
    private static readonly TimeZoneInfo Seoul = TimeZoneInfo.FindSystemTimeZoneById("Asia/Seoul");

    [Fact]
    public async Task Each_day_has_the_ticks_that_fall_on_it_where_one_looks_from()
    {
        await using var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.Cron("0 0,20 * * *"));
        var tomorrow = DateOnly.FromDateTime(bench.Now.UtcDateTime).AddDays(1);

        var utc = await CountAsync(bench, tomorrow, 2, TimeZoneInfo.Utc);
        var seoul = await CountAsync(bench, tomorrow, 2, Seoul);

        utc.Select(day => (day.Date, day.Count)).ShouldBe([(tomorrow, 2), (tomorrow.AddDays(1), 2)]);
        utc[0].First!.Value.Hour.ShouldBe(0);
        utc[0].Last!.Value.Hour.ShouldBe(20);
        // 20:00 UTC is the next morning there, so both are of one day: the one before comes first.
        seoul[0].First!.Value.Hour.ShouldBe(20);
        seoul[0].Last!.Value.Hour.ShouldBe(0);
    }

    [Fact]
    public async Task Of_today_only_what_is_to_come_is_counted_and_of_the_past_nothing()
    {
        await using var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.Cron("0 * * * *"));
        var today = DateOnly.FromDateTime(bench.Now.UtcDateTime);
        bench.Harness.Clock.Advance(new DateTimeOffset(today.ToDateTime(new TimeOnly(21, 30)), TimeSpan.Zero) - bench.Now);

        (await CountAsync(bench, today, 1)).ShouldHaveSingleItem().Count.ShouldBe(2);
        (await CountAsync(bench, today.AddDays(-3), 3)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_timer_is_counted_by_arithmetic_however_often_it_fires()
    {
        await using var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.EveryMinute());
        var tomorrow = DateOnly.FromDateTime(bench.Now.UtcDateTime).AddDays(1);

        var days = await CountAsync(bench, tomorrow, 62);

        days.Count.ShouldBe(62);
        days.ShouldAllBe(day => day.Count == 1_440 && !day.IsMore);
        days[0].Last!.Value.ShouldBeLessThan(new DateTimeOffset(tomorrow.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero));
    }

    [Fact]
    public async Task What_fires_every_second_is_counted_to_a_limit_and_the_rest_is_told()
    {
        await using var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.Cron("* * * * * *"));
        var tomorrow = DateOnly.FromDateTime(bench.Now.UtcDateTime).AddDays(1);

        var days = await CountAsync(bench, tomorrow, 3);

        days.Select(day => (day.Count, day.IsMore)).ShouldBe([(50_000, true), (0, true), (0, true)]);
    }

    [Fact]
    public async Task A_day_that_begins_after_midnight_and_one_with_an_hour_twice_are_whole()
    {
        // In Beirut the clock goes from 00:00 to 01:00 in spring: that day has 23 hours. In Havana it goes back from 01:00 to 00:00: 25 hours.
        await using var bench = new ScheduleBench();
        await bench.PublishAsync(ScheduleBench.Cron("30 * * * *", new JsonObject { ["timeZone"] = "UTC" }));
        var year = bench.Now.Year + 1;

        (await HoursAsync("Asia/Beirut", 23)).ShouldBe(1);
        (await HoursAsync("America/Havana", 25)).ShouldBe(1);

        async Task<int> HoursAsync(string zone, int hours)
        {
            var days = new List<ScheduleDay>();
            for (var month = 1; month <= 12; month++)
                days.AddRange(await CountAsync(bench, new DateOnly(year, month, 1), DateTime.DaysInMonth(year, month), TimeZoneInfo.FindSystemTimeZoneById(zone)));
            days.Sum(day => day.Count).ShouldBe(365 * 24 + (DateTime.IsLeapYear(year) ? 24 : 0));
            return days.Count(day => day.Count == hours);
        }
    }

    private static async Task<IReadOnlyList<ScheduleDay>> CountAsync(ScheduleBench bench, DateOnly from, int days, TimeZoneInfo? zone = null) =>
        await bench.Harness.Get<ScheduleCalendar>().CountAsync(from, days, zone ?? TimeZoneInfo.Utc, CancellationToken.None);
}
