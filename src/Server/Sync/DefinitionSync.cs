using System.Text.Json.Nodes;
using Platform.Engine.Definitions;
using Platform.Runtime.Audit;
using Platform.Runtime.Definitions;
using Platform.Runtime.Store;
using Platform.Server.Elsa.Definitions;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Sync;

/// <summary>
/// Brings definitions and a folder of files to the same state, one way or the other. Nothing is deleted on either side, and what has
/// changes of its own is only overwritten when that is asked for. Each definition is a change of its own.
/// </summary>
/// <param name="folder">The folder.</param>
/// <param name="comparison">Compares.</param>
/// <param name="definitions">Saves and publishes.</param>
/// <param name="store">Where records go.</param>
/// <param name="documents">Reads what was written.</param>
/// <param name="clock">Time.</param>
internal sealed class DefinitionSync(
    DefinitionFolder folder, SyncComparison comparison, WorkflowDefinitions definitions, IWorkflowStore store, ElsaDocuments documents, TimeProvider clock) : IDisposable
{
    private const int NamesMax = 100;

    /// <summary>Two at once would read what the other is writing.</summary>
    private readonly SemaphoreSlim _working = new(1, 1);

    /// <inheritdoc />
    public void Dispose() => _working.Dispose();

    /// <summary>Compares, and changes nothing.</summary>
    /// <param name="request">What.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    public async ValueTask<Outcome<SyncReport>> CompareAsync(SyncRequest request, CancellationToken cancellationToken) =>
        (await ReadAsync(request, cancellationToken)).Then(found => ReportOf(request, found, dryRun: true, found.Pairs.Select(pair => pair.Item)));

    /// <summary>Brings the other side to the state of the source.</summary>
    /// <param name="request">What.</param>
    /// <param name="mayPublish">Whether who asks may publish.</param>
    /// <param name="cancellationToken">Ends the work between two definitions.</param>
    public async ValueTask<Outcome<SyncReport>> ApplyAsync(SyncRequest request, bool mayPublish, CancellationToken cancellationToken)
    {
        await _working.WaitAsync(cancellationToken);
        try
        {
            var read = await ReadAsync(request, cancellationToken);
            if (read.Value is not { } found)
                return read.Then(_ => new SyncReport(request.Direction, request.Folder, false, null, null, 0, []));
            if (request.Direction == SyncDirection.ToFiles)
                return await WriteAsync(request, found, cancellationToken);
            if (!mayPublish && found.Pairs.Any(pair => pair.Publish && pair.IsToBeDone(request.Force)))
                return new Problem(StatusCodes.Status403Forbidden, "WF4008", "Publishing needs a permission", "Publishing needs the permission publish:workflow-definitions. Give publish=false to store drafts.");
            return ReportOf(request, found, dryRun: false, await SaveAsync(request, found, cancellationToken));
        }
        finally
        {
            _working.Release();
        }
    }

    private async ValueTask<Outcome<FoundPairs>> ReadAsync(SyncRequest request, CancellationToken cancellationToken)
    {
        var listed = folder.List(request.Path);
        if (listed.Value is not { } entries)
            return listed.Then(_ => new FoundPairs([], 0, null));
        var read = await folder.ReadAsync(entries, cancellationToken);
        if (read.Value is not { } files)
            return read.Then(_ => new FoundPairs([], 0, null));
        // Reading a workflow takes its document apart, so this is counted before.
        var ignored = files.Count(file => !file.IsWorkflow);
        var pairs = await comparison.CompareAsync(request, files, cancellationToken);
        return new FoundPairs(pairs, ignored, GitCheckout.Find(request.Path, folder.Resolve("").Value ?? request.Path));
    }

    private static SyncReport ReportOf(SyncRequest request, FoundPairs found, bool dryRun, IEnumerable<SyncItem> items) =>
        new(request.Direction, request.Folder, dryRun, found.Checkout?.Branch, found.Checkout?.Commit, found.Ignored, [.. items]);

    private async ValueTask<IReadOnlyList<SyncItem>> SaveAsync(SyncRequest request, FoundPairs found, CancellationToken cancellationToken)
    {
        var results = new Dictionary<SyncPair, SyncItem>(ReferenceEqualityComparer.Instance);
        var pending = found.Pairs.Where(pair => pair.IsToBeDone(request.Force)).ToList();
        // What another file has to bring first may be there in the next round.
        for (var before = int.MaxValue; pending.Count > 0 && pending.Count < before;)
        {
            before = pending.Count;
            foreach (var pair in pending)
                results[pair] = await SaveAsync(request, pair, found.Checkout?.Commit, cancellationToken);
            pending = [.. pending.Where(pair => results[pair].Outcome == SyncOutcome.Failed)];
        }

        await RememberSameAsync(request, found, cancellationToken);
        return [.. found.Pairs.Select(pair => results.GetValueOrDefault(pair) ?? Untouched(pair.Item))];
    }

    private static SyncItem Untouched(SyncItem item) => item.Status is SyncStatus.Conflict or SyncStatus.Invalid ? item with { Outcome = SyncOutcome.Left } : item;

    private async ValueTask<SyncItem> SaveAsync(SyncRequest request, SyncPair pair, string? commit, CancellationToken cancellationToken)
    {
        var draft = pair.Draft!;
        var hash = StableFile.HashOf(draft);
        var isRemembered = false;
        // Only what was compared is overwritten: whoever comes in between is not.
        var basis = pair.Latest is null ? null : new EditBasis(pair.Revision, null);
        var result = await definitions.SaveAsync(draft with { Companion = Remember }, pair.Publish, basis, cancellationToken);
        if (result is DefinitionResult.AlreadyPublished already)
            result = new DefinitionResult.Saved(already.Definition, []) { Revision = already.Revision };
        if (result is not DefinitionResult.Saved saved)
            return NotSaved(pair.Item, result);
        if (!isRemembered && saved.Revision is { } revision)
            await store.CommitAsync(new Commit { Documents = [Remember(revision)] }, CancellationToken.None);
        return pair.Item with { Outcome = SyncOutcome.Done, Problems = [], Version = saved.Definition.Version, IsPublished = saved.Definition.IsPublished, Warnings = saved.Warnings };

        StoredDocument Remember(string now)
        {
            isRemembered = true;
            return new SyncRecord(pair.Item.File!, hash, hash, pair.Publish, now, SyncDirection.FromFiles, clock.GetUtcNow(), commit).ToDocument(request.Folder, draft.DefinitionId!);
        }
    }

    private static SyncItem NotSaved(SyncItem item, DefinitionResult result) => result.Match(
        _ => item,
        _ => item,
        _ => item,
        _ => item,
        refused => item with { Outcome = SyncOutcome.Failed, Problems = [new DefinitionProblem("$", "WF4010", $"The workflow '{refused.Definition.Name ?? refused.Definition.DefinitionId}' is read-only.")] },
        invalid => item with { Outcome = SyncOutcome.Failed, Problems = invalid.Problems },
        _ => item with { Status = SyncStatus.Conflict, Outcome = SyncOutcome.Left, Problems = [new DefinitionProblem("$", SyncComparison.ConflictCode, "It was changed while it was compared. Try it again.")] });

    /// <summary>What is the same is remembered as such, so that a later change of one side is known as one.</summary>
    private async ValueTask RememberSameAsync(SyncRequest request, FoundPairs found, CancellationToken cancellationToken)
    {
        var commit = new Commit { Documents = [] };
        foreach (var pair in found.Pairs.Where(pair => pair is { Item.Status: SyncStatus.Same, Draft: not null, Latest: not null }))
        {
            var record = new SyncRecord(
                pair.Item.File!, StableFile.HashOf(pair.Draft!), StableFile.HashOf(pair.Latest!), pair.Latest!.IsPublished, pair.Revision, request.Direction, clock.GetUtcNow(), found.Checkout?.Commit);
            if (!record.SaysAsMuchAs(pair.Record))
                commit.Documents.Add(record.ToDocument(request.Folder, pair.Latest.DefinitionId));
        }

        if (commit.Documents.Count > 0)
            await store.CommitAsync(commit, cancellationToken);
    }

    private async ValueTask<Outcome<SyncReport>> WriteAsync(SyncRequest request, FoundPairs found, CancellationToken cancellationToken)
    {
        var items = new List<SyncItem>();
        var commit = new Commit { Documents = [] };
        var names = new JsonArray();
        try
        {
            if (found.Pairs.Count(pair => pair.IsToBeDone(request.Force)) is var count && count > folder.FilesMax)
                return new Problem(StatusCodes.Status400BadRequest, "WF4726", "The folder would hold too much", $"{count} definitions are to be written; {folder.FilesMax} are the most (DefinitionFiles:FilesMax). Name those that are meant by 'definitionId'.");
            foreach (var pair in found.Pairs)
            {
                if (!pair.IsToBeDone(request.Force) || pair.Latest is null)
                {
                    items.Add(Untouched(pair.Item));
                    continue;
                }

                cancellationToken.ThrowIfCancellationRequested();
                items.Add(await WriteAsync(request, pair, found.Checkout?.Commit, commit, cancellationToken));
                if (items[^1] is { Outcome: SyncOutcome.Done, File: { } name } && names.Count < NamesMax)
                    names.Add(name);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Problem(StatusCodes.Status500InternalServerError, "WF4732", "The folder cannot be written", $"A file cannot be written: {exception.Message} Files that were written before are whole.");
        }

        if (commit.Documents.Count > 0)
        {
            var told = new JsonObject { ["written"] = commit.Documents.Count, ["files"] = names };
            AuditScope.Current?.AddTo(commit, new AuditChange("definitionFiles", request.Folder, null) { Action = "workflow.export-files", After = told });
            await store.CommitAsync(commit, CancellationToken.None);
        }

        await RememberSameAsync(request, found, cancellationToken);
        return ReportOf(request, found, dryRun: false, items);
    }

    private async ValueTask<SyncItem> WriteAsync(SyncRequest request, SyncPair pair, string? checkout, Commit commit, CancellationToken cancellationToken)
    {
        var id = pair.Latest!.DefinitionId;
        var revision = await definitions.FindRevisionAsync(id, cancellationToken);
        if (await definitions.FindAsync(id, VersionOptions.Latest, cancellationToken) is not { } latest)
            return pair.Item with { Outcome = SyncOutcome.Left, Problems = [new DefinitionProblem("$", SyncComparison.ConflictCode, "It was deleted while it was compared.")] };
        var name = pair.Item.File ?? StableFile.NameOf(latest);
        if (pair.Item.File is null && File.Exists(Path.Combine(request.Path, name)))
        {
            var taken = new DefinitionProblem("$", SyncComparison.ConflictCode, $"There is a file '{name}' that does not hold this workflow, or cannot be read. Move it away first.");
            return pair.Item with { Status = SyncStatus.Conflict, Outcome = SyncOutcome.Left, Problems = [taken] };
        }

        var content = StableFile.Write(latest);
        DefinitionFolder.Write(request.Path, name, content);
        var asRead = documents.ToDraft(JsonNode.Parse(content, documentOptions: ElsaDocuments.StoredOptions)!.AsObject(), out _);
        commit.Documents!.Add(new SyncRecord(name, StableFile.HashOf(asRead), StableFile.HashOf(latest), latest.IsPublished, revision, SyncDirection.ToFiles, clock.GetUtcNow(), checkout).ToDocument(request.Folder, id));
        return pair.Item with { File = name, Outcome = SyncOutcome.Done, Problems = [], Version = latest.Version, IsPublished = latest.IsPublished };
    }
}

/// <summary>What lies in a folder, beside what is stored.</summary>
/// <param name="Pairs">Each definition with both sides.</param>
/// <param name="Ignored">JSON files that are no workflows.</param>
/// <param name="Checkout">The git checkout, when it is one.</param>
internal sealed record FoundPairs(IReadOnlyList<SyncPair> Pairs, int Ignored, GitCheckout? Checkout);
