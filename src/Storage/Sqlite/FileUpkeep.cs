using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Platform.Storage.Sqlite;

/// <summary>
/// Keeps the files small, on the writer's thread and between two batches: gives free pages back when nobody waits, and empties a
/// write-ahead log that has outgrown its cap.
/// </summary>
internal sealed class FileUpkeep(Connection connection, SqliteOptions options, ILogger logger)
{
    /// <summary>Pages given back in one step: about a millisecond, the longest that a commit waits for it.</summary>
    private const int StepPages = 256;

    /// <summary>Batches between two looks at the size of the log.</summary>
    private const int BatchesPerLook = 16;

    private readonly FileInfo _wal = new(options.DatabasePath + "-wal");
    private bool _mayHaveFreed;
    private bool _isWalHeld;
    private int _batches;

    private long WalCap => options.CheckpointBytes * 4;

    public void AfterBatch(List<PendingCommit> batch, Func<bool> isSomebodyWaiting)
    {
        _mayHaveFreed |= batch.Exists(static x => x.Commit.ExpiredInstances is not null || x.Commit.DeletedInstances is not null);
        try
        {
            if (++_batches % BatchesPerLook == 0)
                CapWal();
            while (_mayHaveFreed && !isSomebodyWaiting())
                GiveBack();
        }
        catch (StorageException e)
        {
            _mayHaveFreed = false;
            Log.UpkeepFailed(logger, e);
        }
    }

    /// <summary>A tenth of the file may be free: new rows take it, and the file does not shrink and grow all the time.</summary>
    private void GiveBack()
    {
        var free = Number("PRAGMA freelist_count");
        _mayHaveFreed = free > StepPages && free > Number("PRAGMA page_count") / 10;
        if (_mayHaveFreed)
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA incremental_vacuum({StepPages})"));
    }

    private void CapWal()
    {
        _wal.Refresh();
        if (!_wal.Exists || _wal.Length <= WalCap)
        {
            _isWalHeld = false;
            return;
        }

        var isHeld = !connection.TryCheckpoint(options.BusyTimeout);
        if (isHeld && !_isWalHeld)
            Log.WalHeld(logger, _wal.Length, WalCap);
        _isWalHeld = isHeld;
    }

    private long Number(string pragma) => long.Parse(connection.ReadText(pragma), CultureInfo.InvariantCulture);
}
