using Platform.CustomActivities.Services;
using Platform.Engine;
using Platform.Runtime.Activities;

namespace Platform.Server.Orchestration;

/// <summary>The workflows of fallbacks, as children of the runs whose calls failed.</summary>
internal sealed class StandInRuns : StandInWorkflows
{
    /// <inheritdoc />
    public override ValueTask<(string? Refusal, bool Waits, IDictionary<string, object?>? Output)> RunAsync(
        ActivityExecutionContext context, string definitionId, IDictionary<string, object> input, ExecuteActivityDelegate callback) => StandIn.RunAsync(context, definitionId, input, callback);

    /// <inheritdoc />
    public override IDictionary<string, object?>? EndOf(ActivityExecutionContext context) => StandIn.EndOf(context);
}
