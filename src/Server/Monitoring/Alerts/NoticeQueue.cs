using System.Threading.Channels;

namespace Platform.Server.Monitoring.Alerts;

/// <summary>An alert that channels are to be told.</summary>
/// <param name="Alert">The alert.</param>
/// <param name="Channels">Names of the channels; empty for all.</param>
/// <param name="Kind"><c>opened</c> or <c>recovered</c>.</param>
internal sealed record PendingNotice(Alert Alert, IReadOnlyList<string> Channels, string Kind);

/// <summary>What is to be told, so that those who look do not wait for those who are told. When too much waits, the oldest is left out and logged.</summary>
internal sealed class NoticeQueue
{
    /// <summary>The condition holds.</summary>
    public const string Opened = "opened";

    /// <summary>The condition is over.</summary>
    public const string Recovered = "recovered";

    private const int WaitingMax = 1_000;
    private readonly Channel<PendingNotice> _waiting;

    /// <summary>Makes the queue.</summary>
    /// <param name="logger">Log.</param>
    public NoticeQueue(ILogger<NoticeQueue> logger) => _waiting = Channel.CreateBounded<PendingNotice>(
        new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
        dropped => Log.NoticeDropped(logger, dropped.Alert.Rule, dropped.Alert.Subject));

    /// <summary>What is to be told, in order.</summary>
    public ChannelReader<PendingNotice> Reader => _waiting.Reader;

    /// <summary>Adds something to tell.</summary>
    /// <param name="alert">The alert.</param>
    /// <param name="channels">Names of the channels; empty for all.</param>
    /// <param name="kind"><c>opened</c> or <c>recovered</c>.</param>
    public void Add(Alert alert, IReadOnlyList<string> channels, string kind) => _waiting.Writer.TryWrite(new PendingNotice(alert, channels, kind));
}
