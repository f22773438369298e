using System.Globalization;
using System.Text.Json;
using Platform.Engine.Activities;

namespace Platform.Engine.Definitions;

/// <summary>Reads the connections of a flowchart in each of the forms that exports contain.</summary>
internal sealed class ConnectionReader(ActivityReader activities)
{
    public void Read(Flowchart flowchart, JsonElement element, string path)
    {
        var ids = flowchart.Activities.Select(activity => activity.Id).ToHashSet(StringComparer.Ordinal);
        if (!element.TryGetProperty("connections", out var connections))
            return;
        if (connections.ValueKind == JsonValueKind.Object && connections.TryGetProperty("$values", out var values))
            connections = values;
        var items = connections.ValueKind switch
        {
            JsonValueKind.Array => connections.EnumerateArray().ToList(),
            JsonValueKind.Object => [connections],
            _ => [],
        };
        for (var i = 0; i < items.Count; i++)
            Add(flowchart, ids, items[i], string.Create(CultureInfo.InvariantCulture, $"{path}.connections[{i}]"));
        ReadNotFoundConnections(flowchart, ids, element);
    }

    private static void ReadNotFoundConnections(Flowchart flowchart, HashSet<string> ids, JsonElement element)
    {
        if (!element.TryGetProperty("customProperties", out var custom) || custom.ValueKind != JsonValueKind.Object
            || !custom.TryGetProperty("notFoundConnections", out var kept) || kept.ValueKind != JsonValueKind.Array)
            return;
        foreach (var item in kept.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Object && ReadConnection(item) is { } connection && ids.Contains(connection.Source) && ids.Contains(connection.Target))
                flowchart.Connections.Add(connection);
        }
    }

    private void Add(Flowchart flowchart, HashSet<string> ids, JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object || ReadConnection(element) is not { } connection)
        {
            activities.AddWarning(path, "WF1104", "The connection is left out: it does not name a source and a target.");
            return;
        }

        var missing = ids.Contains(connection.Source) ? connection.Target : connection.Source;
        if (!ids.Contains(missing))
        {
            activities.AddWarning(path, "WF1104", $"The connection is left out: there is no activity '{missing}' in this flowchart.");
            return;
        }

        flowchart.Connections.Add(connection);
    }

    private static Connection? ReadConnection(JsonElement element)
    {
        var members = DefinitionReader.Members(element);
        var source = members.GetValueOrDefault("source");
        var target = members.GetValueOrDefault("target");
        if (source.ValueKind == JsonValueKind.String && target.ValueKind == JsonValueKind.String)
        {
            return new Connection(
                source.GetString()!,
                DefinitionReader.Text(members.GetValueOrDefault("sourcePort")),
                target.GetString()!,
                DefinitionReader.Text(members.GetValueOrDefault("targetPort")));
        }

        var from = DefinitionReader.Members(source);
        var to = DefinitionReader.Members(target);
        return DefinitionReader.Text(from.GetValueOrDefault("activity")) is { } sourceId && DefinitionReader.Text(to.GetValueOrDefault("activity")) is { } targetId
            ? new Connection(sourceId, DefinitionReader.Text(from.GetValueOrDefault("port")), targetId, DefinitionReader.Text(to.GetValueOrDefault("port")))
            : null;
    }
}
