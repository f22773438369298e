using System.Globalization;

namespace Platform.Scripting.Liquid;

/// <summary>
/// Reads dates from text like the Date function of ECMAScript: first as ISO 8601, then by the rules that browsers have in common
/// ("Nov 21, 2026 10:30 pm", "21 November 2026 10:30 +0200", "11/21/2026").
/// </summary>
internal static class DateText
{
    private static readonly string[] s_months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    private static readonly Dictionary<string, int> s_zones = new()
    {
        ["utc"] = 0,
        ["ut"] = 0,
        ["gmt"] = 0,
        ["z"] = 0,
        ["est"] = -5,
        ["edt"] = -4,
        ["cst"] = -6,
        ["cdt"] = -5,
        ["mst"] = -7,
        ["mdt"] = -6,
        ["pst"] = -8,
        ["pdt"] = -7,
    };

    public static DateTimeOffset? Read(string text, TimeZoneInfo local) => ReadIso(text, local) ?? new Legacy(text).Read(local);

    private static DateTimeOffset? ReadIso(string text, TimeZoneInfo local)
    {
        const DateTimeStyles Style = DateTimeStyles.None;
        var culture = CultureInfo.InvariantCulture;
        if (DateTime.TryParseExact(text, ["yyyy-MM-dd", "yyyy-MM", "yyyy"], culture, Style, out var day))
            return new DateTimeOffset(day, TimeSpan.Zero);
        var t = text.IndexOf('T', StringComparison.Ordinal);
        if (t < 0)
            return null;
        var zone = text.AsSpan(t).IndexOfAny("Z+-");
        var clock = zone < 0 ? text[(t + 1)..] : text[(t + 1)..(t + zone)];
        var point = clock.IndexOf('.', StringComparison.Ordinal);
        if (point > 0 && (point != 8 || clock.Length == 9 || !clock.AsSpan(9).ContainsOnlyDigits()))
            return null;
        var fraction = point > 0 ? clock[(point + 1)..].PadRight(3, '0')[..3] : "000";
        var whole = point > 0 ? clock[..point] : clock;
        if (!DateTime.TryParseExact(text[..t], ["yyyy-MM-dd", "yyyy-MM", "yyyy"], culture, Style, out day)
            || !DateTime.TryParseExact(whole is "24:00" or "24:00:00" ? "00:00" : whole, ["HH:mm", "HH:mm:ss"], culture, Style, out var time))
            return null;
        var wall = day + time.TimeOfDay + TimeSpan.FromMilliseconds(int.Parse(fraction, culture)) + (whole is "24:00" or "24:00:00" ? TimeSpan.FromDays(1) : default);
        if (zone < 0)
            return InZone(wall, local);
        var name = text[(t + zone)..];
        if (name == "Z")
            return new DateTimeOffset(wall, TimeSpan.Zero);
        return TimeSpan.TryParseExact(name[1..], ["hh\\:mm"], culture, out var offset) ? At(wall, name[0] == '-' ? -offset : offset) : null;
    }

    private static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');

    private static DateTimeOffset? InZone(DateTime wall, TimeZoneInfo zone) => At(wall, zone.GetUtcOffset(DateTime.SpecifyKind(wall, DateTimeKind.Unspecified)));

    private static DateTimeOffset? At(DateTime wall, TimeSpan offset)
    {
        var ticks = wall.Ticks - offset.Ticks;
        return ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
    }

    /// <summary>A text that is read word by word.</summary>
    private sealed class Legacy(string text)
    {
        private readonly List<int> _date = [];
        private readonly List<int> _time = [];
        private int _at;
        private int _month;
        private bool? _isAfternoon;
        private int? _zoneMinutes;
        private int _milliseconds;

        public DateTimeOffset? Read(TimeZoneInfo local)
        {
            while (_at < text.Length)
            {
                if (!ReadPart())
                    return null;
            }

            return Compose() is not { } wall ? null : _zoneMinutes is { } minutes ? At(wall, TimeSpan.FromMinutes(minutes)) : InZone(wall, local);
        }

        private bool ReadPart()
        {
            var c = text[_at];
            if (char.IsAsciiDigit(c))
                return TakeNumber();
            if (char.IsAsciiLetter(c))
                return TakeWord();
            if (c is '+' or '-' && (_zoneMinutes is not null || _time.Count > 0))
                return TakeOffset();
            if (c == '(')
            {
                SkipParentheses();
                return true;
            }

            _at++;
            return c != ')' || _date.Count == 0;
        }

