using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using Platform.Engine;
using Platform.Engine.Activities;
using Platform.Engine.Definitions;
using Platform.Engine.Plans;

namespace Platform.Server.Elsa.Definitions;

/// <summary>An activity inside another one.</summary>
/// <param name="Activity">The activity.</param>
/// <param name="Port">The port that holds it.</param>
/// <param name="Path">Its place below the holder, such as <c>activities[2]</c>.</param>
internal sealed record ActivitySlot(JsonObject Activity, string Port, string Path);

/// <summary>
/// Walks the activities of a document along the ports of their types: through embedded activities, lists of them, and the items of
/// plain lists that hold one, such as the cases of a switch.
/// </summary>
/// <param name="catalog">The activity types.</param>
internal sealed class ActivityTree(ActivityCatalog catalog)
{
    private const string WorkflowId = "Workflow1";

    /// <summary>Member under which Studio keeps JSON that cannot be read; what has it is no activity and stays as it is.</summary>
    private const string InvalidJson = "$invalidJson";
    private readonly ConcurrentDictionary<Type, bool> _holdsActivities = new();

    /// <summary>Every activity gets its node id, unknown types become placeholders, and what the canvas cannot draw is put right.</summary>
    /// <param name="root">The root activity, without a parent node; it is changed.</param>
    /// <param name="workflowNodeId">Node id of the workflow that holds it.</param>
    /// <returns>The root, or its placeholder.</returns>
    public JsonObject ForStudio(JsonObject root, string workflowNodeId = WorkflowId)
    {
        var holder = new JsonArray(root);
        PlaceForStudio(root, workflowNodeId, new Numbering(root));
        return (JsonObject)Detach(holder);
    }

    /// <summary>Every activity gets its id and node id; nothing else changes.</summary>
    /// <param name="root">The root activity, without a parent node; it is changed.</param>
    public JsonObject ForFile(JsonObject root)
    {
        PlaceForFile(root, WorkflowId, new Numbering(root));
        return root;
    }

    /// <summary>Placeholders become what they stand for, every activity gets an id, and computed members go.</summary>
    /// <param name="root">The root activity, without a parent node; it is changed.</param>
    /// <param name="problems">Receives what is wrong.</param>
    public JsonObject ForStore(JsonObject root, List<DefinitionProblem> problems)
    {
        var holder = new JsonArray(root);
        PrepareForStore(root, WorkflowId, "$.root", problems);
        root = (JsonObject)Detach(holder);
        NumberForStore(root, WorkflowId, "$.root", new Numbering(root), [], problems);
        return root;
    }

    /// <summary>The type of an activity; null when it is not known here.</summary>
    public ActivityType? TypeOf(JsonObject activity) =>
        ElsaDocuments.TextOf(activity["type"]) is { } name
            ? catalog.Resolve(
                name,
                VersionOf(activity),
                ElsaDocuments.TextOf(activity[WorkflowActivityType.VersionIdName]),
                ElsaDocuments.TextOf(activity[WorkflowActivityType.DefinitionIdName]))
            : null;

    /// <summary>The version an activity names; null when it names none.</summary>
    public static int? VersionOf(JsonObject activity) =>
        activity["version"] is JsonValue value && value.TryGetValue<int>(out var version) ? version : null;

    /// <summary>The activities directly inside an activity, in the order in which definitions are read.</summary>
    public IEnumerable<ActivitySlot> ChildrenOf(JsonObject activity, ActivityType type)
    {
        foreach (var input in type.Inputs)
        {
            if (!input.IsWrapped && HoldsActivities(input.ValueType) && activity[input.WireName] is { } value)
            {
                foreach (var slot in InPlainValue(value, input.ValueType, input.Name, input.WireName))
                    yield return slot;
            }
        }

        foreach (var port in type.Ports)
        {
            if (activity[port.WireName] is JsonObject child && IsActivity(port.Property.PropertyType))
                yield return new ActivitySlot(child, port.Name, port.WireName);
            else if (activity[port.WireName] is JsonArray children && !IsActivity(port.Property.PropertyType))
            {
                foreach (var (item, index) in children.Select((item, index) => (item, index)).ToList())
                {
                    if (item is JsonObject listed)
                        yield return new ActivitySlot(listed, port.Name, Indexed(port.WireName, index));
                }
            }
        }
    }

    private static JsonNode Detach(JsonArray holder)
    {
        var node = holder[0]!;
        holder.Clear();
        return node;
    }

    private static bool IsActivity(Type type) => typeof(IActivity).IsAssignableFrom(type);

