using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Engine.Execution;
using Platform.Engine.Plans;
using Platform.Runtime.Audit;
using Platform.Runtime.Definitions;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;

namespace Platform.Runtime.Alterations;

/// <summary>
/// Alters instances. The alterations of one call on one instance are committed together with what the instance then runs, or not at all.
/// </summary>
/// <param name="store">Where versions are kept.</param>
/// <param name="plans">Compiled definitions.</param>
/// <param name="runner">Runs bursts.</param>
/// <param name="background">Executes activities outside of bursts.</param>
/// <param name="outbox">Queues what follows.</param>
/// <param name="host">Knows the time.</param>
public sealed class InstanceAlterations(IWorkflowStore store, PlanCache plans, InstanceRunner runner, BackgroundActivities background, Outbox outbox, EngineHost host)
{
    /// <summary>Alters an instance and runs what is scheduled then. An instance that is running is waited for.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="alterations">The alterations, in order.</param>
    /// <param name="cancellationToken">Ends the wait for the instance; a burst that has begun is committed.</param>
    public ValueTask<AlterationResult> RunAsync(string instanceId, IReadOnlyList<Alteration> alterations, CancellationToken cancellationToken)
    {
        // A cancellation ends work; all others may begin some.
        if (alterations is not [Alteration.Cancel])
            outbox.Dispatch.Intake.ThrowIfClosed();
        return RunAsync(instanceId, alterations, null, cancellationToken);
    }

    /// <param name="instanceId">The instance.</param>
    /// <param name="alterations">The alterations, in order.</param>
    /// <param name="committing">Adds to the commit that makes the alterations durable; null for nothing.</param>
    /// <param name="cancellationToken">Ends the wait for the instance.</param>
    internal async ValueTask<AlterationResult> RunAsync(
        string instanceId, IReadOnlyList<Alteration> alterations, Action<Commit, AlterationResult>? committing, CancellationToken cancellationToken)
    {
        // Whoever cancels does not want to wait for what the instance is doing; whoever changes it does.
        if (alterations is [Alteration.Cancel])
            runner.TryCancelRunning(instanceId);
        using var _ = await runner.Gate.EnterAsync(instanceId, cancellationToken);
        AlterationResult? applied = null;
        var isCommitted = false;
        try
        {
            if (await runner.LoadAsync(instanceId, cancellationToken) is not var (workflow, header))
                return Refused($"There is no workflow instance '{instanceId}'.");
            var versions = await FindVersionsAsync(workflow.Plan.Definition.DefinitionId, alterations, cancellationToken);
            await runner.ContinueAsync(workflow, header, RunBurstAsync, null, commit =>
            {
                isCommitted = true;
                if (alterations.OfType<Alteration.Cancel>().Any())
                    (commit.Work ??= []).Add(outbox.CancelChildren(instanceId));
                AuditScope.Current?.AddTo(commit, ChangeOf(header, alterations));
                committing?.Invoke(commit, applied!);
            });
            // Undo steps may wait for background activities of their own.
            if (isCommitted && workflow.Status == WorkflowStatus.Finished && alterations.OfType<Alteration.Cancel>().Any())
                background.Cancel(instanceId);
            return applied!;

            async ValueTask<bool> RunBurstAsync(WorkflowExecutionContext target) =>
                (await Interpreter.AlterAsync(target, alterations, versions, result => applied = result)).IsSuccessful;
        }
        // An instance that cannot be loaded must not end the alteration of others.
        catch (Exception exception) when (!isCommitted && exception is StateMismatchException or InvalidOperationException or JsonException)
        {
            return Refused(exception.Message);
        }
    }

    private async ValueTask<Dictionary<int, WorkflowPlan>> FindVersionsAsync(
        string definitionId, IReadOnlyList<Alteration> alterations, CancellationToken cancellationToken)
    {
        var found = new Dictionary<int, WorkflowPlan>();
        foreach (var version in alterations.OfType<Alteration.Migrate>().Select(migration => migration.TargetVersion).Distinct())
        {
            if (await store.FindDefinitionAsync(definitionId, VersionOptions.Specific(version), cancellationToken) is { } definition)
                found[version] = plans.Get(definition);
        }

        return found;
    }

    /// <summary>What was asked for by name; new values of variables are not told.</summary>
    private static AuditChange ChangeOf(StoredInstance header, IReadOnlyList<Alteration> alterations) => new("instance", header.Id, header.Name)
    {
        After = new JsonObject { ["alterations"] = new JsonArray([.. alterations.Select(alteration => (JsonNode)alteration.GetType().Name)]) },
    };

    private AlterationResult Refused(string message) =>
        new(false, false, [new AlterationLogEntry(message, AlterationLogLevel.Error, host.Clock.GetUtcNow(), "AlterationRefused")]);
}
