using System.Globalization;

namespace Platform.Scripting.JavaScript;

/// <summary>Reads dates: the ISO form exactly, and the loose English forms that people write.</summary>
internal sealed class DateParser
{
    private static readonly string[] s_months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] s_days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private static readonly Dictionary<string, int> s_zones = new()
    {
        ["gmt"] = 0,
        ["utc"] = 0,
        ["ut"] = 0,
        ["z"] = 0,
        ["est"] = -300,
        ["edt"] = -240,
        ["cst"] = -360,
        ["cdt"] = -300,
        ["mst"] = -420,
        ["mdt"] = -360,
        ["pst"] = -480,
        ["pdt"] = -420,
    };

    private readonly string _text;
    private readonly TimeZoneInfo _zone;
    private readonly List<int> _numbers = [];
    private int _position;
    private int _month = -1;
    private int _day = -1;
    private int _year = int.MinValue;
    private int _hour = -1;
    private int _minute;
    private int _second;
    private int _ms;
    private int? _offset;
    private bool _isAfternoon;
    private bool _hasMeridiem;

    private DateParser(string text, TimeZoneInfo zone)
    {
        _text = text;
        _zone = zone;
    }

    public static double Parse(string text, TimeZoneInfo zone)
    {
        text = text.Trim();
        var iso = ParseIso(text, zone);
        return double.IsNaN(iso) ? new DateParser(text, zone).ParseLoose() : iso;
    }

    private static double ParseIso(string text, TimeZoneInfo zone)
    {
        var i = 0;
        var sign = 1;
        var yearDigits = 4;
        if (text.Length > 0 && text[0] is '+' or '-')
        {
            sign = text[0] == '-' ? -1 : 1;
            yearDigits = 6;
            i++;
        }

        if (!Digits(text, ref i, yearDigits, out var year) || (sign < 0 && year == 0))
            return double.NaN;
        var (month, day, hour, minute, second, ms) = (1, 1, 0, 0, 0, 0);
        if (Eat(text, ref i, '-'))
        {
            if (!Digits(text, ref i, 2, out month))
                return double.NaN;
            if (Eat(text, ref i, '-') && !Digits(text, ref i, 2, out day))
                return double.NaN;
        }

        var hasTime = i < text.Length && text[i] is 'T' or 't' or ' ' && i > yearDigits;
        double? offset = null;
        if (hasTime)
        {
            i++;
            if (!TryTime(text, ref i, out hour, out minute, out second, out ms) || !TryOffset(text, ref i, out offset))
                return double.NaN;
        }

        if (i != text.Length || month is < 1 or > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 59
            || (hour == 24 && (minute | second | ms) != 0))
        {
            return double.NaN;
        }

        var time = DateMath.MakeDate(DateMath.MakeDay(sign * year, month - 1, day), DateMath.MakeTime(hour, minute, second, ms));
        if (offset is { } known)
            return DateMath.Clip(time - known);
        return DateMath.Clip(hasTime ? DateMath.FromLocal(zone, time) : time);
    }

    private static bool TryTime(string text, ref int i, out int hour, out int minute, out int second, out int ms)
    {
        (minute, second, ms) = (0, 0, 0);
        if (!Digits(text, ref i, 2, out hour) || !Eat(text, ref i, ':') || !Digits(text, ref i, 2, out minute))
            return false;
        if (!Eat(text, ref i, ':'))
            return true;
        if (!Digits(text, ref i, 2, out second))
            return false;
        if (i < text.Length && text[i] is '.' or ',')
        {
            i++;
            var start = i;
            while (i < text.Length && char.IsAsciiDigit(text[i]))
                i++;
            if (i == start)
                return false;
            ms = int.Parse(text.Substring(start, Math.Min(3, i - start)).PadRight(3, '0'), CultureInfo.InvariantCulture);
        }

        return true;
    }

    private static bool TryOffset(string text, ref int i, out double? offset)
    {
        offset = null;
        if (i >= text.Length)
            return true;
        if (text[i] is 'Z' or 'z')
        {
            i++;
            offset = 0;
            return true;
        }

        if (text[i] is not ('+' or '-'))
            return false;
        var sign = text[i++] == '-' ? -1 : 1;
        if (!Digits(text, ref i, 2, out var hours))
            return false;
        Eat(text, ref i, ':');
        if (!Digits(text, ref i, 2, out var minutes))
            return false;
        offset = sign * ((hours * 60) + minutes) * 60000d;
        return true;
    }

    private static bool Digits(string text, ref int i, int count, out int value)
    {
        value = 0;
        if (i + count > text.Length)
            return false;
        for (var end = i + count; i < end; i++)
        {
            if (!char.IsAsciiDigit(text[i]))
                return false;
            value = (value * 10) + text[i] - '0';
        }

        return true;
    }

    private static bool Eat(string text, ref int i, char c)
    {
        if (i >= text.Length || text[i] != c)
            return false;
        i++;
        return true;
    }

    private double ParseLoose()
    {
        while (_position < _text.Length)
        {
            var c = _text[_position];
            var ok = true;
            if (c == '(')
                SkipComment();
            else if (char.IsAsciiDigit(c))
                ok = ReadNumber();
            else if (char.IsAsciiLetter(c))
                ok = ReadWord();
            else if (c is '+' or '-' && _hour >= 0 && _offset is null or 0 && _position + 1 < _text.Length && char.IsAsciiDigit(_text[_position + 1]))
                ok = ReadOffset();
            else
                _position++;
            if (!ok)
                return double.NaN;
        }

        return Assemble();
    }

    private void SkipComment()
    {
        var depth = 0;
        do
        {
            depth += _text[_position] switch { '(' => 1, ')' => -1, _ => 0 };
            _position++;
        }
        while (_position < _text.Length && depth > 0);
    }

    private bool ReadNumber()
    {
        var start = _position;
        while (_position < _text.Length && char.IsAsciiDigit(_text[_position]))
            _position++;
        if (_position - start > 6)
            return false;
        var number = int.Parse(_text.AsSpan(start, _position - start), NumberStyles.None, CultureInfo.InvariantCulture);
        if (_position < _text.Length && _text[_position] == ':' && _hour < 0)
        {
            _hour = number;
            return ReadClock();
        }

        if (_position - start > 2 && _year == int.MinValue && (_numbers.Count > 0 || _month >= 0 || _position - start == 4))
            _year = number;
        else
            _numbers.Add(number);
        if (_year != int.MinValue && _numbers.Count == 0 && _month < 0)
            _numbers.Add(-1);
        return _numbers.Count <= 4;
    }

    private bool ReadClock()
    {
        _position++;
        if (!ReadSmall(out _minute))
            return false;
        if (_position < _text.Length && _text[_position] == ':')
        {
            _position++;
            if (!ReadSmall(out _second))
                return false;
            if (_position < _text.Length && _text[_position] == '.')
            {
                _position++;
                var start = _position;
                while (_position < _text.Length && char.IsAsciiDigit(_text[_position]))
                    _position++;
                _ms = _position == start ? 0 : int.Parse(_text[start.._position].PadRight(3, '0')[..3], CultureInfo.InvariantCulture);
            }
        }

        return true;
    }

    private bool ReadSmall(out int value)
    {
        var start = _position;
        while (_position < _text.Length && char.IsAsciiDigit(_text[_position]))
            _position++;
        value = 0;
        return _position > start && _position - start <= 2 && int.TryParse(_text.AsSpan(start, _position - start), NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    private bool ReadWord()
    {
        var start = _position;
        while (_position < _text.Length && char.IsAsciiLetter(_text[_position]))
            _position++;
        var word = _text[start.._position].ToLowerInvariant();
        if (word is "am" or "pm")
        {
            _hasMeridiem = true;
            _isAfternoon = word == "pm";
            return _hour >= 0;
        }

        if (s_zones.TryGetValue(word, out var minutes))
        {
            _offset = minutes;
            return true;
        }

        if (word.Length >= 3 && Array.IndexOf(s_months, word[..3]) is var month and >= 0)
        {
            _month = month;
            return true;
        }

        return word == "t" || (word.Length >= 3 && Array.IndexOf(s_days, word[..3]) >= 0) || _numbers.Count == 0;
    }

    private bool ReadOffset()
    {
        var sign = _text[_position++] == '-' ? -1 : 1;
        var start = _position;
        while (_position < _text.Length && char.IsAsciiDigit(_text[_position]))
            _position++;
        var digits = _text[start.._position];
        if (_position < _text.Length && _text[_position] == ':')
        {
            _position++;
            if (!ReadSmall(out var minutes))
                return false;
            _offset = sign * ((int.Parse(digits, CultureInfo.InvariantCulture) * 60) + minutes);
            return true;
        }

        var value = digits.Length <= 4 ? int.Parse(digits, CultureInfo.InvariantCulture) : 0;
        _offset = sign * (digits.Length <= 2 ? value * 60 : (value / 100 * 60) + (value % 100));
        return digits.Length <= 4;
    }

    private double Assemble()
    {
        var yearFirst = _numbers.Count > 0 && _numbers[0] == -1;
        if (yearFirst)
            _numbers.RemoveAt(0);
        if (_month < 0)
        {
            if (_numbers.Count == 0)
                return double.NaN;
            _month = _numbers[0] - 1;
            _numbers.RemoveAt(0);
        }

        _day = _numbers.Count > 0 ? _numbers[0] : 1;
        if (_year == int.MinValue)
            _year = _numbers.Count > 1 ? (_numbers[1] < 50 ? 2000 + _numbers[1] : _numbers[1] < 100 ? 1900 + _numbers[1] : _numbers[1]) : 2001;
        if (_hasMeridiem)
        {
            if (_hour is < 1 or > 12)
                return double.NaN;
            _hour = (_hour % 12) + (_isAfternoon ? 12 : 0);
        }

        if (_month is < 0 or > 11 || _day is < 1 or > 31 || _hour > 24 || _minute > 59 || _second > 59)
            return double.NaN;
        var time = DateMath.MakeDate(DateMath.MakeDay(_year, _month, _day), DateMath.MakeTime(Math.Max(_hour, 0), _minute, _second, _ms));
        return DateMath.Clip(_offset is { } offset ? time - (offset * 60000d) : DateMath.FromLocal(_zone, time));
    }
}
