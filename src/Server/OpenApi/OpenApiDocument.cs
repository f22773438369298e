using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing.Patterns;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.OpenApi;

/// <summary>
/// The OpenAPI 3.1 description of the server's own API, made from the routes as they are mapped: so it cannot name what is not there, or
/// leave out what is. <c>docs/openapi.json</c> is its copy, and a test compares the two.
/// </summary>
internal sealed class OpenApiDocument
{
    private const string Json = "application/json";
    private const string ProblemJson = "application/problem+json";
    private static readonly JsonSerializerOptions _form = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };
    private readonly XmlTexts _texts = new();
    private readonly Schemas _schemas;
    private readonly RouteParameters _parameters;
    private readonly SortedDictionary<string, JsonNode?> _refusals = new(StringComparer.Ordinal);

    private OpenApiDocument()
    {
        _schemas = new Schemas(_texts);
        _parameters = new RouteParameters(_texts, _schemas);
    }

    /// <summary>The document as text.</summary>
    /// <param name="endpoints">The routes of the server.</param>
    /// <param name="prefix">Only those that begin with it.</param>
    public static string Write(IEnumerable<Endpoint> endpoints, string prefix) => new OpenApiDocument().Make(endpoints, prefix).ToJsonString(_form) + "\n";

    /// <summary>The routes that a document describes, in its order.</summary>
    /// <param name="endpoints">The routes of the server.</param>
    /// <param name="prefix">Only those that begin with it.</param>
    public static IReadOnlyList<ApiOperation> OperationsOf(IEnumerable<Endpoint> endpoints, string prefix) =>
    [
        .. endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => ApiOperation.PathOf(endpoint.RoutePattern).StartsWith(prefix + "/", StringComparison.Ordinal))
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Select(method => new ApiOperation(method, ApiOperation.PathOf(endpoint.RoutePattern), endpoint)))
            .OrderBy(operation => operation.Path, StringComparer.Ordinal).ThenBy(operation => operation.Method, StringComparer.Ordinal),
    ];

    private JsonObject Make(IEnumerable<Endpoint> endpoints, string prefix)
    {
        var paths = new JsonObject();
        var operations = OperationsOf(endpoints, prefix);
        foreach (var path in operations.GroupBy(operation => operation.Path, StringComparer.Ordinal))
            paths[path.Key] = new JsonObject(path.Select(operation => KeyValuePair.Create(operation.Method.ToLowerInvariant(), (JsonNode?)Describe(operation))));
        var schemas = _schemas.Complete();
        schemas["Problem"] = ProblemSchema();
        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "Platform API",
                ["version"] = typeof(OpenApiDocument).Assembly.GetName().Version?.ToString(3),
                ["description"] = "What the server offers beyond Elsa's API. Every refusal is a problem with a stable code, which docs/errors.md explains.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["tags"] = new JsonArray([.. operations.Select(operation => operation.Tag).Distinct().Order(StringComparer.Ordinal).Select(tag => new JsonObject { ["name"] = tag })]),
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas, ["responses"] = new JsonObject(_refusals), ["securitySchemes"] = SecuritySchemes() },
        };
    }

    private JsonObject Describe(ApiOperation operation)
    {
        var metadata = operation.Endpoint.Metadata;
        var parameters = _parameters.Of(operation);
        var described = new JsonObject
        {
            ["operationId"] = operation.Id,
            ["tags"] = new JsonArray(operation.Tag),
            ["summary"] = operation.Summary,
        };
        if (operation.Permissions is { Count: > 0 } permissions)
        {
            described["description"] = $"Needs the permission {string.Join(" or ", permissions)}.";
            described["x-permissions"] = new JsonArray([.. permissions.Select(permission => (JsonNode)permission)]);
        }

        if (parameters.Count > 0)
            described["parameters"] = parameters;
        if (metadata.GetMetadata<BodyMetadata>() is { } body)
        {
            described["requestBody"] = new JsonObject
            {
                ["required"] = !body.IsOptional,
                ["content"] = new JsonObject { [Json] = new JsonObject { ["schema"] = _schemas.OfBody(body.Type) } },
            };
        }

        described["responses"] = Responses(operation, parameters.Count > 0);
        if (operation.IsAnonymous)
            described["security"] = new JsonArray();
        else
            described["security"] = new JsonArray(Scheme("apiKey"), Scheme("bearer"), operation.Method == "GET" ? Scheme("session") : Scheme("session", "csrf"));
        return described;
    }

    private JsonObject Responses(ApiOperation operation, bool hasParameters)
    {
        var responses = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var reply in operation.Endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>())
        {
            var response = new JsonObject { ["description"] = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(reply.StatusCode) };
            if (reply.Type is { } type && type != typeof(void))
            {
                var content = reply.ContentTypes.FirstOrDefault() ?? Json;
                response["content"] = new JsonObject { [content] = type == typeof(string) ? new JsonObject() : new JsonObject { ["schema"] = _schemas.Of(type) } };
            }

            responses[Key(reply.StatusCode)] = response;
        }

        foreach (var status in operation.Refusals(hasParameters).GroupBy(refusal => refusal.Status))
        {
            var codes = status.SelectMany(refusal => refusal.Codes).Distinct().Order(StringComparer.Ordinal).ToList();
            responses[Key(status.Key)] = RefTo(codes);
        }

        return new JsonObject(responses);
    }

    /// <summary>The same refusals stand once in the document, under the names of their codes.</summary>
    private JsonObject RefTo(List<string> codes)
    {
        var name = string.Join('-', codes);
        _refusals[name] = new JsonObject
        {
            ["description"] = $"A problem with the code {string.Join(" or ", codes)}.",
            ["content"] = new JsonObject { [ProblemJson] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = "#/components/schemas/Problem" } } },
            ["x-codes"] = new JsonArray([.. codes.Select(code => (JsonNode)code)]),
        };
        return new JsonObject { ["$ref"] = "#/components/responses/" + name };
    }

    private static string Key(int status) => status.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static JsonObject Scheme(params string[] names) => new(names.Select(name => KeyValuePair.Create(name, (JsonNode?)new JsonArray())));

    private static JsonObject SecuritySchemes() => new()
    {
        ["apiKey"] = Header("Authorization", "A key of a program: ApiKey, a blank, and the key. X-Api-Key with the key alone is read as well."),
        ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["bearerFormat"] = "JWT", ["description"] = "The access token of POST /elsa/api/identity/login." },
        ["session"] = new JsonObject { ["type"] = "apiKey", ["in"] = "cookie", ["name"] = Sessions.CookieName, ["description"] = "The cookie of POST /api/session." },
        ["csrf"] = Header("X-XSRF-TOKEN", "Goes with the cookie on whatever is not a GET: the value of the cookie platform-xsrf."),
    };

    private static JsonObject Header(string name, string text) => new() { ["type"] = "apiKey", ["in"] = "header", ["name"] = name, ["description"] = text };

    private static JsonObject ProblemSchema()
    {
        var properties = new JsonObject
        {
            ["type"] = Text("Names the code as a URI."),
            ["title"] = Text("What is wrong, in few words that do not change."),
            ["status"] = new JsonObject { ["type"] = "integer", ["description"] = "The HTTP status." },
            ["detail"] = Text("What is wrong here and what to do, in sentences."),
            ["code"] = new JsonObject { ["type"] = "string", ["pattern"] = "^WF\\d{4}$", ["description"] = "A stable code, a heading of docs/errors.md." },
            ["errorId"] = Text("Under which the server's log tells more; only when the server failed."),
        };
        return new JsonObject
        {
            ["type"] = "object",
            ["description"] = "Why a request was refused (RFC 9457).",
            ["required"] = new JsonArray("type", "title", "status", "detail", "code"),
            ["properties"] = properties,
        };

        static JsonObject Text(string description) => new() { ["type"] = "string", ["description"] = description };
    }
}

