using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Platform.Runtime;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;

namespace Platform.Server.Security;

/// <summary>Which user an account of the provider is. Stored as kind <c>externalLogin</c>; the id is a hash of issuer and subject.</summary>
/// <param name="UserId">The user.</param>
internal sealed record ExternalLoginDocument(string UserId)
{
    /// <summary>Kind of the documents.</summary>
    public const string Kind = "externalLogin";
}

/// <summary>
/// Finds the user of an account at the provider, or makes one. An account is known by issuer and subject, never by its name, which the
/// provider's users may be able to choose: a name leads to a user only who waits for it, and never to one with a password here.
/// </summary>
/// <param name="store">Where users are kept.</param>
/// <param name="users">Reads them.</param>
/// <param name="accounts">Its lock is held while users change.</param>
/// <param name="connections">Open connections, which end with the access.</param>
/// <param name="options">What is asked of an account.</param>
/// <param name="make">Makes ids and knows the time.</param>
internal sealed class OidcAccounts(IWorkflowStore store, Users users, Accounts accounts, OpenConnections connections, OidcOptions options, NewUserStamp make)
{
    /// <summary>The user of an account that the provider has vouched for, ready to be signed in.</summary>
    /// <param name="account">The claims of the account.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    public async ValueTask<Outcome<User>> EnterAsync(ClaimsPrincipal account, CancellationToken cancellationToken)
    {
        if (account.FindFirstValue("iss") is not { Length: > 0 } issuer || account.FindFirstValue("sub") is not { Length: > 0 } subject)
            return OidcProblems.Untrusted;
        if (WhyNotEmail(account) is { } refusal)
            return refusal;
        var roles = RolesOf(account);
        if (roles is [])
            return OidcProblems.NoRole;
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{issuer}\n{subject}")));
        await accounts.Changing.WaitAsync(cancellationToken);
        try
        {
            return await LinkedAsync(key, cancellationToken) is { } linked
                ? await UpdateAsync(linked, key, roles, "user.update", cancellationToken)
                : await FirstTimeAsync(account, key, roles, cancellationToken);
        }
        finally
        {
            accounts.Changing.Release();
        }
    }

    private Operations.Problem? WhyNotEmail(ClaimsPrincipal account)
    {
        var email = account.FindFirstValue("email");
        var verified = account.FindAll("email_verified").Select(claim => bool.TryParse(claim.Value, out var flag) && flag).ToList();
        if (email is not null && verified.Contains(false))
            return OidcProblems.Unverified;
        if (options.NameClaim != "email" && options.EmailDomains.Count == 0)
            return null;
        if (email is null || email.LastIndexOf('@') is not (> 0 and var at))
            return OidcProblems.Incomplete;
        if (options.RequireVerifiedEmail && verified.Count == 0)
            return OidcProblems.Unverified;
        return options.EmailDomains.Count == 0 || options.EmailDomains.Contains(email[(at + 1)..], StringComparer.OrdinalIgnoreCase) ? null : OidcProblems.WrongDomain;
    }

    /// <summary>The roles that follow from the claims; null when roles do not follow the provider.</summary>
    private IReadOnlyList<string>? RolesOf(ClaimsPrincipal account)
    {
        if (options.Roles.Count == 0)
            return null;
        var values = OidcClaims.Values(account, options.RolesClaim).ToHashSet(StringComparer.Ordinal);
        var roles = options.Roles.Where(role => values.Contains(role.Value)).Select(role => role.Role).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return roles.Count == 0 && options.DefaultRole is { } standard ? [standard] : roles;
    }

    private async ValueTask<User?> LinkedAsync(string key, CancellationToken cancellationToken) =>
        await store.FindDocumentAsync(ExternalLoginDocument.Kind, key, cancellationToken) is { } stored
        && JsonSerializer.Deserialize(stored.Json, SecurityJson.Default.ExternalLoginDocument) is { } login
        && await users.ReadAsync(login.UserId, cancellationToken) is { } user
        // A user who was deleted and made anew is another one.
        && user.Document.ExternalId == key ? user : null;

