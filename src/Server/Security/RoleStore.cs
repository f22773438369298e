using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;

namespace Platform.Server.Security;

/// <summary>Changes roles. It shares the lock of <see cref="Accounts"/>, because roles decide who is administrator.</summary>
/// <param name="store">Where roles are kept.</param>
/// <param name="users">Reads them.</param>
/// <param name="accounts">Changes users.</param>
/// <param name="connections">Open connections, which end when their users lose something.</param>
/// <param name="names">Knows the permissions that there are.</param>
internal sealed partial class RoleStore(IWorkflowStore store, Users users, Accounts accounts, OpenConnections connections, PermissionNames names)
{
    /// <summary>Most roles.</summary>
    public const int CountMax = 1_000;

    /// <summary>Most permissions of a role or key.</summary>
    public const int PermissionsMax = 200;

    /// <summary>All roles, the built-in ones first, each with the names of those who have it.</summary>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<IReadOnlyList<Role>> ListAsync(CancellationToken cancellationToken)
    {
        var all = await users.ListAsync(cancellationToken);
        var stored = (await store.ListDocumentsAsync(Users.RoleKind, cancellationToken)).Where(document => !BuiltInRoles.All.ContainsKey(document.Id));
        return
        [
            .. BuiltInRoles.All.Select(role => Complete(role.Key, role.Value, all)),
            .. stored.Select(document => Complete(document.Id, Read(document), all)),
        ];
    }

    /// <summary>The role, or null.</summary>
    /// <param name="id">Id of the role.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<Role?> FindAsync(string id, CancellationToken cancellationToken) =>
        await users.FindRoleAsync(id, cancellationToken) is { } role ? Complete(id, role, await users.ListAsync(cancellationToken)) : null;

    /// <summary>Makes a role.</summary>
    /// <param name="actor">Who does it; nobody makes a role that permits more than they have.</param>
    /// <param name="id">Id, or null to take it from the name.</param>
    /// <param name="role">The role.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    public async ValueTask<Outcome<Role>> CreateAsync(ClaimsPrincipal actor, string? id, RoleDocument role, CancellationToken cancellationToken)
    {
        id ??= role.Name.Trim().ToLowerInvariant().Replace(' ', '-');
        if (!Id().IsMatch(id))
            return AccountProblems.BadRole($"The id '{id}' cannot be used. It has up to 100 small letters, digits or any of . _ - and begins with a letter or digit.");
        await accounts.Changing.WaitAsync(cancellationToken);
        try
        {
            if (await users.FindRoleAsync(id, cancellationToken) is not null)
                return AccountProblems.Taken("role", id);
            if ((await store.ListDocumentsAsync(Users.RoleKind, cancellationToken)).Count >= CountMax)
                return AccountProblems.BadRole($"There are {CountMax} roles, the most there can be. Delete some first.");
            return await PutAsync(actor, id, null, role, cancellationToken);
        }
        finally
        {
            accounts.Changing.Release();
        }
    }

    /// <summary>Changes a role, for everybody who has it and at once.</summary>
    /// <param name="actor">Who does it.</param>
    /// <param name="id">The role.</param>
    /// <param name="change">Changes it.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    public async ValueTask<Outcome<Role>> ChangeAsync(ClaimsPrincipal actor, string id, Func<RoleDocument, RoleDocument> change, CancellationToken cancellationToken)
    {
        if (BuiltInRoles.All.ContainsKey(id))
            return AccountProblems.BuiltIn(id);
        await accounts.Changing.WaitAsync(cancellationToken);
        try
        {
            return await users.FindRoleAsync(id, cancellationToken) is { } role
                ? await PutAsync(actor, id, role, change(role), cancellationToken)
                : AccountProblems.NoRole(id);
        }
        finally
        {
            accounts.Changing.Release();
        }
    }