/// <summary>A method of a route.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Address, with the parameters in braces.</param>
/// <param name="Endpoint">The endpoint.</param>
internal sealed record ApiOperation(string Method, string Path, RouteEndpoint Endpoint)
{
    /// <summary>What it does, in a sentence; empty when nobody said it.</summary>
    public string Summary => Endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary ?? "";

    /// <summary>The group that it belongs to; empty when nobody said it.</summary>
    public string Tag => Endpoint.Metadata.GetMetadata<ITagsMetadata>()?.Tags.FirstOrDefault() ?? "";

    /// <summary>Whether nobody needs to be signed in.</summary>
    public bool IsAnonymous => Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    /// <summary>The permissions of which one is needed; empty when it is enough to be signed in.</summary>
    public IReadOnlyList<string> Permissions => IsAnonymous ? [] : Endpoint.Metadata.GetMetadata<PermissionMetadata>()?.AnyOf ?? [Security.Permissions.All];

    /// <summary>A name for programs: the method, and the words of the address.</summary>
    public string Id => Method.ToLowerInvariant() + string.Concat(Path.Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(1)
        .SelectMany(part => part.Trim('{', '}').Split('-', '.')).Where(word => word.Length > 0).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    /// <summary>The address of a pattern as OpenAPI writes it: without constraints and defaults.</summary>
    /// <param name="pattern">The pattern.</param>
    public static string PathOf(RoutePattern pattern) => "/" + string.Join('/', pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
    {
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
        _ => "",
    }))));

    /// <summary>Its own refusals, and those that the server makes for any route.</summary>
    /// <param name="hasParameters">Whether it has parameters that could be wrong.</param>
    public IEnumerable<RefusalMetadata> Refusals(bool hasParameters)
    {
        var hasBody = Endpoint.Metadata.GetMetadata<BodyMetadata>() is not null;
        if (hasBody || hasParameters)
            yield return new(StatusCodes.Status400BadRequest, [Problem.Unreadable.Code]);
        if (!IsAnonymous)
            yield return new(StatusCodes.Status401Unauthorized, [Problem.NotSignedIn.Code]);
        if (Permissions.Count > 0)
            yield return new(StatusCodes.Status403Forbidden, [Problem.NotPermitted.Code]);
        if (!IsAnonymous && Method != "GET")
            yield return new(StatusCodes.Status403Forbidden, [Problem.NotFromOwnPage.Code]);
        if (hasBody)
        {
            yield return new(StatusCodes.Status413PayloadTooLarge, [Problem.TooLarge.Code]);
            yield return new(StatusCodes.Status415UnsupportedMediaType, [Problem.WrongMediaType.Code]);
        }

        foreach (var refusal in Endpoint.Metadata.GetOrderedMetadata<RefusalMetadata>())
            yield return refusal;
        yield return new(StatusCodes.Status503ServiceUnavailable, [Problem.StoreFailed.Code]);
    }
}
