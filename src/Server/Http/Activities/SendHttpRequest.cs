using System.Globalization;
using Platform.Engine;
using Platform.Engine.Activities;

namespace Platform.Server.Http.Activities;

/// <summary>A status code of <see cref="SendHttpRequest"/> and what runs for it.</summary>
public sealed class HttpStatusCodeCase : IActivityHolder
{
    /// <summary>The status code.</summary>
    public int StatusCode { get; set; }

    /// <summary>Runs for that status; null for nothing.</summary>
    public IActivity? Activity { get; set; }

    IEnumerable<HeldActivity> IActivityHolder.HeldActivities => [new(StatusCode.ToString(CultureInfo.InvariantCulture), Activity)];
}

/// <summary>Sends an HTTP request and runs the embedded activity for its status, then completes.</summary>
[Activity("Elsa", "HTTP", "Send an HTTP request.", DisplayName = "HTTP Request", Kind = ActivityKind.Task)]
public sealed class SendHttpRequest : OutgoingHttpActivity
{
    /// <summary>Status codes and what runs for each.</summary>
    [Input(Description = "A list of expected status codes to handle and the corresponding activity to execute.", UIHint = InputUIHints.HttpStatusCodes, Order = 8)]
    public ICollection<HttpStatusCodeCase> ExpectedStatusCodes { get; set; } = [];

    /// <summary>Runs for any other status.</summary>
    [Port]
    public IActivity? UnmatchedStatusCode { get; set; }

    /// <summary>Runs when the host could not be reached.</summary>
    [Port]
    public IActivity? FailedToConnect { get; set; }

    /// <summary>Runs when there was no response in time.</summary>
    [Port]
    public IActivity? Timeout { get; set; }

    /// <inheritdoc />
    protected override ValueTask HandleResponseAsync(ActivityExecutionContext context, int statusCode)
    {
        var match = ExpectedStatusCodes.FirstOrDefault(candidate => candidate.StatusCode == statusCode);
        return context.ScheduleActivityAsync(match is null ? UnmatchedStatusCode : match.Activity, OnChildCompletedAsync);
    }

    /// <inheritdoc />
    protected override ValueTask HandleFailedToConnectAsync(ActivityExecutionContext context) =>
        context.ScheduleActivityAsync(FailedToConnect, OnChildCompletedAsync);

    /// <inheritdoc />
    protected override ValueTask HandleTimeoutAsync(ActivityExecutionContext context) =>
        context.ScheduleActivityAsync(Timeout, OnChildCompletedAsync);

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) => OnChildCompletedAsync;

    private ValueTask OnChildCompletedAsync(ActivityCompletedContext completed) => completed.TargetContext.CompleteActivityAsync();
}
