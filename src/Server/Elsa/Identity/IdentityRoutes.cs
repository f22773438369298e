using Platform.Server.Audit;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Identity;

/// <summary>
/// Users, roles and applications, as clients of Elsa manage them. An application is an API key here. Hashes are never answered, and the
/// password of a user only when it was generated.
/// </summary>
internal static class IdentityRoutes
{
    /// <summary>Maps the routes.</summary>
    public static void MapIdentityRoutes(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/identity").WithTags("Identity");
        group.MapGet("/users", ListUsersAsync).RequirePermission("read:user").WithSummary("Lists the users.").Produces<ElsaUserList>();
        group.MapPost("/users", CreateUserAsync).RequirePermission("create:user").Audited("user.create", "user")
            .WithSummary("Makes a user; without a password one is generated and shown once.").Produces<ElsaUserCreated>();
        group.MapPut("/users/{id}", UpdateUserAsync).RequirePermission("update:user").Audited("user.update", "user", "id")
            .WithSummary("Sets the password or the roles of a user.").Produces<ElsaUser>();
        group.MapDelete("/users/{id}", DeleteUserAsync).RequirePermission("delete:user").Audited("user.delete", "user", "id")
            .WithSummary("Deletes a user and the user's API keys.").Produces(StatusCodes.Status204NoContent);
        group.MapGet("/roles", ListRolesAsync).RequirePermission("read:role").WithSummary("Lists the roles.").Produces<ElsaRoleList>();
        group.MapPost("/roles", CreateRoleAsync).RequirePermission("create:role").Audited("role.create", "role")
            .WithSummary("Makes a role.").Produces<ElsaRole>();
        group.MapPut("/roles/{id}", UpdateRoleAsync).RequirePermission("update:role").Audited("role.update", "role", "id")
            .WithSummary("Changes the name or the permissions of a role.").Produces<ElsaRole>();
        group.MapDelete("/roles/{id}", DeleteRoleAsync).RequirePermission("delete:role").Audited("role.delete", "role", "id")
            .WithSummary("Deletes a role that nobody has.").Produces(StatusCodes.Status204NoContent);
        group.MapGet("/roles/{id}/deletion-impact", ShowImpactAsync).RequirePermission("delete:role")
            .WithSummary("Tells whether a role can be deleted, and what stands against it.").Produces<RoleDeletionImpact>();
        group.MapPost("/roles/{id}/remove-from-jit-policies-and-delete", DeleteRoleAsync).RequirePermission("delete:role").Audited("role.delete", "role", "id")
            .WithSummary("Deletes a role that nobody has; no policy here refers to roles.").Produces(StatusCodes.Status204NoContent);
        group.MapPost("/applications", CreateApplicationAsync).RequirePermission("create:application").Audited("apiKey.create", "apiKey")
            .WithSummary("Makes an API key with the permissions of roles and shows it, this once.").Produces<ElsaApplication>();
    }

    private static async Task<IResult> ListUsersAsync(Users users, CancellationToken cancellationToken) =>
        Wire.Json(new ElsaUserList([.. (await users.ListAsync(cancellationToken)).Select(ToModel)]));

    private static async Task<IResult> CreateUserAsync(Body<ElsaUserRequest> body, HttpContext context, Accounts accounts)
    {
        var request = body.Value;
        var generated = string.IsNullOrEmpty(request.Password) ? Passwords.Generate() : null;
        var outcome = await accounts.CreateAsync(
            context.User, new NewUser(request.Name ?? "", generated ?? request.Password ?? "", null, request.Roles ?? []), context.RequestAborted);
        return outcome.ToResult(user => Wire.Json(new ElsaUserCreated(user.Id, user.Document.Name, generated ?? "", user.Document.Roles, null, "", "")));
    }

