using Platform.Engine.Definitions;
using Platform.Runtime.Definitions;
using Platform.Runtime.Store;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Definitions;

/// <summary>Reads definitions: lists, single versions, names.</summary>
internal static class DefinitionLists
{
    private const string Kind = "workflow definition";

    /// <summary>Maps the routes.</summary>
    public static void MapDefinitionLists(this IEndpointRouteBuilder api)
    {
        var read = api.MapGroup("/workflow-definitions").RequirePermission("read:workflow-definitions");
        read.MapGet("", ListAsync);
        read.MapGet("/by-definition-id/{definitionId}", FindAsync);
        read.MapGet("/by-id/{id}", FindVersionAsync);
        read.MapGet("/many-by-id", FindManyAsync);
        read.MapGet("/query/count", CountAsync);
        read.MapGet("/validation/is-name-unique", IsNameUniqueAsync);
        read.MapGet("/{definitionId}", FindAsync);
        read.MapGet("/{definitionId}/versions", ListVersionsAsync);
        read.MapGet("/{definitionId}/consumers", ConsumersAsync);
    }

    private static async Task<IResult> ListAsync(
        DefinitionListQuery query, WorkflowDefinitions definitions, Labels.Labels labels, CancellationToken cancellationToken)
    {
        var filter = query.Filter;
        if (query.LabelIds is { } labelIds)
        {
            var carriers = await labels.CarriersOfAsync(labelIds, cancellationToken);
            filter = filter with { Ids = filter.Ids is null ? carriers : [.. filter.Ids.Intersect(carriers)] };
        }

        var page = query.SelectsNothing ? new Page<WorkflowDefinition>([], 0) : await definitions.ListAsync(filter, cancellationToken);
        return Wire.Json(new DefinitionList([.. page.Items.Select(DefinitionSummary.Of)], page.TotalCount, DefinitionLinks.OfList));
    }

    private static async Task<IResult> FindAsync(
        string definitionId, HttpContext context, WorkflowDefinitions definitions, ElsaDocuments documents, CancellationToken cancellationToken)
    {
        IResult? refusal = null;
        var versions = QueryText.Versions(context.Request.Query.Text("versionOptions"), VersionOptions.Latest, ref refusal);
        if (refusal is not null)
            return refusal;
        // Read before the definition: at worst it is too old, and a save is refused that need not have been.
        var revision = await definitions.FindRevisionAsync(definitionId, cancellationToken);
        if (await definitions.FindAsync(definitionId, versions, cancellationToken) is not { } found)
            return Problems.NotFound(Kind, definitionId);
        EditHeaders.Set(context.Response, found.IsLatest ? revision : null);
        return Wire.Json(documents.ToModel(found));
    }

    private static async Task<IResult> FindVersionAsync(
        string id, WorkflowDefinitions definitions, ElsaDocuments documents, CancellationToken cancellationToken) =>
        await definitions.FindVersionAsync(id, cancellationToken) is { } found
            ? Wire.Json(documents.ToModel(found))
            : Problems.NotFound("workflow definition version", id);

    private static async Task<IResult> FindManyAsync(
        HttpRequest request, WorkflowDefinitions definitions, ElsaDocuments documents, CancellationToken cancellationToken)
    {
        var filter = new DefinitionFilter { Ids = request.Query.Texts("ids") ?? [], WithDocuments = true };
        var page = await definitions.ListAsync(filter, cancellationToken);
        return Wire.Json(new DefinitionModels([.. page.Items.Select(documents.ToModel)], page.Items.Count));
    }

    private static async Task<IResult> CountAsync(WorkflowDefinitions definitions, CancellationToken cancellationToken)
    {
        var page = await definitions.ListAsync(new DefinitionFilter { Versions = VersionOptions.Latest, Take = 1 }, cancellationToken);
        return Wire.Json(new Counted(page.TotalCount));
    }

