using System.Globalization;
using Platform.Runtime.Scheduling;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>How often each schedule fires on the days to come, for a calendar.</summary>
internal static class ScheduleCalendars
{
    private const int DaysDefault = 31;
    private const int DaysMax = 62;
    private const string DateForm = "yyyy-MM-dd";

    /// <summary>Maps <c>/api/schedules/calendar</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapScheduleCalendar(this IEndpointRouteBuilder api) =>
        api.MapGet("/schedules/calendar", ListAsync).WithTags("Schedules").RequirePermission("read:schedules")
            .WithSummary("Counts the coming ticks of each schedule, day by day.")
            .Produces<ScheduleCalendarModel>()
            .Takes("from", "The first day, for example 2026-01-31; today when it is left out.")
            .Takes("days", $"How many days, 1 to {DaysMax}. Default: {DaysDefault}.")
            .Takes("timeZone", "Whose days: an IANA name. Default: UTC.")
            .Refuses(StatusCodes.Status400BadRequest, "WF4540");

    private static async Task<IResult> ListAsync(
        ScheduleCalendar calendar, TimeProvider clock, CancellationToken cancellationToken, string? from = null, int days = DaysDefault, string? timeZone = null)
    {
        if (days is < 1 or > DaysMax)
            return Problem.Unreadable with { Detail = $"'days' is between 1 and {DaysMax}." };
        TimeZoneInfo zone;
        try
        {
            zone = ScheduleSettings.FindZone(timeZone ?? "UTC");
        }
        catch (FormatException exception)
        {
            return Schedules.WrongSettings(exception);
        }

        var first = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone).DateTime);
        // Years at the ends of the calendar have no room for the days that follow, and no schedule has ticks there.
        if (from is not null && (!DateOnly.TryParseExact(from, DateForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out first) || first.Year is < 2 or > 9_998))
            return Problem.Unreadable with { Detail = "'from' is a day, for example 2026-01-31." };
        var found = await calendar.CountAsync(first, days, zone, cancellationToken);
        return ApiJson.Reply(new ScheduleCalendarModel(zone.Id, first, days, found, found.Count));
    }
}

/// <summary>The coming ticks, counted.</summary>
/// <param name="TimeZone">Whose days.</param>
/// <param name="From">The first day.</param>
/// <param name="Days">How many days were looked at.</param>
/// <param name="Items">The days that have ticks, by date and schedule.</param>
/// <param name="TotalCount">How many items there are.</param>
internal sealed record ScheduleCalendarModel(string TimeZone, DateOnly From, int Days, IReadOnlyList<ScheduleDay> Items, int TotalCount);
