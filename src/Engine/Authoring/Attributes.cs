namespace Platform.Engine;

/// <summary>How an activity is dispatched.</summary>
public enum ActivityKind
{
    /// <summary>Runs inline.</summary>
    Action,

    /// <summary>Runs inline, and can start a workflow.</summary>
    Trigger,

    /// <summary>Always runs as a background job.</summary>
    Job,

    /// <summary>Runs as a background job when its author asks for it.</summary>
    Task,
}

/// <summary>Describes an activity type: its palette entry. Without it, namespace and name come from the class.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ActivityAttribute : Attribute
{
    /// <summary>Describes nothing yet; set the properties.</summary>
    public ActivityAttribute()
    {
    }

    /// <summary>Describes by namespace, category and description.</summary>
    /// <param name="namespace">First part of the type name, for example <c>Elsa</c>.</param>
    /// <param name="category">Palette group; null for the namespace.</param>
    /// <param name="description">One sentence.</param>
    public ActivityAttribute(string @namespace, string? category, string? description = null)
    {
        Namespace = @namespace;
        Category = category;
        Description = description;
    }

    /// <summary>Describes by namespace, type, version, description and category.</summary>
    /// <param name="namespace">First part of the type name.</param>
    /// <param name="type">Second part of the type name.</param>
    /// <param name="version">Version of the type, 1 or more.</param>
    /// <param name="description">One sentence.</param>
    /// <param name="category">Palette group.</param>
    public ActivityAttribute(string @namespace, string? type, int version, string? description = null, string? category = null)
    {
        Namespace = @namespace;
        Type = type;
        Version = version;
        Description = description;
        Category = category;
    }

    /// <summary>First part of the type name. Default: the class's namespace.</summary>
    public string? Namespace { get; set; }

    /// <summary>Second part of the type name. Default: the class's name.</summary>
    public string? Type { get; set; }

    /// <summary>Version of the type. Default: 1.</summary>
    public int Version { get; set; } = 1;

    /// <summary>One sentence about what it does.</summary>
    public string? Description { get; set; }

    /// <summary>Name on the palette. Default: the class's name in words.</summary>
    public string? DisplayName { get; set; }

    /// <summary>Palette group. Default: the namespace.</summary>
    public string? Category { get; set; }

    /// <summary>How it is dispatched. Default: Action; Trigger for triggers.</summary>
    public ActivityKind Kind { get; set; }

    /// <summary>Whether new activities of this type run as background jobs. Default: false.</summary>
    public bool RunAsynchronously { get; set; }
}

/// <summary>Describes an input: its field in the property panel.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class InputAttribute : Attribute
{
    /// <summary>Name. Default: the property's name.</summary>
    public string? Name { get; set; }

    /// <summary>Label. Default: the name in words.</summary>
    public string? DisplayName { get; set; }

    /// <summary>One sentence: meaning, unit, range and default.</summary>
    public string? Description { get; set; }

    /// <summary>Group inside the panel.</summary>
    public string? Category { get; set; }

    /// <summary>Editor to use, one of <see cref="InputUIHints"/>. Default: by type.</summary>
    public string? UIHint { get; set; }

    /// <summary>Choices of a dropdown, radio list or check list: an array of texts. The language of a code editor: one text.</summary>
    public object? Options { get; set; }

    /// <summary>A type that implements <see cref="IPropertyUIHandler"/> and tells the editor at run time what it needs to know, for example the choices.</summary>
    public Type? UIHandler { get; set; }

    /// <summary>Several such types.</summary>
    public Type[]? UIHandlers { get; set; }

    /// <summary>Default shown in the panel. Default: none.</summary>
    public object? DefaultValue { get; set; }

    /// <summary>Expression type a fresh field starts with. Default: by editor.</summary>
    public string? DefaultSyntax { get; set; }

    /// <summary>Position in the panel. Default: order of declaration.</summary>
    public float Order { get; set; }

    /// <summary>Whether the field is shown but not editable. Default: false.</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>Whether the field is shown. Default: true.</summary>
    public bool IsBrowsable { get; set; } = true;

    /// <summary>Whether values may be secret, so that they are masked in records. Default: false.</summary>
    public bool CanContainSecrets { get; set; }

    /// <summary>Whether the interpreter evaluates the input before execution. Default: true.</summary>
    public bool AutoEvaluate { get; set; } = true;

    /// <summary>Whether the value can be stored. Default: true.</summary>
    public bool IsSerializable { get; set; } = true;
}

