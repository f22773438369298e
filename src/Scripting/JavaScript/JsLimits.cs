using System.ComponentModel.DataAnnotations;

namespace Platform.Scripting.JavaScript;

/// <summary>
/// What one run of a script may use. Every limit is checked before the resource is taken, and exceeding one ends the run
/// with a <see cref="JsLimitException"/> that the script cannot catch.
/// </summary>
public sealed record JsLimits
{
    /// <summary>The limits that hold when nobody says otherwise.</summary>
    public static JsLimits Default { get; } = new();

    /// <summary>Loop iterations, calls and units of work inside built-ins. Default: 50,000,000.</summary>
    [Range(1, long.MaxValue)]
    public long StepsMax { get; init; } = 50_000_000;

    /// <summary>Wall-clock time from start to end, waiting for the host included. Default: 30 s.</summary>
    public TimeSpan TimeMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>An estimate of what the script keeps alive, in bytes. Default: 64 MB.</summary>
    [Range(1024, long.MaxValue)]
    public long MemoryBytesMax { get; init; } = 64L * 1024 * 1024;

    /// <summary>Nested calls. The remaining machine stack is checked as well, whatever this says. Default: 1,000.</summary>
    [Range(1, 100_000)]
    public int DepthMax { get; init; } = 1_000;

    /// <summary>Characters in one string. Default: 16,777,216.</summary>
    [Range(1, 1 << 29)]
    public int StringLengthMax { get; init; } = 1 << 24;

    /// <summary>Elements that one array may really hold. Default: 4,194,304.</summary>
    [Range(1, 1 << 27)]
    public int ArrayLengthMax { get; init; } = 1 << 22;

    /// <summary>Time for one match of a regular expression. Default: 1 s.</summary>
    public TimeSpan RegexTimeMax { get; init; } = TimeSpan.FromSeconds(1);
}
