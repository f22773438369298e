using Platform.CustomActivities.Resilience;

namespace Platform.CustomActivities.Services;

/// <summary>
/// Calls one service under its policy. Reaches that service only: redirects are not followed and paths cannot leave the base address, so
/// that a registration allows no more than it says.
/// </summary>
public sealed class ServiceClient
{
    private const int DefaultEntries = 1000;

    private readonly ServiceRegistry _registry;
    private readonly ServiceAddresses _addresses;
    private readonly AnswerCache? _answers;

    internal ServiceClient(string name, ServiceOptions options, ServicePolicy policy, ServiceClient? former, ServiceRegistry registry)
    {
        (Name, Options, SharedPolicy, _registry) = (name, options, policy, registry);
        Policy = options is { TimeoutPerAttempt: null, Timeout: null } ? policy : policy.With(options.TimeoutPerAttempt, options.Timeout);
        _addresses = new ServiceAddresses([.. options.Addresses.Select(address => new Uri(address.TrimEnd('/') + "/"))], options.Balancing, registry.Clock);
        // What is under way counts on when only something else changed; the breaker goes on in any case.
        var keepsPolicy = ReferenceEquals(former?.SharedPolicy, policy);
        Guards = keepsPolicy ? former!.Guards : new CallGuards(name, Policy, former?.Guards.Breaker, registry.Clock);
        Guards.BreakerChanged = snapshot => registry.TellAsync(name, snapshot);
        if (Policy.Cache is not null || Policy.Fallback is { Cached: true })
            _answers = new AnswerCache(Policy.Cache?.MaxEntries ?? DefaultEntries, registry.Clock);
    }

    /// <summary>Name of the service.</summary>
    public string Name { get; }

    /// <summary>What is registered.</summary>
    public ServiceOptions Options { get; }

    /// <summary>Address that paths are appended to; ends with a slash. The first one when there are several.</summary>
    public Uri BaseAddress => _addresses.All[0];

    /// <summary>All addresses, and whether each is passed over at the moment because it failed.</summary>
    public IReadOnlyList<(Uri Address, bool IsPassedOver)> Addresses => [.. _addresses.All.Select((address, i) => (address, !_addresses.IsUsable(i)))];

    /// <summary>Path of the health check.</summary>
    public string HealthPath => Options.HealthPath;

    /// <summary>How calls cope with failures: the shared policy with the service's own time limits.</summary>
    public ServicePolicy Policy { get; }

    /// <summary>The circuit breaker.</summary>
    public Breaker Breaker => Guards.Breaker;

    internal ServicePolicy SharedPolicy { get; }

    internal CallGuards Guards { get; }

    /// <summary>The address of a path of this service.</summary>
    /// <param name="path">Path below the base address, with or without a leading slash; may have a query.</param>
    /// <exception cref="InvalidOperationException">The path leads out of the base address.</exception>
    public Uri AddressOf(string? path) => AddressOf(BaseAddress, path);

