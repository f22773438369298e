using System.Globalization;
using System.Text.Json;
using Platform.Engine.Activities;
using Platform.Engine.Converters;
using Platform.Engine.Expressions;
using Platform.Engine.Plans;
using Platform.Engine.Values;

namespace Platform.Engine.Definitions;

/// <summary>
/// Reads definition documents in Elsa's format. Tolerant as Elsa's reader is: everything is optional, unknown members are ignored,
/// unknown activity types become placeholders. What cannot be right (duplicate ids, unknown expression types, too deep nesting) is
/// reported with its place instead of thrown.
/// </summary>
/// <param name="catalog">Activity types that documents may use.</param>
/// <param name="aliases">Type aliases that documents may use.</param>
/// <param name="languages">Expression languages that documents may use.</param>
/// <param name="converters">Output converters that documents may use; null for the built-in ones.</param>
public sealed class DefinitionReader(ActivityCatalog catalog, TypeAliases aliases, ExpressionLanguages languages, OutputConverters? converters = null)
{
    private readonly OutputBindingReader _outputs = new(converters ?? new OutputConverters(OutputConverters.BuiltIn(aliases)));

    private static readonly JsonDocumentOptions DocumentOptions = new() { MaxDepth = 256, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads a document.</summary>
    /// <param name="definition">The version whose document to read.</param>
    /// <exception cref="JsonException">The document is not JSON.</exception>
    public DefinitionContent Read(WorkflowDefinition definition)
    {
        RequireWholeCharacters(definition.Document);
        using var document = JsonDocument.Parse(definition.Document, DocumentOptions);
        return Read(document.RootElement, definition.ToolVersion);
    }

    /// <summary>Reads a document.</summary>
    /// <param name="document">The document, an object.</param>
    /// <param name="toolVersion">Version of the tool that wrote it, or null.</param>
    public DefinitionContent Read(JsonElement document, string? toolVersion)
    {
        var activities = new ActivityReader(catalog, aliases, languages, _outputs);
        var members = Members(document);
        var variables = ReadVariables(activities, members.GetValueOrDefault("variables"));
        var root = members.TryGetValue("root", out var rootElement) && rootElement.ValueKind == JsonValueKind.Object
            ? activities.Read(rootElement, "$.root")
            : new Sequence { Type = "Elsa.Sequence", Id = "root" };
        var inputs = ReadParameters(activities, members.GetValueOrDefault("inputs"), "$.inputs");
        var outputs = ReadParameters(activities, members.GetValueOrDefault("outputs"), "$.outputs");
        var options = ReadOptions(members);
        if (options.IncidentStrategyType?.Contains(nameof(IncidentStrategy.ContinueWithIncidents), StringComparison.Ordinal) == true)
        {
            activities.AddWarning("$.options.incidentStrategyType", "WF1105",
                "An activity that faults keeps its instance suspended for ever, also when everything else has completed. Watch for instances with incidents, and retry or cancel them.");
        }

        return new DefinitionContent
        {
            Root = root,
            Variables = variables,
            Inputs = inputs,
            Outputs = outputs,
            Outcomes = ReadTexts(members.GetValueOrDefault("outcomes")),
            Options = options,
            CustomProperties = ReadCustomProperties(activities, members.GetValueOrDefault("customProperties")),
            ToolMajorVersion = MajorOf(toolVersion ?? Text(members.GetValueOrDefault("toolVersion"))),
            Problems = activities.Problems,
            Unfinished = activities.Unfinished,
            Warnings = activities.Warnings,
        };
    }

    /// <summary>The members of a model object, by name in any case; the last of repeated ones counts.</summary>
    internal static Dictionary<string, JsonElement> Members(JsonElement element)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.OrdinalIgnoreCase);
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in element.EnumerateObject())
                members[member.Name] = member.Value;
        }

        return members;
    }

    internal static string? Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString() : null;

    /// <summary>
    /// Refuses half surrogate pairs, escaped or not. JSON has room for them and a text has not, which would only show where it is read.
    /// </summary>
    private static void RequireWholeCharacters(string json)
    {
        var isInPair = false;
        for (var i = 0; i < json.Length; i++)
        {
            var at = i;
            var character = json[i];
            if (character == '\\' && i + 1 < json.Length)
            {
                i++;
                if (json[i] == 'u' && i + 4 < json.Length && ushort.TryParse(json.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
                {
                    i += 4;
                    character = (char)code;
                }
            }

            if (char.IsLowSurrogate(character) != isInPair)
                throw new JsonException(string.Create(CultureInfo.InvariantCulture, $"There is half of a surrogate pair near character {at + 1}."));
            isInPair = char.IsHighSurrogate(character);
        }
    }

    private static List<Variable> ReadVariables(ActivityReader activities, JsonElement element)
    {
        var variables = new List<Variable>();
        if (element.ValueKind != JsonValueKind.Array)
            return variables;
        foreach (var (item, index) in element.EnumerateArray().Select((item, index) => (item, index)))
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"$.variables[{index}]");
            if (activities.ReadWorkflowVariable(item, path) is { } variable)
                variables.Add(variable);
        }

        return variables;
    }

    private static List<ParameterDefinition> ReadParameters(ActivityReader activities, JsonElement element, string path)
    {
        var parameters = new List<ParameterDefinition>();
        if (element.ValueKind != JsonValueKind.Array)
            return parameters;
        foreach (var (item, index) in element.EnumerateArray().Select((item, index) => (item, index)))
        {
            var members = Members(item);
            if (Text(members.GetValueOrDefault("name")) is not { Length: > 0 } name)
                continue;
            var itemPath = string.Create(CultureInfo.InvariantCulture, $"{path}[{index}].name");
            if (parameters.Exists(other => string.Equals(other.Name, name, StringComparison.Ordinal)))
                activities.AddProblem(itemPath, "WF1004", $"The name '{name}' is used twice. Give each one its own name.");
            var alias = Text(members.GetValueOrDefault("type")) ?? "Object";
            parameters.Add(new ParameterDefinition(name, alias, activities.TypeOf(alias) ?? typeof(object))
            {
                DisplayName = Text(members.GetValueOrDefault("displayName")),
                Description = Text(members.GetValueOrDefault("description")),
                Category = Text(members.GetValueOrDefault("category")),
                UIHint = Text(members.GetValueOrDefault("uiHint")),
            });
        }

        return parameters;
    }

    private static WorkflowOptions ReadOptions(Dictionary<string, JsonElement> members)
    {
        var options = Members(members.GetValueOrDefault("options"));
        var usable = options.GetValueOrDefault("usableAsActivity");
        if (usable.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            usable = members.GetValueOrDefault("usableAsActivity");
        return new WorkflowOptions
        {
            ActivationStrategyType = Text(options.GetValueOrDefault("activationStrategyType")),
            IncidentStrategyType = Text(options.GetValueOrDefault("incidentStrategyType")),
            UsableAsActivity = usable.ValueKind == JsonValueKind.True,
            AutoUpdateConsumingWorkflows = options.GetValueOrDefault("autoUpdateConsumingWorkflows").ValueKind == JsonValueKind.True,
            ActivityCategory = Text(options.GetValueOrDefault("activityCategory")),
            CommitStrategyName = Text(options.GetValueOrDefault("commitStrategyName")),
        };
    }

    private static Dictionary<string, object> ReadCustomProperties(ActivityReader activities, JsonElement element)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (name, value) in Members(element))
        {
            if (activities.ValueOf(value, $"$.customProperties.{name}") is { } item)
                properties[ActivityType.ToWireName(name)] = item;
        }

        return properties;
    }

    private static List<string> ReadTexts(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().Select(Text).OfType<string>()] : [];

    private static int MajorOf(string? toolVersion) =>
        toolVersion is not null && int.TryParse(toolVersion.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : 2;
}
