using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;

namespace Platform.Server.Monitoring;

/// <summary>What came of a change of settings.</summary>
internal enum SettingChange
{
    /// <summary>It is stored and counts.</summary>
    Saved,

    /// <summary>There is one of this name already.</summary>
    Taken,

    /// <summary>There is none of this name.</summary>
    Missing,

    /// <summary>Nothing is stored of it: it is built in, or comes from the configuration.</summary>
    NotStored,

    /// <summary>As many are stored as may be.</summary>
    TooMany,
}

/// <summary>
/// Settings with names, of three layers: what is built in, over it the configuration, over it what people stored. All are in memory. Thread-safe.
/// </summary>
/// <typeparam name="T">The setting.</typeparam>
/// <param name="kind">Kind of the documents and of the targets in the audit log.</param>
/// <param name="json">The stored form.</param>
/// <param name="store">Where they are kept.</param>
/// <param name="logger">Log.</param>
internal sealed partial class NamedSettings<T>(string kind, JsonTypeInfo<T> json, IWorkflowStore store, ILogger logger) : IDisposable
    where T : class
{
    private const int CountMax = 1_000;
    private const int NameLengthMax = 100;
    private readonly SemaphoreSlim _changing = new(1);
    private Dictionary<string, T> _builtIn = new(StringComparer.OrdinalIgnoreCase);
    private Dictionary<string, T> _configured = new(StringComparer.OrdinalIgnoreCase);
    private volatile Dictionary<string, T> _stored = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>All that count, by name.</summary>
    public IReadOnlyList<(string Name, T Value)> All =>
    [
        .. _builtIn.Keys.Concat(_configured.Keys).Concat(_stored.Keys).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)
            .Select(name => (name, Find(name)!)),
    ];

    /// <inheritdoc />
    public void Dispose() => _changing.Dispose();

    /// <summary>Whether a text can be a name.</summary>
    /// <param name="name">The text.</param>
    public static bool IsName(string name) => name.Length <= NameLengthMax && Name().IsMatch(name);

    /// <summary>The one with this name that counts, or null.</summary>
    /// <param name="name">The name, in any case.</param>
    public T? Find(string name) => _stored.GetValueOrDefault(name) ?? _configured.GetValueOrDefault(name) ?? _builtIn.GetValueOrDefault(name);

    /// <summary>Where the one with this name comes from: <c>store</c>, <c>configuration</c> or <c>builtIn</c>.</summary>
    /// <param name="name">The name, in any case.</param>
    public string SourceOf(string name) => _stored.ContainsKey(name) ? "store" : _configured.ContainsKey(name) ? "configuration" : "builtIn";

    /// <summary>Sets the two lower layers.</summary>
    /// <param name="builtIn">What is built in.</param>
    /// <param name="configured">The configuration.</param>
    public void Begin(Dictionary<string, T> builtIn, Dictionary<string, T> configured) => (_builtIn, _configured) = (builtIn, configured);

    /// <summary>Reads what is stored.</summary>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        var stored = new Dictionary<string, T>(StringComparer.OrdinalIgnoreCase);
        foreach (var document in await store.ListDocumentsAsync(kind, cancellationToken))
        {
            if (MonitorDocument.Read(document, json, logger) is { } value)
                stored[document.Id] = value;
        }

        _stored = stored;
    }

    /// <summary>Stores one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">The setting.</param>
    /// <param name="isNew">Whether there must be none yet; otherwise there must be one.</param>
    public async ValueTask<SettingChange> SaveAsync(string name, T value, bool isNew)
    {
        await _changing.WaitAsync();
        try
        {
            var known = Find(name);
            if (isNew && known is not null)
                return SettingChange.Taken;
            if (!isNew && known is null)
                return SettingChange.Missing;
            if (!_stored.ContainsKey(name) && _stored.Count >= CountMax)
                return SettingChange.TooMany;
            // The name as it was written first.
            var id = _stored.Keys.FirstOrDefault(other => other.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? name;
            var commit = new Commit { Documents = [MonitorDocument.Of(kind, id, value, json)] };
            AuditScope.Current?.AddTo(commit, new AuditChange(kind, id, null) { Before = ToJson(known), After = ToJson(value) });
            await store.CommitAsync(commit, CancellationToken.None);
            _stored = new Dictionary<string, T>(_stored, StringComparer.OrdinalIgnoreCase) { [id] = value };
            return SettingChange.Saved;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Takes back what was stored.</summary>
    /// <param name="name">Its name.</param>
    public async ValueTask<SettingChange> RemoveAsync(string name)
    {
        await _changing.WaitAsync();
        try
        {
            if (_stored.Keys.FirstOrDefault(other => other.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } id)
                return Find(name) is null ? SettingChange.Missing : SettingChange.NotStored;
            var commit = new Commit { DeletedDocuments = [new DocumentKey(kind, id)] };
            AuditScope.Current?.AddTo(commit, new AuditChange(kind, id, null) { Before = ToJson(_stored[id]) });
            await store.CommitAsync(commit, CancellationToken.None);
            var left = new Dictionary<string, T>(_stored, StringComparer.OrdinalIgnoreCase);
            left.Remove(id);
            _stored = left;
            return SettingChange.Saved;
        }
        finally
        {
            _changing.Release();
        }
    }

    private JsonObject? ToJson(T? value) => value is null ? null : JsonSerializer.SerializeToNode(value, json) as JsonObject;

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_.-]*$", RegexOptions.None, 1000)]
    private static partial Regex Name();
}
