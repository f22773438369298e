using System.Text.Json;
using Platform.Engine;
using Platform.Runtime;
using Platform.Runtime.Bulk;
using Platform.Runtime.Store;
using Platform.Server.Audit;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>One action on many instances: cancel, retry, re-run or delete.</summary>
internal static class Bulk
{
    private const int TakeDefault = 50;
    private const int TakeMax = 1_000;
    private const int ShownMax = 20;
    private const int ListMax = 10_000;
    private const int PerSecondMax = 10_000;

    /// <summary>Maps <c>/api/bulk</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapBulk(this IEndpointRouteBuilder api)
    {
        var bulk = api.MapGroup("/bulk").WithTags("Bulk");
        bulk.MapPost("/preview", PreviewAsync).RequirePermission("manage:workflow-instances").NotAudited("It only reads.")
            .WithSummary("Tells on which instances an action would be done.")
            .Reads<BulkBody>()
            .Produces<BulkPreviewModel>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4650", "WF4652");
        bulk.MapPost("", SubmitAsync).RequirePermission("manage:workflow-instances").Audited("bulk.submit", "bulkJob")
            .WithSummary("Begins an action on many instances: cancel, retry, re-run or delete. It is done in the background.")
            .Reads<BulkBody>()
            .TakesHeader("Idempotency-Key", "The same key means the same request: it is done once, and its answer is given again. 1 to 255 visible ASCII characters.")
            .Produces<BulkJobModel>(StatusCodes.Status202Accepted)
            .Refuses(StatusCodes.Status400BadRequest, "WF4520", "WF4650", "WF4652")
            .Refuses(StatusCodes.Status409Conflict, "WF4651")
            .Refuses(StatusCodes.Status422UnprocessableEntity, "WF4521");
        bulk.MapGet("", ListAsync).RequirePermission("read:workflow-instances")
            .WithSummary("Lists bulk jobs, newest first.")
            .Produces<BulkJobList>();
        bulk.MapGet("/{id}", FindAsync).RequirePermission("read:workflow-instances")
            .WithSummary("Tells how far a bulk job is.")
            .Produces<BulkJobModel>()
            .Takes("id", "Id of the bulk job.")
            .Refuses(StatusCodes.Status404NotFound, "WF4504");
        bulk.MapPost("/{id}/cancel", CancelAsync).RequirePermission("manage:workflow-instances").Audited("bulk.cancel", "bulkJob", "id")
            .WithSummary("Stops a bulk job; what is done stays done.")
            .Produces<BulkJobModel>(StatusCodes.Status202Accepted)
            .Takes("id", "Id of the bulk job.")
            .Refuses(StatusCodes.Status404NotFound, "WF4504")
            .Refuses(StatusCodes.Status409Conflict, "WF4653");
    }

    private static async Task<IResult> PreviewAsync(HttpRequest request, BulkJobs jobs, RuntimeOptions options, CancellationToken cancellationToken)
    {
        var body = await ApiJson.ReadAsync<BulkBody>(request);
        if (WrongIn(body) is { } problem)
            return problem;
        if (await jobs.PreviewAsync(body.Action, body.Filter.ToFilter(), cancellationToken) is not { } selection)
            return TooMany(options);
        return ApiJson.Reply(new BulkPreviewModel(
            selection.Instances.Count, [.. selection.Instances.Take(ShownMax).Select(BulkInstance.Of)], selection.LeftOut.Sum(entry => entry.Count), selection.LeftOut));
    }

