using Platform.Engine.Plans;

namespace Platform.Engine.Execution;

/// <summary>From where and with what an instance is run once more.</summary>
/// <param name="History">What the original did.</param>
/// <param name="Step">The execution of the original to begin with; null for the start of the workflow.</param>
public sealed record RerunPoint(ExecutionHistory History, ActivityExecutionRecord? Step)
{
    /// <summary>The plan to go on with, another version of the definition; null for that of the instance.</summary>
    public WorkflowPlan? Plan { get; init; }

    /// <summary>Inputs of the workflow from the step on, by name; null for those of the original.</summary>
    public IReadOnlyDictionary<string, object?>? Input { get; init; }

    /// <summary>Inputs of the step, by name; null for what the workflow says.</summary>
    public IReadOnlyDictionary<string, object?>? StepInput { get; init; }

    /// <summary>Variables when the step begins, by name or id; null for what they were.</summary>
    public IReadOnlyDictionary<string, object?>? Variables { get; init; }
}

/// <summary>Why an instance cannot be run once more from a step.</summary>
public enum RerunRefusal
{
    /// <summary>An input or a variable cannot be given the value.</summary>
    WrongEdit,

    /// <summary>The state that the step began with cannot be built again.</summary>
    StateUnknown,

    /// <summary>A value that is needed is not in the record, or only masked.</summary>
    ValueUnknown,

    /// <summary>The version to go on with lacks what is executing.</summary>
    VersionLacksStep,
}

/// <summary>An instance cannot be run once more from a step; nothing was executed.</summary>
/// <param name="reason">Why.</param>
/// <param name="message">Why, and what can be done.</param>
public sealed class RerunRefusedException(RerunRefusal reason, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public RerunRefusal Reason => reason;
}
