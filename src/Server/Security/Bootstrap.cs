using System.Text.Json;
using Platform.Runtime;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;

namespace Platform.Server.Security;

/// <summary>What the first start made, to be shown once; a value that came from the configuration is null.</summary>
/// <param name="Username">The administrator.</param>
/// <param name="Password">The generated password.</param>
/// <param name="ApiKey">The generated API key.</param>
internal sealed record GeneratedCredentials(string Username, string? Password, string? ApiKey);

/// <summary>
/// Makes the administrator and an API key at the first start. What the configuration sets holds at every start, so that a lost
/// password is replaced by setting a new one.
/// </summary>
/// <param name="store">Where users and keys are kept.</param>
/// <param name="passwords">Checks passwords.</param>
/// <param name="ids">Makes ids.</param>
/// <param name="options">What the configuration sets.</param>
/// <param name="clock">Time.</param>
/// <param name="logger">Log.</param>
internal sealed class Bootstrap(
    IWorkflowStore store, Passwords passwords, Ids ids, SecurityOptions options, TimeProvider clock, ILogger<Bootstrap> logger)
{
    private const string ApiKeyName = "bootstrap";
    private string UserId => Users.IdOf(options.BootstrapUsername);

    /// <summary>Does it. The secrets that it made are durable as hashes when it returns, and nowhere else.</summary>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    /// <returns>What to show; null when nothing was generated.</returns>
    public async Task<GeneratedCredentials?> RunAsync(CancellationToken cancellationToken)
    {
        var isFirstStart = (await store.ListDocumentsAsync(Users.Kind, cancellationToken)).Count == 0;
        var password = isFirstStart && options.BootstrapPassword is null ? Passwords.Generate() : null;
        var apiKey = isFirstStart && options.BootstrapApiKey is null ? ApiKeys.Generate() : null;
        var commit = new Commit { Documents = [], DeletedDocuments = [] };
        if ((password ?? options.BootstrapPassword) is { } wantedPassword)
            await SetPasswordAsync(commit, wantedPassword, cancellationToken);
        if ((apiKey ?? options.BootstrapApiKey) is { } wantedKey)
            await SetApiKeyAsync(commit, wantedKey, cancellationToken);
        AuditScope.OfSystem("credentials.set", ids, clock).Enter();
        foreach (var document in commit.Documents.Where(document => document.Kind is Users.Kind or ApiKeys.Kind))
            AuditScope.Current?.AddTo(commit, new AuditChange(document.Kind, document.Kind == ApiKeys.Kind ? ApiKeys.ShortIdOf(document.Id) : document.Id, null));
        if (commit.Documents.Count > 0)
            await store.CommitAsync(commit, cancellationToken);
        return password is null && apiKey is null ? null : new GeneratedCredentials(options.BootstrapUsername, password, apiKey);
    }

    private async ValueTask SetPasswordAsync(Commit commit, string password, CancellationToken cancellationToken)
    {
        var stored = await store.FindDocumentAsync(Users.Kind, UserId, cancellationToken);
        var user = stored is null ? null : JsonSerializer.Deserialize(stored.Json, SecurityJson.Default.UserDocument);
        if (user is { IsDisabled: false } && await passwords.VerifyAsync(password, user.LocalHash, cancellationToken))
            return;
        if (user is not null)
            Log.PasswordReset(logger, user.Name);
        var now = clock.GetUtcNow();
        user = (user ?? new UserDocument(options.BootstrapUsername, "") { Stamp = "", CreatedAt = now }) with
        {
            PasswordHash = Passwords.Hash(password),
            Roles = [Users.AdministratorRole],
            Stamp = ids.New(),
            IsDisabled = false,
            PasswordSetAt = now,
        };
        commit.Documents!.Add(new StoredDocument(Users.Kind, UserId, JsonSerializer.Serialize(user, SecurityJson.Default.UserDocument)));
    }

    private async ValueTask SetApiKeyAsync(Commit commit, string key, CancellationToken cancellationToken)
    {
        var id = ApiKeys.IdOf(key);
        var wasReplaced = false;
        foreach (var stored in await store.ListDocumentsAsync(ApiKeys.Kind, cancellationToken))
        {
            var former = JsonSerializer.Deserialize(stored.Json, SecurityJson.Default.ApiKeyDocument)!;
            if (stored.Id == id && former is { RevokedAt: null, ExpiresAt: null, OwnerId: null } && former.Permissions.Contains(Permissions.All))
                return;
            if (!former.IsBootstrap || stored.Id == id)
                continue;
            commit.DeletedDocuments!.Add(new DocumentKey(ApiKeys.Kind, stored.Id));
            wasReplaced = true;
        }

        if (wasReplaced)
            Log.ApiKeyReset(logger);
        var document = new ApiKeyDocument(ApiKeyName, [Permissions.All])
        {
            Prefix = ApiKeys.ShownOf(key),
            IsBootstrap = true,
            CreatedAt = clock.GetUtcNow(),
        };
        commit.Documents!.Add(new StoredDocument(ApiKeys.Kind, id, JsonSerializer.Serialize(document, SecurityJson.Default.ApiKeyDocument)));
    }
}
