using System.Text.Json.Nodes;
using Platform.Runtime;
using Platform.Runtime.Audit;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Store;
using Platform.Server.Monitoring.Alerts;
using Platform.Server.Monitoring.Health;

namespace Platform.Server.Monitoring.Remedies;

/// <summary>
/// Starts remedies while they are wanted: not while the one before runs, not before their cooldown is over, and only so often in an hour. All
/// that was done or left out is in its log. What a crash interrupts is done at the next start, once. Thread-safe.
/// </summary>
/// <param name="monitor">Knows how everything is.</param>
/// <param name="alerts">The alerts.</param>
/// <param name="starter">Starts workflows.</param>
/// <param name="settings">The remedies.</param>
/// <param name="store">Where the log is kept.</param>
/// <param name="context">Options, ids, time.</param>
internal sealed class RemedyBook(
    HealthMonitor monitor, AlertBook alerts, RemedyStarter starter, NamedSettings<Remedy> settings, IWorkflowStore store, RemedyContext context) : IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _sync = new();
    private readonly ConditionWatch _watch = new(context.BetterAfter);
    private readonly SortedDictionary<string, RemedyRun> _runs = new(StringComparer.Ordinal);

    /// <summary>The remedies.</summary>
    public NamedSettings<Remedy> Settings => settings;

    /// <summary>The log, what came last in front.</summary>
    public IReadOnlyList<RemedyRun> Runs
    {
        get
        {
            lock (_sync)
                return [.. _runs.Values.Reverse()];
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _turn.Dispose();
        settings.Dispose();
    }

    /// <summary>Reads what is stored.</summary>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        await settings.LoadAsync(cancellationToken);
        foreach (var document in await store.ListDocumentsAsync(RemedyRun.DocumentKind, cancellationToken))
        {
            if (MonitorDocument.Read(document, MonitorJson.Readable.RemedyRun, context.Logger) is { } run)
                _runs[run.Id] = run;
        }
    }

    /// <summary>What a remedy has done in the last hour, what it only would have done included.</summary>
    /// <param name="remedy">Its name.</param>
    public int ActionsInHour(string remedy)
    {
        var since = context.Clock.GetUtcNow() - Hour;
        return Runs.Count(run => run.Remedy == remedy && run.IsAction && run.At > since);
    }

    /// <summary>Starts what is wanted. Nothing is done while the server is stopped.</summary>
    /// <param name="cancellationToken">Ends the work between two remedies.</param>
    public async ValueTask EvaluateAsync(CancellationToken cancellationToken)
    {
        if (context.Intake.IsClosed)
            return;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            foreach (var planned in Runs.Where(run => run.Outcome == RemedyOutcome.Planned).Reverse())
                await FinishAsync(planned, cancellationToken);
            var remedies = settings.All.Select(item => item.Value).Where(remedy => remedy.Mode != RemedyMode.Off).ToList();
            foreach (var remedy in remedies)
            {
                foreach (var wish in WishesFor(remedy))
                    await ActAsync(remedy, wish, cancellationToken);
            }

            var names = remedies.Where(remedy => remedy.Condition is not null).Select(remedy => remedy.Name).ToHashSet(StringComparer.Ordinal);
            _watch.Forget((owner, subject) => !names.Contains(owner) || monitor.Find(subject) is null);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Starts a remedy by hand, whatever its mode and its cooldown.</summary>
    /// <param name="remedy">The remedy.</param>
    /// <param name="subject">For what.</param>
    /// <param name="by">Who wants it.</param>
    /// <param name="cancellationToken">Ends the work before it is planned.</param>
    /// <returns>What came of it; null when it has done as much as it may in an hour.</returns>
    public async ValueTask<RemedyRun?> RunAsync(Remedy remedy, string subject, string by, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (ActionsInHour(remedy.Name) >= remedy.MaxPerHour)
                return null;
            var alert = alerts.Active.FirstOrDefault(alert => alert.Subject.Equals(subject, StringComparison.OrdinalIgnoreCase) && (remedy.Rule is null || alert.Rule.Equals(remedy.Rule, StringComparison.OrdinalIgnoreCase)));
            var wish = alert is null ? new RemedyWish(subject, null, remedy.Condition?.Metric, null, null, null) : WishOf(alert);
            return await StartAsync(remedy, wish, by, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static RemedyWish WishOf(Alert alert) => new(alert.Subject, alert.Id, alert.Metric, alert.Value, alert.Threshold, alert.Message);

    private IEnumerable<RemedyWish> WishesFor(Remedy remedy)
    {
        if (remedy.Rule is { } rule)
        {
            return alerts.Active
                .Where(alert => !alert.IsSilenced && alert.Rule.Equals(rule, StringComparison.OrdinalIgnoreCase) && Condition.Names(remedy.Subject, alert.Subject))
                .Where(IsStillSo)
                .Where(alert => remedy.Workflow != Remedy.RestartWorkflow || context.CanRestart(alert.Subject))
                .Select(WishOf);
        }

        if (remedy.Condition is not { } condition)
            return [];
        var now = context.Clock.GetUtcNow();
        return
        [
            .. monitor.Views
                .Where(view => Condition.Names(remedy.Subject, view.Id) && Condition.Names(condition.Subject, view.Id))
                .Where(view => _watch.Look(remedy.Name, condition, view, now) == ConditionState.Firing)
                .Select(view => (View: view, Value: view.FindFigure(condition.Metric)?.Value ?? double.NaN))
                .Where(seen => condition.Holds(seen.Value))
                .Select(seen => new RemedyWish(seen.View.Id, null, condition.Metric, seen.Value, condition.Threshold, condition.Describe(seen.View, seen.Value))),
        ];
    }

    /// <summary>Whether the last check saw what the alert is about: one that is about to end wants nothing any more.</summary>
    private bool IsStillSo(Alert alert) =>
        monitor.Find(alert.Subject)?.FindFigure(alert.Metric) is not { } figure
        || new Condition(alert.Metric, alert.Subject, alert.Comparison, alert.Threshold, TimeSpan.Zero).Holds(figure.Value);

    private async ValueTask ActAsync(Remedy remedy, RemedyWish wish, CancellationToken cancellationToken)
    {
        var now = context.Clock.GetUtcNow();
        var last = Runs.FirstOrDefault(run => run.Remedy == remedy.Name && run.Subject == wish.Subject && run.IsAction);
        if (last is not null && now - last.At < remedy.Cooldown)
            return;
        if (last?.InstanceId is { } instanceId && await starter.IsRunningAsync(instanceId, cancellationToken))
            return;
        if (ActionsInHour(remedy.Name) >= remedy.MaxPerHour)
        {
            // Said once for each time that it is too much, not at every look.
            if (Runs.FirstOrDefault(run => run.Remedy == remedy.Name) is not { Outcome: RemedyOutcome.Capped })
                await AddAsync(NewRun(remedy, wish, RemedyRun.Monitor, null) with { Outcome = RemedyOutcome.Capped, Detail = $"It has done as much as it may in an hour, {remedy.MaxPerHour}." });
            return;
        }

        if (remedy.Mode == RemedyMode.On)
            await StartAsync(remedy, wish, RemedyRun.Monitor, cancellationToken);
        else
            await AddAsync(NewRun(remedy, wish, RemedyRun.Monitor, null) with { Outcome = RemedyOutcome.DryRun, Detail = $"It would start the workflow '{remedy.Workflow}'." });
    }

    private async ValueTask<RemedyRun> StartAsync(Remedy remedy, RemedyWish wish, string by, CancellationToken cancellationToken)
    {
        var own = settings.All.Select(item => item.Value.Workflow).ToHashSet(StringComparer.Ordinal);
        var run = NewRun(remedy, wish, by, await starter.FindBusiestAsync(wish.Metric, own, cancellationToken));
        // First what is going to be done, so that it is done once whatever happens in between.
        await AddAsync(run);
        return await FinishAsync(run, cancellationToken);
    }

    private async ValueTask<RemedyRun> FinishAsync(RemedyRun planned, CancellationToken cancellationToken)
    {
        var run = await starter.StartAsync(planned, cancellationToken);
        await StoreAsync(run, new Commit());
        if (run.Outcome == RemedyOutcome.Started)
            Log.RemedyStarted(context.Logger, run.Remedy, run.Subject, run.Workflow, run.InstanceId, run.By);
        else
            Log.RemedyFailed(context.Logger, run.Remedy, run.Subject, run.Detail);
        return run;
    }

    private RemedyRun NewRun(Remedy remedy, RemedyWish wish, string by, string? busiest) => new(
        context.Ids.New(), remedy.Name, wish.Subject, wish.AlertId, context.Clock.GetUtcNow(), by, RemedyOutcome.Planned, wish.Message,
        remedy.Workflow, null, wish.Value, wish.ToInput(remedy, busiest));

    private async ValueTask AddAsync(RemedyRun run)
    {
        var commit = new Commit();
        var change = new AuditChange("remedy", run.Remedy, null)
        {
            After = new JsonObject { ["run"] = run.Id, ["subject"] = run.Subject, ["outcome"] = run.Outcome.ToString(), ["workflow"] = run.Workflow, ["alert"] = run.AlertId },
        };
        (AuditScope.Current ?? AuditScope.OfSystem("remedy.run", context.Ids, context.Clock)).AddTo(commit, change);
        await StoreAsync(run, commit);
        if (run.Outcome is RemedyOutcome.Capped or RemedyOutcome.DryRun)
            Log.RemedyNotRun(context.Logger, run.Remedy, run.Subject, run.Outcome, run.Detail);
    }

    private async ValueTask StoreAsync(RemedyRun run, Commit commit)
    {
        commit.Documents = [MonitorDocument.Of(RemedyRun.DocumentKind, run.Id, run, MonitorJson.Readable.RemedyRun)];
        List<RemedyRun> old;
        lock (_sync)
            old = [.. _runs.Values.Where(other => other.Outcome != RemedyOutcome.Planned && other.Id != run.Id).Take(Math.Max(0, _runs.Count + 1 - context.Options.KeptMax))];
        commit.DeletedDocuments = [.. old.Select(other => new DocumentKey(RemedyRun.DocumentKind, other.Id))];
        await store.CommitAsync(commit, CancellationToken.None);
        lock (_sync)
        {
            _runs[run.Id] = run;
            foreach (var other in old)
                _runs.Remove(other.Id);
        }
    }
}

/// <summary>What remedies need to know.</summary>
/// <param name="Options">How much is kept.</param>
/// <param name="BetterAfter">Checks in a row that end a condition.</param>
/// <param name="Intake">Whether anything may start.</param>
/// <param name="Ids">Makes ids.</param>
/// <param name="Clock">Time.</param>
/// <param name="Logger">Log.</param>
internal sealed record RemedyContext(RemedyOptions Options, int BetterAfter, Intake Intake, Ids Ids, TimeProvider Clock, ILogger<RemedyBook> Logger)
{
    /// <summary>Whether a subject is a service that the server can restart. Default: none is.</summary>
    public Func<string, bool> CanRestart { get; init; } = _ => false;
}
