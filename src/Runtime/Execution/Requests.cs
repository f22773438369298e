using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Store;

namespace Platform.Runtime.Execution;

/// <summary>Asks for a new instance.</summary>
public sealed record StartRequest
{
    /// <summary>The definition to run; not needed when <see cref="DefinitionVersionId"/> is given.</summary>
    public string? DefinitionId { get; init; }

    /// <summary>Exactly this version.</summary>
    public string? DefinitionVersionId { get; init; }

    /// <summary>Which version of <see cref="DefinitionId"/>. Default: the published one.</summary>
    public VersionOptions Version { get; init; } = VersionOptions.Published;

    /// <summary>Id to give the instance. When there is such an instance already, it is returned and nothing starts. Default: a new id.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Correlation id, or null.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>What it shares with other runs of the definition of which only so many may be in progress, or null.</summary>
    public string? ConcurrencyKey { get; init; }

    /// <summary>Name of the instance, or null.</summary>
    public string? Name { get; init; }

    /// <summary>The instance that starts this one, or null.</summary>
    public string? ParentInstanceId { get; init; }

    /// <summary>The trigger activity at which to start, or null for the ordinary start.</summary>
    public string? TriggerActivityId { get; init; }

    /// <summary>Inputs by name.</summary>
    public IReadOnlyDictionary<string, object?>? Input { get; init; }

    /// <summary>Properties to give the instance.</summary>
    public IReadOnlyDictionary<string, object?>? Properties { get; init; }

    /// <summary>Whether the activation strategy of the definition is asked. Default: true.</summary>
    public bool AppliesActivationStrategy { get; init; } = true;

    /// <summary>Services for the first burst, for example with the current HTTP request; null for the host's. Not stored.</summary>
    public IServiceProvider? Services { get; init; }

    /// <summary>Adds to the commit that first stores the instance, or that queues its start; null for nothing. Not stored.</summary>
    public Action<Commit>? Committing { get; init; }

    /// <summary>The W3C trace context in which it was queued, or null.</summary>
    internal string? TraceParent { get; init; }

    /// <summary>The instance that this is a re-run of, or null. Not stored with queued starts: re-runs are not queued as starts.</summary>
    internal string? RerunOf { get; init; }

    /// <summary>Runs the first burst in another way than from the start; null for the ordinary one. Not stored.</summary>
    public Func<WorkflowExecutionContext, ValueTask>? Begin { get; init; }
}

/// <summary>What became of a request for a new instance.</summary>
public abstract record StartResult
{
    private StartResult()
    {
    }

    /// <summary>It ran until it finished or waited, and that is durable.</summary>
    /// <param name="Instance">The instance as stored.</param>
    /// <param name="Workflow">The instance in memory after the burst. Read it, do not run it.</param>
    public sealed record Started(StoredInstance Instance, WorkflowExecutionContext Workflow) : StartResult;

    /// <summary>An instance of that id exists; nothing was started.</summary>
    /// <param name="Instance">That instance.</param>
    public sealed record Exists(StoredInstance Instance) : StartResult;

    /// <summary>There is no such definition or version.</summary>
    /// <param name="What">What was asked for.</param>
    public sealed record NotFound(string What) : StartResult;

    /// <summary>The definition's activation strategy refuses another instance now.</summary>
    /// <param name="Reason">Why, in a sentence.</param>
    public sealed record Refused(string Reason) : StartResult;

    /// <summary>The definition is paused, or has as many runs as its limits allow. Nothing was started or queued.</summary>
    /// <param name="Hold">Why, and when to ask again.</param>
    public sealed record Held(StartHold Hold) : StartResult;

    /// <summary>One function per case.</summary>
    /// <typeparam name="T">Result type.</typeparam>
    /// <param name="started">For <see cref="Started"/>.</param>
    /// <param name="exists">For <see cref="Exists"/>.</param>
    /// <param name="notFound">For <see cref="NotFound"/>.</param>
    /// <param name="refused">For <see cref="Refused"/>.</param>
    /// <param name="held">For <see cref="Held"/>.</param>
    public T Match<T>(
        Func<Started, T> started, Func<Exists, T> exists, Func<NotFound, T> notFound, Func<Refused, T> refused, Func<Held, T> held) => this switch
    {
        Started result => started(result),
        Exists result => exists(result),
        NotFound result => notFound(result),
        Refused result => refused(result),
        Held result => held(result),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>What happened that triggers and bookmarks may wait for.</summary>
/// <param name="Name">Stimulus name, for example <c>Elsa.Event</c>.</param>
/// <param name="Payload">Payload as JSON text, or null; must equal that of the trigger or bookmark.</param>
public sealed record Stimulus(string Name, string? Payload)
{
    /// <summary>Inputs that come with it.</summary>
    public IReadOnlyDictionary<string, object?>? Input { get; init; }

    /// <summary>Only instances with this correlation id; also given to instances that start.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Only this instance; then nothing starts.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Only this activity execution; then nothing starts.</summary>
    public string? ActivityInstanceId { get; init; }

    /// <summary>The W3C trace context in which it was queued, or null.</summary>
    internal string? TraceParent { get; init; }

    /// <summary>Until when it is kept, UTC, because it reached nothing before; null the first time. Then it only resumes.</summary>
    internal DateTimeOffset? KeptUntil { get; init; }

    /// <summary>How often it reached nothing before.</summary>
    internal int KeptCount { get; init; }
}

/// <summary>When a queued start may begin.</summary>
/// <param name="Priority">Higher goes first.</param>
/// <param name="DueAt">Not before this moment, UTC; null for at once.</param>
public sealed record QueueTerms(int Priority = 0, DateTimeOffset? DueAt = null);

/// <summary>What a stimulus reached.</summary>
/// <param name="Started">Instances it started.</param>
/// <param name="Resumed">Instances it resumed.</param>
public sealed record StimulusResult(IReadOnlyList<string> Started, IReadOnlyList<string> Resumed)
{
    /// <summary>Instances whose start it queued, because their definition has limits or is paused.</summary>
    public IReadOnlyList<string> Queued { get; init; } = [];
}

/// <summary>What became of resuming a bookmark.</summary>
public abstract record ResumeResult
{
    private ResumeResult()
    {
    }

    /// <summary>It went on until it finished or waited again, and that is durable.</summary>
    /// <param name="Instance">The instance as stored.</param>
    /// <param name="Workflow">The instance in memory after the burst. Read it, do not run it.</param>
    public sealed record Resumed(StoredInstance Instance, WorkflowExecutionContext Workflow) : ResumeResult;

    /// <summary>The bookmark or the instance is gone: somebody else resumed it, or it was cancelled.</summary>
    public sealed record Gone : ResumeResult;
}