    /// <summary>Deletes a role that nobody has.</summary>
    /// <param name="actor">Who does it.</param>
    /// <param name="id">The role.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    public async ValueTask<Outcome<Role>> DeleteAsync(ClaimsPrincipal actor, string id, CancellationToken cancellationToken)
    {
        if (BuiltInRoles.All.ContainsKey(id))
            return AccountProblems.BuiltIn(id);
        await accounts.Changing.WaitAsync(cancellationToken);
        try
        {
            if (await FindAsync(id, cancellationToken) is not { } role)
                return AccountProblems.NoRole(id);
            if (Permissions.Missing(actor, role.Document.Permissions) is { Count: > 0 } missing)
                return AccountProblems.TooMuch($"The role '{id}'", missing);
            if (role.Users.Count > 0)
                return AccountProblems.RoleInUse(id, role.Users);
            var commit = new Commit { DeletedDocuments = [new DocumentKey(Users.RoleKind, id)] };
            AuditScope.Current?.AddTo(commit, new AuditChange(Users.RoleKind, id, role.Document.Name) { Before = Describe(role.Document) });
            await store.CommitAsync(commit, CancellationToken.None);
            return role;
        }
        finally
        {
            accounts.Changing.Release();
        }
    }

    private static RoleDocument Read(StoredDocument stored) => JsonSerializer.Deserialize(stored.Json, SecurityJson.Default.RoleDocument)
        ?? throw new InvalidOperationException($"The stored role '{stored.Id}' is null.");

    private static Role Complete(string id, RoleDocument role, IEnumerable<User> all) =>
        new(id, role, [.. all.Where(user => user.Document.Roles.Contains(id)).Select(user => user.Document.Name)]);

    private static JsonObject Describe(RoleDocument role) => new()
    {
        ["name"] = role.Name,
        ["permissions"] = new JsonArray([.. role.Permissions.Select(permission => JsonValue.Create(permission))]),
    };

    /// <summary>Stores a role when everything holds that must. The lock is held.</summary>
    private async ValueTask<Outcome<Role>> PutAsync(ClaimsPrincipal actor, string id, RoleDocument? before, RoleDocument wanted, CancellationToken cancellationToken)
    {
        var role = wanted with { Name = wanted.Name.Trim(), Permissions = [.. wanted.Permissions.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] };
        if (role.Name.Length is 0 or > 100)
            return AccountProblems.BadRole("The name of a role has 1 to 100 characters.");
        if (names.WhyNot(role.Permissions) is { } why)
            return AccountProblems.BadRole(why);
        if (Permissions.Missing(actor, role.Permissions.Union(before?.Permissions ?? [])) is { Count: > 0 } missing)
            return AccountProblems.TooMuch($"The role '{id}'", missing);
        var all = await users.ListAsync(cancellationToken);
        if (before?.Permissions.Contains(Permissions.All) == true && !role.Permissions.Contains(Permissions.All)
            && Accounts.HasNoAdministrator(all.Where(user => !user.Document.Roles.Contains(id))))
            return AccountProblems.LastAdministrator(id);
        var commit = new Commit { Documents = [new StoredDocument(Users.RoleKind, id, JsonSerializer.Serialize(role, SecurityJson.Default.RoleDocument))] };
        AuditScope.Current?.AddTo(commit, new AuditChange(Users.RoleKind, id, role.Name) { Before = before is null ? null : Describe(before), After = Describe(role) });
        await store.CommitAsync(commit, CancellationToken.None);
        var having = all.Where(user => user.Document.Roles.Contains(id)).ToList();
        if (before is not null && !before.Permissions.SequenceEqual(role.Permissions))
            having.ForEach(user => connections.End(user.Id));
        return new Role(id, role, [.. having.Select(user => user.Document.Name)]);
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9._-]{0,99}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Id();
}

/// <summary>A role with everything that is shown of it.</summary>
/// <param name="Id">Id of the role.</param>
/// <param name="Document">The role.</param>
/// <param name="Users">Names of those who have it.</param>
internal sealed record Role(string Id, RoleDocument Document, IReadOnlyList<string> Users)
{
    /// <summary>Whether it comes with the server.</summary>
    public bool IsBuiltIn => BuiltInRoles.All.ContainsKey(Id);
}
