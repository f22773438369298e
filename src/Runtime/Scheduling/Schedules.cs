using System.Globalization;
using Platform.Engine.Values;
using Quartz;

namespace Platform.Runtime.Scheduling;

/// <summary>A trigger payload that fires by time.</summary>
public interface ISchedule
{
    /// <summary>The first moment to fire; null for never.</summary>
    /// <param name="now">When the trigger is indexed, UTC.</param>
    DateTimeOffset? FirstAfter(DateTimeOffset now);

    /// <summary>The moment to fire after one that was due; null for never again. Moments that passed meanwhile are left out.</summary>
    /// <param name="due">The moment that was due, UTC.</param>
    /// <param name="now">Now, UTC.</param>
    DateTimeOffset? NextAfter(DateTimeOffset due, DateTimeOffset now);
}

/// <summary>Fires by a cron expression in UTC: five fields as Unix writes them, or six or seven with seconds first.</summary>
/// <param name="CronExpression">The expression.</param>
public sealed record CronTriggerPayload(string CronExpression) : ISchedule
{
    /// <inheritdoc />
    public DateTimeOffset? FirstAfter(DateTimeOffset now) => Schedules.NextCron(CronExpression, now);

    /// <inheritdoc />
    public DateTimeOffset? NextAfter(DateTimeOffset due, DateTimeOffset now) => Schedules.NextCron(CronExpression, due > now ? due : now);
}

/// <summary>Fires at intervals.</summary>
/// <param name="StartAt">The first moment, UTC.</param>
/// <param name="Interval">Time between two moments.</param>
public sealed record TimerTriggerPayload(DateTimeOffset StartAt, TimeSpan Interval) : ISchedule
{
    /// <inheritdoc />
    public DateTimeOffset? FirstAfter(DateTimeOffset now) => StartAt;

    /// <inheritdoc />
    public DateTimeOffset? NextAfter(DateTimeOffset due, DateTimeOffset now)
    {
        var missed = Math.Max(0, (now - due).Ticks / Interval.Ticks);
        return due + ((missed + 1) * Interval);
    }
}

/// <summary>Fires once; at once when the moment has passed.</summary>
/// <param name="ExecuteAt">The moment, UTC.</param>
public sealed record StartAtPayload(DateTimeOffset ExecuteAt) : ISchedule
{
    /// <inheritdoc />
    public DateTimeOffset? FirstAfter(DateTimeOffset now) => ExecuteAt;

    /// <inheritdoc />
    public DateTimeOffset? NextAfter(DateTimeOffset due, DateTimeOffset now) => null;
}

/// <summary>Reads stored schedules.</summary>
public static class Schedules
{
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
    /// <exception cref="FormatException">The expression cannot be read; the message says why.</exception>
    public static DateTimeOffset? NextCron(string expression, DateTimeOffset after)
    {
        var fields = expression.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is not (1 or 5 or 6 or 7))
        {
            throw new FormatException(
                $"Error when parsing cron expression: '{expression}' has {fields.Length} fields. Write 5 (minute hour day month weekday) or 6 with seconds first.");
        }

        // Quartz uses 98 and 99 for '?' and '*', and takes them from the expression too. No field but the year goes beyond 59.
        if (fields.Take(6).Any(field => NumbersOf(field).Any(number => number > 59)))
            throw new FormatException($"Error when parsing cron expression: '{expression}' has a number above 59. Seconds and minutes go from 0 to 59.");

        // Quartz wants one of the two day fields to be '?'; people write '* * * * * *' as in other cron dialects.
        if (fields.Length >= 6 && fields[3] != "?" && fields[5] != "?")
        {
            if (fields[5] == "*")
                fields[5] = "?";
            else if (fields[3] == "*")
                fields[3] = "?";
        }

        try
        {
            var cron = CronExpression.Parse(string.Join(' ', fields), fields.Length == 5 ? CronFormat.Unix : CronFormat.Quartz).WithTimeZone(TimeZoneInfo.Utc);
            return cron.GetNextValidTimeAfter(after);
        }
        catch (FormatException exception)
        {
            throw new FormatException($"Error when parsing cron expression: {exception.Message}", exception);
        }
    }

    private static IEnumerable<long> NumbersOf(string field)
    {
        for (var i = 0; i < field.Length; i++)
        {
            var start = i;
            while (i < field.Length && char.IsAsciiDigit(field[i]))
                i++;
            if (i > start)
                yield return long.TryParse(field.AsSpan(start, i - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue;
        }
    }
}
