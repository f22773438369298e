using System.Buffers;

namespace Platform.Engine.Values;

/// <summary>
/// A type name taken apart, before anything is looked up: <c>List&lt;Int32?&gt;[]</c> is the name <c>List</c> with one
/// argument and one suffix. Reads Elsa's aliases, C# spellings and reflection's own spelling; assembly names are dropped.
/// </summary>
/// <param name="Name">The simple or namespaced name, without arity, arguments, suffixes and assembly.</param>
/// <param name="Arguments">The generic arguments, in order.</param>
/// <param name="Suffixes">The suffixes from left to right: <c>?</c> for nullable, <c>[</c> for an array.</param>
internal sealed record TypeName(string Name, IReadOnlyList<TypeName> Arguments, string Suffixes)
{
    // Longer names are never written by people or designers, and a deep one would only make the runtime build types for it.
    private const int LengthMax = 2048;
    private const int NestingMax = 5;

    /// <summary>Elsa marks types that it had no alias for; what follows the mark is reflection's spelling.</summary>
    private const string UnregisteredPrefix = "UnregisteredClrType:";

    private static readonly SearchValues<char> NameEnds = SearchValues.Create("`<>[],?*&");

    /// <summary>Takes a name apart; null when the text is not a type name.</summary>
    /// <param name="text">The text as it stood on the wire.</param>
    public static TypeName? Parse(string text)
    {
        if (text.Length > LengthMax)
            return null;
        if (text.StartsWith(UnregisteredPrefix, StringComparison.OrdinalIgnoreCase))
            text = text[UnregisteredPrefix.Length..];

        var cursor = new Cursor(text);
        var name = cursor.ReadType(nesting: 0);
        if (name is null)
            return null;
        return cursor.AtEnd || cursor.Peek == ',' ? name : null;
    }

    /// <summary>A position in the text that only moves forward.</summary>
    private ref struct Cursor(string text)
    {
        private readonly ReadOnlySpan<char> _text = text;
        private int _at;

        public readonly bool AtEnd => _at >= _text.Length;

        public readonly char Peek => AtEnd ? '\0' : _text[_at];

        public TypeName? ReadType(int nesting)
        {
            if (nesting > NestingMax)
                return null;
            var name = ReadName();
            if (name.Length == 0)
                return null;

            var arguments = new List<TypeName>();
            if (Take('`'))
                SkipDigits();
            if (Take('<'))
            {
                if (!ReadArguments('>', arguments, nesting))
                    return null;
            }
            else if (Peek == '[' && !AtArraySuffix())
            {
                Take('[');
                if (!ReadArguments(']', arguments, nesting))
                    return null;
            }

            var suffixes = ReadSuffixes();
            return suffixes is null ? null : new TypeName(name, arguments, suffixes);
        }

        private string ReadName()
        {
            SkipBlanks();
            var length = _text[_at..].IndexOfAny(NameEnds);
            var name = length < 0 ? _text[_at..] : _text.Slice(_at, length);
            _at += name.Length;
            return name.TrimEnd().ToString();
        }

        private bool ReadArguments(char close, List<TypeName> arguments, int nesting)
        {
            do
            {
                SkipBlanks();
                var bracketed = Take('[');
                if (ReadType(nesting + 1) is not { } argument)
                    return false;
                arguments.Add(argument);
                if (bracketed && !SkipAssembly())
                    return false;
                SkipBlanks();
            }
            while (Take(','));
            return Take(close);
        }

        /// <summary>Moves behind the bracket that ends "[System.Int32, System.Private.CoreLib, Version=...]".</summary>
        private bool SkipAssembly()
        {
            var length = _text[_at..].IndexOf(']');
            if (length < 0)
                return false;
            _at += length + 1;
            return true;
        }

        private string? ReadSuffixes()
        {
            var suffixes = "";
            while (true)
            {
                SkipBlanks();
                if (Take('?'))
                    suffixes += '?';
                else if (AtArraySuffix())
                {
                    _at = _text[_at..].IndexOf(']') + _at + 1;
                    suffixes += '[';
                }
                else
                    return suffixes;
                if (suffixes.Length > NestingMax)
                    return null;
            }
        }

        private readonly bool AtArraySuffix() => Peek == '[' && _text[(_at + 1)..].TrimStart().StartsWith(']');

        private bool Take(char expected)
        {
            if (Peek != expected)
                return false;
            _at++;
            return true;
        }

        private void SkipBlanks()
        {
            while (!AtEnd && char.IsWhiteSpace(_text[_at]))
                _at++;
        }

        private void SkipDigits()
        {
            while (!AtEnd && char.IsAsciiDigit(_text[_at]))
                _at++;
        }
    }
}
