using System.Text.Json.Nodes;
using Platform.Engine.Activities;

namespace Platform.Server.Elsa.Definitions;

/// <summary>
/// The connections of a flowchart, as the canvas needs them and as they are stored. Connections that leave a placeholder start at ports
/// that nobody knows, so the canvas does not get them: they wait in <c>customProperties.notFoundConnections</c>, as in Elsa.
/// </summary>
internal static class FlowchartConnections
{
    private const string Kept = "notFoundConnections";

    /// <summary>Connections in the current form only, between activities that exist, without those that leave a placeholder.</summary>
    public static void ForStudio(JsonObject flowchart)
    {
        var activities = ActivitiesOf(flowchart);
        if (flowchart["activities"] is not JsonArray)
            flowchart["activities"] = new JsonArray();
        var connections = new JsonArray();
        var kept = KeptOf(flowchart) is { } given ? (JsonArray)given.DeepClone() : null;
        foreach (var connection in Read(flowchart["connections"]))
        {
            if (!activities.TryGetValue(SourceOf(connection), out var source) || !activities.ContainsKey(TargetOf(connection)))
                continue;
            if (ElsaDocuments.TextOf(source["type"]) == NotFoundActivity.TypeName)
                (kept ??= []).Add(connection);
            else
                connections.Add(connection);
        }

        flowchart["connections"] = connections;
        if (kept is not null)
            flowchart["customProperties"]![Kept] = kept;
    }

    /// <summary>Connections that were kept aside come back when both ends are there; the others stay aside.</summary>
    public static void ForStore(JsonObject flowchart)
    {
        if (KeptOf(flowchart) is not { Count: > 0 } kept)
            return;
        var activities = ActivitiesOf(flowchart);
        var returning = Read(kept).Where(connection => activities.ContainsKey(SourceOf(connection)) && activities.ContainsKey(TargetOf(connection))).ToList();
        if (returning.Count == 0)
            return;
        var connections = new JsonArray([.. Read(flowchart["connections"])]);
        foreach (var connection in returning)
        {
            if (!connections.Any(other => IsSame(other!.AsObject(), connection)))
                connections.Add(connection);
        }

        flowchart["connections"] = connections;
        flowchart["customProperties"]![Kept] = new JsonArray(
            [.. Read(kept).Where(connection => !returning.Exists(other => IsSame(other, connection)))]);
    }

    private static JsonArray? KeptOf(JsonObject flowchart) => (flowchart["customProperties"] as JsonObject)?[Kept] as JsonArray;

    private static Dictionary<string, JsonObject> ActivitiesOf(JsonObject flowchart)
    {
        var activities = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var activity in (flowchart["activities"] as JsonArray ?? []).OfType<JsonObject>())
            activities[ElsaDocuments.TextOf(activity["id"]) ?? ""] = activity;
        return activities;
    }

    /// <summary>Copies of the connections, whatever form they are written in; what is no connection is left out.</summary>
    private static IEnumerable<JsonObject> Read(JsonNode? node)
    {
        if (node is JsonObject wrapper && wrapper["$values"] is JsonArray values)
            node = values;
        return (node as JsonArray ?? (node is JsonObject single ? [single.DeepClone()] : [])).OfType<JsonObject>().Select(Current).OfType<JsonObject>();
    }

    private static JsonObject? Current(JsonObject connection)
    {
        var copy = (JsonObject)connection.DeepClone();
        var (source, target) = (ElsaDocuments.Member(copy, "source"), ElsaDocuments.Member(copy, "target"));
        if (ElsaDocuments.TextOf(source) is { } sourceId && ElsaDocuments.TextOf(target) is { } targetId)
        {
            return new JsonObject
            {
                ["source"] = new JsonObject { ["activity"] = sourceId, ["port"] = ElsaDocuments.TextOf(ElsaDocuments.Member(copy, "sourcePort")) ?? "Done" },
                ["target"] = new JsonObject { ["activity"] = targetId, ["port"] = ElsaDocuments.TextOf(ElsaDocuments.Member(copy, "targetPort")) ?? "In" },
                ["vertices"] = new JsonArray(),
            };
        }

        if (source is not JsonObject from || target is not JsonObject to)
            return null;
        if (!copy.ContainsKey("source"))
        {
            copy = new JsonObject
            {
                ["source"] = Endpoint(from),
                ["target"] = Endpoint(to),
                ["vertices"] = ElsaDocuments.Member(copy, "vertices")?.DeepClone(),
            };
        }

        if (copy["vertices"] is not JsonArray)
            copy["vertices"] = new JsonArray();
        return SourceOf(copy).Length > 0 && TargetOf(copy).Length > 0 ? copy : null;
    }

    private static JsonObject Endpoint(JsonObject end) => new()
    {
        ["activity"] = ElsaDocuments.Member(end, "activity")?.DeepClone(),
        ["port"] = ElsaDocuments.Member(end, "port")?.DeepClone(),
    };

    private static string SourceOf(JsonObject connection) => ElsaDocuments.TextOf((connection["source"] as JsonObject)?["activity"]) ?? "";

    private static string TargetOf(JsonObject connection) => ElsaDocuments.TextOf((connection["target"] as JsonObject)?["activity"]) ?? "";

    private static bool IsSame(JsonObject one, JsonObject other) =>
        JsonNode.DeepEquals(one["source"], other["source"]) && JsonNode.DeepEquals(one["target"], other["target"]);
}
