using Platform.Engine.Definitions;
using Platform.Runtime.Store;

namespace Platform.Storage.Sqlite;

/// <summary>Definition versions and their documents.</summary>
internal sealed class DefinitionTable(Connection connection)
{
    private const string Header =
        "d.id, d.definition_id, d.version, d.name, d.description, d.created_at, d.tool_version, "
        + "d.is_latest, d.is_published, d.is_readonly, d.is_system, d.provider_name, d.is_usable_as_activity";

    private const string WithDocument =
        $"SELECT {Header}, t.document FROM definitions d JOIN definition_documents t ON t.definition = d.number";

    private Statement Upsert => field ??= connection.Prepare(
        """
        INSERT INTO definitions (id, definition_id, version, name, description, created_at, tool_version,
            is_latest, is_published, is_readonly, is_system, provider_name, is_usable_as_activity)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET definition_id = excluded.definition_id, version = excluded.version, name = excluded.name,
            description = excluded.description, created_at = excluded.created_at, tool_version = excluded.tool_version,
            is_latest = excluded.is_latest, is_published = excluded.is_published, is_readonly = excluded.is_readonly,
            is_system = excluded.is_system, provider_name = excluded.provider_name,
            is_usable_as_activity = excluded.is_usable_as_activity
        """);

    private Statement UpsertDocument => field ??= connection.Prepare(
        "INSERT OR REPLACE INTO definition_documents (definition, document) SELECT number, ?2 FROM definitions WHERE id = ?1");

    private Statement DeleteDocument => field ??= connection.Prepare(
        "DELETE FROM definition_documents WHERE definition = (SELECT number FROM definitions WHERE id = ?)");

    private Statement DeleteHeader => field ??= connection.Prepare("DELETE FROM definitions WHERE id = ?");

    private Statement FindVersion => field ??= connection.Prepare($"{WithDocument} WHERE d.id = ?");

    public void Put_InTransaction(WorkflowDefinition definition)
    {
        Upsert.Bind(definition.Id).Bind(definition.DefinitionId).Bind(definition.Version).Bind(definition.Name)
            .Bind(definition.Description).Bind(definition.CreatedAt).Bind(definition.ToolVersion).Bind(definition.IsLatest)
            .Bind(definition.IsPublished).Bind(definition.IsReadonly).Bind(definition.IsSystem).Bind(definition.ProviderName)
            .Bind(definition.IsUsableAsActivity).Run();
        UpsertDocument.Bind(definition.Id).Bind(definition.Document).Run();
    }

    public void Delete_InTransaction(string id)
    {
        DeleteDocument.Bind(id).Run();
        DeleteHeader.Bind(id).Run();
    }

    public WorkflowDefinition? Find(string id) => FindVersion.Bind(id).FirstOrNull(ReadWithDocument);

    public WorkflowDefinition? Find(string definitionId, VersionOptions options)
    {
        var conditions = new Conditions().Add("d.definition_id = ?", definitionId);
        Add(conditions, options);
        var statement = connection.Shared($"{WithDocument}{conditions.Where} ORDER BY d.version DESC LIMIT 1");
        return conditions.BindTo(statement).FirstOrNull(ReadWithDocument);
    }

    public Page<WorkflowDefinition> List(DefinitionFilter filter)
    {
        var conditions = new Conditions()
            .AddIn("d.id", filter.Ids)
            .AddIn("d.definition_id", filter.DefinitionIds)
            .Add("d.is_system = ?", filter.IsSystem)
            .Add("d.is_usable_as_activity = ?", filter.IsUsableAsActivity)
            .AddSame("d.name", filter.Name);
        Add(conditions, filter.Versions);
        if (!string.IsNullOrEmpty(filter.SearchTerm))
            conditions.AddSearch(filter.SearchTerm, ["d.name", "d.description", "d.id", "d.definition_id"]);

        using var count = connection.PrepareOnce($"SELECT COUNT(*) FROM definitions d{conditions.Where}");
        conditions.BindTo(count).Step();
        var select = filter.WithDocuments ? WithDocument : $"SELECT {Header} FROM definitions d";
        using var page = connection.PrepareOnce(
            $"{select}{conditions.Where} ORDER BY {OrderBy(filter.OrderBy, filter.Descending)} LIMIT ? OFFSET ?");
        conditions.BindTo(page).Bind(filter.Take ?? int.MaxValue).Bind(filter.Skip);
        return new(page.ToList<WorkflowDefinition>(filter.WithDocuments ? ReadWithDocument : Read), count.Number(0));
    }

    private static void Add(Conditions conditions, VersionOptions options)
    {
        if (options.Kind is VersionKind.Latest or VersionKind.LatestAndPublished or VersionKind.Draft)
            conditions.Add("d.is_latest = 1");
        if (options.Kind is VersionKind.Published or VersionKind.LatestAndPublished)
            conditions.Add("d.is_published = 1");
        if (options.Kind is VersionKind.Draft)
            conditions.Add("d.is_published = 0");
        if (options.Kind is VersionKind.LatestOrPublished)
            conditions.Add("(d.is_latest = 1 OR d.is_published = 1)");
        if (options.Kind is VersionKind.Specific)
            conditions.Add("d.version = ?", options.Version);
    }

    private static string OrderBy(DefinitionOrder order, bool descending) => (order, descending) switch
    {
        (DefinitionOrder.Name, false) => "d.name COLLATE NOCASE, d.id",
        (DefinitionOrder.Name, true) => "d.name COLLATE NOCASE DESC, d.id DESC",
        (DefinitionOrder.Created, false) => "d.created_at, d.number",
        (DefinitionOrder.Created, true) => "d.created_at DESC, d.number DESC",
        (DefinitionOrder.Version, false) => "d.version, d.number",
        (DefinitionOrder.Version, true) => "d.version DESC, d.number DESC",
    };

    private static WorkflowDefinition Read(Statement row) => new(row.Text(0), row.Text(1), (int)row.Number(2))
    {
        Name = row.TextOrNull(3),
        Description = row.TextOrNull(4),
        CreatedAt = row.At(5),
        ToolVersion = row.TextOrNull(6),
        IsLatest = row.Flag(7),
        IsPublished = row.Flag(8),
        IsReadonly = row.Flag(9),
        IsSystem = row.Flag(10),
        ProviderName = row.TextOrNull(11),
        IsUsableAsActivity = row.Flag(12),
    };

    private static WorkflowDefinition ReadWithDocument(Statement row) => Read(row) with { Document = row.Text(13) };
}
