using System.Diagnostics;
using Platform.Engine;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using Span = System.Diagnostics.Activity;
using SpanKind = System.Diagnostics.ActivityKind;

namespace Platform.Runtime.Telemetry;

/// <summary>
/// The traces of the runtime. Everything here costs one question, whether somebody listens, when nobody does. Spans name definitions,
/// instances and activities; they never hold inputs, outputs or messages of exceptions.
/// </summary>
public static class RuntimeTrace
{
    /// <summary>Name of the activity source.</summary>
    public const string SourceName = "Platform.Runtime";

    /// <summary>Property of an instance: the W3C trace context of its first burst, to which later ones belong.</summary>
    internal const string TraceParentProperty = "TraceParent";

    /// <summary>Property of an instance whose traces begin anew instead of going on with those of its parent.</summary>
    internal const string StartNewTraceProperty = "StartNewTrace";

    /// <summary>The source of all spans of the runtime.</summary>
    internal static readonly ActivitySource Source = new(SourceName);

    /// <summary>The trace context that work which is queued now belongs to; null when nobody listens or there is none.</summary>
    internal static string? CurrentId => Source.HasListeners() && Span.Current is { IdFormat: ActivityIdFormat.W3C } current ? current.Id : null;

    /// <summary>The span of queued work that was asked for within a trace; null when nobody listens or it was not.</summary>
    /// <param name="work">The work.</param>
    internal static Span? Work(StoredWork work)
    {
        if (!Source.HasListeners() || work.Kind is not (WorkKinds.Start or WorkKinds.Stimulus) || Parse(WorkCodec.ReadTraceParent(work.Payload)) is not { } asked)
            return null;
        var span = Source.StartActivity($"queue {work.Kind}", SpanKind.Consumer, asked);
        span?.SetTag("workflow.work.kind", work.Kind);
        span?.SetTag("workflow.work.attempt", work.Attempts + 1);
        if (work.InstanceId is not null)
            span?.SetTag("workflow.instance.id", work.InstanceId);
        return span;
    }

    /// <summary>The span of an activity that executes outside of its instance's bursts; null when nobody listens.</summary>
    /// <param name="copy">The copy of the instance that executes it.</param>
    /// <param name="bookmarkId">Where the instance waits for it.</param>
    internal static Span? Background(WorkflowExecutionContext copy, string bookmarkId)
    {
        if (!Source.HasListeners() || copy.Bookmarks.Find(bookmark => bookmark.Id == bookmarkId) is not { } bookmark)
            return null;
        var context = copy.ActivityExecutionContexts.FirstOrDefault(candidate => candidate.Id == ActivityExecutionContext.FormatId(copy.Id, bookmark.ActivitySequence));
        if (context is null)
            return null;
        var span = Source.StartActivity(NameOf(context), SpanKind.Internal, ContextOf(copy) ?? default);
        if (span is not null)
            Describe(span, context).SetTag("workflow.activity.background", true);
        return span;
    }

    /// <summary>Says how a background activity ended.</summary>
    /// <param name="span">Its span, or null.</param>
    /// <param name="result">What it did; null when nobody waited for it any more.</param>
    internal static void End(Span? span, BackgroundResult? result)
    {
        if (span is null || result is null)
            return;
        if (result.Fault is { } fault)
            Fail(span, fault);
        span.SetTag("workflow.activity.status", result.Fault is null ? nameof(ActivityStatus.Completed) : nameof(ActivityStatus.Faulted));
    }

    /// <summary>The trace context that an instance keeps; null when it has none.</summary>
    internal static ActivityContext? ContextOf(WorkflowExecutionContext workflow) =>
        workflow.Properties.TryGetValue(TraceParentProperty, out var stored) ? Parse(stored as string) : null;

    /// <summary>Type and name of an activity: few different texts, as names of spans should be.</summary>
    internal static string NameOf(ActivityExecutionContext context) =>
        context.Activity.Name is { Length: > 0 } name ? $"{context.Activity.Type}/{name}" : context.Activity.Type;

    /// <summary>Says of which instance a span is.</summary>
    internal static Span Describe(Span span, WorkflowExecutionContext workflow) => span
        .SetTag("workflow.instance.id", workflow.Id)
        .SetTag("workflow.definition.id", workflow.Plan.Definition.DefinitionId)
        .SetTag("workflow.definition.version", workflow.Plan.Definition.Version);

    /// <summary>Says of which activity execution a span is.</summary>
    internal static Span Describe(Span span, ActivityExecutionContext context) => Describe(span, context.WorkflowExecutionContext)
        .SetTag("workflow.activity.id", context.Activity.Id)
        .SetTag("workflow.activity.type", context.Activity.Type)
        .SetTag("workflow.activity.instance_id", context.Id);

    /// <summary>Marks a span as failed, by the code of the fault alone: its message may hold what the workflow works on.</summary>
    internal static void Fail(Span span, Exception exception)
    {
        var code = FaultCode.Of(exception);
        span.SetStatus(ActivityStatusCode.Error, code);
        span.SetTag("error.type", code);
    }

    private static ActivityContext? Parse(string? traceParent) =>
        traceParent is not null && ActivityContext.TryParse(traceParent, null, isRemote: true, out var context) ? context : null;
}
