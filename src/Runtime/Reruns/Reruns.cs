using System.Security.Cryptography;
using System.Text;
using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Engine.Execution;
using Platform.Engine.Plans;
using Platform.Engine.Values;
using Platform.Runtime.Definitions;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;

namespace Platform.Runtime.Reruns;

/// <summary>
/// Runs instances once more, from their start or from any step, as new instances. What the steps before did is not done again; where the
/// state that a step began with cannot be built, nothing runs. See docs/reruns.md.
/// </summary>
/// <param name="store">Where instances and their records are kept.</param>
/// <param name="plans">Compiled definitions.</param>
/// <param name="runner">Reads instances.</param>
/// <param name="runtime">Starts instances.</param>
/// <param name="environment">What the host adds.</param>
public sealed class Reruns(IWorkflowStore store, PlanCache plans, InstanceRunner runner, WorkflowRuntime runtime, RerunEnvironment environment)
{
    private const string StepProperty = "RerunOfActivityInstance";
    private const int NamedStepsMax = 10;

    /// <summary>Runs an instance once more and waits until the new instance finishes or waits.</summary>
    /// <param name="instanceId">The original, in any state.</param>
    /// <param name="request">From where and with what.</param>
    /// <param name="key">Idempotency key: the same key and request for the same original mean the same new instance; null for always a new one.</param>
    /// <param name="cancellationToken">Ends the work before the burst begins; a burst that has begun is committed.</param>
    public async ValueTask<RerunResult> RunAsync(string instanceId, RerunRequest request, string? key, CancellationToken cancellationToken)
    {
        if (await runner.LoadAsync(instanceId, cancellationToken) is not var (original, _))
            return new RerunResult.NotFound();
        var newId = key is null ? null : IdOf(instanceId, key);
        var fingerprint = key is null ? null : FingerprintOf(request);
        if (newId is not null && await runner.LoadAsync(newId, cancellationToken) is var (earlier, stored))
            return Repeated(earlier, stored, fingerprint);
        var history = ExecutionHistory.Read(instanceId, (await store.ReadBurstsAsync(instanceId, cancellationToken)).Select(burst => burst.Log));
        if (!TryFindStep(original, history, request, out var step, out var reason))
            return new RerunResult.NoSuchStep(reason);
        var latest = request.Version == RerunVersion.Latest ? await FindLatestAsync(original.Plan, cancellationToken) : null;
        if (latest is { Problems: [var problem, ..] })
            return new RerunResult.Refused(RerunRefusal.VersionLacksStep, $"Version {latest.Definition.Version} of the workflow cannot be run: {problem.Message} ({problem.Path})");
        if (IsTriggerRequest(original, step))
            step = null;
        var point = new RerunPoint(history, step)
        {
            Plan = latest,
            Input = request.Input,
            StepInput = request.ActivityInput,
            Variables = request.Variables,
        };
        // A step is reached as the original reached it, and then moved to the other version; the start belongs to that version.
        var plan = step is null && latest is not null ? latest : original.Plan;
        return await StartAsync(original, point, plan, newId, fingerprint, cancellationToken);
    }

    /// <summary>The re-runs of an instance, oldest first.</summary>
    /// <param name="instanceId">The original.</param>
    /// <param name="skip">Rows to leave out.</param>
    /// <param name="take">Most rows.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public ValueTask<Page<StoredInstance>> ListAsync(string instanceId, int skip, int take, CancellationToken cancellationToken) =>
        store.ListInstancesAsync(new InstanceFilter { RerunOf = instanceId, Skip = skip, Take = take }, cancellationToken);

    /// <summary>What an instance repeats; null when it is no re-run.</summary>
    /// <param name="workflow">The instance.</param>
    internal static RerunOrigin? OriginOf(WorkflowExecutionContext workflow) =>
        workflow.RerunOf is { } original ? new RerunOrigin(original, workflow.Properties.GetValueOrDefault(StepProperty) as string) : null;

    /// <summary>What an instance repeats; null when it is no re-run or there is none.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<RerunOrigin?> FindOriginAsync(string instanceId, CancellationToken cancellationToken) =>
        await runner.LoadAsync(instanceId, cancellationToken) is var (workflow, _) ? OriginOf(workflow) : null;

    private static string IdOf(string instanceId, string key) => WorkflowRuntime.StableId("rerun", $"{instanceId.Length}", instanceId, key);

    private static RerunResult Repeated(WorkflowExecutionContext earlier, StoredInstance stored, string? fingerprint) =>
        earlier.Properties.GetValueOrDefault(KeyedStarts.FingerprintProperty) as string == fingerprint && OriginOf(earlier) is { } origin
            ? new RerunResult.Started(stored, origin)
            : new RerunResult.KeyReused();

