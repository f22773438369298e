using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Engine.Definitions;
using Platform.Engine.Plans;
using Platform.Runtime.Store;

namespace Platform.Runtime.Definitions;

/// <summary>Workflows that use other workflows: as activities, or by starting them.</summary>
/// <param name="store">Where definitions are kept.</param>
public sealed class ConsumingWorkflows(IWorkflowStore store)
{
    private static readonly JsonDocumentOptions DocumentOptions = new() { MaxDepth = 1_000, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The latest versions that use one of the definitions, directly or through others, without these themselves.</summary>
    /// <param name="definitionIds">The definitions.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<IReadOnlyList<WorkflowDefinition>> FindAsync(IReadOnlyCollection<string> definitionIds, CancellationToken cancellationToken)
    {
        var all = await store.ListDefinitionsAsync(new DefinitionFilter { Versions = VersionOptions.Latest, WithDocuments = true }, cancellationToken);
        var used = all.Items.ToDictionary(definition => definition.DefinitionId, UsedBy, StringComparer.Ordinal);
        var found = new HashSet<string>(StringComparer.Ordinal);
        var wanted = new Queue<string>(definitionIds);
        while (wanted.TryDequeue(out var id))
        {
            foreach (var (consumer, ids) in used)
            {
                if (ids.Contains(id) && !definitionIds.Contains(consumer) && found.Add(consumer))
                    wanted.Enqueue(consumer);
            }
        }

        return [.. all.Items.Where(definition => found.Contains(definition.DefinitionId))];
    }

    /// <summary>
    /// Drafts of the latest versions that use a definition as an activity in another version than the given one, with their references
    /// pointed to it.
    /// </summary>
    /// <param name="published">The version to point to.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>Each workflow as it is, and the draft that it becomes.</returns>
    internal async ValueTask<IReadOnlyList<(WorkflowDefinition Consumer, DefinitionDraft Draft)>> RepointAsync(
        WorkflowDefinition published, CancellationToken cancellationToken)
    {
        var all = await store.ListDefinitionsAsync(new DefinitionFilter { Versions = VersionOptions.Latest, WithDocuments = true }, cancellationToken);
        var repointed = new List<(WorkflowDefinition, DefinitionDraft)>();
        foreach (var consumer in all.Items)
        {
            if (consumer.DefinitionId == published.DefinitionId || !consumer.Document.Contains(published.DefinitionId, StringComparison.Ordinal))
                continue;
            var document = JsonNode.Parse(consumer.Document, documentOptions: DocumentOptions);
            if (Repoint(document, published))
                repointed.Add((consumer, DefinitionDraft.From(consumer) with { Document = document!.ToJsonString() }));
        }

        return repointed;
    }

    private static bool Repoint(JsonNode? node, WorkflowDefinition published)
    {
        var changed = false;
        if (node is JsonArray items)
        {
            foreach (var item in items)
                changed |= Repoint(item, published);
        }
        else if (node is JsonObject members)
        {
            foreach (var (_, member) in members)
                changed |= Repoint(member, published);
            if (TextOf(members[WorkflowActivityType.DefinitionIdName]) != published.DefinitionId
                || TextOf(members[WorkflowActivityType.VersionIdName]) == published.Id)
                return changed;
            members[WorkflowActivityType.VersionIdName] = published.Id;
            members["version"] = published.Version;
            members["latestAvailablePublishedVersion"] = published.Version;
            members["latestAvailablePublishedVersionId"] = published.Id;
            return true;
        }

        return changed;
    }

    private static HashSet<string> UsedBy(WorkflowDefinition definition)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        if (definition.Document.Contains(WorkflowActivityType.DefinitionIdName, StringComparison.OrdinalIgnoreCase))
            Collect(JsonNode.Parse(definition.Document, documentOptions: DocumentOptions), ids);
        return ids;
    }

    private static void Collect(JsonNode? node, HashSet<string> ids)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items)
                Collect(item, ids);
        }
        else if (node is JsonObject members)
        {
            var reference = members[WorkflowActivityType.DefinitionIdName];
            if ((TextOf(reference) ?? TextOf((reference as JsonObject)?["expression"]?["value"])) is { } id)
                ids.Add(id);
            foreach (var (_, member) in members)
                Collect(member, ids);
        }
    }

    private static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
