using Platform.Engine;
using Platform.Engine.Execution;
using Platform.Runtime.Execution;

namespace Platform.Runtime.Activities;

/// <summary>What an event is matched by.</summary>
/// <param name="EventName">Name of the event.</param>
public sealed record EventStimulus(string EventName)
{
    /// <summary>Stimulus name of events.</summary>
    public const string Name = "Elsa.Event";

    /// <summary>Input under which an event's payload travels.</summary>
    public const string PayloadInput = "__EventPayloadWorkflowInput";

    /// <summary>The stimulus of an event.</summary>
    /// <param name="eventName">Name of the event.</param>
    /// <param name="payload">Payload, or null.</param>
    public static Stimulus For(string eventName, object? payload) => new(Name, StimulusHash.ToJson(new EventStimulus(eventName)))
    {
        Input = new Dictionary<string, object?>(StringComparer.Ordinal) { [PayloadInput] = payload },
    };
}

/// <summary>Waits for a named event, or starts the workflow when it happens.</summary>
[Activity("Elsa", "Primitives", "Wait for an event to be published.")]
public sealed class Event : Trigger<object>
{
    /// <summary>Name of the event.</summary>
    [Input(Description = "The name of the event to listen for.")]
    public Input<string> EventName { get; set; } = new("");

    /// <inheritdoc />
    public override string StimulusName => EventStimulus.Name;

    /// <inheritdoc />
    protected override object GetTriggerPayload(TriggerIndexingContext context) => new EventStimulus(NameOf(context.Get(EventName)));

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow())
            return OnEventAsync(context);
        context.CreateBookmark(new CreateBookmarkArgs
        {
            BookmarkName = EventStimulus.Name,
            Stimulus = new EventStimulus(NameOf(EventName.GetOrDefault(context))),
            IncludeActivityInstanceId = false,
            Callback = OnEventAsync,
        });
        return default;
    }

    private static string NameOf(string? name) =>
        string.IsNullOrWhiteSpace(name) ? throw new InvalidOperationException("The event has no name. Give the input 'Event Name' one.") : name;

    private ValueTask OnEventAsync(ActivityExecutionContext context)
    {
        context.Set(Result, context.GetWorkflowInput<object>(EventStimulus.PayloadInput));
        return context.CompleteActivityAsync();
    }
}

/// <summary>Publishes a named event once the burst is committed.</summary>
[Activity("Elsa", "Primitives", "Publishes an event.")]
public sealed class PublishEvent : CodeActivity
{
    /// <summary>Name of the event.</summary>
    [Input(Description = "The name of the event to publish.")]
    public Input<string> EventName { get; set; } = new("");

    /// <summary>Only instances with this correlation id receive it; empty for all.</summary>
    [Input(Description = "The correlation ID to scope the event to.")]
    public Input<string?> CorrelationId { get; set; } = new((string?)null);

    /// <summary>Whether only this instance receives it. Default: false.</summary>
    [Input(DisplayName = "Local event", Description = "Whether only this workflow instance receives the event.")]
    public Input<bool> IsLocalEvent { get; set; } = new(false);

    /// <summary>Payload.</summary>
    [Input(Description = "The payload of the event.")]
    public Input<object?> Payload { get; set; } = new((object?)null);

    /// <inheritdoc />
    protected override void Execute(ActivityExecutionContext context)
    {
        var name = EventName.GetOrDefault(context);
        if (string.IsNullOrWhiteSpace(name))
            throw new InvalidOperationException("The event has no name. Give the input 'Event Name' one.");
        context.Send(new RuntimeMessage.Publish(EventStimulus.For(name, Payload.GetOrDefault(context)) with
        {
            CorrelationId = CorrelationId.GetOrDefault(context) is { Length: > 0 } correlationId ? correlationId : null,
            InstanceId = IsLocalEvent.Get(context) ? context.WorkflowExecutionContext.Id : null,
        }));
    }
}
