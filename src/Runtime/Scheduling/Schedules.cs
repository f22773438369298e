using Platform.Engine.Values;

namespace Platform.Runtime.Scheduling;

/// <summary>A trigger payload that fires by time.</summary>
public interface ISchedule
{
    /// <summary>The first moment to fire; null for never.</summary>
    /// <param name="now">When the trigger is indexed, UTC.</param>
    /// <param name="zone">Whose wall time counts.</param>
    DateTimeOffset? FirstAfter(DateTimeOffset now, TimeZoneInfo zone);

    /// <summary>What gives, for a moment, the first moment to fire after it; null for never again. All in UTC.</summary>
    /// <param name="zone">Whose wall time counts.</param>
    Func<DateTimeOffset, DateTimeOffset?> Ticks(TimeZoneInfo zone);
}

/// <summary>Fires by a cron expression in wall time: five fields as Unix writes them, or six or seven with seconds first.</summary>
/// <param name="CronExpression">The expression.</param>
public sealed record CronTriggerPayload(string CronExpression) : ISchedule
{
    /// <inheritdoc />
    public DateTimeOffset? FirstAfter(DateTimeOffset now, TimeZoneInfo zone) => Schedules.NextCron(CronExpression, now, zone);

    /// <inheritdoc />
    public Func<DateTimeOffset, DateTimeOffset?> Ticks(TimeZoneInfo zone) => ZonedCron.Parse(CronExpression, zone).Next;
}

/// <summary>Fires at intervals.</summary>
/// <param name="StartAt">The first moment, UTC.</param>
/// <param name="Interval">Time between two moments.</param>
public sealed record TimerTriggerPayload(DateTimeOffset StartAt, TimeSpan Interval) : ISchedule
{
    /// <inheritdoc />
    public DateTimeOffset? FirstAfter(DateTimeOffset now, TimeZoneInfo zone) => StartAt;

    /// <inheritdoc />
    public Func<DateTimeOffset, DateTimeOffset?> Ticks(TimeZoneInfo zone) => after =>
    {
        if (after < StartAt)
            return StartAt;
        var sinceStart = (((after - StartAt).Ticks / Interval.Ticks) + 1) * Interval;
        return sinceStart > DateTimeOffset.MaxValue - StartAt ? null : StartAt + sinceStart;
    };
}

/// <summary>Fires once; at once when the moment has passed.</summary>
/// <param name="ExecuteAt">The moment, UTC.</param>
public sealed record StartAtPayload(DateTimeOffset ExecuteAt) : ISchedule
{
    /// <inheritdoc />
    public DateTimeOffset? FirstAfter(DateTimeOffset now, TimeZoneInfo zone) => ExecuteAt;

    /// <inheritdoc />
    public Func<DateTimeOffset, DateTimeOffset?> Ticks(TimeZoneInfo zone) => after => after < ExecuteAt ? ExecuteAt : null;
}

/// <summary>Reads stored schedules.</summary>
public static class Schedules
{
    /// <summary>The stimulus names of triggers that fire by time.</summary>
    public static IReadOnlyList<string> Names { get; } = ["Elsa.Cron", "Elsa.Timer", "Elsa.StartAt"];

    /// <summary>The schedule of a stored trigger; null when it fires by stimulus only.</summary>
    /// <param name="triggerName">Stimulus name of the trigger.</param>
    /// <param name="payload">Its payload as JSON text.</param>
    public static ISchedule? Read(string triggerName, string? payload) => triggerName switch
    {
        "Elsa.Cron" => ValueConverter.Convert<CronTriggerPayload>(payload),
        "Elsa.Timer" => ValueConverter.Convert<TimerTriggerPayload>(payload),
        "Elsa.StartAt" => ValueConverter.Convert<StartAtPayload>(payload),
        _ => null,
    };

    /// <summary>The next moment of a cron expression after a moment, in UTC; null when there is none.</summary>
    /// <param name="expression">Five fields as Unix writes them, or six or seven with seconds first.</param>
    /// <param name="after">Exclusive, UTC.</param>
    /// <param name="zone">Whose wall time the fields are.</param>
    /// <exception cref="FormatException">The expression cannot be read; the message says why.</exception>
    public static DateTimeOffset? NextCron(string expression, DateTimeOffset after, TimeZoneInfo zone) => ZonedCron.Parse(expression, zone).Next(after);

    /// <summary>The first moments of a cron expression after a moment, in UTC.</summary>
    /// <param name="expression">Five fields as Unix writes them, or six or seven with seconds first.</param>
    /// <param name="after">Exclusive, UTC.</param>
    /// <param name="zone">Whose wall time the fields are.</param>
    /// <param name="count">Most moments to give.</param>
    /// <exception cref="FormatException">The expression cannot be read; the message says why.</exception>
    public static IReadOnlyList<DateTimeOffset> Preview(string expression, DateTimeOffset after, TimeZoneInfo zone, int count) =>
        Preview(ZonedCron.Parse(expression, zone).Next, after, count);

    internal static List<DateTimeOffset> Preview(Func<DateTimeOffset, DateTimeOffset?> ticks, DateTimeOffset after, int count)
    {
        var moments = new List<DateTimeOffset>();
        while (moments.Count < count && ticks(after) is { } next)
            moments.Add(after = next);
        return moments;
    }
}
