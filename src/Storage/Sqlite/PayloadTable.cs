namespace Platform.Storage.Sqlite;

/// <summary>Large values of states; see <see cref="SplitState"/>.</summary>
internal sealed class PayloadTable(Connection connection)
{
    private Statement Hashes => field ??= connection.Prepare("SELECT hash FROM payloads WHERE instance = ?");

    private Statement ReadAll => field ??= connection.Prepare("SELECT hash, data FROM payloads WHERE instance = ?");

    private Statement Insert => field ??= connection.Prepare("INSERT INTO payloads (instance, hash, data) VALUES (?, ?, ?)");

    private Statement DeleteOne => field ??= connection.Prepare("DELETE FROM payloads WHERE instance = ? AND hash = ?");

    private Statement DeleteAll => field ??= connection.Prepare("DELETE FROM payloads WHERE instance = ?");

    /// <summary>Writes what an instance has now: what is stored already is not written again, what it has no more is deleted.</summary>
    public void Replace_InTransaction(long instance, IReadOnlyDictionary<PayloadHash, ReadOnlyMemory<byte>> payloads, bool isNew)
    {
        HashSet<PayloadHash> stored = isNew ? [] : [.. Hashes.Bind(instance).ToList(static row => PayloadHash.Read(row.Bytes(0)))];
        Span<byte> key = stackalloc byte[PayloadHash.Size];
        foreach (var (hash, data) in payloads)
        {
            if (stored.Remove(hash))
                continue;
            hash.CopyTo(key);
            Insert.Bind(instance).Bind((ReadOnlySpan<byte>)key).Bind(data.Span).Run();
        }

        foreach (var hash in stored)
        {
            hash.CopyTo(key);
            DeleteOne.Bind(instance).Bind((ReadOnlySpan<byte>)key).Run();
        }
    }

    public void Delete_InTransaction(long instance) => DeleteAll.Bind(instance).Run();

    public Dictionary<PayloadHash, byte[]> Read(long instance) =>
        ReadAll.Bind(instance).ToList(static row => (Hash: PayloadHash.Read(row.Bytes(0)), Data: row.Bytes(1))).ToDictionary(x => x.Hash, x => x.Data);
}
