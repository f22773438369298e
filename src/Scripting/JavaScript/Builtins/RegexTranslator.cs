using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Platform.Scripting.JavaScript;

/// <summary>A regular expression of the language in the terms of .NET.</summary>
internal sealed record TranslatedRegex(string Pattern, RegexOptions Options, string?[] GroupNames)
{
    /// <summary>Groups without the whole match.</summary>
    public int GroupCount => GroupNames.Length;
}

/// <summary>
/// Translates patterns so that .NET matches what the language says: ASCII classes, its line ends and white space, groups in
/// source order that forget their capture at every round of a loop, back references to unset groups that match nothing.
/// </summary>
internal sealed partial class RegexTranslator
{
    private const int CacheSize = 500;
    private const int NestingMax = 200;
    private const string WordClass = "[a-zA-Z0-9_]";

    private static readonly ConcurrentDictionary<(string, string), TranslatedRegex> s_translated = new();
    private static readonly ConcurrentDictionary<(string, string, TimeSpan), Regex> s_compiled = new();

    private readonly string _source;
    private readonly bool _isUnicode;
    private readonly bool _isMultiline;
    private readonly bool _isDotAll;
    private readonly bool _ignoresCase;
    private readonly List<string?> _groupNames = [];
    private readonly int _totalGroups;
    private readonly HashSet<string> _declaredNames;
    private int _position;
    private int _nesting;

    private RegexTranslator(string source, string flags)
    {
        _source = source;
        _isUnicode = flags.Contains('u', StringComparison.Ordinal) || flags.Contains('v', StringComparison.Ordinal);
        _isMultiline = flags.Contains('m', StringComparison.Ordinal);
        _isDotAll = flags.Contains('s', StringComparison.Ordinal);
        _ignoresCase = flags.Contains('i', StringComparison.Ordinal);
        (_totalGroups, _declaredNames) = CountGroups();
    }

