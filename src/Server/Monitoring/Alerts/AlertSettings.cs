using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Runtime;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;

namespace Platform.Server.Monitoring.Alerts;

/// <summary>The rules of alerts, and the silences. Thread-safe.</summary>
internal sealed class AlertSettings : IDisposable
{
    /// <summary>Kind of the documents of rules.</summary>
    public const string RuleKind = "alert-rule";

    /// <summary>Most silences at once.</summary>
    public const int SilencesMax = 1_000;

    private readonly IWorkflowStore _store;
    private readonly Ids _ids;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private ImmutableList<Silence> _silences = [];

    /// <summary>Makes the settings.</summary>
    /// <param name="options">The rules of the configuration.</param>
    /// <param name="store">Where the others are kept.</param>
    /// <param name="ids">Makes ids.</param>
    /// <param name="clock">Time.</param>
    /// <param name="logger">Log.</param>
    public AlertSettings(AlertOptions options, IWorkflowStore store, Ids ids, TimeProvider clock, ILogger<AlertSettings> logger)
    {
        (_store, _ids, _clock, _logger) = (store, ids, clock, logger);
        Rules = new NamedSettings<AlertRule>(RuleKind, MonitorJson.Readable.AlertRule, store, logger);
        Rules.Begin(AlertRule.BuiltIn.ToDictionary(rule => rule.Name, StringComparer.OrdinalIgnoreCase), options.ToRules());
    }

    /// <summary>The rules.</summary>
    public NamedSettings<AlertRule> Rules { get; }

    /// <summary>The silences that are not over, the one that ends first in front.</summary>
    public IReadOnlyList<Silence> Silences => [.. _silences.Where(silence => silence.Until > _clock.GetUtcNow()).OrderBy(silence => silence.Until)];

    /// <inheritdoc />
    public void Dispose() => Rules.Dispose();

    /// <summary>Reads what is stored.</summary>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        await Rules.LoadAsync(cancellationToken);
        List<Silence> silences = [];
        foreach (var document in await _store.ListDocumentsAsync(Silence.DocumentKind, cancellationToken))
        {
            if (MonitorDocument.Read(document, MonitorJson.Readable.Silence, _logger) is { } silence)
                silences.Add(silence);
        }

        _silences = [.. silences];
    }

    /// <summary>Whether alerts of a rule and a subject are silenced now.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="subject">The subject.</param>
    public bool IsSilenced(string rule, string subject) => _silences.Exists(silence => silence.Covers(rule, subject, _clock.GetUtcNow()));

    /// <summary>Silences alerts. Silences that are over go with it.</summary>
    /// <param name="rule">Only of this rule, or null.</param>
    /// <param name="subject">Only of this subject, or null.</param>
    /// <param name="until">Until when, UTC.</param>
    /// <param name="reason">Why, or null.</param>
    /// <param name="by">Who does it.</param>
    public async ValueTask<Silence> AddAsync(string? rule, string? subject, DateTimeOffset until, string? reason, string by)
    {
        var silence = new Silence(_ids.New(), rule, subject, until, reason, by, _clock.GetUtcNow());
        var over = _silences.Where(known => known.Until <= silence.At).ToList();
        var commit = new Commit
        {
            Documents = [MonitorDocument.Of(Silence.DocumentKind, silence.Id, silence, MonitorJson.Readable.Silence)],
            DeletedDocuments = [.. over.Select(known => new DocumentKey(Silence.DocumentKind, known.Id))],
        };
        AuditScope.Current?.AddTo(commit, new AuditChange("silence", silence.Id, null) { After = ToJson(silence) });
        await _store.CommitAsync(commit, CancellationToken.None);
        ImmutableInterlocked.Update(ref _silences, silences => silences.RemoveRange(over).Add(silence));
        return silence;
    }

    /// <summary>Ends a silence.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>False when there is none.</returns>
    public async ValueTask<bool> RemoveAsync(string id)
    {
        if (Silences.FirstOrDefault(silence => silence.Id == id) is not { } silence)
            return false;
        var commit = new Commit { DeletedDocuments = [new DocumentKey(Silence.DocumentKind, id)] };
        AuditScope.Current?.AddTo(commit, new AuditChange("silence", id, null) { Before = ToJson(silence) });
        await _store.CommitAsync(commit, CancellationToken.None);
        ImmutableInterlocked.Update(ref _silences, silences => silences.Remove(silence));
        return true;
    }

    private static JsonObject? ToJson(Silence silence) => JsonSerializer.SerializeToNode(silence, MonitorJson.Readable.Silence) as JsonObject;
}
