using System.Net;
using Platform.Engine;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using Platform.Server.Operations;
using Platform.Server.Telemetry;

namespace Platform.Server.Http;

/// <summary>
/// Answers requests under the base path: finds the workflow, runs it until it finishes or waits, and sends what it answered once that
/// is durable.
/// </summary>
/// <param name="routes">Knows the paths.</param>
/// <param name="runtime">Runs workflows.</param>
/// <param name="store">Knows who waits.</param>
/// <param name="host">Services of activities.</param>
/// <param name="options">Options.</param>
/// <param name="logger">Log.</param>
internal sealed class WorkflowEndpoints(
    HttpRouteTable routes,
    WorkflowRuntime runtime,
    IWorkflowStore store,
    EngineHost host,
    HttpOptions options,
    ILogger<WorkflowEndpoints> logger)
{
    private const string InstanceHeader = "X-Workflow-Instance-ID";
    private const string InstanceQuery = "workflowInstanceId";
    private const string CorrelationHeader = "X-Correlation-ID";
    private const string CorrelationQuery = "correlationId";

    private readonly WorkflowAnswers _answers = host.Services.GetRequiredService<WorkflowAnswers>();
    private readonly KeyedRequests _keyed = host.Services.GetRequiredService<KeyedRequests>();
    private readonly ServerMetrics? _metrics = host.Services.GetService<ServerMetrics>();
    private readonly Intake _intake = host.Services.GetRequiredService<Intake>();
    private readonly DispatchRules _rules = host.Services.GetRequiredService<DispatchRules>();

    /// <summary>Answers a request whose path begins with the base path.</summary>
    /// <param name="context">The request.</param>
    public Task HandleAsync(HttpContext context) => _metrics?.TimesTriggers == true ? TimeAsync(context, _metrics) : AnswerAsync(context);

    private async Task TimeAsync(HttpContext context, ServerMetrics metrics)
    {
        var begunAt = host.Clock.GetTimestamp();
        try
        {
            await AnswerAsync(context);
        }
        finally
        {
            metrics.Triggered(host.Clock.GetElapsedTime(begunAt), context.Response.StatusCode, context.RequestAborted.IsCancellationRequested);
        }
    }

    private Task AnswerAsync(HttpContext context) => routes.IsStale ? RefreshAndMatchAsync(context) : MatchAsync(context);

    private async Task RefreshAndMatchAsync(HttpContext context)
    {
        try
        {
            await routes.RefreshAsync(context.RequestAborted);
        }
        // The HTTP boundary: what fails here is the store, and callers get an answer all the same.
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            Log.RequestFailed(logger, exception, context.Request.Path);
            await WorkflowAnswers.UnavailableAsync(context);
            return;
        }

        await MatchAsync(context);
    }

    private Task MatchAsync(HttpContext context)
    {
        var path = context.Request.Path.Value.AsSpan();
        path = path.Length > options.BasePath.Length ? path[options.BasePath.Length..].TrimEnd('/') : default;
        return path.Length > 0 && routes.TryMatch(context, path, out var match) ? RunAsync(context, match) : WorkflowAnswers.NotFoundAsync(context);
    }

    private async Task RunAsync(HttpContext context, HttpMatch match)
    {
        if (!_intake.TryEnter())
        {
            await Refusals.OfCall(_intake).ExecuteAsync(context);
            return;
        }

        try
        {
            var http = new WorkflowHttpContext(context, host.Services) { RouteValues = match.Values };
            if (match.Triggers is { } triggers)
                await StartAsync(context, http, match, triggers);
            else
                await ResumeAsync(context, http, match, match.Waiting);
        }
        // The HTTP boundary: activities turn their failures into faults, so this is the store; nothing of the run is durable.
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            Log.RequestFailed(logger, exception, context.Request.Path);
            if (!context.Response.HasStarted)
                await WorkflowAnswers.UnavailableAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone; a burst that had begun was committed all the same.
        }
        finally
        {
            _intake.Leave();
        }
    }

    private async Task StartAsync(HttpContext context, WorkflowHttpContext http, HttpMatch match, HttpTrigger[] triggers)
    {
        if (triggers.Length > 1)
        {
            await WorkflowAnswers.AmbiguousAsync(context, triggers.Select(trigger => trigger.DefinitionId));
            return;
        }

        var trigger = triggers[0];
        if (!await IsAdmittedAsync(context, http, trigger.Rules))
            return;
        KeyedRequest? keyed = null;
        if (trigger.Rules.Webhook is null && KeyedRequests.HasKey(context.Request) && (keyed = await _keyed.ReadAsync(context, trigger)) is null)
            return;
        // A webhook that is sent again finds the instance that it started: so it starts one, however often it comes.
        var instanceId = trigger.Rules.Webhook is null
            ? keyed?.InstanceId ?? Selector(context.Request, InstanceHeader, InstanceQuery)
            : WebhookCheck.InstanceIdOf(trigger, context.Request);
        var result = await runtime.StartAsync(
            new StartRequest
            {
                DefinitionVersionId = trigger.DefinitionVersionId,
                TriggerActivityId = trigger.ActivityId,
                InstanceId = instanceId,
                CorrelationId = Selector(context.Request, CorrelationHeader, CorrelationQuery),
                AppliesActivationStrategy = false,
                Services = http,
                Properties = keyed?.Properties,
                Begin = keyed is null ? null : KeyedRequest.Begin(http),
            },
            context.RequestAborted);
        switch (result)
        {
            case StartResult.Started started:
                await _answers.SendAsync(context, http, started.Instance, started.Workflow);
                break;
            case StartResult.Exists exists when keyed is not null:
                await _keyed.AnswerAgainAsync(context, http, keyed, exists.Instance);
                break;
            case StartResult.Exists when trigger.Rules.Webhook is not null:
                context.Response.Headers[InstanceHeader] = instanceId;
                break;
            case StartResult.Exists when routes.FindWaiting(match.Path, context.Request.Method) is { } waiting:
                await ResumeAsync(context, http, match, waiting);
                break;
            case StartResult.Exists:
                await WorkflowAnswers.ConflictAsync(context, instanceId);
                break;
            case StartResult.Held held:
                if (held.Hold.Kind == HoldKind.Dropped)
                    await _rules.CountDroppedAsync(trigger.DefinitionId);
                await Refusals.Of(held.Hold).ExecuteAsync(context);
                break;
            default:
                await WorkflowAnswers.NotFoundAsync(context);
                break;
        }
    }

    private async Task ResumeAsync(HttpContext context, WorkflowHttpContext http, HttpMatch match, HttpWaiting? waiting)
    {
        if (waiting is null)
        {
            await WorkflowAnswers.NotFoundAsync(context);
            return;
        }

        var bookmarks = await store.FindBookmarksAsync(
            new BookmarkFilter
            {
                Name = HttpEndpointPayload.StimulusName,
                Hash = waiting.Hash,
                InstanceId = Selector(context.Request, InstanceHeader, InstanceQuery),
                CorrelationId = Selector(context.Request, CorrelationHeader, CorrelationQuery),
            },
            context.RequestAborted);
        switch (bookmarks)
        {
            case []:
                await ForgetAndRematchAsync(context, match, waiting);
                break;
            case [var bookmark]:
                http.IsAuthorized = false;
                if (await runtime.ResumeAsync(bookmark, null, http, context.RequestAborted) is ResumeResult.Resumed resumed)
                    await _answers.SendAsync(context, http, resumed.Instance, resumed.Workflow);
                else
                    await WorkflowAnswers.NotFoundAsync(context);
                break;
            default:
                await WorkflowAnswers.AmbiguousAsync(context, bookmarks.Select(bookmark => bookmark.InstanceId));
                break;
        }
    }

    /// <summary>Nobody waits here any more: another template may match the path.</summary>
    private async Task ForgetAndRematchAsync(HttpContext context, HttpMatch match, HttpWaiting waiting)
    {
        var all = new BookmarkFilter { Name = HttpEndpointPayload.StimulusName, Hash = waiting.Hash };
        var isKnown = ReferenceEquals(routes.FindWaiting(match.Path, context.Request.Method), waiting);
        if (match.Triggers is null && isKnown && (await store.FindBookmarksAsync(all, context.RequestAborted)).Count == 0)
        {
            routes.Forget(match.Path, context.Request.Method, waiting);
            await MatchAsync(context);
            return;
        }

        await WorkflowAnswers.NotFoundAsync(context);
    }

    /// <summary>Checks what can be checked before anything starts: strangers and oversized bodies leave no instance behind.</summary>
    private static async ValueTask<bool> IsAdmittedAsync(HttpContext context, WorkflowHttpContext http, HttpEndpointRules rules)
    {
        if (rules.BodyBytesMax is { } bytesMax && context.Request.ContentLength > bytesMax)
        {
            await WorkflowAnswers.TooLargeAsync(context, bytesMax);
            return false;
        }

        if (rules.Authorize && !await HttpAuthorization.IsAllowedAsync(context, rules.Policy))
        {
            context.Response.StatusCode = (int)HttpStatusCode.Unauthorized;
            return false;
        }

        if (rules.Webhook is { } webhook && await http.GetRequiredService<WebhookCheck>().RefusalAsync(context, webhook) is { } refusal)
        {
            await refusal.WriteAsync(context);
            return false;
        }

        http.IsAuthorized = true;
        return true;
    }

    private static string? Selector(HttpRequest request, string header, string query)
    {
        if (request.Headers.TryGetValue(header, out var value) && value.ToString() is { Length: > 0 } given)
            return given;
        return request.QueryString.HasValue && request.Query[query].ToString() is { Length: > 0 } text ? text : null;
    }
}
