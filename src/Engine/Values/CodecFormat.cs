namespace Platform.Engine.Values;

/// <summary>The names in stored values.</summary>
internal static class CodecFormat
{
    /// <summary>The member with the type.</summary>
    public const string Tag = "$t";

    /// <summary>The member with the content.</summary>
    public const string Content = "v";

    /// <summary>The tag of texts that are not valid Unicode: base64 of their UTF-16 code units. No alias begins with a tilde.</summary>
    public const string Utf16Tag = "~utf16";

    /// <summary>An exception's message.</summary>
    public const string Message = "message";

    /// <summary>The exception inside an exception.</summary>
    public const string Inner = "inner";

    private const char Escape = '\\';
    private const char Reserved = '$';

    /// <summary>Names that begin with a dollar sign get a backslash; so that this can be undone, those with backslashes too.</summary>
    /// <param name="name">A member name of a value.</param>
    public static string EscapeName(string name) => IsReserved(name) ? Escape + name : name;

    /// <summary>The inverse of <see cref="EscapeName"/>.</summary>
    /// <param name="name">A stored member name.</param>
    public static string UnescapeName(string name) => name.Length > 0 && name[0] == Escape && IsReserved(name) ? name[1..] : name;

    private static bool IsReserved(string name)
    {
        if (name.Length == 0 || (name[0] != Reserved && name[0] != Escape))
            return false;
        var rest = name.AsSpan().TrimStart(Escape);
        return rest.Length > 0 && rest[0] == Reserved;
    }
}
