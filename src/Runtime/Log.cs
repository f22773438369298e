using Microsoft.Extensions.Logging;

namespace Platform.Runtime;

/// <summary>Every log message of the runtime. Event ids 2000 to 2999.</summary>
internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Error, "Queued work {WorkId} ({Kind}) failed in attempt {Attempt}; it is tried again at {DueAt}.")]
    public static partial void WorkFailed(ILogger logger, Exception exception, string workId, string kind, int attempt, DateTimeOffset dueAt);

    [LoggerMessage(2002, LogLevel.Error, "Queued work {WorkId} ({Kind}) failed {Attempts} times; it is a dead letter now and can be replayed.")]
    public static partial void WorkGivenUp(ILogger logger, Exception exception, string workId, string kind, int attempts);

    [LoggerMessage(2003, LogLevel.Warning, "The workflow '{What}' that was queued to start does not exist; the request is dropped.")]
    public static partial void DefinitionGone(ILogger logger, string what);

    [LoggerMessage(2004, LogLevel.Information, "A queued start was refused: {Reason}")]
    public static partial void StartRefused(ILogger logger, string reason);

    [LoggerMessage(2005, LogLevel.Information, "{Count} interrupted instances go on.")]
    public static partial void Recovering(ILogger logger, int count);

    [LoggerMessage(2100, LogLevel.Warning, "The former process ended without stopping. {Count} instances were executing; they go on one after the other.")]
    public static partial void CrashSuspected(ILogger logger, int count);

    [LoggerMessage(2101, LogLevel.Error, "Instance {InstanceId} was executing at {Ends} ends of the process. It is set aside with an incident.")]
    public static partial void InstanceQuarantined(ILogger logger, string instanceId, int ends);

    [LoggerMessage(2006, LogLevel.Error, "The duty '{Duty}' failed; it goes on in {Delay}.")]
    public static partial void DutyFailed(ILogger logger, Exception exception, string duty, TimeSpan delay);

    [LoggerMessage(2009, LogLevel.Warning, "Instance {InstanceId} is found by its header only, for its state or records cannot be read: {Reason}")]
    public static partial void RunNotIndexed(ILogger logger, string instanceId, string reason);

    [LoggerMessage(2007, LogLevel.Warning, "The schedule of trigger {TriggerId} ({Name}) cannot be read and fires no more: {Payload}")]
    public static partial void ScheduleUnreadable(ILogger logger, string triggerId, string name, string? payload);

    [LoggerMessage(2008, LogLevel.Debug, "Trigger {TriggerId} of definition {DefinitionId} fires for {DueAt}; next at {NextDueAt}.")]
    public static partial void TriggerFired(ILogger logger, string triggerId, string definitionId, DateTimeOffset dueAt, DateTimeOffset? nextDueAt);

    [LoggerMessage(2120, LogLevel.Warning, "The stimulus {Id} ({Name}) reached nothing in its time and is a dead letter now.")]
    public static partial void StimulusUnmatched(ILogger logger, string id, string name);

    [LoggerMessage(2121, LogLevel.Information, "{Count} dead letters were deleted: kept for {KeepTime}, at most {Most} of them.")]
    public static partial void DeadLettersDeleted(ILogger logger, int count, TimeSpan keepTime, int most);

    // 2140 to 2149: schedules.
    [LoggerMessage(2140, LogLevel.Warning, "Schedule {ScheduleId}: {Count} missed ticks do not start (policy {Policy}); the last one was due at {LastAt}.")]
    public static partial void TicksMissed(ILogger logger, string scheduleId, string count, string policy, DateTimeOffset lastAt);

    [LoggerMessage(2141, LogLevel.Warning, "The settings of schedule {ScheduleId} cannot be used, so what they would replace holds: {Reason}")]
    public static partial void ScheduleSettingsUnreadable(ILogger logger, string scheduleId, string reason);

    [LoggerMessage(2142, LogLevel.Information, "Schedule {ScheduleId}: the tick of {DueAt} is left out because an earlier one is not done (policy {Policy}).")]
    public static partial void TickSkipped(ILogger logger, string scheduleId, DateTimeOffset dueAt, string policy);

    [LoggerMessage(2143, LogLevel.Information, "Schedule {ScheduleId}: {Count} instances of earlier ticks are cancelled for a later one.")]
    public static partial void TicksCancelled(ILogger logger, string scheduleId, int count);

    [LoggerMessage(2144, LogLevel.Warning, "Schedule {ScheduleId}: the queued start of instance {InstanceId} is dropped: its workflow was deleted, retracted or published anew.")]
    public static partial void TickOutdated(ILogger logger, string scheduleId, string? instanceId);

    [LoggerMessage(2145, LogLevel.Warning, "Schedule {ScheduleId}: {Count} ticks that waited are dropped: the workflow was deleted, retracted or published anew.")]
    public static partial void QueuedTicksOutdated(ILogger logger, string scheduleId, int count);

    [LoggerMessage(2146, LogLevel.Warning, "The status of schedule {ScheduleId} cannot be read; it begins anew.")]
    public static partial void ScheduleStatusUnreadable(ILogger logger, string scheduleId);

    // 2220 to 2239: re-runs and bulk jobs.
    [LoggerMessage(2220, LogLevel.Information, "Bulk job {JobId} ({Action}) was accepted for {Count} instances.")]
    public static partial void BulkAccepted(ILogger logger, string jobId, string action, int count);

    [LoggerMessage(2221, LogLevel.Information, "Bulk job {JobId} ended ({Status}): {Done} done, {Failed} failed, {LeftOut} left out.")]
    public static partial void BulkEnded(ILogger logger, string jobId, string status, int done, int failed, int leftOut);

    // 2180 to 2189: retention.
    [LoggerMessage(2180, LogLevel.Information, "Retention deleted {Instances} instances and {Plans} alteration plans.")]
    public static partial void RetentionDone(ILogger logger, int instances, int plans);

    [LoggerMessage(2181, LogLevel.Warning, "The retention of definition {DefinitionId} cannot be read, so its instances are all kept: {Reason}")]
    public static partial void RetentionUnreadable(ILogger logger, string definitionId, string reason);

    [LoggerMessage(2182, LogLevel.Information, "Retention deleted {Count} old versions of definition {DefinitionId}, which nothing uses; the newest {Kept} are kept.")]
    public static partial void VersionsForgotten(ILogger logger, string definitionId, int count, int kept);

    // 2200 to 2219: the queue.
    [LoggerMessage(2200, LogLevel.Warning, "The document {Kind} of definition {DefinitionId} cannot be read and does not hold: {Reason}")]
    public static partial void RuleUnreadable(ILogger logger, string kind, string definitionId, string reason);

    [LoggerMessage(2201, LogLevel.Information, "Definition {DefinitionId} was paused ({Mode}) by {By}; what runs goes on.")]
    public static partial void DefinitionPaused(ILogger logger, string definitionId, string mode, string by);

    [LoggerMessage(2202, LogLevel.Information, "Definition {DefinitionId} was resumed by {By}; {Dropped} starts were dropped meanwhile.")]
    public static partial void DefinitionResumed(ILogger logger, string definitionId, string by, long dropped);

    [LoggerMessage(2203, LogLevel.Warning, "A start of definition {DefinitionId} was dropped: {By} has paused it so. It is the {Dropped}th.")]
    public static partial void StartDropped(ILogger logger, string definitionId, string by, long dropped);

    [LoggerMessage(2204, LogLevel.Information, "The queued start {WorkId} of definition {DefinitionId} was taken back.")]
    public static partial void StartWithdrawn(ILogger logger, string workId, string? definitionId);

    // 2280 to 2289: the audit log.
    [LoggerMessage(2280, LogLevel.Information, "The audit log forgot its {Count} oldest entries: they were older than {Age}, or there were more than {Most}.")]
    public static partial void AuditForgotten(ILogger logger, int count, TimeSpan age, int most);
}
