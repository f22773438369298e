using System.Collections.ObjectModel;
using System.ComponentModel.DataAnnotations;

namespace Platform.Scripting.Liquid;

/// <summary>What a render gets from its surroundings besides its names. Immutable; share one instance between renders.</summary>
public sealed record LiquidOptions
{
    /// <summary>Default limits, system time, UTC, no other templates, no filters besides the built-in ones.</summary>
    public static LiquidOptions Default { get; } = new();

    /// <summary>What the render may use. Default: <see cref="LiquidLimits.Default"/>.</summary>
    public LiquidLimits Limits { get; init; } = LiquidLimits.Default;

    /// <summary>The clock behind <c>"now" | date</c> and the time limit. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The time zone of dates that carry none, in and out. Default: UTC.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>The source of <c>sample</c>: values from 0 up to but not including 1. Default: a new generator per render.</summary>
    public Func<double>? Random { get; init; }

    /// <summary>Filters of the host by name. They win over built-in ones of the same name. Default: none.</summary>
    public IReadOnlyDictionary<string, LiquidFilter> Filters { get; init; } = ReadOnlyDictionary<string, LiquidFilter>.Empty;

    /// <summary>
    /// Finds the templates that <c>render</c>, <c>include</c> and <c>layout</c> name; null for an unknown name. It may be asked
    /// for the same name by several renders at once. Default: there are no other templates, and those tags fail.
    /// </summary>
    public Func<string, LiquidTemplate?>? Templates { get; init; }
}

/// <summary>How a template is parsed.</summary>
public sealed record LiquidParseOptions
{
    /// <summary>The default limits of a source.</summary>
    public static LiquidParseOptions Default { get; } = new();

    /// <summary>Characters that a source may have. Default: 1,048,576.</summary>
    [Range(1, 1 << 29)]
    public int SourceLengthMax { get; init; } = 1 << 20;

    /// <summary>Blocks inside blocks, and values inside values. Default: 100.</summary>
    [Range(1, 500)]
    public int NestingMax { get; init; } = 100;
}
