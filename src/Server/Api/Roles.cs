using Platform.Server.Audit;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>Roles: sets of permissions with a name.</summary>
internal static class Roles
{
    private const int TakeDefault = 50;
    private const int TakeMax = 1_000;

    /// <summary>Maps <c>/api/roles</c> and <c>/api/permissions</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapRoles(this IEndpointRouteBuilder api)
    {
        api.MapGet("/permissions", ListNames).RequirePermission("read:role").WithTags("Roles")
            .WithSummary("Lists the names of the permissions that roles and keys can have.")
            .Produces<PermissionList>();
        var group = api.MapGroup("/roles").WithTags("Roles").Takes("id", "Id of the role.");
        group.MapGet("", ListAsync).RequirePermission("read:role")
            .WithSummary("Lists the roles, the built-in ones first.")
            .Produces<RoleList>();
        group.MapGet("/{id}", FindAsync).RequirePermission("read:role")
            .WithSummary("Shows a role and who has it.")
            .Produces<RoleModel>()
            .Refuses(StatusCodes.Status404NotFound, "WF4741");
        group.MapPost("", CreateAsync).RequirePermission("create:role").Audited("role.create", "role")
            .WithSummary("Makes a role.")
            .Reads<RoleBody>()
            .Produces<RoleModel>(StatusCodes.Status201Created)
            .Refuses(StatusCodes.Status400BadRequest, "WF4748")
            .Refuses(StatusCodes.Status403Forbidden, "WF4743")
            .Refuses(StatusCodes.Status409Conflict, "WF4747");
        group.MapPut("/{id}", ChangeAsync).RequirePermission("update:role").Audited("role.update", "role", "id")
            .WithSummary("Replaces the name and the permissions of a role, for everybody who has it and at once.")
            .Reads<RoleChangeBody>()
            .Produces<RoleModel>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4748")
            .Refuses(StatusCodes.Status403Forbidden, "WF4743")
            .Refuses(StatusCodes.Status404NotFound, "WF4741")
            .Refuses(StatusCodes.Status409Conflict, "WF4744", "WF4749");
        group.MapDelete("/{id}", DeleteAsync).RequirePermission("delete:role").Audited("role.delete", "role", "id")
            .WithSummary("Deletes a role that nobody has.")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(StatusCodes.Status403Forbidden, "WF4743")
            .Refuses(StatusCodes.Status404NotFound, "WF4741")
            .Refuses(StatusCodes.Status409Conflict, "WF4749", "WF4750");
    }

    private static IResult ListNames(PermissionNames names) => ApiJson.Reply(new PermissionList([.. names.All], names.All.Count));

    private static async Task<IResult> ListAsync(RoleStore roles, CancellationToken cancellationToken, int skip = 0, int take = TakeDefault)
    {
        if (skip < 0 || take is < 1 or > TakeMax)
            return Problem.Unreadable with { Detail = $"'skip' begins at 0, and 'take' is between 1 and {TakeMax}." };
        var all = await roles.ListAsync(cancellationToken);
        return ApiJson.Reply(new RoleList([.. all.Skip(skip).Take(take).Select(ToModel)], all.Count));
    }

    private static async Task<IResult> FindAsync(string id, RoleStore roles, CancellationToken cancellationToken) =>
        await roles.FindAsync(id, cancellationToken) is { } role ? ApiJson.Reply(ToModel(role)) : AccountProblems.NoRole(id);

    private static async Task<IResult> CreateAsync(HttpContext context, RoleStore roles)
    {
        var body = await ApiJson.ReadAsync<RoleBody>(context.Request);
        var outcome = await roles.CreateAsync(context.User, body.Id, new RoleDocument(body.Name, body.Permissions), context.RequestAborted);
        return outcome.ToResult(role => ApiJson.Reply(ToModel(role), StatusCodes.Status201Created));
    }

    private static async Task<IResult> ChangeAsync(string id, HttpContext context, RoleStore roles)
    {
        var body = await ApiJson.ReadAsync<RoleChangeBody>(context.Request);
        var outcome = await roles.ChangeAsync(context.User, id, _ => new RoleDocument(body.Name, body.Permissions), context.RequestAborted);
        return outcome.ToResult(role => ApiJson.Reply(ToModel(role)));
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext context, RoleStore roles) =>
        (await roles.DeleteAsync(context.User, id, context.RequestAborted)).ToResult(_ => Results.NoContent());

    private static RoleModel ToModel(Role role) => new(role.Id, role.Document.Name, role.Document.Permissions, role.IsBuiltIn, role.Users);
}

/// <summary>A role to be made; without an id it is taken from the name.</summary>
internal sealed record RoleBody(string Name, IReadOnlyList<string> Permissions, string? Id = null);

/// <summary>What a role is changed to.</summary>
internal sealed record RoleChangeBody(string Name, IReadOnlyList<string> Permissions);

/// <summary>A role, and the names of the users who have it.</summary>
internal sealed record RoleModel(string Id, string Name, IReadOnlyList<string> Permissions, bool IsBuiltIn, IReadOnlyList<string> Users);

/// <summary>A page of roles.</summary>
internal sealed record RoleList(IReadOnlyList<RoleModel> Items, int TotalCount);

/// <summary>Names of permissions.</summary>
internal sealed record PermissionList(IReadOnlyList<string> Items, int TotalCount);
