using System.Text.Json.Nodes;
using Platform.Engine.Definitions;
using Platform.Runtime;
using Platform.Runtime.Definitions;

namespace Platform.Server.Elsa.Definitions;

/// <summary>
/// Takes workflows in from files. What cannot be used keeps all of an upload out; nothing is published and nothing runs. A dry run tells
/// what an import would do.
/// </summary>
/// <param name="definitions">Definitions.</param>
/// <param name="documents">Reads the files.</param>
/// <param name="plans">Reads the documents.</param>
/// <param name="ids">Makes ids.</param>
internal sealed class DefinitionImport(WorkflowDefinitions definitions, ElsaDocuments documents, PlanCache plans, Ids ids)
{
    /// <summary>Begins the codes of what expressions cannot do here: WF1120 to WF1129.</summary>
    private const string ExpressionCodes = "WF112";

    private const string UnknownActivityCode = "WF1103";

    /// <summary>Reads files as drafts.</summary>
    /// <param name="files">The files by name.</param>
    /// <param name="definitionId">The definition that they become a version of; null for the one that each names.</param>
    /// <param name="asNew">Whether they become new workflows, with ids of their own, and with references among them kept.</param>
    public IReadOnlyList<ImportFile> Read(IReadOnlyList<(string Name, JsonObject Node)> files, string? definitionId, bool asNew)
    {
        var read = new List<ImportFile>();
        foreach (var (name, node) in files)
        {
            var version = ElsaDocuments.Member(node, "version") is JsonValue value && value.TryGetValue<int>(out var number) ? number : (int?)null;
            var draft = documents.ToDraft(node, out var problems);
            read.Add(new ImportFile(name, definitionId is null ? draft : draft with { DefinitionId = definitionId }, version, problems));
        }

        if (!asNew)
            return read;
        var copies = DefinitionCopies.Of([.. read.Select(file => file.Draft)], ids);
        return [.. read.Select((file, index) => file with { Draft = copies[index], Version = null })];
    }

    /// <summary>What an import of the files would do; it changes nothing.</summary>
    /// <param name="files">The files.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    public async ValueTask<IReadOnlyList<ImportItem>> CheckAsync(IReadOnlyList<ImportFile> files, CancellationToken cancellationToken)
    {
        var items = new List<ImportItem>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var draft = file.Draft;
            var latest = draft.DefinitionId is { Length: > 0 } id ? await definitions.FindAsync(id, VersionOptions.Latest, cancellationToken) : null;
            var problems = new List<DefinitionProblem>(file.Problems);
            IReadOnlyList<DefinitionProblem> warnings = [];
            if (problems.Count == 0)
            {
                var content = plans.TryRead(new WorkflowDefinition(draft.Id ?? "", draft.DefinitionId ?? "", 1) { Name = draft.Name, Document = draft.Document }, out var found);
                problems.AddRange(found);
                warnings = content is null ? [] : [.. content.Warnings, .. content.Unfinished];
            }

            if (latest is { IsReadonly: true })
                problems.Add(new DefinitionProblem("$", "WF4010", $"The workflow '{latest.Name ?? latest.DefinitionId}' is read-only. Import the file as a new workflow."));
            var isSame = latest is not null && latest.Name == draft.Name && latest.Description == draft.Description && latest.Document == draft.Document;
            items.Add(new ImportItem(
                file.Name,
                draft.DefinitionId,
                draft.Name,
                problems.Count > 0 ? "Refused" : latest is null ? "Create" : isSame ? "Unchanged" : "Update",
                latest?.Version,
                problems,
                [.. ConflictsOf(file, latest, isSame, draft.DefinitionId is not { Length: > 0 } named || seen.Add(named))],
                [.. warnings.Where(warning => warning.Code == UnknownActivityCode)],
                [.. warnings.Where(warning => warning.Code.StartsWith(ExpressionCodes, StringComparison.Ordinal))],
                [.. warnings.Where(warning => warning.Code != UnknownActivityCode && !warning.Code.StartsWith(ExpressionCodes, StringComparison.Ordinal))]));
        }

