using System.Text.Json.Serialization;
using Platform.Engine.Activities;

namespace Platform.Engine;

/// <summary>
/// An activity made of others. A subclass sets <see cref="Root"/> in its constructor; what is inside becomes a part of the workflow's
/// plan, runs in the same instance and reads the composite's inputs through delegates. <c>Complete</c> inside ends it, <c>SetOutput</c>
/// inside sets its outputs.
/// </summary>
public abstract class Composite : Activity, IVariableContainer, IComposite
{
    private readonly ActivityCompletionCallback _onRootCompleted;

    /// <summary>Makes a composite.</summary>
    /// <param name="source">Source file that makes it, or null.</param>
    /// <param name="line">Line in that file, or null.</param>
    protected Composite(string? source = null, int? line = null)
        : base(source, line) => _onRootCompleted = OnRootCompletedAsync;

    /// <summary>Variables that the activities inside see.</summary>
    [JsonIgnore]
    public ICollection<Variable> Variables { get; init; } = [];

    /// <summary>The activity inside. Made in code, never read from a document.</summary>
    [Port]
    [Browsable(false)]
    [JsonIgnore]
    public IActivity? Root { get; set; }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => context.ScheduleActivityAsync(Root, _onRootCompleted);

    /// <summary>Called after the activity inside completed, before the composite does; outputs are set here.</summary>
    /// <param name="context">The composite's execution and that of the activity inside.</param>
    protected virtual ValueTask OnCompletedAsync(ActivityCompletedContext context)
    {
        OnCompleted(context);
        return default;
    }

    /// <summary>Synchronous form of <see cref="OnCompletedAsync"/>; override one of the two.</summary>
    /// <param name="context">The composite's execution and that of the activity inside.</param>
    protected virtual void OnCompleted(ActivityCompletedContext context)
    {
    }

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) => _onRootCompleted;

    private async ValueTask OnRootCompletedAsync(ActivityCompletedContext context)
    {
        await OnCompletedAsync(context);
        if (context.TargetContext.RequestedOutcomes is null)
            await context.TargetContext.CompleteActivityAsync();
    }
}

/// <summary>A <see cref="Composite"/> with one result.</summary>
/// <typeparam name="T">Type of the result.</typeparam>
public abstract class Composite<T> : Composite
{
    /// <summary>Makes a composite.</summary>
    /// <param name="source">Source file that makes it, or null.</param>
    /// <param name="line">Line in that file, or null.</param>
    protected Composite(string? source = null, int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Where the result goes.</summary>
    [Output(Description = "The result of the activity.")]
    public Output<T>? Result { get; set; }
}
