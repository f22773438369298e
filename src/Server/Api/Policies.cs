using Platform.CustomActivities.Resilience;
using Platform.Server.Audit;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Orchestration;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>The policies that services and activities share by name.</summary>
internal static class Policies
{
    /// <summary>Maps <c>/api/policies</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapPolicies(this IEndpointRouteBuilder api)
    {
        var policies = api.MapGroup("/policies").WithTags("Services").Takes("name", "Name of the policy, in any case.");
        policies.MapGet("", List).RequirePermission("read:services", "manage:services")
            .WithSummary("Lists the policies that services and activities share.")
            .Produces<PolicyList>();
        policies.MapPost("", CreateAsync).RequirePermission("manage:services").Audited("policy.create", "policy")
            .WithSummary("Makes a policy that services and activities can name.")
            .Reads<PolicyBody>()
            .Produces<PolicyModel>(StatusCodes.Status201Created)
            .Refuses(StatusCodes.Status400BadRequest, "WF4800")
            .Refuses(StatusCodes.Status409Conflict, "WF4802");
        policies.MapGet("/{name}", Find).RequirePermission("read:services", "manage:services")
            .WithSummary("Reads one policy, and which services name it.")
            .Produces<PolicyModel>()
            .Refuses(StatusCodes.Status404NotFound, "WF4801");
        policies.MapPut("/{name}", ChangeAsync).RequirePermission("manage:services").Audited("policy.change", "policy", "name")
            .WithSummary("Changes a policy as a whole, for all that name it.")
            .Reads<ServicePolicy>()
            .Produces<PolicyModel>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4800")
            .Refuses(StatusCodes.Status404NotFound, "WF4801");
        policies.MapDelete("/{name}", RemoveAsync).RequirePermission("manage:services").Audited("policy.delete", "policy", "name")
            .WithSummary("Takes back what was stored of a policy; what the configuration says of it counts again.")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(StatusCodes.Status404NotFound, "WF4801")
            .Refuses(StatusCodes.Status409Conflict, "WF4803", "WF4804");
    }

    private static IResult List(ServiceCatalog catalog, int skip = 0, int take = 50)
    {
        if (skip < 0 || take is < 0 or > 1000)
            return Problem.Unreadable with { Detail = "'skip' is a number from 0 up, 'take' one from 0 to 1000." };
        var names = catalog.Registry.Set.Policies.Keys.Order(StringComparer.OrdinalIgnoreCase).ToList();
        return ApiJson.Reply(new PolicyList([.. names.Skip(skip).Take(take).Select(name => ModelOf(name, catalog)).OfType<PolicyModel>()], names.Count));
    }

    private static IResult Find(string name, ServiceCatalog catalog) => Reply(name, catalog, StatusCodes.Status200OK);

    private static async Task<IResult> CreateAsync(HttpRequest request, ServiceCatalog catalog)
    {
        var body = await Services.ReadBodyAsync(request);
        var name = Services.TakeName(body);
        return Services.AnswerTo(await catalog.SavePolicyAsync(name, body, isNew: true), "policy", name, saved => Reply(saved, catalog, StatusCodes.Status201Created));
    }

    private static async Task<IResult> ChangeAsync(string name, HttpRequest request, ServiceCatalog catalog)
    {
        var body = await Services.ReadBodyAsync(request);
        if (Services.TakeName(body) is { Length: > 0 } other && other != name)
            return new Problem(StatusCodes.Status400BadRequest, "WF4800", "The policy cannot be used", $"The body names the policy '{other}', the address '{name}'. A name cannot be changed.");
        return Services.AnswerTo(await catalog.SavePolicyAsync(name, body, isNew: false), "policy", name, saved => Reply(saved, catalog, StatusCodes.Status200OK));
    }

    private static async Task<IResult> RemoveAsync(string name, ServiceCatalog catalog) =>
        Services.AnswerTo(await catalog.RemoveAsync(ServiceCatalog.PolicyKind, name), "policy", name, _ => Results.NoContent());

    private static IResult Reply(string name, ServiceCatalog catalog, int status) =>
        ModelOf(name, catalog) is { } model ? ApiJson.Reply(model, status) : Services.Missing("policy", name);

    private static PolicyModel? ModelOf(string name, ServiceCatalog catalog)
    {
        var set = catalog.Registry.Set;
        if (!set.Policies.TryGetValue(name, out var policy))
            return null;
        var known = set.Policies.Keys.First(key => key.Equals(name, StringComparison.OrdinalIgnoreCase));
        var users = set.Services.Where(service => known.Equals(service.Value.PolicyName, StringComparison.OrdinalIgnoreCase)).Select(service => service.Key);
        return new PolicyModel(known, policy, catalog.SourceOf(ServiceCatalog.PolicyKind, known), [.. users.Order(StringComparer.OrdinalIgnoreCase)]);
    }
}

/// <summary>A policy to make. It only describes: the body is read by the rules of the configuration, as <see cref="ServicePolicy"/>.</summary>
/// <param name="Name">Its name: letters, digits, '-', '_' and '.'.</param>
/// <param name="Description">One sentence for people.</param>
/// <param name="TimeoutPerAttempt">How long one attempt may take; 10 s when absent.</param>
/// <param name="Timeout">How long the whole call may take; no limit of its own when absent.</param>
/// <param name="Retry">Repetition of failed attempts.</param>
/// <param name="CircuitBreaker">Refusal of calls while the service is down.</param>
/// <param name="Bulkhead">Most attempts at once; no limit when absent.</param>
/// <param name="RateLimit">Most attempts in a time; no limit when absent.</param>
/// <param name="Hedging">A second attempt beside one that is slow; none when absent.</param>
/// <param name="Fallback">What is answered when the call failed; the failure itself when absent.</param>
/// <param name="Cache">Answers that are kept; none when absent.</param>
internal sealed record PolicyBody(
    string Name,
    string? Description = null,
    TimeSpan? TimeoutPerAttempt = null,
    TimeSpan? Timeout = null,
    RetryPolicy? Retry = null,
    CircuitBreakerPolicy? CircuitBreaker = null,
    BulkheadPolicy? Bulkhead = null,
    RateLimitPolicy? RateLimit = null,
    HedgingPolicy? Hedging = null,
    FallbackPolicy? Fallback = null,
    CachePolicy? Cache = null);

/// <summary>A policy that is shared by name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Policy">What it says.</param>
/// <param name="Source"><c>configuration</c> or <c>store</c>.</param>
/// <param name="Services">The services that name it.</param>
internal sealed record PolicyModel(string Name, ServicePolicy Policy, string Source, IReadOnlyList<string> Services);

/// <summary>A page of policies.</summary>
/// <param name="Items">The policies, by name.</param>
/// <param name="TotalCount">How many there are on all pages.</param>
internal sealed record PolicyList(IReadOnlyList<PolicyModel> Items, int TotalCount);
