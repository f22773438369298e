using System.Text.Json.Nodes;
using Platform.Server.Notifications;

namespace Platform.Server.Monitoring.Alerts;

/// <summary>Tells channels of alerts. What cannot be told is tried again twice, and then noted with the alert.</summary>
/// <param name="queue">What is to be told.</param>
/// <param name="messenger">Tells.</param>
/// <param name="book">The alerts.</param>
/// <param name="clock">Time.</param>
/// <param name="logger">Log.</param>
internal sealed class NoticeDuty(NoticeQueue queue, Messenger messenger, AlertBook book, TimeProvider clock, ILogger<NoticeDuty> logger) : BackgroundService
{
    private static readonly TimeSpan[] _pauses = [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10)];

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var pending in queue.Reader.ReadAllAsync(stoppingToken))
            {
                var channels = pending.Channels.Count == 0 ? messenger.Channels : [.. pending.Channels.Select(messenger.Find).OfType<AlertChannelOptions>()];
                await Task.WhenAll(channels.Select(channel => TryTellAsync(channel, pending, stoppingToken)));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private static Notice NoticeOf(PendingNotice pending)
    {
        var alert = pending.Alert;
        return pending.Kind == NoticeQueue.Recovered
            ? new Notice($"{alert.Rule} is over: {alert.Subject}", $"It lasted {alert.ResolvedAt - alert.FirstAt:d\\.hh\\:mm\\:ss}. It was: {alert.Message}", nameof(Severity.Info))
            : new Notice($"{alert.Rule}: {alert.Subject}", alert.Message, alert.Severity.ToString());
    }

    private static JsonObject DataOf(PendingNotice pending) => new()
    {
        ["alertId"] = pending.Alert.Id,
        ["event"] = pending.Kind,
        ["rule"] = pending.Alert.Rule,
        ["subject"] = pending.Alert.Subject,
        ["metric"] = pending.Alert.Metric,
        ["value"] = pending.Alert.Value,
        ["threshold"] = pending.Alert.Threshold,
        ["firstAt"] = pending.Alert.FirstAt,
        ["resolvedAt"] = pending.Alert.ResolvedAt,
    };

    private async Task TryTellAsync(AlertChannelOptions channel, PendingNotice pending, CancellationToken stoppingToken)
    {
        try
        {
            var key = $"{pending.Alert.Id}-{pending.Kind}";
            var error = await messenger.TellAsync(channel, NoticeOf(pending), DataOf(pending), key, stoppingToken);
            foreach (var pause in _pauses)
            {
                if (error is null)
                    break;
                await Task.Delay(pause, clock, stoppingToken);
                error = await messenger.TellAsync(channel, NoticeOf(pending), DataOf(pending), key, stoppingToken);
            }

            if (error is not null)
                Log.NoticeFailed(logger, channel.Name, pending.Alert.Rule, pending.Alert.Subject, error);
            await book.NoteAsync(pending.Alert.Id, new AlertNotice(channel.Name, pending.Kind, clock.GetUtcNow(), error));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; the alert goes on after the next start.
        }
        // The loop of a background duty: whatever fails must not keep the other channels, or later alerts, from being told.
        catch (Exception exception)
        {
            Log.NoticeFailed(logger, channel.Name, pending.Alert.Rule, pending.Alert.Subject, exception.Message);
        }
    }
}
