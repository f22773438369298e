using Platform.Engine;
using Platform.Runtime.Execution;
using Platform.Runtime.Telemetry;

namespace Platform.Runtime.Activities;

/// <summary>Starts another workflow and runs its first burst before going on; can wait until it finished.</summary>
[Activity("Elsa", "Composition", "Create a new workflow instance of the specified workflow and execute it.", Kind = ActivityKind.Task)]
public sealed class ExecuteWorkflow : Activity<ExecuteWorkflowResult>
{
    /// <summary>The definition to run; its published version.</summary>
    [Input(DisplayName = "Workflow Definition", UIHint = InputUIHints.WorkflowDefinitionPicker, Description = "The definition ID of the workflow to execute.")]
    public Input<string> WorkflowDefinitionId { get; set; } = new("");

    /// <summary>Correlation id of the new instance, or none.</summary>
    [Input(Description = "The correlation ID to associate the workflow with.")]
    public Input<string?> CorrelationId { get; set; } = new((string?)null);

    /// <summary>Inputs of the new instance.</summary>
    [Input(UIHint = InputUIHints.Dictionary, Description = "The input to send to the workflow.")]
    public Input<IDictionary<string, object>?> Input { get; set; } = new((IDictionary<string, object>?)null);

    /// <summary>Whether to wait until the instance finished. Default: false.</summary>
    [Input(Description = "True to wait for the workflow to complete before completing this activity.")]
    public Input<bool> WaitForCompletion { get; set; } = new(false);

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var waits = WaitForCompletion.Get(context);
        var order = new ChildOrder(WorkflowDefinitionId.GetOrDefault(context), waits);
        var request = ChildStart.Request(context, order, CorrelationId.GetOrDefault(context), Input.GetOrDefault(context));
        // The child runs inside this burst, so it may answer the burst's HTTP request.
        var inline = request with { Services = context.WorkflowExecutionContext.BurstServices };
        var result = await context.GetRequiredService<WorkflowRuntime>().StartAsync(inline, context.CancellationToken);
        if (result is StartResult.Held && waits)
        {
            // Whoever waits for the end anyway can wait in the queue.
            context.Send(new RuntimeMessage.Start(request));
            ChildStart.Wait(context, request.InstanceId!, OnChildFinishedAsync);
            return;
        }

        var child = result.Match(
            started => started.Instance,
            exists => exists.Instance,
            missing => throw ChildStart.NotFound(request.DefinitionId),
            refused => throw new InvalidOperationException(refused.Reason),
            held => throw new InvalidOperationException(
                $"The workflow '{request.DefinitionId}' cannot start now: {held.Hold.Reason} Tick 'Wait For Completion', or dispatch it: then it waits in the queue."));
        context.Set(Result, new ExecuteWorkflowResult(
            child.DefinitionVersionId,
            child.Id,
            child.CorrelationId,
            child.Status,
            child.SubStatus,
            (result as StartResult.Started)?.Workflow.Output ?? new Dictionary<string, object?>(StringComparer.Ordinal)));
        if (waits && child.Status == nameof(WorkflowStatus.Running))
            ChildStart.Wait(context, child.Id, OnChildFinishedAsync);
        else
            await context.CompleteActivityAsync();
    }

    private ValueTask OnChildFinishedAsync(ActivityExecutionContext context)
    {
        // As in Elsa: who waited gets the outputs themselves, not the result that the first burst gives.
        context.SetResult(context.GetWorkflowInput<object>(ChildWorkflowStimulus.OutputInput));
        return context.CompleteActivityAsync();
    }
}

/// <summary>Queues another workflow; can wait until it finished.</summary>
[Activity("Elsa", "Composition", "Create a new workflow instance of the specified workflow and dispatch it for execution.")]
public sealed class DispatchWorkflow : Activity<object>
{
    /// <summary>The definition to run; its published version.</summary>
    [Input(DisplayName = "Workflow Definition", UIHint = InputUIHints.WorkflowDefinitionPicker, Description = "The definition ID of the workflow to dispatch.")]
    public Input<string> WorkflowDefinitionId { get; set; } = new("");

