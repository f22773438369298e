using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Engine;
using Platform.Engine.Activities;
using Platform.Engine.Values;
using Platform.Runtime.Execution;

namespace Platform.Runtime.Activities;

/// <summary>What the ends of the children of a bulk dispatch are matched by.</summary>
/// <param name="ParentInstanceId">The instance whose children they are.</param>
internal sealed record BulkDispatchWorkflowsStimulus(string ParentInstanceId);

/// <summary>
/// Queues another workflow once per item. Waiting for the children is the default: it runs <see cref="ChildCompleted"/> or
/// <see cref="ChildFaulted"/> as each of them ends, and after the last one ends with <c>Completed</c> and <c>Done</c>. Not waiting, or
/// without items, it ends with <c>Done</c>. More items than <c>Runtime:BulkDispatchMax</c> fault it with WF2101; nothing starts then.
/// </summary>
/// <remarks>
/// The children's ids follow from this execution and the position of the item, so a step that a crash repeats finds the same children,
/// and an end that is told twice counts once.
/// </remarks>
[Activity("Elsa", "Composition", "Create a new workflow instance of the specified workflow for each item in a list.", Kind = ActivityKind.Task)]
[FlowNode("Completed", "Canceled", "Done")]
public sealed class BulkDispatchWorkflows : Activity
{
    private const string EndedProperty = "Ended";
    private const string CountProperty = "Count";
    private const string HandledProperty = "Handled";
    private const string IndexFormat = "x6";
    private static readonly string[] CompletedAndDone = ["Completed", "Done"];

    /// <summary>The definition to run; its published version.</summary>
    [Input(DisplayName = "Workflow Definition", UIHint = InputUIHints.WorkflowDefinitionPicker, Description = "The definition ID of the workflows to dispatch.")]
    public Input<string> WorkflowDefinitionId { get; set; } = new("");

    /// <summary>The items: a list, a sequence, or JSON of one.</summary>
    [Input(Description = "The data source to use for dispatching the workflows, one per item.")]
    public Input<object> Items { get; set; } = new((object)null!);

    /// <summary>Input of a child that gets its item. Items that are dictionaries become inputs themselves. Default: Item.</summary>
    [Input(Description = "The input that receives the item, unless the item is a dictionary.", DefaultValue = "Item")]
    public Input<string> DefaultItemInputKey { get; set; } = new("Item");

    /// <summary>Gives the correlation id of each child; the item is its argument, named after the key above. Default: none.</summary>
    [Input(DisplayName = "Correlation ID Function", AutoEvaluate = false, Description = "Evaluated per item to compute its correlation ID, for example getItem().orderId.")]
    public Input<string?> CorrelationIdFunction { get; set; } = new((string?)null);

    /// <summary>Inputs that all children get besides their item.</summary>
    [Input(UIHint = InputUIHints.Dictionary, Description = "The input to send to every workflow.")]
    public Input<IDictionary<string, object>?> Input { get; set; } = new((IDictionary<string, object>?)null);

    /// <summary>Whether to wait until all children ended. Default: true.</summary>
    [Input(Description = "Wait for the dispatched workflows to complete before completing this activity.", DefaultValue = true)]
    public Input<bool> WaitForCompletion { get; set; } = new(true);

    /// <summary>Whether traces of the children begin anew. Default: false.</summary>
    [Input(DisplayName = "Start New Trace", Category = "Open Telemetry", Description = "Start a new trace per workflow instead of continuing the current one.", DefaultValue = false)]
    public Input<bool> StartNewTrace { get; set; } = new(false);

    /// <summary>The queue to use. This server has one; another name is noted in the journal.</summary>
    [Input(DisplayName = "Channel", UIHint = InputUIHints.DropDown, Options = new[] { "Default" }, Description = "The channel to dispatch the workflows to.")]
    public Input<string?> ChannelName { get; set; } = new((string?)null);

    /// <summary>Runs for each child that finished, with the variable ChildInstanceId and the inputs WorkflowOutput, WorkflowInstanceId, WorkflowStatus and WorkflowSubStatus.</summary>
    [Port]
    public IActivity? ChildCompleted { get; set; }

    /// <summary>Runs for each child that faulted, with the same.</summary>
    [Port]
    public IActivity? ChildFaulted { get; set; }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var waits = WaitForCompletion.Get(context);
        var order = new ChildOrder(WorkflowDefinitionId.GetOrDefault(context), waits) { StartsNewTrace = StartNewTrace.Get(context) };
        var published = await ChildStart.FindPublishedAsync(context, order);
        ChildStart.NoteChannel(context, ChannelName.GetOrDefault(context));
        var items = await ItemsAsync(context);
        var key = DefaultItemInputKey.GetOrDefault(context) is { Length: > 0 } given ? given : "Item";
        var prefix = IdPrefix(context);
        // All or nothing: a correlation id that cannot be computed must not leave half of the children behind.
        var requests = new List<StartRequest>(items.Count);
        foreach (var item in items)
        {
            var arguments = new Dictionary<string, object?>(StringComparer.Ordinal) { [key] = item };
            var correlationId = await context.EvaluateAsync(CorrelationIdFunction, arguments);
            requests.Add(ChildStart.Request(context, order, correlationId, InputOf(context, item, key, requests.Count)) with
            {
                DefinitionVersionId = published,
                InstanceId = prefix + requests.Count.ToString(IndexFormat, CultureInfo.InvariantCulture),
            });
        }

