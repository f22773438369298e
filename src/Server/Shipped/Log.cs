namespace Platform.Server.Shipped;

/// <summary>Log messages about what comes with the product. Event ids 4200 to 4299.</summary>
internal static partial class Log
{
    [LoggerMessage(4201, LogLevel.Information, "The shipped workflow '{DefinitionId}' is published.")]
    public static partial void WorkflowShipped(ILogger logger, string definitionId);

    [LoggerMessage(4202, LogLevel.Error, "The shipped workflow '{DefinitionId}' cannot be published: {Problems}")]
    public static partial void WorkflowInvalid(ILogger logger, string definitionId, string problems);

    [LoggerMessage(4203, LogLevel.Error, "The shipped workflow file {File} cannot be read and is left out.")]
    public static partial void FileUnusable(ILogger logger, Exception exception, string file);

    [LoggerMessage(4204, LogLevel.Information, "The sample services are starting: {Project}, at {Address}.")]
    public static partial void SamplesStarting(ILogger logger, string project, string address);

    [LoggerMessage(4205, LogLevel.Information, "The sample services answer already at {Address}.")]
    public static partial void SamplesRunning(ILogger logger, string address);

    [LoggerMessage(4206, LogLevel.Warning, "The sample services could not be started: {Reason}")]
    public static partial void SamplesMissing(ILogger logger, string reason);

    [LoggerMessage(4207, LogLevel.Debug, "Samples: {Line}")]
    public static partial void SampleLine(ILogger logger, string line);
}
