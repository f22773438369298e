namespace Platform.Scripting.JavaScript;

/// <summary>What a run gets from its surroundings besides its globals. Immutable; share one instance between runs.</summary>
public sealed record JsOptions
{
    /// <summary>Default limits, system time, UTC, no console.</summary>
    public static JsOptions Default { get; } = new();

    /// <summary>What the run may use. Default: <see cref="JsLimits.Default"/>.</summary>
    public JsLimits Limits { get; init; } = JsLimits.Default;

    /// <summary>The clock behind <c>Date</c> and the time limit. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The local time zone of <c>Date</c>. Default: UTC.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>The source of <c>Math.random</c>: values from 0 up to but not including 1. Default: a new generator per run.</summary>
    public Func<double>? Random { get; init; }

    /// <summary>Receives the level ("log", "warn", ...) and the text of console calls. Default: they are dropped.</summary>
    public Action<string, string>? Console { get; init; }

    /// <summary>
    /// Methods of host objects that scripts may call, as "TypeName.MethodName" with the full name of the declaring type.
    /// Default: none, apart from the calculations of dates and time spans.
    /// </summary>
    public IReadOnlySet<string> AllowedMethods { get; init; } = new HashSet<string>();
}

/// <summary>How a script is compiled.</summary>
public sealed record JsCompileOptions
{
    /// <summary>The default limits of a source.</summary>
    public static JsCompileOptions Default { get; } = new();

    /// <summary>Characters that a source may have. Default: 1,048,576.</summary>
    public int SourceLengthMax { get; init; } = 1 << 20;
}
