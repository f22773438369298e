using System.Collections.Concurrent;
using Platform.Engine;
using Platform.Engine.Execution;
using Platform.Runtime.Definitions;
using Platform.Runtime.Recovering;
using Platform.Runtime.Store;
using Platform.Runtime.Telemetry;

namespace Platform.Runtime.Execution;

/// <summary>
/// Drives bursts of instances and commits what they did. One driver per instance at a time, held by the caller through
/// <see cref="Gate"/>. A long burst is committed at checkpoints while it runs.
/// </summary>
public sealed class InstanceRunner : IDisposable
{
    private readonly IWorkflowStore _store;
    private readonly PlanCache _plans;
    private readonly EngineHost _host;
    private readonly CrashWatch _watch;
    private readonly RuntimeOptions _options;
    private readonly Outbox _outbox;
    private readonly ConcurrentBag<BurstLog> _logs = [];
    private readonly ConcurrentDictionary<string, RunningBurst> _running = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private CancellationTokenSource _interrupting;

    /// <summary>Makes the runner.</summary>
    /// <param name="store">Where instances are kept.</param>
    /// <param name="plans">Compiled definitions.</param>
    /// <param name="host">What activities get.</param>
    /// <param name="outbox">Turns what activities ask for into queued work.</param>
    /// <param name="watch">Knows what ended the process.</param>
    /// <param name="options">Options.</param>
    public InstanceRunner(IWorkflowStore store, PlanCache plans, EngineHost host, Outbox outbox, CrashWatch watch, RuntimeOptions options)
    {
        _store = store;
        _plans = plans;
        _host = host;
        _watch = watch;
        _outbox = outbox;
        _options = options;
        _interrupting = NewInterrupting();
    }

    /// <summary>What activities get.</summary>
    internal EngineHost Host => _host;

    /// <summary>Knows what ended the process.</summary>
    internal CrashWatch Watch => _watch;

    /// <summary>The lock under which an instance is loaded, run and committed.</summary>
    internal KeyedLock Gate { get; } = new();

    /// <summary>Instances that a burst is running for right now.</summary>
    public IReadOnlyCollection<string> RunningInstances => [.. _running.Keys];

    /// <inheritdoc />
    public void Dispose()
    {
        _stopping.Dispose();
        _interrupting.Dispose();
    }

    /// <summary>Runs the first burst of a new instance.</summary>
    internal async ValueTask<StoredInstance> StartAsync(
        WorkflowExecutionContext workflow, StoredInstance header, IReadOnlyList<string>? doneWork, Func<WorkflowExecutionContext, ValueTask>? begin) => await DriveAsync(
            new RunningBurst(workflow, header, [], doneWork),
            _watch.Refusal(workflow.Id) is { } reason ? target => QuarantineAsync(target, null, reason) : begin ?? Interpreter.StartAsync);

    /// <summary>Loads an instance; null when there is none.</summary>
    internal async ValueTask<(WorkflowExecutionContext Workflow, StoredInstance Header)?> LoadAsync(string instanceId, CancellationToken cancellationToken)
    {
        if (await _store.FindInstanceAsync(instanceId, cancellationToken) is not { } stored)
            return null;
        var plan = await _plans.FindAsync(stored.DefinitionVersionId, cancellationToken)
            ?? throw new InvalidOperationException($"The definition version '{stored.DefinitionVersionId}' of instance '{instanceId}' is gone.");
        var workflow = new WorkflowExecutionContext(plan, instanceId, _host)
        {
            CorrelationId = stored.CorrelationId,
            Name = stored.Name,
            ParentInstanceId = stored.ParentInstanceId,
            RerunOf = stored.RerunOf,
            CreatedAt = stored.CreatedAt,
            UpdatedAt = stored.UpdatedAt,
            FinishedAt = stored.FinishedAt,
        };
        StateCodec.Read(workflow, stored.State);
        return (workflow, stored);
    }

