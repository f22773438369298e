using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Platform.Runtime;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;

namespace Platform.Server.Security;

/// <summary>
/// Changes users. One change at a time, so that two of them cannot each leave the other's as the last administrator. What ends a user's
/// access gives the user a new stamp, with which every session and token ends.
/// </summary>
/// <param name="store">Where users are kept.</param>
/// <param name="users">Reads them.</param>
/// <param name="passwords">Checks passwords.</param>
/// <param name="connections">Open connections, which end with the access.</param>
/// <param name="ids">Makes ids.</param>
/// <param name="clock">Time.</param>
internal sealed partial class Accounts(IWorkflowStore store, Users users, Passwords passwords, OpenConnections connections, Ids ids, TimeProvider clock) : IDisposable
{
    /// <summary>Most users: lists of them are read as a whole.</summary>
    public const int CountMax = 10_000;

    private const int DisplayNameLengthMax = 200;
    private const int RolesMax = 50;

    /// <summary>Held while users or roles change.</summary>
    public SemaphoreSlim Changing { get; } = new(1, 1);

    /// <inheritdoc />
    public void Dispose() => Changing.Dispose();

    /// <summary>Makes a user.</summary>
    /// <param name="actor">Who does it.</param>
    /// <param name="wanted">The user.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    public async ValueTask<Outcome<User>> CreateAsync(ClaimsPrincipal actor, NewUser wanted, CancellationToken cancellationToken)
    {
        var name = wanted.Name.Trim();
        if (!Name().IsMatch(name))
            return AccountProblems.BadUser("The name of a user has up to 100 letters, digits or any of . _ @ - and begins with a letter or digit.");
        if (wanted.Password is { } password && PasswordRules.WhyNot(password, name) is { } why)
            return AccountProblems.BadPassword(why);
        var now = clock.GetUtcNow();
        var document = new UserDocument(name, wanted.Password is null ? "" : Passwords.Hash(wanted.Password))
        {
            DisplayName = wanted.DisplayName,
            Roles = [.. wanted.Roles.Distinct(StringComparer.Ordinal)],
            Stamp = ids.New(),
            CreatedAt = now,
            PasswordSetAt = now,
        };
        await Changing.WaitAsync(cancellationToken);
        try
        {
            if (await users.ReadAsync(Users.IdOf(name), cancellationToken) is not null)
                return AccountProblems.Taken("user", Users.IdOf(name));
            if ((await store.ListDocumentsAsync(Users.Kind, cancellationToken)).Count >= CountMax)
                return AccountProblems.BadUser($"There are {CountMax} users, the most there can be. Delete some first.");
            return await PutAsync(actor, Users.IdOf(name), null, document, cancellationToken);
        }
        finally
        {
            Changing.Release();
        }
    }

    /// <summary>Changes the display name and the roles of a user.</summary>
    /// <param name="actor">Who does it.</param>
    /// <param name="id">The user.</param>
    /// <param name="displayName">Name for people, or null.</param>
    /// <param name="roles">Ids of the roles from now on.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    public ValueTask<Outcome<User>> ChangeAsync(ClaimsPrincipal actor, string id, string? displayName, IReadOnlyList<string> roles, CancellationToken cancellationToken) =>
        ChangeAsync(actor, id, user => user with { DisplayName = displayName, Roles = [.. roles.Distinct(StringComparer.Ordinal)] }, cancellationToken);

    /// <summary>Keeps a user out, at once, or lets the user in again.</summary>
    /// <param name="actor">Who does it.</param>
    /// <param name="id">The user.</param>
    /// <param name="isDisabled">Whether the user may not sign in.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    public ValueTask<Outcome<User>> SetDisabledAsync(ClaimsPrincipal actor, string id, bool isDisabled, CancellationToken cancellationToken) =>
        ChangeAsync(actor, id, user => user.IsDisabled == isDisabled ? user : user with { IsDisabled = isDisabled, Stamp = ids.New() }, cancellationToken);

    /// <summary>Ends all sessions and tokens of a user, who may sign in again.</summary>
    /// <param name="actor">Who does it.</param>
    /// <param name="id">The user.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    public ValueTask<Outcome<User>> EndSessionsAsync(ClaimsPrincipal actor, string id, CancellationToken cancellationToken) =>
        ChangeAsync(actor, id, user => user with { Stamp = ids.New() }, cancellationToken);

