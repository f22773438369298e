using System.Net.Mail;
using System.Text;
using System.Text.Json.Nodes;
using Platform.CustomActivities.Resilience;
using Platform.Engine;
using Platform.Engine.Values;
using Platform.Server.Email;
using Platform.Server.Http;

namespace Platform.Server.Notifications;

/// <summary>
/// Tells people or programs something: on the console of the server, by a webhook, by a webhook as Slack, Mattermost and others take it, or
/// by e-mail. Ends with <c>Done</c>, or with <c>Failed</c> when it could not be told; faults only when the inputs cannot be used. A message
/// that a crash makes this send twice has the same idempotency key both times.
/// </summary>
[Activity("Platform", "Notifications", "Tell people or programs something, by console, webhook, Slack or e-mail.", Kind = ActivityKind.Task)]
[FlowNode("Done", "Failed")]
[ResilienceCategory("HTTP")]
public sealed class Notify : Activity
{
    /// <summary>How to tell it: Console, Webhook, Slack or Email. Default: Console.</summary>
    [Input(Description = "How to tell it.", UIHint = InputUIHints.DropDown, Options = new[] { "Console", "Webhook", "Slack", "Email" }, DefaultValue = "Console", Order = 0)]
    public Input<string> Channel { get; set; } = new("Console");

    /// <summary>Address of the webhook, or of the recipient. Masked in records, because the address of a webhook is its key.</summary>
    [Input(Description = "The address of the webhook, or the e-mail address of the recipient.", CanContainSecrets = true, Order = 1)]
    public Input<string?> Target { get; set; } = new((string?)null);

    /// <summary>Title.</summary>
    [Input(Description = "The title, one line.", Order = 2)]
    public Input<string?> Title { get; set; } = new((string?)null);

    /// <summary>Message.</summary>
    [Input(Description = "The message.", UIHint = InputUIHints.MultiLine, Order = 3)]
    public Input<string?> Message { get; set; } = new((string?)null);

    /// <summary>How urgent it is: Info, Warning or Critical. Default: Info.</summary>
    [Input(Description = "How urgent it is.", UIHint = InputUIHints.DropDown, Options = new[] { "Info", "Warning", "Critical" }, DefaultValue = "Info", Order = 4)]
    public Input<string> Severity { get; set; } = new("Info");

    /// <summary>Further data for a webhook. Default: none.</summary>
    [Input(Description = "Further data for a webhook.", UIHint = InputUIHints.JsonEditor, Order = 5)]
    public Input<object?> Data { get; set; } = new((object?)null);

    /// <summary>Why it could not be told; empty when it was.</summary>
    [Output(Description = "Why it could not be told; empty when it was.")]
    public Output<string>? Error { get; set; }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var channel = Channel.GetOrDefault(context) ?? "";
        var text = new Notice(Notice.OneLine(Title.GetOrDefault(context)), Message.GetOrDefault(context) ?? "", Notice.OneLine(Severity.GetOrDefault(context)) is { Length: > 0 } severity ? severity : "Info");
        var failure = channel.Trim().ToUpperInvariant() switch
        {
            "CONSOLE" => await WriteAsync(context, text),
            "WEBHOOK" => await PostAsync(context, ToWebhook(context, text)),
            "SLACK" => await PostAsync(context, text.ToSlack()),
            "EMAIL" => await MailAsync(context, text),
            _ => throw Fault("UnknownChannel", $"WF4810: The channel '{channel}' is not known. Choose Console, Webhook, Slack or Email."),
        };
        context.Set(Error, failure ?? "");
        if (failure is not null)
            context.AddExecutionLogEntry("NotTold", failure);
        await context.CompleteActivityWithOutcomesAsync(failure is null ? "Done" : "Failed");
    }

    private static FaultException Fault(string code, string message) => new(code, "Notifications", "System", message);

    private static async Task<string?> WriteAsync(ActivityExecutionContext context, Notice text)
    {
        await context.GetRequiredService<TextWriter>().WriteLineAsync(text.ToText(bold: false));
        return null;
    }

    private JsonObject ToWebhook(ActivityExecutionContext context, Notice text)
    {
        var data = Data.GetOrDefault(context) is string json && DynamicJson.TryParse(json, out var read) ? read : Data.GetOrDefault(context);
        var body = text.ToWebhook(DynamicJson.ToNode(data), context.WorkflowExecutionContext.Host.Clock.GetUtcNow());
        body["instanceId"] = context.WorkflowExecutionContext.Id;
        body["activityId"] = context.Activity.Id;
        return body;
    }

    private async Task<string?> PostAsync(ActivityExecutionContext context, JsonObject body)
    {
        if (!Uri.TryCreate(Target.GetOrDefault(context), UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
            throw Fault("InvalidTarget", "WF4810: The target of the notification is no address. Begin with http:// or https://.");
        var http = context.GetRequiredService<OutgoingHttp>();
        var bytes = Encoding.UTF8.GetBytes(body.ToJsonString());
        try
        {
            using var result = await context.RunResilientlyAsync(SendAsync, address);
            return result.Status is >= 200 and < 300 ? null : $"'{address.Host}' answered with status {result.Status}.";
        }
        catch (AddressBlockedException exception)
        {
            throw OutgoingRequest.Blocked(context, exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or TimeoutException)
        {
            return $"'{address.Host}' could not be told: {exception.Message}";
        }

        async Task<AttemptResult> SendAsync(CancellationToken cancellationToken)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(bytes) };
            request.Content.Headers.ContentType = new("application/json");
            request.Headers.TryAddWithoutValidation("Idempotency-Key", context.IdempotencyKey);
            var response = await http.SendAsync(request, cancellationToken);
            return new AttemptResult(response, (int)response.StatusCode, response.Headers.RetryAfter?.Delta);
        }
    }

    private async Task<string?> MailAsync(ActivityExecutionContext context, Notice text)
    {
        var outgoing = context.GetRequiredService<OutgoingMail>();
        if (!outgoing.IsConfigured)
            throw Fault("SmtpNotConfigured", "WF4201: No mail can be sent: there is no mail server. Set Smtp:Host, and what it needs besides.");
        if (!MailAddress.TryCreate(Target.GetOrDefault(context)?.Trim(), out var recipient) || !MailAddress.TryCreate(outgoing.Options.DefaultSender, out var sender))
            throw Fault("InvalidTarget", "WF4810: The target of the notification is no e-mail address, or Smtp:DefaultSender is not set.");
        using var mail = text.ToMail(sender, recipient, context.IdempotencyKey);
        try
        {
            await outgoing.SendAsync(mail, context.CancellationToken);
            return null;
        }
        catch (MailNotSentException exception)
        {
            return exception.Message;
        }
    }
}
