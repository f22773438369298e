using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Platform.Engine;
using Platform.Engine.Expressions;
using Platform.Engine.Secrets;
using Platform.Runtime;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;

namespace Platform.Server.Secrets;

/// <summary>
/// The secrets of this server. They are stored encrypted; the documents are also kept in memory, still encrypted, so that a run reads one
/// without asking the store. A value leaves only towards expressions, and is masked in everything that people read.
/// </summary>
/// <param name="store">Where they are kept.</param>
/// <param name="keys">Encrypts them.</param>
/// <param name="mask">Hides the values.</param>
/// <param name="hosts">Keeps values from hosts that they are not for.</param>
/// <param name="ids">Makes ids.</param>
/// <param name="clock">Time.</param>
internal sealed partial class SecretStore(IWorkflowStore store, SecretKeys keys, SecretMask mask, SecretHosts hosts, Ids ids, TimeProvider clock) : IHostedService, IDisposable
{
    /// <summary>Most characters of a value.</summary>
    public const int ValueLengthMax = 65_536;

    /// <summary>Most secrets: they are all held in memory.</summary>
    public const int CountMax = 10_000;

    private const string Kind = "secret";
    private const int TextLengthMax = 1_000;
    private const int HostsMax = 20;
    private readonly ConcurrentDictionary<string, SecretDocument> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly SemaphoreSlim _changing = new(1, 1);

    /// <summary>All secrets, by name.</summary>
    public IEnumerable<SecretDocument> All => _byName.Values.OrderBy(secret => secret.Name, StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc />
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var stored in await store.ListDocumentsAsync(Kind, cancellationToken))
        {
            if (JsonSerializer.Deserialize(stored.Json, SecretJson.Default.SecretDocument) is { } secret)
                _byName[secret.Name] = secret;
        }

        mask.Add(_byName.Values.Select(Decrypt).OfType<string>());
        Bind();
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public void Dispose() => _changing.Dispose();

    /// <summary>The secret of a name, in any case; null when there is none.</summary>
    public SecretDocument? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary><c>Active</c>, <c>Expired</c> or <c>Revoked</c>.</summary>
    public string StatusOf(SecretDocument secret) =>
        secret.IsRevoked ? "Revoked" : secret.ExpiresAt is { } end && end <= clock.GetUtcNow() ? "Expired" : "Active";

    /// <summary>Gives the value of a secret to an expression.</summary>
    /// <param name="context">The execution that asks; its inputs are not stored from now on.</param>
    /// <param name="name">Name of the secret.</param>
    /// <exception cref="ExpressionException">There is none, or it is not given out.</exception>
    public string Read(ActivityExecutionContext context, string name)
    {
        if (Find(name) is not { } secret)
            throw new ExpressionException($"WF1126: There is no secret '{name}'. Create it under this name, or mend the name in the workflow.");
        if (StatusOf(secret) is not "Active" and var status)
            throw new ExpressionException($"WF1126: The secret '{secret.Name}' is not given out: it is {status}. Set a new value for it.");
        context.HoldsSecrets = true;
        var value = Decrypt(secret) ?? throw new ExpressionException(
            $"WF1127: The secret '{secret.Name}' cannot be decrypted: its key '{secret.KeyId}' is not in the key file of this server. Put the file back, or set a new value.");
        return value;
    }

    /// <summary>Gives the value of a secret to the server itself, which shows it to nobody; null when there is none, or it is not given out.</summary>
    /// <param name="name">Name of the secret.</param>
    public string? Reveal(string name) => Find(name) is { } secret && StatusOf(secret) == "Active" ? Decrypt(secret) : null;

    /// <summary>Whether the value can be decrypted.</summary>
    public bool IsReadable(SecretDocument secret) => Decrypt(secret) is not null;

