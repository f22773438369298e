using System.Diagnostics;
using Platform.Engine;
using Platform.Engine.Execution;
using Span = System.Diagnostics.Activity;
using SpanKind = System.Diagnostics.ActivityKind;

namespace Platform.Runtime.Telemetry;

/// <summary>
/// The spans of one burst: one for the burst, and within it one for each activity that starts or goes on. An activity's span is the
/// current one while the activity's code runs or waits, so that its outgoing calls belong to it.
/// </summary>
internal sealed class BurstTrace
{
    /// <summary>Most spans of activities in one burst: a loop over a million items must not flood whoever collects them.</summary>
    internal const int SpansMax = 2_000;

    private readonly WorkflowExecutionContext _workflow;
    private readonly Span _burst;
    private readonly Dictionary<ActivityExecutionContext, Span> _open = [];
    private int _count;
    private int _dropped;
    private string? _faultCode;

    private BurstTrace(WorkflowExecutionContext workflow, Span burst)
    {
        _workflow = workflow;
        _burst = burst;
    }

    /// <summary>
    /// Begins the span of a burst, and makes it the current one for the caller. Its parent is what caused it in this process (a request,
    /// queued work, the step of a parent); else the first burst of the instance, to which it is linked otherwise.
    /// </summary>
    /// <param name="workflow">The instance.</param>
    /// <param name="log">Tells of its activities.</param>
    /// <returns>Null when nobody listens, or the trace is not sampled.</returns>
    public static BurstTrace? Begin(WorkflowExecutionContext workflow, BurstLog log)
    {
        if (!RuntimeTrace.Source.HasListeners())
            return null;
        var cause = Span.Current is { IdFormat: ActivityIdFormat.W3C } current ? current.Context : (ActivityContext?)null;
        var first = RuntimeTrace.ContextOf(workflow);
        var beginsAnew = first is null && workflow.Properties.TryGetValue(RuntimeTrace.StartNewTraceProperty, out var anew) && anew is true;
        var parent = beginsAnew ? null : cause ?? first;
        var linked = beginsAnew ? cause : first is { } other && other.TraceId != parent?.TraceId ? first : null;
        if (parent is null)
            Span.Current = null;
        var span = RuntimeTrace.Source.StartActivity(
            $"burst {workflow.Plan.Definition.DefinitionId}",
            SpanKind.Internal,
            parent ?? default,
            tags: null,
            links: linked is { } link ? [new ActivityLink(link)] : null,
            startTime: workflow.Host.Clock.GetUtcNow());
        // Kept also when this trace is not sampled: then the rest of the run is not sampled either.
        if (first is null && (span ?? Span.Current)?.Id is { } id)
            workflow.Properties[RuntimeTrace.TraceParentProperty] = id;
        if (span is null)
            return null;
        var trace = new BurstTrace(workflow, RuntimeTrace.Describe(span, workflow));
        if (span.IsAllDataRequested)
            log.Observer = trace.Observe;
        return trace;
    }

    /// <summary>Ends what is still open.</summary>
    /// <param name="isStored">Whether what the burst did was committed, or nothing had to be.</param>
    public void End(bool isStored)
    {
        foreach (var (_, span) in _open.OrderByDescending(open => open.Value.StartTimeUtc))
            Stop(span, nameof(ActivityStatus.Running));
        _burst.SetTag("workflow.status", _workflow.SubStatus.ToString());
        if (_dropped > 0)
            _burst.SetTag("workflow.spans_dropped", _dropped);
        if (!isStored)
            _burst.SetStatus(ActivityStatusCode.Error, "NotStored").SetTag("error.type", "NotStored");
        else if (_workflow.SubStatus == WorkflowSubStatus.Faulted && _faultCode is not null)
            _burst.SetStatus(ActivityStatusCode.Error, _faultCode).SetTag("error.type", _faultCode);
        _burst.SetEndTime(_workflow.Host.Clock.GetUtcNow().UtcDateTime);
        _burst.Stop();
    }

    private void Observe(ActivityExecutionContext context, ActivityMoment moment, Exception? exception)
    {
        switch (moment)
        {
            case ActivityMoment.Started:
                Open(context, context.StartedAt);
                break;
            case ActivityMoment.Resumed:
                Open(context, _workflow.Host.Clock.GetUtcNow())?.SetTag("workflow.activity.resumed", true);
                break;
            case ActivityMoment.Entering:
                Span.Current = _open.GetValueOrDefault(context) ?? _burst;
                break;
            case ActivityMoment.Left:
                Span.Current = _burst;
                break;
            default:
                Close(context, moment, exception);
                break;
        }
    }

    private Span? Open(ActivityExecutionContext context, DateTimeOffset at)
    {
        if (_open.Remove(context, out var earlier))
            Stop(earlier, nameof(ActivityStatus.Running));
        if (_count++ >= SpansMax)
        {
            _dropped++;
            return null;
        }

        var owner = context.ParentActivityExecutionContext is { } parent ? _open.GetValueOrDefault(parent) : null;
        var current = Span.Current;
        var span = RuntimeTrace.Source.StartActivity(RuntimeTrace.NameOf(context), SpanKind.Internal, (owner ?? _burst).Context, startTime: at);
        Span.Current = current;
        if (span is not null)
            _open[context] = RuntimeTrace.Describe(span, context);
        return span;
    }

    private void Close(ActivityExecutionContext context, ActivityMoment moment, Exception? exception)
    {
        if (exception is not null)
            _faultCode = FaultCode.Of(exception);
        if (!_open.Remove(context, out var span))
            return;
        if (exception is not null)
            RuntimeTrace.Fail(span, exception);
        Stop(span, moment.ToString());
    }

    private void Stop(Span span, string status)
    {
        var current = Span.Current;
        span.SetTag("workflow.activity.status", status);
        span.SetEndTime(_workflow.Host.Clock.GetUtcNow().UtcDateTime);
        span.Stop();
        Span.Current = current;
    }
}
