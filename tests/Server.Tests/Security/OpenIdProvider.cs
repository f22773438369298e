using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Platform.Server.Tests.Security;

/// <summary>
/// A small OpenID provider on this machine: description, keys, authorization that asks nobody, tokens signed with RSA. It checks the
/// client's secret, code, address and PKCE proof as a provider does; what it says in tokens, right or wrong, tests decide.
/// </summary>
internal sealed class OpenIdProvider : IAsyncDisposable
{
    public const string ClientId = "platform";
    public const string ClientSecret = "a-secret-of-the-client";
    private readonly WebApplication _app;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, IQueryCollection> _codes = new(StringComparer.Ordinal);
    private RSA _key = RSA.Create(2048);
    private string _keyId = "first";

    private OpenIdProvider(WebApplication app, TimeProvider clock) => (_app, _clock) = (app, clock);

    public string Address => _app.Urls.First();

    /// <summary>What is said of whoever signs in.</summary>
    public JsonObject Claims { get; set; } = new() { ["sub"] = "1001", ["preferred_username"] = "ann", ["name"] = "Ann Example", ["email"] = "ann@example.com", ["email_verified"] = true };

    /// <summary>Changes the content of a token before it is signed.</summary>
    public Action<JsonObject> Spoil { get; set; } = _ => { };

    /// <summary>What user info says besides.</summary>
    public JsonObject UserInfo { get; set; } = [];

    /// <summary>Where the description says that sessions end; null when it does not say it.</summary>
    public string? EndSessionPath { get; set; } = "/logout";

    /// <summary>What it was asked when somebody signed out.</summary>
    public IQueryCollection? SignedOut { get; private set; }

    /// <summary>The token that was given out last.</summary>
    public string? LastToken { get; private set; }

    /// <summary>Signs with a key that the description does not name.</summary>
    public bool SignsWithUnknownKey { get; set; }

    /// <summary>How often the keys were asked for.</summary>
    public int KeyReads { get; private set; }

    /// <summary>What the authorization was asked last.</summary>
    public IQueryCollection? Asked { get; private set; }

    public static async Task<OpenIdProvider> StartAsync(TimeProvider clock)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var provider = new OpenIdProvider(app, clock);
        app.Run(provider.AnswerAsync);
        await app.StartAsync();
        return provider;
    }

    public void RotateKey() => (_key, _keyId) = (RSA.Create(2048), "second");

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/.well-known/openid-configuration" => SendAsync(context, With(new()
        {
            ["issuer"] = Address,
            ["authorization_endpoint"] = Address + "/authorize",
            ["token_endpoint"] = Address + "/token",
            ["userinfo_endpoint"] = Address + "/userinfo",
            ["jwks_uri"] = Address + "/keys",
            ["response_types_supported"] = new JsonArray("code"),
            ["subject_types_supported"] = new JsonArray("public"),
            ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
        }, "end_session_endpoint", EndSessionPath is null ? null : Address + EndSessionPath)),
        "/keys" => SendKeysAsync(context),
        "/authorize" => AuthorizeAsync(context),
        "/token" => SendTokenAsync(context),
        "/logout" => EndSession(context),
        "/userinfo" => SendAsync(context, With(UserInfo, "sub", Claims["sub"]?.DeepClone())),
        _ => Task.FromResult(context.Response.StatusCode = 404),
    };

    private static JsonObject With(JsonObject source, string name, JsonNode? value)
    {
        var copy = source.DeepClone().AsObject();
        copy[name] = value;
        return copy;
    }

    private Task SendKeysAsync(HttpContext context)
    {
        KeyReads++;
        var parameters = _key.ExportParameters(includePrivateParameters: false);
        var key = new JsonObject
        {
            ["kty"] = "RSA",
            ["use"] = "sig",
            ["alg"] = "RS256",
            ["kid"] = _keyId,
            ["n"] = Base64Url.EncodeToString(parameters.Modulus),
            ["e"] = Base64Url.EncodeToString(parameters.Exponent),
        };
        return SendAsync(context, new() { ["keys"] = new JsonArray(key) });
    }

    private Task AuthorizeAsync(HttpContext context)
    {
        Asked = context.Request.Query;
        var code = RandomNumberGenerator.GetHexString(16);
        _codes[code] = Asked;
        context.Response.Redirect($"{Asked["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(Asked["state"].ToString())}");
        return Task.CompletedTask;
    }

    /// <summary>Ends the session of whom the token names, and sends the browser where the client may have it sent.</summary>
    private Task EndSession(HttpContext context)
    {
        SignedOut = context.Request.Query;
        if (SignedOut["id_token_hint"] != LastToken || SignedOut["client_id"] != ClientId)
            return Task.FromResult(context.Response.StatusCode = 400);
        context.Response.Redirect(SignedOut["post_logout_redirect_uri"].ToString());
        return Task.CompletedTask;
    }

    private async Task SendTokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        var isKnown = _codes.TryRemove(form["code"].ToString(), out var asked);
        var proof = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        if (!isKnown || form["client_id"] != ClientId || form["client_secret"] != ClientSecret || form["redirect_uri"] != asked!["redirect_uri"] || asked["code_challenge"] != proof || asked["code_challenge_method"] != "S256")
        {
            context.Response.StatusCode = 400;
            await SendAsync(context, new() { ["error"] = "invalid_grant" });
            return;
        }

        var now = _clock.GetUtcNow().ToUnixTimeSeconds();
        var content = Claims.DeepClone().AsObject();
        content["iss"] = Address;
        content["aud"] = ClientId;
        content["iat"] = now;
        content["exp"] = now + 300;
        content["nonce"] = asked["nonce"].ToString();
        Spoil(content);
        await SendAsync(context, new() { ["access_token"] = "access", ["token_type"] = "Bearer", ["expires_in"] = 300, ["id_token"] = LastToken = Sign(content) });
    }

    private string Sign(JsonObject content)
    {
        using var other = RSA.Create(2048);
        var header = new JsonObject { ["alg"] = "RS256", ["kid"] = SignsWithUnknownKey ? "unknown" : _keyId, ["typ"] = "JWT" };
        var text = Encode(header) + "." + Encode(content);
        return text + "." + Base64Url.EncodeToString((SignsWithUnknownKey ? other : _key).SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));

    private static Task SendAsync(HttpContext context, JsonObject answer)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(answer.ToJsonString());
    }
}
