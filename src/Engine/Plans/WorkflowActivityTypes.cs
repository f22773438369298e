using System.Text;
using Platform.Engine.Activities;
using Platform.Engine.Definitions;

namespace Platform.Engine.Plans;

/// <summary>
/// Versions of workflows that others may use as activities, with the activity type that each stands for. Immutable; a change makes a
/// new one.
/// </summary>
public sealed class WorkflowActivityTypes
{
    /// <summary>None.</summary>
    public static readonly WorkflowActivityTypes None = new([]);

    private readonly Dictionary<string, WorkflowActivityType> _byVersionId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WorkflowActivityType> _byDefinitionId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WorkflowActivityType> _byTypeName = new(StringComparer.Ordinal);

    private WorkflowActivityTypes(IReadOnlyCollection<WorkflowActivityType> types)
    {
        foreach (var type in types)
        {
            _byVersionId[type.Definition.Id] = type;
            Prefer(_byDefinitionId, type.Definition.DefinitionId, type);
            Prefer(_byTypeName, type.Type.TypeName, type);
        }
    }

    /// <summary>All versions.</summary>
    public IReadOnlyCollection<WorkflowActivityType> All => _byVersionId.Values;

    /// <summary>These with the versions of one definition replaced.</summary>
    /// <param name="definitionId">The definition.</param>
    /// <param name="types">Its versions that can be used from now on; empty for none.</param>
    public WorkflowActivityTypes With(string definitionId, IEnumerable<WorkflowActivityType> types) =>
        new([.. All.Where(type => type.Definition.DefinitionId != definitionId), .. types]);

    /// <summary>
    /// The version that an activity of a document means: the version it names; else the published, else the latest version of the
    /// definition it names; else by its type name. Null when there is none.
    /// </summary>
    /// <param name="typeName">Type name in the document.</param>
    /// <param name="version">Version number in the document, or null.</param>
    /// <param name="versionId">Version id in the document, or null.</param>
    /// <param name="definitionId">Definition id in the document, or null.</param>
    public WorkflowActivityType? Find(string typeName, int? version, string? versionId, string? definitionId)
    {
        if (versionId is not null && _byVersionId.TryGetValue(versionId, out var exact))
            return exact;
        if (definitionId is not null && _byDefinitionId.TryGetValue(definitionId, out var current))
            return current;
        if (!_byTypeName.TryGetValue(typeName, out var named))
            return null;
        return All.FirstOrDefault(type => type.Type.TypeName == typeName && type.Definition.Version == version) ?? named;
    }

    /// <summary>The published version is preferred, then the highest.</summary>
    private static void Prefer(Dictionary<string, WorkflowActivityType> index, string key, WorkflowActivityType type)
    {
        if (!index.TryGetValue(key, out var known) || Rank(type).CompareTo(Rank(known)) > 0)
            index[key] = type;

        static (bool, int) Rank(WorkflowActivityType type) => (type.Definition.IsPublished, type.Definition.Version);
    }
}

/// <summary>One version of a workflow and the activity type it stands for.</summary>
/// <param name="Definition">The version, with its document.</param>
/// <param name="Type">The activity type.</param>
public sealed record WorkflowActivityType(WorkflowDefinition Definition, ActivityType Type)
{
    /// <summary>Name of the property of descriptors and activities that tells the definition.</summary>
    public const string DefinitionIdName = "workflowDefinitionId";

    /// <summary>Name of the property of descriptors and activities that tells the version.</summary>
    public const string VersionIdName = "workflowDefinitionVersionId";

    private static readonly HashSet<string> MemberNames = typeof(Activity).GetProperties().Select(property => property.Name)
        .Append("Root").ToHashSet(StringComparer.Ordinal);

    /// <summary>Describes a version as an activity type.</summary>
    /// <param name="definition">The version, with its document.</param>
    /// <param name="content">The document as read.</param>
    /// <returns>The type; null when the version has no name or may not be used as an activity.</returns>
    public static WorkflowActivityType? Of(WorkflowDefinition definition, DefinitionContent content)
    {
        if (!content.Options.UsableAsActivity || TypeNameOf(definition.Name) is not { Length: > 0 } name)
            return null;
        ActivityType? type = null;
        type = new ActivityType
        {
            TypeName = name,
            Namespace = "",
            Name = name,
            Version = definition.Version,
            DisplayName = definition.Name!,
            Description = definition.Description,
            Category = content.Options.ActivityCategory is { Length: > 0 } category ? category : "Workflows",
            IsBrowsable = definition.IsPublished,
            Inputs = [.. content.Inputs.Select(Describe)],
            Outputs = [.. content.Outputs.Select(DescribeOutput)],
            Outcomes = content.Outcomes.Count > 0 ? content.Outcomes : Outcomes.Done,
            CustomProperties = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["RootType"] = nameof(WorkflowDefinitionActivity),
                ["WorkflowDefinitionId"] = definition.DefinitionId,
                ["WorkflowDefinitionVersionId"] = definition.Id,
            },
            ConstructionProperties = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["WorkflowDefinitionId"] = definition.DefinitionId,
                ["WorkflowDefinitionVersionId"] = definition.Id,
                ["Version"] = definition.Version,
            },
            UsedWorkflow = definition,
            Create = () => new WorkflowDefinitionActivity(definition, type!, content.Inputs),
        };
        return new WorkflowActivityType(definition, type);
    }

    /// <summary>The name of a workflow as a type name: blanks and underscores go, the letter behind them becomes a capital.</summary>
    private static string TypeNameOf(string? name)
    {
        var result = new StringBuilder();
        var startsWord = true;
        foreach (var letter in name?.Trim() ?? "")
        {
            if (letter is ' ' or '_')
            {
                startsWord = true;
                continue;
            }

            result.Append(startsWord ? char.ToUpperInvariant(letter) : letter);
            startsWord = false;
        }

        return result.ToString();
    }

    private static InputProperty Describe(ParameterDefinition parameter) => new(
        PropertyName(parameter.Name),
        parameter.Type,
        IsWrapped: true,
        new InputAttribute
        {
            DisplayName = parameter.DisplayName,
            Description = parameter.Description,
            Category = parameter.Category,
            UIHint = parameter.UIHint,
        },
        activity => ((WorkflowDefinitionActivity)activity).Inputs.GetValueOrDefault(parameter.Name),
        (activity, value) => ((WorkflowDefinitionActivity)activity).Inputs[parameter.Name] = (Input)value!)
    {
        SyntheticName = parameter.Name,
    };

    private static OutputProperty DescribeOutput(ParameterDefinition parameter) => new(
        PropertyName(parameter.Name),
        parameter.Type,
        new OutputAttribute { DisplayName = parameter.DisplayName, Description = parameter.Description },
        activity => ((WorkflowDefinitionActivity)activity).Outputs.GetValueOrDefault(parameter.Name),
        (activity, value) => ((WorkflowDefinitionActivity)activity).Outputs[parameter.Name] = value!)
    {
        SyntheticName = parameter.Name,
    };

    /// <summary>A name that would hide a member that every activity has gets an underscore.</summary>
    private static string PropertyName(string name)
    {
        var pascal = TypeNameOf(name);
        return MemberNames.Contains(pascal) ? "_" + pascal : pascal;
    }
}
