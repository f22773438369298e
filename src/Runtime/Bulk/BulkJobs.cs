using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Platform.Engine;
using Platform.Engine.Values;
using Platform.Runtime.Audit;
using Platform.Runtime.Execution;
using Platform.Runtime.Reruns;
using Platform.Runtime.Store;

namespace Platform.Runtime.Bulk;

/// <summary>
/// One action on many instances, in the background. The job, the ids of its instances and its work are stored in one commit. A work item
/// does one part and leaves the next one in the commit that counts the part, so other work comes in between and a restart goes on there.
/// </summary>
/// <param name="store">Where jobs are kept.</param>
/// <param name="targets">Finds the instances.</param>
/// <param name="actions">Does the action on one.</param>
/// <param name="outbox">Queues parts.</param>
/// <param name="host">Makes ids and knows the time.</param>
/// <param name="logger">Log.</param>
public sealed class BulkJobs(IWorkflowStore store, BulkTargets targets, BulkActions actions, Outbox outbox, EngineHost host, ILogger<BulkJobs> logger)
{
    /// <summary>Most instances of one part: a worker is free for other work after some tenths of a second.</summary>
    private const int PartMax = 100;

    /// <summary>Instances that are worked on at once.</summary>
    private const int ConcurrentMax = 8;

    /// <summary>Instances that the audit log names when a job is submitted; of the others it tells the number.</summary>
    private const int ToldMax = 100;

    /// <summary>Jobs that are kept when they have ended; older ones go when a new one comes.</summary>
    private const int EndedJobsKept = 100;

    private readonly KeyedLock _changing = new();
    private readonly ConcurrentDictionary<string, bool> _stopping = new(StringComparer.Ordinal);

    /// <summary>The id of the job that a caller's key stands for.</summary>
    /// <param name="key">The key.</param>
    public static string IdOf(string key) => WorkflowRuntime.StableId("bulk", key);

    /// <summary>What a job would work on; null when it is more than a job may have.</summary>
    /// <param name="action">The action.</param>
    /// <param name="filter">Which instances.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public ValueTask<BulkSelection?> PreviewAsync(BulkAction action, BulkFilter filter, CancellationToken cancellationToken) =>
        targets.FindAsync(action, filter, cancellationToken);

    /// <summary>Stores a job. It is done soon, whatever happens to this process.</summary>
    /// <param name="job">The job without its instances. Submitting it again with its id and the same request changes nothing further.</param>
    /// <param name="filter">Which instances.</param>
    /// <param name="expectedCount">How many they must be; null for any number.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    public async ValueTask<BulkSubmitResult> SubmitAsync(BulkJob job, BulkFilter filter, int? expectedCount, CancellationToken cancellationToken)
    {
        using var _ = await _changing.EnterAsync(job.Id, cancellationToken);
        if (await FindAsync(job.Id, cancellationToken) is { } existing)
            return JsonElement.DeepEquals(existing.Request, job.Request) ? new BulkSubmitResult.Accepted(existing) : new BulkSubmitResult.Taken();
        if (await targets.FindAsync(job.Action, filter, cancellationToken) is not { } selection)
            return new BulkSubmitResult.TooMany();
        if (expectedCount is { } expected && expected != selection.Instances.Count)
            return new BulkSubmitResult.Changed(selection.Instances.Count);
        var now = host.Clock.GetUtcNow();
        job = job with { Total = selection.Instances.Count, CreatedAt = now };
        var work = outbox.Bulk(job.Id, now);
        var commit = new Commit { Documents = [BulkDocuments.Of(job)], Work = [work], DeletedDocuments = await FindOutdatedAsync(cancellationToken) };
        foreach (var (index, chunk) in selection.Instances.Select(instance => instance.Id).Chunk(BulkDocuments.ChunkSize).Index())
            commit.Documents.Add(BulkDocuments.ChunkOf(job.Id, index * BulkDocuments.ChunkSize, chunk));
        var told = new JsonObject
        {
            ["action"] = job.Action.ToString(),
            ["instances"] = job.Total,
            ["instanceIds"] = new JsonArray([.. selection.Instances.Take(ToldMax).Select(instance => JsonValue.Create(instance.Id))]),
        };
        AuditScope.Current?.AddTo(commit, new AuditChange("bulkJob", job.Id, null) { After = told });
        var outcome = await store.CommitAsync(commit, cancellationToken);
        if (outcome != CommitOutcome.Committed)
            throw new InvalidOperationException($"Storing the bulk job '{job.Id}' failed: {outcome}.");
        Log.BulkAccepted(logger, job.Id, job.Action.ToString(), job.Total);
        outbox.Announce([work], []);
        return new BulkSubmitResult.Accepted(job);
    }

    /// <summary>A job; null when there is none.</summary>
    /// <param name="id">Id of the job.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<BulkJob?> FindAsync(string id, CancellationToken cancellationToken) =>
        await store.FindDocumentAsync(BulkDocuments.JobKind, id, cancellationToken) is { } stored ? BulkDocuments.ReadJob(stored) : null;

