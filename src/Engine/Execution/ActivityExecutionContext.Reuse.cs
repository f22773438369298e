using System.Diagnostics.CodeAnalysis;
using Platform.Engine.Plans;

namespace Platform.Engine;

/// <content>One object serves several executions, one after the other; see <see cref="Execution.ContextPool"/>.</content>
public sealed partial class ActivityExecutionContext
{
    /// <summary>How many executions this object has served. Whoever keeps it beyond a step compares the number.</summary>
    internal int Generation { get; private set; }

    internal ActivityExecutionContext? NextRetired { get; set; }

    /// <summary>Begins another execution in the emptied object.</summary>
    [MemberNotNull(nameof(WorkflowExecutionContext), nameof(Node))]
    internal void Reuse(WorkflowExecutionContext workflow, PlanNode node, ActivityExecutionContext? parent, long sequence)
    {
        NextRetired = null;
        WorkflowExecutionContext = workflow;
        Node = node;
        ParentActivityExecutionContext = parent;
        Sequence = sequence;
    }

    /// <summary>Forgets everything about an execution that ended.</summary>
    internal void Clear()
    {
        Generation++;
        _id = null;
        ParentActivityExecutionContext = null;
        Status = ActivityStatus.Pending;
        StartedAt = default;
        AggregateFaultCount = 0;
        Tag = null;
        ScheduledBy = 0;
        CallDepth = 0;
        Attempt = 0;
        InputValues = null;
        HoldsSecrets = false;
        Variables = null;
        PropertiesOrNull = null;
        JournalDataOrNull = null;
        OutputValues = null;
        Counters = null;
        CompletionCallback = null;
        CompletionCallbackName = null;
        IsBackward = false;
        IsBreaking = false;
        IsInFlight = false;
        IsCommitted = false;
        IsUnwinding = false;
        TellsOwner = false;
        CompletingOutcomes = null;
        IsFaultHandled = false;
        BranchCancellation = null;
        BookmarkCount = 0;
        RequestedOutcomes = null;
        ResumedBookmark = null;
        FirstChild = null;
        LastChild = null;
        NextSibling = null;
        PreviousSibling = null;
    }

    /// <summary>Cuts an ended execution off from its owners, whose objects may serve others from now on.</summary>
    internal void Sever() => ParentActivityExecutionContext = null;
}
