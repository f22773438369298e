using System.Collections.Concurrent;
using System.Text.Json;
using Platform.Engine.Definitions;
using Platform.Engine.Plans;
using Platform.Runtime.Store;

namespace Platform.Runtime.Definitions;

/// <summary>Compiled plans by version id. A plan is dropped when its version changes; the number of plans is bounded.</summary>
/// <param name="store">Where versions are read.</param>
/// <param name="compiler">Compiles them.</param>
/// <param name="reader">Reads documents for checks that need no plan.</param>
/// <param name="usable">Workflows that plans may bring in.</param>
public sealed class PlanCache(IWorkflowStore store, PlanCompiler compiler, DefinitionReader reader, UsableWorkflows usable)
{
    /// <summary>Most plans kept. Beyond it the cache starts afresh: recompiling costs milliseconds, memory costs the process.</summary>
    private const int PlansMax = 2_000;

    private readonly ConcurrentDictionary<string, WorkflowPlan> _plans = new(StringComparer.Ordinal);

    /// <summary>The plan of a version; null when there is no such version.</summary>
    /// <param name="definitionVersionId">Version id.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<WorkflowPlan?> FindAsync(string definitionVersionId, CancellationToken cancellationToken)
    {
        if (_plans.TryGetValue(definitionVersionId, out var plan))
            return plan;
        var definition = await store.FindDefinitionVersionAsync(definitionVersionId, cancellationToken);
        return definition is null ? null : Get(definition);
    }

    /// <summary>The plan of a version that is at hand.</summary>
    /// <param name="definition">The version, with its document.</param>
    /// <exception cref="JsonException">The document is not JSON.</exception>
    public WorkflowPlan Get(WorkflowDefinition definition)
    {
        if (_plans.TryGetValue(definition.Id, out var plan))
            return plan;
        plan = compiler.Compile(definition);
        if (_plans.Count >= PlansMax)
            _plans.Clear();
        _plans[definition.Id] = plan;
        return plan;
    }

    /// <summary>Compiles a version without keeping it.</summary>
    /// <param name="definition">The version.</param>
    /// <param name="problems">What makes it unusable; empty when it can be published.</param>
    /// <returns>The plan; null when the document cannot be read at all.</returns>
    public WorkflowPlan? TryCompile(WorkflowDefinition definition, out IReadOnlyList<DefinitionProblem> problems)
    {
        if (TryRead(definition, out problems) is null)
            return null;
        var plan = compiler.Compile(definition);
        problems = [.. plan.Problems, .. plan.Content.Unfinished];
        return plan;
    }

    /// <summary>Reads the document of a version.</summary>
    /// <param name="definition">The version.</param>
    /// <param name="problems">What makes it unusable; empty when it can be kept as a draft.</param>
    /// <returns>The content; null when there are problems.</returns>
    public DefinitionContent? TryRead(WorkflowDefinition definition, out IReadOnlyList<DefinitionProblem> problems)
    {
        try
        {
            var content = reader.Read(definition);
            problems = content.Problems;
            return problems.Count == 0 ? content : null;
        }
        catch (JsonException exception)
        {
            problems = [new DefinitionProblem("$", "WF1000", $"The document is not JSON: {exception.Message}")];
            return null;
        }
    }

    /// <summary>Drops what a change to a definition made stale: plans of its versions, and of workflows that use it as an activity.</summary>
    /// <param name="definitionId">The definition.</param>
    /// <param name="written">Versions that were written.</param>
    /// <param name="deleted">Ids of versions that were deleted.</param>
    internal async ValueTask DefinitionChangedAsync(
        string definitionId, IReadOnlyCollection<WorkflowDefinition> written, IReadOnlyCollection<string> deleted)
    {
        foreach (var id in written.Select(definition => definition.Id).Concat(deleted))
            _plans.TryRemove(id, out _);
        if (!await usable.RefreshAsync(definitionId, written.Any(definition => definition.IsUsableAsActivity), CancellationToken.None))
            return;
        foreach (var (id, plan) in _plans)
        {
            if (plan.UsedDefinitionIds.Contains(definitionId) || plan.HasUnknownTypes)
                _plans.TryRemove(id, out _);
        }
    }
}