    /// <summary>All jobs, newest first.</summary>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<IReadOnlyList<BulkJob>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await store.ListDocumentsAsync(BulkDocuments.JobKind, cancellationToken)).Select(BulkDocuments.ReadJob).OrderByDescending(job => job.CreatedAt).ThenByDescending(job => job.Id, StringComparer.Ordinal)];

    /// <summary>Stops a job after the instances that it is working on right now. What it did stays done.</summary>
    /// <param name="id">Id of the job.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    /// <returns>The job; null when there is none. One that has ended is as it was.</returns>
    public async ValueTask<BulkJob?> CancelAsync(string id, CancellationToken cancellationToken)
    {
        using var _ = await _changing.EnterAsync(id, cancellationToken);
        if (await FindAsync(id, cancellationToken) is not { CompletedAt: null } job)
            return await FindAsync(id, cancellationToken);
        _stopping[id] = true;
        job = job with { IsCancelRequested = true };
        var commit = new Commit { Documents = [BulkDocuments.Of(job)] };
        AuditScope.Current?.AddTo(commit, new AuditChange("bulkJob", id, null));
        await store.CommitAsync(commit, CancellationToken.None);
        return job;
    }

    /// <summary>Does the next part of a job.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="workId">The queued work.</param>
    /// <param name="cancellationToken">Ends the work between two instances.</param>
    internal async ValueTask ExecuteAsync(string jobId, string workId, CancellationToken cancellationToken)
    {
        var begun = host.Clock.GetUtcNow();
        if (await FindAsync(jobId, cancellationToken) is not { CompletedAt: null } job)
        {
            await store.CommitAsync(new Commit { DeletedWork = [workId] }, CancellationToken.None);
            return;
        }

        var part = job.IsCancelRequested ? [] : await ReadPartAsync(job, cancellationToken);
        var marks = await store.ListDocumentsAsync(BulkDocuments.MarkKind(jobId), cancellationToken);
        var outcomes = await DoPartAsync(job, part, [.. marks.Select(mark => mark.Id)], cancellationToken);
        // In this process one worker counts, and people may ask it to stop: each reads what the other wrote.
        using var _ = await _changing.EnterAsync(jobId, CancellationToken.None);
        job = Count(await FindAsync(jobId, CancellationToken.None) ?? job, part, outcomes) with { Status = BulkStatus.Running, StartedAt = job.StartedAt ?? begun };
        var isOver = job.IsCancelRequested || job.Position >= job.Total;
        if (isOver)
            job = job with { Status = job.Position >= job.Total ? BulkStatus.Completed : BulkStatus.Cancelled, CompletedAt = host.Clock.GetUtcNow() };
        var next = outbox.Bulk(jobId, job.PerSecond is { } most ? begun + TimeSpan.FromSeconds(part.Count / (double)most) : host.Clock.GetUtcNow());
        var commit = new Commit
        {
            Documents = [BulkDocuments.Of(job)],
            DeletedWork = [workId],
            Work = isOver ? null : [next],
            DeletedDocuments = await FindUsedUpAsync(job, isOver),
        };
        var outcome = await store.CommitAsync(commit, CancellationToken.None);
        if (outcome != CommitOutcome.Committed)
            throw new InvalidOperationException($"Storing the progress of the bulk job '{jobId}' failed: {outcome}.");
        if (isOver)
            _stopping.TryRemove(jobId, out bool _);
        if (isOver)
            Log.BulkEnded(logger, jobId, job.Status.ToString(), job.Done, job.Failed, job.LeftOut);
        else if (next.DueAt > host.Clock.GetUtcNow())
            outbox.AnnounceDue(next.DueAt);
        else
            outbox.Announce([next], []);
    }

    /// <summary>Counts what became of a part. What was not worked on any more, because somebody stopped the job, has no outcome.</summary>
    private static BulkJob Count(BulkJob job, IReadOnlyList<string> part, BulkOutcome?[] outcomes)
    {
        var failures = new List<BulkNote>(job.Failures);
        var leftOut = new List<BulkNote>(job.LeftOutNotes);
        foreach (var (i, outcome) in outcomes.Index())
        {
            var notes = outcome?.Kind == BulkOutcomeKind.Failed ? failures : leftOut;
            if (outcome?.Reason is { } reason && notes.Count < BulkJob.NotesMax)
                notes.Add(new BulkNote(part[i], reason));
        }

        return job with
        {
            Position = job.Position + outcomes.Count(outcome => outcome is not null),
            Done = job.Done + outcomes.Count(outcome => outcome?.Kind == BulkOutcomeKind.Done),
            Failed = job.Failed + outcomes.Count(outcome => outcome?.Kind == BulkOutcomeKind.Failed),
            LeftOut = job.LeftOut + outcomes.Count(outcome => outcome?.Kind == BulkOutcomeKind.LeftOut),
            Failures = failures,
            LeftOutNotes = leftOut,
        };
    }

