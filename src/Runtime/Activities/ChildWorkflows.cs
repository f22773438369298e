using Platform.Engine;
using Platform.Runtime.Execution;

namespace Platform.Runtime.Activities;

/// <summary>Starts another workflow and runs its first burst before going on; can wait until it finished.</summary>
[Activity("Elsa", "Composition", "Create a new workflow instance of the specified workflow and execute it.", Kind = ActivityKind.Task)]
public sealed class ExecuteWorkflow : Activity<object>
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
        var request = ChildStart.Request(context, WorkflowDefinitionId.GetOrDefault(context), CorrelationId.GetOrDefault(context), Input.GetOrDefault(context), waits);
        // The child runs inside this burst, so it may answer the burst's HTTP request.
        var inline = request with { Services = context.WorkflowExecutionContext.BurstServices };
        var result = await context.GetRequiredService<WorkflowRuntime>().StartAsync(inline, context.CancellationToken);
        var child = result.Match(
            started => started.Instance,
            exists => exists.Instance,
            missing => throw ChildStart.NotFound(request.DefinitionId),
            refused => throw new InvalidOperationException(refused.Reason));
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
        context.Set(Result, context.GetWorkflowInput<object>(ChildWorkflowStimulus.OutputInput));
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

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var waits = WaitForCompletion.Get(context);
        var request = ChildStart.Request(context, WorkflowDefinitionId.GetOrDefault(context), CorrelationId.GetOrDefault(context), Input.GetOrDefault(context), waits);
        var published = await context.GetRequiredService<Definitions.WorkflowDefinitions>()
            .FindAsync(request.DefinitionId!, Engine.Definitions.VersionOptions.Published, context.CancellationToken);
        if (published is null)
            throw ChildStart.NotFound(request.DefinitionId);
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

    public static Dictionary<string, object?> ToInput(WorkflowExecutionContext child) => new(StringComparer.Ordinal)
    {
        [OutputInput] = child.Output,
        ["WorkflowInstanceId"] = child.Id,
        ["WorkflowStatus"] = child.Status.ToString(),
        ["WorkflowSubStatus"] = child.SubStatus.ToString(),
    };
}

internal static class ChildStart
{
    private const string ParentInput = "ParentInstanceId";

    /// <summary>The request for a child. Its id follows from the activity execution, so that repeating the step after a crash finds the same child.</summary>
    public static StartRequest Request(ActivityExecutionContext context, string? definitionId, string? correlationId, IDictionary<string, object>? input, bool waits)
    {
        if (string.IsNullOrWhiteSpace(definitionId))
            throw new InvalidOperationException("No workflow is chosen. Choose one in the input 'Workflow Definition'.");
        var parent = context.WorkflowExecutionContext.Id;
        var values = new Dictionary<string, object?>(StringComparer.Ordinal) { [ParentInput] = parent };
        foreach (var (key, value) in input ?? new Dictionary<string, object>(StringComparer.Ordinal))
            values[key] = value;
        var properties = new Dictionary<string, object?>(StringComparer.Ordinal) { [ParentInput] = parent };
        if (waits)
            properties[Outbox.WaitForCompletionProperty] = true;
        return new StartRequest
        {
            DefinitionId = definitionId,
            InstanceId = WorkflowRuntime.StableId("child", context.IdempotencyKey),
            CorrelationId = correlationId is { Length: > 0 } ? correlationId : null,
            ParentInstanceId = parent,
            Input = values,
            Properties = properties,
            AppliesActivationStrategy = false,
        };
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
