using System.Text;
using Platform.Runtime.Store;
using Platform.Storage.Sqlite;

namespace Platform.Storage.Tests.Sqlite;

/// <summary>Large values lie apart from the states, and are written once.</summary>
public sealed class PayloadTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_large_value_that_stays_is_not_written_again()
    {
        var large = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i} "));
        await using var store = await OpenAsync();
        await PutAsync(store, 1, large);
        var before = Written();

        for (var revision = 2; revision <= 11; revision++)
            await PutAsync(store, revision, large);

        // Ten commits of some pages each; with the value each would have written half a megabyte.
        (Written() - before).ShouldBeLessThan(large.Length);
        Encoding.UTF8.GetString((await store.FindInstanceAsync("a", CancellationToken.None))!.State.Span).ShouldContain("11,");
    }

    [Fact]
    public async Task A_state_whose_value_is_lost_says_that_the_database_is_damaged()
    {
        await using (var store = await OpenAsync())
            await PutAsync(store, 1, new string('x', 40_000));
        using (var connection = Connection.Open(Path.Combine(_directory.Path, "data", "platform.db"), isReadOnly: false, TimeSpan.FromSeconds(5)))
            connection.Execute("DELETE FROM payloads");

        await using var again = await OpenAsync();

        (await Should.ThrowAsync<StorageException>(async () => await again.FindInstanceAsync("a", CancellationToken.None))).Message.ShouldContain("damaged");
    }

    private static async Task PutAsync(SqliteStore store, int revision, string large)
    {
        var instance = new StoredInstance("a", "d", "v", 1) { Revision = revision, State = Encoding.UTF8.GetBytes($$"""{"n":{{revision}},"large":"{{large}}"}""") };
        (await store.CommitAsync(new Commit { Instances = [instance] }, CancellationToken.None)).ShouldBe(CommitOutcome.Committed);
    }

    private async Task<SqliteStore> OpenAsync()
    {
        var options = _directory.Options();
        options.CheckpointBytes = 1 << 30;
        var store = new SqliteStore(options, TimeProvider.System);
        await store.InitializeAsync(CancellationToken.None);
        return store;
    }

    private long Written() => new FileInfo(Path.Combine(_directory.Path, "data", "platform.db-wal")).Length;
}
