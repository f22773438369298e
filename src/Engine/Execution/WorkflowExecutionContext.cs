using Platform.Engine.Activities;
using Platform.Engine.Execution;
using Platform.Engine.Plans;
using Platform.Engine.Values;

namespace Platform.Engine;

/// <summary>
/// One instance in memory: its state, and what belongs to the burst that runs. Not thread-safe: an instance has one driver at a time.
/// </summary>
public sealed partial class WorkflowExecutionContext
{
    private object?[]? _outputRegister;
    private Dictionary<string, object?>? _effectiveInput;
    private bool _isCheckpointRequested;
    private List<Bookmark>? _bookmarks;

    /// <summary>Makes an instance that has not begun.</summary>
    /// <param name="plan">The compiled workflow.</param>
    /// <param name="id">Instance id.</param>
    /// <param name="host">What the host offers to activities.</param>
    public WorkflowExecutionContext(WorkflowPlan plan, string id, EngineHost host)
    {
        Plan = plan;
        Id = id;
        Host = host;
        CommitStrategy = plan.CommitStrategy ?? host.DefaultCommitStrategy;
        CreatedAt = host.Clock.GetUtcNow();
        UpdatedAt = CreatedAt;
    }

    /// <summary>The compiled workflow.</summary>
    public WorkflowPlan Plan { get; private set; }

    /// <summary>Instance id.</summary>
    public string Id { get; }

    /// <summary>What the host offers.</summary>
    public EngineHost Host { get; }

    /// <summary>Services that activities may ask for.</summary>
    public IServiceProvider ServiceProvider => BurstServices ?? Host.Services;

    /// <summary>Services of the current burst (for example with the current HTTP request); null for the host's.</summary>
    public IServiceProvider? BurstServices { get; set; }

    /// <summary>What the instance is doing.</summary>
    public WorkflowSubStatus SubStatus { get; set; }

    /// <summary>Whether the instance can still do something.</summary>
    public WorkflowStatus Status => SubStatus switch
    {
        WorkflowSubStatus.Finished or WorkflowSubStatus.Cancelled or WorkflowSubStatus.Faulted => WorkflowStatus.Finished,
        _ => WorkflowStatus.Running,
    };

    /// <summary>Correlation id, or null.</summary>
    public string? CorrelationId { get; set; }

    /// <summary>Name of the instance, or null.</summary>
    public string? Name { get; set; }

    /// <summary>The instance that started this one, or null.</summary>
    public string? ParentInstanceId { get; set; }

    /// <summary>The instance that this one is a re-run of, or null.</summary>
    public string? RerunOf { get; set; }

    /// <summary>The trigger activity that started the instance, or null.</summary>
    public string? TriggerActivityId { get; set; }

    /// <summary>When it was created, UTC.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When its last burst ended, UTC.</summary>
    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>When it finished, UTC; null while running.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>Inputs given at the start.</summary>
    public Dictionary<string, object?> Input
    {
        get => InputOrNull ??= new(StringComparer.Ordinal);
        set => InputOrNull = value;
    }

    /// <summary>Inputs given at the resume that began the current burst, or null. They hide those given at the start; not stored.</summary>
    public IReadOnlyDictionary<string, object?>? ResumeInput { get; set; }

    /// <summary>Outputs so far.</summary>
    public Dictionary<string, object?> Output
    {
        get => OutputOrNull ??= new(StringComparer.Ordinal);
        set => OutputOrNull = value;
    }

    /// <summary>Data of the host and of activities about the instance. Stored.</summary>
    public Dictionary<string, object?> Properties
    {
        get => PropertiesOrNull ??= new(StringComparer.Ordinal);
        set => PropertiesOrNull = value;
    }

    /// <summary>Unhandled faults so far.</summary>
    public List<Incident> Incidents => field ??= [];

    /// <summary>Places where the instance waits.</summary>
    public List<Bookmark> Bookmarks => _bookmarks ??= [];

    /// <summary>What activities asked the host for in the current burst, in order; the host takes it at the commit.</summary>
    public List<OutgoingMessage> Outbox => field ??= [];

    /// <summary>
    /// Whether the host executes background activities outside of bursts when the interpreter asks it through a
    /// <see cref="BackgroundRequest"/>. Default: no, they execute like others.
    /// </summary>
    public bool HasBackground { get; set; }

    /// <summary>Receives what happens in the current burst; null records nothing.</summary>
    public BurstLog? Log { get; set; }

    /// <summary>Cancelled when the run is cancelled or the host stops.</summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>The result of the activity that completed last in the current burst.</summary>
    public object? LastResult { get; internal set; }

