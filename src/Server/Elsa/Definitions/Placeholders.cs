using System.Text.Json.Nodes;
using Platform.Engine.Activities;
using Platform.Engine.Definitions;

namespace Platform.Server.Elsa.Definitions;

/// <summary>
/// Stands in for activities whose type is not known here, so that Studio can show and keep them. A placeholder carries the original;
/// what people changed about it on the canvas (place, id, name, notes) goes back into the original.
/// </summary>
internal static class Placeholders
{
    private const int NestingMax = 8;
    private const int OriginalDepthMax = 200;

    /// <summary>The placeholder of an activity; the activity itself is not changed.</summary>
    public static JsonObject Make(JsonObject original)
    {
        var type = ElsaDocuments.TextOf(original["type"]) ?? "";
        var version = ActivityTree.VersionOf(original) ?? 0;
        var metadata = original["metadata"] as JsonObject is { } given ? (JsonObject)given.DeepClone() : [];
        metadata["displayText"] = DisplayText(type);
        metadata["description"] = Description(type, version);
        return new JsonObject
        {
            ["id"] = original["id"]?.DeepClone(),
            ["name"] = ElsaDocuments.TextOf(original["name"]),
            ["type"] = NotFoundActivity.TypeName,
            ["version"] = 1,
            ["customProperties"] = (original["customProperties"] as JsonObject)?.DeepClone() ?? new JsonObject(),
            ["metadata"] = metadata,
            ["missingTypeName"] = type,
            ["missingTypeVersion"] = version,
            ["originalActivityJson"] = ElsaDocuments.ToText(original),
        };
    }

    /// <summary>The original of a placeholder, put in its place; any other activity as it is.</summary>
    /// <param name="activity">The activity; it must have a parent node.</param>
    /// <param name="path">Its place in the document.</param>
    /// <param name="problems">Receives what is wrong.</param>
    public static JsonObject Restore(JsonObject activity, string path, List<DefinitionProblem> problems)
    {
        for (var i = 0; i < NestingMax && IsPlaceholder(activity, out var text); i++)
        {
            if (Parse(text) is not { } original)
            {
                problems.Add(new DefinitionProblem(
                    path + ".originalActivityJson", "WF1006", "The placeholder does not hold the JSON of the activity it stands for."));
                return activity;
            }

            TakeChanges(activity, original);
            activity.ReplaceWith(original);
            activity = original;
        }

        return activity;
    }

    private static bool IsPlaceholder(JsonObject activity, out string original)
    {
        original = ElsaDocuments.TextOf(activity["originalActivityJson"]) ?? "";
        return original.Length > 0 && ElsaDocuments.TextOf(activity["type"]) == NotFoundActivity.TypeName;
    }

    private static JsonObject? Parse(string text) => RequestBody.Parse(System.Text.Encoding.UTF8.GetBytes(text), OriginalDepthMax).Node as JsonObject;

    private static void TakeChanges(JsonObject placeholder, JsonObject original)
    {
        if (ElsaDocuments.TextOf(placeholder["id"]) is { Length: > 0 } id)
            original["id"] = id;
        if (ElsaDocuments.TextOf(placeholder["name"]) is { } name && name != ElsaDocuments.TextOf(original["name"]))
            original["name"] = name;
        if (placeholder["metadata"] is not JsonObject changed)
            return;
        var metadata = original["metadata"] as JsonObject;
        var hadNone = metadata is null;
        metadata ??= [];
        var type = ElsaDocuments.TextOf(placeholder["missingTypeName"]) ?? "";
        var version = placeholder["missingTypeVersion"] is JsonValue value && value.TryGetValue<int>(out var number) ? number : 0;
        foreach (var (key, node) in changed)
        {
            var isOurs = (key == "displayText" && ElsaDocuments.TextOf(node) == DisplayText(type))
                || (key == "description" && ElsaDocuments.TextOf(node) == Description(type, version));
            if (!isOurs)
                metadata[key] = node?.DeepClone();
        }

        if (hadNone && metadata.Count > 0)
            original["metadata"] = metadata;
    }

    private static string DisplayText(string type) => $"Not Found: {type}";

    private static string Description(string type, int version) => $"Could not find activity type {type} with version {version}";
}