    private async ValueTask<Outcome<User>> FirstTimeAsync(ClaimsPrincipal account, string key, IReadOnlyList<string>? roles, CancellationToken cancellationToken)
    {
        var name = OidcClaims.Values(account, options.NameClaim).FirstOrDefault()?.Trim() ?? "";
        if (!Accounts.IsName(name))
            return OidcProblems.Incomplete;
        var id = Users.IdOf(name);
        if (await users.ReadAsync(id, cancellationToken) is { } known)
        {
            return known.Document is { ExternalId: null, LocalHash: null }
                ? await UpdateAsync(known, key, roles, "user.link", cancellationToken)
                : OidcProblems.Taken;
        }

        if (!options.AutoProvision)
            return OidcProblems.Unknown;
        if ((await store.ListDocumentsAsync(Users.Kind, cancellationToken)).Count >= Accounts.CountMax)
            return OidcProblems.Unknown;
        var document = new UserDocument(name, "")
        {
            DisplayName = account.FindFirstValue("name") is { Length: > 0 and <= 200 } displayName ? displayName : null,
            Roles = roles ?? [options.DefaultRole!],
            Stamp = make.Stamp(),
            CreatedAt = make.Now,
            PasswordSetAt = make.Now,
            ExternalId = key,
        };
        return await StoreAsync(id, null, document, key, "user.provision", cancellationToken);
    }

    private async ValueTask<Outcome<User>> UpdateAsync(User user, string key, IReadOnlyList<string>? roles, string action, CancellationToken cancellationToken)
    {
        if (user.Document.IsDisabled)
            return OidcProblems.Disabled;
        var document = user.Document with { ExternalId = key };
        // Who has a password here as well has roles that are given here.
        if (roles is not null && document.LocalHash is null && !roles.SequenceEqual(document.Roles))
            document = document with { Roles = roles };
        if (document.Equals(user.Document))
            return user;
        return await StoreAsync(user.Id, user, document, key, action, cancellationToken);
    }

    private async ValueTask<Outcome<User>> StoreAsync(string id, User? before, UserDocument document, string key, string action, CancellationToken cancellationToken)
    {
        var after = new User(id, document, await users.PermissionsOfAsync(document.Roles, cancellationToken));
        var commit = new Commit
        {
            Documents =
            [
                new StoredDocument(Users.Kind, id, JsonSerializer.Serialize(document, SecurityJson.Default.UserDocument)),
                new StoredDocument(ExternalLoginDocument.Kind, key, JsonSerializer.Serialize(new ExternalLoginDocument(id), SecurityJson.Default.ExternalLoginDocument)),
            ],
        };
        var change = new AuditChange(Users.Kind, id, document.Name) { Action = action, Before = before is null ? null : Accounts.Describe(before.Document), After = Accounts.Describe(document) };
        // A link changes nothing that is told, and is worth an entry all the same.
        AuditScope.Current?.AddTo(commit, action == "user.link" ? change with { Before = null } : change);
        await store.CommitAsync(commit, CancellationToken.None);
        if (before is not null && !before.Permissions.SequenceEqual(after.Permissions))
            connections.End(id);
        return after;
    }
}

/// <summary>What a new user gets from outside of the program.</summary>
/// <param name="ids">Makes ids.</param>
/// <param name="clock">Time.</param>
internal sealed class NewUserStamp(Ids ids, TimeProvider clock)
{
    /// <summary>The moment, UTC.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>A stamp that no other user has.</summary>
    public string Stamp() => ids.New();
}

/// <summary>Reads claims of providers, some of which keep them inside objects.</summary>
internal static class OidcClaims
{
    /// <summary>The values of a claim. A name that is no claim leads by its dots into an object that is one.</summary>
    /// <param name="account">The account.</param>
    /// <param name="name">Name of the claim.</param>
    public static IEnumerable<string> Values(ClaimsPrincipal account, string name)
    {
        var direct = account.FindAll(name).Select(claim => claim.Value).ToList();
        if (direct.Count > 0)
            return direct;
        var parts = name.Split('.');
        return parts.Length > 1 && account.FindFirst(parts[0]) is { } holder ? Within(holder.Value, parts[1..]) : [];
    }

    private static List<string> Within(string json, IReadOnlyList<string> path)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var element = document.RootElement;
            foreach (var part in path)
            {
                if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(part, out element))
                    return [];
            }

            return element.ValueKind switch
            {
                JsonValueKind.String => [element.GetString()!],
                JsonValueKind.Array => [.. element.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)],
                _ => [],
            };
        }
        // A claim of a provider may be any text.
        catch (JsonException)
        {
            return [];
        }
    }
}
