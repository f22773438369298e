using System.Collections.Concurrent;
using System.Globalization;
using Platform.Runtime.Store;
using Platform.Storage.Sqlite;

namespace Platform.Storage.Tests.Sqlite;

/// <summary>
/// What a power cut may leave: the bytes of the files at a random moment under load, and behind what had been flushed by then anything.
/// Copies of them are opened by a fresh store.
/// </summary>
public sealed class PowerCutTests : IDisposable
{
    private const int Writers = 4;
    private const int WalHeaderBytes = 32;
    private const int FrameBytes = 4096 + 24;
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly TemporaryDirectory _directory = new();
    private readonly ConcurrentDictionary<(int Writer, int Number), bool> _acknowledged = new();
    private readonly int _seed = Random.Shared.Next();
    private int _copies;

    private static CancellationToken None => CancellationToken.None;

    private string Data => Path.Combine(_directory.Path, "data");

    public void Dispose() => _directory.Dispose();

    /// <summary>The files at a moment, then the same with a part of what was written after it, cut off anywhere and followed by rubbish.</summary>
    [Fact]
    public async Task What_was_acknowledged_before_the_cut_is_there_whatever_became_of_the_bytes_behind_it()
    {
        const int cuts = 8;
        var random = new Random(_seed);
        await using var store = await OpenAsync(Data, checkpointBytes: 1024 * 1024);
        using var stop = new CancellationTokenSource();
        var load = LoadAsync(store, stop.Token);
        for (var cut = 0; cut < cuts; cut++)
        {
            await MoreAsync(20 + random.Next(60), load);
            var (database, flushed, promised) = Freeze();
            await MoreAsync(10 + random.Next(40), load);
            var (_, later, _) = Freeze();
            await RecoverAsync(database, flushed, promised);
            await RecoverAsync(database, [.. flushed, .. Rubbish(random)], promised);
            if (IsContinuation(flushed, later))
                await RecoverAsync(database, [.. later[..(flushed.Length + random.Next(later.Length - flushed.Length + 1))], .. Rubbish(random)], promised);
        }

        await stop.CancelAsync();
        await load;
    }

    /// <summary>A disk that lies about flushes may lose what was acknowledged, but the store still holds whole commits, the first ones of each writer.</summary>
    [Fact]
    public async Task A_log_that_is_torn_anywhere_leaves_whole_commits_in_their_order()
    {
        const int tears = 24;
        var random = new Random(_seed);
        var (database, log) = await LogOfAsync(commits: 150);
        for (var tear = 0; tear < tears; tear++)
        {
            var at = random.Next(log.Length + 1);
            var torn = (tear % 3) switch
            {
                0 => log[..at],
                1 => [.. log[..at], .. new byte[log.Length - at]],
                _ => Flipped(log, WalHeaderBytes + random.Next(log.Length - WalHeaderBytes)),
            };
            await RecoverAsync(database, torn, promised: []);
        }

        var withoutTail = await RecoverAsync(database, log[..(WalHeaderBytes + ((log.Length - WalHeaderBytes) / FrameBytes / 2 * FrameBytes))], promised: []);
        withoutTail.ShouldBeInRange(1, _acknowledged.Count - 1);
    }

    private static byte[] Flipped(byte[] log, int at)
    {
        var flipped = log.ToArray();
        flipped[at] ^= 0x5A;
        return flipped;
    }

    private static byte[] Rubbish(Random random)
    {
        var rubbish = new byte[random.Next(3) * random.Next(3 * FrameBytes)];
        if (random.Next(2) == 0)
            random.NextBytes(rubbish);
        return rubbish;
    }

    /// <summary>Whether a later log goes on where an earlier one ended: the log was not begun anew in between.</summary>
    private static bool IsContinuation(byte[] log, byte[] later) => later.Length >= log.Length && later.AsSpan().StartsWith(log);

    /// <summary>A store whose commits are all in its log, and none in its database file.</summary>
    private async Task<(byte[] Database, byte[] Log)> LogOfAsync(int commits)
    {
        await using var store = await OpenAsync(Data, checkpointBytes: 1024 * 1024 * 1024);
        using var stop = new CancellationTokenSource();
        var load = LoadAsync(store, stop.Token);
        await MoreAsync(commits, load);
        await stop.CancelAsync();
        await load;
        var (database, log, _) = Freeze();
        return (database, log);
    }

