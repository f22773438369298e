using System.Globalization;
using Platform.Engine;

namespace Platform.Server.Http.Activities;

/// <summary>
/// Sends an HTTP request and ends with the outcome for its status: the code itself when it is expected, <c>Unmatched status code</c>
/// otherwise, both together with <c>Done</c>; <c>Failed to connect</c> or <c>Timeout</c> alone when no response came.
/// </summary>
[Activity("Elsa", "HTTP", "Send an HTTP request.", DisplayName = "HTTP Request (flow)", Kind = ActivityKind.Task)]
[FlowNode("Unmatched status code", "Failed to connect", "Timeout", "Done")]
public sealed class FlowSendHttpRequest : OutgoingHttpActivity
{
    /// <summary>Status codes that have an outcome of their own. Default: 200.</summary>
    [Input(Description = "A list of expected status codes to handle.", UIHint = InputUIHints.MultiText, DefaultValue = new[] { 200 }, Order = 8)]
    public Input<ICollection<int>> ExpectedStatusCodes { get; set; } = new([200]);

    /// <inheritdoc />
    protected override ValueTask HandleResponseAsync(ActivityExecutionContext context, int statusCode)
    {
        var isExpected = ExpectedStatusCodes.GetOrDefault(context)?.Contains(statusCode) ?? false;
        return context.CompleteActivityWithOutcomesAsync(
            isExpected ? statusCode.ToString(CultureInfo.InvariantCulture) : "Unmatched status code",
            "Done");
    }

    /// <inheritdoc />
    protected override ValueTask HandleFailedToConnectAsync(ActivityExecutionContext context) => context.CompleteActivityWithOutcomesAsync("Failed to connect");

    /// <inheritdoc />
    protected override ValueTask HandleTimeoutAsync(ActivityExecutionContext context) => context.CompleteActivityWithOutcomesAsync("Timeout");
}
