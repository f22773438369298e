namespace Platform.Engine;

/// <content>How an execution ends when steps have to run before: see <see cref="Interpreter"/>.</content>
public sealed partial class ActivityExecutionContext
{
    /// <summary>Whether it was cancelled and waits for cleanup steps, its own or those of its descendants. It ends as cancelled.</summary>
    internal bool IsUnwinding { get; set; }

    /// <summary>Whether the owner hears of the cancellation as of that of a single child.</summary>
    internal bool TellsOwner { get; set; }

    /// <summary>Outcomes with which it completes as soon as its descendants have cleaned up; null when it does not wait for that.</summary>
    internal string[]? CompletingOutcomes { get; set; }

    /// <summary>Whether a container handled its fault: the record keeps the fault as its end.</summary>
    internal bool IsFaultHandled { get; set; }

    /// <summary>Ends what the code in this branch waits for in this process; null while nothing asked for it.</summary>
    private CancellationTokenSource? BranchCancellation { get; set; }

    /// <summary>Whether nothing of it goes on but cleanup.</summary>
    internal bool IsEnding => IsUnwinding || CompletingOutcomes is not null;

    /// <summary>Ends what the code in this branch waits for in this process.</summary>
    internal void CancelBranch() => BranchCancellation?.Cancel();

    private CancellationToken BranchToken()
    {
        for (var branch = this; branch.ParentActivityExecutionContext is { } owner; branch = owner)
        {
            if (owner.Activity is Activities.Resilience.Timeout)
                return (branch.BranchCancellation ??= CancellationTokenSource.CreateLinkedTokenSource(WorkflowExecutionContext.CancellationToken)).Token;
        }

        return WorkflowExecutionContext.CancellationToken;
    }
}