    /// <summary>Translates; throws a SyntaxError for what is no regular expression.</summary>
    public static TranslatedRegex Translate(string source, string flags)
    {
        CheckFlags(flags);
        if (s_translated.TryGetValue((source, flags), out var known))
            return known;
        var translator = new RegexTranslator(source, flags);
        var pattern = translator.Disjunction();
        if (translator._position < source.Length)
            throw translator.Error("Unmatched ')'");
        var options = RegexOptions.CultureInvariant | (translator._ignoresCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        var result = new TranslatedRegex(pattern, options, [.. translator._groupNames]);
        if (s_translated.Count >= CacheSize)
            s_translated.Clear();
        s_translated[(source, flags)] = result;
        return result;
    }

    /// <summary>The .NET expression; one that must match at the start position when sticky.</summary>
    public static Regex Compile(string source, string flags, TimeSpan timeout)
    {
        if (s_compiled.TryGetValue((source, flags, timeout), out var known))
            return known;
        var translated = Translate(source, flags);
        var pattern = flags.Contains('y', StringComparison.Ordinal) ? $"\\G(?:{translated.Pattern})" : translated.Pattern;
        Regex regex;
        try
        {
            regex = new Regex(pattern, translated.Options, timeout);
        }
        catch (ArgumentException exception)
        {
            throw JsThrow.Syntax($"Invalid regular expression: /{source}/{flags}: {exception.Message}");
        }

        if (s_compiled.Count >= CacheSize)
            s_compiled.Clear();
        s_compiled[(source, flags, timeout)] = regex;
        return regex;
    }

    private static void CheckFlags(string flags)
    {
        for (var i = 0; i < flags.Length; i++)
        {
            if (!"dgimsuvy".Contains(flags[i], StringComparison.Ordinal) || flags.IndexOf(flags[i], StringComparison.Ordinal) != i)
                throw JsThrow.Syntax($"Invalid flags supplied to RegExp constructor '{flags}'");
        }

        if (flags.Contains('u', StringComparison.Ordinal) && flags.Contains('v', StringComparison.Ordinal))
            throw JsThrow.Syntax($"Invalid flags supplied to RegExp constructor '{flags}'");
    }

    private JsThrow Error(string problem) => JsThrow.Syntax($"Invalid regular expression: /{_source}/: {problem}");

    private char Current => _position < _source.Length ? _source[_position] : '\0';

    private bool AtEnd => _position >= _source.Length;

    private bool Looking(string text) => string.CompareOrdinal(_source, _position, text, 0, text.Length) == 0;

    private bool Eat(char c)
    {
        if (AtEnd || Current != c)
            return false;
        _position++;
        return true;
    }

    // Forward references need the number of groups and their names before the pattern is read.
    private (int Count, HashSet<string> Names) CountGroups()
    {
        var count = 0;
        var names = new HashSet<string>();
        var inClass = false;
        for (var i = 0; i < _source.Length; i++)
        {
            switch (_source[i])
            {
                case '\\':
                    i++;
                    break;
                case '[':
                    inClass = true;
                    break;
                case ']':
                    inClass = false;
                    break;
                case '(' when !inClass:
                    if (i + 1 >= _source.Length || _source[i + 1] != '?')
                    {
                        count++;
                    }
                    else if (i + 3 < _source.Length && _source[i + 2] == '<' && _source[i + 3] is not ('=' or '!'))
                    {
                        count++;
                        var end = _source.IndexOf('>', i + 3);
                        if (end > 0)
                            names.Add(_source[(i + 3)..end]);
                    }

                    break;
                default:
                    break;
            }
        }

        return (count, names);
    }

    private string Disjunction()
    {
        if (++_nesting > NestingMax)
            throw Error("too deeply nested");
        var result = new StringBuilder(Alternative());
        while (Eat('|'))
            result.Append('|').Append(Alternative());
        _nesting--;
        return result.ToString();
    }

    private string Alternative()
    {
        var result = new StringBuilder();
        while (!AtEnd && Current is not ('|' or ')'))
            result.Append(Term());
        return result.ToString();
    }

    private string Term()
    {
        var firstGroup = _groupNames.Count;
        var atom = Atom(out var isQuantifiable);
        var quantifier = Quantifier(out var repeats);
        if (quantifier is null)
            return atom;
        if (!isQuantifiable)
            throw Error("Nothing to repeat");
        if (!repeats || _groupNames.Count == firstGroup)
            return $"(?:{atom}){quantifier}";

        // Each round starts with the captures inside forgotten.
        var reset = new StringBuilder();
        for (var group = firstGroup + 1; group <= _groupNames.Count; group++)
            reset.Append(CultureInfo.InvariantCulture, $"(?({group})(?<-{group}>))");
        return $"(?:{reset}{atom}){quantifier}";
    }

    private string Atom(out bool isQuantifiable)
    {
        isQuantifiable = true;
        var c = Current;
        switch (c)
        {
            case '^':
                _position++;
                isQuantifiable = false;
                return _isMultiline ? "(?<=\\A|[\\n\\r\\u2028\\u2029])" : "\\A";
            case '$':
                _position++;
                isQuantifiable = false;
                return _isMultiline ? "(?=[\\n\\r\\u2028\\u2029]|\\z)" : "\\z";
            case '(':
                return Group(out isQuantifiable);
            case '.':
                _position++;
                return Dot();
            case '[':
                return CharacterClass();
            case '\\':
                return Escape(out isQuantifiable);
            case '*' or '+' or '?':
                throw Error("Nothing to repeat");
            case '{' when _isUnicode || IsQuantifierBrace():
                throw Error("Nothing to repeat");
            case ']' or '}' when _isUnicode:
                throw Error("Lone quantifier brackets");
            default:
                return Literal(ReadCodePoint());
        }
    }

    private string Dot()
    {
        var basic = _isDotAll ? "[\\s\\S]" : "[^\\n\\r\\u2028\\u2029]";
        return _isUnicode ? $"(?:[\\uD800-\\uDBFF][\\uDC00-\\uDFFF]|{basic})" : basic;
    }

    private string Group(out bool isQuantifiable)
    {
        _position++;
        isQuantifiable = true;
        string open;
        if (!Looking("?"))
        {
            _groupNames.Add(null);
            open = string.Create(CultureInfo.InvariantCulture, $"(?<{_groupNames.Count}>");
        }
        else if (Looking("?:"))
        {
            _position += 2;
            open = "(?:";
        }
        else if (Looking("?=") || Looking("?!"))
        {
            open = Looking("?=") ? "(?=" : "(?!";
            _position += 2;
            isQuantifiable = !_isUnicode;
        }
        else if (Looking("?<=") || Looking("?<!"))
        {
            open = Looking("?<=") ? "(?<=" : "(?<!";
            _position += 3;
            isQuantifiable = false;
        }
        else if (Looking("?<"))
        {
            _position += 2;
            var name = GroupName();
            if (_groupNames.Contains(name))
                throw Error("Duplicate capture group name");
            _groupNames.Add(name);
            open = string.Create(CultureInfo.InvariantCulture, $"(?<{_groupNames.Count}>");
        }
        else
        {
            throw Error("Invalid group");
        }

        var body = Disjunction();
        if (!Eat(')'))
            throw Error("Unterminated group");
        return $"{open}{body})";
    }

    private string GroupName()
    {
        var end = _source.IndexOf('>', _position);
        var name = end < 0 ? "" : _source[_position..end];
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(c => char.IsLetterOrDigit(c) || c is '_' or '$' || char.IsSurrogate(c)))
            throw Error("Invalid capture group name");
        _position = end + 1;
        return name;
    }

