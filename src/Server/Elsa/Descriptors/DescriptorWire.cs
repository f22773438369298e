using System.Text.Json.Nodes;

namespace Platform.Server.Elsa.Descriptors;

/// <summary>An activity type as palettes and property panels need it.</summary>
internal sealed record ActivityDescriptor(
    string TypeName,
    string Namespace,
    string Name,
    int Version,
    string Category,
    string DisplayName,
    string? Description,
    IReadOnlyList<InputDescriptor> Inputs,
    IReadOnlyList<OutputDescriptor> Outputs,
    string Kind,
    IReadOnlyList<PortDescriptor> Ports,
    JsonObject CustomProperties,
    JsonObject ConstructionProperties,
    bool RunAsynchronously,
    bool IsContainer,
    bool IsBrowsable,
    bool IsStart,
    bool IsTerminal);

/// <summary>An input as a field of a property panel.</summary>
internal sealed record InputDescriptor(
    string Name,
    string TypeName,
    string DisplayName,
    string? Description,
    float Order,
    bool IsBrowsable,
    bool IsSynthetic,
    bool IsWrapped,
    string UiHint,
    string? Category,
    JsonNode? DefaultValue,
    string DefaultSyntax,
    bool IsReadOnly,
    bool IsSensitive,
    bool IsSerializable,
    bool AutoEvaluate,
    string? StorageDriverType,
    JsonObject? UiSpecifications);

/// <summary>An output that can be bound to a variable.</summary>
internal sealed record OutputDescriptor(
    string Name,
    string TypeName,
    string DisplayName,
    string? Description,
    float Order,
    bool IsBrowsable,
    bool IsSynthetic,
    bool IsSerializable);

/// <summary>A port: <c>Flow</c> for an outcome, <c>Embedded</c> for a place that holds an activity.</summary>
internal sealed record PortDescriptor(string Name, string DisplayName, string Type, bool IsBrowsable);

/// <summary>An expression language. The values of <see cref="Properties"/> must be texts, or Studio stops.</summary>
internal sealed record ExpressionDescriptor(
    string Type,
    string DisplayName,
    bool IsSerializable,
    bool IsBrowsable,
    IReadOnlyDictionary<string, string> Properties);

/// <summary>A place where variables are kept.</summary>
internal sealed record StorageDriverDescriptor(string TypeName, string DisplayName, double Priority, bool Deprecated);

/// <summary>A type that variables can have.</summary>
internal sealed record VariableTypeDescriptor(string TypeName, string DisplayName, string Category, string? Description);

/// <summary>A strategy that a definition or activity can choose by type name.</summary>
internal sealed record StrategyDescriptor(string TypeName, string DisplayName, string Description);

/// <summary>A strategy that a definition or activity can choose by name.</summary>
internal sealed record NamedStrategyDescriptor(string Name, string DisplayName, string Description);

/// <summary>A converter that an output binding can choose.</summary>
internal sealed record OutputConverterDescriptor(
    string Id,
    string SourceTypeName,
    string ResultTypeName,
    string DisplayName,
    string? Description,
    JsonObject? SettingsSchema);

/// <summary>A capability of the server that Studio asks for by name.</summary>
internal sealed record FeatureDescriptor(string Name, string Namespace, string FullName, string DisplayName, string Description);

/// <summary>Version of the server.</summary>
internal sealed record PackageVersionReply(string PackageVersion);

/// <summary>The choices of an input, by editor.</summary>
internal sealed record InputOptionsReply(JsonObject Items);

/// <summary>Says which field the type definitions are for.</summary>
internal sealed record TypeDefinitionsRequest
{
    /// <summary>The definition being edited.</summary>
    public string? WorkflowDefinitionId { get; init; }

    /// <summary>The activity type whose field it is.</summary>
    public string? ActivityTypeName { get; init; }

    /// <summary>The field.</summary>
    public string? PropertyName { get; init; }
}