    /// <summary>Makes a secret.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="shape">Completes the document: texts and expiry.</param>
    /// <param name="cancellationToken">Ends the wait for the store.</param>
    /// <returns>The secret, or why not.</returns>
    public async ValueTask<SecretChange> CreateAsync(string? name, string? value, Func<SecretDocument, SecretDocument> shape, CancellationToken cancellationToken)
    {
        if (name is null || !Name().IsMatch(name))
            return new("name", "A name has 1 to 128 letters, digits, '.', '_', ':' or '-', and begins with a letter or digit.");
        if (WhyNot(value) is { } why)
            return new("value", why);
        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (Find(name) is not null)
                return new("name", $"There is a secret '{name}' already. Set a new value for it, or choose another name.");
            if (_byName.Count >= CountMax)
                return new("name", $"There are {CountMax} secrets, the most there can be. Delete some first.");
            var now = clock.GetUtcNow();
            var made = shape(new SecretDocument { Id = ids.New(), Name = name, CreatedAt = now, UpdatedAt = now, KeyId = "", Cipher = "" });
            return await PutAsync(Encrypted(made, value!), cancellationToken);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Changes a secret.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">A new value, or null to keep the old one.</param>
    /// <param name="change">Changes the document.</param>
    /// <param name="cancellationToken">Ends the wait for the store.</param>
    /// <returns>The secret, or why not; null when there is none.</returns>
    public async ValueTask<SecretChange?> ChangeAsync(string name, string? value, Func<SecretDocument, SecretDocument> change, CancellationToken cancellationToken)
    {
        if (value is not null && WhyNot(value) is { } why)
            return new("value", why);
        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (Find(name) is not { } secret)
                return null;
            var changed = change(secret) with { UpdatedAt = clock.GetUtcNow() };
            return await PutAsync(value is null ? changed : Encrypted(changed with { Version = secret.Version + 1, IsRevoked = false }, value), cancellationToken);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Deletes a secret.</summary>
    /// <returns>Whether there was one.</returns>
    public async ValueTask<bool> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (Find(name) is not { } secret)
                return false;
            var commit = new Commit { DeletedDocuments = [new(Kind, secret.Id)] };
            AuditScope.Current?.AddTo(commit, ChangeOf(secret, secret, null));
            await store.CommitAsync(commit, cancellationToken);
            var isRemoved = _byName.TryRemove(secret.Name, out _);
            Bind();
            return isRemoved;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Puts a new key in use and encrypts every secret with it, in one commit.</summary>
    /// <returns>How many were encrypted anew, and the names of those that could not be read.</returns>
    public async ValueTask<(int Count, IReadOnlyList<string> Unreadable)> RenewKeyAsync(CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            var values = All.Select(secret => (Secret: secret, Value: Decrypt(secret))).ToList();
            keys.Renew();
            var renewed = values.Where(pair => pair.Value is not null).Select(pair => Encrypted(pair.Secret, pair.Value!)).ToList();
            var commit = new Commit { Documents = [.. renewed.Select(ToStored)] };
            AuditScope.Current?.AddTo(commit, new AuditChange("secretKey", "all", null) { After = new JsonObject { ["secrets"] = renewed.Count } });
            await store.CommitAsync(commit, cancellationToken);
            foreach (var secret in renewed)
                _byName[secret.Name] = secret;
            return (renewed.Count, [.. values.Where(pair => pair.Value is null).Select(pair => pair.Secret.Name)]);
        }
        finally
        {
            _changing.Release();
        }
    }

    private static string? WhyNot(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return "A value is missing.";
        if (value.Length < SecretMask.LengthMin)
            return $"The value is shorter than {SecretMask.LengthMin} characters, so it could not be kept out of records.";
        return value.Length > ValueLengthMax ? $"The value is longer than {ValueLengthMax} characters." : null;
    }

    private static StoredDocument ToStored(SecretDocument secret) => new(Kind, secret.Id, JsonSerializer.Serialize(secret, SecretJson.Default.SecretDocument));

    private static AuditChange ChangeOf(SecretDocument secret, SecretDocument? before, SecretDocument? after) =>
        new("secret", secret.Name, secret.DisplayName) { Before = Describe(before), After = Describe(after) };

    /// <summary>What the audit log may tell: never the value, encrypted or not. A new value shows as a new version.</summary>
    private static JsonObject? Describe(SecretDocument? secret) => secret is null ? null : new JsonObject
    {
        ["displayName"] = secret.DisplayName,
        ["description"] = secret.Description,
        ["scope"] = secret.Scope,
        ["hosts"] = new JsonArray([.. secret.Hosts.Select(host => JsonValue.Create(host))]),
        ["version"] = secret.Version,
        ["isRevoked"] = secret.IsRevoked,
        ["expiresAt"] = secret.ExpiresAt,
    };

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"^(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Host();

    private void Bind() => hosts.Set(_byName.Values.Where(secret => secret.Hosts.Count > 0)
        .Select(secret => Decrypt(secret) is { } value ? new BoundSecret(secret.Name, secret.Hosts, value) : null).OfType<BoundSecret>());

    private string? Decrypt(SecretDocument secret) => keys.Decrypt(secret.KeyId, secret.Cipher, secret.Binding);

    private SecretDocument Encrypted(SecretDocument secret, string value)
    {
        mask.Add(value);
        var (keyId, cipher) = keys.Encrypt(value, secret.Binding);
        return secret with { KeyId = keyId, Cipher = cipher };
    }

    private async ValueTask<SecretChange> PutAsync(SecretDocument secret, CancellationToken cancellationToken)
    {
        if ((secret.DisplayName?.Length ?? 0) + (secret.Description?.Length ?? 0) + (secret.Scope?.Length ?? 0) > TextLengthMax)
            return new("description", $"Display name, description and scope are longer than {TextLengthMax} characters together.");
        if (secret.Hosts.Count > HostsMax || secret.Hosts.Any(host => !Host().IsMatch(host)))
            return new("hosts", $"The hosts are at most {HostsMax} names such as api.example.com or *.example.com, without scheme, port and path.");
        var commit = new Commit { Documents = [ToStored(secret)] };
        AuditScope.Current?.AddTo(commit, ChangeOf(secret, Find(secret.Name), secret));
        await store.CommitAsync(commit, cancellationToken);
        _byName[secret.Name] = secret;
        Bind();
        return new(secret);
    }
}

/// <summary>What became of a change of a secret.</summary>
internal sealed record SecretChange
{
    /// <summary>It was made.</summary>
    /// <param name="secret">The secret now.</param>
    public SecretChange(SecretDocument secret) => Secret = secret;

    /// <summary>It was refused.</summary>
    /// <param name="member">What is wrong.</param>
    /// <param name="why">Why, in a sentence.</param>
    public SecretChange(string member, string why) => (Member, Why) = (member, why);

    /// <summary>The secret now; null when the change was refused.</summary>
    public SecretDocument? Secret { get; }

    /// <summary>What was wrong.</summary>
    public string Member { get; } = "";

    /// <summary>Why, in a sentence.</summary>
    public string Why { get; } = "";
}
