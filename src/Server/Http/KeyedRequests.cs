using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Platform.Engine;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using Platform.Server.Elsa.Definitions;
using Platform.Server.Elsa.Instances;
using Platform.Server.Operations;

namespace Platform.Server.Http;

/// <summary>
/// Requests to workflows' endpoints that carry an idempotency key: the same key, endpoint and caller mean the same instance, and what it
/// answered is answered again. Fingerprint and answer are properties of the instance: they are stored in its commits and live as long.
/// </summary>
/// <param name="states">Reads instances.</param>
/// <param name="answers">What callers get when a workflow answered nothing.</param>
/// <param name="options">Limits.</param>
internal sealed class KeyedRequests(WorkflowStates states, WorkflowAnswers answers, HttpOptions options)
{
    /// <summary>Largest body of an answer that is kept.</summary>
    public const int AnswerBytesMax = 64 * 1024;

    private const string ReplayedHeader = "Idempotency-Replayed";
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether a request carries a key.</summary>
    /// <param name="request">The request.</param>
    public static bool HasKey(HttpRequest request) => request.Headers.ContainsKey(IdempotencyKey.Header);

    /// <summary>Reads key and request; null when the request was refused, which is answered then.</summary>
    /// <param name="context">The request. Its body can be read again afterwards.</param>
    /// <param name="trigger">The endpoint.</param>
    public async ValueTask<KeyedRequest?> ReadAsync(HttpContext context, HttpTrigger trigger)
    {
        var request = context.Request;
        if (request.Headers[IdempotencyKey.Header] is not [{ } key] || !KeyedStarts.IsKey(key))
        {
            await Malformed.WriteAsync(context);
            return null;
        }

        var bytesMax = trigger.Rules.BodyBytesMax ?? options.RequestBodyBytesMax;
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method}\n{request.Path}\n{request.QueryString}\n{request.ContentType}\n"));
            hash.AppendData(await RequestBody.BufferAsync(request, bytesMax, context.RequestAborted));
            return new KeyedRequest(InstanceIdOf(trigger, context, key), Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        catch (BodyTooLargeException)
        {
            await WorkflowAnswers.TooLargeAsync(context, bytesMax);
            return null;
        }
    }

    /// <summary>Answers a request whose key has started an instance before.</summary>
    /// <param name="context">The request.</param>
    /// <param name="http">The same, for workflows.</param>
    /// <param name="request">What was read of it.</param>
    /// <param name="instance">The instance, with its state.</param>
    public async Task AnswerAgainAsync(HttpContext context, WorkflowHttpContext http, KeyedRequest request, StoredInstance instance)
    {
        if (await states.LoadAsync(instance, context.RequestAborted) is not { } workflow)
        {
            await WorkflowAnswers.ConflictAsync(context, instance.Id);
            return;
        }

        if (workflow.Properties.GetValueOrDefault(KeyedStarts.FingerprintProperty) as string != request.Fingerprint)
        {
            await Reused.WriteAsync(context);
            return;
        }

        context.Response.Headers[ReplayedHeader] = "true";
        if (workflow.Properties.GetValueOrDefault(KeyedStarts.AnswerProperty) is string answer)
            http.Response = Read(answer);
        if (http.Response is { StatusCode: 0 })
            await TooLarge(instance.Id).WriteAsync(context);
        else
            await answers.SendAsync(context, http, instance, workflow);
    }

    /// <summary>The form in which an answer is kept with its instance.</summary>
    /// <param name="response">The answer.</param>
    public static string Write(WorkflowHttpResponse response)
    {
        if (response.Body.Length > AnswerBytesMax)
            return JsonSerializer.Serialize(new KeptAnswer(0, null, null, null, null), KeptAnswerJson.Default.KeptAnswer);
        string? text = null;
        try
        {
            // As text, so that the values of secrets are found in it and masked as everywhere in a state.
            text = _strict.GetString(response.Body.Span);
        }
        catch (DecoderFallbackException)
        {
            // Not text.
        }

        var kept = new KeptAnswer(
            response.StatusCode,
            response.ContentType,
            text,
            text is null ? response.Body.ToArray() : null,
            response.Headers?.ToDictionary(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase));
        return JsonSerializer.Serialize(kept, KeptAnswerJson.Default.KeptAnswer);
    }

    private static WorkflowHttpResponse Read(string answer)
    {
        var kept = JsonSerializer.Deserialize(answer, KeptAnswerJson.Default.KeptAnswer)!;
        HttpHeaders? headers = null;
        foreach (var (name, values) in kept.Headers ?? [])
            (headers ??= [])[name] = values;
        return new(kept.Status, kept.ContentType, kept.Body ?? Encoding.UTF8.GetBytes(kept.Text ?? ""), headers);
    }

    /// <summary>Of signed-in callers each has keys of their own: nobody is given what another was answered.</summary>
    private static string InstanceIdOf(HttpTrigger trigger, HttpContext context, string key) =>
        HttpTrigger.InstanceIdOf("request", trigger.DefinitionId, trigger.ActivityId, trigger.Rules.Authorize ? context.User.FindFirst("sub")?.Value ?? "" : "", key);

    private static Problem Malformed { get; } = new(
        StatusCodes.Status400BadRequest,
        "WF4108",
        "The idempotency key cannot be used",
        $"{IdempotencyKey.Header} must be sent once, as 1 to {KeyedStarts.KeyLengthMax} visible ASCII characters.");

    private static Problem Reused { get; } = new(
        StatusCodes.Status422UnprocessableEntity,
        "WF4109",
        "The idempotency key was used for another request",
        $"A request with this {IdempotencyKey.Header} and another method, address, type or body has started a run. Use a new key for a new run.");

    private static Problem TooLarge(string instanceId) => new(
        StatusCodes.Status409Conflict,
        "WF4110",
        "The request was answered before",
        $"The instance '{instanceId}' has answered it, with more than {AnswerBytesMax} bytes, which are not kept. Nothing was run again.");
}

/// <summary>A request with an idempotency key.</summary>
/// <param name="InstanceId">Id of the instance that it starts or has started.</param>
/// <param name="Fingerprint">Hash of what was asked.</param>
internal sealed record KeyedRequest(string InstanceId, string Fingerprint)
{
    /// <summary>Properties that the instance starts with.</summary>
    public IReadOnlyDictionary<string, object?> Properties => new Dictionary<string, object?>(StringComparer.Ordinal) { [KeyedStarts.FingerprintProperty] = Fingerprint };

    /// <summary>Begins the instance so that what it answers is kept with it.</summary>
    /// <param name="http">The request.</param>
    public static Func<WorkflowExecutionContext, ValueTask> Begin(WorkflowHttpContext http) => workflow =>
    {
        http.Answering = response => workflow.Properties[KeyedStarts.AnswerProperty] = KeyedRequests.Write(response);
        return Interpreter.StartAsync(workflow);
    };
}

/// <summary>An answer as it is kept.</summary>
/// <param name="Status">Status code; 0 for an answer that was too large to be kept.</param>
/// <param name="ContentType">Media type.</param>
/// <param name="Text">Body that is text.</param>
/// <param name="Body">Any other body.</param>
/// <param name="Headers">Headers.</param>
internal sealed record KeptAnswer(int Status, string? ContentType, string? Text, byte[]? Body, Dictionary<string, string[]>? Headers);

[System.Text.Json.Serialization.JsonSerializable(typeof(KeptAnswer))]
[System.Text.Json.Serialization.JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class KeptAnswerJson : System.Text.Json.Serialization.JsonSerializerContext;
