using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Engine.Execution;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;
using Platform.Server.Audit;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Instances;

/// <summary>
/// Exports instances to files and imports them again. A file shows the state for people, and carries what the engine stored, so that an
/// imported instance has its whole history and goes on where it waited. Importing runs nothing.
/// </summary>
internal static class InstanceFiles
{
    /// <summary>Maps the routes.</summary>
    public static void MapInstanceFiles(this IEndpointRouteBuilder api)
    {
        api.MapGet("/workflow-instances/{id}/export", ExportAsync).RequirePermission("read:workflow-instances");
        api.MapPost("/bulk-actions/export/workflow-instances", ExportManyAsync).RequirePermission("read:workflow-instances").NotAudited("It only reads.");
        api.MapPost("/bulk-actions/import/workflow-instances", ImportAsync).RequirePermission("write:workflow-instances").DisableAntiforgery().Audited("instance.import", "instance");
    }

    private static async Task<IResult> ExportAsync(string id, IWorkflowStore store, WorkflowStates states, CancellationToken cancellationToken) =>
        await ToFileAsync(id, store, states, cancellationToken) is { } file
            ? Results.File(file, "application/json", FileName(id))
            : Problems.NotFound("workflow instance", id);

    private static async Task<IResult> ExportManyAsync(
        Body<Definitions.IdsRequest> body, IWorkflowStore store, WorkflowStates states, CancellationToken cancellationToken)
    {
        var files = new List<(string Name, byte[] Content)>();
        foreach (var id in (body.Value.Ids ?? []).Distinct(StringComparer.Ordinal))
        {
            if (await ToFileAsync(id, store, states, cancellationToken) is { } file)
                files.Add((FileName(id), file));
        }

        return files switch
        {
            [] => Problems.NotFound("workflow instance", string.Join(", ", body.Value.Ids ?? [])),
            [var (name, content)] => Results.File(content, "application/json", name),
            _ => Zip.Of("workflow-instances.zip", files),
        };
    }

    private static async Task<IResult> ImportAsync(HttpContext context, IWorkflowStore store, WorkflowStates states, CancellationToken cancellationToken)
    {
        var (files, refusal) = await UploadedFiles.ReadAsync(context);
        if (refusal is not null)
            return refusal;
        var commits = new List<Commit>();
        foreach (var (name, node) in files)
        {
            var (commit, why) = await ReadAsync(node, store, states, cancellationToken);
            if (commit is null)
                return Problems.Invalid("WF4012", name, why);
            commits.Add(commit);
        }

        var imported = 0;
        foreach (var commit in commits)
        {
            AuditScope.Current?.AddTo(commit, new AuditChange("instance", commit.Instances![0].Id, commit.Instances[0].Name));
            imported += await store.CommitAsync(commit, cancellationToken) == CommitOutcome.Committed ? 1 : 0;
        }

        return Wire.Json(new ImportedReply(imported, imported));
    }

    private static async ValueTask<byte[]?> ToFileAsync(string id, IWorkflowStore store, WorkflowStates states, CancellationToken cancellationToken)
    {
        if (await store.FindInstanceAsync(id, cancellationToken) is not { } stored)
            return null;
        var file = new InstanceFile
        {
            Instance = InstanceSummary.Of(stored),
            ParentInstanceId = stored.ParentInstanceId,
            IsSystem = stored.IsSystem,
            WorkflowState = WorkflowStates.ToJson(stored, await states.LoadAsync(stored, cancellationToken)),
            State = stored.State.ToArray(),
            Bookmarks = [.. (await store.FindBookmarksAsync(new BookmarkFilter { InstanceId = id }, cancellationToken))],
            Log = BurstLogs.Merge((await store.ReadBurstsAsync(id, cancellationToken)).Select(burst => burst.Log)),
        };
        return JsonSerializer.SerializeToUtf8Bytes(file, WireJson.Of<InstanceFile>());
    }

    /// <summary>A file as one commit, or why it cannot be imported.</summary>
    private static async ValueTask<(Commit? Commit, string Why)> ReadAsync(
        JsonObject node, IWorkflowStore store, WorkflowStates states, CancellationToken cancellationToken)
    {
        InstanceFile? file;
        try
        {
            file = node.Deserialize(WireJson.Of<InstanceFile>());
        }
        catch (JsonException exception)
        {
            return (null, $"The file is not an exported instance: {exception.Message}");
        }

        if (file is not { Format: InstanceFile.CurrentFormat, Instance: { Id.Length: > 0, DefinitionId: not null, DefinitionVersionId: not null } instance })
            return (null, $"The file is not an instance that this server exported: its 'format' is not '{InstanceFile.CurrentFormat}'.");
        if (await store.FindInstanceAsync(instance.Id, cancellationToken) is not null)
            return (null, $"There is an instance '{instance.Id}' already. Delete it first to replace it.");
        var commit = ToCommit(file, instance);
        try
        {
            if (await states.LoadAsync(commit.Instances![0], cancellationToken) is null)
                return (null, $"The instance belongs to the definition version '{instance.DefinitionVersionId}', which is not here in the same form. Import the workflow first.");
            ExecutionHistory.Read(instance.Id, [file.Log ?? []]);
        }
        // What these readers throw depends on which of our own bytes were changed; any of it means that the file is not what we wrote.
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return (null, $"The state or history in the file is damaged: {exception.Message}");
        }

        return (commit, "");
    }

    private static Commit ToCommit(InstanceFile file, InstanceSummary instance) => new()
    {
        Instances =
        [
            new StoredInstance(instance.Id, instance.DefinitionId, instance.DefinitionVersionId, instance.Version)
            {
                Status = instance.Status,
                SubStatus = instance.SubStatus,
                CorrelationId = instance.CorrelationId,
                Name = instance.Name,
                ParentInstanceId = file.ParentInstanceId,
                IncidentCount = instance.IncidentCount,
                IsSystem = file.IsSystem,
                CreatedAt = instance.CreatedAt,
                UpdatedAt = instance.UpdatedAt,
                FinishedAt = instance.FinishedAt,
                Revision = 1,
                State = file.State ?? [],
            },
        ],
        Bursts = file.Log is { Length: > 0 } log ? [new StoredBurst(instance.Id, 1, instance.UpdatedAt, log)] : null,
        Bookmarks = [.. (file.Bookmarks ?? []).Where(bookmark => bookmark.InstanceId == instance.Id)],
    };

    private static string FileName(string id) => $"workflow-instance-{id}.json";
}

/// <summary>An exported instance.</summary>
internal sealed record InstanceFile
{
    /// <summary>What the file says that it is.</summary>
    public const string CurrentFormat = "platform/workflow-instance/1";

    /// <summary>Kind and version of the file.</summary>
    public string? Format { get; init; } = CurrentFormat;

    /// <summary>The header.</summary>
    public InstanceSummary? Instance { get; init; }

    /// <summary>The instance that started it, or null.</summary>
    public string? ParentInstanceId { get; init; }

    /// <summary>Whether ordinary lists leave it out.</summary>
    public bool IsSystem { get; init; }

    /// <summary>The state for people; not read again.</summary>
    public JsonObject? WorkflowState { get; init; }

    /// <summary>The state as the engine stores it.</summary>
    public byte[]? State { get; init; }

    /// <summary>Where it waits.</summary>
    public IReadOnlyList<StoredBookmark>? Bookmarks { get; init; }

    /// <summary>What happened, as the engine stores it: the logs of all bursts in one.</summary>
    public byte[]? Log { get; init; }
}