    private static string Indexed(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");

    private void PlaceForStudio(JsonObject activity, string parentNodeId, Numbering numbering)
    {
        var type = TypeOf(activity);
        var id = numbering.IdOf(activity, type);
        if (type is null)
        {
            var placeholder = Placeholders.Make(activity);
            activity.ReplaceWith(placeholder);
            activity = placeholder;
            type = catalog.Find(NotFoundActivity.TypeName)!;
        }

        activity["id"] = id;
        activity["nodeId"] = $"{parentNodeId}:{id}";
        // A version we do not have runs as the latest one that we have; Studio draws nothing at all for a type without a descriptor.
        activity["version"] = type.Version;
        if (activity["metadata"] is not JsonObject)
            activity["metadata"] = new JsonObject();
        if (activity["customProperties"] is not JsonObject)
            activity["customProperties"] = new JsonObject();
        if (type.UsedWorkflow is { } used)
            PlaceUsedWorkflow(activity, used);
        foreach (var slot in ChildrenOf(activity, type))
            PlaceForStudio(slot.Activity, $"{parentNodeId}:{id}", numbering);
        if (type.TypeName == "Elsa.Flowchart")
            FlowchartConnections.ForStudio(activity);
    }

    /// <summary>A workflow used as an activity tells Studio which version it means and which one is the newest, so that it can offer that one.</summary>
    private void PlaceUsedWorkflow(JsonObject activity, WorkflowDefinition used)
    {
        activity[WorkflowActivityType.DefinitionIdName] = used.DefinitionId;
        activity[WorkflowActivityType.VersionIdName] = used.Id;
        var current = catalog.Workflows.Find("", null, null, used.DefinitionId)?.Definition;
        var newest = current is { IsPublished: true } ? current : used;
        activity["latestAvailablePublishedVersion"] = newest.Version;
        activity["latestAvailablePublishedVersionId"] = newest.Id;
    }

    private void PlaceForFile(JsonObject activity, string parentNodeId, Numbering numbering)
    {
        var type = TypeOf(activity);
        var id = numbering.IdOf(activity, type);
        activity["id"] = id;
        activity["nodeId"] = $"{parentNodeId}:{id}";
        if (type is null)
            return;
        foreach (var slot in ChildrenOf(activity, type))
            PlaceForFile(slot.Activity, $"{parentNodeId}:{id}", numbering);
    }

    private void PrepareForStore(JsonObject activity, string nodeId, string path, List<DefinitionProblem> problems)
    {
        activity = Placeholders.Restore(activity, path, problems);
        activity.Remove("nodeId");
        if (TypeOf(activity) is not { } type)
            return;
        // The workflow behind an activity is looked at through it, never stored with it.
        if (type.UsedWorkflow is not null)
            activity.Remove("root");
        foreach (var slot in ChildrenOf(activity, type))
            PrepareForStore(slot.Activity, nodeId, $"{path}.{slot.Path}", problems);
        if (type.TypeName == "Elsa.Flowchart")
            FlowchartConnections.ForStore(activity);
    }

    private void NumberForStore(
        JsonObject activity, string parentNodeId, string path, Numbering numbering, HashSet<string> nodeIds, List<DefinitionProblem> problems)
    {
        var type = TypeOf(activity);
        var id = numbering.IdOf(activity, type);
        activity["id"] = id;
        var nodeId = $"{parentNodeId}:{id}";
        if (!nodeIds.Add(nodeId))
            problems.Add(new DefinitionProblem(path + ".id", "WF1002", $"The id '{id}' is used twice in this container. Give each activity its own id."));
        if (type is null)
            return;
        foreach (var slot in ChildrenOf(activity, type))
            NumberForStore(slot.Activity, nodeId, $"{path}.{slot.Path}", numbering, nodeIds, problems);
    }

    private IEnumerable<ActivitySlot> InPlainValue(JsonNode value, Type type, string port, string path)
    {
        if (IsActivity(type))
            return value is JsonObject activity && !activity.ContainsKey(InvalidJson) ? [new ActivitySlot(activity, port, path)] : [];
        if (value is JsonArray items && ItemTypeOf(type) is { } itemType)
        {
            return items.Select((item, index) => (item, index)).ToList()
                .Where(entry => entry.item is not null)
                .SelectMany(entry => InPlainValue(entry.item!, itemType, port, Indexed(path, entry.index)));
        }

        return value is JsonObject holder && ItemTypeOf(type) is null ? InPlainObject(holder, type, path) : [];
    }

    private IEnumerable<ActivitySlot> InPlainObject(JsonObject holder, Type type, string path)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (!property.CanWrite || !HoldsActivities(property.PropertyType) || ElsaDocuments.Member(holder, property.Name) is not { } member)
                continue;
            var wireName = ActivityType.ToWireName(property.Name);
            var port = ElsaDocuments.TextOf(holder["label"]) ?? holder["statusCode"]?.ToString() ?? property.Name;
            foreach (var slot in InPlainValue(member, property.PropertyType, port, $"{path}.{wireName}"))
                yield return slot;
        }
    }

    /// <summary>Whether values of a plain type can hold activities: as they are, in a list, or as members of an object.</summary>
    private bool HoldsActivities(Type type)
    {
        if (_holdsActivities.TryGetValue(type, out var known))
            return known;
        _holdsActivities[type] = false;
        var holds = IsActivity(type)
            || (ItemTypeOf(type) is { } item
                ? HoldsActivities(item)
                : type.IsClass && type.Namespace?.StartsWith("System", StringComparison.Ordinal) != true
                    && type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                        .Any(property => property.CanWrite && property.GetIndexParameters().Length == 0 && HoldsActivities(property.PropertyType)));
        return _holdsActivities[type] = holds;
    }

    private static Type? ItemTypeOf(Type type) =>
        type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type) && type.IsGenericType && type.GetGenericArguments() is [var item] ? item : null;

    /// <summary>Gives ids to activities without one, as the engine does when it reads the document: type name and a number.</summary>
    private sealed class Numbering
    {
        private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
        private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

        public Numbering(JsonNode root) => Collect(root);

        public string IdOf(JsonObject activity, ActivityType? type)
        {
            if (ElsaDocuments.TextOf(activity["id"]) is { Length: > 0 } id)
                return id;
            var name = type?.Name ?? nameof(NotFoundActivity);
            do
            {
                _counts[name] = _counts.GetValueOrDefault(name) + 1;
                id = name + _counts[name].ToString(CultureInfo.InvariantCulture);
            }
            while (_taken.Contains(id));
            return id;
        }

        private void Collect(JsonNode? node)
        {
            if (node is JsonArray items)
            {
                foreach (var item in items)
                    Collect(item);
            }
            else if (node is JsonObject members)
            {
                if (ElsaDocuments.TextOf(members["id"]) is { Length: > 0 } id)
                    _taken.Add(id);
                foreach (var (_, member) in members)
                    Collect(member);
            }
        }
    }
}
