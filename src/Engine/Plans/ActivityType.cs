using System.Reflection;

namespace Platform.Engine.Plans;

/// <summary>An activity type as its class describes it: read once by reflection, used to read documents and to describe palettes.</summary>
public sealed class ActivityType
{
    /// <summary>Type name, for example <c>Elsa.WriteLine</c>.</summary>
    public required string TypeName { get; init; }

    /// <summary>First part of the type name.</summary>
    public required string Namespace { get; init; }

    /// <summary>Last part of the type name.</summary>
    public required string Name { get; init; }

    /// <summary>Version, 1 or more.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Name on the palette.</summary>
    public required string DisplayName { get; init; }

    /// <summary>One sentence, or null.</summary>
    public string? Description { get; init; }

    /// <summary>Palette group.</summary>
    public required string Category { get; init; }

    /// <summary>How it is dispatched.</summary>
    public ActivityKind Kind { get; init; }

    /// <summary>Whether new activities run as background jobs.</summary>
    public bool RunAsynchronously { get; init; }

    /// <summary>Whether palettes show it.</summary>
    public bool IsBrowsable { get; init; } = true;

    /// <summary>Whether it holds other activities on a canvas of its own.</summary>
    public bool IsContainer { get; init; }

    /// <summary>Whether it marks the start of a flowchart.</summary>
    public bool IsStart { get; init; }

    /// <summary>Whether its completion ends its container.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Inputs, wrapped and plain, in panel order.</summary>
    public IReadOnlyList<InputProperty> Inputs { get; init; } = [];

    /// <summary>Outputs.</summary>
    public IReadOnlyList<OutputProperty> Outputs { get; init; } = [];

    /// <summary>Ports that hold embedded activities.</summary>
    public IReadOnlyList<PortProperty> Ports { get; init; } = [];

    /// <summary>Ports that only code fills; neither documents nor designers know them.</summary>
    public IReadOnlyList<PortProperty> CodePorts { get; init; } = [];

    /// <summary>Outcomes that a flowchart can connect, in the order shown. Dynamic ones are not among them.</summary>
    public IReadOnlyList<string> Outcomes { get; init; } = [];

    /// <summary>Further facts for designers, for example <c>Resilient</c>.</summary>
    public IReadOnlyDictionary<string, object> CustomProperties { get; init; } = new Dictionary<string, object>(StringComparer.Ordinal);

    /// <summary>Properties that a designer copies into a new activity.</summary>
    public IReadOnlyDictionary<string, object> ConstructionProperties { get; init; } = new Dictionary<string, object>(StringComparer.Ordinal);

    /// <summary>The workflow version that the type stands for; null for a type that a class describes.</summary>
    public Definitions.WorkflowDefinition? UsedWorkflow { get; init; }

    /// <summary>Makes an activity of the type.</summary>
    public required Func<Activity> Create { get; init; }

    /// <summary>The first letter lowered: how a property is named in documents.</summary>
    /// <param name="name">Property name.</param>
    public static string ToWireName(string name) => name.Length == 0 ? name : char.ToLowerInvariant(name[0]) + name[1..];
}

/// <summary>An input property of an activity type.</summary>
/// <param name="Name">Name, for example <c>Text</c>.</param>
/// <param name="ValueType">Type of the value.</param>
/// <param name="IsWrapped">Whether it is an <see cref="Input{T}"/> and so written as a wrapped expression.</param>
/// <param name="Attribute">What the author said about it.</param>
/// <param name="Get">Reads the property of an activity.</param>
/// <param name="Set">Writes the property of an activity.</param>
public sealed record InputProperty(
    string Name,
    Type ValueType,
    bool IsWrapped,
    InputAttribute Attribute,
    Func<Activity, object?> Get,
    Action<Activity, object?> Set)
{
    /// <summary>Name in documents.</summary>
    public string WireName { get; } = ActivityType.ToWireName(Name);

    /// <summary>Whether the input belongs to a dynamically described type rather than to a class.</summary>
    public bool IsSynthetic => SyntheticName is not null;

    /// <summary>Name of the workflow input that it gives, for a workflow used as an activity; null for a property of a class.</summary>
    public string? SyntheticName { get; init; }

    /// <summary>The property of the class, which handlers of editors are told; null when there is none.</summary>
    public PropertyInfo? Property { get; init; }
}

