using System.Security.Cryptography;
using System.Text;
using Platform.Engine;
using Platform.Engine.Execution;
using Platform.Engine.Plans;
using Platform.Runtime.Activities;
using Platform.Runtime.Definitions;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Stimuli;
using Platform.Runtime.Store;

namespace Platform.Runtime.Execution;

/// <summary>
/// The front door of the runtime: starts, resumes and cancels instances. Whatever it answers is durable by then.
/// </summary>
/// <param name="store">Where instances are kept.</param>
/// <param name="plans">Compiled definitions.</param>
/// <param name="runner">Runs bursts.</param>
/// <param name="cancellation">Cancels instances.</param>
/// <param name="kept">Keeps stimuli that reach nothing.</param>
/// <param name="outbox">Queues work.</param>
public sealed class WorkflowRuntime(IWorkflowStore store, PlanCache plans, InstanceRunner runner, Cancellation cancellation, KeptStimuli kept, Outbox outbox)
{
    private const int ConcurrentDeliveriesMax = 16;
    private readonly KeyedLock _activation = new();

    /// <summary>Whether an instance may end the process.</summary>
    internal bool IsSuspect(string? instanceId) => runner.Watch.IsSuspect(instanceId);

    /// <summary>Reads queued work.</summary>
    internal WorkCodec Codec => outbox.Codec;

    /// <summary>Hears of queued work.</summary>
    internal RuntimeEvents Events => outbox.Events;

    /// <summary>Decides when starts begin.</summary>
    internal Dispatch Dispatch => outbox.Dispatch;

