using System.Collections.Concurrent;
using Microsoft.AspNetCore.Routing.Patterns;
using Platform.Engine;
using Platform.Engine.Values;
using Platform.Runtime;
using Platform.Runtime.Definitions;
using Platform.Runtime.Store;

namespace Platform.Server.Http;

/// <summary>
/// The paths at which workflows start or wait, in memory. Definitions that change mark the table as stale, and the next request
/// refreshes it first: whoever was told that a workflow is published can call it. Matching a known path reads no store.
/// </summary>
public sealed class HttpRouteTable : IHostedService, IDisposable
{
    // Paths that were waited for are forgotten when a request finds nobody there. Most are few; beyond this they are looked up in the store.
    private const int WaitingPathsMax = 100_000;

    private readonly IWorkflowStore _store;
    private readonly PlanCache _plans;
    private readonly EngineHost _host;
    private readonly RuntimeEvents _events;
    private readonly ParameterPolicyFactory _policies;
    private readonly ILogger<HttpRouteTable> _logger;
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private readonly ConcurrentDictionary<string, bool> _changed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(HttpEndpointPayload Payload, HttpTrigger Trigger)>> _triggersByDefinition = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, HttpRoute> _waitingLiterals = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _sync = new();
    private volatile Snapshot _snapshot = Snapshot.Empty;
    private int _changes = 1;
    private volatile int _changesSeen;
    private volatile int _waitingCount;
    private bool _isLoaded;

    /// <summary>Makes an empty table.</summary>
    /// <param name="store">Knows triggers and bookmarks.</param>
    /// <param name="plans">Compiled definitions.</param>
    /// <param name="host">Evaluates the rules of endpoints.</param>
    /// <param name="events">Tells of changes.</param>
    /// <param name="policies">Makes route constraints.</param>
    /// <param name="logger">Log.</param>
    public HttpRouteTable(
        IWorkflowStore store,
        PlanCache plans,
        EngineHost host,
        RuntimeEvents events,
        ParameterPolicyFactory policies,
        ILogger<HttpRouteTable> logger)
    {
        _store = store;
        _plans = plans;
        _host = host;
        _events = events;
        _policies = policies;
        _logger = logger;
        // Before anything is loaded, so that no change falls between.
        _events.DefinitionChanged += OnDefinitionChanged;
        _events.BurstCommitted += OnBurstCommitted;
    }

    /// <summary>Whether a definition changed since the table was last refreshed.</summary>
    public bool IsStale => Volatile.Read(ref _changes) != _changesSeen;

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => RefreshAsync(cancellationToken).AsTask();

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public void Dispose()
    {
        _events.DefinitionChanged -= OnDefinitionChanged;
        _events.BurstCommitted -= OnBurstCommitted;
        _refreshing.Dispose();
    }

