using Platform.Engine;
using Platform.Runtime.Store;

namespace Platform.Runtime.Tests.Simulation;

/// <summary>What lies outside of the process: it sees the effects of steps, knows what is committed, and notes what must not happen.</summary>
internal sealed class SimulatedWorld
{
    private readonly Dictionary<(string Instance, string Step), string> _keys = [];
    private readonly HashSet<(string Instance, string Step)> _committed = [];
    private readonly Dictionary<string, List<string>> _open = new(StringComparer.Ordinal);
    private readonly HashSet<string> _cancelled = new(StringComparer.Ordinal);

    /// <summary>What broke a promise.</summary>
    public List<string> Findings { get; } = [];

    /// <summary>Whether a commit was refused.</summary>
    public bool HasDiskFailed { get; set; }

    /// <summary>Number of effects, repeated ones included.</summary>
    public int EffectCount { get; private set; }

    /// <summary>Nothing of this instance may happen any more.</summary>
    public void Cancelled(string instance) => _cancelled.Add(instance);

    /// <summary>The committed steps of an instance.</summary>
    public IEnumerable<string> StepsOf(string instance) => _committed.Where(step => step.Instance == instance).Select(step => step.Step);

    /// <summary>A step does something.</summary>
    public void Do(string instance, string step, string key)
    {
        EffectCount++;
        if (_committed.Contains((instance, step)))
            Findings.Add($"The step '{step}' of '{instance}' ran again after its commit.");
        if (_cancelled.Contains(instance))
            Findings.Add($"The step '{step}' of '{instance}' ran after the instance was told to be cancelled.");
        if (!_keys.TryAdd((instance, step), key) && _keys[(instance, step)] != key)
            Findings.Add($"The step '{step}' of '{instance}' has the key '{key}' and had '{_keys[(instance, step)]}'.");
        if (!_open.TryGetValue(instance, out var open))
            _open[instance] = open = [];
        open.Add(step);
    }

    /// <summary>A commit was written: what its instances did is done.</summary>
    public void Committed(Commit commit)
    {
        foreach (var instance in commit.Instances ?? [])
        {
            if (!_open.Remove(instance.Id, out var steps))
                continue;
            foreach (var step in steps)
                _committed.Add((instance.Id, step));
        }
    }

    /// <summary>The process ended: what it did without a commit may happen again.</summary>
    public void Ended() => _open.Clear();
}

/// <summary>A step with an effect that the world sees.</summary>
[Activity("Test", "Test")]
public sealed class WorldStep : CodeActivity
{
    protected override void Execute(ActivityExecutionContext context) =>
        context.GetRequiredService<SimulatedWorld>().Do(context.WorkflowExecutionContext.Id, context.Activity.Id, context.IdempotencyKey);
}

/// <summary>The same outside of the instance's bursts.</summary>
[Activity("Test", "Test", Kind = ActivityKind.Job)]
public sealed class WorldJob : CodeActivity
{
    protected override void Execute(ActivityExecutionContext context) =>
        context.GetRequiredService<SimulatedWorld>().Do(context.WorkflowExecutionContext.Id, context.Activity.Id, context.IdempotencyKey);
}

/// <summary>A clock for ids alone: each one is later than the one before, so that their order is the same in every run.</summary>
internal sealed class CountingClock : TimeProvider
{
    private long _count;

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero).AddMilliseconds(++_count);
}
