using System.Globalization;
using Platform.Engine.Definitions;
using Platform.Runtime.Definitions;
using Platform.Runtime.Store;

namespace Platform.Server.Elsa.Definitions;

/// <summary>
/// Refuses a change of a definition that somebody else has changed since, and says who, when and what. A browser tab gets the 400 whose
/// texts Studio shows; other clients get the 412 that belongs to <c>If-Match</c>.
/// </summary>
/// <param name="comparison">Compares what was sent with what is stored.</param>
/// <param name="store">Its audit log knows who deleted a definition.</param>
internal sealed class DefinitionConflicts(DocumentComparison comparison, IWorkflowStore store)
{
    /// <summary>The code of the refusal.</summary>
    public const string Code = "WF4780";

    /// <summary>Most differences that are told.</summary>
    private const int DifferencesMax = 50;

    /// <summary>The refusal.</summary>
    /// <param name="conflict">What is stored instead.</param>
    /// <param name="mine">What was sent; null when nothing was.</param>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    public async ValueTask<IResult> RefuseAsync(DefinitionResult.Conflict conflict, DefinitionDraft? mine, HttpRequest request, CancellationToken cancellationToken)
    {
        var edit = conflict.Latest is null ? await DeletionAsync(conflict.DefinitionId, cancellationToken) : conflict.LastEdit;
        IReadOnlyList<DefinitionDifference> differences = mine is null || conflict.Latest is null
            ? []
            : comparison.Compare(conflict.Latest, conflict.Latest with { Name = mine.Name, Description = mine.Description, Document = mine.Document });
        var model = new ConflictModel(
            conflict.LastEdit?.Revision ?? DefinitionEdit.FirstRevision,
            conflict.Latest?.Version,
            conflict.Latest?.IsPublished == true,
            conflict.Latest is null,
            edit?.Action,
            edit?.At,
            edit is null ? null : new ConflictActor(edit.ActorKind, edit.ActorId, edit.ActorName),
            [.. differences.Take(DifferencesMax)],
            differences.Count);
        var text = Describe(mine?.Name ?? conflict.Latest?.Name ?? conflict.DefinitionId, model);
        var status = request.Headers.ContainsKey(EditHeaders.Tab) ? StatusCodes.Status400BadRequest : StatusCodes.Status412PreconditionFailed;
        return Problems.Conflict(status, new DefinitionProblem("$", Code, text), model);
    }

    /// <summary>The sentences that Studio shows.</summary>
    private static string Describe(string name, ConflictModel conflict)
    {
        var who = conflict.By is null ? "somebody" : conflict.By.Name ?? (conflict.By.Kind == "system" ? "the server" : conflict.By.Kind);
        var when = conflict.At is { } at ? string.Create(CultureInfo.InvariantCulture, $" on {at:yyyy-MM-dd} at {at:HH:mm:ss} UTC") : "";
        var what = conflict.IsDeleted
            ? "deleted it"
            : conflict.Action switch
            {
                "workflow.publish" => $"published version {conflict.Version}",
                "workflow.revert" => $"went back to an earlier version, which is now version {conflict.Version}",
                "workflow.import" => $"imported version {conflict.Version}",
                "workflow.delete-version" => $"deleted a version, so that version {conflict.Version} is the latest now",
                "workflow.update-references" => $"pointed version {conflict.Version} to another version of a workflow that it uses",
                _ => $"saved version {conflict.Version}",
            };
        var places = conflict.Differences.Count == 0 ? "" : " Yours differs in: " + string.Join(", ", conflict.Differences.Take(5).Select(difference => difference.Label))
            + (conflict.DifferenceCount > 5 ? $" and {conflict.DifferenceCount - 5} more." : ".");
        return $"Your change of '{name}' is not saved, because {who} {what}{when}.{places}";
    }

    /// <summary>Who deleted a definition, as far as the audit log still knows.</summary>
    private async ValueTask<DefinitionEdit?> DeletionAsync(string definitionId, CancellationToken cancellationToken)
    {
        var filter = new AuditFilter { TargetKind = "workflow", TargetId = definitionId, Outcome = AuditEntry.Ok, Action = "workflow.*", Take = 1 };
        return (await store.ListAuditAsync(filter, cancellationToken)) is [{ After: null } entry]
            ? new DefinitionEdit("", entry.Action, entry.At) { ActorKind = entry.ActorKind, ActorId = entry.ActorId, ActorName = entry.ActorName }
            : null;
    }
}

/// <summary>What somebody else did to a definition.</summary>
/// <param name="Revision">What to send in <c>If-Match</c> to overwrite it.</param>
/// <param name="Version">Number of the latest version; null when it was deleted.</param>
/// <param name="IsPublished">Whether that version is published.</param>
/// <param name="IsDeleted">Whether the definition is gone.</param>
/// <param name="Action">What was done last, in the words of the audit log.</param>
/// <param name="At">When, UTC.</param>
/// <param name="By">Who did it; null when that is not known.</param>
/// <param name="Differences">What is different in what was sent, the first 50.</param>
/// <param name="DifferenceCount">How many differences there are.</param>
internal sealed record ConflictModel(
    string Revision,
    int? Version,
    bool IsPublished,
    bool IsDeleted,
    string? Action,
    DateTimeOffset? At,
    ConflictActor? By,
    IReadOnlyList<DefinitionDifference> Differences,
    int DifferenceCount);

/// <summary>Who changed a definition.</summary>
/// <param name="Kind"><c>user</c>, <c>apiKey</c> or <c>system</c>.</param>
/// <param name="Id">Id of the user or key.</param>
/// <param name="Name">Name of the user or key.</param>
internal sealed record ConflictActor(string Kind, string? Id, string? Name);