    /// <summary>Reads what changed. Concurrent callers wait for one another.</summary>
    /// <param name="cancellationToken">Ends the reads.</param>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        await _refreshing.WaitAsync(cancellationToken);
        try
        {
            // Read first: a change that comes meanwhile leaves the table stale.
            var changes = Volatile.Read(ref _changes);
            if (changes == _changesSeen)
                return;
            if (_isLoaded)
                await ReloadChangedAsync(cancellationToken);
            else
                await LoadAsync(cancellationToken);
            _changesSeen = changes;
        }
        finally
        {
            _refreshing.Release();
        }
    }

    /// <summary>Finds what a request reaches.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">Path below the base path: leading slash, no trailing one.</param>
    /// <param name="match">What it reaches.</param>
    internal bool TryMatch(HttpContext context, ReadOnlySpan<char> path, out HttpMatch match)
    {
        var method = context.Request.Method;
        var snapshot = _snapshot;
        if (snapshot.Literals.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(path, out var literal)
            && TryMatch(literal.Path, literal.Triggers, null, method, null, out match))
            return true;
        if (_waitingLiterals.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(path, out var waiting)
            && TryMatch(waiting.Path, HttpTriggers.None, waiting, method, null, out match))
            return true;
        if (snapshot.Templates.Length > 0 && TryMatchTemplate(snapshot.Templates, context, path, method, out match))
            return true;
        return TryMatchForgotten(path, method, out match);
    }

    /// <summary>What waits at a template, or null.</summary>
    /// <param name="path">The template.</param>
    /// <param name="method">Method in any case.</param>
    internal HttpWaiting? FindWaiting(string path, string method) => FindRoute(path)?.Waiting.GetValueOrDefault(method);

    /// <summary>Forgets that somebody waits at a path: the store knows of nobody.</summary>
    /// <param name="path">The template that a request reached in vain.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="waiting">What was known.</param>
    internal void Forget(string path, string method, HttpWaiting waiting)
    {
        lock (_sync)
        {
            if (FindRoute(path) is not { } route)
                return;
            route.Waiting.TryRemove(KeyValuePair.Create(HttpPath.NormalizeMethod(method), waiting));
            if (route.Waiting.IsEmpty && _waitingLiterals.TryRemove(path, out _))
                _waitingCount--;
        }
    }

    private static bool TryMatch(string path, HttpTriggers triggers, HttpRoute? waiting, string method, RouteValueDictionary? values, out HttpMatch match)
    {
        HttpWaiting? known = null;
        var found = triggers.Find(method);
        waiting?.Waiting.TryGetValue(method, out known);
        match = new HttpMatch(found, path, known, values);
        return found is not null || known is not null;
    }

    private static bool TryMatchTemplate(HttpRoute[] templates, HttpContext context, ReadOnlySpan<char> path, string method, out HttpMatch match)
    {
        var requested = new PathString(path.ToString());
        foreach (var route in templates)
        {
            if (route.TryMatch(context, requested, out var values) && TryMatch(route.Path, route.Triggers, route, method, values, out match))
                return true;
        }

        match = default;
        return false;
    }

    /// <summary>When more paths are waited for than are kept here, the store has to say.</summary>
    private bool TryMatchForgotten(ReadOnlySpan<char> path, string method, out HttpMatch match)
    {
        match = default;
        if (_waitingCount < WaitingPathsMax)
            return false;
        var payload = new HttpEndpointPayload(path.ToString().ToLowerInvariant(), HttpPath.NormalizeMethod(method));
        match = new HttpMatch(null, payload.Path, new HttpWaiting(payload.ComputeHash()), null);
        return true;
    }

    private HttpRoute? FindRoute(string path) =>
        _waitingLiterals.GetValueOrDefault(path) ?? Array.Find(_snapshot.Templates, candidate => candidate.Path == path);

    private void OnDefinitionChanged(string definitionId, bool triggersChanged)
    {
        if (!triggersChanged)
            return;
        _changed[definitionId] = true;
        Interlocked.Increment(ref _changes);
    }

    private void OnBurstCommitted(BurstCommitted burst)
    {
        foreach (var bookmark in burst.NewBookmarks)
        {
            if (bookmark.Name == HttpEndpointPayload.StimulusName)
                Learn(bookmark);
        }
    }

    private async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        _changed.Clear();
        _triggersByDefinition.Clear();
        foreach (var trigger in await _store.FindTriggersAsync(new TriggerFilter { Name = HttpEndpointPayload.StimulusName }, cancellationToken))
            await AddAsync(trigger, cancellationToken);
        foreach (var bookmark in await _store.FindBookmarksAsync(new BookmarkFilter { Name = HttpEndpointPayload.StimulusName }, cancellationToken))
            Learn(bookmark);
        Publish();
        _isLoaded = true;
    }

    private async ValueTask ReloadChangedAsync(CancellationToken cancellationToken)
    {
        foreach (var definitionId in _changed.Keys.ToList())
        {
            // Taken off first: a change that comes while we read marks it again.
            _changed.TryRemove(definitionId, out _);
            try
            {
                var triggers = await _store.FindTriggersAsync(
                    new TriggerFilter { Name = HttpEndpointPayload.StimulusName, DefinitionId = definitionId },
                    cancellationToken);
                _triggersByDefinition.Remove(definitionId);
                foreach (var trigger in triggers)
                    await AddAsync(trigger, cancellationToken);
            }
            catch
            {
                _changed[definitionId] = true;
                throw;
            }
        }

        Publish();
    }

    private async ValueTask AddAsync(StoredTrigger stored, CancellationToken cancellationToken)
    {
        if (ReadPayload(stored.Payload) is not { } payload)
        {
            Log.TriggerUnreadable(_logger, stored.Id, stored.DefinitionId, stored.Payload);
            return;
        }

        var rules = await FindRulesAsync(stored, payload, cancellationToken);
        if (rules is null)
            return;
        if (!_triggersByDefinition.TryGetValue(stored.DefinitionId, out var triggers))
            _triggersByDefinition.Add(stored.DefinitionId, triggers = []);
        triggers.Add((payload, new HttpTrigger(stored.DefinitionId, stored.DefinitionVersionId, stored.ActivityId, rules)));
    }

    /// <summary>The rules of an endpoint, from its inputs; null when they cannot be had, which closes the endpoint rather than opening it.</summary>
    private async ValueTask<HttpEndpointRules?> FindRulesAsync(StoredTrigger stored, HttpEndpointPayload payload, CancellationToken cancellationToken)
    {
        try
        {
            var plan = await _plans.FindAsync(stored.DefinitionVersionId, cancellationToken);
            if (plan?.FindByActivityId(stored.ActivityId) is not { Activity: Trigger } node)
                return null;
            var (_, payloads) = await Interpreter.GetTriggerPayloadsAsync(plan, node, _host);
            return payloads.OfType<HttpEndpointPayload>().FirstOrDefault(candidate => candidate == payload with { Rules = candidate.Rules })?.Rules;
        }
        // Inputs are evaluated by foreign code; one broken endpoint must not take the others down.
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.EndpointUnusable(_logger, exception, payload.Method, payload.Path, stored.DefinitionId);
            return null;
        }
    }

    private void Learn(StoredBookmark bookmark)
    {
        if (ReadPayload(bookmark.Payload) is not { } payload)
            return;
        try
        {
            lock (_sync)
                FindOrAdd_NeedsLock(payload.Path)?.Waiting[payload.Method] = new HttpWaiting(bookmark.Hash);
        }
        catch (Exception exception) when (exception is RoutePatternException or InvalidOperationException)
        {
            Log.EndpointUnusable(_logger, exception, payload.Method, payload.Path, bookmark.InstanceId);
        }
    }

    private HttpRoute? FindOrAdd_NeedsLock(string path)
    {
        if (FindRoute(path) is { } known)
            return known;
        if (path.Contains('{', StringComparison.Ordinal))
        {
            var route = new HttpRoute(path, _policies);
            _snapshot = _snapshot.With(route);
            return route;
        }

        if (_waitingCount >= WaitingPathsMax)
            return null;
        _waitingCount++;
        return _waitingLiterals.GetOrAdd(path, static (path, policies) => new HttpRoute(path, policies), _policies);
    }

    private void Publish()
    {
        var byPath = _triggersByDefinition.Values.SelectMany(triggers => triggers).GroupBy(entry => entry.Payload.Path, StringComparer.Ordinal);
        lock (_sync)
        {
            var literals = new Dictionary<string, HttpLiteral>(StringComparer.OrdinalIgnoreCase);
            var templates = _snapshot.Templates.Where(route => !route.Waiting.IsEmpty)
                .ToDictionary(route => route.Path, route => new HttpRoute(route.Path, _policies) { Waiting = route.Waiting }, StringComparer.Ordinal);
            foreach (var path in byPath)
            {
                var triggers = new HttpTriggers([.. path.GroupBy(entry => entry.Payload.Method, entry => entry.Trigger, StringComparer.OrdinalIgnoreCase)
                    .Select(group => (group.Key, group.ToArray()))]);
                if (!path.Key.Contains('{', StringComparison.Ordinal))
                    literals[path.Key] = new HttpLiteral(path.Key, triggers);
                else if (TryPrepare(path.Key, triggers, templates.GetValueOrDefault(path.Key)) is { } route)
                    templates[path.Key] = route;
            }

            _snapshot = new Snapshot(literals, Snapshot.Sort(templates.Values));
        }
    }

    private HttpRoute? TryPrepare(string path, HttpTriggers triggers, HttpRoute? known)
    {
        try
        {
            return known is null
                ? new HttpRoute(path, _policies) { Triggers = triggers }
                : new HttpRoute(path, _policies) { Triggers = triggers, Waiting = known.Waiting };
        }
        catch (Exception exception) when (exception is RoutePatternException or InvalidOperationException)
        {
            Log.EndpointUnusable(_logger, exception, "any", path, "");
            return null;
        }
    }

    private static HttpEndpointPayload? ReadPayload(string? json) =>
        DynamicJson.TryParse(json, out var parsed) && parsed is Dictionary<string, object?> members
        && members.GetValueOrDefault("path") is string path && members.GetValueOrDefault("method") is string method
            ? new HttpEndpointPayload(path, method)
            : null;

    private sealed record HttpLiteral(string Path, HttpTriggers Triggers);

    /// <summary>The table at one moment. Immutable but for who waits.</summary>
    private sealed record Snapshot(Dictionary<string, HttpLiteral> Literals, HttpRoute[] Templates)
    {
        public static Snapshot Empty { get; } = new(new Dictionary<string, HttpLiteral>(StringComparer.OrdinalIgnoreCase), []);

        public static HttpRoute[] Sort(IEnumerable<HttpRoute> routes) =>
            [.. routes.OrderBy(route => route.Precedence).ThenBy(route => route.Path, StringComparer.Ordinal)];

        public Snapshot With(HttpRoute route) => this with { Templates = Sort([.. Templates, route]) };
    }
}
