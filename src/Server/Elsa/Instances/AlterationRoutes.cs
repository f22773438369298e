using System.Text.Json;
using Platform.Engine;
using Platform.Runtime.Alterations;
using Platform.Server.Audit;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Instances;

/// <summary>Alterations of instances: at once for a few, as a plan in the background for many.</summary>
internal static class AlterationRoutes
{
    /// <summary>Most instances that one request alters while its client waits.</summary>
    private const int InstancesAtOnceMax = 1_000;

    private const int PlanIdLengthMax = 100;

    /// <summary>Maps the routes.</summary>
    public static void MapAlterations(this IEndpointRouteBuilder api)
    {
        var alterations = api.MapGroup("/alterations");
        alterations.MapPost("/dry-run", DryRunAsync).RequirePermission("run:alterations").NotAudited("It only reads.");
        alterations.MapPost("/run", RunAsync).RequirePermission("run:alterations").Audited("instance.alter", "instance");
        alterations.MapPost("/submit", SubmitAsync).RequirePermission("run:alterations").Audited("alteration.submit", "alterationPlan");
        alterations.MapPost("/workflows/retry", RetryAsync).RequirePermission("run:alterations").Audited("instance.retry", "instance");
        alterations.MapGet("/{id}", FindAsync).RequirePermission("read:alterations");
    }

    private static async Task<IResult> DryRunAsync(Body<AlterationFilterRequest> body, AlterationTargets targets, CancellationToken cancellationToken)
    {
        IResult? refusal = null;
        var filter = body.Value.ToFilter(ref refusal);
        if (refusal is not null)
            return refusal;
        var ids = filter is null ? [] : await targets.FindAsync(filter, cancellationToken);
        return ids is null ? TooMany() : Wire.Json(new SelectedInstancesReply(ids));
    }

    private static async Task<IResult> RunAsync(Body<AlterationRunRequest> body, InstanceAlterations alterations, CancellationToken cancellationToken)
    {
        var list = AlterationReader.Read(body.Value.Alterations, out var problems);
        return problems.Count > 0
            ? Problems.Invalid(problems)
            : await AlterEachAsync(body.Value.WorkflowInstanceIds, list, alterations, cancellationToken);
    }

    private static Task<IResult> RetryAsync(Body<RetryRequest> body, InstanceAlterations alterations, CancellationToken cancellationToken) =>
        AlterEachAsync(body.Value.WorkflowInstanceIds, [new Alteration.RetryFaulted(body.Value.ActivityIds)], alterations, cancellationToken);

    private static async Task<IResult> AlterEachAsync(
        IReadOnlyList<string>? instanceIds, IReadOnlyList<Alteration> list, InstanceAlterations alterations, CancellationToken cancellationToken)
    {
        var ids = (instanceIds ?? []).Where(id => !string.IsNullOrEmpty(id)).Distinct(StringComparer.Ordinal).ToList();
        if (ids.Count is 0 or > InstancesAtOnceMax)
        {
            return Problems.Invalid(
                "WF4021", "$.workflowInstanceIds", $"Name 1 to {InstancesAtOnceMax} instances. For more, submit a plan, which is done in the background.");
        }

        var results = new List<AlterationRunResult>();
        foreach (var id in ids)
        {
            var result = await alterations.RunAsync(id, list, cancellationToken);
            results.Add(new AlterationRunResult(id, new AlterationLogModel(result.Log), result.HasScheduledWork, result.IsSuccessful));
        }

        return Wire.Json(new AlterationRunReply(results));
    }

    private static async Task<IResult> SubmitAsync(Body<AlterationRequest> body, AlterationPlans plans, CancellationToken cancellationToken)
    {
        var request = body.Value;
        var list = AlterationReader.Read(request.Alterations, out var problems);
        if (problems.Count > 0)
            return Problems.Invalid(problems);
        if (request.Id is { Length: > PlanIdLengthMax })
            return Problems.Invalid("WF4021", "$.id", $"The id of a plan has {PlanIdLengthMax} characters at most.");
        IResult? refusal = null;
        var filter = ReadFilter(request.Filter, ref refusal)?.ToFilter(ref refusal, list);
        if (refusal is not null)
            return refusal;
        var sentFilter = request.Filter.ValueKind == JsonValueKind.Object ? request.Filter : JsonElement.Parse("{}");
        var result = await plans.SubmitAsync(request.Id, request.Alterations, sentFilter, filter, cancellationToken);
        return result.Match(
            accepted => Wire.Json(new AlterationReply(accepted.PlanId)),
            taken => Problems.Status(StatusCodes.Status409Conflict, "WF4024", $"There is another alteration plan with the id '{taken.PlanId}'. Give this one an id of its own, or none."),
            _ => TooMany());
    }

