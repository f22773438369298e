using Platform.Engine.Execution;
using Platform.Runtime.Store;

namespace Platform.Runtime.Reruns;

/// <summary>How to run an instance once more. The original stays as it is.</summary>
public sealed record RerunRequest
{
    /// <summary>The activity execution to begin with; null when <see cref="ActivityId"/> names the step, or for the start.</summary>
    public string? ActivityInstanceId { get; init; }

    /// <summary>The activity to begin with, which the original executed once; null for the start.</summary>
    public string? ActivityId { get; init; }

    /// <summary>Inputs of the workflow from there on, all of them; null for those of the original.</summary>
    public IReadOnlyDictionary<string, object?>? Input { get; init; }

    /// <summary>Inputs of the step that get another value, by name; null for none.</summary>
    public IReadOnlyDictionary<string, object?>? ActivityInput { get; init; }

    /// <summary>Variables that get another value before the step, by name or id; null for none.</summary>
    public IReadOnlyDictionary<string, object?>? Variables { get; init; }

    /// <summary>Which version runs. Default: the same.</summary>
    public RerunVersion Version { get; init; }
}

/// <summary>Which version of the workflow a re-run runs.</summary>
public enum RerunVersion
{
    /// <summary>That of the original.</summary>
    Same,

    /// <summary>The published one; when none is, the latest.</summary>
    Latest,
}

/// <summary>The step that a re-run began with.</summary>
/// <param name="InstanceId">The original.</param>
/// <param name="ActivityInstanceId">The execution of the original; null for the start of the workflow.</param>
public sealed record RerunOrigin(string InstanceId, string? ActivityInstanceId);

/// <summary>What a re-run uses of its host.</summary>
/// <param name="ServicesOfRequest">
/// Services of the first burst of an instance whose original was started by a request: they take the answer, which nobody waits for. Null
/// for those of the host.
/// </param>
public sealed record RerunEnvironment(Func<IServiceProvider>? ServicesOfRequest);

/// <summary>What became of a request to run an instance once more.</summary>
public abstract record RerunResult
{
    private RerunResult()
    {
    }

    /// <summary>It ran until it finished or waited, and that is durable; or it did so before under the same key.</summary>
    /// <param name="Instance">The new instance as stored.</param>
    /// <param name="Origin">What it repeats.</param>
    public sealed record Started(StoredInstance Instance, RerunOrigin Origin) : RerunResult;

    /// <summary>There is no such instance.</summary>
    public sealed record NotFound : RerunResult;

    /// <summary>The original did not execute this step, or more than once.</summary>
    /// <param name="Reason">Which, and what to do.</param>
    public sealed record NoSuchStep(string Reason) : RerunResult;

    /// <summary>The re-run would be wrong; nothing was executed.</summary>
    /// <param name="Refusal">Why.</param>
    /// <param name="Reason">Why, and what can be done.</param>
    public sealed record Refused(RerunRefusal Refusal, string Reason) : RerunResult;

    /// <summary>The workflow's activation strategy allows no further instance now.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record NotActivated(string Reason) : RerunResult;

    /// <summary>The key stands for another re-run of this instance.</summary>
    public sealed record KeyReused : RerunResult;

    /// <summary>One function per case.</summary>
    /// <typeparam name="T">Result type.</typeparam>
    /// <param name="started">For <see cref="Started"/>.</param>
    /// <param name="notFound">For <see cref="NotFound"/>.</param>
    /// <param name="noSuchStep">For <see cref="NoSuchStep"/>.</param>
    /// <param name="refused">For <see cref="Refused"/>.</param>
    /// <param name="notActivated">For <see cref="NotActivated"/>.</param>
    /// <param name="keyReused">For <see cref="KeyReused"/>.</param>
    public T Match<T>(
        Func<Started, T> started,
        Func<NotFound, T> notFound,
        Func<NoSuchStep, T> noSuchStep,
        Func<Refused, T> refused,
        Func<NotActivated, T> notActivated,
        Func<KeyReused, T> keyReused) => this switch
    {
        Started result => started(result),
        NotFound result => notFound(result),
        NoSuchStep result => noSuchStep(result),
        Refused result => refused(result),
        NotActivated result => notActivated(result),
        KeyReused result => keyReused(result),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
