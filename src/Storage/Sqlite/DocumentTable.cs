using Platform.Runtime.Store;

namespace Platform.Storage.Sqlite;

/// <summary>Configuration documents.</summary>
internal sealed class DocumentTable(Connection connection)
{
    private Statement Upsert => field ??= connection.Prepare("INSERT OR REPLACE INTO documents (kind, id, json) VALUES (?, ?, ?)");

    private Statement Delete => field ??= connection.Prepare("DELETE FROM documents WHERE kind = ? AND id = ?");

    private Statement FindOne => field ??= connection.Prepare("SELECT kind, id, json FROM documents WHERE kind = ? AND id = ?");

    private Statement FindKind => field ??= connection.Prepare("SELECT kind, id, json FROM documents WHERE kind = ? ORDER BY id");

    public void Put_InTransaction(StoredDocument document) => Upsert.Bind(document.Kind).Bind(document.Id).Bind(document.Json).Run();

    public void Delete_InTransaction(DocumentKey key) => Delete.Bind(key.Kind).Bind(key.Id).Run();

    public StoredDocument? Find(string kind, string id) => FindOne.Bind(kind).Bind(id).FirstOrNull(Read);

    public List<StoredDocument> List(string kind) => FindKind.Bind(kind).ToList(Read);

    private static StoredDocument Read(Statement row) => new(row.Text(0), row.Text(1), row.Text(2));
}
