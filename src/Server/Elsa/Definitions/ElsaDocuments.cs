using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Engine.Definitions;
using Platform.Runtime.Definitions;

namespace Platform.Server.Elsa.Definitions;

/// <summary>
/// Definition documents in the forms that they travel in: the model that Studio edits (complete, with node ids, and with placeholders
/// for activity types that are not known here), the file of an export, and the draft that is stored. What is stored is the author's
/// own document without the members that the record holds.
/// </summary>
/// <param name="tree">Walks the activities of a document.</param>
internal sealed class ElsaDocuments(ActivityTree tree)
{
    /// <summary>What tells an importer that a file is a workflow.</summary>
    public const string Schema = "https://elsaworkflows.io/schemas/workflow-definition/v3.0.0/schema.json";

    private const int StoredDepthMax = 250;

    /// <summary>Members that the record holds; the document does not repeat them, and what a client says about them is ignored.</summary>
    private static readonly HashSet<string> _header = new(StringComparer.OrdinalIgnoreCase)
    {
        "$schema", "id", "definitionId", "name", "description", "createdAt", "version", "toolVersion", "isLatest", "isPublished",
        "isReadonly", "isSystem", "providerName", "materializerName", "materializerContext", "links",
    };

    private static readonly string[] _lists = ["variables", "inputs", "outputs", "outcomes"];

    private static readonly string[] _optionNames =
        ["activationStrategyType", "usableAsActivity", "activityCategory", "incidentStrategyType", "commitStrategyName"];

