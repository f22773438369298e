using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace Platform.Server.Security;

/// <summary>
/// Decides over every request that reaches routing: somebody must be signed in, with one of the endpoint's permissions. An endpoint that
/// says nothing is open to <c>*</c> only, so that a forgotten one is closed; one that requires an empty list is open to all who are
/// signed in.
/// </summary>
internal sealed class Permissions : AuthorizationHandler<Permissions.Requirement>
{
    /// <summary>The permission that includes all others.</summary>
    public const string All = "*";

    /// <summary>The claim that holds one granted permission; a principal has many.</summary>
    public const string ClaimType = "permissions";

    /// <summary>Whether a principal has one of these permissions. <c>*</c> grants all, <c>read:*</c> all that begin with <c>read:</c>.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="anyOf">The permissions, of which one is enough.</param>
    public static bool Allow(ClaimsPrincipal user, IReadOnlyList<string> anyOf) =>
        user.FindAll(ClaimType).Any(granted => granted.Value == All || anyOf.Any(wanted => Covers(granted.Value, wanted)));

    /// <summary>Those of some permissions, wildcards included, that a principal does not have in full.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="wanted">The permissions.</param>
    public static IReadOnlyList<string> Missing(ClaimsPrincipal user, IEnumerable<string> wanted) =>
        [.. wanted.Where(permission => !user.FindAll(ClaimType).Any(granted => Covers(granted.Value, permission)))];

    /// <summary>What two sets of permissions both permit.</summary>
    /// <param name="first">One set, wildcards included.</param>
    /// <param name="second">The other.</param>
    public static IReadOnlyList<string> Common(IReadOnlyList<string> first, IReadOnlyList<string> second) =>
    [
        .. first.Where(wanted => second.Any(granted => Covers(granted, wanted)))
            .Concat(second.Where(wanted => first.Any(granted => Covers(granted, wanted))))
            .Distinct(StringComparer.Ordinal),
    ];

    /// <inheritdoc />
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, Requirement requirement)
    {
        if (context.User.Identity?.IsAuthenticated != true)
            return Task.CompletedTask;
        var wanted = (context.Resource as HttpContext)?.GetEndpoint()?.Metadata.GetMetadata<PermissionMetadata>()?.AnyOf;
        if (wanted is { Count: 0 } || Allow(context.User, wanted ?? [All]))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }

    private static bool Covers(string granted, string wanted) =>
        granted == wanted || granted == All || (granted.EndsWith(":*", StringComparison.Ordinal) && wanted.StartsWith(granted[..^1], StringComparison.Ordinal));

    /// <summary>Stands for the decision in policies.</summary>
    internal sealed class Requirement : IAuthorizationRequirement;
}
