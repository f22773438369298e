namespace Platform.Runtime.Scheduling;

/// <summary>A schedule of a published workflow, as people look at it.</summary>
/// <param name="Id">Definition and activity, joined by a bar.</param>
/// <param name="DefinitionId">The definition.</param>
/// <param name="ActivityId">The trigger activity.</param>
/// <param name="Kind"><c>Cron</c>, <c>Timer</c> or <c>StartAt</c>.</param>
/// <param name="Expression">The cron expression, the interval or the moment.</param>
public sealed record ScheduleInfo(string Id, string DefinitionId, string ActivityId, string Kind, string Expression)
{
    /// <summary>How it fires.</summary>
    public required ScheduleSettings Settings { get; init; }

    /// <summary>What of it an operator set.</summary>
    public required ScheduleSettings SetByOperator { get; init; }

    /// <summary>When the next tick is due, UTC; in the past while it is paused. Null when there is none.</summary>
    public DateTimeOffset? NextDueAt { get; init; }

    /// <summary>The last tick for which an instance was started, UTC.</summary>
    public DateTimeOffset? LastTickAt { get; init; }

    /// <summary>When an instance was last started, UTC.</summary>
    public DateTimeOffset? LastFiredAt { get; init; }

    /// <summary>Starts so far.</summary>
    public long FiredCount { get; init; }

    /// <summary>Ticks that were missed, and for which nothing started.</summary>
    public long MissedCount { get; init; }

    /// <summary>Ticks left out because an earlier one was still running.</summary>
    public long SkippedCount { get; init; }

    /// <summary>Ticks that wait until the running instances have ended.</summary>
    public int QueuedCount { get; init; }
}

/// <summary>What a backfill does for one tick.</summary>
/// <param name="At">The tick, UTC.</param>
/// <param name="InstanceId">The instance that it has or gets.</param>
/// <param name="IsStarted">False when that instance exists or is queued already.</param>
public sealed record BackfillTick(DateTimeOffset At, string InstanceId, bool IsStarted);

/// <summary>What became of a backfill.</summary>
public abstract record BackfillResult
{
    private BackfillResult()
    {
    }

    /// <summary>It is stored, unless it was a dry run.</summary>
    /// <param name="Ticks">The ticks of the range, in order.</param>
    public sealed record Done(IReadOnlyList<BackfillTick> Ticks) : BackfillResult;

    /// <summary>The range has too many ticks; nothing starts.</summary>
    /// <param name="Most">How many are allowed.</param>
    public sealed record TooMany(int Most) : BackfillResult;

    /// <summary>There is no such schedule.</summary>
    public sealed record NotFound : BackfillResult;

    /// <summary>One function per case.</summary>
    /// <typeparam name="T">Result type.</typeparam>
    /// <param name="done">For <see cref="Done"/>.</param>
    /// <param name="tooMany">For <see cref="TooMany"/>.</param>
    /// <param name="notFound">For <see cref="NotFound"/>.</param>
    public T Match<T>(Func<Done, T> done, Func<TooMany, T> tooMany, Func<NotFound, T> notFound) => this switch
    {
        Done result => done(result),
        TooMany result => tooMany(result),
        NotFound result => notFound(result),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
