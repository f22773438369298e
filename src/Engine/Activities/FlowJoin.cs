namespace Platform.Engine.Activities;

/// <summary>When a join goes on.</summary>
public enum FlowJoinMode
{
    /// <summary>When all inbound connections were followed.</summary>
    WaitAll,

    /// <summary>When all inbound connections were visited and at least one of them was followed.</summary>
    WaitAllActive,

    /// <summary>When the first inbound connection was followed; whatever still runs upstream is cancelled.</summary>
    WaitAny,
}

/// <summary>Merges branches of a flowchart. The flowchart does the merging; the activity itself just completes.</summary>
[Activity("Elsa", "Branching", "Merge multiple branches into a single branch.", DisplayName = "Join")]
public sealed class FlowJoin : CodeActivity
{
    /// <summary>When the join goes on. Default: WaitAny.</summary>
    [Input(Description = "When to continue: with the first branch that arrives, with all of them, or with all that are active.", DefaultValue = FlowJoinMode.WaitAny)]
    public Input<FlowJoinMode> Mode { get; set; } = new(FlowJoinMode.WaitAny);

    /// <summary>The mode as the flowchart needs it, before the join itself runs.</summary>
    internal FlowJoinMode ModeOf(ActivityExecutionContext flowchart)
    {
        if (Mode.IsConstant || Mode.Compiled is null)
            return (FlowJoinMode?)Mode.ConstantValue ?? FlowJoinMode.WaitAny;
        return Mode.ConvertValue(Mode.Compiled.Evaluate(flowchart)) is FlowJoinMode mode ? mode : FlowJoinMode.WaitAny;
    }
}
