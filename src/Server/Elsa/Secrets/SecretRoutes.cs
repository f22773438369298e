using Platform.Server.Audit;
using Platform.Server.Secrets;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Secrets;

/// <summary>The secrets that workflows use, as Studio's picker and other clients of Elsa manage them. Values go in and never out.</summary>
internal static class SecretRoutes
{
    private const string Kind = "secret";
    private const string Invalid = "WF4560";
    private const string TextType = "text";
    private const string EncryptedStore = "encrypted";
    private const int PageSizeMax = 1_000;

    /// <summary>Maps the routes.</summary>
    public static void MapSecrets(this IEndpointRouteBuilder api)
    {
        var secrets = api.MapGroup("/secrets");
        secrets.MapGet("/descriptors", Describe).RequirePermission("read:secrets");
        secrets.MapPost("/picker", Pick).RequirePermission("read:secrets").NotAudited("It only reads.");
        secrets.MapGet("", List).RequirePermission("read:secrets");
        secrets.MapPost("", CreateAsync).RequirePermission("write:secrets").Audited("secret.create", "secret");
        secrets.MapPost("/rotate-key", RenewKeyAsync).RequirePermission("manage:secret-keys").Audited("secret.rotate-key", "secretKey");
        secrets.MapGet("/{name}", Find).RequirePermission("read:secrets");
        secrets.MapPost("/{name}", UpdateAsync).RequirePermission("write:secrets").Audited("secret.update", "secret", "name");
        secrets.MapDelete("/{name}", DeleteAsync).RequirePermission("delete:secrets").Audited("secret.delete", "secret", "name");
        secrets.MapPost("/{name}/rotate", RotateAsync).RequirePermission("write:secrets").Audited("secret.rotate", "secret", "name");
        secrets.MapPost("/{name}/revoke", RevokeAsync).RequirePermission("write:secrets").Audited("secret.revoke", "secret", "name");
        secrets.MapPost("/{name}/test", Test).RequirePermission("read:secrets").NotAudited("It only reads.");
    }

    private static IResult Describe() => Wire.Json(new SecretDescriptors(
        [new(TextType, "Text", "A password, token or other text.", "text", [EncryptedStore])],
        [new(EncryptedStore, "Encrypted", "Encrypted in the database of this server; the key lies in a file beside it.", "Read, Write, Delete, Test, Versioned", false)]));

    private static IResult Pick(Body<SecretPickerRequest> body, SecretStore store)
    {
        var request = body.Value;
        var isOffered = Offers(request.TypeNames, TextType) && Offers(request.StoreNames, EncryptedStore);
        var found = store.All.Where(secret => isOffered && Matches(secret, request.Search) && (string.IsNullOrEmpty(request.Scope) || secret.Scope == request.Scope));
        if (request.ActiveOnly)
            found = found.Where(secret => store.StatusOf(secret) == "Active");
        return Wire.Json(new SecretPicks([.. found.Take(PageSizeMax).Select(secret => ToModel(secret, store))], true));
    }

    private static IResult List(HttpRequest request, SecretStore store)
    {
        IResult? refusal = null;
        var query = request.Query;
        var page = query.Number("page", ref refusal) ?? 0;
        var size = query.Number("pageSize", ref refusal) ?? PageSizeMax;
        if (refusal is not null)
            return refusal;
        if (page < 0 || size is < 1 or > PageSizeMax)
            return Problems.Invalid(Invalid, "pageSize", $"The page begins at 0, and its size is between 1 and {PageSizeMax}.");
        var (status, type, keptIn, scope) = (query.Text("status"), query.Text("typeName"), query.Text("storeName"), query.Text("scope"));
        var found = store.All.Where(secret => Matches(secret, query.Text("search")) && (type ?? TextType) == TextType && (keptIn ?? EncryptedStore) == EncryptedStore
            && (scope is null || secret.Scope == scope) && (status is null || string.Equals(store.StatusOf(secret), status, StringComparison.OrdinalIgnoreCase))).ToList();
        return Wire.Json(new SecretList([.. found.Skip((int)Math.Min((long)page * size, int.MaxValue)).Take(size).Select(secret => ToModel(secret, store))], found.Count));
    }

