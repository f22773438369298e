using System.Globalization;
using System.Text;

namespace Platform.Scripting.JavaScript;

/// <summary>Dates for people: American English as Node writes it; other languages with the names and patterns of the framework.</summary>
internal static class DateFormatting
{
    /// <summary>What is shown when the options ask for no part.</summary>
    internal enum Defaults
    {
        Date,
        Time,
        All,

        /// <summary>A date, unless the options ask for anything at all.</summary>
        DateUnlessAny,
    }

    public static string Format(Realm realm, double time, JsValue locales, JsValue options, Defaults defaults) =>
        double.IsNaN(time) ? "Invalid Date" : DateStyle.Read(realm, locales, options, defaults).Format(time);
}

/// <summary>The resolved options of a date format.</summary>
internal sealed class DateStyle
{
    private static readonly string[] s_dateParts = ["weekday", "year", "month", "day"];
    private static readonly string[] s_timeParts = ["hour", "minute", "second", "fractionalSecondDigits", "dayPeriod"];
    private readonly Dictionary<string, string> _parts = [];

    private DateStyle(CultureInfo culture, TimeZoneInfo zone)
    {
        Culture = culture;
        Zone = zone;
    }

    public CultureInfo Culture { get; }

    public TimeZoneInfo Zone { get; }

    public bool IsHour12 { get; private set; } = true;

    public string ZoneName => Zone.Id is "Etc/UTC" ? "UTC" : Zone.Id;

    private string? Part(string name) => _parts.GetValueOrDefault(name);

    private bool IsEnglish => Culture.TwoLetterISOLanguageName is "en" or "iv";

    private bool IsAmerican => IsEnglish && Culture.Name is "" or "en" or "en-US";

    public static DateStyle Read(Realm realm, JsValue locales, JsValue options, DateFormatting.Defaults defaults)
    {
        var source = options.IsUndefined ? null : Coerce.ToObject(realm, options);
        var zone = realm.Options.TimeZone;
        if (source is not null && source.Get("timeZone") is { IsUndefined: false } wanted)
            zone = FindZone(Coerce.ToText(wanted));
        var style = new DateStyle(IntlBuiltins.Culture(locales), zone);
        style.IsHour12 = !style.Culture.DateTimeFormat.ShortTimePattern.Contains('H', StringComparison.Ordinal) || style.IsAmerican;
        if (source is not null)
            style.ReadParts(source);
        style.AddDefaults(defaults);
        return style;
    }

    public string Format(double time)
    {
        var p = DateMath.Split(DateMath.ToLocal(Zone, time));
        var date = DateText(p);
        var clock = TimeText(p, time);
        if (date.Length == 0)
            return clock;
        if (clock.Length == 0)
            return date;
        return date + (Part("dateStyle") is "full" or "long" ? " at " : ", ") + clock;
    }

    public IEnumerable<(string Name, string Value)> Resolved() => _parts.Select(p => (p.Key, p.Value));

    private static TimeZoneInfo FindZone(string id) => id.ToUpperInvariant() is "UTC" or "GMT"
        ? TimeZoneInfo.Utc
        : TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : throw JsThrow.Range($"Invalid time zone specified: {id}");

    private void ReadParts(JsObject source)
    {
        foreach (var name in s_dateParts.Concat(s_timeParts).Append("era").Append("timeZoneName").Append("dateStyle").Append("timeStyle"))
        {
            var value = source.Get(name);
            if (!value.IsUndefined)
                _parts[name] = Coerce.ToText(value);
        }

        if (source.Get("hour12") is { IsUndefined: false } hour12)
            IsHour12 = Coerce.ToBoolean(hour12);
        else if (source.Get("hourCycle") is { IsUndefined: false } cycle)
            IsHour12 = Coerce.ToText(cycle) is "h11" or "h12";
        if ((Part("dateStyle") ?? Part("timeStyle")) is not null && s_dateParts.Concat(s_timeParts).Any(_parts.ContainsKey))
            throw JsThrow.Type("Can't set option when dateStyle or timeStyle is used");
    }

