using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Engine.Definitions;
using Platform.Runtime.Audit;
using Platform.Runtime.Retention;
using Platform.Runtime.Store;
using Platform.Server.Audit;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>How long the instances of each workflow are kept, as the operator says it.</summary>
internal static class Retention
{
    public static void MapRetention(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/retention").WithTags("Retention");
        group.MapGet("", ListAsync).RequirePermission("read:storage", "manage:retention")
            .WithSummary("Lists how long the instances of workflows are kept, as operators have set it.")
            .Produces<RetentionList>();
        group.MapPut("/{definitionId}", SetAsync).RequirePermission("manage:retention").Audited("retention.set", "workflow", "definitionId")
            .WithSummary("Sets how long the instances of a workflow are kept.")
            .Reads<RetentionBody>()
            .Produces<RetentionModel>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4581")
            .Refuses(StatusCodes.Status404NotFound, "WF4580");
        group.MapDelete("/{definitionId}", RemoveAsync).RequirePermission("manage:retention").Audited("retention.remove", "workflow", "definitionId")
            .WithSummary("Lets the workflow and the server say again how long instances are kept.")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(StatusCodes.Status404NotFound, "WF4582");
    }

    private static async Task<IResult> ListAsync(IWorkflowStore store, RetentionOptions options, CancellationToken cancellationToken, int skip = 0, int take = 50)
    {
        if (skip < 0 || take is < 0 or > 1000)
            return Problem.Unreadable with { Detail = "'skip' is a number from 0 up, 'take' one from 0 to 1000." };
        var documents = await store.ListDocumentsAsync(RetentionSetting.DocumentKind, cancellationToken);
        var items = documents.Skip(skip).Take(take).Select(document => ModelOf(document.Id, RetentionSetting.Read(document.Json))).ToList();
        return ApiJson.Reply(new RetentionList(items, documents.Count, new(options.Finished, options.Faulted, options.InstancesMax)));
    }

    private static async Task<IResult> SetAsync(string definitionId, HttpRequest request, IWorkflowStore store, CancellationToken cancellationToken)
    {
        if (await store.FindDefinitionAsync(definitionId, VersionOptions.Latest, cancellationToken) is null)
            return NoWorkflow(definitionId);
        var body = await ApiJson.ReadAsync<RetentionBody>(request);
        RetentionSetting setting;
        try
        {
            setting = RetentionSetting.Read(JsonSerializer.SerializeToElement(body, ApiJson.Default.RetentionBody));
        }
        catch (FormatException exception)
        {
            return new Problem(StatusCodes.Status400BadRequest, "WF4581", "The retention cannot be used", exception.Message);
        }

        var former = await store.FindDocumentAsync(RetentionSetting.DocumentKind, definitionId, cancellationToken);
        var commit = new Commit { Documents = [new(RetentionSetting.DocumentKind, definitionId, setting.ToJson())] };
        AuditScope.Current?.AddTo(commit, ChangeOf(definitionId, former?.Json, setting.ToJson()));
        await store.CommitAsync(commit, CancellationToken.None);
        return ApiJson.Reply(ModelOf(definitionId, setting));
    }

    private static async Task<IResult> RemoveAsync(string definitionId, IWorkflowStore store, CancellationToken cancellationToken)
    {
        if (await store.FindDocumentAsync(RetentionSetting.DocumentKind, definitionId, cancellationToken) is not { } former)
        {
            return new Problem(
                StatusCodes.Status404NotFound, "WF4582", "No retention is set", $"No operator has set a retention for the workflow '{definitionId}'.");
        }

        var commit = new Commit { DeletedDocuments = [new(RetentionSetting.DocumentKind, definitionId)] };
        AuditScope.Current?.AddTo(commit, ChangeOf(definitionId, former.Json, null));
        await store.CommitAsync(commit, CancellationToken.None);
        return Results.NoContent();
    }

    private static Problem NoWorkflow(string definitionId) => new(
        StatusCodes.Status404NotFound, "WF4580", "There is no such workflow", $"There is no workflow definition '{definitionId}'.");

    private static AuditChange ChangeOf(string definitionId, string? before, string? after) =>
        new("workflow", definitionId, null) { Before = Read(before), After = Read(after) };

    private static JsonObject? Read(string? setting) => setting is null ? null : JsonNode.Parse(setting) as JsonObject;

    private static RetentionModel ModelOf(string id, RetentionSetting setting) =>
        new(id, setting.Finished, setting.Faulted, setting.Max, setting.KeepsForever ? "forever" : null);
}

/// <summary>What a request sets.</summary>
/// <param name="Finished">How long finished instances are kept, as days.hours:minutes:seconds.</param>
/// <param name="Faulted">How long faulted and cancelled ones are kept.</param>
/// <param name="Max">Most finished instances that are kept.</param>
/// <param name="Keep"><c>forever</c> to delete none.</param>
internal sealed record RetentionBody(string? Finished = null, string? Faulted = null, int? Max = null, string? Keep = null);

/// <summary>What is set for a workflow.</summary>
/// <param name="DefinitionId">The workflow.</param>
/// <param name="Finished">How long finished instances are kept; null for what is said elsewhere.</param>
/// <param name="Faulted">How long faulted and cancelled ones are kept; null for what is said elsewhere.</param>
/// <param name="Max">Most finished instances that are kept; null for no limit here.</param>
/// <param name="Keep"><c>forever</c> when none is deleted.</param>
internal sealed record RetentionModel(string DefinitionId, TimeSpan? Finished, TimeSpan? Faulted, int? Max, string? Keep);

/// <summary>What holds for workflows that say nothing.</summary>
/// <param name="Finished">How long finished instances are kept.</param>
/// <param name="Faulted">How long faulted and cancelled ones are kept.</param>
/// <param name="Max">Most finished instances of a workflow; null for no limit.</param>
internal sealed record RetentionDefaults(TimeSpan Finished, TimeSpan Faulted, int? Max);

/// <summary>A page of what is set.</summary>
/// <param name="Items">The settings.</param>
/// <param name="TotalCount">How many there are on all pages.</param>
/// <param name="Defaults">What holds for all others.</param>
internal sealed record RetentionList(IReadOnlyList<RetentionModel> Items, int TotalCount, RetentionDefaults Defaults);
