using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Engine.Definitions;
using Platform.Runtime.Alterations;
using Platform.Runtime.Store;

namespace Platform.Runtime.Retention;

/// <summary>What one round of retention deleted.</summary>
/// <param name="At">When it began, UTC.</param>
/// <param name="Instances">Instances found and deleted.</param>
/// <param name="AlterationPlans">Alteration plans.</param>
public sealed record RetentionRound(DateTimeOffset At, int Instances, int AlterationPlans);

/// <summary>
/// Deletes what is too old, in small commits with pauses, until nothing too old is left. Running instances are never touched: the store
/// deletes an instance only when it is still finished and as it was found.
/// </summary>
/// <param name="store">Where everything is.</param>
/// <param name="options">How long things are kept.</param>
/// <param name="clock">Time.</param>
/// <param name="logger">Log.</param>
public sealed class RetentionDuty(IWorkflowStore store, RetentionOptions options, TimeProvider clock, ILogger<RetentionDuty> logger) : BackgroundService
{
    private static readonly string[] Good = ["Finished"];
    private static readonly string[] Bad = ["Faulted", "Cancelled"];
    private static readonly string[] Any = [.. Good, .. Bad];
    private volatile RetentionRound? _last;

    /// <summary>The last round; null before the first one.</summary>
    public RetentionRound? LastRound => _last;

    /// <summary>Deletes everything that is too old now.</summary>
    /// <param name="cancellationToken">Ends the work between two commits.</param>
    public async ValueTask<RetentionRound> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var finished = (await store.CountInstancesAsync(cancellationToken)).Where(count => count.Status == "Finished");
        var overrides = (await store.ListDocumentsAsync(RetentionSetting.DocumentKind, cancellationToken)).ToDictionary(document => document.Id);
        var instances = 0;
        foreach (var definition in finished.GroupBy(count => count.DefinitionId))
        {
            if (await SettingOfAsync(definition.Key, overrides.GetValueOrDefault(definition.Key), cancellationToken) is not { KeepsForever: false } setting)
                continue;
            var deleted = await DeleteAsync(definition.Key, Good, now - (setting.Finished ?? options.Finished), int.MaxValue, cancellationToken);
            deleted += await DeleteAsync(definition.Key, Bad, now - (setting.Faulted ?? options.Faulted), int.MaxValue, cancellationToken);
            if ((setting.Max ?? options.InstancesMax) is { } max && definition.Sum(count => count.Instances) - deleted - max is > 0 and var excess)
                deleted += await DeleteAsync(definition.Key, Any, DateTimeOffset.MaxValue, excess, cancellationToken);
            instances += deleted;
        }

        var plans = await DeletePlansAsync(now - options.AlterationPlans, cancellationToken);
        if (await DeleteAuditAsync(now - options.Audit, cancellationToken) is > 0 and var entries)
            Log.AuditForgotten(logger, entries, options.Audit, options.AuditMax);
        var round = new RetentionRound(now, instances, plans);
        _last = round;
        if (instances + plans > 0)
            Log.RetentionDone(logger, instances, plans);
        return round;
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            // The loop of a background duty: a failing store must not end it.
            catch (Exception exception)
            {
                Log.DutyFailed(logger, exception, nameof(RetentionDuty), options.Interval);
            }

            await Task.Delay(options.Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Null when it cannot be read: then nothing is deleted, for that could not be undone.</summary>
    private async ValueTask<RetentionSetting?> SettingOfAsync(string definitionId, StoredDocument? setByOperator, CancellationToken cancellationToken)
    {
        try
        {
            if (setByOperator is not null)
                return RetentionSetting.Read(setByOperator.Json);
            var definition = await store.FindDefinitionAsync(definitionId, VersionOptions.Published, cancellationToken)
                ?? await store.FindDefinitionAsync(definitionId, VersionOptions.Latest, cancellationToken);
            return definition is null ? RetentionSetting.Default : RetentionSetting.OfDocument(definition.Document);
        }
        catch (Exception exception) when (exception is FormatException or System.Text.Json.JsonException)
        {
            Log.RetentionUnreadable(logger, definitionId, exception.Message);
            return null;
        }
    }

    private async ValueTask<int> DeleteAsync(
        string definitionId, string[] subStatuses, DateTimeOffset finishedBefore, long most, CancellationToken cancellationToken)
    {
        var deleted = 0;
        while (deleted < most)
        {
            var chunk = (int)Math.Min(options.ChunkMax, most - deleted);
            var expired = await store.FindExpiredAsync(new ExpiryFilter(definitionId, subStatuses, finishedBefore, chunk), cancellationToken);
            if (expired.Count > 0)
                await store.CommitAsync(new Commit { ExpiredInstances = [.. expired] }, CancellationToken.None);
            deleted += expired.Count;
            if (expired.Count < chunk)
                break;
            await PauseAsync(cancellationToken);
        }

        return deleted;
    }

    private async ValueTask<int> DeletePlansAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken)
    {
        var plans = (await store.ListDocumentsAsync(AlterationDocuments.PlanKind, cancellationToken))
            .Select(AlterationDocuments.ReadPlan).Where(plan => plan.CompletedAt < endedBefore).ToList();
        foreach (var plan in plans)
        {
            var jobs = await store.ListDocumentsAsync(AlterationDocuments.JobKind(plan.Id), cancellationToken);
            foreach (var chunk in jobs.Chunk(options.ChunkMax))
            {
                await store.CommitAsync(new Commit { DeletedDocuments = [.. chunk.Select(job => new DocumentKey(job.Kind, job.Id))] }, CancellationToken.None);
                await PauseAsync(cancellationToken);
            }

            // The plan goes last: while it is there, its jobs are found again after a crash.
            await store.CommitAsync(new Commit { DeletedDocuments = [new(AlterationDocuments.PlanKind, plan.Id)] }, CancellationToken.None);
        }

        return plans.Count;
    }

    private async ValueTask<int> DeleteAuditAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var deleted = 0;
        while (await store.FindExpiredAuditAsync(new AuditExpiryFilter(before, options.AuditMax, options.ChunkMax), cancellationToken) is { Count: > 0 } expired)
        {
            await store.CommitAsync(new Commit { DeletedAudit = [.. expired] }, CancellationToken.None);
            deleted += expired.Count;
            await PauseAsync(cancellationToken);
        }

        return deleted;
    }

    private async ValueTask PauseAsync(CancellationToken cancellationToken)
    {
        if (options.Pause > TimeSpan.Zero)
            await Task.Delay(options.Pause, clock, cancellationToken);
    }
}
