using Platform.Server.Operations;

namespace Platform.Server.Security;

/// <summary>What became of a change: its result, or the problem for which nothing was changed.</summary>
/// <typeparam name="T">The result.</typeparam>
internal sealed class Outcome<T>
    where T : class
{
    private readonly T? _value;
    private readonly Problem? _refusal;

    private Outcome(T? value, Problem? refusal) => (_value, _refusal) = (value, refusal);

    /// <summary>It was done.</summary>
    /// <param name="value">The result.</param>
    public static implicit operator Outcome<T>(T value) => new(value, null);

    /// <summary>It was refused.</summary>
    /// <param name="refusal">Why.</param>
    public static implicit operator Outcome<T>(Problem refusal) => new(null, refusal);

    /// <summary>Makes something of the result; a refusal stays.</summary>
    /// <param name="next">Makes it.</param>
    public Outcome<TNext> Then<TNext>(Func<T, TNext> next)
        where TNext : class => _value is null ? _refusal ?? Problem.Failed : next(_value);

    /// <summary>The result; null when the change was refused.</summary>
    public T? Value => _value;

    /// <summary>Why the change was refused; null when it was done.</summary>
    public Problem? Refusal => _refusal;

    /// <summary>The answer to the request.</summary>
    /// <param name="done">Makes it when the change was made.</param>
    public IResult ToResult(Func<T, IResult> done) => _value is null ? _refusal ?? Problem.Failed : done(_value);
}