    private static async Task<IResult> UpdateUserAsync(string id, Body<ElsaUserRequest> body, HttpContext context, Users users, Accounts accounts)
    {
        if (await users.ReadAsync(Users.IdOf(id), context.RequestAborted) is not { } user)
            return AccountProblems.NoUser(id);
        Outcome<User> outcome = user;
        if (body.Value.Roles is { } roles)
            outcome = await accounts.ChangeAsync(context.User, user.Id, user.Document.DisplayName, roles, context.RequestAborted);
        if (outcome.Value is not null && !string.IsNullOrEmpty(body.Value.Password))
            outcome = await accounts.SetPasswordAsync(context.User, user.Id, body.Value.Password, context.RequestAborted);
        return outcome.ToResult(changed => Wire.Json(ToModel(changed)));
    }

    private static async Task<IResult> DeleteUserAsync(string id, HttpContext context, Accounts accounts) =>
        (await accounts.DeleteAsync(context.User, Users.IdOf(id), context.RequestAborted)).ToResult(_ => Results.NoContent());

    private static async Task<IResult> ListRolesAsync(RoleStore roles, CancellationToken cancellationToken) =>
        Wire.Json(new ElsaRoleList([.. (await roles.ListAsync(cancellationToken)).Select(ToModel)]));

    private static async Task<IResult> CreateRoleAsync(Body<ElsaRoleRequest> body, HttpContext context, RoleStore roles)
    {
        var request = body.Value;
        var id = string.IsNullOrWhiteSpace(request.Id) ? null : request.Id;
        var outcome = await roles.CreateAsync(context.User, id, new RoleDocument(request.Name ?? "", request.Permissions ?? []), context.RequestAborted);
        return outcome.ToResult(role => Wire.Json(ToModel(role)));
    }

    private static async Task<IResult> UpdateRoleAsync(string id, Body<ElsaRoleRequest> body, HttpContext context, RoleStore roles)
    {
        var outcome = await roles.ChangeAsync(
            context.User,
            id,
            role => new RoleDocument(body.Value.Name ?? role.Name, body.Value.Permissions ?? role.Permissions),
            context.RequestAborted);
        return outcome.ToResult(role => Wire.Json(ToModel(role)));
    }

    private static async Task<IResult> DeleteRoleAsync(string id, HttpContext context, RoleStore roles) =>
        (await roles.DeleteAsync(context.User, id, context.RequestAborted)).ToResult(_ => Results.NoContent());

    private static async Task<IResult> ShowImpactAsync(string id, RoleStore roles, CancellationToken cancellationToken)
    {
        if (await roles.FindAsync(id, cancellationToken) is not { } role)
            return AccountProblems.NoRole(id);
        IReadOnlyList<string> warnings = role.IsBuiltIn ? ["built_in_role"] : role.Users.Count > 0 ? ["role_in_use"] : [];
        return Wire.Json(new RoleDeletionImpact(id, "1", "atomic", warnings.Count == 0, false, [], [], warnings));
    }

    private static async Task<IResult> CreateApplicationAsync(Body<ElsaUserRequest> body, HttpContext context, KeyChanges keys, Users users)
    {
        var roles = body.Value.Roles ?? [];
        foreach (var id in roles)
        {
            if (await users.FindRoleAsync(id, context.RequestAborted) is null)
                return AccountProblems.NoRole(id);
        }

        var permissions = await users.PermissionsOfAsync(roles, context.RequestAborted);
        var outcome = await keys.CreateAsync(context.User, body.Value.Name ?? "", permissions, null, context.RequestAborted);
        return outcome.ToResult(made => Wire.Json(
            new ElsaApplication(made.Key.ShownId, made.Key.Document.Name, roles, made.Key.ShownId, "", made.Secret, "", "", "", "")));
    }

    private static ElsaUser ToModel(User user) => new(user.Id, user.Document.Name, user.Document.Roles, null);

    private static ElsaRole ToModel(Role role) => new(role.Id, role.Document.Name, role.Document.Permissions, null);
}
