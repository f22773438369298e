namespace Platform.Storage.Sqlite;

/// <summary>One connection with its tables, and so with its prepared statements.</summary>
internal sealed class Session : IDisposable
{
    public Session(Connection connection)
    {
        Connection = connection;
        Classes = new(connection);
        Instances = new(connection, Classes, new PayloadTable(connection));
        Search = new(connection, Instances);
        InstanceList = new(connection, Classes, Instances);
        Definitions = new(connection);
        Triggers = new(connection);
        Bookmarks = new(connection);
        Work = new(connection);
        WorkQueries = new(connection, Work);
        Documents = new(connection);
        Audit = new(connection);
        Expiry = new(connection);
    }

    public Connection Connection { get; }

    public ClassTable Classes { get; }

    public InstanceTable Instances { get; }

    public SearchTable Search { get; }

    public InstanceList InstanceList { get; }

    public DefinitionTable Definitions { get; }

    public TriggerTable Triggers { get; }

    public BookmarkTable Bookmarks { get; }

    public WorkTable Work { get; }

    public WorkQueries WorkQueries { get; }

    public DocumentTable Documents { get; }

    public AuditTable Audit { get; }

    public ExpiryQueries Expiry { get; }

    /// <summary>The soonest due time of all tables, from one snapshot: what moves from one to another must not be missed.</summary>
    public DateTimeOffset? NextDue(DateTimeOffset after)
    {
        Connection.BeginRead();
        var soonest = new[] { Bookmarks.NextDue(after), Triggers.NextDue(after), Work.NextDue(after) }.Min();
        Connection.CommitTransaction();
        return soonest;
    }

    public void Dispose() => Connection.Dispose();
}
