using System.Globalization;
using System.Text.Json.Nodes;
using Platform.Runtime.Audit;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;

namespace Platform.Runtime.Scheduling;

/// <summary>What operators see of schedules and do to them.</summary>
/// <param name="store">Where everything is.</param>
/// <param name="ticks">Fires them.</param>
/// <param name="runs">Knows their instances.</param>
/// <param name="signals">Wakes the clock.</param>
/// <param name="options">Limits.</param>
/// <param name="clock">Time.</param>
public sealed class ScheduleControl(IWorkflowStore store, ScheduleTicks ticks, ScheduleRuns runs, RuntimeSignals signals, RuntimeOptions options, TimeProvider clock)
{
    private const int AttemptsMax = 5;

    /// <summary>One page of the schedules of published workflows, by definition and activity.</summary>
    /// <param name="definitionId">Only of this definition; null for all.</param>
    /// <param name="skip">Rows to leave out at the start.</param>
    /// <param name="take">Most rows.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    public async ValueTask<Page<ScheduleInfo>> ListAsync(string? definitionId, int skip, int take, CancellationToken cancellationToken)
    {
        var triggers = new List<StoredTrigger>();
        foreach (var name in Schedules.Names)
            triggers.AddRange(await store.FindTriggersAsync(new TriggerFilter { Name = name, DefinitionId = definitionId }, cancellationToken));
        var items = new List<ScheduleInfo>();
        foreach (var trigger in triggers.OrderBy(ScheduleDocuments.IdOf, StringComparer.Ordinal).Skip(skip).Take(take))
            items.Add(await DescribeAsync(trigger, cancellationToken));
        return new Page<ScheduleInfo>(items, triggers.Count);
    }

    /// <summary>A schedule; null when there is none.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    public async ValueTask<ScheduleInfo?> FindAsync(string id, CancellationToken cancellationToken) =>
        await TriggerOfAsync(id, cancellationToken) is { } trigger ? await DescribeAsync(trigger, cancellationToken) : null;

    /// <summary>The next ticks of a schedule, in UTC, whether it is paused or not; null when there is no such schedule.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="count">Most ticks.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    public async ValueTask<IReadOnlyList<DateTimeOffset>?> NextAsync(string id, int count, CancellationToken cancellationToken)
    {
        if (await TriggerOfAsync(id, cancellationToken) is not { } trigger || Schedules.Read(trigger.Name, trigger.Payload) is not { } schedule)
            return null;
        var settings = await ticks.SettingsAsync(trigger, cancellationToken);
        return Schedules.Preview(schedule.Ticks(settings.Zone), clock.GetUtcNow(), count);
    }

    /// <summary>Sets how a schedule fires, in place of what its workflow's document says. It holds for later versions too.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="change">Makes the new settings of what an operator set before.</param>
    /// <param name="cancellationToken">Ends the wait for the schedule.</param>
    /// <returns>The schedule afterwards; null when there is none.</returns>
    public ValueTask<ScheduleInfo?> SetAsync(string id, Func<ScheduleSettings, ScheduleSettings> change, CancellationToken cancellationToken) =>
        SetAsync(id, (setByOperator, _) => change(setByOperator), cancellationToken);

    /// <summary>Pauses a schedule or resumes it. While it is paused nothing starts; afterwards its misfire policy decides about what was missed.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="isPaused">Whether it is paused from now on.</param>
    /// <param name="cancellationToken">Ends the wait for the schedule.</param>
    /// <returns>The schedule afterwards; null when there is none.</returns>
    public ValueTask<ScheduleInfo?> PauseAsync(string id, bool isPaused, CancellationToken cancellationToken) => SetAsync(
        id,
        (setByOperator, ofDocument) => setByOperator with { IsPaused = isPaused == (ofDocument.IsPaused ?? false) ? null : isPaused },
        cancellationToken);

    /// <summary>Starts an instance now, beside the ticks and whatever the policies say.</summary>
    /// <param name="id">The schedule.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    /// <returns>The id that the instance will have; null when there is no such schedule.</returns>
    public async ValueTask<string?> TriggerAsync(string id, CancellationToken cancellationToken)
    {
        using var _ = await ticks.Gate.EnterAsync(id, cancellationToken);
        if (await TriggerOfAsync(id, cancellationToken) is not { } trigger)
            return null;
        var name = runs.NewExtraName();
        await StartAsync(trigger, [name], cancellationToken);
        return ScheduleRuns.InstanceIdOf(trigger.DefinitionId, trigger.ActivityId, name);
    }

