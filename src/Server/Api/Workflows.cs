using System.Text.Json.Serialization;
using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Scheduling;
using Platform.Runtime.Store;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;
using Platform.Server.Shipped;

namespace Platform.Server.Api;

/// <summary>The workflows, and how they have been doing.</summary>
internal static class Workflows
{
    private const int TakeDefault = 25;
    private const int TakeMax = 100;

    /// <summary>Latest runs that rates and durations are taken from.</summary>
    private const int SampleSize = 100;

    /// <summary>Schedules that next ticks are looked for in.</summary>
    private const int SchedulesMax = 1_000;

    /// <summary>Maps <c>/api/definitions</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapWorkflows(this IEndpointRouteBuilder api) =>
        api.MapGet("/definitions", ListAsync).WithTags("Workflows").RequirePermission("read:workflow-definitions")
            .WithSummary($"Lists the workflows by name, each with its instances and how its latest {SampleSize} runs went.")
            .Takes("search", "Only workflows with this text in their name, description or id.")
            .Takes("tag", "Only workflows with this tag, in any case.")
            .Takes("orderBy", "'name', or 'size' for the largest in the database first. Default: name.")
            .Produces<WorkflowList>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4500");

    private static async Task<IResult> ListAsync(
        IWorkflowStore store, DispatchRules rules, ScheduleControl schedules, CancellationToken cancellationToken,
        string? search = null, string? tag = null, string orderBy = "name", int skip = 0, int take = TakeDefault)
    {
        if (skip < 0 || take is < 1 or > TakeMax)
            return Problem.Unreadable with { Detail = $"'skip' begins at 0, and 'take' is between 1 and {TakeMax}." };
        if (orderBy is not ("name" or "size"))
            return Problem.Unreadable with { Detail = "'orderBy' is \"name\" or \"size\"." };
        var tags = await WorkflowTags.ReadAsync(store, cancellationToken);
        var filter = new DefinitionFilter
        {
            Versions = VersionOptions.Latest,
            IsSystem = false,
            SearchTerm = string.IsNullOrWhiteSpace(search) ? null : search.Trim(),
            DefinitionIds = string.IsNullOrWhiteSpace(tag) ? null : [.. tags.Where(tagged => tagged.Value.Contains(tag.Trim(), StringComparer.OrdinalIgnoreCase)).Select(tagged => tagged.Key)],
        };
        var sizes = (await store.MeasureAsync(cancellationToken)).Workflows.ToDictionary(workflow => workflow.DefinitionId, workflow => workflow.Bytes, StringComparer.Ordinal);
        var page = orderBy == "name"
            ? await store.ListDefinitionsAsync(filter with { Skip = skip, Take = take }, cancellationToken)
            : await ListLargestAsync(store, filter, sizes, skip, take, cancellationToken);
        var counts = (await store.CountInstancesAsync(cancellationToken)).ToLookup(count => count.DefinitionId, StringComparer.Ordinal);
        var ticks = (await schedules.ListAsync(null, 0, SchedulesMax, cancellationToken)).Items
            .Where(schedule => schedule.NextDueAt is not null && schedule.Settings.IsPaused is not true)
            .ToLookup(schedule => schedule.DefinitionId, StringComparer.Ordinal);
        var items = new List<WorkflowModel>(page.Items.Count);
        foreach (var definition in page.Items)
        {
            var id = definition.DefinitionId;
            var published = definition.IsPublished ? definition : await store.FindDefinitionAsync(id, VersionOptions.Published, cancellationToken);
            var latest = await store.ListInstancesAsync(new InstanceFilter { DefinitionIds = [id], Descending = true, Take = SampleSize }, cancellationToken);
            var isShipped = await store.FindDocumentAsync(ShippedWorkflows.DocumentKind, id, cancellationToken) is not null;
            items.Add(new WorkflowModel(
                id, definition.Name, definition.Description, definition.Version, published?.Version, definition.CreatedAt, isShipped, rules.Find(id)?.Pause is not null,
                counts[id].Where(count => count.Status == nameof(WorkflowStatus.Running)).Sum(count => count.Instances), counts[id].Sum(count => count.Instances),
                LastRunOf(latest.Items), RecordOf(latest.Items), ticks[id].Min(schedule => schedule.NextDueAt), tags.GetValueOrDefault(id, []), sizes.GetValueOrDefault(id)));
        }

        return ApiJson.Reply(new WorkflowList(items, page.TotalCount, CountTags(tags.Values)));
    }

