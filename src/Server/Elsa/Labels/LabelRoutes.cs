using Platform.Runtime.Definitions;
using Platform.Server.Audit;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Labels;

/// <summary>Labels, by which people find definitions.</summary>
internal static class LabelRoutes
{
    private const string Kind = "label";
    private const string Refused = "WF4721";

    /// <summary>Maps the routes.</summary>
    public static void MapLabels(this IEndpointRouteBuilder api)
    {
        var labels = api.MapGroup("/labels");
        labels.MapGet("", ListAsync).RequirePermission("read:labels");
        labels.MapPost("", CreateAsync).RequirePermission("create:labels").Audited("label.create", Kind);
        labels.MapGet("/{id}", FindAsync).RequirePermission("read:labels");
        labels.MapPost("/{id}", UpdateAsync).RequirePermission("update:labels").Audited("label.update", Kind, "id");
        labels.MapDelete("/{id}", DeleteAsync).RequirePermission("delete:labels").Audited("label.delete", Kind, "id");
        var carried = api.MapGroup("/workflow-definitions/{id}/labels");
        carried.MapGet("", ListOfAsync).RequirePermission("read:workflow-definition-labels");
        carried.MapPost("", SetAsync).RequirePermission("update:workflow-definition-labels").Audited("workflow.label", "workflowVersion", "id");
    }

    private static async Task<IResult> ListAsync(HttpRequest request, Labels labels, CancellationToken cancellationToken)
    {
        IResult? refusal = null;
        var page = request.Query.Number("page", ref refusal);
        var size = request.Query.Number("pageSize", ref refusal);
        var (skip, take) = QueryText.Paging(page, size, ref refusal);
        if (refusal is not null)
            return refusal;
        var all = await labels.ListAsync(cancellationToken);
        return Wire.Json(new LabelList([.. all.Skip(skip).Take(take ?? Labels.CountMax)], all.Count));
    }

    private static async Task<IResult> FindAsync(string id, Labels labels, CancellationToken cancellationToken) =>
        await labels.FindAsync(id, cancellationToken) is { } label ? Wire.Json(label) : Problems.NotFound(Kind, id);

    private static async Task<IResult> CreateAsync(Body<LabelContent> body, Labels labels, CancellationToken cancellationToken) =>
        ToResult(await labels.SaveAsync(null, body.Value, cancellationToken), null, StatusCodes.Status201Created);

    private static async Task<IResult> UpdateAsync(string id, Body<LabelContent> body, Labels labels, CancellationToken cancellationToken) =>
        ToResult(await labels.SaveAsync(id, body.Value, cancellationToken), id, StatusCodes.Status200OK);

    private static async Task<IResult> DeleteAsync(string id, Labels labels, CancellationToken cancellationToken) =>
        await labels.DeleteAsync(id, cancellationToken) ? Results.NoContent() : Problems.NotFound(Kind, id);

    private static async Task<IResult> ListOfAsync(string id, Labels labels, WorkflowDefinitions definitions, CancellationToken cancellationToken) =>
        await definitions.FindVersionAsync(id, cancellationToken) is null
            ? NoVersion(id)
            : Wire.Json(new Listing<string>(await labels.OfAsync(id, cancellationToken)));

    private static async Task<IResult> SetAsync(string id, Body<LabelsOfRequest> body, Labels labels, WorkflowDefinitions definitions, CancellationToken cancellationToken)
    {
        if (await definitions.FindVersionAsync(id, cancellationToken) is null)
            return NoVersion(id);
        var wanted = (body.Value.LabelIds ?? []).Where(label => !string.IsNullOrEmpty(label)).Distinct(StringComparer.Ordinal).ToList();
        return await labels.SetAsync(id, wanted, cancellationToken) is { } why
            ? Problems.Invalid(Refused, "$.labelIds", why)
            : Wire.Json(new LabelsOfReply(wanted));
    }

    private static IResult ToResult((Label? Label, string? Why) saved, string? id, int status) => saved switch
    {
        ({ } label, _) => Wire.Json(label, status),
        (_, { } why) => Problems.Invalid(Refused, "$", why),
        _ => Problems.NotFound(Kind, id),
    };

    private static IResult NoVersion(string id) => Problems.NotFound("workflow definition version", id);
}

/// <summary>A page of labels.</summary>
internal sealed record LabelList(IReadOnlyList<Label> Items, int TotalCount);

/// <summary>Which labels a version is to carry.</summary>
internal sealed record LabelsOfRequest
{
    /// <summary>Ids of labels; those that are left out are taken off.</summary>
    public IReadOnlyList<string>? LabelIds { get; init; }
}

/// <summary>Which labels a version carries.</summary>
internal sealed record LabelsOfReply(IReadOnlyList<string> LabelIds);