/// <summary>An output property of an activity type.</summary>
/// <param name="Name">Name, for example <c>Result</c>.</param>
/// <param name="ValueType">Type of the value.</param>
/// <param name="Attribute">What the author said about it.</param>
/// <param name="Get">Reads the property of an activity.</param>
/// <param name="Set">Writes the property of an activity.</param>
public sealed record OutputProperty(
    string Name,
    Type ValueType,
    OutputAttribute Attribute,
    Func<Activity, Output?> Get,
    Action<Activity, Output?> Set)
{
    /// <summary>Name in documents.</summary>
    public string WireName { get; } = ActivityType.ToWireName(Name);

    /// <summary>Whether the output belongs to a dynamically described type rather than to a class.</summary>
    public bool IsSynthetic => SyntheticName is not null;

    /// <summary>Name of the workflow output that it takes, for a workflow used as an activity; null for a property of a class.</summary>
    public string? SyntheticName { get; init; }
}

/// <summary>A port property of an activity type.</summary>
/// <param name="Name">Port name.</param>
/// <param name="WireName">Name in documents.</param>
/// <param name="DisplayName">Label.</param>
/// <param name="IsBrowsable">Whether designers offer it.</param>
/// <param name="Property">The property: an activity or a collection of activities.</param>
public sealed record PortProperty(string Name, string WireName, string DisplayName, bool IsBrowsable, PropertyInfo Property);

/// <summary>
/// The activity types that documents may use: classes, which never change, and workflows that are usable as activities, which come
/// and go.
/// </summary>
public sealed class ActivityCatalog
{
    private WorkflowActivityTypes _workflows = WorkflowActivityTypes.None;

    private readonly Dictionary<string, ActivityType> _latest = new(StringComparer.Ordinal);
    private readonly Dictionary<(string TypeName, int Version), ActivityType> _exact = [];

    /// <summary>A catalog of types.</summary>
    /// <param name="types">The types; a repeated name and version is a mistake.</param>
    /// <exception cref="ArgumentException">Two types have the same name and version.</exception>
    public ActivityCatalog(IEnumerable<ActivityType> types)
    {
        foreach (var type in types)
        {
            if (!_exact.TryAdd((type.TypeName, type.Version), type))
                throw new ArgumentException($"Activity type '{type.TypeName}' version {type.Version} is registered twice.", nameof(types));
            if (!_latest.TryGetValue(type.TypeName, out var known) || known.Version < type.Version)
                _latest[type.TypeName] = type;
        }
    }

    /// <summary>The types that classes describe, in all versions.</summary>
    public IReadOnlyCollection<ActivityType> Types => _exact.Values;

    /// <summary>Workflows usable as activities. Whoever knows them replaces the whole; readers see the old or the new.</summary>
    public WorkflowActivityTypes Workflows
    {
        get => Volatile.Read(ref _workflows);
        set => Volatile.Write(ref _workflows, value);
    }

    /// <summary>A catalog of the activity classes of assemblies: concrete subclasses of <see cref="Activity"/>.</summary>
    /// <param name="assemblies">Assemblies to scan.</param>
    public static ActivityCatalog Scan(params IEnumerable<Assembly> assemblies) => new(
        assemblies.Distinct().SelectMany(assembly => assembly.GetTypes())
            .Where(type => type is { IsAbstract: false, IsGenericTypeDefinition: false } && type.IsSubclassOf(typeof(Activity)))
            .Where(type => type.IsPublic && ActivityTypeReader.Constructor(type) is not null)
            .Select(ActivityTypeReader.Read));

    /// <summary>A catalog with further types; a type replaces one of the same name and version.</summary>
    /// <param name="types">The types to add.</param>
    public ActivityCatalog With(IEnumerable<ActivityType> types)
    {
        var merged = new Dictionary<(string, int), ActivityType>(_exact);
        foreach (var type in types)
            merged[(type.TypeName, type.Version)] = type;
        return new ActivityCatalog(merged.Values) { Workflows = Workflows };
    }

    /// <summary>The type of an activity in a document; null when it is unknown.</summary>
    /// <param name="typeName">Its <c>type</c>.</param>
    /// <param name="version">Its <c>version</c>, or null.</param>
    /// <param name="versionId">Its <c>workflowDefinitionVersionId</c> when that is a text; else null.</param>
    /// <param name="definitionId">Its <c>workflowDefinitionId</c> when that is a text; else null.</param>
    public ActivityType? Resolve(string typeName, int? version, string? versionId, string? definitionId) =>
        FindClass(typeName, version) ?? Workflows.Find(typeName, version, versionId, definitionId)?.Type;

    /// <summary>The type of this name and version; the latest version when that one is unknown; null when the name is unknown.</summary>
    /// <param name="typeName">Type name.</param>
    /// <param name="version">Version; null for the latest.</param>
    public ActivityType? Find(string typeName, int? version = null) => Resolve(typeName, version, null, null);

    private ActivityType? FindClass(string typeName, int? version)
    {
        if (version is { } number && _exact.TryGetValue((typeName, number), out var exact))
            return exact;
        return _latest.GetValueOrDefault(typeName);
    }
}
