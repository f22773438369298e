using Platform.Engine.Definitions;
using Platform.Runtime.Store;

namespace Platform.Runtime.Execution;

/// <summary>When a definition allows another instance. Documents name strategies by class name, with or without namespace.</summary>
public sealed class ActivationStrategy
{
    private readonly Func<WorkflowDefinition, string?, InstanceFilter?> _conflicting;

    private ActivationStrategy(string typeName, string displayName, string description, Func<WorkflowDefinition, string?, InstanceFilter?> conflicting)
    {
        TypeName = typeName;
        DisplayName = displayName;
        Description = description;
        _conflicting = conflicting;
    }

    /// <summary>The strategies a definition can choose from; the first one is the default.</summary>
    public static IReadOnlyList<ActivationStrategy> All { get; } =
    [
        new(
            "Elsa.Workflows.ActivationValidators.AllowAlwaysStrategy, Elsa.Workflows.Core",
            "Always",
            "Always allow the creation of a new workflow instance.",
            static (_, _) => null),
        new(
            "Elsa.Workflows.Runtime.ActivationValidators.SingletonStrategy, Elsa.Workflows.Runtime",
            "Singleton",
            "Only allow the creation of a new workflow instance if no other instance of the same definition is running.",
            static (definition, _) => new InstanceFilter { DefinitionIds = [definition.DefinitionId] }),
        new(
            "Elsa.Workflows.Runtime.ActivationValidators.CorrelationStrategy, Elsa.Workflows.Runtime",
            "Correlation",
            "Only allow the creation of a new workflow instance if no other instance with the same correlation id is running.",
            static (_, correlationId) => correlationId is null ? null : new InstanceFilter { CorrelationId = correlationId }),
        new(
            "Elsa.Workflows.Runtime.ActivationValidators.CorrelatedSingletonStrategy, Elsa.Workflows.Runtime",
            "Correlated singleton",
            "Only allow the creation of a new workflow instance if no other instance of the same definition and correlation id is running.",
            static (definition, correlationId) => correlationId is null
                ? null
                : new InstanceFilter { DefinitionIds = [definition.DefinitionId], CorrelationId = correlationId }),
    ];

    /// <summary>Name in documents.</summary>
    public string TypeName { get; }

    /// <summary>Name for people.</summary>
    public string DisplayName { get; }

    /// <summary>One sentence.</summary>
    public string Description { get; }

    private string ClassName => TypeName[(TypeName.LastIndexOf('.', TypeName.IndexOf(',', StringComparison.Ordinal)) + 1)..TypeName.IndexOf(',', StringComparison.Ordinal)];

    /// <summary>The strategy a document names; null when nothing restricts.</summary>
    internal static ActivationStrategy? Find(string? typeName)
    {
        if (typeName is null)
            return null;
        // Longer names first: "CorrelatedSingletonStrategy" contains "SingletonStrategy".
        var found = All.OrderByDescending(strategy => strategy.ClassName.Length)
            .FirstOrDefault(strategy => typeName.Contains(strategy.ClassName, StringComparison.Ordinal));
        return found == All[0] ? null : found;
    }

    internal string LockKey(WorkflowDefinition definition, string? correlationId) =>
        _conflicting(definition, correlationId) is { } filter ? $"{filter.DefinitionIds?.First()}|{filter.CorrelationId}" : definition.Id;

    /// <summary>Why no instance may start now; null when one may.</summary>
    internal async ValueTask<string?> RefusalAsync(IWorkflowStore store, WorkflowDefinition definition, string? correlationId, CancellationToken cancellationToken)
    {
        if (_conflicting(definition, correlationId) is not { } filter)
            return null;
        var running = await store.ListInstancesAsync(filter with { Statuses = ["Running"], Take = 1 }, cancellationToken);
        return running.Items is [var other, ..]
            ? $"The activation strategy '{DisplayName}' allows no further instance while the instance '{other.Id}' is running."
            : null;
    }
}
