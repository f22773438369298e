using Platform.Runtime.Audit;
using Platform.Server.Audit;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;
using Platform.Server.Sync;

namespace Platform.Server.Api;

/// <summary>Definitions as files: compares a folder with the database, and brings one to the state of the other.</summary>
internal static class DefinitionSyncs
{
    private const int IdsMax = 1_000;

    /// <summary>Maps <c>/api/definitions/sync</c> and <c>/api/definitions/files</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapDefinitionSyncs(this IEndpointRouteBuilder api)
    {
        var routes = api.MapGroup("/definitions").WithTags("Definitions");
        routes.MapPost("/sync", SyncAsync).RequirePermission("write:workflow-definitions").Audited("workflow.sync", "definitionFiles")
            .WithSummary("Compares a folder of workflow files with the database, or brings one of the two to the state of the other.")
            .Takes("direction", "FromFiles stores what the files hold; ToFiles writes what is stored into files.")
            .Takes("dryRun", "Whether to compare only.")
            .Takes("force", "Whether conflicts are decided for the source: what changed on the other side is overwritten.")
            .Takes("publish", "Whether to publish what the files do not call unpublished; that needs publish:workflow-definitions.")
            .Takes("folder", "A folder within DefinitionFiles:Root; left out for that one itself.")
            .Takes("definitionId", "Only these definitions, with commas between them.")
            .Produces<SyncReport>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4725", "WF4726", "WF4733")
            .Refuses(StatusCodes.Status403Forbidden, "WF4008")
            .Refuses(StatusCodes.Status409Conflict, "WF4724")
            .Refuses(StatusCodes.Status500InternalServerError, "WF4732");
        routes.MapGet("/files", List).RequirePermission("read:workflow-definitions")
            .WithSummary("Tells whether the folder of workflow files is watched, and what became of each file.")
            .Produces<WatchedFileList>();
    }

    private static async Task<IResult> SyncAsync(
        HttpContext context,
        DefinitionFolder folders,
        DefinitionSync sync,
        CancellationToken cancellationToken,
        string direction = nameof(SyncDirection.FromFiles),
        bool dryRun = false,
        bool force = false,
        bool publish = true,
        string folder = "",
        string definitionId = "")
    {
        if (!Enum.TryParse<SyncDirection>(direction, ignoreCase: true, out var way) || !Enum.IsDefined(way))
            return Unusable($"'direction' is FromFiles or ToFiles, not '{direction}'.");
        var ids = definitionId.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (ids.Length > IdsMax)
            return Unusable($"'definitionId' names more than {IdsMax} definitions.");
        var resolved = folders.Resolve(folder);
        if (resolved.Value is not { } path)
            return resolved.ToResult(_ => Results.Empty);
        var request = new SyncRequest(folder.TrimEnd('/'), path, way) { Force = force, Publish = publish, DefinitionIds = ids.Length == 0 ? null : ids };
        if (!dryRun)
            return (await sync.ApplyAsync(request, Permissions.Allow(context.User, ["publish:workflow-definitions"]), cancellationToken)).ToResult(report => ApiJson.Reply(report));
        // It changes nothing, so it leaves nothing in the audit log either.
        AuditScope.Current?.Leave();
        return (await sync.CompareAsync(request, cancellationToken)).ToResult(report => ApiJson.Reply(report));
    }

    private static IResult List(DefinitionFolder folders, DefinitionWatch watch, int skip = 0, int take = 50)
    {
        if (skip < 0 || take is < 0 or > 1000)
            return Problem.Unreadable with { Detail = "'skip' is a number from 0 up, 'take' one from 0 to 1000." };
        var files = watch.Files;
        return ApiJson.Reply(new WatchedFileList(folders.Root is not null, watch.IsWatched, watch.LastScanAt, watch.Problem, [.. files.Skip(skip).Take(take)], files.Count));
    }

    private static Problem Unusable(string detail) => new(StatusCodes.Status400BadRequest, "WF4733", "The request of a synchronisation cannot be read", detail);
}

/// <summary>The files of the watched folder.</summary>
/// <param name="IsConfigured">Whether definitions are kept as files here at all.</param>
/// <param name="IsWatched">Whether new and changed files are taken in by themselves.</param>
/// <param name="LastScanAt">When the folder was last found changed, UTC.</param>
/// <param name="Problem">Why it cannot be watched at the moment; null when it can.</param>
/// <param name="Items">The files, by path.</param>
/// <param name="TotalCount">How many there are.</param>
internal sealed record WatchedFileList(bool IsConfigured, bool IsWatched, DateTimeOffset? LastScanAt, string? Problem, IReadOnlyList<WatchedFile> Items, int TotalCount);
