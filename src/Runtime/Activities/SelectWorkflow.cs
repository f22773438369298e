using System.Globalization;
using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Store;

namespace Platform.Runtime.Activities;

/// <summary>
/// Chooses one of several workflows: the first in the list that is published, not paused, and did well enough lately. Give the output to
/// <i>Execute Workflow</i> or <i>Dispatch Workflow</i>. Ends with <c>Done</c>, or with <c>None</c> when no workflow fits.
/// </summary>
[Activity("Platform", "Composition", "Choose the first of several workflows that can run and did well enough lately.", DisplayName = "Select Workflow")]
[FlowNode("Done", "None")]
public sealed class SelectWorkflow : Activity
{
    private const int CandidatesMax = 100;

    /// <summary>Definition ids, the preferred one first; 1 to 100.</summary>
    [Input(Description = "The definition IDs of the workflows, the preferred one first.", UIHint = InputUIHints.MultiText)]
    public Input<ICollection<string>> Candidates { get; set; } = new([]);

    /// <summary>Lowest share of its finished runs that ended well, 0 to 1; one without finished runs is let through. Default: 0, whatever it did.</summary>
    [Input(DisplayName = "Lowest Success", Description = "The lowest share of the stored runs of a workflow that ended well, 0 to 1; one that has not run yet is let through.", DefaultValue = 0d)]
    public Input<double> LowestSuccess { get; set; } = new(0d);

    /// <summary>The workflow; empty when none fits.</summary>
    [Output(DisplayName = "Workflow Definition ID", Description = "The definition ID of the workflow that was chosen; empty when none fits.")]
    public Output<string>? WorkflowDefinitionId { get; set; }

    /// <summary>Why it was chosen, and why those in front of it were not.</summary>
    [Output(Description = "Why it was chosen, and why those in front of it were not.")]
    public Output<string>? Reason { get; set; }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var candidates = (context.Get(Candidates) ?? []).Select(id => id.Trim()).Where(id => id.Length > 0).ToList();
        if (candidates.Count is 0 or > CandidatesMax)
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"There are {candidates.Count} candidates. Give 1 to {CandidatesMax} definition IDs."));
        var lowest = context.Get(LowestSuccess);
        if (lowest is < 0 or > 1)
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The lowest success is {lowest}. Give a share from 0 to 1."));
        var counts = lowest > 0 ? await context.GetRequiredService<IWorkflowStore>().CountInstancesAsync(context.CancellationToken) : [];
        var passed = new List<string>();
        foreach (var id in candidates)
        {
            if (await WhyNotAsync(context, id, lowest, counts) is { } reason)
            {
                passed.Add(reason);
                continue;
            }

            await EndAsync(context, id, passed.Count == 0 ? $"'{id}' is the preferred one." : $"'{id}', because {string.Join(", ", passed)}.", "Done");
            return;
        }

        await EndAsync(context, "", $"No workflow fits: {string.Join(", ", passed)}.", "None");
    }

    private static async ValueTask<string?> WhyNotAsync(ActivityExecutionContext context, string id, double lowest, IReadOnlyList<InstanceCount> counts)
    {
        if (await context.GetRequiredService<IWorkflowStore>().FindDefinitionAsync(id, VersionOptions.Published, context.CancellationToken) is null)
            return $"'{id}' is not published";
        if (context.GetRequiredService<DispatchRules>().Find(id)?.Pause is not null)
            return $"'{id}' is paused";
        var ended = counts.Where(count => count.DefinitionId == id && count.Status == nameof(WorkflowStatus.Finished)).ToList();
        var all = ended.Sum(count => count.Instances);
        var good = ended.Where(count => count.SubStatus == nameof(WorkflowSubStatus.Finished)).Sum(count => count.Instances);
        return all > 0 && good < lowest * all
            ? string.Create(CultureInfo.InvariantCulture, $"of '{id}' {good * 100 / all} % ended well")
            : null;
    }

    private ValueTask EndAsync(ActivityExecutionContext context, string id, string reason, string outcome)
    {
        context.Set(WorkflowDefinitionId, id);
        context.Set(Reason, reason);
        context.AddExecutionLogEntry("Selected", reason);
        return context.CompleteActivityWithOutcomesAsync(outcome);
    }
}
