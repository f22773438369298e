using Platform.Runtime.Retention;
using Platform.Runtime.Store;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>How large the database is, and which workflows make it so.</summary>
internal static class Storage
{
    public static void MapStorage(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/storage").WithTags("Storage");
        group.MapGet("", ShowAsync).RequirePermission("read:storage")
            .WithSummary("Tells how large the database is, and what retention did last.")
            .Produces<StorageModel>();
        group.MapGet("/workflows", ListWorkflowsAsync).RequirePermission("read:storage")
            .WithSummary("Tells what each workflow takes in the database, the largest first.")
            .Produces<WorkflowStorageList>();
    }

    private static async Task<IResult> ShowAsync(
        IWorkflowStore store, RetentionDuty retention, RetentionOptions options, CancellationToken cancellationToken)
    {
        var size = await store.MeasureAsync(cancellationToken);
        var counts = await store.CountInstancesAsync(cancellationToken);
        var last = retention.LastRound;
        return ApiJson.Reply(new StorageModel(
            size.DatabaseBytes, size.WalBytes, size.FreeBytes, counts.Sum(count => count.Instances),
            size.Workflows.Count == 0 ? null : size.Workflows.Min(workflow => workflow.Oldest), last, last?.At + options.Interval));
    }

    private static async Task<IResult> ListWorkflowsAsync(IWorkflowStore store, CancellationToken cancellationToken, int skip = 0, int take = 50)
    {
        if (skip < 0 || take is < 0 or > 1000)
            return Problem.Unreadable with { Detail = "'skip' is a number from 0 up, 'take' one from 0 to 1000." };
        var size = await store.MeasureAsync(cancellationToken);
        var counts = (await store.CountInstancesAsync(cancellationToken)).ToLookup(count => count.DefinitionId);
        var items = size.Workflows.OrderByDescending(workflow => workflow.Bytes).ThenBy(workflow => workflow.DefinitionId, StringComparer.Ordinal)
            .Skip(skip).Take(take)
            .Select(workflow => new WorkflowStorage(
                workflow.DefinitionId, workflow.Bytes, workflow.Oldest,
                counts[workflow.DefinitionId].GroupBy(count => count.SubStatus).ToDictionary(group => group.Key, group => group.Sum(count => count.Instances))))
            .ToList();
        return ApiJson.Reply(new WorkflowStorageList(items, size.Workflows.Count));
    }
}

/// <summary>The size of the database.</summary>
/// <param name="DatabaseBytes">Bytes of the database.</param>
/// <param name="WalBytes">Bytes of its log of changes.</param>
/// <param name="FreeBytes">Bytes of the database that can be used again.</param>
/// <param name="Instances">How many instances are stored.</param>
/// <param name="OldestInstance">When the oldest of them was made, UTC.</param>
/// <param name="LastRound">What retention did last; null before its first round.</param>
/// <param name="NextRound">When retention goes round next, UTC.</param>
internal sealed record StorageModel(
    long DatabaseBytes, long WalBytes, long FreeBytes, long Instances, DateTimeOffset? OldestInstance, RetentionRound? LastRound, DateTimeOffset? NextRound);

/// <summary>What a workflow takes.</summary>
/// <param name="DefinitionId">The workflow.</param>
/// <param name="EstimatedBytes">About how many bytes its instances take.</param>
/// <param name="Oldest">When the oldest of them was made, UTC.</param>
/// <param name="InstancesByStatus">How many instances there are, by sub-status.</param>
internal sealed record WorkflowStorage(string DefinitionId, long EstimatedBytes, DateTimeOffset Oldest, IReadOnlyDictionary<string, long> InstancesByStatus);

/// <summary>Workflows, the largest first.</summary>
/// <param name="Items">The workflows.</param>
/// <param name="TotalCount">How many there are on all pages.</param>
internal sealed record WorkflowStorageList(IReadOnlyList<WorkflowStorage> Items, int TotalCount);
