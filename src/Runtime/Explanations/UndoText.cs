using System.Globalization;
using Platform.Engine;
using Platform.Engine.Activities.Resilience;

namespace Platform.Runtime.Explanations;

/// <summary>Says what an instance undoes.</summary>
internal static class UndoText
{
    public static List<UndoExplanation> Of(WorkflowExecutionContext workflow, Func<string, string> nameOf) =>
    [
        .. UndoProgress.Of(workflow).Select(progress => new UndoExplanation(
            Sentence(workflow, progress, nameOf(progress.ActivityId)), progress.ActivityId, progress.Undone, progress.Total, progress.Current)),
    ];

    private static string Sentence(WorkflowExecutionContext workflow, UndoProgress progress, string name)
    {
        var why = progress.Cause is { } cause ? $" after a fault ({cause.TrimEnd('.')})" : workflow.IsCancelling ? " because it was cancelled" : "";
        var ordinal = Math.Min(progress.Undone + progress.Failed + 1, progress.Total);
        var step = progress.Current is { } current ? $": now '{current}'" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{name} is undoing {ordinal} of {progress.Total} steps{why}{step}.");
    }
}
