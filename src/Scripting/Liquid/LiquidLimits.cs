using System.ComponentModel.DataAnnotations;

namespace Platform.Scripting.Liquid;

/// <summary>
/// What one render of a template may use, the templates that it includes counted in. Every limit is checked before the resource
/// is taken, and exceeding one ends the render with a <see cref="LiquidLimitException"/>.
/// </summary>
public sealed record LiquidLimits
{
    /// <summary>The limits that hold when nobody says otherwise.</summary>
    public static LiquidLimits Default { get; } = new();

    /// <summary>Tags, outputs, filters and units of work inside filters. Default: 10,000,000.</summary>
    [Range(1, long.MaxValue)]
    public long StepsMax { get; init; } = 10_000_000;

    /// <summary>Wall-clock time from start to end. Default: 10 s.</summary>
    public TimeSpan TimeMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Bytes of all values that the template makes, whether it still holds them or not; what the host passes in is not counted.
    /// Default: 128 MB.
    /// </summary>
    [Range(1024, long.MaxValue)]
    public long MemoryBytesMax { get; init; } = 128L * 1024 * 1024;

    /// <summary>Nested blocks, templates and values. The remaining machine stack is checked as well. Default: 100.</summary>
    [Range(1, 1_000)]
    public int DepthMax { get; init; } = 100;

    /// <summary>Characters of the result. Default: 16,777,216.</summary>
    [Range(1, 1 << 29)]
    public int OutputLengthMax { get; init; } = 1 << 24;
}