    private static async Task<IResult> SubmitAsync(
        HttpRequest request, BulkJobs jobs, RuntimeOptions options, EngineHost host, TimeProvider clock, CancellationToken cancellationToken)
    {
        Problem? refusal = null;
        var key = Reruns.KeyOf(request, ref refusal);
        if (refusal is not null)
            return refusal;
        var body = await ApiJson.ReadAsync<BulkBody>(request);
        if (WrongIn(body) is { } problem)
            return problem;
        var job = new BulkJob(key is null ? host.NewId() : BulkJobs.IdOf(key), body.Action, JsonSerializer.SerializeToElement(body, ApiJson.Default.BulkBody)) { PerSecond = body.PerSecond };
        var result = await jobs.SubmitAsync(job, body.Filter.ToFilter(), body.ExpectedCount, cancellationToken);
        return result.Match<IResult>(
            accepted => ApiJson.Reply(BulkJobModel.Of(accepted.Job, clock.GetUtcNow()), StatusCodes.Status202Accepted),
            _ => new Problem(
                StatusCodes.Status422UnprocessableEntity, "WF4521", "The idempotency key was used for another request",
                "A bulk job with this Idempotency-Key has another request. Use a new key for a new job."),
            _ => TooMany(options),
            changed => new Problem(
                StatusCodes.Status409Conflict, "WF4651", "The filter selects another number of instances",
                $"{body.ExpectedCount} instances were expected, and there are {changed.Count} now. Look at the preview again, and send its count."));
    }

    private static async Task<IResult> ListAsync(BulkJobs jobs, TimeProvider clock, CancellationToken cancellationToken, int skip = 0, int take = TakeDefault)
    {
        if (skip < 0 || take is < 1 or > TakeMax)
            return Problem.Unreadable with { Detail = $"'skip' begins at 0, and 'take' is between 1 and {TakeMax}." };
        var all = await jobs.ListAsync(cancellationToken);
        return ApiJson.Reply(new BulkJobList([.. all.Skip(skip).Take(take).Select(job => BulkJobModel.Of(job, clock.GetUtcNow()))], all.Count));
    }

    private static async Task<IResult> FindAsync(string id, BulkJobs jobs, TimeProvider clock, CancellationToken cancellationToken) =>
        await jobs.FindAsync(id, cancellationToken) is { } job ? ApiJson.Reply(BulkJobModel.Of(job, clock.GetUtcNow())) : Missing(id);

    private static async Task<IResult> CancelAsync(string id, BulkJobs jobs, TimeProvider clock, CancellationToken cancellationToken) =>
        await jobs.CancelAsync(id, cancellationToken) switch
        {
            null => Missing(id),
            { CompletedAt: not null } job => new Problem(
                StatusCodes.Status409Conflict, "WF4653", "The bulk job has ended", $"The bulk job '{id}' is {job.Status}; there is nothing to stop."),
            var job => ApiJson.Reply(BulkJobModel.Of(job, clock.GetUtcNow()), StatusCodes.Status202Accepted),
        };

    private static Problem? WrongIn(BulkBody body)
    {
        if (!body.Filter.IsRestricted)
            return Wrong("The filter selects every instance. Name at least one condition.");
        if (body.Filter.Lists.Any(list => list?.Count > ListMax))
            return Wrong($"A list of the filter has {ListMax} entries at most.");
        if (RunQuery.Read(body.Filter.Search, out _) is { } mistake)
            return Wrong(mistake);
        if (body.PerSecond is < 1 or > PerSecondMax)
            return Wrong($"'perSecond' is between 1 and {PerSecondMax}. Leave it out for as fast as it goes.");
        if (body.Rerun is not null && body.Action != BulkAction.Rerun)
            return Wrong("'rerun' belongs to the action Rerun.");
        if (body.Rerun is { FromActivityInstanceId: not null })
            return Wrong("'fromActivityInstanceId' names a step of one instance. Give 'fromActivityId' for many.");
        if (body.Rerun is { FromActivityId: null, ActivityInput.Count: > 0 })
            return Wrong("'activityInput' is for a step. Name the step as 'fromActivityId', or edit 'input'.");
        return Reruns.VersionOf(body.Rerun?.Version) is null ? Wrong($"The version '{body.Rerun?.Version}' is not known. Write \"same\" or \"latest\".") : null;
    }

    private static Problem Wrong(string detail) => new(StatusCodes.Status400BadRequest, "WF4650", "The bulk request cannot be used", detail);

