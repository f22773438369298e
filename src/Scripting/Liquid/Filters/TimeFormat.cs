using System.Globalization;
using System.Text;

namespace Platform.Scripting.Liquid;

/// <summary>Writes times by the formats of strftime, as far as LiquidJS knows them; in English.</summary>
internal static class TimeFormat
{
    private const string SpacePadded = "aAbBceklpP";

    private static readonly CultureInfo s_english = CultureInfo.InvariantCulture;

    public static string Write(RenderBudget budget, LocalTime time, string format)
    {
        var result = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || ReadDirective(format, i) is not { } directive || Convert(time, directive) is not { } text)
            {
                result.Append(format[i]);
                continue;
            }

            result.Append(Finish(budget, text, directive));
            i = directive.End;
        }

        return result.ToString();
    }

    private static Directive? ReadDirective(string format, int begin)
    {
        var at = begin + 1;
        while (at < format.Length && "-_0^#:".Contains(format[at]))
            at++;
        var flags = format[(begin + 1)..at];
        var digits = at;
        while (at < format.Length && char.IsAsciiDigit(format[at]))
            at++;
        var width = at > digits ? Math.Min(1e9, NumberText.Parse(format[digits..at])) : 0;
        if (at + 1 < format.Length && format[at] is 'E' or 'O')
            at++;
        return at < format.Length && format[at] is not ('\n' or '\r') ? new Directive(flags, width, format[at], at) : null;
    }

    private static string Finish(RenderBudget budget, string text, Directive directive)
    {
        if (directive.Has('^'))
            text = text.ToUpperInvariant();
        else if (directive.Has('#'))
            text = text.Any(char.IsAsciiLetterLower) ? text.ToUpperInvariant() : text.ToLowerInvariant();
        var pad = directive.Has('_') ? ' ' : directive.Has('0') || !SpacePadded.Contains(directive.Code) ? '0' : ' ';
        var width = directive.Has('-') ? 0 : directive.Width > 0 ? directive.Width : DefaultWidth(directive.Code);
        budget.Text(width + text.Length);
        if (width <= text.Length)
            return text;
        return pad == '0' && text[..1] == "-" ? "-" + text[1..].PadLeft((int)width - 1, pad) : text.PadLeft((int)width, pad);
    }

    private static int DefaultWidth(char code) => code switch
    {
        'C' or 'd' or 'e' or 'H' or 'I' or 'k' or 'l' or 'm' or 'M' or 'S' or 'U' or 'W' or 'y' => 2,
        'j' or 'L' => 3,
        'Y' => 4,
        _ => 0,
    };

    private static string? Convert(LocalTime time, Directive directive)
    {
        var wall = time.Wall;
        return directive.Code switch
        {
            'a' => wall.ToString("ddd", s_english),
            'A' => wall.ToString("dddd", s_english),
            'b' or 'h' => wall.ToString("MMM", s_english),
            'B' => wall.ToString("MMMM", s_english),
            'c' => wall.ToString("M/d/yyyy, h:mm:ss tt", s_english),
            'x' => wall.ToString("M/d/yyyy", s_english),
            'X' => wall.ToString("h:mm:ss tt", s_english),
            'p' => wall.Hour < 12 ? "AM" : "PM",
            'P' => wall.Hour < 12 ? "am" : "pm",
            'q' => Ordinal(wall.Day),
            'N' => Fraction(wall, directive),
            'z' => Zone(time, directive),
            'Z' => time.ZoneName.Length > 0 ? time.ZoneName : Zone(time, directive),
            't' => "\t",
            'n' => "\n",
            '%' => "%",
            _ => Number(time, directive.Code)?.ToString(s_english),
        };
    }

    private static long? Number(LocalTime time, char code)
    {
        var wall = time.Wall;
        return code switch
        {
            'C' => wall.Year / 100,
            'd' or 'e' => wall.Day,
            'H' or 'k' => wall.Hour,
            'I' or 'l' => wall.Hour % 12 == 0 ? 12 : wall.Hour % 12,
            'j' => wall.DayOfYear,
            'L' => wall.Millisecond,
            'm' => wall.Month,
            'M' => wall.Minute,
            's' => time.Instant.ToUnixTimeSeconds(),
            'S' => wall.Second,
            'u' => wall.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)wall.DayOfWeek,
            'U' => Week(wall, DayOfWeek.Sunday),
            'w' => (int)wall.DayOfWeek,
            'W' => Week(wall, DayOfWeek.Monday),
            'y' => wall.Year % 100,
            'Y' => wall.Year,
            _ => null,
        };
    }

    // The days before the first such day of a year belong to week 0.
    private static long Week(DateTime day, DayOfWeek start)
    {
        var sinceStart = ((int)day.DayOfWeek - (int)start + 7) % 7;
        return (day.DayOfYear - 1 - sinceStart + 7) / 7;
    }

    private static string Ordinal(int day) => day is 11 or 12 or 13 ? "th" : (day % 10) switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" };

    private static string Fraction(DateTime wall, Directive directive)
    {
        var width = (int)Math.Min(1_000, directive.Width > 0 ? directive.Width : 9);
        var text = wall.Millisecond.ToString("000", s_english);
        return text[..Math.Min(width, 3)].PadRight(width, '0');
    }

    private static string Zone(LocalTime time, Directive directive)
    {
        var minutes = (int)Math.Abs(Math.Truncate(time.Offset.TotalMinutes));
        var sign = time.Offset < TimeSpan.Zero ? "-" : "+";
        return sign + (minutes / 60).ToString("00", s_english) + (directive.Has(':') ? ":" : "") + (minutes % 60).ToString("00", s_english);
    }

    private sealed record Directive(string Flags, double Width, char Code, int End)
    {
        public bool Has(char flag) => Flags.Contains(flag);
    }
}
