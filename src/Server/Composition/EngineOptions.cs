using Platform.Engine.Activities;

namespace Platform.Server.Composition;

/// <summary>Options of the engine, section <c>Engine</c>.</summary>
internal sealed class EngineOptions
{
    /// <summary>
    /// What flowcharts run on when their instance does not say: counters, or tokens and merge modes. It applies to flowcharts that
    /// begin from now on. Default: CounterBased.
    /// </summary>
    public FlowchartExecutionMode DefaultExecutionMode { get; set; } = FlowchartExecutionMode.CounterBased;
}