    private static Problem TooMany(RuntimeOptions options) => new(
        StatusCodes.Status400BadRequest, "WF4652", "The filter selects too many instances",
        $"One bulk job works on {options.BulkInstancesMax} instances at most. Narrow the filter, or raise Runtime:BulkInstancesMax.");

    private static Problem Missing(string id) =>
        Problem.NotFound with { Detail = $"There is no bulk job '{id}'. The last 100 that ended are kept." };
}

/// <summary>Asks for one action on many instances.</summary>
/// <param name="Action">What to do.</param>
/// <param name="Filter">With which instances.</param>
internal sealed record BulkBody(BulkAction Action, BulkFilterBody Filter)
{
    /// <summary>Most instances a second; null for as fast as it goes.</summary>
    public int? PerSecond { get; init; }

    /// <summary>How many instances it must be; null for any number.</summary>
    public int? ExpectedCount { get; init; }

    /// <summary>How to run them once more; for the action Rerun.</summary>
    public RerunBody? Rerun { get; init; }
}

/// <summary>Selects instances. All conditions must hold; what is absent or empty does not restrict.</summary>
internal sealed record BulkFilterBody
{
    /// <summary>Only these.</summary>
    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary>Only of these definitions.</summary>
    public IReadOnlyList<string>? DefinitionIds { get; init; }

    /// <summary>Only in one of these statuses.</summary>
    public IReadOnlyList<WorkflowStatus>? Statuses { get; init; }

    /// <summary>Only in one of these sub-statuses.</summary>
    public IReadOnlyList<WorkflowSubStatus>? SubStatuses { get; init; }

    /// <summary>Only with one of these correlation ids.</summary>
    public IReadOnlyList<string>? CorrelationIds { get; init; }

    /// <summary>Created then or later.</summary>
    public DateTimeOffset? CreatedFrom { get; init; }

    /// <summary>Created before that.</summary>
    public DateTimeOffset? CreatedTo { get; init; }

    /// <summary>Finished then or later.</summary>
    public DateTimeOffset? FinishedFrom { get; init; }

    /// <summary>Finished before that.</summary>
    public DateTimeOffset? FinishedTo { get; init; }

    /// <summary>Only with, or only without incidents.</summary>
    public bool? HasIncidents { get; init; }

    /// <summary>Contained in name, id, definition id, version id or correlation id.</summary>
    public string? SearchTerm { get; init; }

    /// <summary>What the page of runs searches for: <c>name=value</c>, ids, words of names and faults.</summary>
    public string? Search { get; init; }

    internal IEnumerable<IReadOnlyList<string>?> Lists => [Ids, DefinitionIds, CorrelationIds];

    internal bool IsRestricted => Lists.Any(list => list is { Count: > 0 }) || Statuses is { Count: > 0 } || SubStatuses is { Count: > 0 }
        || Times().Count > 0 || HasIncidents is not null || !string.IsNullOrEmpty(SearchTerm) || !string.IsNullOrWhiteSpace(Search);

    /// <summary>What the filter means; its search was found to be readable before.</summary>
    internal BulkFilter ToFilter()
    {
        RunQuery.Read(Search, out var query);
        var instances = new InstanceFilter
        {
            Text = query.Text,
            Variables = query.Variables,
            Ids = Ids,
            DefinitionIds = DefinitionIds,
            Statuses = Statuses?.Select(status => status.ToString()).ToList(),
            SubStatuses = SubStatuses?.Select(status => status.ToString()).ToList(),
            Timestamps = Times() is { Count: > 0 } times ? times : null,
            HasIncidents = HasIncidents,
            SearchTerm = string.IsNullOrEmpty(SearchTerm) ? null : SearchTerm,
        };
        return new(instances, CorrelationIds ?? []);
    }

