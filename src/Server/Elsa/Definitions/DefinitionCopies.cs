using System.Text.Json.Nodes;
using Platform.Engine.Plans;
using Platform.Runtime;
using Platform.Runtime.Definitions;

namespace Platform.Server.Elsa.Definitions;

/// <summary>Gives drafts new ids. Where one of them uses another, it uses the copy then; what is not among them is used as before.</summary>
internal static class DefinitionCopies
{
    /// <summary>Copies of drafts, in their order.</summary>
    /// <param name="drafts">The drafts.</param>
    /// <param name="ids">Makes ids.</param>
    public static IReadOnlyList<DefinitionDraft> Of(IReadOnlyList<DefinitionDraft> drafts, Ids ids)
    {
        var copies = new Dictionary<string, Copy>(StringComparer.Ordinal);
        var renamed = new List<(DefinitionDraft Draft, Copy Copy)>();
        foreach (var draft in drafts)
        {
            var copy = new Copy(ids.New(), ids.New());
            if (draft.DefinitionId is { Length: > 0 } id)
                copies[id] = copy;
            renamed.Add((draft, copy));
        }

        return [.. renamed.Select(pair => pair.Draft with { DefinitionId = pair.Copy.DefinitionId, Id = pair.Copy.VersionId, Document = Repoint(pair.Draft.Document, copies) })];
    }

    private static string Repoint(string document, Dictionary<string, Copy> copies)
    {
        // Most workflows use no other one.
        if (!document.Contains(WorkflowActivityType.DefinitionIdName, StringComparison.Ordinal))
            return document;
        var node = JsonNode.Parse(document, documentOptions: ElsaDocuments.StoredOptions)!;
        Repoint(node, copies);
        return ElsaDocuments.ToText(node);
    }

    private static void Repoint(JsonNode? node, Dictionary<string, Copy> copies)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items)
                Repoint(item, copies);
        }
        else if (node is JsonObject members)
        {
            foreach (var (_, member) in members)
                Repoint(member, copies);
            RepointMembers(members, copies);
        }
    }

    private static void RepointMembers(JsonObject members, Dictionary<string, Copy> copies)
    {
        var reference = members[WorkflowActivityType.DefinitionIdName];
        if (ElsaDocuments.TextOf(reference) is { } used && copies.TryGetValue(used, out var copy))
        {
            members[WorkflowActivityType.DefinitionIdName] = copy.DefinitionId;
            if (members[WorkflowActivityType.VersionIdName] is null)
                return;
            members[WorkflowActivityType.VersionIdName] = copy.VersionId;
            members["version"] = 1;
            if (members.ContainsKey("latestAvailablePublishedVersionId"))
                members["latestAvailablePublishedVersionId"] = copy.VersionId;
            if (members.ContainsKey("latestAvailablePublishedVersion"))
                members["latestAvailablePublishedVersion"] = 1;
        }
        else if ((reference as JsonObject)?["expression"] is JsonObject expression
            && ElsaDocuments.TextOf(expression["value"]) is { } started && copies.TryGetValue(started, out var startedCopy))
        {
            expression["value"] = startedCopy.DefinitionId;
        }
    }

    private sealed record Copy(string DefinitionId, string VersionId);
}
