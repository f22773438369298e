using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Engine.Values;
using Platform.Runtime.Definitions;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Execution;
using Platform.Server.Audit;
using Platform.Server.Elsa.Instances;
using Platform.Server.Http;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Definitions;

/// <summary>Starts instances: at once and waiting for the first burst, or queued.</summary>
internal static class DefinitionExecution
{
    private const string InstanceHeader = "x-elsa-workflow-instance-id";
    private const string CannotStartHeader = "x-elsa-workflow-cannot-start";

    /// <summary>Tells the state of the instance from an answer that the workflow wrote.</summary>
    private const string OwnAnswerHeader = "x-elsa-response";
    private const string Kind = "workflow definition";
    private const int DispatchMax = 10_000;

    /// <summary>Maps the routes.</summary>
    public static void MapDefinitionExecution(this IEndpointRouteBuilder api)
    {
        var routes = api.MapGroup("/workflow-definitions/{definitionId}").RequirePermission("exec:workflow-definitions")
            .NotAudited("A run is an instance, whose journal tells all that it did; one more row for each would halve what the server can start.");
        routes.MapPost("/execute", (string definitionId, Body<ExecuteRequest> body, HttpContext context, WorkflowRuntime runtime, CancellationToken token) =>
            ExecuteAsync(definitionId, body.Value, context, runtime, token));
        routes.MapGet("/execute", (string definitionId, HttpContext context, WorkflowRuntime runtime, CancellationToken token) =>
            ExecuteAsync(definitionId, ExecuteRequest.Of(context.Request.Query), context, runtime, token));
        routes.MapPost("/dispatch", DispatchAsync);
        routes.MapPost("/bulk-dispatch", BulkDispatchAsync);
    }

    /// <summary>
    /// The workflow's own answer when it wrote one; otherwise the state of the instance. A faulted first burst answers 500 with the
    /// state, as in Elsa; Studio does not repeat this request.
    /// </summary>
    private static async Task<IResult> ExecuteAsync(
        string definitionId, ExecuteRequest request, HttpContext context, WorkflowRuntime runtime, CancellationToken cancellationToken)
    {
        IResult? refusal = null;
        var start = ToStart(definitionId, request, ref refusal);
        if (refusal is not null)
            return refusal;
        var key = IdempotencyKey.Of(context.Request, start, ref refusal);
        if (refusal is not null)
            return refusal;
        var intake = context.RequestServices.GetRequiredService<Intake>();
        if (!intake.TryEnter())
            return Refusals.OfCall(intake);
        try
        {
            return await RunAsync(definitionId, start, key, context, runtime, cancellationToken);
        }
        finally
        {
            intake.Leave();
        }
    }

    private static async Task<IResult> RunAsync(
        string definitionId, StartRequest start, string? key, HttpContext context, WorkflowRuntime runtime, CancellationToken cancellationToken)
    {
        var http = new WorkflowHttpContext(context, context.RequestServices.GetRequiredService<EngineHost>().Services);
        var result = key is null
            ? await runtime.StartAsync(start with { Services = http }, cancellationToken)
            : await context.RequestServices.GetRequiredService<KeyedStarts>().StartAsync(start with { Services = http }, key, cancellationToken);
        if (result is null)
            return IdempotencyKey.Reused(definitionId);
        await http.EndTimeoutAsync();
        if (result is StartResult.Held { Hold.Kind: HoldKind.Dropped })
            await context.RequestServices.GetRequiredService<DispatchRules>().CountDroppedAsync(definitionId);
        if (result is StartResult.Started { Instance.Id: var id } && http.Response is not null)
        {
            context.Response.Headers[InstanceHeader] = id;
            ResponseHeaders.Sandbox(context.Response);
            await http.SendAsync(context.RequestAborted);
            return Results.Empty;
        }

        context.Response.Headers[OwnAnswerHeader] = "true";
        return result.Match(
            started =>
            {
                context.Response.Headers[InstanceHeader] = started.Instance.Id;
                var status = started.Instance.SubStatus == nameof(WorkflowSubStatus.Faulted)
                    ? StatusCodes.Status500InternalServerError
                    : StatusCodes.Status200OK;
                return Wire.Json(new JsonObject { ["workflowState"] = WorkflowStates.ToJson(started.Instance, started.Workflow) }, status);
            },
            exists =>
            {
                context.Response.Headers[InstanceHeader] = exists.Instance.Id;
                return Wire.Json(new JsonObject { ["workflowState"] = WorkflowStates.ToJson(exists.Instance, null) });
            },
            notFound => Problems.NotFound(Kind, notFound.What),
            refused =>
            {
                context.Response.Headers[CannotStartHeader] = "true";
                return Wire.Json(new JsonObject { ["workflowState"] = null, ["reason"] = refused.Reason });
            },
            held => Refusals.Of(held.Hold));
    }

