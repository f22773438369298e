using System.Net.Http.Headers;
using System.Net.Mail;
using System.Text;
using System.Text.Json.Nodes;
using Platform.Server.Email;
using Platform.Server.Notifications;

namespace Platform.Server.Monitoring.Alerts;

/// <summary>
/// Tells the channels of the configuration. Their addresses were chosen by whoever configures the server, so they may lie in its own network;
/// redirects are not followed.
/// </summary>
/// <param name="options">The channels.</param>
/// <param name="console">The console of the server.</param>
/// <param name="mail">The mail server.</param>
/// <param name="clock">Time.</param>
internal sealed class Messenger(AlertOptions options, TextWriter console, OutgoingMail mail, TimeProvider clock) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>The channels.</summary>
    public IReadOnlyList<AlertChannelOptions> Channels { get; } = options.AllChannels;

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    /// <summary>The channel with this name, or null.</summary>
    /// <param name="name">The name, in any case.</param>
    public AlertChannelOptions? Find(string name) => Channels.FirstOrDefault(channel => channel.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Tells one channel.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="notice">What it is told.</param>
    /// <param name="data">Further data for a webhook, or null.</param>
    /// <param name="key">The same at each attempt to tell this.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Why it could not be told; null when it was.</returns>
    public async Task<string?> TellAsync(AlertChannelOptions channel, Notice notice, JsonNode? data, string key, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.ChannelTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            switch (channel.Kind)
            {
                case ChannelKind.Webhook:
                    return await PostAsync(channel, notice.ToWebhook(data, clock.GetUtcNow()), key, either.Token);
                case ChannelKind.Slack:
                    return await PostAsync(channel, notice.ToSlack(), key, either.Token);
                case ChannelKind.Email:
                    return await MailAsync(channel, notice, key, either.Token);
                default:
                    await console.WriteLineAsync(notice.ToText(bold: false).AsMemory(), either.Token);
                    return null;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"'{channel.Host}' did not answer within {options.ChannelTimeout} (Alerts:ChannelTimeout).";
        }
        catch (HttpRequestException exception)
        {
            return $"'{channel.Host}' could not be told: {exception.Message}";
        }
    }

    private async Task<string?> PostAsync(AlertChannelOptions channel, JsonObject body, string key, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, channel.Target) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString())) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return response.IsSuccessStatusCode ? null : FormattableString.Invariant($"'{channel.Host}' answered with status {(int)response.StatusCode}.");
    }

    private async Task<string?> MailAsync(AlertChannelOptions channel, Notice notice, string key, CancellationToken cancellationToken)
    {
        if (!mail.IsConfigured)
            return "No mail can be sent: there is no mail server. Set Smtp:Host, and what it needs besides.";
        if (!MailAddress.TryCreate(mail.Options.DefaultSender, out var sender) || !MailAddress.TryCreate(channel.Target, out var recipient))
            return "No mail can be sent: Smtp:DefaultSender is not set.";
        using var message = notice.ToMail(sender, recipient, key);
        try
        {
            await mail.SendAsync(message, cancellationToken);
            return null;
        }
        catch (MailNotSentException exception)
        {
            return exception.Message;
        }
    }
}