    private void AddDefaults(DateFormatting.Defaults defaults)
    {
        if (_parts.ContainsKey("dateStyle") || _parts.ContainsKey("timeStyle"))
            return;
        var hasDate = s_dateParts.Any(_parts.ContainsKey);
        var hasTime = s_timeParts.Any(_parts.ContainsKey);
        if (defaults is DateFormatting.Defaults.All or DateFormatting.Defaults.DateUnlessAny ? hasDate || hasTime : defaults == DateFormatting.Defaults.Date ? hasDate : hasTime)
            return;
        if (defaults != DateFormatting.Defaults.Time)
            _parts["year"] = _parts["month"] = _parts["day"] = "numeric";
        if (defaults is DateFormatting.Defaults.Time or DateFormatting.Defaults.All)
            _parts["hour"] = _parts["minute"] = _parts["second"] = "numeric";
    }

    private string DateText(DateParts p)
    {
        if (Part("dateStyle") is { } style)
            return StyledDate(p, style);
        if (!s_dateParts.Any(_parts.ContainsKey))
            return "";
        var month = Part("month");
        if (month is not ("long" or "short" or "narrow"))
            return NumericDate(p, month);
        var monthName = month switch { "long" => Culture.DateTimeFormat.GetMonthName(p.Month + 1), "short" => Culture.DateTimeFormat.GetAbbreviatedMonthName(p.Month + 1), _ => Culture.DateTimeFormat.GetMonthName(p.Month + 1)[..1] };
        var day = Part("day") is { } d ? Number(p.Day, d) : "";
        var year = Part("year") is { } y ? Year(p, y) : "";
        string text;
        if (IsAmerican)
        {
            text = day.Length > 0 ? $"{monthName} {day}" : monthName;
            text += year.Length == 0 ? "" : day.Length > 0 ? $", {year}" : $" {year}";
            return WeekDay(p) is { Length: > 0 } name ? $"{name}, {text}" : text;
        }

        var dot = Culture.TwoLetterISOLanguageName is "de" && day.Length > 0 ? "." : "";
        text = string.Join(' ', new[] { day + dot, monthName, year }.Where(t => t.Length > 0));
        return WeekDay(p) is { Length: > 0 } local ? $"{local}{(IsEnglish && Culture.Name != "en-GB" ? "," : Culture.TwoLetterISOLanguageName == "de" ? "," : "")} {text}" : text;
    }

    private string NumericDate(DateParts p, string? month)
    {
        var parts = new Dictionary<char, string>();
        if (Part("year") is { } year)
            parts['y'] = Year(p, year);
        if (month is not null)
            parts['M'] = Number(p.Month + 1, month);
        if (Part("day") is { } day)
            parts['d'] = Number(p.Day, day);
        var pattern = IsAmerican ? "M/d/yyyy" : Culture.DateTimeFormat.ShortDatePattern;
        var order = pattern.Where(c => c is 'y' or 'M' or 'd').Distinct();
        var separator = pattern.FirstOrDefault(c => !char.IsLetter(c) && c != '\'');
        if (!IsAmerican && Culture.TwoLetterISOLanguageName != "de" && Part("year") == "numeric" && Part("day") == "numeric" && month == "numeric")
        {
            parts['M'] = Number(p.Month + 1, pattern.Contains("MM", StringComparison.Ordinal) ? "2-digit" : "numeric");
            parts['d'] = Number(p.Day, pattern.Contains("dd", StringComparison.Ordinal) ? "2-digit" : "numeric");
        }

        var text = string.Join(separator, order.Where(parts.ContainsKey).Select(c => parts[c]));
        return WeekDay(p) is { Length: > 0 } name ? (text.Length > 0 ? $"{name}, {text}" : name) : text;
    }