    private static async Task<IResult> DispatchAsync(
        string definitionId, Body<ExecuteRequest> body, HttpRequest request, WorkflowDefinitions definitions, WorkflowRuntime runtime, CancellationToken cancellationToken)
    {
        IResult? refusal = null;
        var start = ToStart(definitionId, body.Value, ref refusal);
        var key = refusal is null ? IdempotencyKey.Of(request, start, ref refusal) : null;
        if (refusal is not null)
            return refusal;
        if (await definitions.FindAsync(definitionId, start.Version, cancellationToken) is null)
            return Problems.NotFound(Kind, $"{definitionId} ({start.Version})");
        if (await Refusals.OfQueueingAsync(request.HttpContext, definitionId, 1) is { } full)
            return full;
        if (key is null)
            return Wire.Json(new DispatchReply(await runtime.DispatchAsync(start, cancellationToken)));
        var keyed = request.HttpContext.RequestServices.GetRequiredService<KeyedStarts>();
        return await keyed.DispatchAsync(start, key, cancellationToken) is { } id ? Wire.Json(new DispatchReply(id)) : IdempotencyKey.Reused(definitionId);
    }

    private static async Task<IResult> BulkDispatchAsync(
        string definitionId, Body<ExecuteRequest> body, HttpRequest request, WorkflowDefinitions definitions, WorkflowRuntime runtime, CancellationToken cancellationToken)
    {
        IResult? refusal = null;
        var start = ToStart(definitionId, body.Value with { InstanceId = null }, ref refusal);
        if (request.Headers.ContainsKey(IdempotencyKey.Header))
            refusal = Problems.Invalid("WF4520", "$", $"Many instances cannot be started with one {IdempotencyKey.Header}. Dispatch them one by one.");
        var count = body.Value.Count ?? 1;
        if (count is < 0 or > DispatchMax)
            refusal = Problems.Invalid("WF4005", "$.count", $"Between 0 and {DispatchMax} instances can be dispatched at once.");
        if (refusal is not null)
            return refusal;
        if (await definitions.FindAsync(definitionId, start.Version, cancellationToken) is null)
            return Problems.NotFound(Kind, $"{definitionId} ({start.Version})");
        if (await Refusals.OfQueueingAsync(request.HttpContext, definitionId, count) is { } full)
            return full;
        var ids = new List<string>(count);
        for (var i = 0; i < count; i++)
            ids.Add(await runtime.DispatchAsync(start, cancellationToken));
        return Wire.Json(new BulkDispatchReply(ids));
    }

    private static StartRequest ToStart(string definitionId, ExecuteRequest request, ref IResult? refusal) => new()
    {
        DefinitionId = definitionId,
        Version = QueryText.Versions(request.VersionOptions, VersionOptions.Published, ref refusal),
        InstanceId = Given(request.InstanceId),
        CorrelationId = Given(request.CorrelationId),
        Name = Given(request.Name),
        TriggerActivityId = Given(request.TriggerActivityId),
        Input = request.Input?.ToDictionary(member => member.Key, member => DynamicJson.FromElement(member.Value), StringComparer.Ordinal),
    };

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

/// <summary>Asks for one or more instances.</summary>
internal sealed record ExecuteRequest
{
    /// <summary>Id to give; only when dispatching.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Correlation id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Name of the instance.</summary>
    public string? Name { get; init; }

    /// <summary>Activity to start at.</summary>
    public string? TriggerActivityId { get; init; }

    /// <summary>Which version; the published one when absent.</summary>
    public string? VersionOptions { get; init; }

    /// <summary>Inputs by name.</summary>
    public Dictionary<string, JsonElement>? Input { get; init; }

    /// <summary>How many instances; only for the bulk form.</summary>
    public int? Count { get; init; }

    /// <summary>The request out of a query.</summary>
    public static ExecuteRequest Of(IQueryCollection query) => new()
    {
        CorrelationId = query.Text("correlationId"),
        Name = query.Text("name"),
        TriggerActivityId = query.Text("triggerActivityId"),
        VersionOptions = query.Text("versionOptions"),
    };
}

/// <summary>The instance that will run.</summary>
internal sealed record DispatchReply(string WorkflowInstanceId);

/// <summary>The instances that will run.</summary>
internal sealed record BulkDispatchReply(IReadOnlyList<string> WorkflowInstanceIds);
