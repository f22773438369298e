namespace Platform.Scripting.Liquid;

/// <summary>What a character can be part of. Liquid names may contain digits, hyphens, question marks and any letter of any script.</summary>
internal static class CharKind
{
    public static bool IsBlank(char c) => c switch
    {
        ' ' or '\t' or '\n' or '\v' or '\f' or '\r' => true,
        < '\u0080' => false,
        '\u00a0' or '\u1680' or '\u180e' or '\u2028' or '\u2029' or '\u202f' or '\u205f' or '\u3000' => true,
        _ => c is >= '\u2000' and <= '\u200a',
    };

    public static bool IsWord(char c) => c < '\u0080'
        ? char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '?'
        : !IsBlank(c) && c is not ('\u201c' or '\u201d');
}
