using System.ComponentModel.DataAnnotations;
using Platform.Runtime.Store;
using Platform.Storage.Sqlite;

namespace Platform.Storage.Tests.Sqlite;

/// <summary>What only a store with a file can promise: it comes back, it is alone, it is private, and it survives failures.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken None => CancellationToken.None;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_reopened_store_has_everything()
    {
        await using (var first = await OpenAsync())
            (await first.CommitAsync(Everything(), None)).ShouldBe(CommitOutcome.Committed);

        await using var second = await OpenAsync();

        await HasEverythingAsync(second);
        (await second.CommitAsync(new() { Instances = [Instance("i", 2)], Bursts = [new("i", 2, Noon, new byte[3])] }, None))
            .ShouldBe(CommitOutcome.Committed);
        (await second.ListInstancesAsync(new(), None)).TotalCount.ShouldBe(1);
    }

    /// <summary>The files as they are after a commit, without any end of the process: what a power cut leaves.</summary>
    [Fact]
    public async Task A_copy_of_the_files_of_a_running_store_has_everything()
    {
        await using var running = await OpenAsync();
        await running.CommitAsync(Everything(), None);

        var copy = Path.Combine(_directory.Path, "copy");
        Directory.CreateDirectory(copy);
        foreach (var name in new[] { "platform.db", "platform.db-wal" })
            File.Copy(Path.Combine(_directory.Path, "data", name), Path.Combine(copy, name));

        await using var recovered = await OpenAsync(x => x.DataDirectory = copy);
        await HasEverythingAsync(recovered);
    }

    [Fact]
    public async Task A_closed_store_leaves_one_database_file_with_everything_in_it()
    {
        await using (var store = await OpenAsync())
            await store.CommitAsync(Everything(), None);

        Directory.GetFiles(Path.Combine(_directory.Path, "data")).Select(Path.GetFileName)
            .ShouldBe(["platform.db", "platform.lock"], ignoreOrder: true);
    }

    [Fact]
    public async Task DisposeAsync_WritesWhatIsQueued()
    {
        Task<CommitOutcome>[] commits;
        await using (var store = await OpenAsync())
            commits = [.. Enumerable.Range(0, 200).Select(i => store.CommitAsync(new() { Instances = [Instance($"{i}")] }, None).AsTask())];

        (await Task.WhenAll(commits)).ShouldAllBe(x => x == CommitOutcome.Committed);
        await using var reopened = await OpenAsync();
        (await reopened.ListInstancesAsync(new(), None)).TotalCount.ShouldBe(200);
    }

    [Fact]
    public async Task A_second_store_on_the_same_directory_is_refused_with_the_owner()
    {
        await using (await OpenAsync())
        {
            var failure = await Should.ThrowAsync<StorageException>(OpenAsync());
            failure.Message.ShouldContain($"process with id {Environment.ProcessId}.");
            failure.Message.ShouldContain(Path.Combine(_directory.Path, "data"));
        }

        await using var afterwards = await OpenAsync();
    }

    [Fact]
    public async Task A_database_of_a_newer_program_is_refused_and_left_alone()
    {
        await using (await OpenAsync())
        {
        }

        using (var connection = Connect())
            connection.Execute("INSERT INTO schema_version (version, applied_at) VALUES (999, 0)");

        (await Should.ThrowAsync<StorageException>(OpenAsync())).Message.ShouldContain("999");
        using var unchanged = Connect();
        unchanged.ReadText("SELECT COUNT(*) FROM schema_version").ShouldBe($"{Schema.Version + 1}");
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_the_directory_freed()
    {
        var path = Path.Combine(_directory.Path, "data", "platform.db");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, new string('x', 10_000));

        await Should.ThrowAsync<StorageException>(OpenAsync());

        File.Delete(path);
        await using var store = await OpenAsync();
    }

    [Fact]
    public async Task The_database_is_set_up_as_described()
    {
        await using var store = await OpenAsync();

        store.Description.ShouldContain("journal WAL, synchronous FULL");
        store.Description.ShouldContain($"schema {Schema.Version}");
        store.Description.ShouldContain(Path.Combine(_directory.Path, "data", "platform.db"));
        using var connection = Connect();
        connection.ReadText("PRAGMA journal_mode").ShouldBe("wal");
        connection.ReadText("PRAGMA auto_vacuum").ShouldBe("2");
        connection.ReadText("PRAGMA page_size").ShouldBe("4096");
        connection.ReadText("PRAGMA integrity_check").ShouldBe("ok");
    }

    [Fact]
    public async Task Files_are_for_their_owner_only()
    {
        if (OperatingSystem.IsWindows())
            return;
        await using var store = await OpenAsync();
        await store.CommitAsync(Everything(), None);

        var data = Path.Combine(_directory.Path, "data");
        File.GetUnixFileMode(data).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var name in new[] { "platform.db", "platform.db-wal", "platform.db-shm", "platform.lock", "platform.pid" })
            File.GetUnixFileMode(Path.Combine(data, name)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, name);
    }

    [Fact]
    public async Task A_full_disk_fails_the_commit_and_the_store_goes_on()
    {
        await using var store = await OpenAsync(x => x.DatabaseBytesMax = 1024 * 1024);
        await store.CommitAsync(new() { Instances = [Instance("kept")] }, None);

        var large = Instance("large") with { State = new byte[2 * 1024 * 1024], SubStatus = "Large" };
        var failure = await Should.ThrowAsync<StorageException>(async () => await store.CommitAsync(new() { Instances = [large] }, None));

        failure.Code.ShouldBe(13); // SQLITE_FULL
        (await store.FindInstanceAsync("large", None)).ShouldBeNull();
        (await store.ListInstancesAsync(new(), None)).TotalCount.ShouldBe(1);
        (await store.CommitAsync(new() { Instances = [Instance("kept", 2), Instance("small")] }, None)).ShouldBe(CommitOutcome.Committed);
        (await store.ListInstancesAsync(new() { SubStatuses = ["Large"] }, None)).TotalCount.ShouldBe(0);
        (await store.ListInstancesAsync(new(), None)).TotalCount.ShouldBe(2);
    }

    [Fact]
    public async Task A_disk_that_fills_up_takes_commits_again_once_there_is_room()
    {
        await using var store = await OpenAsync(x => x.DatabaseBytesMax = 1024 * 1024);
        var stored = 0;
        await Should.ThrowAsync<StorageException>(async () =>
        {
            for (; ; stored++)
                await store.CommitAsync(new() { Instances = [Instance($"{stored}") with { State = new byte[20_000] }] }, None);
        });

        stored.ShouldBeGreaterThan(10);
        await store.CommitAsync(new() { DeletedInstances = ["0", "1", "2"] }, None);
        (await store.CommitAsync(new() { Instances = [Instance("new") with { State = new byte[20_000] }] }, None))
            .ShouldBe(CommitOutcome.Committed);
        (await store.ListInstancesAsync(new(), None)).TotalCount.ShouldBe(stored - 2);
    }

    [Fact]
    public async Task A_commit_fails_when_another_program_holds_the_database_and_later_ones_work()
    {
        await using var store = await OpenAsync(x => x.BusyTimeout = TimeSpan.Zero);
        using (var other = Connect())
        {
            other.BeginWrite();
            var failure = await Should.ThrowAsync<StorageException>(async () => await store.CommitAsync(Everything(), None));
            (failure.Code & 0xFF).ShouldBe(5); // SQLITE_BUSY
            (await store.FindInstanceAsync("i", None)).ShouldBeNull(); // Reading goes on meanwhile.
        }

        (await store.CommitAsync(Everything(), None)).ShouldBe(CommitOutcome.Committed);
    }

    [Fact]
    public async Task A_commit_that_is_cancelled_in_the_queue_is_not_written()
    {
        await using var store = await OpenAsync(
            x => (x.BusyTimeout, x.BatchCommitsMax, x.QueuedCommitsMax) = (TimeSpan.FromMinutes(1), 1, 2));
        using var cancellation = new CancellationTokenSource();
        Task<CommitOutcome>[] tasks;
        using (var other = Connect())
        {
            // The writer can take one commit but not write it: the next two stand in the queue, the last ones wait for room in it.
            other.BeginWrite();
            tasks = [.. Enumerable.Range(0, 6).Select(i => store.CommitAsync(
                new() { Instances = [Instance($"{i}")] }, i is 2 or 5 ? cancellation.Token : None).AsTask())];
            await cancellation.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(() => tasks[2]);
            await Should.ThrowAsync<OperationCanceledException>(() => tasks[5]);
        }

        foreach (var task in tasks.Where((_, i) => i is not (2 or 5)))
            (await task).ShouldBe(CommitOutcome.Committed);
        (await store.ListInstancesAsync(new(), None)).Items.Select(x => x.Id).ShouldBe(["0", "1", "3", "4"], ignoreOrder: true);
    }

    [Fact]
    public async Task An_instance_that_has_used_up_its_revisions_is_refused_by_name()
    {
        await using var store = await OpenAsync();
        await store.CommitAsync(new() { Instances = [Instance("i")] }, None);
        using (var connection = Connect())
            connection.Execute($"UPDATE instances SET revision = {InstanceTable.RevisionMax}");

        (await Should.ThrowAsync<InvalidOperationException>(
            async () => await store.CommitAsync(new() { Instances = [Instance("i", InstanceTable.RevisionMax + 1)] }, None)))
            .Message.ShouldContain("'i'");
    }

    [Fact]
    public async Task Space_of_deleted_instances_is_given_back_as_soon_as_nobody_waits()
    {
        const int stateBytes = 50_000;
        const int count = 100;
        await using (var store = await OpenAsync())
        {
            var ids = Enumerable.Range(0, count).Select(i => $"{i}").ToList();
            await store.CommitAsync(new() { Instances = [.. ids.Select(x => Instance(x) with { State = new byte[stateBytes] })] }, None);
            await store.CommitAsync(new() { DeletedInstances = ids }, None);
        }

        // What may stay is the smallest amount of free pages that is worth giving back: 256 of 4 KiB.
        new FileInfo(Path.Combine(_directory.Path, "data", "platform.db")).Length.ShouldBeLessThan(count * stateBytes / 3);
    }

    [Fact]
    public async Task A_store_that_nobody_writes_to_is_measured_once()
    {
        await using var store = await OpenAsync();
        await store.CommitAsync(new() { Instances = [Instance("a")] }, None);
        StoreSize last, size = await store.MeasureAsync(None);
        var attempts = 0;
        do
        {
            // The upkeep after the commit may still have been at work.
            (last, size) = (size, await store.MeasureAsync(None));
        }
        while (!ReferenceEquals(last, size) && ++attempts < 1_000);

        size.ShouldBeSameAs(last);

        await store.CommitAsync(new() { Instances = [Instance("b")] }, None);

        (await store.MeasureAsync(None)).Workflows.ShouldNotBe(size.Workflows);
    }

    [Fact]
    public async Task Options_out_of_range_are_refused()
    {
        await Should.ThrowAsync<ValidationException>(OpenAsync(x => x.ReadConnections = 0));
        await Should.ThrowAsync<ValidationException>(OpenAsync(x => x.DataDirectory = ""));
        await Should.ThrowAsync<ValidationException>(OpenAsync(x => x.BusyTimeout = TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task A_store_that_is_not_initialized_says_so()
    {
        await using var store = new SqliteStore(_directory.Options(), TimeProvider.System);

        await Should.ThrowAsync<InvalidOperationException>(async () => await store.FindInstanceAsync("i", None));
    }

    private static Commit Everything() => new()
    {
        Definitions = [new("v", "d", 1) { Name = "이름", Document = "{\"a\":1}" }],
        Triggers = [new("d", [new("t", "d", "v", "a", "Elsa.Timer", "h") { DueAt = Noon }])],
        Instances = [Instance("i")],
        Bursts = [new("i", 1, Noon, new byte[] { 4, 5 })],
        Bookmarks = [new("b", "i", "Elsa.Event", "h") { DueAt = Noon }],
        Work = [new("w", "start", "{}") { Key = "k" }],
        Documents = [new("user", "u", "{}")],
    };

    private static async Task HasEverythingAsync(SqliteStore store)
    {
        (await store.FindDefinitionVersionAsync("v", None))!.Document.ShouldBe("{\"a\":1}");
        (await store.FindTriggersAsync(new() { DueUntil = Noon }, None)).ShouldHaveSingleItem();
        (await store.FindInstanceAsync("i", None))!.State.ToArray().ShouldBe([1, 2, 3]);
        (await store.ListInstancesAsync(new() { DefinitionIds = ["d"] }, None)).TotalCount.ShouldBe(1);
        (await store.ReadBurstsAsync("i", None)).ShouldHaveSingleItem().Log.ToArray().ShouldBe([4, 5]);
        (await store.DueBookmarksAsync(Noon, 10, None)).ShouldHaveSingleItem();
        (await store.FindWorkByKeyAsync("k", None)).ShouldNotBeNull();
        (await store.FindDocumentAsync("user", "u", None)).ShouldNotBeNull();
    }

    private static StoredInstance Instance(string id, long revision = 1) =>
        new(id, "d", "v", 1) { Revision = revision, State = new byte[] { 1, 2, 3 } };

    private Connection Connect() =>
        Connection.Open(Path.Combine(_directory.Path, "data", "platform.db"), isReadOnly: false, TimeSpan.FromSeconds(5));

    private async Task<SqliteStore> OpenAsync(Action<SqliteOptions>? change = null)
    {
        var options = _directory.Options();
        change?.Invoke(options);
        var store = new SqliteStore(options, TimeProvider.System);
        await store.InitializeAsync(None);
        return store;
    }
}
