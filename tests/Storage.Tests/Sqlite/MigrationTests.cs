using Platform.Runtime.Store;
using Platform.Storage.Sqlite;

namespace Platform.Storage.Tests.Sqlite;

/// <summary>What was stored by an earlier version of the program is there after the schema was brought up to date.</summary>
public sealed class MigrationTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Starts_that_were_queued_before_limits_are_known_by_their_definition()
    {
        var options = _directory.Options();
        SqliteLibrary.Load(options.Library);
        Directory.CreateDirectory(options.DataDirectory);
        await File.WriteAllBytesAsync(options.DatabasePath, []);
        using (var connection = Connection.Open(options.DatabasePath, isReadOnly: false, TimeSpan.FromSeconds(5)))
        {
            Schema.ConfigureWriter(connection, options);
            MigrateUpTo(connection, "0004");
            connection.Execute(
                """
                INSERT INTO work (id, kind, priority, due_at, created_at, attempts, payload) VALUES
                    ('a', 'Start', 0, 0, 0, 0, '{"definition":"orders","instance":"i","activation":true}'),
                    ('b', 'Stimulus', 0, 0, 0, 0, '{"name":"Elsa.Event"}'),
                    ('c', 'Start', 0, 0, 0, 0, '{"definitionVersion":"v1","instance":"j","activation":true}')
                """);
        }

        await using var store = new SqliteStore(options, TimeProvider.System);
        await store.InitializeAsync(CancellationToken.None);

        var work = (await store.ListWorkAsync(new WorkFilter(), CancellationToken.None)).Items;
        work.Select(item => (item.Id, item.DefinitionId, item.ConcurrencyKey)).ShouldBe([("a", "orders", null), ("b", null, null), ("c", null, null)]);
    }

    private static void MigrateUpTo(Connection connection, string next)
    {
        connection.Execute("CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL)");
        var assembly = typeof(Schema).Assembly;
        var earlier = assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .TakeWhile(name => !name.StartsWith(next, StringComparison.Ordinal)).ToList();
        earlier.ShouldNotBeEmpty();
        for (var version = 1; version <= earlier.Count; version++)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(earlier[version - 1])!);
            connection.Execute(reader.ReadToEnd());
            connection.Execute($"INSERT INTO schema_version (version, applied_at) VALUES ({version}, 0)");
        }
    }
}