    private static IResult Find(string name, SecretStore store) =>
        store.Find(name) is { } secret ? Wire.Json(ToModel(secret, store)) : Problems.NotFound(Kind, name);

    private static async Task<IResult> CreateAsync(Body<SecretRequest> body, SecretStore store, CancellationToken cancellationToken)
    {
        var request = body.Value;
        if (request.TypeName is { Length: > 0 } and not TextType)
            return Problems.Invalid(Invalid, "typeName", $"Secrets of the type '{request.TypeName}' are not kept here. Use the type '{TextType}'.");
        if (request.StoreName is { Length: > 0 } and not EncryptedStore)
            return Problems.Invalid(Invalid, "storeName", $"There is no store '{request.StoreName}' for secrets. Use '{EncryptedStore}'.");
        var change = await store.CreateAsync(request.Name, request.Value, secret => secret with
        {
            DisplayName = request.DisplayName,
            Description = request.Description,
            Scope = request.Scope,
            Hosts = request.Hosts ?? [],
            ExpiresAt = request.ExpiresAt?.ToUniversalTime(),
        }, cancellationToken);
        return ToResult(change, request.Name, store);
    }

    private static async Task<IResult> UpdateAsync(string name, Body<SecretRequest> body, SecretStore store, CancellationToken cancellationToken) => ToResult(
        await store.ChangeAsync(
            name, null, secret => secret with { DisplayName = body.Value.DisplayName, Description = body.Value.Description, Hosts = body.Value.Hosts ?? secret.Hosts }, cancellationToken),
        name,
        store);

    private static async Task<IResult> RotateAsync(string name, Body<SecretRequest> body, SecretStore store, CancellationToken cancellationToken) => ToResult(
        await store.ChangeAsync(
            name, body.Value.Value ?? "", secret => secret with { ExpiresAt = body.Value.ExpiresAt?.ToUniversalTime() }, cancellationToken),
        name,
        store);

    private static async Task<IResult> RevokeAsync(string name, SecretStore store, CancellationToken cancellationToken) =>
        ToResult(await store.ChangeAsync(name, null, secret => secret with { IsRevoked = true }, cancellationToken), name, store);

    private static async Task<IResult> DeleteAsync(string name, SecretStore store, CancellationToken cancellationToken) =>
        await store.DeleteAsync(name, cancellationToken) ? Results.NoContent() : Problems.NotFound(Kind, name);

    private static IResult Test(string name, SecretStore store)
    {
        if (store.Find(name) is not { } secret)
            return Problems.NotFound(Kind, name);
        var error = store.StatusOf(secret) is not "Active" and var status ? $"The secret is {status}."
            : store.IsReadable(secret) ? null : "The value cannot be decrypted: its key is not in the key file of this server.";
        return Wire.Json(new SecretTest(error is null, error));
    }

    private static async Task<IResult> RenewKeyAsync(SecretStore store, CancellationToken cancellationToken)
    {
        var (count, unreadable) = await store.RenewKeyAsync(cancellationToken);
        return Wire.Json(new RenewedKey(count, unreadable));
    }

    private static IResult ToResult(SecretChange? change, string? name, SecretStore store) => change switch
    {
        null => Problems.NotFound(Kind, name),
        { Secret: { } secret } => Wire.Json(ToModel(secret, store)),
        _ => Problems.Invalid(Invalid, change.Member, change.Why),
    };

    private static bool Offers(IReadOnlyList<string>? names, string name) => names is null or { Count: 0 } || names.Contains(name);

    private static bool Matches(SecretDocument secret, string? search) => string.IsNullOrWhiteSpace(search)
        || secret.Name.Contains(search, StringComparison.OrdinalIgnoreCase)
        || secret.DisplayName?.Contains(search, StringComparison.OrdinalIgnoreCase) == true
        || secret.Description?.Contains(search, StringComparison.OrdinalIgnoreCase) == true;

    private static SecretModel ToModel(SecretDocument secret, SecretStore store) => new(
        secret.Id, secret.Name, secret.DisplayName ?? secret.Name, secret.Description, TextType, EncryptedStore, secret.Scope,
        store.StatusOf(secret), secret.Version, secret.CreatedAt, secret.UpdatedAt, secret.ExpiresAt, secret.Hosts);
}
