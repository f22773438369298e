using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Engine;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;

namespace Platform.Runtime.Definitions;

/// <summary>
/// The last change of what editors of a definition see: its latest version. It is written in the commit of the change, under the
/// condition that nobody else has written it meanwhile. Taking back a published version changes no content and leaves it alone.
/// </summary>
/// <param name="Revision">Names the state after the change; no other state of any definition has it.</param>
/// <param name="Action">What was done, in the words of the audit log.</param>
/// <param name="At">When, UTC.</param>
public sealed record DefinitionEdit(string Revision, string Action, DateTimeOffset At)
{
    /// <summary>Kind of the documents; their id is the definition.</summary>
    public const string DocumentKind = "definition-edit";

    /// <summary>The revision of a definition that was not changed since before revisions were kept.</summary>
    public const string FirstRevision = "0";

    /// <summary><c>user</c>, <c>apiKey</c> or <c>system</c>.</summary>
    public string ActorKind { get; init; } = "system";

    /// <summary>Id of the user or key; null for the system.</summary>
    public string? ActorId { get; init; }

    /// <summary>Name of the user or key; null for the system.</summary>
    public string? ActorName { get; init; }

    /// <summary>The editor that did it; null when it was none, or one that had not said what it has seen.</summary>
    public string? Editor { get; init; }

    /// <summary>Adds the edit that a commit makes, and the condition that the former one is still the last.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="definitionId">The definition.</param>
    /// <param name="former">The stored edit; null when there is none.</param>
    /// <param name="stamp">Who does what.</param>
    /// <param name="host">Makes ids and knows the time.</param>
    /// <returns>The new revision.</returns>
    internal static string AddTo(Commit commit, string definitionId, StoredDocument? former, EditStamp stamp, EngineHost host)
    {
        var entry = AuditScope.Current?.ToEntry();
        var edit = new DefinitionEdit(host.NewId(), stamp.Action ?? entry?.Action ?? "workflow.save", host.Clock.GetUtcNow())
        {
            ActorKind = entry?.ActorKind ?? "system",
            ActorId = entry?.ActorId,
            ActorName = entry?.ActorName,
            Editor = stamp.Basis?.Editor,
        };
        (commit.Documents ??= []).Add(new StoredDocument(DocumentKind, definitionId, edit.ToJson()));
        if (stamp.Companion is { } companion)
            commit.Documents.Add(companion(edit.Revision));
        AddCondition(commit, definitionId, former);
        return edit.Revision;
    }

    /// <summary>Lets a commit be written only while an edit is still the last.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="definitionId">The definition.</param>
    /// <param name="former">The stored edit; null when there is none.</param>
    internal static void AddCondition(Commit commit, string definitionId, StoredDocument? former) =>
        (commit.DocumentConditions ??= []).Add(new DocumentCondition(DocumentKind, definitionId, former?.Json));

    /// <summary>Reads a stored edit; null when there is none or it cannot be read.</summary>
    /// <param name="document">The document.</param>
    internal static DefinitionEdit? Read(StoredDocument? document)
    {
        if (document is null)
            return null;
        try
        {
            using var parsed = JsonDocument.Parse(document.Json);
            var root = parsed.RootElement;
            return new(Text("revision") ?? FirstRevision, Text("action") ?? "", DateTimeOffset.Parse(Text("at") ?? "", CultureInfo.InvariantCulture))
            {
                ActorKind = Text("actorKind") ?? "system",
                ActorId = Text("actorId"),
                ActorName = Text("actorName"),
                Editor = Text("editor"),
            };

            string? Text(string name) => root.TryGetProperty(name, out var member) ? member.GetString() : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private string ToJson() => new JsonObject
    {
        ["revision"] = Revision,
        ["action"] = Action,
        ["at"] = At.ToString("O", CultureInfo.InvariantCulture),
        ["actorKind"] = ActorKind,
        ["actorId"] = ActorId,
        ["actorName"] = ActorName,
        ["editor"] = Editor,
    }.ToJsonString();
}

/// <summary>What somebody has seen who changes a definition: the change is refused when it has become another one since.</summary>
/// <param name="Revision">Revision of what was seen.</param>
/// <param name="Editor">
/// Names the editor, for example one browser tab, whose changes follow each other: those it made itself it has seen, whether their
/// answers arrived or not. Null for somebody whose every change must name the revision before it.
/// </param>
public sealed record EditBasis(string Revision, string? Editor)
{
    /// <summary>Whether somebody else has changed the definition since.</summary>
    /// <param name="last">The last change; null when none is known.</param>
    internal bool IsPassed(DefinitionEdit? last) =>
        Revision != (last?.Revision ?? DefinitionEdit.FirstRevision) && (Editor is null || Editor != last?.Editor);
}

/// <summary>Who changes a definition, and how the log calls it.</summary>
/// <param name="Basis">What was seen before; null for somebody who does not say.</param>
/// <param name="Action">What the audit log calls it; null for what the request asks for.</param>
internal sealed record EditStamp(EditBasis? Basis, string? Action)
{
    /// <summary>Makes a further document of the commit out of the new revision; null for none.</summary>
    public Func<string, StoredDocument>? Companion { get; init; }
}
