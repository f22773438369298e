using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Engine;
using Platform.Runtime.Audit;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;

namespace Platform.Runtime.Alterations;

/// <summary>
/// Alters many instances in the background. A plan, its jobs and the work that does them are stored in one commit; each job ends in the
/// commit that alters its instance. So whatever happens to the process, every job is done once.
/// </summary>
/// <param name="store">Where plans are kept.</param>
/// <param name="targets">Finds the instances.</param>
/// <param name="alterations">Alters one instance.</param>
/// <param name="outbox">Queues plans.</param>
/// <param name="events">Hears of plans that ended.</param>
/// <param name="host">Makes ids and knows the time.</param>
public sealed class AlterationPlans(IWorkflowStore store, AlterationTargets targets, InstanceAlterations alterations, Outbox outbox, RuntimeEvents events, EngineHost host)
{
    /// <summary>Plans that are kept when they have ended, with their jobs; older ones go when a new one comes.</summary>
    private const int EndedPlansKept = 100;

    /// <summary>Jobs of one plan that are done at once.</summary>
    private const int ConcurrentJobsMax = 8;

    private readonly KeyedLock _submitting = new();

    /// <summary>Stores a plan. It is done soon, whatever happens to this process.</summary>
    /// <param name="id">Id to give the plan; null for a new one. Repeating a submit with its id changes nothing further.</param>
    /// <param name="alterationList">The alterations, a JSON array that <see cref="AlterationReader"/> can read.</param>
    /// <param name="sentFilter">The filter as it was sent, to be shown with the plan.</param>
    /// <param name="filter">Which instances; null for none.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    public async ValueTask<SubmitResult> SubmitAsync(
        string? id, JsonElement alterationList, JsonElement sentFilter, AlterationFilter? filter, CancellationToken cancellationToken)
    {
        var plan = new AlterationPlan(id is { Length: > 0 } ? id : host.NewId(), alterationList, sentFilter) { CreatedAt = host.Clock.GetUtcNow() };
        using var _ = await _submitting.EnterAsync(plan.Id, cancellationToken);
        if (await store.FindDocumentAsync(AlterationDocuments.PlanKind, plan.Id, cancellationToken) is { } stored)
        {
            var existing = AlterationDocuments.ReadPlan(stored);
            return JsonElement.DeepEquals(existing.Alterations, plan.Alterations) && JsonElement.DeepEquals(existing.Filter, plan.Filter)
                ? new SubmitResult.Accepted(plan.Id)
                : new SubmitResult.Taken(plan.Id);
        }

        IReadOnlyList<string>? instances = filter is null ? [] : await targets.FindAsync(filter, cancellationToken);
        if (instances is null)
            return new SubmitResult.TooMany();
        var work = outbox.AlterationPlan(plan.Id);
        var commit = new Commit { Documents = [AlterationDocuments.Of(plan)], Work = [work] };
        foreach (var instance in instances)
        {
            var job = new AlterationJob(WorkflowRuntime.StableId(plan.Id, instance), plan.Id, instance) { CreatedAt = plan.CreatedAt };
            commit.Documents.Add(AlterationDocuments.Of(job));
        }

        commit.DeletedDocuments = await FindOutdatedAsync(cancellationToken);
        AuditScope.Current?.AddTo(commit, new AuditChange("alterationPlan", plan.Id, null) { After = new JsonObject { ["instances"] = instances.Count } });
        var outcome = await store.CommitAsync(commit, cancellationToken);
        if (outcome == CommitOutcome.DuplicateKey)
            return new SubmitResult.Taken(plan.Id);
        if (outcome != CommitOutcome.Committed)
            throw new InvalidOperationException($"Storing the alteration plan '{plan.Id}' failed: {outcome}.");
        outbox.Announce([work], []);
        return new SubmitResult.Accepted(plan.Id);
    }

    /// <summary>A plan and its jobs; null when there is none.</summary>
    /// <param name="id">Id of the plan.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<(AlterationPlan Plan, IReadOnlyList<AlterationJob> Jobs)?> FindAsync(string id, CancellationToken cancellationToken) =>
        await store.FindDocumentAsync(AlterationDocuments.PlanKind, id, cancellationToken) is { } stored
            ? (AlterationDocuments.ReadPlan(stored), await JobsOfAsync(id, cancellationToken))
            : null;

    /// <summary>Does the jobs of a plan that are not done yet, and ends the plan.</summary>
    /// <param name="planId">The plan.</param>
    /// <param name="workId">The queued work, deleted when the plan has ended.</param>
    /// <param name="cancellationToken">Ends the work between two jobs.</param>
    internal async ValueTask ExecuteAsync(string planId, string workId, CancellationToken cancellationToken)
    {
        if (await FindAsync(planId, cancellationToken) is not var (plan, jobs))
        {
            await store.CommitAsync(new Commit { DeletedWork = [workId] }, CancellationToken.None);
            return;
        }

        plan = plan with { Status = AlterationPlanStatus.Running, StartedAt = plan.StartedAt ?? host.Clock.GetUtcNow() };
        await store.CommitAsync(new Commit { Documents = [AlterationDocuments.Of(plan)] }, CancellationToken.None);
        var list = AlterationReader.Read(plan.Alterations, out _);
        await Parallel.ForEachAsync(
            jobs.Where(job => job.Status == AlterationJobStatus.Pending),
            new ParallelOptions { MaxDegreeOfParallelism = ConcurrentJobsMax, CancellationToken = cancellationToken },
            (job, token) => ExecuteJobAsync(job, list, token));
        var ended = await JobsOfAsync(planId, CancellationToken.None);
        plan = plan with
        {
            Status = ended.Any(job => job.Status == AlterationJobStatus.Failed) ? AlterationPlanStatus.Failed : AlterationPlanStatus.Completed,
            CompletedAt = host.Clock.GetUtcNow(),
        };
        await store.CommitAsync(new Commit { Documents = [AlterationDocuments.Of(plan)], DeletedWork = [workId] }, CancellationToken.None);
        events.RaiseAlterationPlanEnded(planId);
    }

    internal async ValueTask ExecuteJobAsync(AlterationJob job, IReadOnlyList<Alteration> list, CancellationToken cancellationToken)
    {
        job = job with { StartedAt = host.Clock.GetUtcNow() };
        var result = await alterations.RunAsync(
            job.InstanceId,
            list,
            (commit, applied) => (commit.Documents ??= []).Add(AlterationDocuments.Of(Ended(job, AlterationJobStatus.Completed, applied))),
            cancellationToken);
        if (!result.IsSuccessful)
            await store.CommitAsync(new Commit { Documents = [AlterationDocuments.Of(Ended(job, AlterationJobStatus.Failed, result))] }, CancellationToken.None);
    }

    private AlterationJob Ended(AlterationJob job, AlterationJobStatus status, AlterationResult result) =>
        job with { Status = status, Log = result.Log, CompletedAt = host.Clock.GetUtcNow() };

    private async ValueTask<IReadOnlyList<AlterationJob>> JobsOfAsync(string planId, CancellationToken cancellationToken) =>
        [.. (await store.ListDocumentsAsync(AlterationDocuments.JobKind(planId), cancellationToken)).Select(AlterationDocuments.ReadJob)];

    private async ValueTask<List<DocumentKey>?> FindOutdatedAsync(CancellationToken cancellationToken)
    {
        var ended = (await store.ListDocumentsAsync(AlterationDocuments.PlanKind, cancellationToken))
            .Select(AlterationDocuments.ReadPlan)
            .Where(plan => plan.CompletedAt is not null)
            .OrderByDescending(plan => plan.CompletedAt)
            .Skip(EndedPlansKept)
            .ToList();
        if (ended.Count == 0)
            return null;
        var keys = new List<DocumentKey>();
        foreach (var plan in ended)
        {
            keys.Add(new DocumentKey(AlterationDocuments.PlanKind, plan.Id));
            foreach (var job in await JobsOfAsync(plan.Id, cancellationToken))
                keys.Add(new DocumentKey(AlterationDocuments.JobKind(plan.Id), job.Id));
        }

        return keys;
    }
}

/// <summary>What became of a plan that was submitted.</summary>
public abstract record SubmitResult
{
    private SubmitResult()
    {
    }

    /// <summary>It is stored and will be done.</summary>
    /// <param name="PlanId">Its id.</param>
    public sealed record Accepted(string PlanId) : SubmitResult;

    /// <summary>Another plan has this id; nothing is stored.</summary>
    /// <param name="PlanId">The id.</param>
    public sealed record Taken(string PlanId) : SubmitResult;

    /// <summary>The filter selects too many instances; nothing is stored.</summary>
    public sealed record TooMany : SubmitResult;

    /// <summary>One function per case.</summary>
    /// <typeparam name="T">Result type.</typeparam>
    /// <param name="accepted">For <see cref="Accepted"/>.</param>
    /// <param name="taken">For <see cref="Taken"/>.</param>
    /// <param name="tooMany">For <see cref="TooMany"/>.</param>
    public T Match<T>(Func<Accepted, T> accepted, Func<Taken, T> taken, Func<TooMany, T> tooMany) => this switch
    {
        Accepted result => accepted(result),
        Taken result => taken(result),
        TooMany result => tooMany(result),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