    /// <summary>Starts an instance and runs it until it finishes or waits.</summary>
    /// <param name="request">What to start.</param>
    /// <param name="cancellationToken">Ends the work before the burst begins; a burst that has begun is committed.</param>
    /// <exception cref="IntakeClosedException">All work is stopped, and it is no child of a running instance.</exception>
    public ValueTask<StartResult> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        // A running instance may end by itself, and what it starts inside its burst belongs to it.
        if (request.ParentInstanceId is null)
            Dispatch.Intake.ThrowIfClosed();
        return StartAsync(request, null, cancellationToken);
    }

    /// <summary>Queues the start of an instance. It runs soon, whatever happens to this process.</summary>
    /// <param name="request">What to start.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    /// <returns>The id the instance will have.</returns>
    public async ValueTask<string> DispatchAsync(StartRequest request, CancellationToken cancellationToken) =>
        (await DispatchAsync(request, new QueueTerms(), cancellationToken)).InstanceId!;

    /// <summary>Queues the start of an instance for later, or in front of others.</summary>
    /// <param name="request">What to start.</param>
    /// <param name="terms">When it may begin.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    /// <returns>The queued start, with the id the instance will have.</returns>
    public async ValueTask<StoredWork> DispatchAsync(StartRequest request, QueueTerms terms, CancellationToken cancellationToken)
    {
        var queued = request.InstanceId is null ? request with { InstanceId = outbox.NewId() } : request;
        var work = outbox.ToWork(queued, terms);
        await QueueAsync(work, cancellationToken);
        return work;
    }

    /// <summary>Queues a stimulus. It is delivered soon, whatever happens to this process.</summary>
    /// <param name="stimulus">What happened.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    public ValueTask PublishAsync(Stimulus stimulus, CancellationToken cancellationToken) => QueueAsync(outbox.ToWork(stimulus), cancellationToken);

    /// <summary>Delivers a stimulus: starts an instance per matching trigger and resumes every matching bookmark.</summary>
    /// <param name="stimulus">What happened.</param>
    /// <param name="cancellationToken">Ends the work between two instances.</param>
    public ValueTask<StimulusResult> DeliverAsync(Stimulus stimulus, CancellationToken cancellationToken)
    {
        Dispatch.Intake.ThrowIfClosed();
        return DeliverAsync(stimulus, null, cancellationToken);
    }

    /// <summary>Resumes an instance at a bookmark and runs it until it finishes or waits again.</summary>
    /// <param name="bookmark">The bookmark, as found in the store.</param>
    /// <param name="input">Inputs that come with the resume, or null.</param>
    /// <param name="services">Services for the burst, or null for the host's.</param>
    /// <param name="cancellationToken">Ends the wait for the instance; a burst that has begun is committed.</param>
    public async ValueTask<ResumeResult> ResumeAsync(
        StoredBookmark bookmark,
        IReadOnlyDictionary<string, object?>? input,
        IServiceProvider? services,
        CancellationToken cancellationToken)
    {
        Dispatch.Intake.ThrowIfClosed();
        using var _ = await runner.Gate.EnterAsync(bookmark.InstanceId, cancellationToken);
        if (await runner.LoadAsync(bookmark.InstanceId, cancellationToken) is not var (workflow, header))
            return new ResumeResult.Gone();
        workflow.BurstServices = services;
        var stored = await runner.ContinueAsync(
            workflow, header, runner.UnlessQuarantined(bookmark.InstanceId, bookmark.Id, target => Interpreter.ResumeAsync(target, bookmark.Id, input)), null);
        return stored is null ? new ResumeResult.Gone() : new ResumeResult.Resumed(stored, workflow);
    }

    /// <summary>
    /// Resumes an instance at a bookmark on behalf of something that can be used once. The mark of its use is stored in the first commit
    /// of the burst, which is the one that takes the bookmark away.
    /// </summary>
    /// <param name="bookmark">The bookmark, as found in the store.</param>
    /// <param name="input">Inputs that come with the resume, or null.</param>
    /// <param name="mark">The document that says that it was used.</param>
    /// <param name="committing">Adds that document to the commit.</param>
    /// <param name="cancellationToken">Ends the wait for the instance; a burst that has begun is committed.</param>
    /// <returns>What became of it; null when it was used before, and then nothing happened.</returns>
    public async ValueTask<ResumeResult?> ResumeOnceAsync(
        StoredBookmark bookmark, IReadOnlyDictionary<string, object?>? input, DocumentKey mark, Action<Commit> committing, CancellationToken cancellationToken)
    {
        Dispatch.Intake.ThrowIfClosed();
        using var _ = await runner.Gate.EnterAsync(bookmark.InstanceId, cancellationToken);
        // Loaded before the mark is read: a use on another node in between makes the commit fail by the instance's revision.
        var loaded = await runner.LoadAsync(bookmark.InstanceId, cancellationToken);
        if (await store.FindDocumentAsync(mark.Kind, mark.Id, cancellationToken) is not null)
            return null;
        if (loaded is not var (workflow, header))
            return new ResumeResult.Gone();
        var stored = await runner.ContinueAsync(
            workflow, header, runner.UnlessQuarantined(bookmark.InstanceId, bookmark.Id, target => Interpreter.ResumeAsync(target, bookmark.Id, input)), null, committing);
        return stored is null ? new ResumeResult.Gone() : new ResumeResult.Resumed(stored, workflow);
    }

    /// <summary>
    /// Cancels an instance and its children. A burst that runs for it is asked to stop, and overruled when it does not within
    /// <see cref="RuntimeOptions.CancelTimeout"/>.
    /// </summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellationToken">Ends the wait; an instance that runs is cancelled all the same.</param>
    /// <returns>False when there is no such instance or it has finished.</returns>
    public ValueTask<bool> CancelAsync(string instanceId, CancellationToken cancellationToken) => cancellation.CancelAsync(instanceId, cancellationToken);

    /// <summary>Cancels an instance whose cancellation was stored as a wish.</summary>
    internal async ValueTask CancelWishedAsync(string instanceId, CancellationToken cancellationToken) =>
        await cancellation.FulfilAsync(instanceId, isWished: true, cancellationToken);

    /// <summary>Cancels the instances that an instance started and that are running.</summary>
    internal ValueTask CancelChildrenAsync(string instanceId, CancellationToken cancellationToken) =>
        cancellation.CancelChildrenAsync(instanceId, cancellationToken);

    /// <summary>Executes faulted activities of an instance again.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="activityIds">Only these activities; null for all that faulted.</param>
    /// <param name="cancellationToken">Ends the wait for the instance.</param>
    /// <returns>The instance afterwards; null when there is none or nothing of it faulted.</returns>
    public async ValueTask<StoredInstance?> RetryAsync(string instanceId, IReadOnlyCollection<string>? activityIds, CancellationToken cancellationToken)
    {
        Dispatch.Intake.ThrowIfClosed();
        using var _ = await runner.Gate.EnterAsync(instanceId, cancellationToken);
        if (await runner.LoadAsync(instanceId, cancellationToken) is not var (workflow, header) || Interpreter.RetryFaulted(workflow, activityIds) == 0)
            return null;
        return await runner.ContinueAsync(workflow, header, RunBurstAsync, null);
    }

    /// <summary>Goes on with an instance whose burst was cut off by a shutdown or a crash.</summary>
    internal async ValueTask ContinueAsync(string instanceId, CancellationToken cancellationToken)
    {
        using var _ = await runner.Gate.EnterAsync(instanceId, cancellationToken);
        if (await cancellation.IsWishedAsync(instanceId, cancellationToken)
            || await runner.LoadAsync(instanceId, cancellationToken) is not var (workflow, header)
            || workflow.SubStatus is not (WorkflowSubStatus.Executing or WorkflowSubStatus.Interrupted))
            return;
        await runner.ContinueAsync(workflow, header, runner.UnlessQuarantined(instanceId, null, RunBurstAsync), null);
    }

    /// <summary>Tells a parent that a child it waits for has finished.</summary>
    internal async ValueTask ChildFinishedAsync(ChildFinished finished, CancellationToken cancellationToken)
    {
        if (await runner.LoadAsync(finished.ChildInstanceId, cancellationToken) is not var (child, _))
            return;
        // The parent's burst that started the child may still run; its bookmark exists once the gate is free.
        IReadOnlyList<StoredBookmark> bookmarks;
        using (await runner.Gate.EnterAsync(finished.ParentInstanceId, cancellationToken))
        {
            var filter = new BookmarkFilter { InstanceId = finished.ParentInstanceId };
            bookmarks = await store.FindBookmarksAsync(filter, cancellationToken);
        }

        var payload = StimulusHash.ToJson(new ChildWorkflowStimulus(finished.ChildInstanceId));
        var bulkPayload = StimulusHash.ToJson(new BulkDispatchWorkflowsStimulus(finished.ParentInstanceId));
        foreach (var bookmark in bookmarks.Where(bookmark => bookmark.Payload == payload || bookmark.Payload == bulkPayload))
            await ResumeAsync(bookmark, ChildWorkflowStimulus.ToInput(child), null, cancellationToken);
    }

    internal async ValueTask<StartResult> StartAsync(StartRequest request, string? doneWork, CancellationToken cancellationToken)
    {
        var plan = await FindPlanAsync(request, cancellationToken);
        if (plan is null)
            return new StartResult.NotFound(request.DefinitionVersionId ?? $"{request.DefinitionId} ({request.Version})");
        return Dispatch.Gate.IsOpen
            ? await StartAsync(plan, request, doneWork, cancellationToken)
            : await StartThroughGateAsync(plan, request, doneWork, cancellationToken);
    }

    /// <summary>Starts when limits and pause of the definition allow it. What exists already is answered as such.</summary>
    private async ValueTask<StartResult> StartThroughGateAsync(WorkflowPlan plan, StartRequest request, string? doneWork, CancellationToken cancellationToken)
    {
        if (request.InstanceId is { } id && await store.FindInstanceAsync(id, cancellationToken) is { } existing)
            return new StartResult.Exists(existing);
        var definitionId = plan.Definition.DefinitionId;
        var named = request.InstanceId is null ? request with { InstanceId = outbox.NewId() } : request;
        if (await Dispatch.Gate.AdmitAsync(definitionId, named, isQueued: doneWork is not null, cancellationToken) is { } hold)
            return new StartResult.Held(hold);
        StartResult? result = null;
        try
        {
            return result = await StartAsync(plan, named, doneWork, cancellationToken);
        }
        finally
        {
            if (result is not StartResult.Started)
                Dispatch.Gate.Abandon(definitionId, named.InstanceId!);
        }
    }

    private async ValueTask<StartResult> StartAsync(WorkflowPlan plan, StartRequest request, string? doneWork, CancellationToken cancellationToken)
    {
        var strategy = request.AppliesActivationStrategy ? ActivationStrategy.Find(plan.Content.Options.ActivationStrategyType) : null;
        if (strategy is null)
            return await StartBurstAsync(plan, request, doneWork, cancellationToken);
        // Whether another instance runs and starting this one must not be torn apart.
        using var _ = await _activation.EnterAsync(strategy.LockKey(plan.Definition, request.CorrelationId), cancellationToken);
        // An instance that exists is answered as such: it must not stand in its own way.
        if (request.InstanceId is { } id && await store.FindInstanceAsync(id, cancellationToken) is { } existing)
            return new StartResult.Exists(existing);
        return await strategy.RefusalAsync(store, plan.Definition, request.CorrelationId, cancellationToken) is { } reason
            ? new StartResult.Refused(reason)
            : await StartBurstAsync(plan, request, doneWork, cancellationToken);
    }

    /// <param name="stimulus">What happened.</param>
    /// <param name="workId">The queued work that is being done, so that doing it again starts nothing twice; null when not queued.</param>
    /// <param name="cancellationToken">Ends the work between two instances.</param>
    internal async ValueTask<StimulusResult> DeliverAsync(Stimulus stimulus, string? workId, CancellationToken cancellationToken)
    {
        var hash = StimulusHash.Compute(stimulus.Name, stimulus.Payload);
        var started = new List<string>();
        var queued = new List<string>();
        var isMatched = false;
        if (stimulus.KeptUntil is null && stimulus.InstanceId is null && stimulus.ActivityInstanceId is null)
        {
            foreach (var trigger in await store.FindTriggersAsync(new TriggerFilter { Hash = hash }, cancellationToken))
            {
                isMatched = true;
                if (Dispatch.Rules.Find(trigger.DefinitionId) is not null)
                {
                    if (await QueueTriggeredAsync(ToStart(trigger, stimulus, workId), cancellationToken) is { } queuedId)
                        queued.Add(queuedId);
                    continue;
                }

                var result = await StartAsync(ToStart(trigger, stimulus, workId), cancellationToken);
                if (result is StartResult.Started { Instance.Id: var id })
                    started.Add(id);
            }
        }

        var filter = new BookmarkFilter
        {
            Hash = hash,
            CorrelationId = stimulus.CorrelationId,
            InstanceId = stimulus.InstanceId,
            ActivityInstanceId = stimulus.ActivityInstanceId,
        };
        var resumed = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await Parallel.ForEachAsync(
            await store.FindBookmarksAsync(filter, cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = ConcurrentDeliveriesMax, CancellationToken = cancellationToken },
            async (bookmark, token) =>
            {
                if (await ResumeAsync(bookmark, stimulus.Input, null, token) is ResumeResult.Resumed)
                    resumed.Enqueue(bookmark.InstanceId);
            });
        if (!isMatched && resumed.IsEmpty)
            await kept.KeepAsync(stimulus, workId);
        return new StimulusResult(started, [.. resumed]) { Queued = queued };
    }

    /// <summary>An id that is the same whenever the same parts are given: doing something again finds what it did before.</summary>
    internal static string StableId(params string[] parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('|', parts))).AsSpan(0, 16));

    private static StartRequest ToStart(StoredTrigger trigger, Stimulus stimulus, string? workId) => new()
    {
        DefinitionId = trigger.DefinitionId,
        DefinitionVersionId = trigger.DefinitionVersionId,
        TriggerActivityId = trigger.ActivityId,
        CorrelationId = stimulus.CorrelationId,
        Input = stimulus.Input,
        InstanceId = workId is null ? null : StableId(workId, trigger.DefinitionId, trigger.ActivityId),
    };

    private static async ValueTask<bool> RunBurstAsync(WorkflowExecutionContext workflow)
    {
        await Interpreter.RunAsync(workflow);
        return true;
    }

    private async ValueTask<WorkflowPlan?> FindPlanAsync(StartRequest request, CancellationToken cancellationToken)
    {
        if (request.DefinitionVersionId is { } versionId)
            return await plans.FindAsync(versionId, cancellationToken);
        var definition = await store.FindDefinitionAsync(request.DefinitionId ?? "", request.Version, cancellationToken);
        return definition is null ? null : plans.Get(definition);
    }

    private async ValueTask<StartResult> StartBurstAsync(WorkflowPlan plan, StartRequest request, string? doneWork, CancellationToken cancellationToken)
    {
        var id = request.InstanceId ?? outbox.NewId();
        using var _ = await runner.Gate.EnterAsync(id, cancellationToken);
        if (request.InstanceId is not null && await store.FindInstanceAsync(id, cancellationToken) is { } existing)
            return new StartResult.Exists(existing);
        var workflow = new WorkflowExecutionContext(plan, id, runner.Host)
        {
            CorrelationId = request.CorrelationId,
            Name = request.Name,
            ParentInstanceId = request.ParentInstanceId,
            RerunOf = request.RerunOf,
            TriggerActivityId = request.TriggerActivityId,
            BurstServices = request.Services,
        };
        Copy(request.Input, workflow.Input);
        Copy(request.Properties, workflow.Properties);
        var header = new StoredInstance(id, plan.Definition.DefinitionId, plan.Definition.Id, plan.Definition.Version) { ConcurrencyKey = request.ConcurrencyKey };
        var stored = await runner.StartAsync(workflow, header, doneWork is null ? null : [doneWork], request.Begin);
        return new StartResult.Started(stored, workflow);
    }

    private static void Copy(IReadOnlyDictionary<string, object?>? from, Dictionary<string, object?> to)
    {
        if (from is null)
            return;
        foreach (var (key, value) in from)
            to[key] = value;
    }

    /// <summary>
    /// A stimulus starts a definition with limits or a pause: its start waits in the queue. The key finds it when the stimulus is
    /// delivered again.
    /// </summary>
    /// <returns>The id the instance will have; null when its paused definition drops starts.</returns>
    private async ValueTask<string?> QueueTriggeredAsync(StartRequest request, CancellationToken cancellationToken)
    {
        if (await Dispatch.Rules.DropAsync(request.DefinitionId!, null))
            return null;
        var named = request.InstanceId is null ? request with { InstanceId = outbox.NewId() } : request;
        var work = outbox.ToWork(named) with { Key = Outbox.StartKey(named.InstanceId!) };
        if (await store.CommitAsync(new Commit { Work = [work] }, cancellationToken) == CommitOutcome.Committed)
            outbox.Announce([work], []);
        return named.InstanceId;
    }

    private async ValueTask QueueAsync(StoredWork work, CancellationToken cancellationToken)
    {
        Dispatch.Intake.ThrowIfClosed();
        var outcome = await store.CommitAsync(new Commit { Work = [work] }, cancellationToken);
        if (outcome != CommitOutcome.Committed)
            throw new InvalidOperationException($"Queueing the work '{work.Id}' failed: {outcome}.");
        outbox.Announce([work], []);
    }
}
