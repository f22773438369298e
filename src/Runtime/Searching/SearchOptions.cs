using System.ComponentModel.DataAnnotations;

namespace Platform.Runtime.Searching;

/// <summary>How the index of the search over runs follows them, section <c>Search</c>.</summary>
public sealed class SearchOptions
{
    /// <summary>How often it is looked whether runs have changed. Default: 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Runs that one commit indexes; other commits wait for as long as that takes. Default: 100.</summary>
    [Range(1, 10_000)]
    public int ChunkMax { get; set; } = 100;

    /// <summary>Pause after each commit in multiples of the time it took, so that runs go first. Default: 2, a third of one processor.</summary>
    [Range(0, 100)]
    public int PauseFactor { get; set; } = 2;

    /// <summary>Most values of one run that are indexed. Default: 64.</summary>
    [Range(1, 1_000)]
    public int VariablesMax { get; set; } = 64;

    /// <summary>Most words of one run that are indexed. Default: 64.</summary>
    [Range(1, 1_000)]
    public int WordsMax { get; set; } = 64;

    /// <summary>Largest records of one run that are read for its values, in bytes; of a larger run only inputs, outputs and faults are indexed. Default: 1 MiB.</summary>
    [Range(0, 1_073_741_824)]
    public int LogBytesMax { get; set; } = 1024 * 1024;
}
