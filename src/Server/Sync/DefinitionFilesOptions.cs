using System.ComponentModel.DataAnnotations;

namespace Platform.Server.Sync;

/// <summary>Workflows as files in a folder, section <c>DefinitionFiles</c>.</summary>
internal sealed class DefinitionFilesOptions
{
    /// <summary>
    /// The folder; a relative path begins in the working directory. Nothing outside of it is read or written. Default: none, so that
    /// definitions are not kept as files; <c>workflows</c> in development.
    /// </summary>
    public string? Root { get; set; }

    /// <summary>Whether new and changed files are taken in while the server runs. Default: false; true in development.</summary>
    public bool Watch { get; set; }

    /// <summary>How often a watched folder is looked through besides, for file systems that do not tell of changes. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Most JSON files in the folder, and most definitions that are written into it. Default: 1,000.</summary>
    [Range(1, 100_000)]
    public int FilesMax { get; set; } = 1_000;

    /// <summary>Most bytes of all files together; a single one may be as large as ElsaApi:BodyBytesMax. Default: 100,000,000.</summary>
    [Range(1_024, 10_000_000_000)]
    public long BytesMax { get; set; } = 100_000_000;

    /// <summary>Most levels of folders below the one that is read. Default: 8.</summary>
    [Range(0, 64)]
    public int DepthMax { get; set; } = 8;
}
