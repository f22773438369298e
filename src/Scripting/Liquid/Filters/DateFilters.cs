namespace Platform.Scripting.Liquid;

/// <summary>
/// Filters that show dates. The input is a date of the host, seconds since 1970, a text that ECMAScript takes for a date, or
/// "now"; anything else passes unchanged.
/// </summary>
internal static class DateFilters
{
    private const string DefaultFormat = "%A, %B %-e, %Y at %-l:%M %P %z";

    public static void AddTo(Dictionary<string, FilterCode> filters)
    {
        filters["date"] = c => Show(c, Format(c), c[1]);
        filters["date_to_xmlschema"] = c => Show(c, "%Y-%m-%dT%H:%M:%S%:z", Undefined.Value);
        filters["date_to_rfc822"] = c => Show(c, "%a, %d %b %Y %H:%M:%S %z", Undefined.Value);
        filters["date_to_string"] = c => ShowDay(c, "%b");
        filters["date_to_long_string"] = c => ShowDay(c, "%B");
    }

    private static string Format(FilterCall call) => Coerce.IsNil(Coerce.ToValue(call[0])) ? DefaultFormat : call.Text(0);

    private static object? Show(FilterCall call, string format, object? zone)
    {
        if (Read(call, zone) is not { } time)
            return call.Input;
        call.Budget.Text(format.Length);
        return TimeFormat.Write(call.Budget, time, format);
    }

    private static object? ShowDay(FilterCall call, string month)
    {
        if (Coerce.ToValue(call[0]) is not "ordinal")
            return Show(call, $"%d {month} %Y", Undefined.Value);
        return Show(call, Coerce.ToValue(call[1]) is "US" ? $"{month} %-d%q, %Y" : $"%-d%q {month} %Y", Undefined.Value);
    }

    private static LocalTime? Read(FilterCall call, object? zone)
    {
        DateTimeOffset? instant = Coerce.ToValue(call.Input) switch
        {
            DateTimeOffset time => time,
            "now" or "today" => call.Context.Options.TimeProvider.GetUtcNow(),
            string text => ReadText(call, text),
            double or decimal => FromMilliseconds(Coerce.ToNumber(call.Context, call.Input) * 1000),
            bool truth => FromMilliseconds(truth ? 1 : 0),
            LiquidList list => ReadDate(call, Coerce.ToScriptText(call.Context, list)),
            _ => null,
        };
        return instant is null ? null : LocalTime.At(call.Context, instant.Value, zone);
    }

    private static DateTimeOffset? ReadText(FilterCall call, string text)
    {
        call.Budget.Text(text.Length);
        if (text.Length > 0 && text.All(char.IsAsciiDigit))
            return FromMilliseconds(NumberText.Parse(text) * 1000);
        return ReadDate(call, text);
    }

    private static DateTimeOffset? ReadDate(FilterCall call, string text)
    {
        try
        {
            return DateText.Read(text, call.Context.Options.TimeZone);
        }
        catch (ArgumentOutOfRangeException)
        {
            // The text is well formed, but its time is after the year 9999 or before the year 1.
            return null;
        }
    }

    private static DateTimeOffset? FromMilliseconds(double milliseconds) => Math.Abs(milliseconds) < 2.5e14 && milliseconds > -6.2e13
        ? DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Truncate(milliseconds))
        : null;
}
