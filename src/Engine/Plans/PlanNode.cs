using Platform.Engine.Converters;

namespace Platform.Engine.Plans;

/// <summary>One activity of a plan, with everything that execution needs resolved. Immutable after compilation, shared by all runs.</summary>
public sealed class PlanNode
{
    /// <summary>Position in <see cref="WorkflowPlan.Nodes"/>.</summary>
    public required int Index { get; init; }

    /// <summary>The activity.</summary>
    public required Activity Activity { get; init; }

    /// <summary>Its type.</summary>
    public required ActivityType Type { get; init; }

    /// <summary>The node of the activity that holds this one; null for the root.</summary>
    public required PlanNode? Parent { get; init; }

    /// <summary>The parent's port that holds it; null for the root.</summary>
    public required string? PortName { get; init; }

    /// <summary>Path of ids from the root, joined by colons.</summary>
    public required string NodeId { get; init; }

    /// <summary>Nodes held by this one, in document order.</summary>
    public IReadOnlyList<PlanNode> Children => ChildList;

    /// <summary>Variables declared by this node's scope.</summary>
    public IReadOnlyList<Variable> Variables => VariableList;

    internal List<PlanNode> ChildList { get; } = [];

    internal Variable[] VariableList { get; set; } = [];

    internal InputSlot[] Inputs { get; set; } = [];

    /// <summary>Positions of the inputs that are evaluated before execution: not constant, not left to the activity.</summary>
    internal int[] EvaluatedInputs { get; set; } = [];

    internal bool HasAsynchronousInputs { get; set; }

    internal OutputSlot[] Outputs { get; set; } = [];

    /// <summary>Where this node's outputs begin in the output register of a run.</summary>
    internal int FirstOutput { get; set; }

    internal FlowGraph? Flow { get; set; }

    /// <summary>Position among the parent's children.</summary>
    internal int ChildIndex { get; set; }

    internal bool IsTerminal { get; set; }

    /// <summary>What the records of its executions keep; null when only the host decides.</summary>
    internal LogPersistence? LogPersistence { get; set; }

    internal ActivityCommitStrategy CommitStrategy { get; set; }

    /// <summary>Whether the activity executes outside of bursts: a job, or a task whose author asked for it.</summary>
    internal bool IsBackground => Type.Kind == ActivityKind.Job || (Type.Kind == ActivityKind.Task && Activity.RunAsynchronously);

    /// <summary>Whether activity and owner are the engine's own and read from a document: no foreign code can keep a context beyond its step.</summary>
    internal bool IsContextReusable { get; set; }
}

/// <summary>An input of a node.</summary>
/// <param name="Property">Its description.</param>
/// <param name="Input">The input object; null when it was not given or is a plain property.</param>
internal sealed record InputSlot(InputProperty Property, Input? Input);

/// <summary>An output of a node.</summary>
/// <param name="Name">Name.</param>
/// <param name="Output">The output object; null when not bound.</param>
/// <param name="IsWorkflowOutput">Whether its target is a declared output of the enclosing workflow.</param>
internal sealed record OutputSlot(string Name, Output? Output, bool IsWorkflowOutput)
{
    /// <summary>What changes the value on its way to the target; null for nothing.</summary>
    public OutputConversion? Conversion { get; } = Output?.Conversion;
}
