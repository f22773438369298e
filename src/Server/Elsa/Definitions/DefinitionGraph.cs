using System.Text.Json.Nodes;
using Platform.Engine.Activities;
using Platform.Engine.Plans;
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
        PlanCache plans,
        ElsaDocuments documents,
        ActivityTree tree,
        CancellationToken cancellationToken)
    {
        if (await definitions.FindVersionAsync(id, cancellationToken) is not { } found)
            return Problems.NotFound("workflow definition version", id);
        var root = documents.ToModel(found)["root"]!.AsObject();
        if (request.Query.Text("parentNodeId") is not { } nodeId)
            return Wire.Json(ToNode(root, "Root"));
        return PathTo(new NestedWorkflows(plans.Get(found), documents, tree), root, nodeId) is [.., var (activity, port)] ? Wire.Json(ToNode(activity, port)) : UnknownNode("parentNodeId", nodeId);
    }

    private static async Task<IResult> FindSegmentsAsync(
        string id,
        HttpRequest request,
        WorkflowDefinitions definitions,
        PlanCache plans,
        ElsaDocuments documents,
        ActivityTree tree,
        CancellationToken cancellationToken)
    {
        if (await definitions.FindVersionAsync(id, cancellationToken) is not { } found)
            return Problems.NotFound("workflow definition version", id);
        var nodeId = request.Query.Text("childNodeId") ?? "";
        var root = documents.ToModel(found)["root"]!.AsObject();
        if (PathTo(new NestedWorkflows(plans.Get(found), documents, tree), root, nodeId) is not { Count: > 0 } path)
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
    private static List<(JsonObject Activity, string Port)>? PathTo(NestedWorkflows nested, JsonObject root, string nodeId)
    {
        var path = new List<(JsonObject, string)>();
        return Search(root, "Root") ? path : null;

        bool Search(JsonObject activity, string port)
        {
            path.Add((activity, port));
            var own = ElsaDocuments.TextOf(activity["nodeId"]) ?? "";
            nested.Open(activity);
            if (own == nodeId)
                return true;
            if (nodeId.StartsWith(own + ":", StringComparison.Ordinal))
            {
                foreach (var slot in nested.ChildrenOf(activity))
                {
                    if (Search(slot.Activity, slot.Port))
                        return true;
                }
            }

            path.RemoveAt(path.Count - 1);
            return false;
        }
    }

    /// <summary>Shows workflows that are used as activities from inside, in the version and with the node ids that the plan has.</summary>
    private sealed class NestedWorkflows(WorkflowPlan plan, ElsaDocuments documents, ActivityTree tree)
    {
        /// <summary>Puts the workflow into the activity that uses it; any other activity stays as it is.</summary>
        public void Open(JsonObject activity)
        {
            if (plan.FindByNodeId(ElsaDocuments.TextOf(activity["nodeId"]) ?? "") is not { Activity: WorkflowDefinitionActivity used, Children: [var workflow] })
                return;
            var root = documents.ToModel(used.Definition)["root"]!.AsObject();
            root.Parent!.AsObject().Remove("root");
            activity["root"] = new JsonObject
            {
                ["id"] = workflow.Activity.Id,
                ["nodeId"] = workflow.NodeId,
                ["type"] = Workflow.TypeName,
                ["version"] = 1,
                ["root"] = tree.ForStudio(root, workflow.NodeId),
            };
        }

        public IEnumerable<ActivitySlot> ChildrenOf(JsonObject activity)
        {
            if (tree.TypeOf(activity) is not { } type)
                return [];
            return activity["root"] is JsonObject root && type.UsedWorkflow is not null
                ? [new ActivitySlot(root, "Root", "root")]
                : tree.ChildrenOf(activity, type);
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
