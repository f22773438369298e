namespace Platform.Server.Http;

/// <summary>
/// Files that workflows offered as downloads to be resumed, kept in memory for a while: who goes on with a download gets the rest of the
/// very file that it began with, although the workflow runs anew. The oldest go first when there are too many bytes.
/// </summary>
/// <param name="options">How many bytes and how long.</param>
/// <param name="clock">Time.</param>
internal sealed class KeptDownloads(HttpOptions options, TimeProvider clock)
{
    private readonly Dictionary<string, LinkedListNode<Kept>> _byKey = new(StringComparer.Ordinal);
    private readonly LinkedList<Kept> _oldestFirst = new();
    private readonly Lock _sync = new();
    private long _bytes;

    /// <summary>The file that is kept under a key; null when there is none any more.</summary>
    /// <param name="key">The key.</param>
    public FileContent? Find(string key)
    {
        lock (_sync)
        {
            DropWhere_NeedsLock(kept => kept.Until <= clock.GetUtcNow());
            return _byKey.TryGetValue(key, out var node) ? node.Value.File : null;
        }
    }

    /// <summary>Keeps a file, unless it alone is too large.</summary>
    /// <param name="key">The key.</param>
    /// <param name="file">The file.</param>
    public void Keep(string key, FileContent file)
    {
        lock (_sync)
        {
            if (_byKey.TryGetValue(key, out var known))
                Drop_NeedsLock(known);
            if (file.Bytes.Length > options.KeptDownloadsBytesMax)
                return;
            _bytes += file.Bytes.Length;
            _byKey[key] = _oldestFirst.AddLast(new Kept(key, file, clock.GetUtcNow() + options.KeptDownloadsFor));
            DropWhere_NeedsLock(_ => _bytes > options.KeptDownloadsBytesMax);
        }
    }

    private void DropWhere_NeedsLock(Func<Kept, bool> isOver)
    {
        while (_oldestFirst.First is { } oldest && isOver(oldest.Value))
            Drop_NeedsLock(oldest);
    }

    private void Drop_NeedsLock(LinkedListNode<Kept> node)
    {
        _bytes -= node.Value.File.Bytes.Length;
        _byKey.Remove(node.Value.Key);
        _oldestFirst.Remove(node);
    }

    private sealed record Kept(string Key, FileContent File, DateTimeOffset Until);
}
