using System.Globalization;
using Quartz;

namespace Platform.Runtime.Scheduling;

/// <summary>
/// A cron expression whose fields are wall time of a time zone. Where the clock goes forward, a time that does not exist fires once,
/// shifted by the length of the gap. Where it goes back, a time that happens twice fires once, the first time, when the expression names
/// hours; an expression for every hour goes on by elapsed time. The calendar is Quartz's; the change of the clock is handled here,
/// because Quartz moves every time in the gap to its end and repeats some times that name an hour.
/// </summary>
internal sealed class ZonedCron
{
    /// <summary>No zone changes its offset by more than a day at once, nor twice within a day.</summary>
    private static readonly TimeSpan Near = TimeSpan.FromHours(25);

    private static readonly string[] EveryHour = ["*", "?", "*/1", "0/1", "0-23", "0-23/1"];

    private readonly CronExpression _calendar;
    private readonly TimeZoneInfo _zone;
    private readonly bool _isEveryHour;

    private ZonedCron(CronExpression calendar, TimeZoneInfo zone, bool isEveryHour)
    {
        _calendar = calendar;
        _zone = zone;
        _isEveryHour = isEveryHour;
    }

    /// <summary>Reads an expression.</summary>
    /// <param name="expression">Five fields as Unix writes them, or six or seven with seconds first.</param>
    /// <param name="zone">Whose wall time it is.</param>
    /// <exception cref="FormatException">The expression cannot be read; the message says why.</exception>
    public static ZonedCron Parse(string expression, TimeZoneInfo zone)
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
            var calendar = CronExpression.Parse(string.Join(' ', fields), fields.Length == 5 ? CronFormat.Unix : CronFormat.Quartz);
            var hours = fields.Length switch { 1 => fields[0] == "@hourly" ? "*" : "0", 5 => fields[1], _ => fields[2] };
            return new ZonedCron(calendar.WithTimeZone(TimeZoneInfo.Utc), zone, EveryHour.Contains(hours));
        }
        catch (FormatException exception)
        {
            throw new FormatException($"Error when parsing cron expression: {exception.Message}", exception);
        }
    }

    /// <summary>The first moment after a moment, in UTC; null when there is none.</summary>
    /// <param name="after">Exclusive.</param>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        after = after.ToUniversalTime();
        var next = NextNear(after);
        // What is far away was found with the offset of now; between the two no wall time fits, so the search can begin shortly before it.
        while (next is { } far && far - after > Near)
        {
            after = far - (Near / 2);
            next = NextNear(after);
        }

        return next;
    }

    private DateTimeOffset? NextNear(DateTimeOffset after)
    {
        var offset = OffsetAt(after);
        var former = ChangeBetween(Shift(after, -Near), after);
        var coming = ChangeBetween(after, Shift(after, Near));
        var from = Wall(after, offset);
        if (former is { } past && !_isEveryHour && from < Wall(past.At, past.Before))
            from = Wall(past.At, past.Before).AddTicks(-1);
        var next = At(from, offset);
        if (coming is { } change && !(next < change.At))
            next = Sooner(NextInGap(change, after), At(StartBehind(change), change.After));
        return former is { } before ? Sooner(NextInGap(before, after), next) : next;
    }

    /// <summary>The first wall time that is new behind a change of the clock, less one tick.</summary>
    private DateTime StartBehind(Change change)
    {
        var wall = Wall(change.At, change.After);
        if (!_isEveryHour && change.After < change.Before)
            wall = Wall(change.At, change.Before);
        return wall.AddTicks(-1);
    }

    /// <summary>The first wall time inside the gap that a change of the clock leaves, at the moment to which it is shifted.</summary>
    private DateTimeOffset? NextInGap(Change change, DateTimeOffset after)
    {
        var first = Wall(change.At, change.Before);
        var end = Wall(change.At, change.After);
        if (end <= first)
            return null;
        var from = after < change.At ? first.AddTicks(-1) : Wall(after, change.Before);
        return At(from, change.Before) is { } shifted && Wall(shifted, change.Before) < end ? shifted : null;
    }

    /// <summary>The first wall time after one, as a moment when this offset holds.</summary>
    private DateTimeOffset? At(DateTime after, TimeSpan offset) =>
        _calendar.GetNextValidTimeAfter(new DateTimeOffset(after, TimeSpan.Zero)) is { } wall && wall.UtcTicks >= offset.Ticks ? wall - offset : null;

    private Change? ChangeBetween(DateTimeOffset from, DateTimeOffset to)
    {
        var (before, after) = (OffsetAt(from), OffsetAt(to));
        if (before == after)
            return null;
        var (low, high) = (from.UtcTicks, to.UtcTicks);
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            if (OffsetAt(new DateTimeOffset(middle, TimeSpan.Zero)) == before)
                low = middle;
            else
                high = middle;
        }

        return new Change(new DateTimeOffset(high, TimeSpan.Zero), before, after);
    }

    private TimeSpan OffsetAt(DateTimeOffset moment) => _zone.GetUtcOffset(moment);

    private static DateTimeOffset? Sooner(DateTimeOffset? one, DateTimeOffset? other) => other is null || one < other ? one : other;

    private static DateTime Wall(DateTimeOffset moment, TimeSpan offset) => Shift(moment, offset).UtcDateTime;

    /// <summary>A moment some time later, kept inside the calendar.</summary>
    private static DateTimeOffset Shift(DateTimeOffset moment, TimeSpan by) =>
        new(Math.Clamp(moment.UtcTicks + by.Ticks, 0, DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero);

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

    /// <summary>A change of the clock: the moment, and the offsets before and from it on.</summary>
    private readonly record struct Change(DateTimeOffset At, TimeSpan Before, TimeSpan After);
}
