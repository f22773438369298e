using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.CustomActivities.Resilience;
using Platform.CustomActivities.Services;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;
using Platform.Server.Supervision;

namespace Platform.Server.Orchestration;

/// <summary>
/// Services and policies as they are registered: what the configuration and <c>services.yaml</c> say, and over it what was stored through
/// the API, which counts from the moment it is stored. Circuit breakers are stored as they open and close. All of it is held in memory.
/// </summary>
/// <param name="configured">What the configuration says.</param>
/// <param name="registry">What calls services.</param>
/// <param name="store">Where changes are kept.</param>
/// <param name="supervision">Whether start commands may be stored.</param>
/// <param name="logger">Log.</param>
internal sealed class ServiceCatalog(
    ServiceSet configured, ServiceRegistry registry, IWorkflowStore store, SupervisionOptions supervision, ILogger<ServiceCatalog> logger) : IHostedService, IDisposable
{
    /// <summary>Most services, and most policies, that can be stored: they are all held in memory.</summary>
    public const int CountMax = 1000;

    /// <summary>Kind of the documents of stored services.</summary>
    public const string ServiceKind = "service";

    /// <summary>Kind of the documents of stored policies.</summary>
    public const string PolicyKind = "policy";

    private readonly SemaphoreSlim _changing = new(1, 1);
    private volatile StoredEntries _stored = StoredEntries.None;

    /// <summary>What calls services.</summary>
    public ServiceRegistry Registry => registry;

    /// <inheritdoc />
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var services = new Dictionary<string, Entry<ServiceOptions>>(StringComparer.OrdinalIgnoreCase);
        var policies = new Dictionary<string, Entry<ServicePolicy>>(StringComparer.OrdinalIgnoreCase);
        foreach (var document in await store.ListDocumentsAsync(PolicyKind, cancellationToken))
            Load(document, policies, WireSettings.ReadPolicy);
        foreach (var document in await store.ListDocumentsAsync(ServiceKind, cancellationToken))
            Load(document, services, WireSettings.ReadService);
        if (!supervision.StartCommandsByRest)
            LeaveOutStartCommands(services);
        _stored = new StoredEntries(services, policies);
        var set = Merge(_stored);
        foreach (var problem in set.Problems())
            Log.ServicesInconsistent(logger, problem);
        registry.Replace(set);
        foreach (var document in await store.ListDocumentsAsync(BreakerDocument.Kind, cancellationToken))
        {
            if (registry.Find(document.Id) is { } service && BreakerDocument.Read(document.Json) is { } breaker)
                service.Breaker.Restore(breaker);
        }

        registry.BreakerChanged = StoreBreakerAsync;
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public void Dispose() => _changing.Dispose();

    /// <summary>Where a service or policy comes from: <c>configuration</c> or <c>store</c>.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="name">Its name.</param>
    public string SourceOf(string kind, string name) => _stored.Has(kind, name) ? "store" : "configuration";

    /// <summary>Stores a service.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="json">What it is.</param>
    /// <param name="isNew">Whether there must be none yet; otherwise there must be one.</param>
    public Task<CatalogChange> SaveServiceAsync(string name, JsonObject json, bool isNew)
    {
        var problems = new List<string>();
        var entry = new Entry<ServiceOptions>(WireSettings.ReadService(name, json, problems), json);
        return SaveAsync(ServiceKind, name, json, isNew, problems, stored => stored with { Services = With(stored.Services, name, entry) });
    }

    /// <summary>What is registered of a service, in the form in which it is stored. What the configuration says of its start command is not in it.</summary>
    /// <param name="service">The service.</param>
    public JsonObject SettingsOf(ServiceClient service)
    {
        var json = _stored.JsonOf(ServiceKind, service.Name);
        if (json is null)
        {
            json = (JsonObject)JsonSerializer.SerializeToNode(service.Options, Api.ApiJson.Default.ServiceOptions)!;
            // The start command stays where it stands: in the configuration.
            Take(json, nameof(ServiceOptions.Process));
        }

        // What counts is the name of the policy, when there is one.
        if (service.Options.PolicyName is { Length: > 0 })
            Take(json, nameof(ServiceOptions.Policy));
        return json;
    }

    /// <summary>Stores the operations of a service, and with them the service, when only the configuration knew it.</summary>
    /// <param name="service">The service.</param>
    /// <param name="operations">Its operations by name.</param>
    public Task<CatalogChange> SaveOperationsAsync(ServiceClient service, JsonObject operations)
    {
        var json = SettingsOf(service);
        Take(json, nameof(ServiceOptions.Operations));
        json["operations"] = operations;
        return SaveServiceAsync(service.Name, json, isNew: false);
    }

    /// <summary>Stores a policy.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="json">What it says.</param>
    /// <param name="isNew">Whether there must be none yet; otherwise there must be one.</param>
    public Task<CatalogChange> SavePolicyAsync(string name, JsonObject json, bool isNew)
    {
        var problems = new List<string>();
        var entry = new Entry<ServicePolicy>(WireSettings.ReadPolicy(name, json, problems), json);
        return SaveAsync(PolicyKind, name, json, isNew, problems, stored => stored with { Policies = With(stored.Policies, name, entry) });
    }

    /// <summary>Takes back what was stored; what the configuration says counts again.</summary>
    /// <param name="kind">Service or policy.</param>
    /// <param name="name">Its name.</param>
    public async Task<CatalogChange> RemoveAsync(string kind, string name)
    {
        using var _ = await EnterAsync();
        var known = NameOf(kind, name);
        if (known is null)
            return new CatalogChange.Missing();
        if (!_stored.Has(kind, known))
            return new CatalogChange.Configured();
        var next = _stored.Without(kind, known);
        var set = Merge(next);
        var problems = set.Problems().Except(registry.Set.Problems(), StringComparer.Ordinal).ToList();
        if (problems.Count > 0)
            return new CatalogChange.Needed(problems);
        var commit = new Commit { DeletedDocuments = [new(kind, known)] };
        if (kind == ServiceKind && !set.Services.ContainsKey(known))
            commit.DeletedDocuments.Add(new(BreakerDocument.Kind, known));
        AuditScope.Current?.AddTo(commit, new AuditChange(kind, known, null) { Before = _stored.JsonOf(kind, known) });
        await store.CommitAsync(commit, CancellationToken.None);
        Use(next, set);
        return new CatalogChange.Saved(known);
    }

    /// <summary>Opens or closes the breaker of a service by hand.</summary>
    /// <param name="service">The service.</param>
    /// <param name="snapshot">How it stands from now on.</param>
    public async Task SetBreakerAsync(ServiceClient service, BreakerSnapshot snapshot)
    {
        using var _ = await EnterAsync();
        var commit = new Commit { Documents = [new(BreakerDocument.Kind, service.Name, BreakerDocument.Write(snapshot))] };
        var change = new AuditChange(ServiceKind, service.Name, null) { Before = StateOf(service.Breaker.Snapshot), After = StateOf(snapshot) };
        AuditScope.Current?.AddTo(commit, change);
        await store.CommitAsync(commit, CancellationToken.None);
        service.Breaker.Restore(snapshot);

        static JsonObject StateOf(BreakerSnapshot breaker) => new() { ["breaker"] = breaker.State.ToString() };
    }

    private static Dictionary<string, Entry<T>> With<T>(Dictionary<string, Entry<T>> entries, string name, Entry<T> entry)
    {
        var changed = new Dictionary<string, Entry<T>>(entries, StringComparer.OrdinalIgnoreCase);
        // The name as it is written now.
        changed.Remove(name);
        changed[name] = entry;
        return changed;
    }

    private void Load<T>(StoredDocument document, Dictionary<string, Entry<T>> into, Func<string, JsonObject, List<string>, T> read)
    {
        var problems = new List<string>();
        try
        {
            var json = JsonNode.Parse(document.Json) as JsonObject ?? throw new JsonException("It is no object.");
            var value = read(document.Id, json, problems);
            if (problems.Count == 0)
                into[document.Id] = new Entry<T>(value, json);
        }
        catch (JsonException exception)
        {
            problems.Add(exception.Message);
        }

        if (problems.Count > 0)
            Log.StoredServiceUnusable(logger, document.Kind, document.Id, string.Join(" ", problems));
    }

    private void LeaveOutStartCommands(Dictionary<string, Entry<ServiceOptions>> services)
    {
        foreach (var (name, entry) in services.Where(entry => entry.Value.Value.Process is not null))
        {
            entry.Value.Process = null;
            Log.StartCommandLeftOut(logger, name);
        }
    }

    private ServiceSet Merge(StoredEntries stored)
    {
        // What is stored says nothing of how a service is started, unless that is allowed: the configuration goes on to say it.
        foreach (var (name, entry) in stored.Services)
            entry.Value.Process ??= configured.Services.GetValueOrDefault(name)?.Process;
        return new ServiceSet(Over(configured.Services, stored.Services), Over(configured.Policies, stored.Policies));

        static Dictionary<string, T> Over<T>(IReadOnlyDictionary<string, T> below, Dictionary<string, Entry<T>> above)
        {
            var merged = new Dictionary<string, T>(below, StringComparer.OrdinalIgnoreCase);
            foreach (var (name, entry) in above)
                merged[name] = entry.Value;
            return merged;
        }
    }

    private async Task<CatalogChange> SaveAsync(string kind, string name, JsonObject json, bool isNew, List<string> problems, Func<StoredEntries, StoredEntries> change)
    {
        using var _ = await EnterAsync();
        var known = NameOf(kind, name);
        if (isNew && known is not null)
            return new CatalogChange.Taken();
        if (!isNew && known is null)
            return new CatalogChange.Missing();
        if (known is not null && known != name)
            return await RenameRefusedAsync(known);
        if (!_stored.Has(kind, name) && _stored.Count(kind) >= CountMax)
            return new CatalogChange.Invalid([$"There are {CountMax} stored already, which is the most."]);
        var next = change(_stored);
        var set = Merge(next);
        // What was wrong before, for example because the configuration changed, does not stand in the way of other changes.
        if (problems.Count == 0)
            problems.AddRange(set.Problems().Except(registry.Set.Problems(), StringComparer.Ordinal));
        if (problems.Count > 0)
            return new CatalogChange.Invalid(problems);
        var commit = new Commit { Documents = [new(kind, name, json.ToJsonString())] };
        AuditScope.Current?.AddTo(commit, new AuditChange(kind, name, null) { Before = _stored.JsonOf(kind, name), After = Copy(json) });
        await store.CommitAsync(commit, CancellationToken.None);
        Use(next, set);
        return new CatalogChange.Saved(name);

        static Task<CatalogChange> RenameRefusedAsync(string known) =>
            Task.FromResult<CatalogChange>(new CatalogChange.Invalid([$"The name is written '{known}'."]));
    }

    private static void Take(JsonObject json, string member)
    {
        foreach (var name in json.Select(item => item.Key).Where(name => name.Equals(member, StringComparison.OrdinalIgnoreCase)).ToList())
            json.Remove(name);
    }

    private static JsonObject Copy(JsonObject json) => (JsonObject)json.DeepClone();

    private string? NameOf(string kind, string name) => (kind == ServiceKind ? registry.Set.Services.Keys : registry.Set.Policies.Keys)
        .FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase));

    private void Use(StoredEntries stored, ServiceSet set)
    {
        _stored = stored;
        registry.Replace(set);
    }

    /// <summary>Stores how a breaker stands, whichever of several changes comes last. A store that fails does not keep calls from going on.</summary>
    private async ValueTask StoreBreakerAsync(string name, BreakerSnapshot changed)
    {
        if (changed.State == BreakerState.Open)
            Log.BreakerOpened(logger, name, changed.Failures, changed.NextProbeAt);
        else
            Log.BreakerClosed(logger, name);
        using var _ = await EnterAsync();
        if (registry.Find(name)?.Breaker.Snapshot is not { } snapshot)
            return;
        try
        {
            await store.CommitAsync(new Commit { Documents = [new(BreakerDocument.Kind, name, BreakerDocument.Write(snapshot))] }, CancellationToken.None);
        }
        catch (StoreException exception)
        {
            Log.BreakerNotStored(logger, exception, name);
        }
    }

    private async Task<Turn> EnterAsync()
    {
        await _changing.WaitAsync();
        return new Turn(_changing);
    }

    private readonly struct Turn(SemaphoreSlim changing) : IDisposable
    {
        public void Dispose() => changing.Release();
    }

    /// <summary>Something stored, and the JSON it was read from.</summary>
    private sealed record Entry<T>(T Value, JsonObject Json);

    private sealed record StoredEntries(Dictionary<string, Entry<ServiceOptions>> Services, Dictionary<string, Entry<ServicePolicy>> Policies)
    {
        public static StoredEntries None { get; } = new(new(StringComparer.OrdinalIgnoreCase), new(StringComparer.OrdinalIgnoreCase));

        public bool Has(string kind, string name) => kind == ServiceKind ? Services.ContainsKey(name) : Policies.ContainsKey(name);

        public int Count(string kind) => kind == ServiceKind ? Services.Count : Policies.Count;

        public JsonObject? JsonOf(string kind, string name) =>
            (kind == ServiceKind ? Services.GetValueOrDefault(name)?.Json : Policies.GetValueOrDefault(name)?.Json) is { } json ? Copy(json) : null;

        public StoredEntries Without(string kind, string name) => kind == ServiceKind ? this with { Services = Left(Services, name) } : this with { Policies = Left(Policies, name) };

        private static Dictionary<string, Entry<T>> Left<T>(Dictionary<string, Entry<T>> entries, string name) =>
            new(entries.Where(entry => !entry.Key.Equals(name, StringComparison.OrdinalIgnoreCase)), StringComparer.OrdinalIgnoreCase);
    }
}
