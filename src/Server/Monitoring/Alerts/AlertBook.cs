using Platform.Runtime;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;
using Platform.Server.Monitoring.Health;
using Platform.Server.Monitoring.Series;

namespace Platform.Server.Monitoring.Alerts;

/// <summary>
/// Opens, keeps up and resolves alerts, one for each rule and subject at a time. They are stored as they change; while the store fails they
/// are told all the same, and stored later. Thread-safe.
/// </summary>
/// <param name="monitor">Knows how everything is.</param>
/// <param name="settings">Rules and silences.</param>
/// <param name="notices">Who is told.</param>
/// <param name="store">Where alerts are kept.</param>
/// <param name="context">Options, ids, time.</param>
/// <param name="logger">Log.</param>
internal sealed class AlertBook(
    HealthMonitor monitor, AlertSettings settings, NoticeQueue notices, IWorkflowStore store, AlertContext context, ILogger<AlertBook> logger) : IDisposable
{
    /// <summary>How often it is stored that an alert goes on; that it began or ended is stored at once.</summary>
    private static readonly TimeSpan StoreInterval = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _sync = new();
    private readonly ConditionWatch _watch = new(context.BetterAfter);
    private readonly SortedDictionary<string, Alert> _alerts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _storedAt = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unstored = new(StringComparer.Ordinal);
    private readonly HashSet<string> _forgotten = new(StringComparer.Ordinal);

    /// <summary>All alerts, those that were opened last in front.</summary>
    public IReadOnlyList<Alert> All
    {
        get
        {
            lock (_sync)
                return [.. _alerts.Values.Reverse()];
        }
    }

    /// <summary>The alerts whose condition holds.</summary>
    public IReadOnlyList<Alert> Active => [.. All.Where(alert => alert.IsActive)];

    /// <inheritdoc />
    public void Dispose() => _turn.Dispose();

    /// <summary>The alert with this id, or null.</summary>
    /// <param name="id">The id.</param>
    public Alert? Find(string id)
    {
        lock (_sync)
            return _alerts.GetValueOrDefault(id);
    }

    /// <summary>Reads what is stored; what was open goes on.</summary>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        await settings.LoadAsync(cancellationToken);
        foreach (var document in await store.ListDocumentsAsync(Alert.DocumentKind, cancellationToken))
        {
            if (MonitorDocument.Read(document, MonitorJson.Readable.Alert, logger) is not { } alert)
                continue;
            _alerts[alert.Id] = alert;
            if (alert.IsActive)
                _watch.Restore(alert.Rule, alert.Subject, alert.FirstAt);
        }
    }

    /// <summary>Compares everything with every rule.</summary>
    public async ValueTask EvaluateAsync()
    {
        await _turn.WaitAsync();
        try
        {
            var now = context.Clock.GetUtcNow();
            var views = monitor.Views;
            var rules = settings.Rules.All.Select(item => item.Value).Where(rule => rule.IsEnabled).ToList();
            var active = Active.ToDictionary(alert => (alert.Rule, alert.Subject));
            foreach (var rule in rules)
            {
                foreach (var view in views.Where(view => Condition.Names(rule.Subject, view.Id)))
                    Look(rule, view, active.GetValueOrDefault((rule.Name, view.Id)), now);
            }

            var isWatched = rules.SelectMany(rule => views.Where(view => Condition.Names(rule.Subject, view.Id)).Select(view => (rule.Name, view.Id))).ToHashSet();
            _watch.Forget((rule, subject) => !isWatched.Contains((rule, subject)));
            foreach (var alert in active.Values.Where(alert => !isWatched.Contains((alert.Rule, alert.Subject))))
                Resolve(alert, now);
            Forget(now);
            await StoreAsync(now);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Says that somebody has looked at an alert.</summary>
    /// <param name="id">The alert.</param>
    /// <param name="by">Who.</param>
    /// <param name="note">What they say, or null.</param>
    /// <returns>The alert; null when there is none. One that is resolved stays as it is.</returns>
    public async ValueTask<Alert?> AcknowledgeAsync(string id, string by, string? note)
    {
        await _turn.WaitAsync();
        try
        {
            if (Find(id) is not { IsActive: true } alert)
                return Find(id);
            var now = context.Clock.GetUtcNow();
            var known = alert with { State = AlertState.Acknowledged, AcknowledgedAt = now, AcknowledgedBy = by, Note = note ?? alert.Note };
            var commit = new Commit { Documents = [MonitorDocument.Of(Alert.DocumentKind, id, known, MonitorJson.Readable.Alert)] };
            AuditScope.Current?.AddTo(commit, new AuditChange("alert", id, null) { Before = new() { ["state"] = alert.State.ToString() }, After = new() { ["state"] = known.State.ToString(), ["note"] = note } });
            await store.CommitAsync(commit, CancellationToken.None);
            Put(known);
            return known;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Notes that a channel was told, or could not be.</summary>
    /// <param name="id">The alert.</param>
    /// <param name="notice">Who was told.</param>
    public async ValueTask NoteAsync(string id, AlertNotice notice)
    {
        await _turn.WaitAsync();
        try
        {
            if (Find(id) is not { } alert)
                return;
            Put(alert with { Notices = [.. alert.Notices, notice] });
            _unstored.Add(id);
            await StoreAsync(context.Clock.GetUtcNow());
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Look(AlertRule rule, SubjectView view, Alert? alert, DateTimeOffset now)
    {
        var condition = rule.Condition;
        var state = _watch.Look(rule.Name, condition, view, now);
        if (state == ConditionState.Quiet && alert is not null)
        {
            Resolve(alert, now);
            return;
        }

        if (state != ConditionState.Firing || view.FindFigure(rule.Metric) is not { } figure)
            return;
        var isSilenced = settings.IsSilenced(rule.Name, view.Id);
        if (alert is null)
        {
            Open(rule, view, figure.Value, isSilenced, now);
            return;
        }

        var isNews = view.CheckedAt > alert.LastAt && condition.Holds(figure.Value);
        var goesOn = alert with
        {
            Value = isNews ? figure.Value : alert.Value,
            Worst = isNews && condition.IsWorse(figure.Value, alert.Worst) ? figure.Value : alert.Worst,
            Count = isNews ? alert.Count + 1 : alert.Count,
            LastAt = isNews ? view.CheckedAt!.Value : alert.LastAt,
            Message = isNews ? condition.Describe(view, figure.Value) : alert.Message,
            IsSilenced = isSilenced,
        };
        Put(goesOn);
        if (alert.IsSilenced == isSilenced)
            return;
        _unstored.Add(alert.Id);
        // What began in silence is told when the silence is over and it still is so.
        if (!isSilenced && !WasTold(alert))
            notices.Add(goesOn, rule.Channels, NoticeQueue.Opened);
    }

    private void Open(AlertRule rule, SubjectView view, double value, bool isSilenced, DateTimeOffset now)
    {
        var since = _watch.SinceOf(rule.Name, view.Id) ?? now;
        var alert = new Alert(
            context.Ids.New(), rule.Name, view.Id, rule.Severity, AlertState.Open, rule.Metric, rule.Comparison, rule.Threshold, value, value,
            MetricCatalog.UnitOf(rule.Metric), rule.Condition.Describe(view, value), 1, since, view.CheckedAt ?? now, null, null, null, null, isSilenced, []);
        Put(alert);
        _unstored.Add(alert.Id);
        Log.AlertOpened(logger, alert.Rule, alert.Subject, alert.Severity, alert.Message);
        if (!isSilenced)
            notices.Add(alert, rule.Channels, NoticeQueue.Opened);
    }

    private void Resolve(Alert alert, DateTimeOffset now)
    {
        var over = alert with { State = AlertState.Resolved, ResolvedAt = now };
        Put(over);
        _unstored.Add(alert.Id);
        Log.AlertResolved(logger, alert.Rule, alert.Subject, now - alert.FirstAt);
        if (WasTold(alert) && !settings.IsSilenced(alert.Rule, alert.Subject))
            notices.Add(over, settings.Rules.Find(alert.Rule)?.Channels ?? [], NoticeQueue.Recovered);
    }

    /// <summary>Whether somebody was told of it, or is being told.</summary>
    private static bool WasTold(Alert alert) => !alert.IsSilenced || alert.Notices.Any(notice => notice.Kind == NoticeQueue.Opened);

    private void Put(Alert alert)
    {
        lock (_sync)
            _alerts[alert.Id] = alert;
    }

    private void Forget(DateTimeOffset now)
    {
        lock (_sync)
        {
            var resolved = _alerts.Values.Where(alert => !alert.IsActive).ToList();
            var tooMany = Math.Max(0, _alerts.Count - context.Options.KeptMax);
            foreach (var alert in resolved.Take(tooMany).Concat(resolved.Where(alert => alert.ResolvedAt <= now - context.Options.KeepFor)).Distinct().ToList())
            {
                _alerts.Remove(alert.Id);
                _storedAt.Remove(alert.Id);
                _unstored.Remove(alert.Id);
                _forgotten.Add(alert.Id);
            }
        }
    }

    private async ValueTask StoreAsync(DateTimeOffset now)
    {
        var due = Active.Where(alert => _storedAt.GetValueOrDefault(alert.Id) <= now - StoreInterval).Select(alert => alert.Id).Concat(_unstored).Distinct().ToList();
        if (due.Count == 0 && _forgotten.Count == 0)
            return;
        var commit = new Commit
        {
            Documents = [.. due.Select(Find).OfType<Alert>().Select(alert => MonitorDocument.Of(Alert.DocumentKind, alert.Id, alert, MonitorJson.Readable.Alert))],
            DeletedDocuments = [.. _forgotten.Select(id => new DocumentKey(Alert.DocumentKind, id))],
        };
        try
        {
            await store.CommitAsync(commit, CancellationToken.None);
        }
        // An alert may be about the store itself: it stays in memory, is told, and is stored with the next round.
        catch (StoreException exception)
        {
            _unstored.UnionWith(due);
            Log.AlertsNotStored(logger, exception, due.Count);
            return;
        }

        foreach (var id in due)
            _storedAt[id] = now;
        _unstored.Clear();
        _forgotten.Clear();
    }
}

/// <summary>What alerts need to know.</summary>
/// <param name="Options">How long they are kept.</param>
/// <param name="BetterAfter">Checks in a row that end one.</param>
/// <param name="Ids">Makes ids.</param>
/// <param name="Clock">Time.</param>
internal sealed record AlertContext(AlertOptions Options, int BetterAfter, Ids Ids, TimeProvider Clock);