    // Most runs use few of these collections, so they are made when somebody asks for them.
    internal Dictionary<string, object?>? InputOrNull { get; private set; }

    internal Dictionary<string, object?>? OutputOrNull { get; private set; }

    internal Dictionary<string, object?>? PropertiesOrNull { get; private set; }

    /// <summary>Whether an execution has inputs that were edited for a re-run: constants are looked up then like others.</summary>
    internal bool HasEditedInputs { get; set; }

    internal ActivityExecutionContext? Root { get; set; }

    /// <summary>What is scheduled, first in, first out; linked through the executions themselves, so that it costs nothing.</summary>
    internal ActivityExecutionContext? QueueHead { get; private set; }

    internal ActivityExecutionContext? QueueTail { get; private set; }

    internal long NextSequence { get; set; } = 1;

    internal long StepsInBurst { get; set; }

    /// <summary>Whether it comes from the store, so that it had bursts before.</summary>
    internal bool WasLoaded { get; set; }

    internal WorkflowCommitStrategy CommitStrategy { get; private set; }

    /// <summary>When the burst began or was last handed back for a commit.</summary>
    internal DateTimeOffset CommittedAt { get; set; }

    /// <summary>Journal entries of an activity that executes in the background, until they are applied; null otherwise.</summary>
    internal List<(string EventName, string? Message, string? Source, object? Payload)>? HeldEntries { get; set; }

    internal bool IsTriggerConsumed { get; set; }

    internal bool IsFaulting { get; set; }

    internal int LiveCount { get; set; }

    /// <summary>Where continuations of waiting activities run, one at a time.</summary>
    internal BurstPump Pump { get; } = new();

    /// <summary>Number of activities whose code is waiting for something in this process.</summary>
    internal int InFlight { get; set; }

    /// <summary>
    /// Number of waiting callbacks (of completed children or resumed bookmarks). A state in the middle of one could not be continued, so
    /// no checkpoint is taken then.
    /// </summary>
    internal int CallbacksInFlight { get; set; }

    /// <summary>A bug of the interpreter itself, surfaced to the driver.</summary>
    internal Exception? Failure { get; set; }

    internal bool IsCheckpointRequested
    {
        get => Volatile.Read(ref _isCheckpointRequested);
        set => Volatile.Write(ref _isCheckpointRequested, value);
    }

    /// <summary>Number of the execution that is running right now; what it schedules is scheduled by it. 0 for none.</summary>
    internal long CurrentSequence { get; set; }

    /// <summary>Executions that ended in this burst and may still be on the call stack</summary>
    internal ActivityExecutionContext? Retired { get; set; }

    internal IncidentStrategy EffectiveIncidentStrategy => Plan.IncidentStrategy ?? Host.DefaultIncidentStrategy;

    internal Dictionary<string, object?> EffectiveInput
    {
        get
        {
            if (ResumeInput is null or { Count: 0 })
                return Input;
            if (_effectiveInput is null)
            {
                _effectiveInput = new(Input, StringComparer.Ordinal);
                foreach (var (key, value) in ResumeInput)
                    _effectiveInput[key] = value;
            }

            return _effectiveInput;
        }
    }

    /// <summary>Value of an input, that of the current resume first.</summary>
    /// <param name="name">Name.</param>
    /// <param name="value">Value, or null.</param>
    /// <returns>Whether the input was given.</returns>
    public bool TryGetInput(string name, out object? value)
    {
        if (ResumeInput is { } resume && resume.TryGetValue(name, out value))
            return true;
        value = null;
        return InputOrNull?.TryGetValue(name, out value) ?? false;
    }

    /// <summary>Every live activity execution, parents before children.</summary>
    public IEnumerable<ActivityExecutionContext> ActivityExecutionContexts
    {
        get
        {
            if (Root is null)
                yield break;
            var stack = new Stack<ActivityExecutionContext>();
            stack.Push(Root);
            while (stack.TryPop(out var context))
            {
                yield return context;
                for (var child = context.LastChild; child is not null; child = child.PreviousSibling)
                    stack.Push(child);
            }
        }
    }

    /// <summary>Forgets the state, to be read again against another plan. What the burst recorded and sent stays.</summary>
    internal void Empty(WorkflowPlan plan)
    {
        ClearQueue();
        ClearBookmarks();
        Incidents.Clear();
        _handledIncidents = null;
        Root = null;
        Retired = null;
        LiveCount = 0;
        _outputRegister = null;
        _effectiveInput = null;
        Plan = plan;
        CommitStrategy = plan.CommitStrategy ?? Host.DefaultCommitStrategy;
    }

    internal void ClearBookmarks() => _bookmarks?.Clear();

