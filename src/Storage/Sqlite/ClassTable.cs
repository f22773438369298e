using Platform.Runtime.Store;

namespace Platform.Storage.Sqlite;

/// <summary>
/// What many instances have in common, once per combination, with the number of instances that have it. A filter over these columns
/// becomes a handful of class ids, and its total a sum.
/// </summary>
internal sealed class ClassTable(Connection connection)
{
    private readonly Dictionary<InstanceClass, long> _ids = [];
    private readonly Dictionary<long, long> _changes = [];

    private Statement FindId => field ??= connection.Prepare(
        """
        SELECT id FROM classes WHERE definition_id = ? AND version_id = ? AND version = ? AND is_system = ?
            AND status = ? AND sub_status = ? AND has_incidents = ?
        """);

    private Statement Insert => field ??= connection.Prepare(
        """
        INSERT INTO classes (definition_id, version_id, version, is_system, status, sub_status, has_incidents, instances)
        VALUES (?, ?, ?, ?, ?, ?, ?, 0)
        """);

    private Statement Add => field ??= connection.Prepare("UPDATE classes SET instances = instances + ?2 WHERE id = ?1");

    public long IdOf_InTransaction(StoredInstance instance)
    {
        var key = new InstanceClass(
            instance.DefinitionId, instance.DefinitionVersionId, instance.Version, instance.IsSystem, instance.Status, instance.SubStatus,
            instance.IncidentCount > 0);
        if (_ids.TryGetValue(key, out var id))
            return id;

        Bind(FindId, key);
        var isKnown = FindId.Step();
        id = isKnown ? FindId.Number(0) : 0;
        FindId.Reset();
        if (!isKnown)
        {
            Bind(Insert, key).Run();
            id = connection.LastNumber;
        }

        _ids[key] = id;
        return id;
    }

    /// <summary>Notes that a class has gained or lost instances.</summary>
    public void Count(long id, int change) => _changes[id] = _changes.GetValueOrDefault(id) + change;

    /// <summary>Writes what was noted: once per class and transaction, however many instances it holds.</summary>
    public void WriteCounts_InTransaction()
    {
        foreach (var (id, change) in _changes)
        {
            if (change != 0)
                Add.Bind(id).Bind(change).Run();
        }

        _changes.Clear();
    }

    /// <summary>Forgets what a rolled back transaction noted and inserted.</summary>
    public void Forget()
    {
        _ids.Clear();
        _changes.Clear();
    }

    /// <summary>The classes of a filter; every instance of the others is out.</summary>
    public ClassSelection Select(InstanceFilter filter)
    {
        var conditions = new Conditions()
            .AddIn("definition_id", NullIfEmpty(filter.DefinitionIds))
            .AddIn("version_id", NullIfEmpty(filter.DefinitionVersionIds))
            .AddIn("status", NullIfEmpty(filter.Statuses))
            .AddIn("sub_status", NullIfEmpty(filter.SubStatuses))
            .Add("version = ?", filter.Version)
            .Add("is_system = ?", filter.IsSystem)
            .Add("has_incidents = ?", filter.HasIncidents);
        using var statement = connection.PrepareOnce($"SELECT id, instances, {conditions.Expression} FROM classes WHERE instances > 0");
        conditions.BindTo(statement);
        var selection = new ClassSelection();
        while (statement.Step())
            selection.Add(statement.Number(0), statement.Number(1), isSelected: statement.Flag(2));
        return selection;
    }

    /// <summary>The classes whose definition or version id contains a search term.</summary>
    public List<long> Search(string term)
    {
        var conditions = new Conditions().AddSearch(term, ["definition_id", "version_id"]);
        using var statement = connection.PrepareOnce($"SELECT id FROM classes{conditions.Where}");
        return conditions.BindTo(statement).ToList(static row => row.Number(0));
    }

    public static IReadOnlyCollection<string>? NullIfEmpty(IReadOnlyCollection<string>? values) => values is { Count: 0 } ? null : values;

    private static Statement Bind(Statement statement, InstanceClass key) =>
        statement.Bind(key.DefinitionId).Bind(key.VersionId).Bind(key.Version).Bind(key.IsSystem).Bind(key.Status).Bind(key.SubStatus)
            .Bind(key.HasIncidents);

    private readonly record struct InstanceClass(
        string DefinitionId, string VersionId, int Version, bool IsSystem, string Status, string SubStatus, bool HasIncidents);
}

/// <summary>The classes that a filter selects, and those that it leaves out.</summary>
internal sealed class ClassSelection
{
    private readonly List<long> _others = [];

    /// <summary>The selected ones.</summary>
    public List<long> Ids { get; } = [];

    /// <summary>Instances in the selected ones.</summary>
    public long Selected { get; private set; }

    /// <summary>Instances in the whole database.</summary>
    public long Stored { get; private set; }

    public bool IsEverything => Selected == Stored;

    public void Add(long id, long instances, bool isSelected)
    {
        (isSelected ? Ids : _others).Add(id);
        Stored += instances;
        if (isSelected)
            Selected += instances;
    }

    /// <summary>The clause for rows that are tested one by one: by the shorter one of the two lists, and without an index.</summary>
    public void AddTo(Conditions conditions)
    {
        if (IsEverything)
            return;
        if (_others.Count < Ids.Count)
            conditions.AddNotIn("+class", _others);
        else
            conditions.AddIn("+class", Ids);
    }
}