    /// <summary>Gives a user a new password, which ends the sessions and tokens of the old one.</summary>
    /// <param name="actor">Who does it; somebody else than the user.</param>
    /// <param name="id">The user.</param>
    /// <param name="password">The password.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    public async ValueTask<Outcome<User>> SetPasswordAsync(ClaimsPrincipal actor, string id, string password, CancellationToken cancellationToken)
    {
        if (actor.FindFirstValue("sub") == id)
            return AccountProblems.OwnPassword;
        return PasswordRules.WhyNot(password, id) is { } why
            ? AccountProblems.BadPassword(why)
            : await ChangeAsync(actor, id, WithPassword(password), cancellationToken);
    }

    /// <summary>Changes the password of whoever asks.</summary>
    /// <param name="actor">The user.</param>
    /// <param name="current">The password until now.</param>
    /// <param name="password">The password from now on.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    public async ValueTask<Outcome<User>> ChangeOwnPasswordAsync(ClaimsPrincipal actor, string current, string password, CancellationToken cancellationToken)
    {
        if (actor.FindFirstValue("sub") is not { } id || await users.FindAsync(id, cancellationToken) is not { Document.LocalHash: { } hash })
            return AccountProblems.NoPassword;
        if (current.Length > SecurityOptions.PasswordLengthMax || !await passwords.VerifyAsync(current, hash, cancellationToken))
            return AccountProblems.WrongCurrentPassword;
        if (password == current)
            return AccountProblems.BadPassword("It is the password that you have already.");
        return PasswordRules.WhyNot(password, id) is { } why
            ? AccountProblems.BadPassword(why)
            : await ChangeAsync(actor, id, WithPassword(password), cancellationToken);
    }

    /// <summary>Deletes a user. The user's keys end with it.</summary>
    /// <param name="actor">Who does it.</param>
    /// <param name="id">The user.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    public async ValueTask<Outcome<User>> DeleteAsync(ClaimsPrincipal actor, string id, CancellationToken cancellationToken)
    {
        await Changing.WaitAsync(cancellationToken);
        try
        {
            if (await users.ReadAsync(id, cancellationToken) is not { } user)
                return AccountProblems.NoUser(id);
            if (Permissions.Missing(actor, user.Permissions) is { Count: > 0 } missing)
                return AccountProblems.TooMuch($"The user '{user.Document.Name}'", missing);
            if (await IsLastAdministratorAsync(user, null, cancellationToken))
                return AccountProblems.LastAdministrator(user.Document.Name);
            var keys = (await store.ListDocumentsAsync(ApiKeys.Kind, cancellationToken))
                .Where(stored => JsonSerializer.Deserialize(stored.Json, SecurityJson.Default.ApiKeyDocument)?.OwnerId == id)
                .SelectMany(stored => new DocumentKey[] { new(ApiKeys.Kind, stored.Id), new(ApiKeyUses.Kind, stored.Id) });
            var commit = new Commit { DeletedDocuments = [new DocumentKey(Users.Kind, id), .. keys] };
            if (user.Document.ExternalId is { } account)
                commit.DeletedDocuments.Add(new DocumentKey(ExternalLoginDocument.Kind, account));
            AuditScope.Current?.AddTo(commit, new AuditChange(Users.Kind, id, user.Document.Name) { Before = Describe(user.Document) });
            await store.CommitAsync(commit, CancellationToken.None);
            connections.End(id);
            return user;
        }
        finally
        {
            Changing.Release();
        }
    }

    /// <summary>Whether nobody would be left who has every permission and can sign in with a password of this server.</summary>
    /// <param name="remaining">The users as they would be.</param>
    public static bool HasNoAdministrator(IEnumerable<User> remaining) =>
        !remaining.Any(user => user.Document is { IsDisabled: false, LocalHash: not null } && user.Permissions.Contains(Permissions.All));

    /// <summary>What the audit log may tell: no hash, and no stamp. A new password shows as a new time.</summary>
    internal static JsonObject Describe(UserDocument user) => new()
    {
        ["displayName"] = user.DisplayName,
        ["roles"] = new JsonArray([.. user.Roles.Select(role => JsonValue.Create(role))]),
        ["isDisabled"] = user.IsDisabled,
        ["passwordSetAt"] = user.PasswordSetAt,
    };

    /// <summary>Whether a text can be the name of a user.</summary>
    /// <param name="name">The text.</param>
    public static bool IsName(string name) => Name().IsMatch(name);

