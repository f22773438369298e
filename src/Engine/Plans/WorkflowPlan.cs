using System.Collections.Concurrent;
using Platform.Engine.Definitions;
using Platform.Engine.Expressions;

namespace Platform.Engine.Plans;

/// <summary>
/// A workflow version compiled for execution: nodes by index, expressions parsed, flowcharts turned into graphs. Immutable and shared
/// by all runs on all threads.
/// </summary>
public sealed class WorkflowPlan
{
    private readonly Dictionary<string, PlanNode> _byNodeId;
    private readonly Dictionary<string, PlanNode> _byId;
    private readonly ConcurrentDictionary<Expression, CompiledExpression> _expressions = new(ReferenceEqualityComparer.Instance);

    internal WorkflowPlan(WorkflowDefinition definition, DefinitionContent content, IReadOnlyList<PlanNode> nodes, int outputCount, ExpressionLanguages languages)
    {
        Definition = definition;
        Content = content;
        Nodes = nodes;
        OutputCount = outputCount;
        Languages = languages;
        IncidentStrategy = content.Options.IncidentStrategyType switch
        {
            null => null,
            var name when name.Contains(nameof(Engine.IncidentStrategy.ContinueWithIncidents), StringComparison.Ordinal) => Engine.IncidentStrategy.ContinueWithIncidents,
            _ => Engine.IncidentStrategy.Fault,
        };
        CommitStrategy = CommitStrategies.OfWorkflow(content.Options.CommitStrategyName);
        _byNodeId = new Dictionary<string, PlanNode>(StringComparer.Ordinal);
        _byId = new Dictionary<string, PlanNode>(StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            _byNodeId.TryAdd(node.NodeId, node);
            _byId.TryAdd(node.Activity.Id, node);
        }

        MayCleanUp = nodes.Any(node => node.Activity.MayCleanUp);
        MayTimeOut = nodes.Any(node => node.Activity is Activities.Resilience.Timeout);
        HasUnknownTypes = nodes.Any(node => node.Activity is Activities.NotFoundActivity);
    }

    /// <summary>The version it was compiled from.</summary>
    public WorkflowDefinition Definition { get; }

    /// <summary>The parsed document: options, inputs, outputs, outcomes.</summary>
    public DefinitionContent Content { get; }

    /// <summary>All nodes; the first is the workflow itself.</summary>
    public IReadOnlyList<PlanNode> Nodes { get; }

    /// <summary>The workflow itself, which holds the root activity.</summary>
    public PlanNode Root => Nodes[0];

    internal int OutputCount { get; }

    /// <summary>Whether it has activities that run steps before they end by force. Without, cancelling never looks for them.</summary>
    internal bool MayCleanUp { get; }

    /// <summary>Whether it has timeouts, which end steps that wait for something in this process.</summary>
    internal bool MayTimeOut { get; }

    /// <summary>Definitions that the workflow uses as activities, directly or through others. The plan holds a version of each.</summary>
    public IReadOnlyCollection<string> UsedDefinitionIds { get; internal init; } = [];

    /// <summary>What makes the workflow unusable: in its document, and in those of workflows that it uses.</summary>
    public IReadOnlyList<DefinitionProblem> Problems { get; internal init; } = [];

    /// <summary>Whether it has activities of types that were unknown when it was compiled.</summary>
    public bool HasUnknownTypes { get; }
    /// <summary>The languages that the plan was compiled with.</summary>
    internal ExpressionLanguages Languages { get; }

    /// <summary>What an unhandled fault does; null for the host's default.</summary>
    public IncidentStrategy? IncidentStrategy { get; }

    /// <summary>When progress is committed besides the end of a burst; null for the host's default.</summary>
    public WorkflowCommitStrategy? CommitStrategy { get; }

    /// <summary>The node with this node id, or null.</summary>
    /// <param name="nodeId">Path of ids.</param>
    public PlanNode? FindByNodeId(string nodeId) => _byNodeId.GetValueOrDefault(nodeId);

    /// <summary>The first node with this activity id, or null.</summary>
    /// <param name="activityId">Activity id.</param>
    public PlanNode? FindByActivityId(string activityId) => _byId.GetValueOrDefault(activityId);

    /// <summary>The trigger activities that may start the workflow. Those of workflows used as activities start only those.</summary>
    public IEnumerable<PlanNode> Triggers => Nodes.Where(node => node.Activity is { CanStartWorkflow: true } and ITrigger && !IsInUsedWorkflow(node));

    private static bool IsInUsedWorkflow(PlanNode node)
    {
        for (var holder = node.Parent; holder is not null; holder = holder.Parent)
        {
            if (holder.Activity is Activities.WorkflowDefinitionActivity)
                return true;
        }

        return false;
    }

    /// <summary>An expression of this plan, compiled at first use.</summary>
    internal CompiledExpression Compile(Expression expression, Type target)
    {
        if (_expressions.TryGetValue(expression, out var compiled))
            return compiled;
        compiled = Languages.Compile(expression, target);
        return _expressions.GetOrAdd(expression, compiled);
    }
}