        return items;
    }

    /// <summary>Saves the files as drafts, one after the other.</summary>
    /// <param name="files">The files.</param>
    /// <param name="basis">What the importer has seen of the definition that is overwritten; null for one who does not say.</param>
    /// <param name="cancellationToken">Ends the wait for earlier changes.</param>
    /// <returns>What became of each, up to the first that was not saved.</returns>
    public async ValueTask<IReadOnlyList<DefinitionResult>> SaveAsync(IReadOnlyList<ImportFile> files, EditBasis? basis, CancellationToken cancellationToken)
    {
        var results = new List<DefinitionResult>();
        foreach (var file in files)
        {
            results.Add(await definitions.SaveAsync(file.Draft, publish: false, basis, cancellationToken));
            if (results[^1] is not DefinitionResult.Saved)
                break;
        }

        return results;
    }

    private static IEnumerable<DefinitionProblem> ConflictsOf(ImportFile file, WorkflowDefinition? latest, bool isSame, bool isFirst)
    {
        if (!isFirst)
            yield return new DefinitionProblem("$.definitionId", "WF4703", $"Another file of this upload holds the same workflow '{file.Draft.DefinitionId}'; the later one wins.");
        if (latest is null || isSame)
            yield break;
        if (latest.Version > file.Version)
        {
            yield return new DefinitionProblem(
                "$.version", "WF4702", $"Version {latest.Version} is stored, the file is version {file.Version}: it may lack what was changed since.");
        }
        else if (!latest.IsPublished)
        {
            yield return new DefinitionProblem("$", "WF4704", $"The draft that is stored (version {latest.Version}) is overwritten.");
        }
    }
}

/// <summary>A file that was read.</summary>
/// <param name="Name">Name of the file.</param>
/// <param name="Draft">What it becomes.</param>
/// <param name="Version">The version that it says it is; null when it says none.</param>
/// <param name="Problems">What makes it unusable.</param>
internal sealed record ImportFile(string Name, DefinitionDraft Draft, int? Version, IReadOnlyList<DefinitionProblem> Problems);

/// <summary>What importing a file would do.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="DefinitionId">The definition; null when it gets a new id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Action"><c>Create</c>, <c>Update</c>, <c>Unchanged</c> or <c>Refused</c>.</param>
/// <param name="StoredVersion">The latest version that is stored; null when there is none.</param>
/// <param name="Problems">Why it is refused; one refused file keeps the whole upload out.</param>
/// <param name="Conflicts">What an import would take back or overwrite.</param>
/// <param name="UnknownActivities">Activities whose type is not known here: they are kept, and fault when they run.</param>
/// <param name="Expressions">Expressions that cannot run here.</param>
/// <param name="Warnings">What else its author should know.</param>
internal sealed record ImportItem(
    string File,
    string? DefinitionId,
    string? Name,
    string Action,
    int? StoredVersion,
    IReadOnlyList<DefinitionProblem> Problems,
    IReadOnlyList<DefinitionProblem> Conflicts,
    IReadOnlyList<DefinitionProblem> UnknownActivities,
    IReadOnlyList<DefinitionProblem> Expressions,
    IReadOnlyList<DefinitionProblem> Warnings);

/// <summary>What a dry run found.</summary>
/// <param name="CanImport">Whether the import would be done.</param>
/// <param name="Items">Each file.</param>
internal sealed record ImportReport(bool CanImport, IReadOnlyList<ImportItem> Items);

/// <summary>What an import of several files did.</summary>
/// <param name="Count">How many workflows were saved.</param>
/// <param name="DefinitionIds">Their ids, in the order of the files.</param>
internal sealed record ImportReply(int Count, IReadOnlyList<string> DefinitionIds);
