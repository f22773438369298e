using System.Globalization;
using Platform.Engine.Plans;
using Platform.Engine.Values;

namespace Platform.Engine.Execution;

/// <summary>Applies alterations to one instance in memory, between two bursts. The first that is refused refuses all of them.</summary>
internal sealed class AlterationRun(WorkflowExecutionContext workflow, IReadOnlyDictionary<int, WorkflowPlan> versions)
{
    private readonly List<AlterationLogEntry> _log = [];
    private readonly WorkflowSubStatus _before = workflow.SubStatus;
    private bool _isRetried;
    private bool _isCancelled;

    public IReadOnlyList<AlterationLogEntry> Log => _log;

    /// <summary>Applies alterations in their order.</summary>
    /// <returns>Whether all were applied.</returns>
    public async ValueTask<bool> ApplyAsync(IReadOnlyList<Alteration> alterations)
    {
        try
        {
            if (workflow.SubStatus is WorkflowSubStatus.Finished or WorkflowSubStatus.Cancelled)
                throw new AlterationRefusedException($"The instance has ended ({workflow.SubStatus}). Only a running or a faulted instance can be altered; start a new one instead.");
            workflow.BeginBurst();
            foreach (var alteration in alterations)
            {
                if (workflow.SubStatus == WorkflowSubStatus.Cancelled || _isCancelled)
                    throw new AlterationRefusedException($"Nothing can be done after the instance was cancelled. Leave the alteration '{alteration.Type}' out.");
                await alteration.Match(CancelAsync, CancelActivityAsync, ModifyVariable, ScheduleActivity, Migrate, RetryFaulted);
            }

            if (_before == WorkflowSubStatus.Faulted && !_isRetried)
                throw new AlterationRefusedException("The instance has faulted. It can be altered only together with an alteration 'ScheduleActivity' of an activity that faulted, or be retried.");
            return true;
        }
        catch (AlterationRefusedException refused)
        {
            Add(AlterationLogLevel.Error, "AlterationRefused", refused.Message);
        }
        // Owners of cancelled activities are foreign code; what they throw must not look like a failure of the server.
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Add(AlterationLogLevel.Error, "AlterationFailed", $"An activity refused the alteration: {exception.Message}");
        }

