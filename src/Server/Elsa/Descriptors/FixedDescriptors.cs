using Platform.Engine.Expressions;
using Platform.Engine.Plans;
using Platform.Engine.Values;
using Platform.Runtime.Execution;

namespace Platform.Server.Elsa.Descriptors;

/// <summary>The lists that do not change while the server runs. What we do not do is not in them.</summary>
internal static class FixedDescriptors
{
    private static readonly Dictionary<string, string> _noProperties = [];

    /// <summary>What Elsa shows for its languages, in its order. Only those are reported that this server has.</summary>
    private static readonly ExpressionDescriptor[] _expressions =
    [
        new("Literal", "Literal", true, false, _noProperties),
        new("Object", "Object", true, false, Monaco("json")),
        new("Json", "Json", true, false, Monaco("json")),
        new("Variable", "Variable", true, true, _noProperties),
        new("Input", "Input", true, true, _noProperties),
        new("JavaScript", "JavaScript", true, true, Monaco("javascript")),
        new("CSharp", "C#", true, true, Monaco("csharp")),
        new("Python", "Python", true, true, Monaco("python")),
        new("Liquid", "Liquid", true, true, Monaco("liquid")),
        new("Secret", "Secret", true, true, new Dictionary<string, string>(StringComparer.Ordinal) { ["UIHint"] = "secret-picker" }),
    ];

    /// <summary>Where variables are kept; the first is what people should choose.</summary>
    public static IReadOnlyList<StorageDriverDescriptor> StorageDrivers { get; } =
    [
        new("Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core", "Workflow Instance", 5, false),
        new("Elsa.Workflows.MemoryStorageDriver, Elsa.Workflows.Core", "Memory", 0, false),
        new("Elsa.Workflows.WorkflowStorageDriver, Elsa.Workflows.Core", "Workflow", -1, true),
    ];

    /// <summary>What an unhandled fault does; the first is the default.</summary>
    public static IReadOnlyList<StrategyDescriptor> IncidentStrategies { get; } =
    [
        new(
            "Elsa.Workflows.IncidentStrategies.FaultStrategy, Elsa.Workflows.Core",
            "Fault",
            "The workflow instance ends as faulted when an activity faults."),
        new(
            "Elsa.Workflows.IncidentStrategies.ContinueWithIncidentsStrategy, Elsa.Workflows.Core",
            "Continue with incidents",
            "Other branches go on; the faulted activity stays and can be retried."),
    ];

    /// <summary>What the records of activity executions keep; the first is the default.</summary>
    public static IReadOnlyList<StrategyDescriptor> LogPersistenceStrategies { get; } =
    [
        new("Elsa.Workflows.LogPersistence.Strategies.Inherit, Elsa.Workflows.Core", "Inherit", "As the next wider setting says."),
        new("Elsa.Workflows.LogPersistence.Strategies.Include, Elsa.Workflows.Core", "Include", "The values are kept in the record of the execution."),
        new("Elsa.Workflows.LogPersistence.Strategies.Exclude, Elsa.Workflows.Core", "Exclude", "The values are left out of the record of the execution."),
    ];

    /// <summary>When the progress of workflows is committed.</summary>
    public static IReadOnlyList<NamedStrategyDescriptor> WorkflowCommitStrategies { get; } =
        [.. CommitStrategies.OfWorkflows.Select(strategy => new NamedStrategyDescriptor(strategy.Name, strategy.DisplayName, strategy.Description))];

    /// <summary>When the progress of activities is committed.</summary>
    public static IReadOnlyList<NamedStrategyDescriptor> ActivityCommitStrategies { get; } =
        [.. CommitStrategies.OfActivities.Select(strategy => new NamedStrategyDescriptor(strategy.Name, strategy.DisplayName, strategy.Description))];

    /// <summary>When a definition allows another instance; the first is the default.</summary>
    public static IReadOnlyList<StrategyDescriptor> ActivationStrategies { get; } =
        [.. ActivationStrategy.All.Select(strategy => new StrategyDescriptor(strategy.TypeName, strategy.DisplayName, strategy.Description))];

    /// <summary>What Studio asks for by name.</summary>
    public static IReadOnlyList<FeatureDescriptor> Features { get; } =
    [
        new(
            "RealTimeWorkflowUpdates",
            "Elsa",
            "Elsa.RealTimeWorkflowUpdates",
            "Real-time workflow updates",
            "Instance viewers show what happens as it happens."),
        new(
            "Resilience",
            "Elsa",
            "Elsa.Resilience",
            "Resilience",
            "Activities follow named policies, and their attempts are recorded."),
    ];

    /// <summary>The expression languages of this server.</summary>
    public static IReadOnlyList<ExpressionDescriptor> ExpressionsOf(ExpressionLanguages languages) =>
    [
        .. _expressions.Where(descriptor => languages.Contains(descriptor.Type)),
        .. languages.Types.Where(type => !Array.Exists(_expressions, descriptor => descriptor.Type == type))
            .Select(type => new ExpressionDescriptor(type, type, true, true, _noProperties)),
    ];

    /// <summary>The types that variables can have.</summary>
    public static IReadOnlyList<VariableTypeDescriptor> VariableTypesOf(TypeAliases aliases) =>
        [.. aliases.Pickable.Select(type => new VariableTypeDescriptor(type.TypeName, type.DisplayName, type.Category, type.Description))];

    private static Dictionary<string, string> Monaco(string language) => new(StringComparer.Ordinal) { ["MonacoLanguage"] = language };
}
