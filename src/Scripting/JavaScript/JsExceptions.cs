#pragma warning disable CA1032, RCS1194 // These exceptions always carry a position; the general constructors would lose it.
namespace Platform.Scripting.JavaScript;

/// <summary>The source is not a script.</summary>
public sealed class JsSyntaxException : Exception
{
    /// <summary>Creates the exception.</summary>
    public JsSyntaxException(string message, int line, int column)
        : base($"SyntaxError: {message} (line {line}, column {column})")
    {
        Detail = message;
        Line = line;
        Column = column;
    }

    /// <summary>The message without the position.</summary>
    public string Detail { get; }

    /// <summary>The line, from 1.</summary>
    public int Line { get; }

    /// <summary>The column, from 1.</summary>
    public int Column { get; }
}

/// <summary>
/// The script threw and nothing in it caught. When a host function threw, its exception is the inner one.
/// </summary>
public sealed class JsException : Exception
{
    /// <summary>Creates the exception.</summary>
    public JsException(string errorName, string detail, object? value, int line, int column, string scriptStack, Exception? inner)
        : base(Describe(errorName, detail, line, column), inner)
    {
        ErrorName = errorName;
        Detail = detail;
        Value = value;
        Line = line;
        Column = column;
        ScriptStack = scriptStack;
    }

    /// <summary>The name of the error, such as "TypeError"; empty when something other than an error was thrown.</summary>
    public string ErrorName { get; }

    /// <summary>The error's message, or the thrown value as text.</summary>
    public string Detail { get; }

    /// <summary>The thrown value as a host object.</summary>
    public object? Value { get; }

    /// <summary>The line where it was thrown, from 1; 0 when unknown.</summary>
    public int Line { get; }

    /// <summary>The column where it was thrown, from 1; 0 when unknown.</summary>
    public int Column { get; }

    /// <summary>The calls that led there, one per line.</summary>
    public string ScriptStack { get; }

    private static string Describe(string name, string detail, int line, int column)
    {
        var text = name.Length == 0 ? $"Uncaught {detail}" : detail.Length == 0 ? name : $"{name}: {detail}";
        return line > 0 ? $"{text} (line {line}, column {column})" : text;
    }
}

/// <summary>Which limit a script ran into.</summary>
public enum JsLimitKind
{
    /// <summary><see cref="JsLimits.StepsMax"/>.</summary>
    Steps,

    /// <summary><see cref="JsLimits.TimeMax"/>.</summary>
    Time,

    /// <summary><see cref="JsLimits.MemoryBytesMax"/>.</summary>
    Memory,

    /// <summary><see cref="JsLimits.DepthMax"/>, or the machine stack.</summary>
    Depth,

    /// <summary><see cref="JsLimits.StringLengthMax"/>.</summary>
    StringLength,

    /// <summary><see cref="JsLimits.ArrayLengthMax"/>.</summary>
    ArrayLength,

    /// <summary><see cref="JsLimits.RegexTimeMax"/>.</summary>
    RegexTime,
}

/// <summary>The script wanted more than it may use. Scripts cannot catch this.</summary>
public sealed class JsLimitException : Exception
{
    /// <summary>Creates the exception.</summary>
    public JsLimitException(JsLimitKind kind, string message)
        : base(message)
    {
        Kind = kind;
    }

    /// <summary>The limit that was exceeded.</summary>
    public JsLimitKind Kind { get; }
}
