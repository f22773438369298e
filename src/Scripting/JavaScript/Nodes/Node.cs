namespace Platform.Scripting.JavaScript;

/// <summary>
/// An expression: at once the syntax tree and what runs. <see cref="Evaluate"/> is the way of ordinary code;
/// <see cref="EvaluateAsync"/> the way of expressions that contain <c>yield</c> or <c>await</c>.
/// </summary>
internal abstract class Node
{
    /// <summary>Offset in the source, for error messages.</summary>
    public int Position { get; init; }

    /// <summary>True when the expression may suspend the function it stands in.</summary>
    public bool Suspends { get; protected init; }

    public abstract JsValue Evaluate(Frame frame);

    public virtual Step<JsValue> EvaluateAsync(Frame frame) => new(Evaluate(frame));

    /// <summary>Evaluates in either way; for callers that can wait.</summary>
    public Step<JsValue> Step(Frame frame) => Suspends ? EvaluateAsync(frame) : new Step<JsValue>(Evaluate(frame));

    /// <summary>Evaluates as a condition.</summary>
    public virtual bool Test(Frame frame) => Coerce.ToBoolean(Evaluate(frame));

    /// <summary>True for expressions whose function value takes the name of what it is assigned to.</summary>
    public virtual bool IsAnonymousFunction => false;

    /// <summary>Evaluates a function or class with a given name; see <see cref="IsAnonymousFunction"/>.</summary>
    public virtual JsValue EvaluateNamed(Frame frame, PropertyKey name) => Evaluate(frame);

    protected static bool Any(IEnumerable<Node?> nodes) => nodes.Any(n => n is { Suspends: true });
}

/// <summary>An expression that can be assigned to: a variable, a property or a destructuring pattern.</summary>
internal abstract class TargetNode : Node
{
    /// <summary>Stores a value; <paramref name="initialize"/> for the first value that a declaration gives.</summary>
    public abstract void Store(Frame frame, JsValue value, bool initialize);

    public virtual Step<JsValue> StoreAsync(Frame frame, JsValue value, bool initialize)
    {
        Store(frame, value, initialize);
        return new Step<JsValue>(value);
    }
}

/// <summary>A statement; like <see cref="Node"/> it is what runs.</summary>
internal abstract class Statement
{
    public int Position { get; init; }

    public bool Suspends { get; protected init; }

    public abstract Completion Execute(Frame frame);

    public virtual Step<Completion> ExecuteAsync(Frame frame) => new(Execute(frame));

    public Step<Completion> Step(Frame frame) => Suspends ? ExecuteAsync(frame) : new Step<Completion>(Execute(frame));
}
