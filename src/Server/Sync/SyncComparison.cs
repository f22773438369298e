using System.Globalization;
using System.Text.Json.Nodes;
using Platform.Engine.Definitions;
using Platform.Runtime.Definitions;
using Platform.Runtime.Store;
using Platform.Server.Elsa.Definitions;

namespace Platform.Server.Sync;

/// <summary>
/// Compares files with what is stored, definition by definition. Which side has changed since both were last the same is told by the
/// record of that moment; where there is none, either may have, so that nothing is overwritten unasked.
/// </summary>
/// <param name="store">The definitions, and the records.</param>
/// <param name="definitions">Knows revisions.</param>
/// <param name="import">Reads files of workflows.</param>
/// <param name="comparison">Tells two forms of a workflow apart.</param>
/// <param name="plans">Tells what cannot be published.</param>
internal sealed class SyncComparison(
    IWorkflowStore store, WorkflowDefinitions definitions, DefinitionImport import, DocumentComparison comparison, PlanCache plans)
{
    /// <summary>The code of a conflict.</summary>
    public const string ConflictCode = "WF4730";

    private const string NamelessCode = "WF4728";
    private const string TwiceCode = "WF4729";
    private const int DifferencesMax = 50;

    /// <summary>Compares a folder with the database.</summary>
    /// <param name="request">Which folder, which way.</param>
    /// <param name="files">Its files.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    public async ValueTask<IReadOnlyList<SyncPair>> CompareAsync(SyncRequest request, IReadOnlyList<FolderFile> files, CancellationToken cancellationToken)
    {
        var workflows = files.Where(file => file.IsWorkflow).ToList();
        var publishes = workflows.Where(file => file.Node is not null).ToDictionary(file => file.Name, IsToBePublished, StringComparer.Ordinal);
        var read = import.Read([.. workflows.Where(file => file.Node is not null).Select(file => (file.Name, file.Node!))], null, asNew: false);
        var items = await import.CheckAsync(read, cancellationToken);
        var pairs = new List<SyncPair>();
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (file, item) in read.Zip(items))
        {
            if (!IsWanted(request, file.Draft.DefinitionId))
                continue;
            // What may not be changed may be written out all the same.
            var problems = item.Problems.Where(problem => request.Direction == SyncDirection.FromFiles || problem.Code != "WF4010").ToList();
            if (file.Draft.DefinitionId is not { Length: > 0 } id)
                problems.Add(new DefinitionProblem("$.definitionId", NamelessCode, "The file names no definition, so that it would become a new one each time. Give it a 'definitionId'."));
            else if (!known.TryAdd(id, file.Name))
                problems.Add(new DefinitionProblem("$.definitionId", TwiceCode, $"The file '{known[id]}' holds the workflow '{id}' too. Give one of the two another 'definitionId', or delete it."));
            pairs.Add(await PairAsync(request, file, item, publishes[file.Name], problems, cancellationToken));
        }

        pairs.AddRange(workflows.Where(file => file.Problem is not null && request.DefinitionIds is null)
            .Select(file => new SyncPair(new SyncItem(null, null, file.Name, SyncStatus.Invalid) { Problems = [file.Problem!] })));
        await AddStoredAsync(request, known, pairs, cancellationToken);
        return [.. pairs.OrderBy(pair => pair.Item.DefinitionId ?? pair.Item.File, StringComparer.Ordinal).ThenBy(pair => pair.Item.File, StringComparer.Ordinal)];
    }

    private static bool IsWanted(SyncRequest request, string? definitionId) => request.DefinitionIds is null || (definitionId is not null && request.DefinitionIds.Contains(definitionId));

    /// <summary>A file is published unless it says that it is not.</summary>
    private static bool IsToBePublished(FolderFile file) =>
        !(ElsaDocuments.Member(file.Node!, "isPublished") is JsonValue value && value.TryGetValue<bool>(out var flag) && !flag);

    private async ValueTask<SyncPair> PairAsync(
        SyncRequest request, ImportFile file, ImportItem item, bool saysPublished, List<DefinitionProblem> problems, CancellationToken cancellationToken)
    {
        var draft = file.Draft;
        var id = draft.DefinitionId ?? "";
        // In this order: then the revision is never newer than what is compared.
        var revision = await definitions.FindRevisionAsync(id, cancellationToken);
        var latest = await definitions.FindAsync(id, VersionOptions.Latest, cancellationToken);
        var publish = saysPublished && request.Publish;
        var record = await SyncRecord.FindAsync(store, request.Folder, id, cancellationToken);
        var result = new SyncItem(draft.DefinitionId, draft.Name, file.Name, SyncStatus.Invalid)
        {
            Version = latest?.Version,
            IsPublished = latest?.IsPublished == true,
            Warnings = [.. item.UnknownActivities, .. item.Expressions, .. item.Warnings],
            LastSync = record is null ? null : new LastSync(record.At, record.Direction, record.File, record.Commit),
        };
        if (problems.Count == 0 && publish && request.Direction == SyncDirection.FromFiles)
            problems.AddRange(ProblemsOf(draft));
        var pair = new SyncPair(result with { Problems = problems }) { Draft = draft, Latest = latest, Revision = revision, Record = record, Publish = publish };
        return problems.Count > 0 ? pair : Judge(request, pair, saysPublished);
    }

    /// <summary>What keeps a draft from being published.</summary>
    private IReadOnlyList<DefinitionProblem> ProblemsOf(DefinitionDraft draft)
    {
        var version = new WorkflowDefinition(draft.Id ?? "", draft.DefinitionId ?? "", 1) { Name = draft.Name, Document = draft.Document };
        plans.TryCompile(version, out var problems);
        return problems;
    }

    private SyncPair Judge(SyncRequest request, SyncPair pair, bool saysPublished)
    {
        var (draft, latest) = (pair.Draft!, pair.Latest);
        if (latest is null && request.Direction == SyncDirection.ToFiles)
            return pair with { Item = pair.Item with { Status = SyncStatus.OnlyInFiles } };
        if (latest is null)
            return pair.Record is null ? pair with { Item = pair.Item with { Status = SyncStatus.Added } } : Conflict(pair, "It was deleted here since then.");
        var asFile = latest with { Name = draft.Name, Description = draft.Description, Document = draft.Document };
        var (before, after) = request.Direction == SyncDirection.FromFiles ? (latest, asFile) : (asFile, latest);
        var differences = comparison.Compare(before, after).ToList();
        // A file takes nothing back that is published: that is done by hand.
        var differsInState = request.Direction == SyncDirection.FromFiles ? pair.Publish && !latest.IsPublished : saysPublished != latest.IsPublished;
        if (differsInState)
            differences.Add(new DefinitionDifference(DifferenceKind.Changed, null, null, null, ["isPublished"]));
        pair = pair with { Item = pair.Item with { Differences = [.. differences.Take(DifferencesMax)], DifferenceCount = differences.Count } };
        if (differences.Count == 0)
            return pair with { Item = pair.Item with { Status = SyncStatus.Same } };
        return WhyConflict(request, pair, latest) is { } why ? Conflict(pair, why) : pair with { Item = pair.Item with { Status = SyncStatus.Changed } };
    }

    /// <summary>What the side that would be overwritten has of its own; null when nothing.</summary>
    private static string? WhyConflict(SyncRequest request, SyncPair pair, WorkflowDefinition latest)
    {
        if (pair.Record is not { } record)
            return "The two were never the same, as far as is known, so either may be the newer one.";
        if (request.Direction == SyncDirection.ToFiles)
            return StableFile.HashOf(pair.Draft!) != record.FileHash ? "The file was changed since then." : null;
        if (StableFile.HashOf(latest) != record.StoredHash)
            return $"Version {latest.Version}, which is stored, was changed since then.";
        return record.IsPublished && !latest.IsPublished ? $"Version {latest.Version} was taken back since then." : null;
    }

    private static SyncPair Conflict(SyncPair pair, string why)
    {
        var since = pair.Record is { } record ? string.Create(CultureInfo.InvariantCulture, $"Both were the same on {record.At:yyyy-MM-dd} at {record.At:HH:mm:ss} UTC. ") : "";
        var problem = new DefinitionProblem("$", ConflictCode, $"{since}{why} Nothing is overwritten without 'force'; the other direction keeps what would be lost.");
        return pair with { Item = pair.Item with { Status = SyncStatus.Conflict, Problems = [problem] } };
    }

    /// <summary>Adds the definitions that no file holds.</summary>
    private async ValueTask AddStoredAsync(SyncRequest request, Dictionary<string, string> known, List<SyncPair> pairs, CancellationToken cancellationToken)
    {
        var filter = new DefinitionFilter { Versions = VersionOptions.Latest, IsSystem = false, DefinitionIds = request.DefinitionIds };
        foreach (var latest in (await definitions.ListAsync(filter, cancellationToken)).Items.Where(latest => !known.ContainsKey(latest.DefinitionId)))
        {
            var record = await SyncRecord.FindAsync(store, request.Folder, latest.DefinitionId, cancellationToken);
            var item = new SyncItem(latest.DefinitionId, latest.Name, null, SyncStatus.OnlyInDatabase)
            {
                Version = latest.Version,
                IsPublished = latest.IsPublished,
                LastSync = record is null ? null : new LastSync(record.At, record.Direction, record.File, record.Commit),
            };
            var pair = new SyncPair(item) { Latest = latest, Record = record };
            if (request.Direction == SyncDirection.ToFiles)
                pair = record is null ? pair with { Item = item with { Status = SyncStatus.Added } } : Conflict(pair, "The file was deleted since then.");
            pairs.Add(pair);
        }
    }
}

