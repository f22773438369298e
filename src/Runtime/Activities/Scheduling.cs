using Platform.Engine;
using Platform.Runtime.Scheduling;

namespace Platform.Runtime.Activities;

/// <summary>Waits for a time span.</summary>
[Activity("Elsa", "Scheduling", "Delay execution for the specified amount of time.")]
public sealed class Delay : Activity
{
    /// <summary>How long to wait. Default: 1 minute.</summary>
    [Input(DisplayName = "Time Span", Description = "The amount of time to delay, as hours:minutes:seconds.", DefaultValue = "00:01:00")]
    public Input<TimeSpan> TimeSpan { get; set; } = new(System.TimeSpan.FromMinutes(1));

    /// <inheritdoc />
    protected override void Execute(ActivityExecutionContext context)
    {
        var now = context.WorkflowExecutionContext.Host.Clock.GetUtcNow();
        context.CreateBookmark(new CreateBookmarkArgs { DueAt = Waiting.Until(now, TimeSpan.Get(context)) });
    }
}

/// <summary>Starts the workflow at intervals; inside a workflow, waits for one interval.</summary>
[Activity("Elsa", "Scheduling", "Trigger workflow execution at a specified interval.")]
public sealed class Timer : Trigger
{
    /// <summary>The interval. Default: 1 minute.</summary>
    [Input(Description = "The interval at which the timer should execute, as hours:minutes:seconds.", DefaultValue = "00:01:00")]
    public Input<TimeSpan> Interval { get; set; } = new(TimeSpan.FromMinutes(1));

    /// <inheritdoc />
    protected override object GetTriggerPayload(TriggerIndexingContext context)
    {
        var interval = context.Get(Interval);
        if (interval <= TimeSpan.Zero)
            throw new InvalidOperationException($"The interval is {interval}. It must be longer than zero, for example 00:05:00.");
        return new TimerTriggerPayload(context.ActivityExecutionContext.WorkflowExecutionContext.Host.Clock.GetUtcNow() + interval, interval);
    }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow())
            return context.CompleteActivityAsync();
        var now = context.WorkflowExecutionContext.Host.Clock.GetUtcNow();
        context.CreateBookmark(new CreateBookmarkArgs { DueAt = Waiting.Until(now, Interval.Get(context)) });
        return default;
    }
}

/// <summary>
/// Starts the workflow by a cron expression; inside a workflow, waits for the next occurrence. The fields are wall time of the zone that
/// <c>customProperties.schedule.timeZone</c> names, or UTC.
/// </summary>
[Activity("Elsa", "Scheduling", "Trigger workflow execution at a specific interval using a CRON expression.")]
public sealed class Cron : Trigger
{
    /// <summary>The expression.</summary>
    [Input(DisplayName = "Cron Expression", Description = "The CRON expression, in UTC or the time zone of the schedule: 5 fields (minute hour day month weekday) or 6 with seconds first.")]
    public Input<string> CronExpression { get; set; } = new("");

    /// <inheritdoc />
    protected override object GetTriggerPayload(TriggerIndexingContext context)
    {
        var expression = context.Get(CronExpression) ?? "";
        Schedules.NextCron(expression, context.ActivityExecutionContext.WorkflowExecutionContext.Host.Clock.GetUtcNow(), TimeZoneInfo.Utc);
        return new CronTriggerPayload(expression);
    }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow())
            return context.CompleteActivityAsync();
        var expression = CronExpression.GetOrDefault(context) ?? "";
        var zone = ScheduleSettings.Of(context.WorkflowExecutionContext.Plan.Content, this).Zone;
        var next = Schedules.NextCron(expression, context.WorkflowExecutionContext.Host.Clock.GetUtcNow(), zone)
            ?? throw new InvalidOperationException($"The cron expression '{expression}' has no further occurrence.");
        context.CreateBookmark(new CreateBookmarkArgs { DueAt = next });
        return default;
    }
}

/// <summary>Starts the workflow at a moment; inside a workflow, waits for it.</summary>
[Activity("Elsa", "Scheduling", "Trigger execution at a specific time in the future.")]
public sealed class StartAt : Trigger
{
    /// <summary>The moment.</summary>
    [Input(DisplayName = "Date Time", Description = "The date and time at which to execute, for example 2026-01-31T08:00:00Z; UTC when no offset is given.")]
    public Input<DateTimeOffset> DateTime { get; set; } = new((DateTimeOffset)default);

    /// <inheritdoc />
    protected override object GetTriggerPayload(TriggerIndexingContext context)
    {
        var moment = context.Get(DateTime);
        if (moment == default)
            throw new InvalidOperationException("No moment is given. Set the input 'Date Time'.");
        return new StartAtPayload(moment.ToUniversalTime());
    }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var moment = DateTime.Get(context);
        if (context.IsTriggerOfWorkflow() || moment <= context.WorkflowExecutionContext.Host.Clock.GetUtcNow())
            return context.CompleteActivityAsync();
        context.CreateBookmark(new CreateBookmarkArgs { DueAt = moment.ToUniversalTime() });
        return default;
    }
}

internal static class Waiting
{
    /// <summary>A moment after a time span, kept inside the calendar.</summary>
    public static DateTimeOffset Until(DateTimeOffset now, TimeSpan span)
    {
        if (span <= TimeSpan.Zero)
            return now;
        return span > DateTimeOffset.MaxValue - now ? DateTimeOffset.MaxValue : now + span;
    }
}
