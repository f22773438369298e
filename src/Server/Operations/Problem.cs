using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Platform.Server.Operations;

/// <summary>
/// What an endpoint answers when it cannot do what it was asked: problem details (RFC 9457) with a stable code, which is a heading in
/// <c>docs/errors.md</c>. It is written as it is, whatever the request accepts.
/// </summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">The code.</param>
/// <param name="Title">What is wrong, in few words that do not change.</param>
/// <param name="Detail">What is wrong here and what to do, in sentences.</param>
internal sealed record Problem(int Status, string Code, string Title, string Detail) : IResult
{
    /// <summary>The request cannot be read.</summary>
    public static readonly Problem Unreadable = new(
        StatusCodes.Status400BadRequest, "WF4500", "The request cannot be read", "The request does not have the form that this address expects.");

    /// <summary>Nobody is signed in.</summary>
    public static readonly Problem NotSignedIn = new(
        StatusCodes.Status401Unauthorized, "WF4501", "Not signed in", "Sign in, or send a valid API key: Authorization: ApiKey <key>.");

    /// <summary>Name or password is wrong.</summary>
    public static readonly Problem WrongPassword = new(
        StatusCodes.Status401Unauthorized, "WF4502", "Wrong name or password", "There is no user with this name and this password.");

    /// <summary>Somebody is signed in and may not do this.</summary>
    public static readonly Problem NotPermitted = new(
        StatusCodes.Status403Forbidden, "WF4503", "Not permitted", "You do not have the permission that this needs.");

    /// <summary>Nothing has this address.</summary>
    public static readonly Problem NotFound = new(
        StatusCodes.Status404NotFound, "WF4504", "Nothing here", "There is nothing at this address.");

    /// <summary>The address does not know the method.</summary>
    public static readonly Problem WrongMethod = new(
        StatusCodes.Status405MethodNotAllowed, "WF4505", "Method not allowed", "This address does not answer this method. The header 'Allow' says which ones it answers.");

    /// <summary>A request of a session lacks the session's token.</summary>
    public static readonly Problem NotFromOwnPage = new(
        StatusCodes.Status403Forbidden, "WF4506", "Not proven to come from this server's pages",
        "A request that is signed in by its cookie needs the value of the cookie 'platform-xsrf' in the header 'X-XSRF-TOKEN'. Programs use an API key instead.");

    /// <summary>Too many failed sign-ins.</summary>
    public static readonly Problem TooManySignIns = new(
        StatusCodes.Status429TooManyRequests, "WF4507", "Too many failed sign-ins", "There were too many failed sign-ins. The header 'Retry-After' says when to try again.");

    /// <summary>The body is larger than allowed.</summary>
    public static readonly Problem TooLarge = new(
        StatusCodes.Status413PayloadTooLarge, "WF4508", "The request is too large",
        "The body of the request is larger than this address allows. The option Security:RequestBytesMax sets the limit of the server.");

    /// <summary>The body has a type that is not read here.</summary>
    public static readonly Problem WrongMediaType = new(
        StatusCodes.Status415UnsupportedMediaType, "WF4509", "Unknown type of content", "This address does not read this type of content. Send JSON: Content-Type: application/json.");

    /// <summary>Any other refusal.</summary>
    public static readonly Problem Refused = new(
        StatusCodes.Status400BadRequest, "WF4510", "The request was refused", "The request was refused.");

    /// <summary>The server has a bug, or lacks something it needs.</summary>
    public static readonly Problem Failed = new(
        StatusCodes.Status500InternalServerError, "WF4550", "The server failed", "The server failed to answer this request. Its log tells why, under the error id.");

    /// <summary>The store cannot read or write.</summary>
    public static readonly Problem StoreFailed = new(
        StatusCodes.Status503ServiceUnavailable, "WF4551", "The store failed", "The database cannot be read or written at the moment. The server's log tells why, under the error id.");

    /// <summary>The answer is never taken for HTML, so its texts may stay as they were written.</summary>
    private static readonly JsonWriterOptions JsonForm = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The problem that a bare status stands for.</summary>
    /// <param name="status">A status from 400 to 599.</param>
    public static Problem Of(int status) => status switch
    {
        StatusCodes.Status400BadRequest => Unreadable,
        StatusCodes.Status401Unauthorized => NotSignedIn,
        StatusCodes.Status403Forbidden => NotPermitted,
        StatusCodes.Status404NotFound => NotFound,
        StatusCodes.Status405MethodNotAllowed => WrongMethod,
        StatusCodes.Status413PayloadTooLarge => TooLarge,
        StatusCodes.Status415UnsupportedMediaType => WrongMediaType,
        StatusCodes.Status503ServiceUnavailable => StoreFailed,
        < StatusCodes.Status500InternalServerError => Refused with { Status = status },
        _ => Failed with { Status = status },
    };

    /// <summary>Writes the problem as the answer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="errorId">Under which the log tells more, or null.</param>
    public async Task WriteAsync(HttpContext context, string? errorId = null)
    {
        var response = context.Response;
        response.StatusCode = Status;
        response.ContentType = "application/problem+json";
        if (Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "ApiKey";
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        await using var json = new Utf8JsonWriter(response.BodyWriter, JsonForm);
        Write(json, errorId, context.Request.Path.StartsWithSegments("/elsa/api", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The problem as it is written, for an answer that is sent later.</summary>
    public byte[] ToUtf8()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonForm))
            Write(json, null, isElsa: false);
        return buffer.WrittenSpan.ToArray();
    }

    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext);

    private void Write(Utf8JsonWriter json, string? errorId, bool isElsa)
    {
        json.WriteStartObject();
        json.WriteString("type", $"urn:platform:error:{Code}");
        json.WriteString("title", Title);
        json.WriteNumber("status", Status);
        json.WriteString("detail", Detail);
        json.WriteString("code", Code);
        if (errorId is not null)
            json.WriteString("errorId", errorId);
        if (isElsa)
            WriteElsaMembers(json);
        json.WriteEndObject();
    }

    /// <summary>Elsa Studio shows the texts in <c>errors</c>, and nothing else of a problem.</summary>
    private void WriteElsaMembers(Utf8JsonWriter json)
    {
        json.WriteNumber("statusCode", Status);
        json.WriteString("message", Title);
        json.WriteStartObject("errors");
        json.WriteStartArray("generalErrors");
        json.WriteStringValue(Detail);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
