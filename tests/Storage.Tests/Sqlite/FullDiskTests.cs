using Platform.Runtime.Store;
using Platform.Storage.Sqlite;
using Xunit.Abstractions;

namespace Platform.Storage.Tests.Sqlite;

/// <summary>The disk is really full: a small file system, or where nobody may mount one the limit that the operating system sets on files.</summary>
[Collection(nameof(FullDiskTests))]
[CollectionDefinition(nameof(FullDiskTests), DisableParallelization = true)]
public sealed class FullDiskTests(ITestOutputHelper output) : IDisposable
{
    private const int StateBytes = 20_000;
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken None => CancellationToken.None;

    private string Data => Path.Combine(_directory.Path, "data");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_store_on_a_full_file_system_refuses_loses_nothing_and_goes_on_when_there_is_room()
    {
        using var disk = SmallFileSystem.TryMount(Data, megabytes: 4);
        output.WriteLine(disk is null ? "Not run: only root may mount a file system. The limit on files is tested." : "Run on a tmpfs of 4 MiB.");
        if (disk is not null)
            await FillAsync(() => disk.Resize(megabytes: 16));
    }

    [Fact]
    public async Task A_store_whose_files_may_not_grow_refuses_loses_nothing_and_goes_on_when_they_may()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var limit = FileSizeLimit.Set(megabytes: 2);
        output.WriteLine("Run with a limit of 2 MiB on files.");
        await FillAsync(limit.Dispose);
    }

    private static Commit CommitOf(string id) => new()
    {
        Instances = [new(id, "d", "v", 1) { Revision = 1, State = new byte[StateBytes] }],
        Documents = [new("mark", id, "{}")],
    };

    /// <summary>Commits until the disk is full, then while it is, then when there is room again, always with the same store.</summary>
    private async Task FillAsync(Action makeRoom)
    {
        var accepted = new List<string>();
        await using (var store = await OpenAsync())
        {
            var failure = await FillAsync(store, accepted);
            failure.Message.ShouldMatch("full|disk I/O error");
            (failure.Code & 0xFF).ShouldBeOneOf(13, 10); // SQLITE_FULL, SQLITE_IOERR
            accepted.Count.ShouldBeGreaterThan(20);

            // Many at once, which share their transactions: each is refused.
            var refused = Enumerable.Range(0, 20).Select(i => store.CommitAsync(CommitOf($"refused{i}"), None).AsTask()).ToList();
            foreach (var commit in refused)
                await Should.ThrowAsync<StorageException>(commit);
            await IsAllThereAsync(store, accepted);

            makeRoom();
            for (var i = 0; i < 20; i++)
            {
                (await store.CommitAsync(CommitOf($"later{i}"), None)).ShouldBe(CommitOutcome.Committed);
                accepted.Add($"later{i}");
            }

            await IsAllThereAsync(store, accepted);
        }

        await using var reopened = await OpenAsync();
        await IsAllThereAsync(reopened, accepted);
        using var connection = Connection.Open(Path.Combine(Data, "platform.db"), isReadOnly: false, TimeSpan.FromSeconds(5));
        connection.ReadText("PRAGMA integrity_check").ShouldBe("ok");
    }

    private static async Task<StorageException> FillAsync(SqliteStore store, List<string> accepted)
    {
        const int commitsMax = 2_000;
        for (var i = 0; i < commitsMax; i++)
        {
            try
            {
                await store.CommitAsync(CommitOf($"i{i}"), None);
                accepted.Add($"i{i}");
            }
            catch (StorageException exception)
            {
                return exception;
            }
        }

        throw new InvalidOperationException($"The disk is not full after {commitsMax} commits.");
    }

    private static async Task IsAllThereAsync(SqliteStore store, List<string> accepted)
    {
        (await store.ListInstancesAsync(new(), None)).Items.Select(instance => instance.Id).ShouldBe(accepted, ignoreOrder: true);
        (await store.ListDocumentsAsync("mark", None)).Select(mark => mark.Id).ShouldBe(accepted, ignoreOrder: true);
        foreach (var id in accepted)
            (await store.FindInstanceAsync(id, None)).ShouldNotBeNull().State.Length.ShouldBe(StateBytes);
    }

    private async Task<SqliteStore> OpenAsync()
    {
        var options = _directory.Options();
        // So that the log does not take the whole disk before its content moves to the database.
        options.CheckpointBytes = 1024 * 1024;
        var store = new SqliteStore(options, TimeProvider.System);
        await store.InitializeAsync(None);
        return store;
    }
}