    private static string FingerprintOf(RerunRequest request)
    {
        object?[] parts =
        [
            request.ActivityInstanceId, request.ActivityId, request.Version.ToString(),
            Sorted(request.Input), Sorted(request.ActivityInput), Sorted(request.Variables),
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(DynamicJson.ToText(parts))));

        static Dictionary<string, object?>? Sorted(IReadOnlyDictionary<string, object?>? values) =>
            values?.OrderBy(member => member.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
    }

    private static bool TryFindStep(
        WorkflowExecutionContext original, ExecutionHistory history, RerunRequest request, out ActivityExecutionRecord? step, out string reason)
    {
        (step, reason) = (null, "");
        if (request.ActivityInstanceId is { } executionId)
        {
            step = history.Find(executionId);
            reason = $"The instance '{original.Id}' has no activity execution '{executionId}'. GET /elsa/api/activity-executions/list?workflowInstanceId={original.Id} lists them.";
        }
        else if (request.ActivityId is { } activityId)
        {
            var found = history.Executions.Where(record => record.ActivityId == activityId).ToList();
            step = found is [var only] ? only : null;
            reason = found.Count == 0
                ? $"The instance '{original.Id}' did not execute an activity '{activityId}'."
                : $"The instance '{original.Id}' executed '{activityId}' {found.Count} times. Name one execution as fromActivityInstanceId: "
                    + string.Join(", ", found.Take(NamedStepsMax).Select(record => $"'{record.Id}'")) + (found.Count > NamedStepsMax ? " ..." : ".");
        }
        else
        {
            return true;
        }

        if (step is null)
            return false;
        // The workflow itself is no step: it is the start.
        if (step.ParentId is null)
            step = null;
        return true;
    }

    /// <summary>Whether the step is the trigger that a request started: it cannot be executed without the request, so its result is taken.</summary>
    private static bool IsTriggerRequest(WorkflowExecutionContext original, ActivityExecutionRecord? step) =>
        step is not null && step.ActivityId == original.TriggerActivityId && IsStartedByRequest(original.Plan, original.TriggerActivityId);

    private static bool IsStartedByRequest(WorkflowPlan plan, string? trigger) =>
        trigger is not null && plan.FindByActivityId(trigger)?.Activity is Trigger { NeedsRequest: true };

    private async ValueTask<WorkflowPlan?> FindLatestAsync(WorkflowPlan plan, CancellationToken cancellationToken)
    {
        var id = plan.Definition.DefinitionId;
        var definition = await store.FindDefinitionAsync(id, VersionOptions.Published, cancellationToken)
            ?? await store.FindDefinitionAsync(id, VersionOptions.Latest, cancellationToken);
        return definition is null || definition.Id == plan.Definition.Id ? null : plans.Get(definition);
    }

    private async ValueTask<RerunResult> StartAsync(
        WorkflowExecutionContext original, RerunPoint point, WorkflowPlan plan, string? newId, string? fingerprint, CancellationToken cancellationToken)
    {
        var properties = new Dictionary<string, object?>(original.Properties, StringComparer.Ordinal);
        // These belong to the way in which the original was started.
        foreach (var own in (string[])[Outbox.WaitForCompletionProperty, KeyedStarts.FingerprintProperty, KeyedStarts.AnswerProperty, StepProperty])
            properties.Remove(own);
        if (fingerprint is not null)
            properties[KeyedStarts.FingerprintProperty] = fingerprint;
        if (point.Step is { } step)
            properties[StepProperty] = step.Id;
        var start = new StartRequest
        {
            DefinitionVersionId = plan.Definition.Id,
            InstanceId = newId,
            CorrelationId = original.CorrelationId,
            Name = original.Name,
            TriggerActivityId = original.TriggerActivityId,
            Input = original.Input,
            Properties = properties,
            Services = IsStartedByRequest(plan, original.TriggerActivityId) ? environment.ServicesOfRequest?.Invoke() : null,
            RerunOf = original.Id,
            Begin = workflow => Interpreter.RerunAsync(workflow, point),
        };
        try
        {
            var result = await runtime.StartAsync(start, cancellationToken);
            // Two requests with one key at the same time: the other one was faster.
            if (result is StartResult.Exists && await runner.LoadAsync(newId!, cancellationToken) is var (earlier, stored))
                return Repeated(earlier, stored, fingerprint);
            return result.Match<RerunResult>(
                started => new RerunResult.Started(started.Instance, OriginOf(started.Workflow)!),
                _ => new RerunResult.NotFound(),
                _ => new RerunResult.NotFound(),
                refused => new RerunResult.NotActivated(refused.Reason),
                held => new RerunResult.NotActivated(held.Hold.Reason));
        }
        catch (RerunRefusedException refused)
        {
            return new RerunResult.Refused(refused.Reason, refused.Message);
        }
    }
}