    private Task LoadAsync(SqliteStore store, CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(
        async () =>
        {
            for (var number = 0; !stop.IsCancellationRequested; number++)
            {
                (await store.CommitAsync(CommitOf(writer, number), None)).ShouldBe(CommitOutcome.Committed);
                _acknowledged[(writer, number)] = true;
            }
        },
        None)));

    /// <summary>One commit: four rows in four tables, and the row of the writer replaced.</summary>
    private static Commit CommitOf(int writer, int number)
    {
        var id = IdOf(writer, number);
        return new Commit
        {
            Instances = [new(id, "d", "v", 1) { Revision = 1, State = new byte[1 + (number % 9 * 700)] }],
            Bursts = [new(id, 1, Noon, new byte[300])],
            Bookmarks = [new("b" + id, id, "Elsa.Event", "h" + id)],
            Work = [new("w" + id, "start", id) { InstanceId = id }],
            Documents = [new("mark", id, "{}"), new("last", $"{writer}", number.ToString(CultureInfo.InvariantCulture))],
        };
    }

    private static string IdOf(int writer, int number) => $"{writer}-{number}";

    private async Task MoreAsync(int commits, Task load)
    {
        var until = _acknowledged.Count + commits;
        while (_acknowledged.Count < until)
        {
            if (load.IsCompleted)
                await load;
            await Task.Delay(1);
        }
    }

    /// <summary>
    /// The files while nobody commits. A checkpoint may be going on, as in a power cut: the pages that it copies are in the log as well.
    /// All that was acknowledged before is flushed by then.
    /// </summary>
    private (byte[] Database, byte[] Log, (int, int)[] Promised) Freeze()
    {
        var promised = _acknowledged.Keys.ToArray();
        using var other = Connection.Open(Path.Combine(Data, "platform.db"), isReadOnly: false, TimeSpan.FromSeconds(30));
        other.BeginWrite();
        try
        {
            return (File.ReadAllBytes(Path.Combine(Data, "platform.db")), File.ReadAllBytes(Path.Combine(Data, "platform.db-wal")), promised);
        }
        finally
        {
            other.RollbackTransaction();
        }
    }

    /// <summary>Opens the files with a fresh store and looks at every commit.</summary>
    /// <returns>How many commits are there.</returns>
    private async Task<int> RecoverAsync(byte[] database, byte[] log, (int Writer, int Number)[] promised)
    {
        var name = $"seed {_seed}, copy {_copies++}";
        var copy = Path.Combine(_directory.Path, $"copy{_copies}");
        Directory.CreateDirectory(copy);
        await File.WriteAllBytesAsync(Path.Combine(copy, "platform.db"), database);
        await File.WriteAllBytesAsync(Path.Combine(copy, "platform.db-wal"), log);
        var found = 0;
        await using (var store = await OpenAsync(copy, checkpointBytes: 1024 * 1024))
        {
            var instances = (await store.ListInstancesAsync(new(), None)).Items.Select(instance => instance.Id).ToHashSet();
            var marks = (await store.ListDocumentsAsync("mark", None)).Select(mark => mark.Id).ToHashSet();
            var work = (await store.DueWorkAsync(DateTimeOffset.MaxValue, 10_000, None)).Select(item => item.InstanceId!).ToHashSet();
            instances.SetEquals(marks).ShouldBeTrue($"{name}: half a commit");
            work.SetEquals(marks).ShouldBeTrue($"{name}: half a commit");
            promised.ShouldAllBe(commit => marks.Contains(IdOf(commit.Writer, commit.Number)), name);
            foreach (var last in await store.ListDocumentsAsync("last", None))
            {
                // Commits of one writer follow each other: what is there is a beginning without holes.
                var number = int.Parse(last.Json, CultureInfo.InvariantCulture);
                Enumerable.Range(0, number + 1).ShouldAllBe(i => marks.Contains($"{last.Id}-{i}"), name);
                found += number + 1;
                (await store.ReadBurstsAsync($"{last.Id}-{number}", None)).Count.ShouldBe(1, name);
                (await store.FindBookmarksAsync(new() { InstanceId = $"{last.Id}-{number}" }, None)).Count.ShouldBe(1, name);
            }

            found.ShouldBe(marks.Count, name);
            (await store.CommitAsync(CommitOf(Writers, 0), None)).ShouldBe(CommitOutcome.Committed, name);
        }

        using (var connection = Connection.Open(Path.Combine(copy, "platform.db"), isReadOnly: false, TimeSpan.FromSeconds(5)))
            connection.ReadText("PRAGMA integrity_check").ShouldBe("ok", name);
        Directory.Delete(copy, recursive: true);
        return found;
    }

    private async Task<SqliteStore> OpenAsync(string directory, long checkpointBytes)
    {
        var options = _directory.Options();
        (options.DataDirectory, options.CheckpointBytes) = (directory, checkpointBytes);
        var store = new SqliteStore(options, TimeProvider.System);
        await store.InitializeAsync(None);
        return store;
    }
}
