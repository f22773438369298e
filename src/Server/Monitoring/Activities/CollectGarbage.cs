using Platform.Engine;

namespace Platform.Server.Monitoring.Activities;

/// <summary>
/// Has the process collect what it does not need any more, and give the memory back. It stops everything for a moment, some tens of
/// milliseconds as a rule. Faults never.
/// </summary>
[Activity("Platform", "Operations", "Have the server give back memory that it does not need.", DisplayName = "Collect Garbage", Kind = ActivityKind.Task)]
public sealed class CollectGarbage : Activity
{
    /// <summary>Bytes that were given back: how much less the process uses than before, at least zero.</summary>
    [Output(DisplayName = "Freed Bytes", Description = "How many bytes of memory were given back.")]
    public Output<long>? FreedBytes { get; set; }

    /// <summary>Bytes that managed memory takes afterwards.</summary>
    [Output(DisplayName = "Used Bytes", Description = "How many bytes of managed memory are in use afterwards.")]
    public Output<long>? UsedBytes { get; set; }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var before = Environment.WorkingSet;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var freed = Math.Max(0, before - Environment.WorkingSet);
        context.Set(FreedBytes, freed);
        context.Set(UsedBytes, GC.GetTotalMemory(forceFullCollection: false));
        context.AddExecutionLogEntry("Collected", FormattableString.Invariant($"{freed:N0} bytes were given back."));
        return context.CompleteActivityAsync();
    }
}
