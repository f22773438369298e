using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Platform.Engine;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;

namespace Platform.Server.Http;

/// <summary>
/// Answers requests under the base path: finds the workflow, runs it until it finishes or waits, and sends what it answered once that
/// is durable. Requests it knows nothing of get 404, except pages of the user interface, which go on.
/// </summary>
public sealed class WorkflowEndpoints
{
    private const string InstanceHeader = "X-Workflow-Instance-ID";
    private const string InstanceQuery = "workflowInstanceId";
    private const string CorrelationHeader = "X-Correlation-ID";
    private const string CorrelationQuery = "correlationId";

    private readonly RequestDelegate _next;
    private readonly HttpRouteTable _routes;
    private readonly WorkflowRuntime _runtime;
    private readonly IWorkflowStore _store;
    private readonly EngineHost _host;
    private readonly WorkflowAnswers _answers;
    private readonly ILogger<WorkflowEndpoints> _logger;
    private readonly string _basePath;

    /// <summary>Makes the middleware.</summary>
    /// <param name="next">What answers other requests.</param>
    /// <param name="services">Services of the host.</param>
    public WorkflowEndpoints(RequestDelegate next, IServiceProvider services)
    {
        _next = next;
        _routes = services.GetRequiredService<HttpRouteTable>();
        _runtime = services.GetRequiredService<WorkflowRuntime>();
        _store = services.GetRequiredService<IWorkflowStore>();
        _host = services.GetRequiredService<EngineHost>();
        var options = services.GetRequiredService<HttpOptions>();
        _answers = new WorkflowAnswers(options);
        _logger = services.GetRequiredService<ILogger<WorkflowEndpoints>>();
        _basePath = options.BasePath;
    }

    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value;
        if (path is null || path.Length <= _basePath.Length + 1 || path[_basePath.Length] != '/'
            || !path.StartsWith(_basePath, StringComparison.OrdinalIgnoreCase))
            return _next(context);
        return _routes.IsStale ? RefreshAndMatchAsync(context) : MatchAsync(context);
    }

    private async Task RefreshAndMatchAsync(HttpContext context)
    {
        try
        {
            await _routes.RefreshAsync(context.RequestAborted);
        }
        // The HTTP boundary: what fails here is the store, and callers get an answer all the same.
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            Log.RequestFailed(_logger, exception, context.Request.Path);
            await WorkflowAnswers.UnavailableAsync(context);
            return;
        }

        await MatchAsync(context);
    }

    private Task MatchAsync(HttpContext context)
    {
        var path = context.Request.Path.Value.AsSpan(_basePath.Length).TrimEnd('/');
        if (_routes.TryMatch(context, path, out var match))
            return RunAsync(context, match);
        return IsPage(context.Request, path) ? _next(context) : WorkflowAnswers.NotFoundAsync(context);
    }

    /// <summary>Whether the user interface has a page here; its pages lie under the same path.</summary>
    private static bool IsPage(HttpRequest request, ReadOnlySpan<char> path) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && (path.StartsWith("/definitions", StringComparison.OrdinalIgnoreCase) || path.StartsWith("/instances", StringComparison.OrdinalIgnoreCase))
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private async Task RunAsync(HttpContext context, HttpMatch match)
    {
        try
        {
            var http = new WorkflowHttpContext(context, _host.Services) { RouteValues = match.Values };
            if (match.Triggers is { } triggers)
                await StartAsync(context, http, match, triggers);
            else
                await ResumeAsync(context, http, match, match.Waiting);
        }
        // The HTTP boundary: activities turn their failures into faults, so this is the store; nothing of the run is durable.
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            Log.RequestFailed(_logger, exception, context.Request.Path);
            if (!context.Response.HasStarted)
                await WorkflowAnswers.UnavailableAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone; a burst that had begun was committed all the same.
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
        var instanceId = Selector(context.Request, InstanceHeader, InstanceQuery);
        var result = await _runtime.StartAsync(
            new StartRequest
            {
                DefinitionVersionId = trigger.DefinitionVersionId,
                TriggerActivityId = trigger.ActivityId,
                InstanceId = instanceId,
                CorrelationId = Selector(context.Request, CorrelationHeader, CorrelationQuery),
                AppliesActivationStrategy = false,
                Services = http,
            },
            context.RequestAborted);
        switch (result)
        {
            case StartResult.Started started:
                await _answers.SendAsync(context, http, started.Instance, started.Workflow);
                break;
            case StartResult.Exists when _routes.FindWaiting(match.Path, context.Request.Method) is { } waiting:
                await ResumeAsync(context, http, match, waiting);
                break;
            case StartResult.Exists:
                await WorkflowAnswers.ConflictAsync(context, instanceId);
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

        var bookmarks = await _store.FindBookmarksAsync(
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
                if (await _runtime.ResumeAsync(bookmark, null, http, context.RequestAborted) is ResumeResult.Resumed resumed)
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
        var isKnown = ReferenceEquals(_routes.FindWaiting(match.Path, context.Request.Method), waiting);
        if (match.Triggers is null && isKnown && (await _store.FindBookmarksAsync(all, context.RequestAborted)).Count == 0)
        {
            _routes.Forget(match.Path, context.Request.Method, waiting);
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

/// <summary>Who may call an endpoint.</summary>
internal static class HttpAuthorization
{
    /// <summary>Whether the caller is signed in and fulfils the policy. Authenticates by the host's default scheme when nobody did.</summary>
    public static async ValueTask<bool> IsAllowedAsync(HttpContext context, string? policy)
    {
        if (context.User.Identity is not { IsAuthenticated: true } && !await AuthenticateAsync(context))
            return false;
        if (string.IsNullOrWhiteSpace(policy))
            return true;
        var authorization = context.RequestServices.GetService<IAuthorizationService>();
        return authorization is not null && (await authorization.AuthorizeAsync(context.User, null, policy)).Succeeded;
    }

    private static async ValueTask<bool> AuthenticateAsync(HttpContext context)
    {
        var schemes = context.RequestServices.GetService<IAuthenticationSchemeProvider>();
        if (schemes is null || await schemes.GetDefaultAuthenticateSchemeAsync() is not { } scheme)
            return false;
        if (await context.AuthenticateAsync(scheme.Name) is not { Succeeded: true, Principal: { } principal })
            return false;
        context.User = principal;
        return true;
    }
}
