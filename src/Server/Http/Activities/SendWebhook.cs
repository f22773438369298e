using System.Buffers;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Platform.Engine;
using Platform.Engine.Values;
using Platform.Server.Secrets;

namespace Platform.Server.Http.Activities;

/// <summary>
/// Sends a webhook, signed by Standard Webhooks. What the receiver cannot take now is sent again after 5 s, 5 min, 30 min, 2 h, 5 h and
/// so on: the workflow waits for it, over restarts too, and other branches go on. Every sending has the same <c>webhook-id</c> and body,
/// so that a receiver takes the message once. It faults when no attempt is left, or the receiver refuses the message for good.
/// </summary>
[Activity("Platform", "HTTP", "Send a signed webhook, again and again until the receiver takes it.", DisplayName = "Send Webhook", Kind = ActivityKind.Task)]
public sealed class SendWebhook : Activity
{
    private const int AttemptsMax = 10;
    private const string BodyProperty = "body";
    private const string AttemptProperty = "attempt";

    /// <summary>The pauses that Standard Webhooks proposes.</summary>
    private static readonly TimeSpan[] _pauses =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>Absolute address of the receiver, http or https. Redirects are not followed.</summary>
    [Input(DisplayName = "URL", Description = "The address of the receiver.", Order = 0)]
    public Input<Uri?> Url { get; set; } = new((Uri?)null);

    /// <summary>Name of the secret that signs: base64, with or without <c>whsec_</c> in front.</summary>
    [Input(Description = "The name of the secret with which the webhook is signed.", Category = "Security", Order = 1)]
    public Input<string> Secret { get; set; } = new("");

    /// <summary>Type of the event, for example <c>order.paid</c>. With it the body is type, timestamp and data; without it the payload itself.</summary>
    [Input(DisplayName = "Event type", Description = "The type of the event, for example order.paid. The body is then an object with type, timestamp and data.", Order = 2)]
    public Input<string?> EventType { get; set; } = new((string?)null);

    /// <summary>What is sent, as JSON.</summary>
    [Input(Description = "The payload, sent as JSON.", UIHint = InputUIHints.JsonEditor, Order = 3)]
    public Input<object?> Payload { get; set; } = new((object?)null);

    /// <summary>Id of the message. Default: one that is the same whenever this execution sends.</summary>
    [Input(DisplayName = "Message ID", Description = "The id by which the receiver knows a message that it has got already. Made by itself when left out.", Category = "Advanced", Order = 4)]
    public Input<string?> MessageId { get; set; } = new((string?)null);

    /// <summary>How often it is sent at most, 1 to 10. Default: 5.</summary>
    [Input(Description = "How often the webhook is sent at most, 1 to 10.", DefaultValue = 5, Category = "Advanced", Order = 5)]
    public Input<int> Attempts { get; set; } = new(5);

    /// <summary>Status code of the last response.</summary>
    [Output(Description = "The HTTP status code of the last response.")]
    public Output<int>? StatusCode { get; set; }

    /// <summary>Id of the message.</summary>
    [Output(DisplayName = "Message ID", Description = "The id of the message.")]
    public Output<string>? SentMessageId { get; set; }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => AttemptAsync(context);