        foreach (var request in requests)
            context.Send(new RuntimeMessage.Start(request));
        if (waits && requests.Count > 0)
            Wait(context, requests.Count);
        else
            await context.CompleteActivityAsync();
    }

    /// <inheritdoc />
    protected override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) => CountHandledAsync(context);

    /// <summary>Makes room for the position of the item behind it.</summary>
    private static string IdPrefix(ActivityExecutionContext context) => WorkflowRuntime.StableId("children", context.IdempotencyKey);

    private async ValueTask<List<object?>> ItemsAsync(ActivityExecutionContext context)
    {
        var itemsMax = context.GetRequiredService<RuntimeOptions>().BulkDispatchMax;
        var items = await ItemSource.ReadAsync(Items.GetOrDefault(context), itemsMax, context.CancellationToken);
        return items.Count <= itemsMax ? items : throw new FaultException(
            "TooManyItems",
            "Runtime",
            "System",
            $"WF2101: There are more than {itemsMax} items, the limit Runtime:BulkDispatchMax. Dispatch them in parts, or raise the limit.");
    }

    private Dictionary<string, object> InputOf(ActivityExecutionContext context, object? item, string key, int index)
    {
        var input = new Dictionary<string, object>(Input.GetOrDefault(context) ?? new Dictionary<string, object>(StringComparer.Ordinal), StringComparer.Ordinal);
        var members = item is IDictionary or IDictionary<string, object?> or IDictionary<string, object> or JsonObject or JsonElement { ValueKind: JsonValueKind.Object }
            ? ValueConverter.Convert<Dictionary<string, object>>(item)
            : null;
        if (members is null)
            input[key] = item!;
        foreach (var (name, value) in members ?? [])
            input[name] = value;
        return context.WorkflowExecutionContext.Host.Values.CanStore(input) ? input : throw new InvalidOperationException(
            $"The item at position {index} cannot be sent to another workflow: it contains a stream, a request or something else that cannot be stored.");
    }

    private void Wait(ActivityExecutionContext context, int count)
    {
        context.SetProperty(CountProperty, count);
        context.SetProperty(EndedProperty, new byte[(count + 7) / 8]);
        context.CreateBookmark(new CreateBookmarkArgs
        {
            Stimulus = new BulkDispatchWorkflowsStimulus(context.WorkflowExecutionContext.Id),
            IncludeActivityInstanceId = false,
            AutoBurn = false,
            Callback = OnChildEndedAsync,
        });
    }

    private ValueTask OnChildEndedAsync(ActivityExecutionContext context)
    {
        // Each child loads and stores the parent: what is not needed any more must not travel along.
        context.ReleaseInput(Items);
        if (!TryMarkEnded(context, context.GetWorkflowInput<string>(ChildWorkflowStimulus.InstanceInput)))
            return default;
        var port = context.GetWorkflowInput<string>(ChildWorkflowStimulus.SubStatusInput) switch
        {
            nameof(WorkflowSubStatus.Finished) => ChildCompleted,
            nameof(WorkflowSubStatus.Faulted) => ChildFaulted,
            _ => null,
        };
        return context.ScheduleActivityAsync(port, OnPortCompletedAsync, variables: VariablesOf(context));
    }

    /// <summary>What expressions of the port activity see, also after it waited: inputs are found among the variables of the scope then.</summary>
    private static IEnumerable<Variable> VariablesOf(ActivityExecutionContext context)
    {
        yield return Make("ChildInstanceId", ChildWorkflowStimulus.InstanceInput);
        foreach (var input in ChildWorkflowStimulus.Inputs)
            yield return Make(input, input);

        Variable Make(string name, string input) => new(name) { Id = name, Value = context.GetWorkflowInput<object>(input) };
    }

    /// <summary>Whether this is the first news of the end of a child of ours.</summary>
    private static bool TryMarkEnded(ActivityExecutionContext context, string? childId)
    {
        var prefix = IdPrefix(context);
        if (childId is null || !childId.StartsWith(prefix, StringComparison.Ordinal)
            || !int.TryParse(childId.AsSpan(prefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var index))
            return false;
        var ended = context.GetProperty<byte[]>(EndedProperty)!;
        var bit = (byte)(1 << (index % 8));
        if (index / 8 >= ended.Length || (ended[index / 8] & bit) != 0)
            return false;
        ended[index / 8] |= bit;
        context.SetProperty(EndedProperty, ended);
        return true;
    }

    private ValueTask OnPortCompletedAsync(ActivityCompletedContext completed) => CountHandledAsync(completed.TargetContext);

    private static ValueTask CountHandledAsync(ActivityExecutionContext context)
    {
        var handled = context.GetProperty<int>(HandledProperty) + 1;
        context.SetProperty(HandledProperty, handled);
        return handled < context.GetProperty<int>(CountProperty) ? default : context.CompleteActivityWithOutcomesAsync(CompletedAndDone);
    }
}