    /// <summary>Starts the ticks of a past range, each once: those that have an instance already are left out.</summary>
    /// <param name="id">The schedule.</param>
    /// <param name="from">First moment, inclusive.</param>
    /// <param name="to">Last moment, inclusive.</param>
    /// <param name="isDryRun">Only tells what it would start.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    public async ValueTask<BackfillResult> BackfillAsync(string id, DateTimeOffset from, DateTimeOffset to, bool isDryRun, CancellationToken cancellationToken)
    {
        using var _ = await ticks.Gate.EnterAsync(id, cancellationToken);
        if (await TriggerOfAsync(id, cancellationToken) is not { } trigger || Schedules.Read(trigger.Name, trigger.Payload) is not { } schedule)
            return new BackfillResult.NotFound();
        var next = schedule.Ticks((await ticks.SettingsAsync(trigger, cancellationToken)).Zone);
        var found = new List<DateTimeOffset>();
        for (var tick = next(from.UtcTicks == 0 ? from : from.AddTicks(-1)); tick <= to; tick = next(tick.Value))
        {
            found.Add(tick.Value);
            if (found.Count > options.ScheduleBackfillMax)
                return new BackfillResult.TooMany(options.ScheduleBackfillMax);
        }

        var result = await CheckAsync(trigger, found, cancellationToken);
        var starts = result.Where(tick => tick.IsStarted).Select(tick => TickPlan.NameOf(tick.At)).ToList();
        if (!isDryRun && starts.Count > 0)
            await StartAsync(trigger, starts, cancellationToken);
        return new BackfillResult.Done(result);
    }

    private async ValueTask<ScheduleInfo?> SetAsync(
        string id, Func<ScheduleSettings, ScheduleSettings, ScheduleSettings> change, CancellationToken cancellationToken)
    {
        using var _ = await ticks.Gate.EnterAsync(id, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            if (await TriggerOfAsync(id, cancellationToken) is not { } trigger)
                return null;
            var ofDocument = await ticks.OfDocumentAsync(trigger, cancellationToken);
            var former = await SetByOperatorAsync(id, cancellationToken);
            var setting = change(former, ofDocument);
            var commit = new Commit();
            if (setting == ScheduleSettings.Default)
                commit.DeletedDocuments = [new DocumentKey(ScheduleDocuments.OverrideKind, id)];
            else
                commit.Documents = [ScheduleDocuments.Of(trigger.DefinitionId, trigger.ActivityId, setting)];
            if (InZone(trigger, setting.Or(ofDocument)) is { } advance)
                commit.TriggerAdvances = [advance];
            AuditScope.Current?.AddTo(commit, new AuditChange("schedule", id, null) { Before = Describe(former), After = Describe(setting) });
            var outcome = await store.CommitAsync(commit, CancellationToken.None);
            if (outcome == CommitOutcome.Committed)
            {
                signals.RaiseDueAdded(DateTimeOffset.MinValue);
                return await FindAsync(id, cancellationToken);
            }

            if (attempt == AttemptsMax)
                throw new InvalidOperationException($"Changing the schedule '{id}' failed: {outcome}.");
        }
    }

    private async ValueTask StartAsync(StoredTrigger trigger, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var settings = await ticks.SettingsAsync(trigger, cancellationToken);
        var status = await ticks.StatusAsync(trigger, cancellationToken);
        var plan = await ticks.PlanAsync(trigger, settings, status, cancellationToken);
        foreach (var name in names)
            plan.StartExtra(name);
        var commit = new Commit();
        var id = ScheduleDocuments.IdOf(trigger);
        AuditScope.Current?.AddTo(commit, new AuditChange("schedule", id, null) { After = new JsonObject { ["started"] = names.Count } });
        var outcome = await ticks.CommitAsync(trigger, settings, plan, plan.After(clock.GetUtcNow(), 0), commit, cancellationToken);
        if (outcome != CommitOutcome.Committed)
            throw new InvalidOperationException($"Starting instances of the schedule '{id}' failed: {outcome}.");
    }