    private async ValueTask AttemptAsync(ActivityExecutionContext context)
    {
        // Kept from the first attempt on: a message with the same id has the same content.
        var body = context.GetProperty<string>(BodyProperty) is { } kept ? Encoding.UTF8.GetBytes(kept) : Write(context);
        var attempt = context.GetProperty<int>(AttemptProperty) + 1;
        var id = MessageId.GetOrDefault(context) is { Length: > 0 } given ? given : IdOf(context);
        context.Set(SentMessageId, id);
        var failure = await SendAsync(context, id, body);
        if (failure is null)
        {
            await context.CompleteActivityAsync();
            return;
        }

        var attempts = Math.Clamp(Attempts.GetOrDefault(context), 1, AttemptsMax);
        context.AddExecutionLogEntry("Not delivered", $"Attempt {attempt} of {attempts}: {failure.Reason}");
        if (failure.IsFinal || attempt >= attempts)
            throw Fault("WebhookNotDelivered", $"WF4763: The webhook '{id}' was not delivered after {attempt} attempts: {failure.Reason}");
        // What holds a secret is not stored; it is made anew from the inputs.
        if (!context.HoldsSecrets)
            context.SetProperty(BodyProperty, Encoding.UTF8.GetString(body));
        context.SetProperty(AttemptProperty, attempt);
        context.CreateBookmark(new CreateBookmarkArgs
        {
            BookmarkName = "Platform.SendWebhook",
            Stimulus = new { messageId = id },
            Callback = AttemptAsync,
            DueAt = context.WorkflowExecutionContext.Host.Clock.GetUtcNow() + _pauses[attempt - 1],
        });
    }

    /// <summary>The number of a try again is not in it: who executes a faulted activity again sends the same message again.</summary>
    private static string IdOf(ActivityExecutionContext context) =>
        "msg_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(context.Id)).AsSpan(0, 16));

    private static FaultException Fault(string code, string message) => new(code, "HTTP", "System", message);

    private byte[] Write(ActivityExecutionContext context)
    {
        var payload = Payload.GetOrDefault(context);
        if (EventType.GetOrDefault(context) is not { Length: > 0 } type)
            return DynamicJson.ToUtf8(payload);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteString("timestamp", context.WorkflowExecutionContext.Host.Clock.GetUtcNow());
            json.WritePropertyName("data");
            DynamicJson.Write(json, payload);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private async ValueTask<Failure?> SendAsync(ActivityExecutionContext context, string id, byte[] body)
    {
        var name = Secret.GetOrDefault(context) ?? "";
        var key = context.GetRequiredService<SecretStore>().Reveal(name) is { } value ? WebhookSignature.ReadKey(value) : null;
        if (key is null)
        {
            throw Fault(
                "WebhookSecretUnusable",
                $"WF4762: The webhook cannot be signed: there is no secret '{name}' that is given out and is base64 of 16 bytes or more, with or without 'whsec_' in front.");
        }

        var timestamp = context.WorkflowExecutionContext.Host.Clock.GetUtcNow().ToUnixTimeSeconds();
        var order = new OutgoingRequest(Url.GetOrDefault(context), "POST");
        try
        {
            using var request = await order.ToMessageAsync(context.CancellationToken);
            request.Content = new ReadOnlyMemoryContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
            request.Headers.TryAddWithoutValidation(WebhookSignature.IdHeader, id);
            request.Headers.TryAddWithoutValidation(WebhookSignature.TimestampHeader, timestamp.ToString(CultureInfo.InvariantCulture));
            request.Headers.TryAddWithoutValidation(WebhookSignature.SignatureHeader, WebhookSignature.Sign(key, id, timestamp, body));
            using var response = await context.GetRequiredService<OutgoingHttp>().SendAsync(request, redirectsMax: 0, context.CancellationToken);
            context.Set(StatusCode, (int)response.StatusCode);
            if (response.IsSuccessStatusCode)
                return null;
            // Refused for good, but for what passes: not ready yet, busy, gone for the moment.
            var isFinal = (int)response.StatusCode is >= 300 and < 500 and not (408 or 409 or 425 or 429);
            var text = response.StatusCode == HttpStatusCode.Gone ? "410: the receiver wants no more of them." : $"The receiver answered {(int)response.StatusCode}.";
            return new Failure(text, isFinal);
        }
        catch (AddressBlockedException exception)
        {
            throw OutgoingRequest.Blocked(context, exception);
        }
        catch (HttpRequestException exception)
        {
            return new Failure(exception.Message, false);
        }
        catch (Exception exception) when (exception is TimeoutException || (exception is OperationCanceledException && !context.CancellationToken.IsCancellationRequested))
        {
            return new Failure(exception.Message, false);
        }
    }

    private sealed record Failure(string Reason, bool IsFinal);
}
