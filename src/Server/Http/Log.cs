namespace Platform.Server.Http;

/// <summary>Log messages of workflow endpoints. Event ids 4100 to 4199.</summary>
internal static partial class Log
{
    [LoggerMessage(4101, LogLevel.Warning, "The HTTP trigger {TriggerId} of definition {DefinitionId} cannot be read and is left out: {Payload}")]
    public static partial void TriggerUnreadable(ILogger logger, string triggerId, string definitionId, string? payload);

    [LoggerMessage(4102, LogLevel.Warning, "The endpoint {Method} {Path} of {Owner} cannot be used and is left out.")]
    public static partial void EndpointUnusable(ILogger logger, Exception exception, string method, string path, string owner);

    [LoggerMessage(4103, LogLevel.Error, "A workflow request to {Path} failed: nothing of its run was stored.")]
    public static partial void RequestFailed(ILogger logger, Exception exception, string path);

    [LoggerMessage(4104, LogLevel.Warning, "The activity '{ActivityId}' of instance {InstanceId} was kept from reaching {Host}: {Reason}")]
    public static partial void OutgoingBlocked(ILogger logger, string activityId, string instanceId, string host, string reason);
}
