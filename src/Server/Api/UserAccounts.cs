using Platform.Server.Audit;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>The people who can sign in.</summary>
internal static class UserAccounts
{
    private const int TakeDefault = 50;
    private const int TakeMax = 1_000;

    /// <summary>Maps <c>/api/users</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapUserAccounts(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/users").WithTags("Users").Takes("id", "Id of the user: the name in small letters.");
        group.MapGet("", ListAsync).RequirePermission("read:user")
            .WithSummary("Lists the users.")
            .Produces<UserList>()
            .Takes("search", "Only users whose name or display name holds it.");
        group.MapGet("/{id}", FindAsync).RequirePermission("read:user")
            .WithSummary("Shows a user.")
            .Produces<UserModel>()
            .Refuses(StatusCodes.Status404NotFound, "WF4740");
        group.MapPost("", CreateAsync).RequirePermission("create:user").Audited("user.create", "user")
            .WithSummary("Makes a user; without a password one is generated and shown once, unless the user signs in at a provider only.")
            .Reads<UserBody>()
            .Produces<UserCreated>(StatusCodes.Status201Created)
            .Refuses(StatusCodes.Status400BadRequest, "WF4745", "WF4746")
            .Refuses(StatusCodes.Status403Forbidden, "WF4743")
            .Refuses(StatusCodes.Status409Conflict, "WF4747");
        group.MapPut("/{id}", ChangeAsync).RequirePermission("update:user").Audited("user.update", "user", "id")
            .WithSummary("Replaces the display name and the roles of a user.")
            .Reads<UserChangeBody>()
            .Produces<UserModel>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4746")
            .Refuses(StatusCodes.Status403Forbidden, "WF4743")
            .Refuses(StatusCodes.Status404NotFound, "WF4740")
            .Refuses(StatusCodes.Status409Conflict, "WF4744");
        group.MapPut("/{id}/password", SetPasswordAsync).RequirePermission("update:user").Audited("user.set-password", "user", "id")
            .WithSummary("Gives somebody else a new password; without one it is generated and shown once.")
            .Reads<PasswordBody>()
            .Produces<UserCreated>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4745")
            .Refuses(StatusCodes.Status403Forbidden, "WF4743")
            .Refuses(StatusCodes.Status404NotFound, "WF4740")
            .Refuses(StatusCodes.Status409Conflict, "WF4753");
        group.MapPost("/{id}/disable", DisableAsync).RequirePermission("update:user").Audited("user.disable", "user", "id")
            .WithSummary("Keeps a user out, and ends the user's sessions, tokens and keys at once.")
            .Produces<UserModel>()
            .Refuses(StatusCodes.Status403Forbidden, "WF4743")
            .Refuses(StatusCodes.Status404NotFound, "WF4740")
            .Refuses(StatusCodes.Status409Conflict, "WF4744");
        group.MapPost("/{id}/enable", EnableAsync).RequirePermission("update:user").Audited("user.enable", "user", "id")
            .WithSummary("Lets a disabled user sign in again.")
            .Produces<UserModel>()
            .Refuses(StatusCodes.Status403Forbidden, "WF4743")
            .Refuses(StatusCodes.Status404NotFound, "WF4740");
        group.MapPost("/{id}/sign-out", SignOutAsync).RequirePermission("update:user").Audited("user.sign-out", "user", "id")
            .WithSummary("Ends all sessions and tokens of a user.")
            .Produces<UserModel>()
            .Refuses(StatusCodes.Status403Forbidden, "WF4743")
            .Refuses(StatusCodes.Status404NotFound, "WF4740");
        group.MapDelete("/{id}", DeleteAsync).RequirePermission("delete:user").Audited("user.delete", "user", "id")
            .WithSummary("Deletes a user and the user's API keys.")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(StatusCodes.Status403Forbidden, "WF4743")
            .Refuses(StatusCodes.Status404NotFound, "WF4740")
            .Refuses(StatusCodes.Status409Conflict, "WF4744");
    }

    private static async Task<IResult> ListAsync(Users users, CancellationToken cancellationToken, string? search = null, int skip = 0, int take = TakeDefault)
    {
        if (skip < 0 || take is < 1 or > TakeMax)
            return Problem.Unreadable with { Detail = $"'skip' begins at 0, and 'take' is between 1 and {TakeMax}." };
        var found = (await users.ListAsync(cancellationToken)).Where(user => string.IsNullOrWhiteSpace(search) || Matches(user, search)).ToList();
        return ApiJson.Reply(new UserList([.. found.Skip(skip).Take(take).Select(ToModel)], found.Count));
    }

    private static async Task<IResult> FindAsync(string id, Users users, CancellationToken cancellationToken) =>
        await users.ReadAsync(Users.IdOf(id), cancellationToken) is { } user ? ApiJson.Reply(ToModel(user)) : AccountProblems.NoUser(id);

    private static async Task<IResult> CreateAsync(HttpContext context, Accounts accounts, OidcOptions oidc)
    {
        var body = await ApiJson.ReadAsync<UserBody>(context.Request);
        if (body.External && !oidc.IsOn)
            return AccountProblems.BadUser("Nobody signs in at another server here, so 'external' users could not come in. The section Security:Oidc sets a provider up.");
        if (body.External && !string.IsNullOrEmpty(body.Password))
            return AccountProblems.BadUser("An 'external' user has no password here. Leave out one of the two.");
        var generated = string.IsNullOrEmpty(body.Password) && !body.External ? Passwords.Generate() : null;
        var outcome = await accounts.CreateAsync(
            context.User, new NewUser(body.Name, body.External ? null : generated ?? body.Password, body.DisplayName, body.Roles ?? []), context.RequestAborted);
        return outcome.ToResult(user => ApiJson.Reply(new UserCreated(ToModel(user), generated), StatusCodes.Status201Created));
    }

    private static async Task<IResult> ChangeAsync(string id, HttpContext context, Accounts accounts)
    {
        var body = await ApiJson.ReadAsync<UserChangeBody>(context.Request);
        return ToResult(await accounts.ChangeAsync(context.User, Users.IdOf(id), body.DisplayName, body.Roles, context.RequestAborted));
    }

    private static async Task<IResult> SetPasswordAsync(string id, HttpContext context, Accounts accounts)
    {
        var body = await ApiJson.ReadAsync<PasswordBody>(context.Request);
        var generated = string.IsNullOrEmpty(body.Password) ? Passwords.Generate() : null;
        var outcome = await accounts.SetPasswordAsync(context.User, Users.IdOf(id), generated ?? body.Password ?? "", context.RequestAborted);
        return outcome.ToResult(user => ApiJson.Reply(new UserCreated(ToModel(user), generated)));
    }

    private static async Task<IResult> DisableAsync(string id, HttpContext context, Accounts accounts) =>
        ToResult(await accounts.SetDisabledAsync(context.User, Users.IdOf(id), true, context.RequestAborted));

    private static async Task<IResult> EnableAsync(string id, HttpContext context, Accounts accounts) =>
        ToResult(await accounts.SetDisabledAsync(context.User, Users.IdOf(id), false, context.RequestAborted));

    private static async Task<IResult> SignOutAsync(string id, HttpContext context, Accounts accounts) =>
        ToResult(await accounts.EndSessionsAsync(context.User, Users.IdOf(id), context.RequestAborted));

    private static async Task<IResult> DeleteAsync(string id, HttpContext context, Accounts accounts) =>
        (await accounts.DeleteAsync(context.User, Users.IdOf(id), context.RequestAborted)).ToResult(_ => Results.NoContent());

    private static IResult ToResult(Outcome<User> outcome) => outcome.ToResult(user => ApiJson.Reply(ToModel(user)));

    private static bool Matches(User user, string search) =>
        user.Document.Name.Contains(search, StringComparison.OrdinalIgnoreCase) || user.Document.DisplayName?.Contains(search, StringComparison.OrdinalIgnoreCase) == true;

    private static UserModel ToModel(User user) => new(
        user.Id, user.Document.Name, user.Document.DisplayName, user.Document.Roles, user.Permissions, user.Document.IsDisabled, user.Document.LocalHash is not null,
        user.Document.CreatedAt, user.Document.LocalHash is null ? null : user.Document.PasswordSetAt);
}

/// <summary>A user to be made.</summary>
internal sealed record UserBody(string Name, string? Password = null, string? DisplayName = null, IReadOnlyList<string>? Roles = null, bool External = false)
{
    /// <summary>Nothing of it: the password must not get into a log by chance.</summary>
    public override string ToString() => nameof(UserBody);
}

/// <summary>What a user is changed to; what is left out of a display name is taken away.</summary>
internal sealed record UserChangeBody(IReadOnlyList<string> Roles, string? DisplayName = null);

/// <summary>A new password.</summary>
internal sealed record PasswordBody(string? Password = null)
{
    /// <summary>Nothing of it: the password must not get into a log by chance.</summary>
    public override string ToString() => nameof(PasswordBody);
}

/// <summary>A user.</summary>
internal sealed record UserModel(
    string Id,
    string Name,
    string? DisplayName,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> Permissions,
    bool IsDisabled,
    bool HasPassword,
    DateTimeOffset CreatedAt,
    DateTimeOffset? PasswordSetAt);

/// <summary>A user, and the password that was generated; null when the request gave one.</summary>
internal sealed record UserCreated(UserModel User, string? Password);

/// <summary>A page of users.</summary>
internal sealed record UserList(IReadOnlyList<UserModel> Items, int TotalCount);