    private List<TimestampFilter> Times()
    {
        var times = new List<TimestampFilter>();
        Add(nameof(StoredInstance.CreatedAt), TimestampOperator.GreaterThanOrEqual, CreatedFrom);
        Add(nameof(StoredInstance.CreatedAt), TimestampOperator.LessThan, CreatedTo);
        Add(nameof(StoredInstance.FinishedAt), TimestampOperator.GreaterThanOrEqual, FinishedFrom);
        Add(nameof(StoredInstance.FinishedAt), TimestampOperator.LessThan, FinishedTo);
        return times;

        void Add(string column, TimestampOperator comparison, DateTimeOffset? at)
        {
            if (at is { } moment)
                times.Add(new TimestampFilter(column, comparison, moment.ToUniversalTime()));
        }
    }
}

/// <summary>What a bulk job would do.</summary>
/// <param name="Count">On how many instances.</param>
/// <param name="Items">The first of them, oldest first.</param>
/// <param name="LeftOutCount">How many instances the filter selects on which the action has no meaning.</param>
/// <param name="LeftOut">Those by reason.</param>
internal sealed record BulkPreviewModel(int Count, IReadOnlyList<BulkInstance> Items, int LeftOutCount, IReadOnlyList<BulkLeftOut> LeftOut);

/// <summary>One instance of a preview.</summary>
/// <param name="Id">Its id.</param>
/// <param name="DefinitionId">Its workflow.</param>
/// <param name="Version">The version that it runs.</param>
/// <param name="Status">Its status.</param>
/// <param name="SubStatus">Its sub-status.</param>
/// <param name="Name">Its name.</param>
/// <param name="CorrelationId">Its correlation id.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="FinishedAt">When it ended, UTC; null before.</param>
internal sealed record BulkInstance(
    string Id, string DefinitionId, int Version, string Status, string SubStatus, string? Name, string? CorrelationId, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt)
{
    public static BulkInstance Of(StoredInstance instance) => new(
        instance.Id, instance.DefinitionId, instance.Version, instance.Status, instance.SubStatus, instance.Name, instance.CorrelationId, instance.CreatedAt, instance.FinishedAt);
}

/// <summary>A bulk job and how far it is.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Action">What it does.</param>
/// <param name="Status">How far it is.</param>
/// <param name="IsStopping">Whether it was asked to stop and has not yet.</param>
/// <param name="Total">Number of its instances.</param>
/// <param name="Done">On how many the action was done.</param>
/// <param name="Failed">On how many it failed.</param>
/// <param name="LeftOut">How many were left out.</param>
/// <param name="Failures">The first that failed, with the reason.</param>
/// <param name="LeftOutItems">The first that were left out, with the reason.</param>
/// <param name="PerSecond">Most instances a second; null for as fast as it goes.</param>
/// <param name="Rate">Instances a second so far; null while nothing is known.</param>
/// <param name="EstimatedEndAt">When it will have ended at this rate, UTC; null when it has or nothing is known.</param>
/// <param name="CreatedAt">When it was accepted, UTC.</param>
/// <param name="StartedAt">When it began, UTC; null before.</param>
/// <param name="CompletedAt">When it ended, UTC; null before.</param>
/// <param name="Request">The request.</param>
internal sealed record BulkJobModel(
    string Id,
    BulkAction Action,
    BulkStatus Status,
    bool IsStopping,
    int Total,
    int Done,
    int Failed,
    int LeftOut,
    IReadOnlyList<BulkNote> Failures,
    IReadOnlyList<BulkNote> LeftOutItems,
    int? PerSecond,
    double? Rate,
    DateTimeOffset? EstimatedEndAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? CompletedAt,
    JsonElement Request)
{
    public static BulkJobModel Of(BulkJob job, DateTimeOffset now) => new(
        job.Id, job.Action, job.Status, job is { IsCancelRequested: true, CompletedAt: null }, job.Total, job.Done, job.Failed, job.LeftOut, job.Failures, job.LeftOutNotes,
        job.PerSecond, job.RateAt(now), job.EndAt(now), job.CreatedAt, job.StartedAt, job.CompletedAt, job.Request);
}

/// <summary>One page of bulk jobs, newest first.</summary>
/// <param name="Items">The jobs.</param>
/// <param name="TotalCount">How many there are on all pages.</param>
internal sealed record BulkJobList(IReadOnlyList<BulkJobModel> Items, long TotalCount);
