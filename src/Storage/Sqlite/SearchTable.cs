using System.Runtime.InteropServices;
using Platform.Runtime.Store;

namespace Platform.Storage.Sqlite;

/// <summary>What instances are found by besides their headers. Written behind the commits of runs; see the migration.</summary>
internal sealed class SearchTable(Connection connection, InstanceTable instances)
{
    private Statement MarkPending => field ??= connection.Prepare("INSERT OR IGNORE INTO search_pending (instance) VALUES (?)");

    private Statement DeletePending => field ??= connection.Prepare("DELETE FROM search_pending WHERE instance = ?");

    private Statement ReadEntry => field ??= connection.Prepare("SELECT terms, words FROM search_entries WHERE instance = ?");

    private Statement DeleteEntry => field ??= connection.Prepare("DELETE FROM search_entries WHERE instance = ?");

    private Statement DeleteTerm => field ??= connection.Prepare("DELETE FROM search_terms WHERE term = ? AND instance = ?");

    private Statement DeleteWord => field ??= connection.Prepare("DELETE FROM search_words WHERE word = ? AND instance = ?");

    private Statement InsertEntry => field ??= connection.Prepare("INSERT INTO search_entries (instance, terms, words) VALUES (?, ?, ?)");

    private Statement InsertTerm => field ??= connection.Prepare("INSERT OR IGNORE INTO search_terms (term, instance) VALUES (?, ?)");

    private Statement InsertWord => field ??= connection.Prepare("INSERT OR IGNORE INTO search_words (word, instance) VALUES (?, ?)");

    /// <summary>Never over a row that was not indexed yet: numbers of deleted rows may be given again, also out of turn.</summary>
    private Statement AdvanceCursor => field ??= connection.Prepare(
        """
        UPDATE search_cursor SET number = ?1
        WHERE number < ?1 AND NOT EXISTS (SELECT 1 FROM instances i WHERE i.number > search_cursor.number AND i.number < ?1)
        """);

    /// <summary>The numbers of the rows at the end are given again when these are deleted.</summary>
    private Statement WithdrawCursor => field ??= connection.Prepare(
        "UPDATE search_cursor SET number = (SELECT COALESCE(MAX(number), 0) FROM instances) WHERE number > (SELECT COALESCE(MAX(number), 0) FROM instances)");

    private Statement FindPending => field ??= connection.Prepare("SELECT instance FROM search_pending ORDER BY instance LIMIT ?");

    private Statement FindNew => field ??= connection.Prepare(
        "SELECT number FROM instances WHERE number > (SELECT number FROM search_cursor) ORDER BY number LIMIT ?");

    private Statement Count => field ??= connection.Prepare(
        """
        SELECT (SELECT COALESCE(MAX(number), 0) FROM instances) - c.number
            + (SELECT COUNT(*) FROM search_pending p WHERE p.instance <= c.number)
        FROM search_cursor c
        """);

    public void MarkPending_InTransaction(long number) => MarkPending.Bind(number).Run();

    public void Put_InTransaction(SearchEntry entry)
    {
        var row = instances.Locate(entry.InstanceId);
        if (row == InstanceRow.None)
            return;
        DeleteEntry_InTransaction(row.Number);
        Insert_InTransaction(row.Number, entry);
        AdvanceCursor.Bind(row.Number).Run();
        if (row.Revision == entry.Revision)
            DeletePending.Bind(row.Number).Run();
        else
            MarkPending.Bind(row.Number).Run();
    }

    /// <summary>Forgets an instance whose row is deleted already.</summary>
    public void Delete_InTransaction(long number)
    {
        DeleteEntry_InTransaction(number);
        DeletePending.Bind(number).Run();
        WithdrawCursor.Run();
    }

    public List<StoredInstance> Unindexed(int max)
    {
        var numbers = FindPending.Bind(max).ToList(static row => row.Number(0));
        if (numbers.Count < max)
            numbers.AddRange(FindNew.Bind(max - numbers.Count).ToList(static row => row.Number(0)).Except(numbers));
        return instances.Read(numbers);
    }

    public long CountUnindexed()
    {
        Count.Step();
        var count = Count.Number(0);
        Count.Reset();
        return count;
    }

    private void Insert_InTransaction(long number, SearchEntry entry)
    {
        if (entry.Variables.Count == 0 && entry.Words.Count == 0)
            return;
        long[] terms = [.. entry.Variables.Select(variable => variable.Hash()).Distinct()];
        foreach (var term in terms)
            InsertTerm.Bind(term).Bind(number).Run();
        foreach (var word in entry.Words)
            InsertWord.Bind(word).Bind(number).Run();
        InsertEntry.Bind(number).Bind(MemoryMarshal.AsBytes(terms)).Bind(string.Concat(entry.Words.Select(word => " " + word))).Run();
    }

    private void DeleteEntry_InTransaction(long number)
    {
        var known = ReadEntry.Bind(number).FirstOrNull(static row => new Entry(row.Bytes(0), row.Text(1)));
        if (known is null)
            return;
        foreach (var term in MemoryMarshal.Cast<byte, long>(known.Terms))
            DeleteTerm.Bind(term).Bind(number).Run();
        foreach (var word in known.Words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            DeleteWord.Bind(word).Bind(number).Run();
        DeleteEntry.Bind(number).Run();
    }

    private sealed record Entry(byte[] Terms, string Words);
}