    private string? Quantifier(out bool repeats)
    {
        repeats = true;
        string quantifier;
        switch (Current)
        {
            case '*' or '+' when !AtEnd:
                quantifier = Current.ToString();
                _position++;
                break;
            case '?':
                quantifier = "?";
                repeats = false;
                _position++;
                break;
            case '{' when IsQuantifierBrace():
                quantifier = Braces(out repeats);
                break;
            case '{' when _isUnicode:
                throw Error("Incomplete quantifier");
            default:
                return null;
        }

        return Eat('?') ? quantifier + "?" : quantifier;
    }

    private bool IsQuantifierBrace()
    {
        var i = _position + 1;
        var start = i;
        while (i < _source.Length && char.IsAsciiDigit(_source[i]))
            i++;
        if (i == start)
            return false;
        if (i < _source.Length && _source[i] == ',')
        {
            i++;
            while (i < _source.Length && char.IsAsciiDigit(_source[i]))
                i++;
        }

        return i < _source.Length && _source[i] == '}';
    }

    private string Braces(out bool repeats)
    {
        var end = _source.IndexOf('}', _position);
        var parts = _source[(_position + 1)..end].Split(',');
        _position = end + 1;
        var min = Clamped(parts[0]);
        repeats = true;
        if (parts.Length == 1)
        {
            repeats = min > 1;
            return string.Create(CultureInfo.InvariantCulture, $"{{{min}}}");
        }

        if (parts[1].Length == 0)
            return string.Create(CultureInfo.InvariantCulture, $"{{{min},}}");
        var max = Clamped(parts[1]);
        if (max < min)
            throw Error("numbers out of order in {} quantifier");
        repeats = max > 1;
        return string.Create(CultureInfo.InvariantCulture, $"{{{min},{max}}}");
    }

    private static int Clamped(string digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : int.MaxValue;

    private int ReadCodePoint()
    {
        var c = _source[_position++];
        if (_isUnicode && char.IsHighSurrogate(c) && char.IsLowSurrogate(Current))
            return char.ConvertToUtf32(c, _source[_position++]);
        return c;
    }

    private static string Literal(int code)
    {
        if (code < 128 && char.IsAsciiLetterOrDigit((char)code))
            return ((char)code).ToString();
        if (code < 0x10000)
            return CodePointSet.Escape(code);
        var pair = char.ConvertFromUtf32(code);
        return $"(?:{CodePointSet.Escape(pair[0])}{CodePointSet.Escape(pair[1])})";
    }
}
