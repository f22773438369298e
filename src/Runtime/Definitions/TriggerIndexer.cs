using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Engine.Execution;
using Platform.Engine.Plans;
using Platform.Runtime.Scheduling;
using Platform.Runtime.Store;

namespace Platform.Runtime.Definitions;

/// <summary>Finds what starts a workflow: evaluates its trigger activities without an instance.</summary>
/// <param name="store">Knows the triggers of other definitions.</param>
/// <param name="host">What activities get.</param>
/// <param name="ids">Makes ids.</param>
public sealed class TriggerIndexer(IWorkflowStore store, EngineHost host, Ids ids)
{
    /// <summary>Stimulus name of HTTP endpoints, whose triggers must be unique over all definitions.</summary>
    public const string HttpEndpointName = "Elsa.HttpEndpoint";

    /// <summary>The triggers of a version, or why it cannot be published.</summary>
    /// <param name="plan">The compiled version.</param>
    /// <param name="definition">The version.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    public async ValueTask<IndexedTriggers> IndexAsync(WorkflowPlan plan, WorkflowDefinition definition, CancellationToken cancellationToken)
    {
        var triggers = new List<StoredTrigger>();
        var problems = new List<DefinitionProblem>();
        foreach (var node in plan.Triggers)
        {
            try
            {
                var (name, payloads) = await Interpreter.GetTriggerPayloadsAsync(plan, node, host);
                foreach (var payload in payloads)
                    triggers.Add(Describe(definition, node, name, payload) with { DueAt = await DueAtAsync(plan, definition, node, payload, cancellationToken) });
                if (payloads.Count == 0)
                    problems.Add(new DefinitionProblem(node.Activity.DocumentPath, "WF2003", "Trigger should have a payload"));
            }
            catch (ScheduleSettingsException exception)
            {
                problems.Add(new DefinitionProblem(node.Activity.DocumentPath, "WF4540", exception.Message));
            }
            // Triggers are foreign code that judges its own inputs; what it throws says what is wrong with them.
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                problems.Add(new DefinitionProblem(
                    node.Activity.DocumentPath,
                    "WF2002",
                    $"The trigger '{node.Activity.Name ?? node.Activity.Id}' cannot be used: {exception.Message}"));
            }
        }

        foreach (var node in plan.Nodes.Where(node => node.Activity is Activities.Cron { CanStartWorkflow: false }))
            CheckSettings(plan, node, problems);
        foreach (var trigger in triggers.Where(trigger => trigger.Name == HttpEndpointName))
            await CheckUniqueAsync(plan, trigger, triggers, problems, cancellationToken);
        return new IndexedTriggers(triggers, problems);
    }

    private StoredTrigger Describe(WorkflowDefinition definition, PlanNode node, string name, object payload)
    {
        var json = StimulusHash.ToJson(payload);
        return new StoredTrigger(ids.New(), definition.DefinitionId, definition.Id, node.Activity.Id, name, StimulusHash.Compute(name, json))
        {
            Payload = json,
        };
    }

    private async ValueTask<DateTimeOffset?> DueAtAsync(
        WorkflowPlan plan, WorkflowDefinition definition, PlanNode node, object payload, CancellationToken cancellationToken)
    {
        if (payload is not ISchedule schedule)
            return null;
        ScheduleSettings settings;
        try
        {
            settings = ScheduleSettings.Of(plan.Content, node.Activity);
        }
        catch (FormatException exception)
        {
            throw new ScheduleSettingsException(exception.Message, exception);
        }

        var id = ScheduleDocuments.IdOf(definition.DefinitionId, node.Activity.Id);
        var setByOperator = await store.FindDocumentAsync(ScheduleDocuments.OverrideKind, id, cancellationToken);
        return schedule.FirstAfter(host.Clock.GetUtcNow(), ScheduleDocuments.ReadOverrideOr(setByOperator, settings, out _).Zone);
    }

    /// <summary>Inside a workflow, a cron expression needs the time zone too.</summary>
    private static void CheckSettings(WorkflowPlan plan, PlanNode node, List<DefinitionProblem> problems)
    {
        try
        {
            ScheduleSettings.Of(plan.Content, node.Activity);
        }
        catch (FormatException exception)
        {
            problems.Add(new DefinitionProblem(node.Activity.DocumentPath, "WF4540", exception.Message));
        }
    }

    private async ValueTask CheckUniqueAsync(
        WorkflowPlan plan,
        StoredTrigger trigger,
        List<StoredTrigger> own,
        List<DefinitionProblem> problems,
        CancellationToken cancellationToken)
    {
        var others = await store.FindTriggersAsync(new TriggerFilter { Hash = trigger.Hash }, cancellationToken);
        var isTaken = others.Any(other => other.DefinitionId != trigger.DefinitionId);
        if (!isTaken && !own.Exists(other => other.Hash == trigger.Hash && other.Id != trigger.Id))
            return;
        var payload = Engine.Values.DynamicJson.TryParse(trigger.Payload, out var parsed) ? parsed as IReadOnlyDictionary<string, object?> : null;
        problems.Add(new DefinitionProblem(
            plan.FindByActivityId(trigger.ActivityId)?.Activity.DocumentPath ?? "$",
            "WF2001",
            $"The {payload?.GetValueOrDefault("path")} path and {payload?.GetValueOrDefault("method")} method are already in use by another workflow!"));
    }
}

/// <summary>What <see cref="TriggerIndexer"/> found.</summary>
/// <param name="Triggers">The triggers.</param>
/// <param name="Problems">What keeps the version from being published; empty when nothing does.</param>
public sealed record IndexedTriggers(IReadOnlyList<StoredTrigger> Triggers, IReadOnlyList<DefinitionProblem> Problems);

/// <summary>The settings of a schedule cannot be used.</summary>
internal sealed class ScheduleSettingsException(string message, Exception inner) : Exception(message, inner);