    internal void Enqueue(ActivityExecutionContext context)
    {
        if (context.IsInQueue)
            return;
        context.IsInQueue = true;
        if (QueueTail is null)
            QueueHead = context;
        else
            QueueTail.NextInQueue = context;
        QueueTail = context;
    }

    /// <summary>Remembers an ended execution until no step can be using it any more.</summary>
    internal void Retire(ActivityExecutionContext context)
    {
        context.NextRetired = Retired;
        Retired = context;
    }

    /// <summary>Puts an execution that was taken back to the head of the queue.</summary>
    internal void PutBack(ActivityExecutionContext context)
    {
        context.IsInQueue = true;
        context.NextInQueue = QueueHead;
        QueueHead = context;
        QueueTail ??= context;
    }

    internal void ClearQueue()
    {
        while (Dequeue() is not null)
        {
        }
    }

    internal ActivityExecutionContext? Dequeue()
    {
        if (QueueHead is not { } first)
            return null;
        QueueHead = first.NextInQueue;
        if (QueueHead is null)
            QueueTail = null;
        first.NextInQueue = null;
        first.IsInQueue = false;
        return first;
    }

    internal void AddToOutbox(ActivityExecutionContext sender, object message) => Outbox.Add(new OutgoingMessage(sender.Id, message));

    internal void BeginBurst()
    {
        StepsInBurst = 0;
        _effectiveInput = null;
        if (_outputRegister is { } register)
            Array.Clear(register);
        LastResult = null;
        SubStatus = WorkflowSubStatus.Executing;
    }
}

/// <summary>A request of an activity to the host, committed together with the burst.</summary>
/// <param name="ActivityInstanceId">The activity execution that asked.</param>
/// <param name="Message">The request.</param>
public sealed record OutgoingMessage(string ActivityInstanceId, object Message);

/// <summary>What the host gives the engine: time, ids, services and limits. One per process.</summary>
public sealed class EngineHost
{
    /// <summary>Time.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Makes ids, unique over all instances and processes.</summary>
    public required Func<string> NewId { get; init; }

    /// <summary>Services that activities may ask for.</summary>
    public required IServiceProvider Services { get; init; }

    /// <summary>How values are stored.</summary>
    public ValueCodec Values { get; init; } = new(TypeAliases.BuiltIn);

    /// <summary>Keeps secrets out of records and incidents.</summary>
    public Secrets.SecretMask Secrets { get; init; } = new();

    /// <summary>Limits of every run.</summary>
    public EngineLimits Limits { get; init; } = new();

    /// <summary>When progress is committed besides the end of a burst, when the workflow does not say. Default: never.</summary>
    public WorkflowCommitStrategy DefaultCommitStrategy { get; init; }

    /// <summary>Time between two commits of the strategy <see cref="WorkflowCommitStrategy.Periodic"/>. Range: 1 ms and more. Default: 10 s.</summary>
    public TimeSpan CommitInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What an unhandled fault does when the workflow does not say. Default: <see cref="IncidentStrategy.Fault"/>.</summary>
    public IncidentStrategy DefaultIncidentStrategy { get; init; } = IncidentStrategy.Fault;

    /// <summary>What flowcharts run on when their instance does not say. Default: <see cref="FlowchartExecutionMode.CounterBased"/>.</summary>
    public FlowchartExecutionMode DefaultExecutionMode { get; init; } = FlowchartExecutionMode.CounterBased;
}

/// <summary>Limits of every run. Exceeding one is a named fault, never a hang.</summary>
public sealed record EngineLimits
{
    /// <summary>Most activity executions in one burst; ends endless loops. Range: 1 and more. Default: 10,000,000.</summary>
    public long StepsPerBurstMax { get; init; } = 10_000_000;

    /// <summary>Most live activity executions at once; bounds fan-out. Range: 1 and more. Default: 100,000.</summary>
    public int LiveActivitiesMax { get; init; } = 100_000;

    /// <summary>Most activities of one instance that wait at once, for example for HTTP answers. Range: 1 and more. Default: 64.</summary>
    public int ConcurrentActivitiesMax { get; init; } = 64;

    /// <summary>Most steps of one saga that can be undone at once; bounds its state. Range: 1 and more. Default: 5,000.</summary>
    public int SagaStepsMax { get; init; } = 5_000;

    /// <summary>Deepest nesting of activity executions. Range: 1 to 1,000. Default: 200.</summary>
    public int NestingMax { get; init; } = 200;

    /// <summary>Most bytes of JSON that the state of an instance takes. Range: 1,024 and more. Default: 64 MiB.</summary>
    public int StateBytesMax { get; init; } = 64 * 1024 * 1024;
}