    /// <summary>Sends one request to one address, outside the policy: no repetition, no breaker. For probes.</summary>
    /// <param name="address">One of the addresses.</param>
    /// <param name="path">Path below it.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    internal async Task<HttpResponseMessage> ProbeAsync(Uri address, string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, AddressOf(address, path));
        return await _registry.Http.SendAsync(request, cancellationToken);
    }

    /// <summary>Makes a call. Continues where it was called from, so that the call's notes need no lock.</summary>
    /// <param name="request">What to send.</param>
    /// <param name="notes">Where to note what happens.</param>
    /// <param name="other">A policy for this call in place of the service's; null for that. Breaker and limits stay the service's.</param>
    /// <param name="timeout">Longest time of the whole call, repetitions included; null for the policy's.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    internal async Task<ServiceReply> SendAsync(ServiceRequest request, CallNotes notes, ServicePolicy? other, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        AddressOf(request.Path);
        var policy = other ?? Policy;
        var reply = await AskAsync(request, notes, policy, timeout, cancellationToken);
        return policy.Fallback is { } fallback && reply.IsFailure && !cancellationToken.IsCancellationRequested
            ? await FallBackAsync(request, notes, fallback, timeout, reply, cancellationToken)
            : reply;
    }

    /// <summary>What the journal says when the fixed answer of a policy is given.</summary>
    internal static string ValueGiven(string service) => $"The service '{service}' failed; the fixed answer of its policy is given.";

    private Uri AddressOf(Uri home, string? path)
    {
        var address = new Uri(home.AbsoluteUri + (path ?? "").Trim().TrimStart('/'));
        if (address.Authority != home.Authority || !address.AbsolutePath.StartsWith(home.AbsolutePath, StringComparison.Ordinal))
            throw new InvalidOperationException($"The path '{path}' leads out of the service '{Name}' ({home}).");
        return address;
    }

    /// <summary>The call with its cache, without its fallback.</summary>
    private async Task<ServiceReply> AskAsync(ServiceRequest request, CallNotes notes, ServicePolicy policy, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        if (_answers is null || request.Question is not { } question)
            return await CallAsync(request, notes, policy, timeout, cancellationToken);
        if (policy.Cache is not { } cache)
        {
            var reply = await CallAsync(request, notes, policy, timeout, cancellationToken);
            if (reply.Response is { } response)
                _answers.Keep(question, response);
            return reply;
        }

        if (_answers.Find(question, cache.Duration) is { } known)
        {
            notes.Add("Cached", $"The answer of the service '{Name}' to the same question is still known.");
            return new ServiceReply(known, null, "cache");
        }

        var (asked, isShared) = await _answers.AskOnceAsync(question, () => CallAsync(request, notes, policy, timeout, cancellationToken), cancellationToken);
        if (isShared)
            notes.Add("Shared", $"The service '{Name}' was being asked the same already; this call got the same answer.");
        else if (asked.Response is { } answer)
            _answers.Keep(question, answer);
        return isShared ? asked with { AnsweredBy = "cache" } : asked;
    }

    private async Task<ServiceReply> CallAsync(ServiceRequest request, CallNotes notes, ServicePolicy policy, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        // Before anything of the policy: what must not be sent is nothing to repeat, and no failure of the service.
        if (_registry.Guard is { } guard)
        {
            foreach (var home in _addresses.All)
                await guard.CheckAsync(() => request.ToMessage(AddressOf(home, request.Path)), cancellationToken);
        }

        List<Uri> tried = [];
        var call = new Call(Name, notes, token => AttemptAsync(request, tried, token)) { Guards = Guards, MayHedge = request.IsSafe, Timeout = timeout };
        var outcome = await _registry.RunnerOf(policy).RunAsync(call, cancellationToken);
        return new ServiceReply(outcome.Result?.Value as ServiceResponse, outcome.Exception);
    }

    private async Task<AttemptResult> AttemptAsync(ServiceRequest request, List<Uri> tried, CancellationToken cancellationToken)
    {
        var home = _addresses.Choose(tried);
        tried.Add(home);
        var isAlive = false;
        try
        {
            using var message = request.ToMessage(AddressOf(home, request.Path));
            using var response = await _registry.Http.SendAsync(message, cancellationToken);
            isAlive = (int)response.StatusCode < 500;
            return new AttemptResult(await ServiceResponse.ReadAsync(response, cancellationToken), (int)response.StatusCode, RetryAfterOf(response));
        }
        finally
        {
            _addresses.Report(home, isAlive);
        }
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } header ? header.Delta ?? (header.Date - _registry.Clock.GetUtcNow()) : null;

    private async Task<ServiceReply> FallBackAsync(
        ServiceRequest request, CallNotes notes, FallbackPolicy fallback, TimeSpan? timeout, ServiceReply failed, CancellationToken cancellationToken)
    {
        // The other one does not fall back further: two services may stand in for one another.
        if (fallback.Service is { Length: > 0 } name && _registry.Find(name) is { } other)
        {
            notes.Add("Fallback", $"The service '{Name}' failed; the service '{other.Name}' is asked instead.");
            other.AddressOf(request.Path);
            var reply = await other.AskAsync(request, notes, other.Policy, timeout, cancellationToken);
            if (!reply.IsFailure)
                return reply with { AnsweredBy = "fallback" };
        }

        if (fallback.Cached && request.Question is { } question && _answers?.Find(question, fallback.CachedMaxAge) is { } known)
        {
            notes.Add("Fallback", $"The service '{Name}' failed; its last good answer to the same question is given.");
            return new ServiceReply(known, null, "fallback");
        }

        if (fallback.Workflow is { Length: > 0 })
            return failed with { StandIn = fallback };
        if (fallback.Value is not { } value)
            return failed;
        notes.Add("Fallback", ValueGiven(Name));
        return ServiceReply.Fixed(value);
    }
}