        Add(AlterationLogLevel.Error, "NothingChanged", "Nothing of the instance was changed.");
        // Whoever drives the instance must not take a refused burst for one that goes on.
        workflow.SubStatus = _before == WorkflowSubStatus.Executing ? WorkflowSubStatus.Interrupted : _before;
        return false;
    }

    private async ValueTask CancelAsync(Alteration.Cancel alteration)
    {
        if (_before == WorkflowSubStatus.Faulted)
            throw new AlterationRefusedException("The instance has ended (Faulted) and cannot be cancelled.");
        if (workflow.Root is { } root)
        {
            Journal(root, "InstanceCanceled", "The instance was cancelled.");
        }

        _isCancelled = true;
        await Interpreter.CancelRootAsync(workflow);
    }

    private async ValueTask CancelActivityAsync(Alteration.CancelActivity alteration)
    {
        foreach (var context in LiveExecutions(alteration.ActivityId, alteration.ActivityInstanceId))
        {
            if (context.Status is ActivityStatus.Completed or ActivityStatus.Canceled)
                continue;
            if (context.ParentActivityExecutionContext is null or { ParentActivityExecutionContext: null })
            {
                // Nothing of the workflow is left without its root.
                await CancelAsync(new Alteration.Cancel());
                return;
            }

            if (context.Status == ActivityStatus.Faulted)
                ForgetFault(context);
            var owner = context.ParentActivityExecutionContext;
            Journal(context, "ActivityCanceled", $"The execution '{context.Id}' of '{NameOf(context)}' was cancelled.");
            await Interpreter.CancelAsync(context, notifyOwner: true);
            if (owner is { Status: ActivityStatus.Running, FirstChild: null, BookmarkCount: 0, IsInQueue: false })
            {
                Journal(owner, "OwnerIdle", $"'{NameOf(owner)}' does not go on by itself after an activity in it was cancelled. Cancel it too, or schedule an activity in it.",
                    AlterationLogLevel.Warning);
            }
        }
    }

    private ValueTask ModifyVariable(Alteration.ModifyVariable alteration)
    {
        var found = false;
        foreach (var context in workflow.ActivityExecutionContexts)
        {
            foreach (var variable in context.Variables ?? [])
            {
                if (!string.Equals(variable.Definition.Id, alteration.VariableId, StringComparison.Ordinal))
                    continue;
                if (!ValueConverter.TryConvert(alteration.Value, variable.Definition.Type, out var value))
                {
                    throw new AlterationRefusedException(
                        $"The value for the variable '{variable.Definition.Name}' cannot be converted to its type {variable.Definition.Type.Name}.");
                }

                variable.Value = value;
                found = true;
                Journal(context, "VariableModified", $"The variable '{variable.Definition.Name}' of '{NameOf(context)}' has a new value.");
            }
        }

        return found ? default : throw new AlterationRefusedException(
            $"There is no variable with the id '{alteration.VariableId}' in anything that the instance is executing. Give the variable's id, not its name.");
    }

    private ValueTask ScheduleActivity(Alteration.ScheduleActivity alteration)
    {
        var live = FindLive(alteration.ActivityId, alteration.ActivityInstanceId);
        var faulted = live.FindAll(context => context.Status == ActivityStatus.Faulted);
        if (faulted.Count > 0)
        {
            Retry(faulted);
            return default;
        }

        if (alteration.ActivityInstanceId is { } instanceId)
        {
            if (live is not [var context])
                throw NotLive($"There is no live activity execution '{instanceId}'. Name the activity by 'activityId' to execute it once more.");
            Schedule(context.Node, context.ParentActivityExecutionContext);
            return default;
        }

        var nodes = workflow.Plan.Nodes.Where(node => node.Activity.Id == alteration.ActivityId).ToList();
        if (nodes.Count == 0)
            throw new AlterationRefusedException($"Version {VersionOf(workflow.Plan)} of the workflow has no activity '{alteration.ActivityId}'.");
        // With several live executions of the owner, as in a parallel loop, the one that began last is meant as well as any.
        var owner = workflow.ActivityExecutionContexts.LastOrDefault(context => context.Status == ActivityStatus.Running && nodes.Exists(node => node.Parent == context.Node))
            ?? throw new AlterationRefusedException($"'{nodes[0].Parent?.Activity.Id ?? nodes[0].Activity.Id}', which holds the activity '{alteration.ActivityId}', is not being executed. Schedule that one instead.");
        Schedule(nodes.Find(node => node.Parent == owner.Node)!, owner);
        return default;
    }

    private ValueTask RetryFaulted(Alteration.RetryFaulted alteration)
    {
        var faulted = workflow.ActivityExecutionContexts
            .Where(context => context.Status == ActivityStatus.Faulted
                && (alteration.ActivityIds is not { Count: > 0 } ids || ids.Contains(context.Activity.Id))
                && (alteration.ActivityInstanceIds is not { Count: > 0 } executions || executions.Contains(context.Id)))
            .ToList();
        if (faulted.Count == 0)
        {
            throw new AlterationRefusedException(alteration.ActivityIds is { Count: > 0 } || alteration.ActivityInstanceIds is { Count: > 0 }
                ? "None of these activities has faulted in the instance, so there is nothing to retry."
                : "No activity of the instance has faulted, so there is nothing to retry.");
        }

        Retry(faulted);
        return default;
    }

    private ValueTask Migrate(Alteration.Migrate alteration)
    {
        if (!versions.TryGetValue(alteration.TargetVersion, out var plan))
            throw new AlterationRefusedException($"The workflow '{workflow.Plan.Definition.DefinitionId}' has no version {alteration.TargetVersion.ToString(CultureInfo.InvariantCulture)}.");
        if (plan.Problems.Count > 0)
            throw new AlterationRefusedException($"Version {VersionOf(plan)} of the workflow cannot be run: {plan.Problems[0].Message} ({plan.Problems[0].Path})");
        var before = VersionOf(workflow.Plan);
        Migration.Apply(workflow, plan);
        if (workflow.Root is { } root)
            Journal(root, "InstanceMigrated", $"The instance goes on as version {VersionOf(plan)}; it was begun as version {before}.");
        return default;
    }

    private void Retry(List<ActivityExecutionContext> faulted)
    {
        foreach (var context in faulted)
        {
            Interpreter.Retry(context);
            Journal(context, "ActivityRetried", $"The execution '{context.Id}' of '{NameOf(context)}', which faulted, is executed again.");
        }

        _isRetried = true;
    }

    private void Schedule(PlanNode node, ActivityExecutionContext? owner)
    {
        if (owner is null || owner.Activity.InvokeGetCompletionCallback(node.Activity) is not { } callback)
            throw new AlterationRefusedException($"'{node.Activity.Id}' cannot be executed on its own: what holds it does not say how it goes on behind it.");
        var child = Interpreter.Schedule(owner, node, callback);
        Journal(owner, "ActivityScheduled", $"'{NameOf(child)}' is executed as '{child.Id}'; '{NameOf(owner)}' goes on behind it.");
    }

    private void ForgetFault(ActivityExecutionContext context)
    {
        for (var scope = context; scope is not null; scope = scope.ParentActivityExecutionContext)
            scope.AggregateFaultCount--;
        workflow.Incidents.RemoveAll(incident => incident.ActivitySequence == context.Sequence);
        // Leaving out a step that cannot be undone is as good as repeating it: the rest goes on.
        if (context.ParentActivityExecutionContext is not { } owner || !owner.Activity.IsCleaningUp(owner))
            return;
        _isRetried = true;
        workflow.IsFaulting = workflow.IsFaulting && workflow.ActivityExecutionContexts.Any(other => other != context && other.Status == ActivityStatus.Faulted);
        workflow.FinishedAt = null;
    }

    private List<ActivityExecutionContext> LiveExecutions(string? activityId, string? activityInstanceId)
    {
        var found = FindLive(activityId, activityInstanceId);
        return found.Count > 0 ? found : throw NotLive(activityInstanceId is null
            ? $"The instance is not executing an activity '{activityId}'."
            : $"There is no live activity execution '{activityInstanceId}'.");
    }

    private List<ActivityExecutionContext> FindLive(string? activityId, string? activityInstanceId) =>
    [
        .. workflow.ActivityExecutionContexts.Where(context => activityInstanceId is null
            ? string.Equals(context.Activity.Id, activityId, StringComparison.Ordinal)
            : string.Equals(context.Id, activityInstanceId, StringComparison.Ordinal)),
    ];

    private AlterationRefusedException NotLive(string message)
    {
        var live = workflow.ActivityExecutionContexts.Skip(1).Take(10).Select(context => $"'{context.Activity.Id}'").Distinct().ToList();
        return new AlterationRefusedException(live.Count == 0 ? message : $"{message} It is executing: {string.Join(", ", live)}.");
    }

    private static string NameOf(ActivityExecutionContext context) => context.Activity.Name ?? context.Activity.Id;

    private static string VersionOf(WorkflowPlan plan) => plan.Definition.Version.ToString(CultureInfo.InvariantCulture);

    private void Journal(ActivityExecutionContext context, string eventName, string message, AlterationLogLevel level = AlterationLogLevel.Information)
    {
        context.AddExecutionLogEntry(eventName, message);
        Add(level, eventName, message);
    }

    private void Add(AlterationLogLevel level, string eventName, string message) =>
        _log.Add(new AlterationLogEntry(message, level, workflow.Host.Clock.GetUtcNow(), eventName));
}

/// <summary>An alteration cannot be applied to the instance as it is.</summary>
/// <param name="message">Why, and what can be done.</param>
internal sealed class AlterationRefusedException(string message) : Exception(message);