    /// <summary>Correlation id of the new instance, or none.</summary>
    [Input(Description = "The correlation ID to associate the workflow with.")]
    public Input<string?> CorrelationId { get; set; } = new((string?)null);

    /// <summary>Inputs of the new instance.</summary>
    [Input(UIHint = InputUIHints.Dictionary, Description = "The input to send to the workflow.")]
    public Input<IDictionary<string, object>?> Input { get; set; } = new((IDictionary<string, object>?)null);

    /// <summary>Whether to wait until the instance finished. Default: false.</summary>
    [Input(Description = "True to wait for the workflow to complete before completing this activity.")]
    public Input<bool> WaitForCompletion { get; set; } = new(false);

    /// <summary>Whether traces of the instance begin anew instead of belonging to those of this one. Default: false.</summary>
    [Input(DisplayName = "Start New Trace", Category = "Open Telemetry", Description = "Start a new trace instead of continuing the current one.")]
    public Input<bool> StartNewTrace { get; set; } = new(false);

    /// <summary>The queue to use. This server has one; another name is noted in the journal.</summary>
    [Input(DisplayName = "Channel", UIHint = InputUIHints.DropDown, Options = new[] { "Default" }, Description = "The channel to dispatch the workflow to.")]
    public Input<string?> ChannelName { get; set; } = new((string?)null);

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var waits = WaitForCompletion.Get(context);
        var order = new ChildOrder(WorkflowDefinitionId.GetOrDefault(context), waits) { StartsNewTrace = StartNewTrace.Get(context) };
        var published = await ChildStart.FindPublishedAsync(context, order);
        ChildStart.NoteChannel(context, ChannelName.GetOrDefault(context));
        var request = ChildStart.Request(context, order, CorrelationId.GetOrDefault(context), Input.GetOrDefault(context)) with { DefinitionVersionId = published };
        context.Send(new RuntimeMessage.Start(request));
        if (waits)
            ChildStart.Wait(context, request.InstanceId!, OnChildFinishedAsync);
        else
            await context.CompleteActivityAsync();
    }

    private ValueTask OnChildFinishedAsync(ActivityExecutionContext context)
    {
        context.Set(Result, context.GetWorkflowInput<object>(ChildWorkflowStimulus.OutputInput));
        return context.CompleteActivityAsync();
    }
}

/// <summary>What running a child workflow gave.</summary>
/// <param name="WorkflowDefinitionVersionId">The version that ran.</param>
/// <param name="WorkflowInstanceId">The instance.</param>
/// <param name="CorrelationId">Its correlation id, or null.</param>
/// <param name="Status">Its status.</param>
/// <param name="SubStatus">Its sub-status.</param>
/// <param name="Output">Its outputs by name.</param>
public sealed record ExecuteWorkflowResult(
    string WorkflowDefinitionVersionId,
    string WorkflowInstanceId,
    string? CorrelationId,
    string Status,
    string SubStatus,
    IDictionary<string, object?> Output);

/// <summary>What the end of a child is matched by.</summary>
/// <param name="ChildInstanceId">The child.</param>
internal sealed record ChildWorkflowStimulus(string ChildInstanceId)
{
    /// <summary>Input under which a finished child's outputs travel.</summary>
    public const string OutputInput = "WorkflowOutput";

    /// <summary>Input under which its id travels.</summary>
    public const string InstanceInput = "WorkflowInstanceId";

    /// <summary>Input under which the way it ended travels.</summary>
    public const string SubStatusInput = "WorkflowSubStatus";
    private const string StatusInput = "WorkflowStatus";

    /// <summary>All inputs that tell of the end of a child.</summary>
    public static readonly string[] Inputs = [OutputInput, InstanceInput, StatusInput, SubStatusInput];