    /// <summary>Runs a burst of a loaded instance: resumes, retries, alters, goes on, cancels.</summary>
    /// <param name="workflow">The instance.</param>
    /// <param name="header">The instance as stored.</param>
    /// <param name="run">Runs the burst; false when nothing happened, which commits nothing.</param>
    /// <param name="doneWork">Queued work that the burst does, deleted when it ended.</param>
    /// <param name="committing">Adds to the first commit of the burst; null for nothing.</param>
    internal async ValueTask<StoredInstance?> ContinueAsync(
        WorkflowExecutionContext workflow,
        StoredInstance header,
        Func<WorkflowExecutionContext, ValueTask<bool>> run,
        IReadOnlyList<string>? doneWork,
        Action<Commit>? committing = null)
    {
        var happened = true;
        HashSet<string> storedBookmarks = header.Status == nameof(WorkflowStatus.Finished) ? [] : [.. workflow.Bookmarks.Select(bookmark => bookmark.Id)];
        var burst = new RunningBurst(workflow, header, storedBookmarks, doneWork) { Committing = committing };
        var stored = await DriveAsync(burst, async target => happened = await run(target), () => happened);
        return happened ? stored : null;
    }

    /// <summary>What a burst does: what it is meant to, or fault the instance when that would end the process.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="bookmarkId">The bookmark it is resumed at, or null.</param>
    /// <param name="run">What it is meant to do.</param>
    internal Func<WorkflowExecutionContext, ValueTask<bool>> UnlessQuarantined(string instanceId, string? bookmarkId, Func<WorkflowExecutionContext, ValueTask<bool>> run) =>
        _watch.Refusal(instanceId) is not { } reason ? run : async target =>
        {
            await QuarantineAsync(target, bookmarkId, reason);
            return true;
        };

    /// <summary>Cancels a loaded instance, as a burst of its own.</summary>
    /// <param name="workflow">The instance.</param>
    /// <param name="header">The instance as stored.</param>
    /// <param name="doneWork">Queued work that is done by it, or null.</param>
    /// <param name="committing">Adds to the commit.</param>
    internal ValueTask<StoredInstance?> CancelAsync(
        WorkflowExecutionContext workflow, StoredInstance header, IReadOnlyList<string>? doneWork, Action<Commit> committing) =>
        ContinueAsync(workflow, header, CancelBurstAsync, doneWork, committing);

    /// <summary>Whether a burst of an instance runs in this process.</summary>
    internal bool IsRunning(string instanceId) => _running.ContainsKey(instanceId);

    /// <summary>Whether a burst in this process runs the last steps of a cancelled instance. It is not stopped: what it undoes has to be undone.</summary>
    internal bool IsCancelling(string instanceId) => _running.TryGetValue(instanceId, out var burst) && burst.Workflow.IsCancelling;

    /// <summary>Asks the burst that runs for an instance to stop, if there is one, and those of its children, for which it may be waiting.</summary>
    internal void TryCancelRunning(string instanceId)
    {
        foreach (var (id, burst) in _running)
        {
            if (burst.Workflow.ParentInstanceId == instanceId && id != instanceId && !Outbox.IsCleanup(burst.Workflow))
                TryCancelRunning(id);
        }

        if (_running.TryGetValue(instanceId, out var own) && !own.Workflow.IsCancelling)
            own.Cancellation.Cancel();
    }

    /// <summary>Interrupts all bursts and waits for their commits, for at most the shutdown time.</summary>
    internal async Task StopAsync(CancellationToken cancellationToken)
    {
        // A host may stop twice (its own wait for the end, and whoever ends it), the second time after everything is disposed.
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync();
        var running = _running.Values.Select(burst => burst.Completion.Task).ToArray();
        await Task.WhenAny(Task.WhenAll(running), Task.Delay(_options.ShutdownTimeout, _host.Clock, cancellationToken));
    }

    /// <summary>Completes when no burst runs that ran when this was asked.</summary>
    internal Task WhenQuietAsync() => Task.WhenAll(_running.Values.Select(burst => burst.Completion.Task));

    /// <summary>Interrupts all bursts and waits for their commits, for at most the shutdown time. Later bursts run as usual.</summary>
    internal async Task InterruptAsync()
    {
        var interrupted = Interlocked.Exchange(ref _interrupting, NewInterrupting());
        await interrupted.CancelAsync();
        await Task.WhenAny(WhenQuietAsync(), Task.Delay(_options.ShutdownTimeout, _host.Clock));
    }