    private Func<UserDocument, UserDocument> WithPassword(string password)
    {
        var hash = Passwords.Hash(password);
        return user => user with { PasswordHash = hash, Stamp = ids.New(), PasswordSetAt = clock.GetUtcNow() };
    }

    private async ValueTask<Outcome<User>> ChangeAsync(ClaimsPrincipal actor, string id, Func<UserDocument, UserDocument> change, CancellationToken cancellationToken)
    {
        await Changing.WaitAsync(cancellationToken);
        try
        {
            return await users.ReadAsync(id, cancellationToken) is { } user
                ? await PutAsync(actor, id, user, change(user.Document), cancellationToken)
                : AccountProblems.NoUser(id);
        }
        finally
        {
            Changing.Release();
        }
    }

    /// <summary>Stores a user when everything holds that must. The lock is held.</summary>
    private async ValueTask<Outcome<User>> PutAsync(ClaimsPrincipal actor, string id, User? before, UserDocument document, CancellationToken cancellationToken)
    {
        if (document.DisplayName?.Length > DisplayNameLengthMax)
            return AccountProblems.BadUser($"The display name is longer than {DisplayNameLengthMax} characters.");
        if (document.Roles.Count > RolesMax)
            return AccountProblems.BadUser($"A user has {RolesMax} roles at most.");
        foreach (var role in document.Roles.Except(before?.Document.Roles ?? []))
        {
            if (await users.FindRoleAsync(role, cancellationToken) is null)
                return AccountProblems.BadUser($"There is no role '{role}'. GET /api/roles lists the roles.");
        }

        var after = new User(id, document, await users.PermissionsOfAsync(document.Roles, cancellationToken));
        // Also for what is left as it is: who sets the password of an administrator is one.
        if (Permissions.Missing(actor, after.Permissions.Union(before?.Permissions ?? [])) is { Count: > 0 } missing && !IsOwnPassword(actor, id, before, document))
            return AccountProblems.TooMuch($"The user '{document.Name}'", missing);
        if (before is not null && await IsLastAdministratorAsync(before, after, cancellationToken))
            return AccountProblems.LastAdministrator(document.Name);
        var commit = new Commit { Documents = [new StoredDocument(Users.Kind, id, JsonSerializer.Serialize(document, SecurityJson.Default.UserDocument))] };
        AuditScope.Current?.AddTo(commit, ChangeOf(id, before?.Document, document));
        await store.CommitAsync(commit, CancellationToken.None);
        if (before is not null && (before.Document.Stamp != document.Stamp || !before.Permissions.SequenceEqual(after.Permissions)))
            connections.End(id);
        return after;
    }

    /// <summary>A token may carry less than its user has; its user's password is the user's own all the same.</summary>
    private static bool IsOwnPassword(ClaimsPrincipal actor, string id, User? before, UserDocument document) =>
        actor.FindFirstValue("sub") == id && before is not null && before.Document.Roles.SequenceEqual(document.Roles);

    private static AuditChange ChangeOf(string id, UserDocument? before, UserDocument after)
    {
        // Ending sessions changes nothing that may be shown, and is worth an entry all the same.
        var isTold = before is null || before.Stamp == after.Stamp || !JsonNode.DeepEquals(Describe(before), Describe(after));
        return new AuditChange(Users.Kind, id, after.Name)
        {
            Before = before is null || !isTold ? null : Describe(before),
            After = isTold ? Describe(after) : new JsonObject { ["sessions"] = "ended" },
        };
    }

    private async ValueTask<bool> IsLastAdministratorAsync(User before, User? after, CancellationToken cancellationToken)
    {
        var all = await users.ListAsync(cancellationToken);
        var others = all.Where(user => user.Id != before.Id);
        // A server that has none already, by its configuration, is not to be stuck in it.
        return !HasNoAdministrator(all) && HasNoAdministrator(after is null ? others : others.Append(after));
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}

/// <summary>A user to be made.</summary>
/// <param name="Name">Name, unique in any case.</param>
/// <param name="Password">Password; null for a user who signs in at a provider only.</param>
/// <param name="DisplayName">Name for people, or null.</param>
/// <param name="Roles">Ids of the roles.</param>
internal sealed record NewUser(string Name, string? Password, string? DisplayName, IReadOnlyList<string> Roles)
{
    /// <summary>Nothing of it: the password must not get into a log by chance.</summary>
    public override string ToString() => nameof(NewUser);
}
