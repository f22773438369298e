using Platform.Runtime.Store;
using Platform.Storage.Sqlite;

namespace Platform.Storage.Tests.Sqlite;

/// <summary>An event for one of many that wait for it reads one row, not all of them.</summary>
public sealed class BookmarkPlanTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_stimulus_with_a_correlation_id_is_looked_up_by_both()
    {
        await using (var store = new SqliteStore(_directory.Options(), TimeProvider.System))
            await store.InitializeAsync(CancellationToken.None);
        using var connection = Connection.Open(Path.Combine(_directory.Path, "data", "platform.db"), isReadOnly: false, TimeSpan.FromSeconds(5));

        new BookmarkTable(connection).Find(new BookmarkFilter { Hash = "h", CorrelationId = "c" }).ShouldBeEmpty();
        using var plan = connection.PrepareOnce("EXPLAIN QUERY PLAN " + connection.SharedTexts.ShouldHaveSingleItem());

        plan.Step().ShouldBeTrue();
        plan.Text(3).ShouldContain("USING INDEX bookmarks_hash (hash=? AND correlation_id=?)");
    }
}
