#pragma warning disable CA1032, RCS1194 // These exceptions always carry a position or a limit; the general constructors would lose it.
namespace Platform.Scripting.Liquid;

/// <summary>The source is not a template.</summary>
public sealed class LiquidSyntaxException : Exception
{
    /// <summary>Creates the exception.</summary>
    public LiquidSyntaxException(string message, int line, int column)
        : base($"{message} (line {line}, column {column})")
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
/// The template is well formed but could not be rendered. When a host filter or a property of a host object threw, its exception
/// is the inner one.
/// </summary>
public sealed class LiquidException : Exception
{
    /// <summary>Creates the exception.</summary>
    public LiquidException(string message, int line, int column, Exception? inner)
        : base($"{message} (line {line}, column {column})", inner)
    {
        Detail = message;
        Line = line;
        Column = column;
    }

    /// <summary>The message without the position.</summary>
    public string Detail { get; }

    /// <summary>The line of the tag or output, from 1.</summary>
    public int Line { get; }

    /// <summary>The column of the tag or output, from 1.</summary>
    public int Column { get; }
}

/// <summary>Which limit a template ran into.</summary>
public enum LiquidLimitKind
{
    /// <summary><see cref="LiquidLimits.StepsMax"/>.</summary>
    Steps,

    /// <summary><see cref="LiquidLimits.TimeMax"/>.</summary>
    Time,

    /// <summary><see cref="LiquidLimits.MemoryBytesMax"/>.</summary>
    Memory,

    /// <summary><see cref="LiquidLimits.DepthMax"/>, or the machine stack.</summary>
    Depth,

    /// <summary><see cref="LiquidLimits.OutputLengthMax"/>.</summary>
    OutputLength,
}

/// <summary>The template wanted more than it may use.</summary>
public sealed class LiquidLimitException : Exception
{
    /// <summary>Creates the exception.</summary>
    public LiquidLimitException(LiquidLimitKind kind, string message)
        : base(message)
    {
        Kind = kind;
    }

    /// <summary>The limit that was exceeded.</summary>
    public LiquidLimitKind Kind { get; }
}
