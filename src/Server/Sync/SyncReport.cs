using Platform.Engine.Definitions;
using Platform.Server.Elsa.Definitions;

namespace Platform.Server.Sync;

/// <summary>From where to where definitions go.</summary>
internal enum SyncDirection
{
    /// <summary>What the files hold is stored.</summary>
    FromFiles,

    /// <summary>What is stored is written into files.</summary>
    ToFiles,
}

/// <summary>How a file and the database stand to each other.</summary>
internal enum SyncStatus
{
    /// <summary>Only the source has it: it is made on the other side.</summary>
    Added,

    /// <summary>Both have it, and only the source has changed since they were last the same.</summary>
    Changed,

    /// <summary>Both say the same.</summary>
    Same,

    /// <summary>Only the database has it, and it stays there.</summary>
    OnlyInDatabase,

    /// <summary>Only the folder has it, and it stays there.</summary>
    OnlyInFiles,

    /// <summary>The side that would be overwritten has changes of its own.</summary>
    Conflict,

    /// <summary>The file cannot be used.</summary>
    Invalid,
}

/// <summary>What was done.</summary>
internal enum SyncOutcome
{
    /// <summary>Nothing, for nothing was to be done or it was a dry run.</summary>
    None,

    /// <summary>The other side is the same now.</summary>
    Done,

    /// <summary>It was left as it is: a conflict, or a file that cannot be used.</summary>
    Left,

    /// <summary>It was tried and refused.</summary>
    Failed,
}

/// <summary>One definition, or one file that is none.</summary>
/// <param name="DefinitionId">The definition; null when the file names none.</param>
/// <param name="Name">Its name.</param>
/// <param name="File">Path of the file in the folder; null when there is none.</param>
/// <param name="Status">How the two sides stand to each other.</param>
internal sealed record SyncItem(string? DefinitionId, string? Name, string? File, SyncStatus Status)
{
    /// <summary>What was done.</summary>
    public SyncOutcome Outcome { get; init; }

    /// <summary>Number of the latest version that is stored; null when none is.</summary>
    public int? Version { get; init; }

    /// <summary>Whether that version is published.</summary>
    public bool IsPublished { get; init; }

    /// <summary>What the source has that the other side has not, the first 50.</summary>
    public IReadOnlyList<DefinitionDifference> Differences { get; init; } = [];

    /// <summary>How many differences there are.</summary>
    public int DifferenceCount { get; init; }

    /// <summary>Why nothing can be done, or was not.</summary>
    public IReadOnlyList<DefinitionProblem> Problems { get; init; } = [];

    /// <summary>What the author should know: activities that are not known here, expressions that cannot run.</summary>
    public IReadOnlyList<DefinitionProblem> Warnings { get; init; } = [];

    /// <summary>When both sides were last the same; null when they never were, as far as is known.</summary>
    public LastSync? LastSync { get; init; }
}

/// <summary>When a definition and its file were last the same.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Direction">From where to where.</param>
/// <param name="File">Path of the file.</param>
/// <param name="Commit">Commit of the git checkout, when it was one.</param>
internal sealed record LastSync(DateTimeOffset At, SyncDirection Direction, string File, string? Commit);

/// <summary>What a comparison found, or a synchronisation did.</summary>
/// <param name="Direction">From where to where.</param>
/// <param name="Folder">Name of the folder within the configured one.</param>
/// <param name="DryRun">Whether nothing was changed.</param>
/// <param name="Branch">Branch of the git checkout, when the folder is one.</param>
/// <param name="Commit">Its commit.</param>
/// <param name="Ignored">JSON files that are no workflows.</param>
/// <param name="Items">Each definition and each file, by id.</param>
internal sealed record SyncReport(
    SyncDirection Direction, string Folder, bool DryRun, string? Branch, string? Commit, int Ignored, IReadOnlyList<SyncItem> Items)
{
    /// <summary>How many were added.</summary>
    public int Added => Count(SyncStatus.Added);

    /// <summary>How many differ.</summary>
    public int Changed => Count(SyncStatus.Changed);

    /// <summary>How many are the same.</summary>
    public int Same => Count(SyncStatus.Same);

    /// <summary>How many are only in the database.</summary>
    public int OnlyInDatabase => Count(SyncStatus.OnlyInDatabase);

    /// <summary>How many are only in the folder.</summary>
    public int OnlyInFiles => Count(SyncStatus.OnlyInFiles);

    /// <summary>How many have changes on the side that would be overwritten.</summary>
    public int Conflicts => Count(SyncStatus.Conflict);

    /// <summary>How many files cannot be used.</summary>
    public int Invalid => Count(SyncStatus.Invalid);

    /// <summary>How many were done.</summary>
    public int Done => Items.Count(item => item.Outcome == SyncOutcome.Done);

    /// <summary>How many were to be done and were not.</summary>
    public int Left => Items.Count(item => item.Outcome is SyncOutcome.Left or SyncOutcome.Failed || (DryRun && item.Status is SyncStatus.Conflict or SyncStatus.Invalid));

    private int Count(SyncStatus status) => Items.Count(item => item.Status == status);
}
