using System.Globalization;
using System.Xml;

namespace Platform.Engine.Values;

/// <summary>Between points in time, dates and their text. What carries no offset is UTC.</summary>
internal static class DateConversion
{
    private const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces;

    /// <summary>Converts one kind of time into another.</summary>
    /// <param name="value">Any value.</param>
    /// <param name="target">Any type.</param>
    /// <param name="result">The converted time, or null.</param>
    /// <returns>False when either is not a time.</returns>
    public static bool TryConvert(object value, Type target, out object? result)
    {
        result = value switch
        {
            DateTime time when target == typeof(DateTimeOffset) => ToOffset(time),
            DateTime time when target == typeof(DateOnly) => DateOnly.FromDateTime(time),
            DateTimeOffset time when target == typeof(DateTime) => time.UtcDateTime,
            DateTimeOffset time when target == typeof(DateOnly) => DateOnly.FromDateTime(time.DateTime),
            DateOnly date when target == typeof(DateTime) => date.ToDateTime(default, DateTimeKind.Utc),
            DateOnly date when target == typeof(DateTimeOffset) => new DateTimeOffset(date.ToDateTime(default), TimeSpan.Zero),
            TimeOnly time when target == typeof(TimeSpan) => time.ToTimeSpan(),
            _ => null,
        };
        return result is not null;
    }

    /// <summary>
    /// Reads a time from ISO 8601 or from the pattern that Studio's picker writes in an English browser, such as
    /// <c>1/2/2026 3:04:05 AM</c> for the second of January.
    /// </summary>
    /// <param name="text">Any text.</param>
    /// <param name="target">Any type.</param>
    /// <param name="result">The time, or null.</param>
    /// <returns>False when the target is not a time, or the text is not one.</returns>
    public static bool TryParse(string text, Type target, out object? result)
    {
        result = null;
        if (target == typeof(DateTimeOffset) && TryParseOffset(text, out var offset))
            result = offset;
        else if (target == typeof(DateTime) && TryParseOffset(text, out offset))
            result = offset.UtcDateTime;
        else if (target == typeof(DateOnly))
            result = DateOnly.TryParse(text, CultureInfo.InvariantCulture, out var date) ? date
                : TryParseOffset(text, out offset) ? DateOnly.FromDateTime(offset.DateTime) : null;
        else if (target == typeof(TimeSpan) && TryParseSpan(text, out var span))
            result = span;
        return result is not null;
    }

    private static DateTimeOffset ToOffset(DateTime time)
    {
        var utc = time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time;
        return new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Unspecified), TimeSpan.Zero);
    }

    private static bool TryParseOffset(string text, out DateTimeOffset time)
    {
        // Browsers put a narrow no-break space before AM and PM.
        text = text.Replace('\u202F', ' ').Replace('\u00A0', ' ');
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Styles, out time);
    }

    private static bool TryParseSpan(string text, out TimeSpan span)
    {
        text = text.Trim();
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out span))
            return true;
        if (!text.StartsWith('P') && !text.StartsWith("-P", StringComparison.Ordinal))
            return false;
        try
        {
            span = XmlConvert.ToTimeSpan(text);
            return true;
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            return false;
        }
    }
}