    public static Dictionary<string, object?> ToInput(WorkflowExecutionContext child) => new(StringComparer.Ordinal)
    {
        [OutputInput] = child.Output,
        [InstanceInput] = child.Id,
        [StatusInput] = child.Status.ToString(),
        [SubStatusInput] = child.SubStatus.ToString(),
    };
}

/// <summary>What all children of one step have in common.</summary>
/// <param name="DefinitionId">The definition to run.</param>
/// <param name="Waits">Whether the step waits for the children.</param>
internal sealed record ChildOrder(string? DefinitionId, bool Waits)
{
    /// <summary>Whether the children's traces begin anew.</summary>
    public bool StartsNewTrace { get; init; }
}

internal static class ChildStart
{
    private const string ParentInput = "ParentInstanceId";
    private const string OnlyChannel = "Default";

    /// <summary>The request for a child. Its id follows from the activity execution, so that repeating the step after a crash finds the same child.</summary>
    public static StartRequest Request(ActivityExecutionContext context, ChildOrder order, string? correlationId, IDictionary<string, object>? input)
    {
        if (string.IsNullOrWhiteSpace(order.DefinitionId))
            throw new InvalidOperationException("No workflow is chosen. Choose one in the input 'Workflow Definition'.");
        var parent = context.WorkflowExecutionContext.Id;
        var values = new Dictionary<string, object?>(StringComparer.Ordinal) { [ParentInput] = parent };
        foreach (var (key, value) in input ?? new Dictionary<string, object>(StringComparer.Ordinal))
            values[key] = value;
        var properties = new Dictionary<string, object?>(StringComparer.Ordinal) { [ParentInput] = parent };
        if (order.Waits)
            properties[Outbox.WaitForCompletionProperty] = true;
        if (context.WorkflowExecutionContext.IsCancelling)
            properties[Outbox.CleanupProperty] = true;
        if (order.StartsNewTrace)
            properties[RuntimeTrace.StartNewTraceProperty] = true;
        if (context.WorkflowExecutionContext.Properties.ContainsKey(StandIn.Property))
            properties[StandIn.Property] = true;
        return new StartRequest
        {
            DefinitionId = order.DefinitionId,
            InstanceId = WorkflowRuntime.StableId("child", context.IdempotencyKey),
            CorrelationId = correlationId is { Length: > 0 } ? correlationId : null,
            ParentInstanceId = parent,
            Input = values,
            Properties = properties,
            AppliesActivationStrategy = false,
            TraceParent = RuntimeTrace.CurrentId,
        };
    }

    /// <summary>The version that is published now: a child that is queued runs it, also when the definition is retracted meanwhile.</summary>
    public static async ValueTask<string> FindPublishedAsync(ActivityExecutionContext context, ChildOrder order)
    {
        if (string.IsNullOrWhiteSpace(order.DefinitionId))
            throw new InvalidOperationException("No workflow is chosen. Choose one in the input 'Workflow Definition'.");
        var published = await context.GetRequiredService<Definitions.WorkflowDefinitions>()
            .FindAsync(order.DefinitionId, Engine.Definitions.VersionOptions.Published, context.CancellationToken);
        return published?.Id ?? throw NotFound(order.DefinitionId);
    }

    /// <summary>Tells when a document asks for a channel of its own: there is one queue here, which takes everything.</summary>
    public static void NoteChannel(ActivityExecutionContext context, string? channel)
    {
        if (!string.IsNullOrWhiteSpace(channel) && channel != OnlyChannel)
            context.AddExecutionLogEntry("Channel", $"This server has no channel '{channel}'; the child goes through the one queue.");
    }

    public static void Wait(ActivityExecutionContext context, string childId, ExecuteActivityDelegate callback) => context.CreateBookmark(new CreateBookmarkArgs
    {
        Stimulus = new ChildWorkflowStimulus(childId),
        IncludeActivityInstanceId = false,
        Callback = callback,
    });

    public static InvalidOperationException NotFound(string? definitionId) =>
        new($"No published version of workflow definition with ID {definitionId} found.");
}