    private string StyledDate(DateParts p, string style)
    {
        if (!IsAmerican)
        {
            var date = DateMath.ToUtc(DateMath.MakeDate(DateMath.MakeDay(p.Year, p.Month, p.Day), 0));
            return date.ToString(style is "full" or "long" ? "D" : "d", Culture);
        }

        var month = Culture.DateTimeFormat.GetMonthName(p.Month + 1);
        return style switch
        {
            "full" => $"{JavaScript.DateText.Days[p.WeekDay]}, {month} {p.Day}, {p.Year}",
            "long" => $"{month} {p.Day}, {p.Year}",
            "medium" => $"{month[..3]} {p.Day}, {p.Year}",
            "short" => string.Create(CultureInfo.InvariantCulture, $"{p.Month + 1}/{p.Day}/{p.Year % 100:00}"),
            _ => throw JsThrow.Range($"Value {style} out of range for Intl.DateTimeFormat options property dateStyle"),
        };
    }

    private string TimeText(DateParts p, double time)
    {
        var style = Part("timeStyle");
        var (showHour, showMinute, showSecond) = style is null
            ? (_parts.ContainsKey("hour"), _parts.ContainsKey("minute"), _parts.ContainsKey("second"))
            : (true, true, style != "short");
        var text = new StringBuilder();
        if (showHour)
        {
            var hour = IsHour12 ? (p.Hour + 11) % 12 + 1 : p.Hour;
            text.Append(Number(hour, !IsHour12 || Part("hour") == "2-digit" ? "2-digit" : "numeric"));
        }

        if (showMinute)
            text.Append(text.Length > 0 ? ":" : "").Append(Number(p.Minute, showHour || showSecond ? "2-digit" : Part("minute")!));
        if (showSecond)
            text.Append(text.Length > 0 ? ":" : "").Append(Number(p.Second, text.Length > 0 ? "2-digit" : Part("second") ?? "2-digit"));
        if (Part("fractionalSecondDigits") is { } digits && int.TryParse(digits, out var count))
            text.Append(text.Length > 0 ? "." : "").Append(p.Millisecond.ToString("000", CultureInfo.InvariantCulture)[..Math.Clamp(count, 1, 3)]);
        if (showHour && IsHour12)
            text.Append(' ').Append(p.Hour < 12 ? Meridiem("AM") : Meridiem("PM"));
        if (_parts.ContainsKey("timeZoneName") || style is "full" or "long")
            text.Append(text.Length > 0 ? " " : "").Append(style == "full" || Part("timeZoneName") == "long" ? JavaScript.DateText.ZoneName(Zone, time) : ShortZone(time));
        return text.ToString();
    }

    private string Meridiem(string english) => Culture.Name is "en-GB" or "en-AU" ? english.ToLowerInvariant() : english;

    private string ShortZone(double time)
    {
        var offset = (int)(DateMath.OffsetAt(Zone, time) / 60000);
        if (offset == 0)
            return "UTC";
        var minutes = Math.Abs(offset);
        return string.Create(CultureInfo.InvariantCulture, $"GMT{(offset < 0 ? '-' : '+')}{minutes / 60}{(minutes % 60 == 0 ? "" : ":" + (minutes % 60).ToString("00", CultureInfo.InvariantCulture))}");
    }

    private string WeekDay(DateParts p) => Part("weekday") switch
    {
        null => "",
        "long" => Culture.DateTimeFormat.GetDayName((DayOfWeek)p.WeekDay),
        "short" => Culture.DateTimeFormat.GetAbbreviatedDayName((DayOfWeek)p.WeekDay),
        _ => Culture.DateTimeFormat.GetDayName((DayOfWeek)p.WeekDay)[..1],
    };

    private static string Year(DateParts p, string style) => style == "2-digit"
        ? (p.Year % 100).ToString("00", CultureInfo.InvariantCulture)
        : p.Year.ToString(CultureInfo.InvariantCulture);

    private static string Number(int value, string style) => value.ToString(style == "2-digit" ? "00" : "0", CultureInfo.InvariantCulture);
}