    private static async Task<IResult> FindAsync(string id, AlterationPlans plans, CancellationToken cancellationToken) =>
        await plans.FindAsync(id, cancellationToken) is var (plan, jobs)
            ? Wire.Json(new AlterationPlanReply(AlterationPlanModel.Of(plan), [.. jobs.Select(AlterationJobModel.Of)]))
            : Problems.NotFound("alteration plan", id);

    private static AlterationFilterRequest? ReadFilter(JsonElement filter, ref IResult? refusal)
    {
        if (filter.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return new AlterationFilterRequest();
        try
        {
            return filter.Deserialize(WireJson.Of<AlterationFilterRequest>());
        }
        catch (JsonException exception)
        {
            refusal = Problems.Invalid("WF4002", "$.filter" + exception.Path?.TrimStart('$'), $"A member has the wrong type. {exception.Message}");
            return null;
        }
    }

    private static IResult TooMany() => Problems.Invalid(
        "WF4023", "$.filter", "The filter selects, or has to look into, more instances than one plan may change. Narrow it, or raise Runtime:AlterationInstancesMax.");
}

/// <summary>Asks for a change of many instances.</summary>
internal sealed record AlterationRequest
{
    /// <summary>Id of the plan; a new one when absent.</summary>
    public string? Id { get; init; }

    /// <summary>The changes.</summary>
    public JsonElement Alterations { get; init; }

    /// <summary>Which instances.</summary>
    public JsonElement Filter { get; init; }
}

/// <summary>Asks for a change of a few instances at once.</summary>
internal sealed record AlterationRunRequest
{
    /// <summary>The changes.</summary>
    public JsonElement Alterations { get; init; }

    /// <summary>The instances.</summary>
    public IReadOnlyList<string>? WorkflowInstanceIds { get; init; }
}

/// <summary>Asks for faulted activities to be executed again.</summary>
internal sealed record RetryRequest
{
    /// <summary>The instances.</summary>
    public IReadOnlyList<string>? WorkflowInstanceIds { get; init; }

    /// <summary>Only these activities; all that faulted when empty.</summary>
    public IReadOnlyList<string>? ActivityIds { get; init; }
}

/// <summary>The plan that was accepted.</summary>
internal sealed record AlterationReply(string PlanId);

/// <summary>The instances that a filter selects.</summary>
internal sealed record SelectedInstancesReply(IReadOnlyList<string> WorkflowInstanceIds);

/// <summary>What became of each instance.</summary>
internal sealed record AlterationRunReply(IReadOnlyList<AlterationRunResult> Results);

/// <summary>What became of one instance.</summary>
internal sealed record AlterationRunResult(string WorkflowInstanceId, AlterationLogModel Log, bool WorkflowHasScheduledWork, bool IsSuccessful);

/// <summary>What alterations did.</summary>
internal sealed record AlterationLogModel(IReadOnlyList<AlterationLogEntry> LogEntries);

/// <summary>A plan and its jobs.</summary>
internal sealed record AlterationPlanReply(AlterationPlanModel Plan, IReadOnlyList<AlterationJobModel> Jobs);

/// <summary>A plan.</summary>
internal sealed record AlterationPlanModel(
    string Id,
    JsonElement Alterations,
    JsonElement WorkflowInstanceFilter,
    AlterationPlanStatus Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? CompletedAt)
{
    /// <summary>The plan on the wire.</summary>
    public static AlterationPlanModel Of(AlterationPlan plan) =>
        new(plan.Id, plan.Alterations, plan.Filter, plan.Status, plan.CreatedAt, plan.StartedAt, plan.CompletedAt);
}

/// <summary>The alteration of one instance by a plan.</summary>
internal sealed record AlterationJobModel(
    string Id,
    string PlanId,
    string WorkflowInstanceId,
    AlterationJobStatus Status,
    IReadOnlyList<AlterationLogEntry> Log,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? CompletedAt)
{
    /// <summary>The job on the wire.</summary>
    public static AlterationJobModel Of(AlterationJob job) =>
        new(job.Id, job.PlanId, job.InstanceId, job.Status, job.Log, job.CreatedAt, job.StartedAt, job.CompletedAt);
}