    private static async Task<IResult> IsNameUniqueAsync(HttpRequest request, WorkflowDefinitions definitions, CancellationToken cancellationToken)
    {
        if (request.Query.Text("name")?.Trim() is not { Length: > 0 } name)
            return Problems.Invalid("WF4005", "name", "Give the name to look for.");
        var own = request.Query.Text("definitionId");
        var page = await definitions.ListAsync(new DefinitionFilter { Versions = VersionOptions.Latest, Name = name }, cancellationToken);
        return Wire.Json(new NameUniqueness(page.Items.All(definition => definition.DefinitionId == own)));
    }

    private static async Task<IResult> ListVersionsAsync(string definitionId, WorkflowDefinitions definitions, CancellationToken cancellationToken)
    {
        var filter = new DefinitionFilter { DefinitionIds = [definitionId], OrderBy = DefinitionOrder.Version, Descending = true };
        var page = await definitions.ListAsync(filter, cancellationToken);
        return page.Items.Count == 0
            ? Problems.NotFound(Kind, definitionId)
            : Wire.Json(new DefinitionList([.. page.Items.Select(DefinitionSummary.Of)], page.TotalCount, DefinitionLinks.OfList));
    }

    private static async Task<IResult> ConsumersAsync(string definitionId, WorkflowDefinitions definitions, ConsumingWorkflows consumers, CancellationToken cancellationToken)
    {
        if (await definitions.FindAsync(definitionId, VersionOptions.Latest, cancellationToken) is null)
            return Problems.NotFound(Kind, definitionId);
        var found = await consumers.FindAsync([definitionId], cancellationToken);
        return Wire.Json(new ConsumersReply([.. found.Select(consumer => consumer.DefinitionId)]));
    }
}

/// <summary>The query of the definition list.</summary>
internal sealed class DefinitionListQuery : IRequestPart
{
    private DefinitionListQuery(DefinitionFilter filter, IReadOnlyList<string>? labelIds, bool selectsNothing, IResult? refusal) =>
        (Filter, LabelIds, SelectsNothing, Refusal) = (filter, labelIds, selectsNothing, refusal);

    /// <summary>Selects the rows.</summary>
    public DefinitionFilter Filter { get; }

    /// <summary>Ids of labels of which a version carries at least one; null when it need not.</summary>
    public IReadOnlyList<string>? LabelIds { get; }

    /// <summary>Whether it asks for something no definition has: another materializer.</summary>
    public bool SelectsNothing { get; }

    /// <inheritdoc/>
    public IResult? Refusal { get; }

    /// <summary>Binds the query; called by the framework.</summary>
    public static ValueTask<DefinitionListQuery> BindAsync(HttpContext context)
    {
        var query = context.Request.Query;
        IResult? refusal = null;
        var versions = QueryText.Versions(query.Text("versionOptions"), VersionOptions.AllVersions, ref refusal);
        var page = query.Number("page", ref refusal);
        var pageSize = query.Number("pageSize", ref refusal);
        var (skip, take) = QueryText.Paging(page, pageSize, ref refusal);
        var orderBy = query.Name<DefinitionOrder>("orderBy") ?? DefinitionOrder.Name;
        var direction = query.Text("orderDirection");
        var filter = new DefinitionFilter
        {
            Versions = versions,
            DefinitionIds = query.Texts("definitionIds"),
            Ids = query.Texts("ids"),
            SearchTerm = query.Text("searchTerm"),
            IsSystem = query.Flag("isSystem"),
            OrderBy = orderBy,
            Descending = direction is null ? orderBy != DefinitionOrder.Name : direction.StartsWith('D') || direction.StartsWith('d'),
            Skip = skip,
            Take = take,
        };
        // Clients join the ids of several labels by commas.
        var labelIds = query.Texts("label")?.SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToList();
        var nothing = query.Text("materializer") is not (null or "Json");
        return ValueTask.FromResult(new DefinitionListQuery(filter, labelIds, nothing, refusal));
    }
}
