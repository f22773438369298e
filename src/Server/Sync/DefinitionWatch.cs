using Platform.Engine.Definitions;
using Platform.Runtime;
using Platform.Runtime.Audit;

namespace Platform.Server.Sync;

/// <summary>
/// Takes new and changed files of the folder in while the server runs, for whoever develops workflows as files. A file that cannot be used,
/// or would overwrite what was changed here, changes nothing and is told. The file system tells of changes; the folder is also looked
/// through from time to time, because not every one does.
/// </summary>
/// <param name="options">Whether, and how often.</param>
/// <param name="folder">The folder.</param>
/// <param name="sync">Takes files in.</param>
/// <param name="ids">Makes ids.</param>
/// <param name="clock">Time.</param>
/// <param name="logger">Log.</param>
internal sealed class DefinitionWatch(
    DefinitionFilesOptions options, DefinitionFolder folder, DefinitionSync sync, Ids ids, TimeProvider clock, ILogger<DefinitionWatch> logger) : BackgroundService
{
    private readonly SemaphoreSlim _changed = new(0);
    private IReadOnlyList<FolderEntry> _entries = [];
    private Dictionary<string, WatchedFile> _files = new(StringComparer.Ordinal);

    /// <summary>Whether the folder is watched.</summary>
    public bool IsWatched => options.Watch && folder.Root is not null;

    /// <summary>When it was last looked through and had changed, UTC; null before the first time.</summary>
    public DateTimeOffset? LastScanAt { get; private set; }

    /// <summary>Why it cannot be watched at the moment; null when it can.</summary>
    public string? Problem { get; private set; }

    /// <summary>The files, by path.</summary>
    public IReadOnlyList<WatchedFile> Files => [.. Volatile.Read(ref _files).Values.OrderBy(file => file.File, StringComparer.Ordinal)];

    /// <inheritdoc />
    public override void Dispose()
    {
        _changed.Dispose();
        base.Dispose();
    }

    /// <summary>Looks through the folder, and takes in what is new.</summary>
    /// <param name="cancellationToken">Ends the work between two definitions.</param>
    /// <returns>Whether it had changed.</returns>
    public async Task<bool> ScanAsync(CancellationToken cancellationToken)
    {
        var resolved = folder.Resolve("");
        var listed = resolved.Value is { } path ? folder.List(path) : resolved.Then<IReadOnlyList<FolderEntry>>(_ => []);
        if (listed.Value is not { } entries)
        {
            Say(listed.Refusal?.Detail);
            return false;
        }

        if (entries.SequenceEqual(_entries))
            return false;
        AuditScope.OfSystem("workflow.sync", ids, clock).Enter();
        var applied = await sync.ApplyAsync(new SyncRequest("", resolved.Value!, SyncDirection.FromFiles), mayPublish: true, cancellationToken);
        Say(applied.Refusal?.Detail);
        if (applied.Value is { } report)
            Keep(report);
        _entries = entries;
        LastScanAt = clock.GetUtcNow();
        return true;
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsWatched)
            return;
        using var watcher = Watch();
        while (!stoppingToken.IsCancellationRequested)
        {
            await TryScanAsync(stoppingToken);
            await WaitAsync(stoppingToken);
        }
    }

    private async Task TryScanAsync(CancellationToken stoppingToken)
    {
        try
        {
            await ScanAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; what was taken in is stored.
        }
        // A duty goes on whatever happens in one round of it.
        catch (Exception exception)
        {
            Log.WatchFailed(logger, exception);
        }
    }

    private async Task WaitAsync(CancellationToken stoppingToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        await Task.WhenAny(_changed.WaitAsync(waiting.Token), Task.Delay(options.WatchInterval, clock, waiting.Token));
        await waiting.CancelAsync();
        // Editors write a file in several steps, each of which is told.
        while (_changed.Wait(0, CancellationToken.None))
        {
        }
    }

    private FileSystemWatcher? Watch()
    {
        if (folder.Resolve("").Value is not { } path)
            return null;
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(path, "*.json") { IncludeSubdirectories = true, NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size };
            watcher.Changed += Tell;
            watcher.Created += Tell;
            watcher.Deleted += Tell;
            watcher.Renamed += Tell;
            watcher.EnableRaisingEvents = true;
            Log.FolderWatched(logger, path);
            return watcher;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or PlatformNotSupportedException or ArgumentException)
        {
            watcher?.Dispose();
            Log.FolderPolled(logger, exception, path, options.WatchInterval);
            return null;
        }
    }

    private void Tell(object sender, FileSystemEventArgs change)
    {
        try
        {
            _changed.Release();
        }
        catch (ObjectDisposedException)
        {
            // The last events may come while the server stops.
        }
    }

    /// <summary>Keeps what became of each file, and logs what is news.</summary>
    private void Keep(SyncReport report)
    {
        var files = new Dictionary<string, WatchedFile>(StringComparer.Ordinal);
        foreach (var item in report.Items.Where(item => item.File is not null))
        {
            var state = item switch
            {
                { Status: SyncStatus.Invalid } or { Outcome: SyncOutcome.Failed } => WatchedState.Broken,
                { Status: SyncStatus.Conflict, Outcome: not SyncOutcome.Done } => WatchedState.Conflict,
                _ => WatchedState.Imported,
            };
            var former = _files.GetValueOrDefault(item.File!);
            var isNews = former is null || former.State != state || !former.Problems.SequenceEqual(item.Problems) || item.Outcome == SyncOutcome.Done;
            files[item.File!] = isNews ? new WatchedFile(item.File!, item.DefinitionId, state, clock.GetUtcNow(), item.Problems) : former!;
            if (isNews)
                Tell(item, state);
        }

        Volatile.Write(ref _files, files);
    }

    private void Tell(SyncItem item, WatchedState state)
    {
        var problems = string.Join(" ", item.Problems.Select(problem => $"{problem.Message} ({problem.Code} at {problem.Path})"));
        if (state == WatchedState.Broken)
            Log.WorkflowFileUnusable(logger, item.File!, problems);
        else if (state == WatchedState.Conflict)
            Log.WorkflowFileConflict(logger, item.File!, problems);
        else if (item.Outcome == SyncOutcome.Done)
            Log.WorkflowFileTaken(logger, item.DefinitionId!, item.File!, item.Version);
    }

    private void Say(string? problem)
    {
        if (problem is not null && problem != Problem)
            Log.FolderUnusable(logger, problem);
        Problem = problem;
    }
}

/// <summary>What became of a file of a watched folder.</summary>
internal enum WatchedState
{
    /// <summary>The database holds what it says.</summary>
    Imported,

    /// <summary>It cannot be used; the database is as it was.</summary>
    Broken,

    /// <summary>It differs from what is stored, which has changes of its own.</summary>
    Conflict,
}

/// <summary>A file of a watched folder.</summary>
/// <param name="File">Path of the file in the folder.</param>
/// <param name="DefinitionId">The definition; null when the file names none.</param>
/// <param name="State">What became of it.</param>
/// <param name="At">Since when, UTC.</param>
/// <param name="Problems">Why it was not taken in.</param>
internal sealed record WatchedFile(string File, string? DefinitionId, WatchedState State, DateTimeOffset At, IReadOnlyList<DefinitionProblem> Problems);
