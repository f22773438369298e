using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Platform.Server.Elsa;

/// <summary>Something bound from a request that may turn out to be unusable.</summary>
internal interface IRequestPart
{
    /// <summary>The answer to give instead of calling the endpoint; null when the part is usable.</summary>
    IResult? Refusal { get; }
}

/// <summary>Reads JSON bodies within limits, and says with line and column why one is unusable.</summary>
internal static class RequestBody
{
    private const string NotJson = "WF4000";
    private const string TooLarge = "WF4001";

    /// <summary>Answers for the endpoint when a part of its request is unusable.</summary>
    public static ValueTask<object?> RefuseUnusableAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        foreach (var argument in context.Arguments)
        {
            if (argument is IRequestPart { Refusal: { } refusal })
                return new ValueTask<object?>(refusal);
        }

        return next(context);
    }

    /// <summary>The whole body, or why it is refused. Nothing beyond the limit is read.</summary>
    public static async ValueTask<(ReadOnlyMemory<byte> Bytes, IResult? Refusal)> ReadAsync(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<ElsaApiOptions>();
        if (context.Request.ContentLength > options.BodyBytesMax)
            return (default, RefuseTooLarge(options));
        var buffer = new ArrayBufferWriter<byte>((int)(context.Request.ContentLength ?? 4_096) + 1);
        while (true)
        {
            var read = await context.Request.Body.ReadAsync(buffer.GetMemory(4_096), context.RequestAborted);
            if (read == 0)
                break;
            buffer.Advance(read);
            if (buffer.WrittenCount > options.BodyBytesMax)
                return (default, RefuseTooLarge(options));
        }

        var bytes = buffer.WrittenMemory;
        if (bytes.Span.StartsWith("\uFEFF"u8))
            bytes = bytes[3..];
        return bytes.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0
            ? (default, null)
            : (bytes, WhyUnreadable(bytes.Span, options.JsonDepthMax) is { } why ? Problems.Invalid(NotJson, "$", why) : null);
    }

    /// <summary>A JSON text as nodes, or why it is not one. Repeated members are errors, because no reading of them would be safe.</summary>
    public static (JsonNode? Node, string? Why) Parse(ReadOnlyMemory<byte> json, int depthMax, string what = "request body")
    {
        if (WhyUnreadable(json.Span, depthMax, what) is { } why)
            return (null, why);
        try
        {
            return (JsonNode.Parse(json.Span, documentOptions: DocumentOptions(depthMax)), null);
        }
        catch (JsonException exception)
        {
            return (null, Explain(exception, what));
        }
    }

    private static JsonDocumentOptions DocumentOptions(int depthMax) => new()
    {
        MaxDepth = depthMax,
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    /// <summary>Why the text cannot be read as JSON; null when it can. Escapes are decoded, so that no later reader can stumble.</summary>
    private static string? WhyUnreadable(ReadOnlySpan<byte> json, int depthMax, string what = "request body")
    {
        if (!Utf8.IsValid(json))
            return $"The {what} is not UTF-8.";
        var reader = new Utf8JsonReader(
            json,
            new JsonReaderOptions { MaxDepth = depthMax, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                    reader.GetString();
            }
        }
        catch (JsonException exception)
        {
            return reader.CurrentDepth >= depthMax
                ? $"The JSON is nested more than {depthMax} levels deep. Split the workflow into several."
                : Explain(exception, what);
        }
        catch (InvalidOperationException)
        {
            return $"The JSON holds a text with half a surrogate pair near byte {reader.TokenStartIndex}.";
        }

        return null;
    }

    private static string Explain(JsonException exception, string what) =>
        $"The {what} is not JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}. {exception.Message}";

    private static IResult RefuseTooLarge(ElsaApiOptions options) => Problems.Status(
        StatusCodes.Status413PayloadTooLarge,
        TooLarge,
        $"The request body is larger than {options.BodyBytesMax / 1_048_576.0:0.#} MiB. Split the file, or raise ElsaApi:BodyBytesMax.");
}

/// <summary>A JSON body read into a request record; an empty body or <c>null</c> gives one with nothing set.</summary>
/// <typeparam name="T">The record, known to <see cref="WireJson"/>.</typeparam>
internal sealed class Body<T> : IRequestPart
    where T : class, new()
{
    private Body(T value, IResult? refusal) => (Value, Refusal) = (value, refusal);

    /// <summary>What the body says.</summary>
    public T Value { get; }

    /// <inheritdoc/>
    public IResult? Refusal { get; }

    /// <summary>Binds the body; called by the framework.</summary>
    public static async ValueTask<Body<T>> BindAsync(HttpContext context)
    {
        var (bytes, refusal) = await RequestBody.ReadAsync(context);
        if (refusal is not null || bytes.IsEmpty)
            return new Body<T>(new T(), refusal);
        try
        {
            return new Body<T>(JsonSerializer.Deserialize(bytes.Span, WireJson.Of<T>()) ?? new T(), null);
        }
        catch (JsonException exception)
        {
            return new Body<T>(new T(), Problems.Invalid("WF4002", exception.Path ?? "$", $"A member has the wrong type. {exception.Message}"));
        }
    }
}

/// <summary>A JSON body that must be an object, kept as it is.</summary>
internal sealed class ObjectBody : IRequestPart
{
    private ObjectBody(JsonObject value, IResult? refusal) => (Value, Refusal) = (value, refusal);

    /// <summary>The object.</summary>
    public JsonObject Value { get; }

    /// <inheritdoc/>
    public IResult? Refusal { get; }

    /// <summary>Binds the body; called by the framework.</summary>
    public static async ValueTask<ObjectBody> BindAsync(HttpContext context)
    {
        var (bytes, refusal) = await RequestBody.ReadAsync(context);
        if (refusal is not null)
            return new ObjectBody([], refusal);
        if (bytes.IsEmpty)
            return new ObjectBody([], Problems.Invalid("WF4003", "$", "The request has no body."));
        var (node, why) = RequestBody.Parse(bytes, context.RequestServices.GetRequiredService<ElsaApiOptions>().JsonDepthMax);
        return node is JsonObject value
            ? new ObjectBody(value, null)
            : new ObjectBody([], Problems.Invalid("WF4003", "$", why ?? "The request body is not a JSON object."));
    }
}
