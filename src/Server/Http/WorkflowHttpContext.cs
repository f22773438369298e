using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Platform.Engine;
using Platform.Runtime.Execution;

namespace Platform.Server.Http;

/// <summary>
/// The HTTP request behind a burst, as the burst's services: activities ask for this type. What they answer is held back until the
/// burst is committed, so that no caller hears of something that a crash undoes.
/// </summary>
public sealed class WorkflowHttpContext : IServiceProvider
{
    private readonly IServiceProvider _services;
    private ITimer? _timer;
    private volatile Task<bool>? _cancellation;

    /// <summary>Wraps a request.</summary>
    /// <param name="httpContext">The request.</param>
    /// <param name="services">Services of the host.</param>
    public WorkflowHttpContext(HttpContext httpContext, IServiceProvider services)
    {
        HttpContext = httpContext;
        _services = services;
    }

    /// <summary>The request.</summary>
    public HttpContext HttpContext { get; }

    /// <summary>Values of the route's parameters; keys are lower-case. Null when it has none.</summary>
    public RouteValueDictionary? RouteValues { get; set; }

    /// <summary>What a workflow answered; null while it answered nothing. A later answer replaces an earlier one.</summary>
    public WorkflowHttpResponse? Response
    {
        get;
        set
        {
            field = value;
            if (value is not null)
                Answering?.Invoke(value);
        }
    }

    /// <summary>Hears of each answer while the burst runs; null when nobody wants to.</summary>
    internal Action<WorkflowHttpResponse>? Answering { get; set; }

    /// <summary>Whether the endpoint's rules were checked before the burst.</summary>
    internal bool IsAuthorized { get; set; }

    /// <summary>The request behind the burst of an execution that wants to answer it.</summary>
    /// <param name="context">The execution.</param>
    /// <exception cref="FaultException">There is none.</exception>
    internal static WorkflowHttpContext Of(ActivityExecutionContext context) => context.GetService<WorkflowHttpContext>() ?? throw new FaultException(
        "NoHttpContext",
        "HTTP",
        "System",
        "There is no HTTP request to answer: it ended before the workflow came here. Answer before the workflow waits.");

    /// <inheritdoc />
    public object? GetService(Type serviceType)
    {
        if (serviceType == typeof(WorkflowHttpContext))
            return this;
        return serviceType == typeof(HttpContext) ? HttpContext : _services.GetService(serviceType);
    }

    /// <summary>Writes the workflow's answer to the caller. Call it only after the burst was committed.</summary>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <returns>False when the workflow answered nothing; then nothing was written.</returns>
    public async ValueTask<bool> SendAsync(CancellationToken cancellationToken)
    {
        if (Response is not { } answer)
            return false;
        var response = HttpContext.Response;
        response.StatusCode = answer.StatusCode;
        if (answer.Headers is { } headers)
        {
            foreach (var (name, values) in headers)
                response.Headers[name] = values;
        }

        // Without a body there is nothing whose type could be named.
        if (answer.StatusCode is 204 or 304 or < 200)
            return true;
        if (answer.ContentType is { } contentType)
            response.Headers[HeaderNames.ContentType] = contentType;
        response.ContentLength = answer.Body.Length;
        if (answer.Body.Length > 0 && !HttpMethods.IsHead(HttpContext.Request.Method))
            await response.BodyWriter.WriteAsync(answer.Body, cancellationToken);
        return true;
    }

    /// <summary>Limits the time of the burst: afterwards its instance is cancelled.</summary>
    /// <param name="context">The execution of the endpoint.</param>
    /// <param name="timeout">How long.</param>
    internal void BeginTimeout(ActivityExecutionContext context, TimeSpan timeout)
    {
        var instanceId = context.WorkflowExecutionContext.Id;
        var runtime = context.GetRequiredService<WorkflowRuntime>();
        _timer?.Dispose();
        _timer = context.WorkflowExecutionContext.Host.Clock.CreateTimer(_ => _ = CancelAsync(runtime, instanceId), null, timeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends the limit of <see cref="BeginTimeout"/>.</summary>
    /// <returns>Whether the instance was cancelled because its time was over.</returns>
    internal async ValueTask<bool> EndTimeoutAsync()
    {
        if (_timer is null)
            return false;
        await _timer.DisposeAsync();
        return _cancellation is { } cancellation && await cancellation;
    }

    /// <summary>Cancels the instance. The burst may end before this does, so that a cancellation has begun is known first.</summary>
    private async Task CancelAsync(WorkflowRuntime runtime, string instanceId)
    {
        var source = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _cancellation = source.Task;
        try
        {
            source.SetResult(await runtime.CancelAsync(instanceId, CancellationToken.None));
        }
        // Handed to the request, which awaits it.
        catch (Exception exception)
        {
            source.SetException(exception);
        }
    }

    /// <summary>Whether the request has or may have a body.</summary>
    internal bool CanHaveBody =>
        HttpContext.Request.ContentLength is > 0
        || (HttpContext.Request.ContentLength is null
            && HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true);
}

/// <summary>An answer to an HTTP request, complete in memory.</summary>
/// <param name="StatusCode">Status code.</param>
/// <param name="ContentType">Media type; null for none.</param>
/// <param name="Body">Body; empty for none.</param>
/// <param name="Headers">Further headers; null for none.</param>
public sealed record WorkflowHttpResponse(int StatusCode, string? ContentType, ReadOnlyMemory<byte> Body, HttpHeaders? Headers);