/// <summary>Describes an output; on a class, its inherited output <c>Result</c>.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class)]
public sealed class OutputAttribute : Attribute
{
    /// <summary>Name. Default: the property's name.</summary>
    public string? Name { get; set; }

    /// <summary>Label. Default: the name in words.</summary>
    public string? DisplayName { get; set; }

    /// <summary>One sentence.</summary>
    public string? Description { get; set; }

    /// <summary>Whether it is shown. Default: true.</summary>
    public bool IsBrowsable { get; set; } = true;

    /// <summary>Whether values may be secret, so that they are masked in records. Default: false.</summary>
    public bool CanContainSecrets { get; set; }

    /// <summary>Whether the value can be stored. Default: true.</summary>
    public bool IsSerializable { get; set; } = true;
}

/// <summary>Marks a property that holds an embedded activity, or a list of them.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PortAttribute : Attribute
{
    /// <summary>Names the port after the property.</summary>
    public PortAttribute()
    {
    }

    /// <summary>Names the port.</summary>
    /// <param name="name">Port name.</param>
    public PortAttribute(string name) => Name = name;

    /// <summary>Port name. Default: the property's name.</summary>
    public string? Name { get; set; }

    /// <summary>Label. Default: the name in words.</summary>
    public string? DisplayName { get; set; }

    /// <summary>Whether the designer offers it. Default: true.</summary>
    public bool IsBrowsable { get; set; } = true;
}

/// <summary>Names the outcomes a flowchart can connect.</summary>
/// <param name="outcomes">Outcome names in the order shown.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class FlowNodeAttribute(params string[] outcomes) : Attribute
{
    /// <summary>Outcome names in the order shown.</summary>
    public IReadOnlyList<string> Outcomes { get; } = outcomes;
}

/// <summary>Whether the palette and lists show a type. Default without it: shown.</summary>
/// <param name="isBrowsable">True to show.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property)]
public sealed class BrowsableAttribute(bool isBrowsable) : Attribute
{
    /// <summary>Whether it is shown.</summary>
    public bool IsBrowsable { get; } = isBrowsable;
}

/// <summary>The editors that the property panel knows.</summary>
public static class InputUIHints
{
    /// <summary>One line of text.</summary>
    public const string SingleLine = "singleline";

    /// <summary>Several lines of text.</summary>
    public const string MultiLine = "multiline";

    /// <summary>Several texts.</summary>
    public const string MultiText = "multitext";

    /// <summary>Yes or no.</summary>
    public const string Checkbox = "checkbox";

    /// <summary>Several of a list.</summary>
    public const string CheckList = "checklist";

    /// <summary>One of a list, all visible.</summary>
    public const string RadioList = "radiolist";

    /// <summary>One of a list.</summary>
    public const string DropDown = "dropdown";

    /// <summary>Code with highlighting.</summary>
    public const string CodeEditor = "code-editor";

    /// <summary>JSON.</summary>
    public const string JsonEditor = "json-editor";

    /// <summary>An expression.</summary>
    public const string ExpressionEditor = "expression-editor";

    /// <summary>Keys and values.</summary>
    public const string Dictionary = "dictionary";

    /// <summary>A moment.</summary>
    public const string DateTimePicker = "datetime-picker";

    /// <summary>A type alias.</summary>
    public const string TypePicker = "type-picker";

    /// <summary>A variable in scope.</summary>
    public const string VariablePicker = "variable-picker";

    /// <summary>A workflow input.</summary>
    public const string InputPicker = "input-picker";

    /// <summary>A workflow output.</summary>
    public const string OutputPicker = "output-picker";

    /// <summary>A workflow outcome.</summary>
    public const string OutcomePicker = "outcome-picker";

    /// <summary>Names that become outcomes.</summary>
    public const string DynamicOutcomes = "dynamic-outcomes";

    /// <summary>A published workflow definition.</summary>
    public const string WorkflowDefinitionPicker = "workflow-definition-picker";

    /// <summary>Cases with embedded activities.</summary>
    public const string SwitchEditor = "switch-editor";

    /// <summary>Cases that become outcomes.</summary>
    public const string FlowSwitchEditor = "flow-switch-editor";

    /// <summary>HTTP status codes with embedded activities.</summary>
    public const string HttpStatusCodes = "http-status-codes";
}
