using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Runtime.Store;

namespace Platform.Server.Security;

/// <summary>A person who can sign in. Stored as kind <c>user</c>; the id is the name in lower case.</summary>
/// <param name="Name">Name as it was given.</param>
/// <param name="PasswordHash">Hash of the password.</param>
internal sealed record UserDocument(string Name, string PasswordHash)
{
    /// <summary>Ids of the roles, which give the permissions.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Changes with the password. Sessions and tokens carry it and end when it changes.</summary>
    public required string Stamp { get; init; }

    /// <summary>True for somebody who may not sign in any more.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the password was last set, UTC.</summary>
    public DateTimeOffset PasswordSetAt { get; init; }

    /// <summary>Name for people, or null.</summary>
    public string? DisplayName { get; init; }

    /// <summary>The account at the sign-in provider by which the user comes in; null before the first time, and for users with a password.</summary>
    public string? ExternalId { get; init; }

    /// <summary>The hash to check a password against; null for a user who has no password here.</summary>
    [JsonIgnore]
    public string? LocalHash => PasswordHash.Length == 0 ? null : PasswordHash;
}

/// <summary>A set of permissions with a name. Stored as kind <c>role</c>.</summary>
/// <param name="Name">Name for people.</param>
/// <param name="Permissions">The permissions, wildcards included.</param>
internal sealed record RoleDocument(string Name, IReadOnlyList<string> Permissions);

/// <summary>A user with everything a request needs to know.</summary>
/// <param name="Id">Id of the user.</param>
/// <param name="Document">The stored user.</param>
/// <param name="Permissions">What the roles permit, together.</param>
internal sealed record User(string Id, UserDocument Document, IReadOnlyList<string> Permissions);

/// <summary>Users and roles in the store. They are read anew for each request, so that a change holds at once and on every node.</summary>
/// <param name="store">Where they are kept.</param>
internal sealed class Users(IWorkflowStore store)
{
    /// <summary>Kind of the stored users.</summary>
    public const string Kind = "user";

    /// <summary>Kind of the stored roles.</summary>
    public const string RoleKind = "role";

    /// <summary>The role that may do everything.</summary>
    public const string AdministratorRole = "administrator";

    /// <summary>The claim with the user's <see cref="UserDocument.Stamp"/>.</summary>
    public const string StampClaim = "stamp";

    /// <summary>The id under which a name is stored.</summary>
    /// <param name="name">The name in any case.</param>
    public static string IdOf(string name) => name.ToLowerInvariant();

    /// <summary>The user, or null. A disabled one is as good as none.</summary>
    /// <param name="id">Id of the user.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<User?> FindAsync(string id, CancellationToken cancellationToken) =>
        await ReadAsync(id, cancellationToken) is { Document.IsDisabled: false } user ? user : null;

    /// <summary>The user, a disabled one too, or null.</summary>
    /// <param name="id">Id of the user.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<User?> ReadAsync(string id, CancellationToken cancellationToken) =>
        await store.FindDocumentAsync(Kind, id, cancellationToken) is { } stored ? await CompleteAsync(stored, cancellationToken) : null;

    /// <summary>All users, disabled ones too, by id.</summary>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<IReadOnlyList<User>> ListAsync(CancellationToken cancellationToken)
    {
        var users = new List<User>();
        foreach (var stored in await store.ListDocumentsAsync(Kind, cancellationToken))
            users.Add(await CompleteAsync(stored, cancellationToken));
        return users;
    }

    /// <summary>The role, built-in or stored, or null.</summary>
    /// <param name="id">Id of the role.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<RoleDocument?> FindRoleAsync(string id, CancellationToken cancellationToken)
    {
        if (BuiltInRoles.All.TryGetValue(id, out var builtIn))
            return builtIn;
        return await store.FindDocumentAsync(RoleKind, id, cancellationToken) is { } stored
            ? JsonSerializer.Deserialize(stored.Json, SecurityJson.Default.RoleDocument)
            : null;
    }

    /// <summary>What roles permit together; roles that do not exist permit nothing.</summary>
    /// <param name="roles">Ids of the roles.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<IReadOnlyList<string>> PermissionsOfAsync(IEnumerable<string> roles, CancellationToken cancellationToken)
    {
        var permissions = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var id in roles)
        {
            if (await FindRoleAsync(id, cancellationToken) is { } role)
                permissions.UnionWith(role.Permissions);
        }

        return [.. permissions];
    }

    /// <summary>The user whom a session or token was given to; null when the password was changed since, or the user is gone.</summary>
    /// <param name="credential">Principal of the session or token.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<User?> FindAsync(ClaimsPrincipal credential, CancellationToken cancellationToken)
    {
        var user = credential.FindFirstValue("sub") is { } id ? await FindAsync(id, cancellationToken) : null;
        return user is not null && credential.FindFirstValue(StampClaim) == user.Document.Stamp ? user : null;
    }

    /// <summary>The principal of requests that a user makes.</summary>
    /// <param name="user">The user.</param>
    /// <param name="scheme">How the user proved it.</param>
    /// <param name="further">Claims of the proof itself.</param>
    public static ClaimsPrincipal PrincipalOf(User user, string scheme, params IEnumerable<Claim> further)
    {
        var identity = new ClaimsIdentity(further, scheme, "name", "role");
        identity.AddClaim(new Claim("sub", user.Id));
        identity.AddClaim(new Claim("name", user.Document.Name));
        identity.AddClaims(user.Document.Roles.Select(role => new Claim("role", role)));
        identity.AddClaims(user.Permissions.Select(permission => new Claim(Permissions.ClaimType, permission)));
        return new ClaimsPrincipal(identity);
    }

    private async ValueTask<User> CompleteAsync(StoredDocument stored, CancellationToken cancellationToken)
    {
        var document = JsonSerializer.Deserialize(stored.Json, SecurityJson.Default.UserDocument)
            ?? throw new InvalidOperationException($"The stored user '{stored.Id}' is null.");
        return new User(stored.Id, document, await PermissionsOfAsync(document.Roles, cancellationToken));
    }
}
