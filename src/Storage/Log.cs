using Microsoft.Extensions.Logging;

namespace Platform.Storage;

/// <summary>What the storage reports.</summary>
internal static partial class Log
{
    [LoggerMessage(3001, LogLevel.Information, "Store opened: {Description}")]
    public static partial void StoreOpened(ILogger logger, string description);

    [LoggerMessage(3002, LogLevel.Error, "A transaction of {Commits} commits failed; nothing of it was written")]
    public static partial void BatchFailed(ILogger logger, Exception exception, int commits);

    [LoggerMessage(3003, LogLevel.Error, "A failed transaction could not be rolled back")]
    public static partial void RollbackFailed(ILogger logger, Exception exception);

    [LoggerMessage(3004, LogLevel.Warning, "The write-ahead log could not be emptied at the end; the next start reads it")]
    public static partial void CheckpointFailed(ILogger logger, Exception exception);

    [LoggerMessage(3005, LogLevel.Warning, "The write-ahead log has {Bytes} bytes, more than its {Cap}: a reader that does not end keeps it from being emptied. It is tried again with later commits")]
    public static partial void WalHeld(ILogger logger, long bytes, long cap);

    [LoggerMessage(3006, LogLevel.Warning, "Free pages could not be given back to the disk; later commits use them, and it is tried again")]
    public static partial void UpkeepFailed(ILogger logger, Exception exception);
}