    /// <summary>The end of the process interrupts whatever runs, whenever it was begun.</summary>
    private CancellationTokenSource NewInterrupting() => CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);

    private static ValueTask QuarantineAsync(WorkflowExecutionContext workflow, string? bookmarkId, QuarantinedException reason)
    {
        Interpreter.Quarantine(workflow, bookmarkId, reason);
        return default;
    }

    private static async ValueTask<bool> CancelBurstAsync(WorkflowExecutionContext workflow)
    {
        await Interpreter.CancelAsync(workflow);
        return true;
    }

    private async ValueTask<StoredInstance> DriveAsync(
        RunningBurst burst,
        Func<WorkflowExecutionContext, ValueTask> run,
        Func<bool>? hasHappened = null)
    {
        var workflow = burst.Workflow;
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(_interrupting.Token);
        burst.Cancellation = cancellation;
        workflow.CancellationToken = cancellation.Token;
        workflow.HasBackground = true;
        if (!_logs.TryTake(out var log))
            log = new BurstLog(new BurstLogOptions { DefaultMode = _options.LogPersistence });
        workflow.Log = log;
        _running[workflow.Id] = burst;
        var begunAt = _outbox.Events.TimesBursts ? _host.Clock.GetTimestamp() : 0;
        var trace = BurstTrace.Begin(workflow, log);
        var isStored = false;
        var seat = _watch.Enter(workflow.Id);
        try
        {
            var execution = run(workflow);
            if (execution.IsCompletedSuccessfully)
                execution.GetAwaiter().GetResult();
            else
                await DriveSlowlyAsync(burst, execution);
            while (workflow.SubStatus == WorkflowSubStatus.Executing)
                await GoOnAsync(burst);
            var stored = hasHappened is null || hasHappened() ? await CommitAsync(burst) : burst.Header;
            isStored = true;
            await _watch.ClearAsync(workflow.Id);
            return stored;
        }
        finally
        {
            trace?.End(isStored);
            if (begunAt != 0)
                _outbox.Events.RaiseBurstEnded(_host.Clock.GetElapsedTime(begunAt));
            _watch.Leave(seat);
            _running.TryRemove(workflow.Id, out _);
            // The store failed after it had taken a part of the burst: nobody else would go on from there before the next start.
            if (burst.Header is { Revision: > 0, SubStatus: nameof(WorkflowSubStatus.Executing) })
                _outbox.AnnounceContinue(workflow.Id);
            workflow.Log = null;
            log.Observer = null;
            workflow.BurstServices = null;
            log.Reset();
            _logs.Add(log);
            burst.Completion.TrySetResult();
        }
    }

    /// <summary>A burst that waits for something: its progress is committed from time to time, so that people see it and a crash does not lose it.</summary>
    private async ValueTask DriveSlowlyAsync(RunningBurst burst, ValueTask execution)
    {
        var workflow = burst.Workflow;
        await using var timer = _host.Clock.CreateTimer(
            static state => Interpreter.RequestCheckpoint((WorkflowExecutionContext)state!),
            workflow,
            _options.FirstCheckpointAfter,
            _options.CheckpointInterval);
        await execution;
        while (workflow.SubStatus == WorkflowSubStatus.Executing)
        {
            await CommitProgressAsync(burst);
            Interpreter.FireTimeouts(workflow);
            await Interpreter.RunAsync(workflow);
        }
    }

    /// <summary>Commits a burst that was handed back in its middle, and goes on with it.</summary>
    private async ValueTask GoOnAsync(RunningBurst burst)
    {
        await CommitProgressAsync(burst);
        var execution = Interpreter.RunAsync(burst.Workflow);
        if (execution.IsCompletedSuccessfully)
            execution.GetAwaiter().GetResult();
        else
            await DriveSlowlyAsync(burst, execution);
    }

    private async ValueTask CommitProgressAsync(RunningBurst burst)
    {
        if (burst.Workflow.Log!.EventCount > 0 || burst.Header.Revision == 0)
            await CommitAsync(burst);
    }

    private async ValueTask<StoredInstance> CommitAsync(RunningBurst burst)
    {
        var workflow = burst.Workflow;
        var log = workflow.Log!;
        if (workflow.SubStatus == WorkflowSubStatus.Executing)
            workflow.UpdatedAt = _host.Clock.GetUtcNow();
        var instance = ToStored(workflow, burst.Header);
        var commit = new Commit { Instances = [instance] };
        if (log.EventCount > 0)
            commit.Bursts = [new StoredBurst(workflow.Id, instance.Revision, workflow.UpdatedAt, log.Complete().ToArray())];
        var added = AddBookmarks(burst, commit);
        if (workflow.SubStatus != WorkflowSubStatus.Executing && burst.DoneWork is { } done)
            commit.DeletedWork = [.. done];
        var work = _outbox.Take(workflow, instance);
        if (work.Count > 0)
            commit.Work = work;
        burst.Committing?.Invoke(commit);
        var outcome = await _store.CommitAsync(commit, CancellationToken.None);
        if (outcome != CommitOutcome.Committed)
            throw new InstanceConflictException(workflow.Id, outcome);
        var isEnd = instance.FinishedAt is not null && instance.FinishedAt != burst.Header.FinishedAt;
        burst.Header = instance;
        burst.Committing = null;
        var committed = new BurstCommitted(instance, [.. log.NodeIds], added) { IsEnd = isEnd, FaultedTypes = log.FaultedTypes.Count == 0 ? [] : [.. log.FaultedTypes] };
        log.Reset();
        _outbox.Announce(committed, commit.Work ?? work);
        return instance;
    }

    private static List<StoredBookmark> AddBookmarks(RunningBurst burst, Commit commit)
    {
        var workflow = burst.Workflow;
        var added = new List<StoredBookmark>();
        if (workflow.Bookmarks.Count == 0 && burst.StoredBookmarks.Count == 0)
            return added;
        // Nothing resumes an instance that ended. A faulted one keeps its bookmarks in its state, and waits at them again after a retry.
        var waiting = workflow.Status == WorkflowStatus.Running ? workflow.Bookmarks : [];
        var current = waiting.Select(bookmark => bookmark.Id).ToHashSet(StringComparer.Ordinal);
        var gone = burst.StoredBookmarks.Where(id => !current.Contains(id)).ToList();
        foreach (var bookmark in waiting)
        {
            if (burst.StoredBookmarks.Contains(bookmark.Id))
                continue;
            added.Add(new StoredBookmark(bookmark.Id, workflow.Id, bookmark.Name, bookmark.Hash)
            {
                CorrelationId = workflow.CorrelationId,
                Payload = bookmark.Payload,
                ActivityInstanceId = ActivityExecutionContext.FormatId(workflow.Id, bookmark.ActivitySequence),
                CreatedAt = bookmark.CreatedAt,
                DueAt = bookmark.DueAt,
            });
        }

        if (gone.Count > 0)
            commit.DeletedBookmarks = gone;
        if (added.Count > 0)
            commit.Bookmarks = added;
        burst.StoredBookmarks = current;
        return added;
    }

    private static StoredInstance ToStored(WorkflowExecutionContext workflow, StoredInstance header)
    {
        // First, because it may fault the instance.
        var state = StateCodec.ToBytes(workflow);
        return new StoredInstance(workflow.Id, workflow.Plan.Definition.DefinitionId, workflow.Plan.Definition.Id, workflow.Plan.Definition.Version)
        {
            Status = workflow.Status.ToString(),
            SubStatus = workflow.SubStatus.ToString(),
            CorrelationId = workflow.CorrelationId,
            Name = workflow.Name,
            ParentInstanceId = workflow.ParentInstanceId,
            RerunOf = workflow.RerunOf,
            IncidentCount = workflow.Incidents.Count,
            IsSystem = workflow.Plan.Definition.IsSystem,
            CreatedAt = workflow.CreatedAt,
            UpdatedAt = workflow.UpdatedAt,
            FinishedAt = workflow.FinishedAt,
            ConcurrencyKey = header.ConcurrencyKey,
            Revision = header.Revision + 1,
            State = state,
        };
    }

    /// <summary>A burst in this process.</summary>
    private sealed class RunningBurst(WorkflowExecutionContext workflow, StoredInstance header, HashSet<string> storedBookmarks, IReadOnlyList<string>? doneWork)
    {
        public WorkflowExecutionContext Workflow { get; } = workflow;

        /// <summary>The instance as last committed; revision 0 when it is new.</summary>
        public StoredInstance Header { get; set; } = header;

        public HashSet<string> StoredBookmarks { get; set; } = storedBookmarks;

        public IReadOnlyList<string>? DoneWork { get; } = doneWork;

        public Action<Commit>? Committing { get; set; }

        public CancellationTokenSource Cancellation { get; set; } = null!;

        public TaskCompletionSource Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>An instance was changed by somebody else while a burst ran; the burst is not stored.</summary>
/// <param name="instanceId">The instance.</param>
/// <param name="outcome">What the store said.</param>
public sealed class InstanceConflictException(string instanceId, CommitOutcome outcome)
    : Exception($"The instance '{instanceId}' was changed by somebody else while it ran ({outcome}). Nothing of the burst was stored.");
