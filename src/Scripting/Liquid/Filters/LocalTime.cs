using System.Globalization;

namespace Platform.Scripting.Liquid;

/// <summary>A point in time and the clock on the wall that shows it.</summary>
internal sealed class LocalTime
{
    private LocalTime(DateTimeOffset instant, TimeSpan offset, string zoneName)
    {
        Instant = instant;
        Wall = instant.UtcDateTime + offset;
        Offset = offset;
        ZoneName = zoneName;
    }

    public DateTimeOffset Instant { get; }

    /// <summary>What the clock on the wall shows.</summary>
    public DateTime Wall { get; }

    public TimeSpan Offset { get; }

    /// <summary>The name of the time zone; empty when only its offset is known.</summary>
    public string ZoneName { get; }

    /// <summary>A time in a zone: a name, minutes to the west as in ECMAScript, or nil for the host's. Null if no calendar has the time.</summary>
    public static LocalTime? At(RenderContext context, DateTimeOffset instant, object? zone)
    {
        zone = Coerce.ToValue(zone);
        try
        {
            if (Coerce.IsNil(zone))
                return new LocalTime(instant, context.Options.TimeZone.GetUtcOffset(instant), context.Options.TimeZone.Id);
            if (zone is not string name)
                return new LocalTime(instant, TimeSpan.FromMinutes(-Coerce.ToNumber(context, zone)), "");
            var (offset, named) = FindZone(name);
            return new LocalTime(instant, offset ?? named?.GetUtcOffset(instant) ?? TimeSpan.Zero, name);
        }
        catch (Exception error) when (error is ArgumentException or OverflowException)
        {
            return null;
        }
    }

    private static (TimeSpan? Offset, TimeZoneInfo? Zone) FindZone(string name)
    {
        if (name.Length > 0 && name[0] is '+' or '-')
        {
            var digits = name[1..].Replace(":", "", StringComparison.Ordinal);
            if (digits.Length == 4 && TimeSpan.TryParseExact(digits, "hhmm", CultureInfo.InvariantCulture, out var span))
                return (name[0] == '-' ? -span : span, null);
        }

        // Names that leave the directory of zones are no names.
        if (name.Length > 0 && !name.Contains("..", StringComparison.Ordinal) && name[0] != '/' && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
            return (null, zone);
        throw new LiquidFault($"Invalid time zone specified: {name}");
    }
}
