using System.Globalization;

namespace Platform.Scripting.JavaScript;

/// <summary>Escapes and character classes.</summary>
internal sealed partial class RegexTranslator
{
    private string Escape(out bool isQuantifiable)
    {
        isQuantifiable = true;
        _position++;
        if (AtEnd)
            throw Error("\\ at end of pattern");
        switch (Current)
        {
            case 'b':
                _position++;
                isQuantifiable = false;
                return $"(?:(?<={WordClass})(?!{WordClass})|(?<!{WordClass})(?={WordClass}))";
            case 'B':
                _position++;
                isQuantifiable = false;
                return $"(?:(?<={WordClass})(?={WordClass})|(?<!{WordClass})(?!{WordClass}))";
            case >= '1' and <= '9':
                if (TryBackReference() is { } reference)
                    return reference;
                break;
            case 'k' when _isUnicode || _declaredNames.Count > 0:
                return NamedReference();
            default:
                break;
        }

        if (TryClassEscape(out var set, out var isNegated))
            return set.ToPattern(isNegated, _isUnicode);
        return Literal(CharacterEscape(inClass: false));
    }

    private string? TryBackReference()
    {
        var end = _position;
        while (end < _source.Length && char.IsAsciiDigit(_source[end]))
            end++;
        if (int.TryParse(_source.AsSpan(_position, end - _position), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= _totalGroups)
        {
            _position = end;
            return Reference(number);
        }

        return _isUnicode ? throw Error("Invalid escape") : null;
    }

    private string NamedReference()
    {
        _position++;
        if (!Eat('<'))
            throw Error("Invalid named reference");
        var name = GroupName();
        if (!_declaredNames.Contains(name))
            throw Error("Invalid named capture referenced");

        // The number of a group that stands further right is found by counting again.
        var number = _groupNames.IndexOf(name) + 1;
        return Reference(number > 0 ? number : NumberOfLaterGroup(name));
    }

    private int NumberOfLaterGroup(string name)
    {
        var number = 0;
        for (var i = 0; i < _source.Length; i++)
        {
            if (_source[i] == '\\')
                i++;
            else if (_source[i] == '(' && (i + 1 >= _source.Length || _source[i + 1] != '?' || (i + 3 < _source.Length && _source[i + 2] == '<' && _source[i + 3] is not ('=' or '!'))))
                number++;
            if (i < _source.Length && string.CompareOrdinal(_source, i, $"(?<{name}>", 0, name.Length + 4) == 0)
                return number;
        }

        throw Error("Invalid named capture referenced");
    }

    // A group that has not taken part matches the empty text.
    private static string Reference(int number) => string.Create(CultureInfo.InvariantCulture, $"(?({number})\\{number})");

    private bool TryClassEscape(out CodePointSet set, out bool isNegated)
    {
        set = new CodePointSet();
        isNegated = char.IsAsciiLetterUpper(Current);
        switch (Current)
        {
            case 'd' or 'D':
                set = CodePointSet.Digits;
                break;
            case 'w' or 'W':
                set = CodePointSet.Word;
                break;
            case 's' or 'S':
                set = CodePointSet.Space;
                break;
            case 'p' or 'P' when _isUnicode:
                set = PropertySet();
                return true;
            default:
                return false;
        }

        _position++;
        return true;
    }

    private CodePointSet PropertySet()
    {
        _position++;
        var end = _source.IndexOf('}', _position);
        if (Current != '{' || end < 0)
            throw Error("Invalid property name");
        var expression = _source[(_position + 1)..end];
        _position = end + 1;
        return UnicodeProperties.Find(expression) ?? throw Error("Invalid property name");
    }

    private int CharacterEscape(bool inClass)
    {
        var c = _source[_position++];
        switch (c)
        {
            case 't':
                return '\t';
            case 'n':
                return '\n';
            case 'v':
                return '\v';
            case 'f':
                return '\f';
            case 'r':
                return '\r';
            case 'b' when inClass:
                return '\b';
            case '-' when inClass && _isUnicode:
                return '-';
            case 'c' when char.IsAsciiLetter(Current):
                return _source[_position++] % 32;
            case 'c' when !_isUnicode:
                _position--;
                return '\\';
            case '0' when !char.IsAsciiDigit(Current):
                return 0;
            case >= '0' and <= '7' when !_isUnicode:
                return LegacyOctal(c);
            case 'x':
                return HexEscape(2, c);
            case 'u':
                return UnicodeEscape();
            default:
                return IdentityEscape(c);
        }
    }

    private int IdentityEscape(char c)
    {
        if (!_isUnicode)
            return c;
        return "^$\\.*+?()[]{}|/".Contains(c, StringComparison.Ordinal) ? c : throw Error("Invalid escape");
    }

    private int LegacyOctal(char first)
    {
        var value = first - '0';
        for (var digits = 1; digits < 3 && Current is >= '0' and <= '7' && (value * 8) + Current - '0' <= 255; digits++)
            value = (value * 8) + _source[_position++] - '0';
        return value;
    }

    private int HexEscape(int digits, char letter)
    {
        if (_position + digits <= _source.Length
            && int.TryParse(_source.AsSpan(_position, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            _position += digits;
            return value;
        }

        return _isUnicode ? throw Error(letter == 'x' ? "Invalid escape" : "Invalid Unicode escape") : letter;
    }

    private int UnicodeEscape()
    {
        if (_isUnicode && Current == '{')
        {
            var end = _source.IndexOf('}', _position);
            if (end < 0 || !int.TryParse(_source.AsSpan(_position + 1, end - _position - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code > 0x10FFFF)
                throw Error("Invalid Unicode escape");
            _position = end + 1;
            return code;
        }

        var unit = HexEscape(4, 'u');
        if (!_isUnicode || unit is < 0xD800 or > 0xDBFF || !Looking("\\u"))
            return unit;
        var back = _position;
        _position += 2;
        var low = HexEscape(4, 'u');
        if (low is >= 0xDC00 and <= 0xDFFF)
            return char.ConvertToUtf32((char)unit, (char)low);
        _position = back;
        return unit;
    }

    private string CharacterClass()
    {
        _position++;
        var isNegated = Eat('^');
        var set = new CodePointSet();
        while (!Eat(']'))
        {
            if (AtEnd)
                throw Error("Unterminated character class");
            var first = ClassAtom(set);
            if (Current != '-' || _position + 1 >= _source.Length || _source[_position + 1] == ']')
            {
                if (first >= 0)
                    set.Add(first, first);
                continue;
            }

            _position++;
            var last = ClassAtom(set);
            AddRange(set, first, last);
        }

        return set.ToPattern(isNegated, _isUnicode);
    }

    private void AddRange(CodePointSet set, int first, int last)
    {
        if (first >= 0 && last >= 0)
        {
            if (first > last)
                throw Error("Range out of order in character class");
            set.Add(first, last);
            return;
        }

        if (_isUnicode)
            throw Error("Invalid character class");
        set.Add('-', '-');
        if (first >= 0)
            set.Add(first, first);
        if (last >= 0)
            set.Add(last, last);
    }

    // One character of a class, or -1 after adding a whole set.
    private int ClassAtom(CodePointSet set)
    {
        if (AtEnd)
            throw Error("Unterminated character class");
        if (Current != '\\')
            return ReadCodePoint();
        _position++;
        if (AtEnd)
            throw Error("\\ at end of pattern");
        if (!TryClassEscape(out var inner, out var isNegated))
            return CharacterEscape(inClass: true);
        set.Add(isNegated ? Complemented(inner) : inner);
        return -1;
    }

    // Without case, the long s and the Kelvin sign are letters of the ASCII words, so they must not slip into \W.
    private CodePointSet Complemented(CodePointSet set)
    {
        if (_ignoresCase)
            set.Add(0x17F, 0x17F).Add(0x212A, 0x212A);
        return set.Complement();
    }
}
