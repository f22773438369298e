using Platform.CustomActivities.Resilience;
using Platform.Server.Audit;
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
        var policies = api.MapGroup("/policies").WithTags("Services");
        policies.MapGet("", List).RequirePermission("read:services", "manage:services");
        policies.MapPost("", CreateAsync).RequirePermission("manage:services").Audited("policy.create", "policy");
        policies.MapGet("/{name}", Find).RequirePermission("read:services", "manage:services");
        policies.MapPut("/{name}", ChangeAsync).RequirePermission("manage:services").Audited("policy.change", "policy", "name");
        policies.MapDelete("/{name}", RemoveAsync).RequirePermission("manage:services").Audited("policy.delete", "policy", "name");
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

/// <summary>A policy that is shared by name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Policy">What it says.</param>
/// <param name="Source"><c>configuration</c> or <c>store</c>.</param>
/// <param name="Services">The services that name it.</param>
internal sealed record PolicyModel(string Name, ServicePolicy Policy, string Source, IReadOnlyList<string> Services);

/// <summary>A page of policies.</summary>
internal sealed record PolicyList(IReadOnlyList<PolicyModel> Items, int TotalCount);