/// <summary>What is to be compared or synchronised.</summary>
/// <param name="Folder">Name of the folder; empty for the configured one itself.</param>
/// <param name="Path">Its full path.</param>
/// <param name="Direction">From where to where.</param>
internal sealed record SyncRequest(string Folder, string Path, SyncDirection Direction)
{
    /// <summary>Whether what files say is published gets published.</summary>
    public bool Publish { get; init; } = true;

    /// <summary>Whether conflicts are decided for the source.</summary>
    public bool Force { get; init; }

    /// <summary>Only these definitions; null for all.</summary>
    public IReadOnlyList<string>? DefinitionIds { get; init; }
}

/// <summary>A definition with both of its sides.</summary>
/// <param name="Item">How they stand to each other.</param>
internal sealed record SyncPair(SyncItem Item)
{
    /// <summary>What the file holds; null when there is no file that can be used.</summary>
    public DefinitionDraft? Draft { get; init; }

    /// <summary>The latest version that is stored; null when none is. Without its document when there is no file.</summary>
    public WorkflowDefinition? Latest { get; init; }

    /// <summary>Revision of what is stored.</summary>
    public string Revision { get; init; } = DefinitionEdit.FirstRevision;

    /// <summary>When both were last the same.</summary>
    public SyncRecord? Record { get; init; }

    /// <summary>Whether it is to be published.</summary>
    public bool Publish { get; init; }

    /// <summary>Whether something is to be done, given that conflicts are decided for the source.</summary>
    /// <param name="force">Whether they are.</param>
    public bool IsToBeDone(bool force) => Item.Status is SyncStatus.Added or SyncStatus.Changed || (force && Item.Status == SyncStatus.Conflict);
}
