using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Platform.Engine.Definitions;

namespace Platform.Server.Elsa.Definitions;

/// <summary>
/// Tells two forms of a workflow apart activity by activity. Members that are null or empty count as not there, and the order in which a
/// flowchart lists its activities says nothing.
/// </summary>
/// <param name="documents">Brings both into one form.</param>
/// <param name="tree">Walks the activities.</param>
internal sealed class DocumentComparison(ElsaDocuments documents, ActivityTree tree)
{
    /// <summary>Begins what stands in a form for an activity that is compared by itself.</summary>
    private const string Held = "\u0001";

    /// <summary>What has to be done to one form to get the other one, in the order of the activities.</summary>
    /// <param name="before">One form.</param>
    /// <param name="after">The other.</param>
    public IReadOnlyList<DefinitionDifference> Compare(WorkflowDefinition before, WorkflowDefinition after)
    {
        var (one, other) = (Read(before), Read(after));
        var (oldParts, newParts) = (PartsOf(one), PartsOf(other));
        var differences = new List<DefinitionDifference>();
        var members = ChangedMembers(one, other);
        if ((before.Description ?? "") != (after.Description ?? ""))
            members.Insert(0, "description");
        if ((before.Name ?? "") != (after.Name ?? ""))
            members.Insert(0, "name");
        if (members.Count > 0)
            differences.Add(new DefinitionDifference(DifferenceKind.Changed, null, null, null, members));
        foreach (var (path, part) in newParts)
        {
            if (!oldParts.TryGetValue(path, out var former))
                differences.Add(Of(DifferenceKind.Added, part, []));
            else if (ChangedMembers(former, part) is { Count: > 0 } changed)
                differences.Add(Of(changed is ["metadata"] ? DifferenceKind.Moved : DifferenceKind.Changed, part, changed));
        }

        differences.AddRange(oldParts.Where(part => !newParts.ContainsKey(part.Key)).Select(part => Of(DifferenceKind.Removed, part.Value, [])));
        return differences;
    }

    /// <summary>The document as it would be stored if Studio had sent it.</summary>
    private JsonObject Read(WorkflowDefinition definition) =>
        JsonNode.Parse(documents.ToDraft(documents.ToModel(definition), out _).Document, documentOptions: ElsaDocuments.StoredOptions) as JsonObject ?? [];

    private static DefinitionDifference Of(DifferenceKind kind, JsonObject activity, IReadOnlyList<string> members) => new(
        kind, ElsaDocuments.TextOf(activity["id"]), ElsaDocuments.TextOf(activity["name"]), ElsaDocuments.TextOf(activity["type"]), members);

    private static List<string> ChangedMembers(JsonObject one, JsonObject other)
    {
        var names = one.Select(member => member.Key).Union(other.Select(member => member.Key)).Where(name => name != "root");
        return [.. names.Where(name => !IsSame(one[name], other[name]) && !HoldOthers(one[name], other[name]))];
    }

    /// <summary>Whether both hold activities, and not the same ones: then these are told, and their holder says nothing more.</summary>
    private static bool HoldOthers(JsonNode? one, JsonNode? other)
    {
        var (before, after) = (HeldBy(one), HeldBy(other));
        return before is not null && after is not null && !before.SetEquals(after);
    }

    /// <summary>The activities that a member holds; null when it holds something else.</summary>
    private static HashSet<string>? HeldBy(JsonNode? member) => member switch
    {
        null or JsonArray { Count: 0 } => [],
        JsonArray items => items.All(item => ElsaDocuments.TextOf(item)?.StartsWith(Held, StringComparison.Ordinal) == true)
            ? [.. items.Select(item => item!.GetValue<string>())]
            : null,
        _ => ElsaDocuments.TextOf(member) is { } text && text.StartsWith(Held, StringComparison.Ordinal) ? [text] : null,
    };

    private static bool IsSame(JsonNode? one, JsonNode? other) => JsonNode.DeepEquals(Compact(one), Compact(other));

    /// <summary>A copy without members that say nothing; null when nothing is left.</summary>
    private static JsonNode? Compact(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                var copy = new JsonObject();
                foreach (var (name, member) in members)
                {
                    if (Compact(member) is { } kept)
                        copy[name] = kept;
                }

                return copy.Count == 0 ? null : copy;
            case JsonArray items:
                return items.Count == 0 ? null : new JsonArray([.. items.Select(Compact)]);
            case JsonValue value when value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Length == 0:
                return null;
            default:
                return node?.DeepClone();
        }
    }

    /// <summary>Every activity by its place, without the activities inside it: these are replaced by their ids.</summary>
    private Dictionary<string, JsonObject> PartsOf(JsonObject document)
    {
        var parts = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        if (document["root"] is JsonObject root)
            Collect(root, "", parts);
        return parts;
    }

    private void Collect(JsonObject activity, string parent, Dictionary<string, JsonObject> parts)
    {
        var path = $"{parent}/{ElsaDocuments.TextOf(activity["id"])}";
        parts.TryAdd(path, activity);
        if (tree.TypeOf(activity) is not { } type)
            return;
        foreach (var slot in tree.ChildrenOf(activity, type).ToList())
        {
            Collect(slot.Activity, path, parts);
            slot.Activity.ReplaceWith(JsonValue.Create(Held + ElsaDocuments.TextOf(slot.Activity["id"])));
        }

        if (type.TypeName == "Elsa.Flowchart" && activity["activities"] is JsonArray items)
            activity["activities"] = new JsonArray([.. items.Select(item => item?.DeepClone()).OrderBy(item => item?.ToJsonString(), StringComparer.Ordinal)]);
    }
}

/// <summary>How something differs.</summary>
internal enum DifferenceKind
{
    /// <summary>Only the later form has it.</summary>
    Added,

    /// <summary>Only the former form has it.</summary>
    Removed,

    /// <summary>Both have it, with other members.</summary>
    Changed,

    /// <summary>It only stands in another place of the drawing.</summary>
    Moved,
}

/// <summary>One difference: an activity, or the workflow itself.</summary>
/// <param name="Kind">How it differs.</param>
/// <param name="ActivityId">Id of the activity; null for the workflow itself.</param>
/// <param name="ActivityName">Name of the activity, when it has one.</param>
/// <param name="ActivityType">Type of the activity.</param>
/// <param name="Members">The members that differ.</param>
internal sealed record DefinitionDifference(DifferenceKind Kind, string? ActivityId, string? ActivityName, string? ActivityType, IReadOnlyList<string> Members)
{
    /// <summary>In words.</summary>
    [JsonIgnore]
    public string Label => ActivityId is null ? string.Join(", ", Members) : $"{ActivityName ?? ActivityId} ({Kind.ToString().ToLowerInvariant()})";
}