    private static readonly JsonSerializerOptions _text = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1_000 };

    private static readonly JsonSerializerOptions _file = new(_text) { WriteIndented = true };

    /// <summary>How stored documents are read: they were checked when they were stored.</summary>
    public static JsonDocumentOptions StoredOptions { get; } = new()
    {
        MaxDepth = 1_000,
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>Whether the record of a definition holds a member, and its document does not.</summary>
    /// <param name="name">Name of the member.</param>
    public static bool IsHeader(string name) => _header.Contains(name);

    /// <summary>A version of a tool as Studio can read it: two to four numbers; null for anything else.</summary>
    public static string? ReadableToolVersion(string? toolVersion) => Version.TryParse(toolVersion, out var version) ? version.ToString() : null;

    /// <summary>A version as Studio edits it.</summary>
    public JsonObject ToModel(WorkflowDefinition definition)
    {
        var document = Read(definition);
        var model = new JsonObject { ["links"] = JsonSerializer.SerializeToNode(DefinitionLinks.Of(definition), WireJson.Of<IReadOnlyList<Link>>()) };
        WriteHeader(model, definition, ReadableToolVersion(definition.ToolVersion));
        MoveContent(document, model);
        foreach (var name in _optionNames)
            model["options"]!.AsObject().TryAdd(name, null);
        var root = model["root"] as JsonObject ?? new JsonObject { ["type"] = "Elsa.Sequence", ["version"] = 1, ["id"] = "root", ["activities"] = new JsonArray() };
        model.Remove("root");
        model["root"] = tree.ForStudio(root);
        return model;
    }

    /// <summary>A version as a file: the author's document, with header, schema and node ids.</summary>
    public byte[] ToFile(WorkflowDefinition definition)
    {
        var document = Read(definition);
        var file = new JsonObject { ["$schema"] = Schema };
        WriteHeader(file, definition, definition.ToolVersion);
        MoveContent(document, file);
        if (file["root"] is JsonObject root)
        {
            file.Remove("root");
            file["root"] = tree.ForFile(root);
        }

        return JsonSerializer.SerializeToUtf8Bytes(file, _file);
    }

    /// <summary>Name of the file of a version.</summary>
    public static string FileName(WorkflowDefinition definition)
    {
        var slug = new string([.. (definition.Name ?? "").ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]).Trim('-');
        while (slug.Contains("--", StringComparison.Ordinal))
            slug = slug.Replace("--", "-", StringComparison.Ordinal);
        return $"workflow-definition-{slug}-{definition.DefinitionId}-{definition.Id}.json";
    }

    /// <summary>A model or file as a draft to store: placeholders become what they stand for, and every activity has an id.</summary>
    /// <param name="model">The model; it is taken apart.</param>
    /// <param name="problems">What makes it unusable; nothing may be stored then.</param>
    public DefinitionDraft ToDraft(JsonObject model, out IReadOnlyList<DefinitionProblem> problems)
    {
        var found = new List<DefinitionProblem>();
        var draft = new DefinitionDraft("{}")
        {
            Id = Identifier(model, "id", found),
            DefinitionId = Identifier(model, "definitionId", found),
            Name = Text(model, "name", 500, found)?.Trim(),
            Description = Text(model, "description", 20_000, found)?.Trim(),
            ToolVersion = Text(model, "toolVersion", 50, found),
        };
        var document = new JsonObject();
        foreach (var (name, value) in model.ToList())
        {
            if (_header.Contains(name))
                continue;
            model.Remove(name);
            document[KnownName(name)] = value;
        }

        if (document["root"] is JsonObject root)
        {
            document.Remove("root");
            document["root"] = tree.ForStore(root, found);
        }
        else if (document["root"] is not null)
        {
            found.Add(new DefinitionProblem("$.root", "WF4006", "The root must be an activity object."));
        }

        problems = found;
        return found.Count > 0 ? draft : draft with { Document = ToText(document, found) };
    }

    /// <summary>A node as JSON text; other languages than English stay readable.</summary>
    public static string ToText(JsonNode node) => node.ToJsonString(_text);

    /// <summary>A member of an object by name; in any case when there is none in exactly this one.</summary>
    public static JsonNode? Member(JsonObject holder, string name)
    {
        if (holder.TryGetPropertyValue(name, out var value))
            return value;
        foreach (var (key, candidate) in holder)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
                return candidate;
        }

        return null;
    }

    /// <summary>Text of a node; null when it is no text.</summary>
    public static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static string ToText(JsonObject document, List<DefinitionProblem> problems)
    {
        var text = ToText(document);
        try
        {
            using var _ = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = StoredDepthMax });
        }
        catch (JsonException)
        {
            // Placeholders hold texts that were not counted when the request was read.
            problems.Add(new DefinitionProblem("$.root", "WF1005", $"The document is nested more than {StoredDepthMax} levels deep. Split the workflow into several."));
        }

        return text;
    }

    private static JsonObject Read(WorkflowDefinition definition) =>
        JsonNode.Parse(definition.Document, documentOptions: StoredOptions) as JsonObject ?? [];

    private static void WriteHeader(JsonObject target, WorkflowDefinition definition, string? toolVersion)
    {
        target["id"] = definition.Id;
        target["definitionId"] = definition.DefinitionId;
        target["name"] = definition.Name;
        target["description"] = definition.Description;
        target["createdAt"] = definition.CreatedAt;
        target["version"] = definition.Version;
        target["toolVersion"] = toolVersion;
        target["providerName"] = definition.ProviderName;
        target["materializerName"] = "Json";
        target["materializerContext"] = null;
        target["isReadonly"] = definition.IsReadonly;
        target["isSystem"] = definition.IsSystem;
        target["isLatest"] = definition.IsLatest;
        target["isPublished"] = definition.IsPublished;
    }

    /// <summary>Moves everything but the header, and makes sure that lists are lists and objects are objects.</summary>
    private static void MoveContent(JsonObject document, JsonObject target)
    {
        foreach (var (name, value) in document.ToList())
        {
            if (_header.Contains(name))
                continue;
            document.Remove(name);
            target[KnownName(name)] = value;
        }

        var options = target["options"] as JsonObject ?? [];
        if (options["autoUpdateConsumingWorkflows"] is null)
            options["autoUpdateConsumingWorkflows"] = false;
        SetIfOther(target, "options", options);
        SetIfOther(target, "customProperties", target["customProperties"] as JsonObject ?? []);
        foreach (var name in _lists)
            SetIfOther(target, name, target[name] as JsonArray ?? []);
        foreach (var variable in target["variables"]!.AsArray().OfType<JsonObject>())
            variable["isArray"] ??= false;
    }

    private static void SetIfOther(JsonObject target, string name, JsonNode value)
    {
        if (!ReferenceEquals(target[name], value))
            target[name] = value;
    }

    private static string KnownName(string name) =>
        Array.Find(["root", "options", "customProperties", .. _lists], known => string.Equals(known, name, StringComparison.OrdinalIgnoreCase)) ?? name;

    private static string? Identifier(JsonObject model, string name, List<DefinitionProblem> problems)
    {
        var text = Text(model, name, 200, problems);
        if (text is not null && text.AsSpan().IndexOfAny("/\\?#") >= 0 | text.Any(char.IsControl))
            problems.Add(new DefinitionProblem("$." + name, "WF4007", $"The member '{name}' may not hold slashes, '?', '#' or control characters."));
        return text;
    }

    private static string? Text(JsonObject model, string name, int lengthMax, List<DefinitionProblem> problems)
    {
        var node = Member(model, name);
        var text = TextOf(node);
        if (node is not null && text is null)
            problems.Add(new DefinitionProblem("$." + name, "WF4002", $"The member '{name}' must be a text."));
        if (text?.Length > lengthMax)
            problems.Add(new DefinitionProblem("$." + name, "WF4007", $"The member '{name}' may be {lengthMax} characters long at most."));
        return text;
    }
}
