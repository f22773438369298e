using System.Globalization;
using Platform.Runtime.Scheduling;

namespace Platform.Runtime.Tests.Scheduling;

public sealed class ZonedCronTests
{
    [Theory]
    // Forward: what does not exist fires once, shifted by the gap.
    [InlineData("Europe/Berlin", "30 2 * * *", "2026-03-28T12:00Z", "29T03:30+02:00 30T02:30+02:00")]
    [InlineData("America/New_York", "30 2 * * *", "2026-03-07T12:00Z", "08T03:30-04:00 09T02:30-04:00")]
    [InlineData("Australia/Lord_Howe", "15 2 * * *", "2026-10-03T00:00Z", "04T02:45+11:00 05T02:15+11:00")]
    [InlineData("Europe/Berlin", "0,30 2,3 * * *", "2026-03-28T12:00Z", "29T03:00+02:00 29T03:30+02:00 30T02:00+02:00")]
    [InlineData("Europe/Berlin", "0,45 2 * * *", "2026-03-28T12:00Z", "29T03:00+02:00 29T03:45+02:00 30T02:00+02:00")]
    // Back: what happens twice fires once, the first time.
    [InlineData("Europe/Berlin", "30 2 * * *", "2026-10-24T12:00Z", "25T02:30+02:00 26T02:30+01:00")]
    [InlineData("America/New_York", "30 1 * * *", "2026-10-31T12:00Z", "01T01:30-04:00 02T01:30-05:00")]
    [InlineData("Australia/Lord_Howe", "45 1 * * *", "2026-04-04T00:00Z", "05T01:45+11:00 06T01:45+10:30")]
    [InlineData("Europe/Berlin", "*/30 2 * * *", "2026-10-24T12:00Z", "25T02:00+02:00 25T02:30+02:00 26T02:00+01:00")]
    [InlineData("Europe/Berlin", "0 3 * * *", "2026-10-24T12:00Z", "25T03:00+01:00 26T03:00+01:00")]
    // Every hour goes on by elapsed time.
    [InlineData("Europe/Berlin", "0 * * * *", "2026-03-28T23:30Z", "29T01:00+01:00 29T03:00+02:00 29T04:00+02:00")]
    [InlineData("Europe/Berlin", "30 * * * *", "2026-10-24T23:40Z", "25T02:30+02:00 25T02:30+01:00 25T03:30+01:00")]
    [InlineData("America/New_York", "0 * * * *", "2026-11-01T04:30Z", "01T01:00-04:00 01T01:00-05:00 01T02:00-05:00")]
    [InlineData("America/New_York", "*/30 * * * *", "2026-03-08T06:10Z", "08T01:30-05:00 08T03:00-04:00 08T03:30-04:00")]
    [InlineData("Australia/Lord_Howe", "*/15 * * * *", "2026-10-03T15:10Z", "04T01:45+10:30 04T02:30+11:00 04T02:45+11:00")]
    [InlineData("Australia/Lord_Howe", "*/15 * * * *", "2026-04-04T14:40Z", "05T01:45+11:00 05T01:30+10:30 05T01:45+10:30 05T02:00+10:30")]
    // No change at all, and changes far away from the tick.
    [InlineData("Asia/Seoul", "30 2 * * *", "2026-03-28T12:00Z", "29T02:30+09:00 30T02:30+09:00")]
    [InlineData("Asia/Seoul", "0 0 9 1 JAN ?", "2026-03-28T12:00Z", "01T09:00+09:00 01T09:00+09:00")]
    [InlineData("Europe/Berlin", "0 30 2 25 OCT ? 2026", "2026-01-01T00:00Z", "25T02:30+02:00")]
    [InlineData("Europe/Berlin", "0 30 2 29 MAR ? 2026", "2026-01-01T00:00Z", "29T03:30+02:00")]
    [InlineData("Europe/Berlin", "0 0 12 1 JUL ?", "2026-01-01T00:00Z", "01T12:00+02:00 01T12:00+02:00")]
    public void Fields_are_wall_time_whatever_the_clock_does(string zoneId, string expression, string after, string expected)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);

        var moments = Schedules.Preview(expression, DateTimeOffset.Parse(after, CultureInfo.InvariantCulture), zone, expected.Split(' ').Length);

        string.Join(' ', moments.Select(moment => TimeZoneInfo.ConvertTime(moment, zone).ToString("dd'T'HH:mmzzz", CultureInfo.InvariantCulture))).ShouldBe(expected);
    }

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    [InlineData("Asia/Seoul")]
    [InlineData("Australia/Lord_Howe")]
    public void Every_five_minutes_stays_every_five_minutes_through_a_year(string zoneId)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
        var tick = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var next = ZonedCron.Parse("*/5 * * * *", zone);

        for (var i = 0; i < 365 * 24 * 12; i++)
        {
            var following = next.Next(tick).ShouldNotBeNull();
            if (following - tick != TimeSpan.FromMinutes(5))
                throw new InvalidOperationException($"{tick} is followed by {following}.");
            tick = following;
        }
    }

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    [InlineData("Australia/Lord_Howe")]
    public void A_daily_tick_comes_once_on_each_day_of_a_year_at_any_time_of_day(string zoneId)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
        for (var minute = 0; minute < 24 * 60; minute += 15)
        {
            var next = ZonedCron.Parse($"{minute % 60} {minute / 60} * * *", zone);
            var tick = new DateTimeOffset(TimeZoneInfo.ConvertTimeToUtc(new DateTime(2026, 1, 1), zone).AddTicks(-1), TimeSpan.Zero);
            var days = new List<DateTime>();
            for (var i = 0; i < 365; i++)
                days.Add(TimeZoneInfo.ConvertTime(tick = next.Next(tick)!.Value, zone).Date);

            days.ShouldBe(Enumerable.Range(0, 365).Select(day => new DateTime(2026, 1, 1).AddDays(day)));
        }
    }

    [Fact]
    public void An_expression_without_a_further_moment_ends() =>
        ZonedCron.Parse("0 0 0 1 1 ? 2020", TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")).Next(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)).ShouldBeNull();
}