        private bool TakeNumber()
        {
            var number = Number();
            var next = _at < text.Length ? text[_at] : '\0';
            if (next == ':' && _time.Count < 2)
            {
                _time.Add(number);
                _at++;
                if (_at >= text.Length || !char.IsAsciiDigit(text[_at]))
                    return false;
                TakeLastOfTime();
                return true;
            }

            return Day(number, next);
        }

        private void TakeLastOfTime()
        {
            var before = _at;
            var number = Number();
            if (_at < text.Length && text[_at] == ':' && _time.Count < 2)
            {
                _at = before;
                return;
            }

            _time.Add(number);
            if (_at + 1 < text.Length && text[_at] == '.' && _time.Count == 3 && char.IsAsciiDigit(text[_at + 1]))
            {
                var begin = ++_at;
                Number();
                _milliseconds = int.Parse(text[begin.._at].PadRight(3, '0')[..3], CultureInfo.InvariantCulture);
            }
        }

        private bool Day(int number, char next)
        {
            if (_date.Count == 3)
                return false;
            _date.Add(number);
            if (next is '-' or '/' or ',' or '.')
                _at++;
            return true;
        }

        private bool TakeWord()
        {
            var begin = _at;
            while (_at < text.Length && char.IsAsciiLetter(text[_at]))
                _at++;
            var word = text[begin.._at].ToLowerInvariant();
            if (word is "am" or "pm" && _time.Count > 0)
                _isAfternoon = word == "pm";
            else if (s_zones.TryGetValue(word, out var hours) && (_date.Count > 0 || _time.Count > 0))
                _zoneMinutes = hours * 60;
            else if (word.Length >= 3 && Array.IndexOf(s_months, word[..3]) is >= 0 and var month)
                (_month, _at) = (month + 1, _at < text.Length && text[_at] == '-' ? _at + 1 : _at);
            else if (word != "t" || _date.Count == 0)
                return _date.Count == 0 && _time.Count == 0 && (_at == text.Length || !char.IsAsciiDigit(text[_at]));
            return true;
        }

        private bool TakeOffset()
        {
            var sign = text[_at++] == '-' ? -1 : 1;
            if (_at >= text.Length || !char.IsAsciiDigit(text[_at]))
                return false;
            var begin = _at;
            var number = Number();
            var minutes = _at - begin <= 2 ? number * 60 : (number / 100 * 60) + (number % 100);
            if (_at - begin <= 2 && _at < text.Length && text[_at] == ':')
            {
                _at++;
                minutes += Number();
            }

            _zoneMinutes = sign * minutes;
            return minutes < 24 * 60;
        }

        private void SkipParentheses()
        {
            var depth = 0;
            do
            {
                depth += text[_at] == '(' ? 1 : text[_at] == ')' ? -1 : 0;
                _at++;
            }
            while (_at < text.Length && depth > 0);
        }

        private int Number()
        {
            long number = 0;
            for (; _at < text.Length && char.IsAsciiDigit(text[_at]); _at++)
                number = Math.Min(int.MaxValue, (number * 10) + text[_at] - '0');
            return (int)number;
        }

        // Which number is the year depends on whether it can be a day. Missing parts are 1; years of two digits are near 2000.
        private DateTime? Compose()
        {
            if (_date.Count == 0)
                return null;
            while (_date.Count < 3)
                _date.Add(1);
            int year = 0, month = _month, day;
            if (month > 0)
                (year, day) = IsDay(_date[0]) ? (_date[1], _date[0]) : (_date[0], _date[1]);
            else if (!IsDay(_date[0]))
                (year, month, day) = (_date[0], _date[1], _date[2]);
            else
                (year, month, day) = (_date[2], _date[0], _date[1]);
            year += year < 50 ? 2000 : year < 100 ? 1900 : 0;
            if (year > 9990 || month is < 1 or > 12 || !IsDay(day))
                return null;
            return TimeOfDay() is { } time ? new DateTime(year, month, 1).AddDays(day - 1) + time : null;
        }

        private TimeSpan? TimeOfDay()
        {
            while (_time.Count < 3)
                _time.Add(0);
            var hour = _time[0];
            if (_isAfternoon is { } isAfternoon)
            {
                if (hour is < 1 or > 12)
                    return null;
                hour = (hour % 12) + (isAfternoon ? 12 : 0);
            }

            var isEndOfDay = hour == 24 && _time[1] == 0 && _time[2] == 0;
            return (hour > 23 && !isEndOfDay) || _time[1] > 59 || _time[2] > 59 ? null : new TimeSpan(0, hour, _time[1], _time[2], _milliseconds);
        }

        private static bool IsDay(int number) => number is >= 1 and <= 31;
    }
}
