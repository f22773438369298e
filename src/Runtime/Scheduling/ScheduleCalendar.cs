using Platform.Runtime.Store;

namespace Platform.Runtime.Scheduling;

/// <summary>How often each schedule fires on the days to come.</summary>
/// <param name="store">Where the triggers are.</param>
/// <param name="ticks">Knows their settings.</param>
/// <param name="clock">Time.</param>
public sealed class ScheduleCalendar(IWorkflowStore store, ScheduleTicks ticks, TimeProvider clock)
{
    /// <summary>Most ticks of one schedule that are counted one by one.</summary>
    private const int TicksMax = 50_000;

    /// <summary>Most ticks of all schedules that are counted one by one: an answer takes a part of a second.</summary>
    private const int TicksOfAllMax = 200_000;

    /// <summary>Counts the coming ticks of each day, whether schedules are paused or not.</summary>
    /// <param name="from">The first day.</param>
    /// <param name="days">How many days.</param>
    /// <param name="zone">Whose days.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    /// <returns>The days that have ticks, by date and schedule.</returns>
    public async ValueTask<IReadOnlyList<ScheduleDay>> CountAsync(DateOnly from, int days, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        var triggers = new List<StoredTrigger>();
        foreach (var name in Schedules.Names)
            triggers.AddRange(await store.FindTriggersAsync(new TriggerFilter { Name = name }, cancellationToken));
        var starts = Enumerable.Range(0, days + 1).Select(day => StartOf(from.AddDays(day), zone)).ToArray();
        var now = clock.GetUtcNow();
        var found = new List<ScheduleDay>();
        var left = TicksOfAllMax;
        foreach (var trigger in triggers.OrderBy(ScheduleDocuments.IdOf, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Schedules.Read(trigger.Name, trigger.Payload) is not { } schedule)
                continue;
            var next = schedule.Ticks((await ticks.SettingsAsync(trigger, cancellationToken)).Zone);
            var count = new DayCount(ScheduleDocuments.IdOf(trigger), next, (schedule as TimerTriggerPayload)?.Interval, Math.Min(TicksMax, left));
            for (var day = 0; day < days; day++)
            {
                if (count.Count(from.AddDays(day), starts[day] > now ? starts[day] : now, starts[day + 1]) is { } counted)
                    found.Add(counted);
            }

            left -= count.Counted;
        }

        return [.. found.OrderBy(day => day.Date).ThenBy(day => day.ScheduleId, StringComparer.Ordinal)];
    }

    /// <summary>The first moment of a day. Where the clock goes forward at midnight the day begins later; where it goes back, the first time.</summary>
    private static DateTimeOffset StartOf(DateOnly day, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(1);
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    /// <summary>Counts one schedule day by day; regular ones by arithmetic, the others one by one while there is something left to spend.</summary>
    private sealed class DayCount(string scheduleId, Func<DateTimeOffset, DateTimeOffset?> next, TimeSpan? interval, int max)
    {
        public int Counted { get; private set; }

        public ScheduleDay? Count(DateOnly date, DateTimeOffset from, DateTimeOffset end)
        {
            if (from >= end || next(from.AddTicks(-1)) is not { } first || first >= end)
                return null;
            if (interval is { } regular)
            {
                var further = (end.AddTicks(-1) - first).Ticks / regular.Ticks;
                return new ScheduleDay(scheduleId, date, further + 1, false, first, first + (further * regular));
            }

            if (Counted >= max)
                return new ScheduleDay(scheduleId, date, 0, true, null, null);
            var (count, last) = (0L, first);
            for (DateTimeOffset? tick = first; tick < end; tick = next(tick.Value))
            {
                if (Counted++ >= max)
                    return new ScheduleDay(scheduleId, date, count, true, first, last);
                count++;
                last = tick.Value;
            }

            return new ScheduleDay(scheduleId, date, count, false, first, last);
        }
    }
}

/// <summary>The ticks of a schedule on one day.</summary>
/// <param name="ScheduleId">The schedule.</param>
/// <param name="Date">The day.</param>
/// <param name="Count">How many ticks were counted.</param>
/// <param name="IsMore">Whether there are more, which nobody counted.</param>
/// <param name="First">The first one, UTC; null when none was counted.</param>
/// <param name="Last">The last one that was counted, UTC.</param>
public sealed record ScheduleDay(string ScheduleId, DateOnly Date, long Count, bool IsMore, DateTimeOffset? First, DateTimeOffset? Last);