    private static RerunRequest RerunOf(BulkJob job)
    {
        if (job.Action != BulkAction.Rerun || !job.Request.TryGetProperty("rerun", out var options) || options.ValueKind != JsonValueKind.Object)
            return new RerunRequest();
        return new RerunRequest
        {
            ActivityId = options.TryGetProperty("fromActivityId", out var activity) ? activity.GetString() : null,
            Version = options.TryGetProperty("version", out var version) && version.GetString() == "latest" ? RerunVersion.Latest : RerunVersion.Same,
            Input = Values("input"),
            ActivityInput = Values("activityInput"),
            Variables = Values("variables"),
        };

        IReadOnlyDictionary<string, object?>? Values(string name) =>
            options.TryGetProperty(name, out var values) && values.ValueKind == JsonValueKind.Object ? DynamicJson.FromElement(values) as IReadOnlyDictionary<string, object?> : null;
    }

    private async ValueTask<IReadOnlyList<string>> ReadPartAsync(BulkJob job, CancellationToken cancellationToken)
    {
        if (job.Position >= job.Total)
            return [];
        var chunk = await store.FindDocumentAsync(BulkDocuments.ChunkKind(job.Id), BulkDocuments.ChunkId(job.Position), cancellationToken)
            ?? throw new InvalidOperationException($"The bulk job '{job.Id}' has lost the ids of its instances from number {job.Position} on.");
        return [.. BulkDocuments.ReadChunk(chunk).Skip(job.Position % BulkDocuments.ChunkSize).Take(Math.Min(PartMax, job.PerSecond ?? PartMax))];
    }

    private async ValueTask<BulkOutcome?[]> DoPartAsync(BulkJob job, IReadOnlyList<string> part, HashSet<string> marked, CancellationToken cancellationToken)
    {
        var rerun = RerunOf(job);
        var outcomes = new BulkOutcome?[part.Count];
        await Parallel.ForAsync(
            0,
            part.Count,
            new ParallelOptions { MaxDegreeOfParallelism = ConcurrentMax, CancellationToken = cancellationToken },
            async (i, token) =>
            {
                if (marked.Contains(part[i]))
                    outcomes[i] = BulkOutcome.Done;
                else if (!_stopping.ContainsKey(job.Id))
                    outcomes[i] = await actions.DoAsync(job, rerun, part[i], token);
            });
        return outcomes;
    }

    /// <summary>Documents that nobody reads any more: marks that are counted now, and ids of instances that are done.</summary>
    private async ValueTask<List<DocumentKey>> FindUsedUpAsync(BulkJob job, bool isOver)
    {
        var keys = new List<DocumentKey>();
        foreach (var mark in await store.ListDocumentsAsync(BulkDocuments.MarkKind(job.Id), CancellationToken.None))
            keys.Add(new DocumentKey(BulkDocuments.MarkKind(job.Id), mark.Id));
        var first = Math.Max(0, job.Position - PartMax) / BulkDocuments.ChunkSize;
        var end = isOver ? (job.Total + BulkDocuments.ChunkSize - 1) / BulkDocuments.ChunkSize : job.Position / BulkDocuments.ChunkSize;
        for (var chunk = first; chunk < end; chunk++)
            keys.Add(new DocumentKey(BulkDocuments.ChunkKind(job.Id), BulkDocuments.ChunkId(chunk * BulkDocuments.ChunkSize)));
        return keys;
    }

    private async ValueTask<List<DocumentKey>?> FindOutdatedAsync(CancellationToken cancellationToken)
    {
        var ended = (await ListAsync(cancellationToken)).Where(job => job.CompletedAt is not null).Skip(EndedJobsKept);
        var keys = ended.Select(job => new DocumentKey(BulkDocuments.JobKind, job.Id)).ToList();
        return keys.Count > 0 ? keys : null;
    }
}

/// <summary>What became of a bulk job that was submitted.</summary>
public abstract record BulkSubmitResult
{
    private BulkSubmitResult()
    {
    }

    /// <summary>It is stored and will be done.</summary>
    /// <param name="Job">The job.</param>
    public sealed record Accepted(BulkJob Job) : BulkSubmitResult;

    /// <summary>Another job has this id; nothing is stored.</summary>
    public sealed record Taken : BulkSubmitResult;

    /// <summary>The filter selects too many instances; nothing is stored.</summary>
    public sealed record TooMany : BulkSubmitResult;

    /// <summary>The filter selects another number of instances than was expected; nothing is stored.</summary>
    /// <param name="Count">How many it selects.</param>
    public sealed record Changed(int Count) : BulkSubmitResult;

    /// <summary>One function per case.</summary>
    /// <typeparam name="T">Result type.</typeparam>
    /// <param name="accepted">For <see cref="Accepted"/>.</param>
    /// <param name="taken">For <see cref="Taken"/>.</param>
    /// <param name="tooMany">For <see cref="TooMany"/>.</param>
    /// <param name="changed">For <see cref="Changed"/>.</param>
    public T Match<T>(Func<Accepted, T> accepted, Func<Taken, T> taken, Func<TooMany, T> tooMany, Func<Changed, T> changed) => this switch
    {
        Accepted result => accepted(result),
        Taken result => taken(result),
        TooMany result => tooMany(result),
        Changed result => changed(result),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
