using Platform.Engine.Expressions;

namespace Platform.Engine;

/// <summary>An activity that can start workflows: it says for which stimuli.</summary>
public interface ITrigger : IActivity
{
    /// <summary>The payloads to index, one trigger each.</summary>
    /// <param name="context">Gives the input values.</param>
    ValueTask<IEnumerable<object>> GetTriggerPayloadsAsync(TriggerIndexingContext context);
}

/// <summary>
/// An activity that can start a workflow. When the workflow was started by it, <c>context.IsTriggerOfWorkflow()</c> is true and it goes
/// on at once; reached otherwise it waits for the same stimulus through a bookmark.
/// </summary>
public abstract class Trigger : Activity, ITrigger
{
    /// <summary>Makes a trigger.</summary>
    /// <param name="source">Source file that makes it, or null.</param>
    /// <param name="line">Line in that file, or null.</param>
    protected Trigger(string? source = null, int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Name under which triggers and stimuli are matched. Default: the activity's type name.</summary>
    public virtual string? StimulusName => null;

    /// <summary>
    /// Whether it can start a workflow only while somebody waits for the answer, as an HTTP endpoint does. A re-run takes its outputs from
    /// the record of the original then. Default: false.
    /// </summary>
    public virtual bool NeedsRequest => false;

    ValueTask<IEnumerable<object>> ITrigger.GetTriggerPayloadsAsync(TriggerIndexingContext context) => GetTriggerPayloadsAsync(context);

    /// <summary>The payloads to index, one trigger each. Inputs are evaluated without an instance: variables are not available.</summary>
    /// <param name="context">Gives the input values.</param>
    protected virtual ValueTask<IEnumerable<object>> GetTriggerPayloadsAsync(TriggerIndexingContext context) => new(GetTriggerPayloads(context));

    /// <summary>Synchronous form of <see cref="GetTriggerPayloadsAsync"/>. Default: one payload, <see cref="GetTriggerPayload"/>.</summary>
    /// <param name="context">Gives the input values.</param>
    protected virtual IEnumerable<object> GetTriggerPayloads(TriggerIndexingContext context) => [GetTriggerPayload(context)];

    /// <summary>The one payload to index. Default: an empty object.</summary>
    /// <param name="context">Gives the input values.</param>
    protected virtual object GetTriggerPayload(TriggerIndexingContext context) => new();
}

/// <summary>A <see cref="Trigger"/> with one result.</summary>
/// <typeparam name="T">Type of the result.</typeparam>
public abstract class Trigger<T> : Trigger
{
    /// <summary>Makes a trigger.</summary>
    /// <param name="source">Source file that makes it, or null.</param>
    /// <param name="line">Line in that file, or null.</param>
    protected Trigger(string? source = null, int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Where the result goes.</summary>
    [Output(Description = "The result of the activity.")]
    public Output<T>? Result { get; set; }
}

/// <summary>Gives a trigger its input values while the trigger is indexed, without a workflow instance.</summary>
/// <param name="execution">A context with the trigger's inputs evaluated and no variables.</param>
public sealed class TriggerIndexingContext(ActivityExecutionContext execution)
{
    /// <summary>The evaluation context behind the inputs.</summary>
    public ActivityExecutionContext ActivityExecutionContext { get; } = execution;

    /// <summary>What delegates and inputs are evaluated with.</summary>
    public ExpressionExecutionContext ExpressionExecutionContext => ActivityExecutionContext.ExpressionExecutionContext;

    /// <summary>Ends the indexing.</summary>
    public CancellationToken CancellationToken => ActivityExecutionContext.CancellationToken;

    /// <summary>Name of the trigger being indexed; an activity may change it.</summary>
    public string TriggerName { get; set; } = execution.Activity.Type;

    /// <summary>Value of an input.</summary>
    /// <typeparam name="T">Type of the input.</typeparam>
    /// <param name="input">The input; null gives the default.</param>
    public T? Get<T>(Input<T>? input) => ActivityExecutionContext.Get(input);

    /// <summary>Value of an input; the same as <see cref="Get"/>.</summary>
    /// <typeparam name="T">Type of the input.</typeparam>
    /// <param name="input">The input; null gives the default.</param>
    public T? GetInput<T>(Input<T>? input) => Get(input);
}