    private static JsonObject Describe(ScheduleSettings settings) => new()
    {
        ["misfirePolicy"] = settings.MisfirePolicy?.ToString(),
        ["overlapPolicy"] = settings.OverlapPolicy?.ToString(),
        ["timeZone"] = settings.TimeZone,
        ["isPaused"] = settings.IsPaused,
    };

    private async ValueTask<List<BackfillTick>> CheckAsync(StoredTrigger trigger, List<DateTimeOffset> found, CancellationToken cancellationToken)
    {
        var known = await runs.KnownAsync(trigger, found.ConvertAll(TickPlan.NameOf), cancellationToken);
        return found.ConvertAll(tick =>
        {
            var name = TickPlan.NameOf(tick);
            return new BackfillTick(tick, ScheduleRuns.InstanceIdOf(trigger.DefinitionId, trigger.ActivityId, name), !known.Contains(name));
        });
    }

    /// <summary>A schedule whose time zone changes is due at another moment. What is overdue stays overdue.</summary>
    private TriggerAdvance? InZone(StoredTrigger trigger, ScheduleSettings settings)
    {
        if (trigger.DueAt is not { } due || Schedules.Read(trigger.Name, trigger.Payload) is not CronTriggerPayload cron)
            return null;
        var now = clock.GetUtcNow();
        var next = cron.Ticks(settings.Zone)(due <= now ? due.AddTicks(-1) : now);
        return next == due ? null : new TriggerAdvance(trigger.Id, due, next);
    }

    private async ValueTask<ScheduleSettings> SetByOperatorAsync(string id, CancellationToken cancellationToken) => ScheduleDocuments.ReadOverrideOr(
        await store.FindDocumentAsync(ScheduleDocuments.OverrideKind, id, cancellationToken), ScheduleSettings.Default, out _);

    private async ValueTask<ScheduleInfo> DescribeAsync(StoredTrigger trigger, CancellationToken cancellationToken)
    {
        var id = ScheduleDocuments.IdOf(trigger);
        var document = await store.FindDocumentAsync(ScheduleDocuments.StatusKind, id, cancellationToken);
        var status = (document is null ? null : ScheduleDocuments.ReadStatus(document.Json)) ?? new ScheduleStatus(trigger.DefinitionId, trigger.ActivityId);
        var expression = Schedules.Read(trigger.Name, trigger.Payload) switch
        {
            CronTriggerPayload cron => cron.CronExpression,
            TimerTriggerPayload timer => timer.Interval.ToString("c", CultureInfo.InvariantCulture),
            StartAtPayload start => start.ExecuteAt.ToString("O", CultureInfo.InvariantCulture),
            _ => "",
        };
        return new ScheduleInfo(id, trigger.DefinitionId, trigger.ActivityId, trigger.Name["Elsa.".Length..], expression)
        {
            Settings = await ticks.SettingsAsync(trigger, cancellationToken),
            SetByOperator = await SetByOperatorAsync(id, cancellationToken),
            NextDueAt = trigger.DueAt,
            LastTickAt = status.LastTickAt,
            LastFiredAt = status.LastFiredAt,
            FiredCount = status.Fired,
            MissedCount = status.Missed,
            SkippedCount = status.Skipped,
            QueuedCount = status.VersionId == trigger.DefinitionVersionId ? status.Queued.Count : 0,
        };
    }

    /// <summary>Either part of the id may hold a bar.</summary>
    private async ValueTask<StoredTrigger?> TriggerOfAsync(string id, CancellationToken cancellationToken)
    {
        for (var bar = id.IndexOf('|', StringComparison.Ordinal); bar >= 0; bar = id.IndexOf('|', bar + 1))
        {
            var triggers = await store.FindTriggersAsync(new TriggerFilter { DefinitionId = id[..bar] }, cancellationToken);
            if (triggers.FirstOrDefault(trigger => trigger.ActivityId == id[(bar + 1)..] && Schedules.Names.Contains(trigger.Name)) is { } found)
                return found;
        }

        return null;
    }
}
