using Platform.Runtime.Scheduling;

namespace Platform.Runtime.Tests.Scheduling;

public sealed class SchedulesTests
{
    private static readonly DateTimeOffset _now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    [Theory]
    [InlineData("99 * * * * *")]
    [InlineData("60 * * * * *")]
    [InlineData("* 60 * * * *")]
    [InlineData("* * 24 * * *")]
    [InlineData("* * * 32 * *")]
    [InlineData("* * * 0 * *")]
    [InlineData("* * * * 13 *")]
    [InlineData("0 0 0 ? * 9")]
    [InlineData("60 * * * *")]
    [InlineData("0-99 * * * * *")]
    [InlineData("0,99 * * * * *")]
    public void A_value_out_of_range_is_refused(string expression) =>
        Should.Throw<FormatException>(() => Schedules.NextCron(expression, _now, TimeZoneInfo.Utc)).Message.ShouldStartWith("Error when parsing cron expression");
}
