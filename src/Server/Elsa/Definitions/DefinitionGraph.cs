using System.Text.Json.Nodes;
using Platform.Runtime.Definitions;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Definitions;

/// <summary>Parts of a definition, for designers that drill into nested activities.</summary>
internal static class DefinitionGraph
{
    /// <summary>Maps the routes.</summary>
    public static void MapDefinitionGraph(this IEndpointRouteBuilder api)
    {
        var read = api.MapGroup("/workflow-definitions/subgraph").RequirePermission("read:workflow-definitions");
        read.MapGet("/{id}", FindPartAsync);
        read.MapGet("/segments/{id}", FindSegmentsAsync);
    }

    private static async Task<IResult> FindPartAsync(
        string id,
        HttpRequest request,
        WorkflowDefinitions definitions,
        ElsaDocuments documents,
        ActivityTree tree,
        CancellationToken cancellationToken)
    {
        if (await definitions.FindVersionAsync(id, cancellationToken) is not { } found)
            return Problems.NotFound("workflow definition version", id);
        var root = documents.ToModel(found)["root"]!.AsObject();
        if (request.Query.Text("parentNodeId") is not { } nodeId)
            return Wire.Json(ToNode(root, "Root"));
        return PathTo(tree, root, nodeId) is [.., var (activity, port)] ? Wire.Json(ToNode(activity, port)) : UnknownNode("parentNodeId", nodeId);
    }

    private static async Task<IResult> FindSegmentsAsync(
        string id,
        HttpRequest request,
        WorkflowDefinitions definitions,
        ElsaDocuments documents,
        ActivityTree tree,
        CancellationToken cancellationToken)
    {
        if (await definitions.FindVersionAsync(id, cancellationToken) is not { } found)
            return Problems.NotFound("workflow definition version", id);
        var nodeId = request.Query.Text("childNodeId") ?? "";
        var root = documents.ToModel(found)["root"]!.AsObject();
        if (PathTo(tree, root, nodeId) is not { Count: > 0 } path)
            return UnknownNode("childNodeId", nodeId);
        var (child, childPort) = path[^1];
        var container = path.SkipLast(1).LastOrDefault(step => IsContainer(tree, step.Activity)).Activity ?? root;
        return Wire.Json(new JsonObject
        {
            ["childNode"] = ToNode(child, childPort),
            ["container"] = ToNode(container, path.Find(step => ReferenceEquals(step.Activity, container)).Port),
            ["pathSegments"] = new JsonArray([.. path.Zip(path.Skip(1)).Where(pair => !IsContainer(tree, pair.First.Activity)).Select(ToSegment)]),
        });
    }

    /// <summary>Activities from the root to a node, each with the port of its holder; null when there is no such node.</summary>
    private static List<(JsonObject Activity, string Port)>? PathTo(ActivityTree tree, JsonObject root, string nodeId)
    {
        var path = new List<(JsonObject, string)>();
        return Search(root, "Root") ? path : null;

        bool Search(JsonObject activity, string port)
        {
            path.Add((activity, port));
            var own = ElsaDocuments.TextOf(activity["nodeId"]) ?? "";
            if (own == nodeId)
                return true;
            if (nodeId.StartsWith(own + ":", StringComparison.Ordinal) && tree.TypeOf(activity) is { } type)
            {
                foreach (var slot in tree.ChildrenOf(activity, type))
                {
                    if (Search(slot.Activity, slot.Port))
                        return true;
                }
            }

            path.RemoveAt(path.Count - 1);
            return false;
        }
    }

    private static bool IsContainer(ActivityTree tree, JsonObject activity) => tree.TypeOf(activity) is { IsContainer: true };

    private static JsonObject ToNode(JsonObject activity, string? port) => new()
    {
        ["nodeId"] = ElsaDocuments.TextOf(activity["nodeId"]),
        ["port"] = port,
        ["activity"] = activity.DeepClone(),
    };

    private static JsonObject ToSegment(((JsonObject Activity, string Port) Holder, (JsonObject Activity, string Port) Held) pair) => new()
    {
        ["activityNodeId"] = ElsaDocuments.TextOf(pair.Holder.Activity["nodeId"]),
        ["activityId"] = ElsaDocuments.TextOf(pair.Holder.Activity["id"]),
        ["activityType"] = ElsaDocuments.TextOf(pair.Holder.Activity["type"]),
        ["portName"] = pair.Held.Port,
        ["activityName"] = ElsaDocuments.TextOf(pair.Holder.Activity["name"]),
    };

    private static IResult UnknownNode(string name, string nodeId) =>
        Problems.Invalid("WF4005", name, $"The workflow has no activity with the node id '{nodeId}'.");
}
