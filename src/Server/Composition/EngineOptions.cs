using System.ComponentModel.DataAnnotations;
using Platform.Engine.Activities;
using Platform.Engine.Plans;

namespace Platform.Server.Composition;

/// <summary>Options of the engine, section <c>Engine</c>.</summary>
internal sealed class EngineOptions
{
    /// <summary>
    /// What flowcharts run on when their instance does not say: counters, or tokens and merge modes. It applies to flowcharts that
    /// begin from now on. Default: CounterBased.
    /// </summary>
    public FlowchartExecutionMode DefaultExecutionMode { get; set; } = FlowchartExecutionMode.CounterBased;

    /// <summary>When a run's progress is committed besides the end of a burst, for workflows that name no commit strategy. Default: None.</summary>
    public WorkflowCommitStrategy DefaultCommitStrategy { get; set; }

    /// <summary>Time between two commits of the strategy Periodic. Default: 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromSeconds(10);
}