    /// <summary>The store knows no order by size: all headers are read, and those of one page are kept.</summary>
    private static async ValueTask<Page<WorkflowDefinition>> ListLargestAsync(
        IWorkflowStore store, DefinitionFilter filter, Dictionary<string, long> sizes, int skip, int take, CancellationToken cancellationToken)
    {
        var all = await store.ListDefinitionsAsync(filter, cancellationToken);
        return new([.. all.Items.OrderByDescending(definition => sizes.GetValueOrDefault(definition.DefinitionId)).Skip(skip).Take(take)], all.TotalCount);
    }

    private static List<WorkflowTagCount> CountTags(IEnumerable<IReadOnlyList<string>> tags) =>
    [
        .. tags.SelectMany(one => one).GroupBy(tag => tag, StringComparer.OrdinalIgnoreCase)
            .Select(group => new WorkflowTagCount(group.Key, group.Count())).OrderBy(tag => tag.Name, StringComparer.OrdinalIgnoreCase),
    ];

    private static LastRunModel? LastRunOf(IReadOnlyList<StoredInstance> latest) =>
        latest.Count == 0 ? null : new LastRunModel(latest[0].Id, latest[0].SubStatus, latest[0].CreatedAt);

    private static RunRecordModel? RecordOf(IReadOnlyList<StoredInstance> latest)
    {
        var ended = latest.Where(run => run.FinishedAt is not null).ToList();
        if (ended.Count == 0)
            return null;
        var durations = ended.Select(run => (run.FinishedAt!.Value - run.CreatedAt).TotalMilliseconds).Order().ToList();
        var finished = ended.Count(run => run.SubStatus == nameof(WorkflowSubStatus.Finished));
        // Oldest first, as one reads a line of time.
        var outcomes = ended.Take(20).Reverse().Select(run => run.SubStatus).ToList();
        return new RunRecordModel(ended.Count, finished / (double)ended.Count, At(durations, 0.5), At(durations, 0.95), outcomes);
    }

    private static double At(List<double> sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(sorted.Count * share) - 1)];
}

/// <summary>A page of workflows.</summary>
/// <param name="Items">The workflows.</param>
/// <param name="TotalCount">How many there are on all pages.</param>
/// <param name="Tags">All tags in use, also by workflows that are not listed.</param>
internal sealed record WorkflowList(IReadOnlyList<WorkflowModel> Items, long TotalCount, IReadOnlyList<WorkflowTagCount> Tags);

/// <summary>A workflow and how it has been doing.</summary>
/// <param name="DefinitionId">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is for.</param>
/// <param name="LatestVersion">Number of the latest version, which may be a draft.</param>
/// <param name="PublishedVersion">Number of the published version, or null.</param>
/// <param name="ChangedAt">When the latest version was made, UTC.</param>
/// <param name="IsShipped">Whether it came with the product.</param>
/// <param name="IsPaused">Whether its starts are kept back.</param>
/// <param name="RunningCount">Instances that have not ended.</param>
/// <param name="InstanceCount">Instances in the database.</param>
/// <param name="LastRun">The instance that was started last, or null.</param>
/// <param name="Record">How its latest runs ended; null while none has.</param>
/// <param name="NextTickAt">When a schedule of it fires next, or null.</param>
/// <param name="Tags">Its tags, by name.</param>
/// <param name="DatabaseBytes">About how many bytes its instances take in the database.</param>
internal sealed record WorkflowModel(
    string DefinitionId,
    string? Name,
    string? Description,
    int LatestVersion,
    int? PublishedVersion,
    DateTimeOffset ChangedAt,
    bool IsShipped,
    bool IsPaused,
    long RunningCount,
    long InstanceCount,
    LastRunModel? LastRun,
    RunRecordModel? Record,
    DateTimeOffset? NextTickAt,
    IReadOnlyList<string> Tags,
    long DatabaseBytes);

/// <summary>The instance of a workflow that was started last.</summary>
/// <param name="InstanceId">Its id.</param>
/// <param name="SubStatus">How it stands.</param>
/// <param name="StartedAt">When it was started, UTC.</param>
internal sealed record LastRunModel(string InstanceId, string SubStatus, DateTimeOffset StartedAt);

/// <summary>How the latest runs ended.</summary>
/// <param name="Count">Runs that this is taken from, of the latest 100 those that have ended.</param>
/// <param name="SuccessRate">Share that finished, 0 to 1.</param>
/// <param name="P50Ms">Half of them took at most so many milliseconds, waits included.</param>
/// <param name="P95Ms">95 of 100 took at most so many milliseconds.</param>
/// <param name="Outcomes">How the latest 20 ended, oldest first.</param>
internal sealed record RunRecordModel(int Count, double SuccessRate, [property: JsonPropertyName("p50Ms")] double P50Ms, [property: JsonPropertyName("p95Ms")] double P95Ms, IReadOnlyList<string> Outcomes);
