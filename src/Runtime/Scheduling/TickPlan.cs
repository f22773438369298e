using System.Globalization;
using Platform.Runtime.Store;

namespace Platform.Runtime.Scheduling;

/// <summary>What becomes of the ticks of one schedule, decided in memory and then written in one commit.</summary>
/// <param name="trigger">The trigger.</param>
/// <param name="settings">How the schedule fires.</param>
/// <param name="status">What is known of it.</param>
/// <param name="progress">Its instances that have not ended.</param>
/// <param name="options">Limits.</param>
internal sealed class TickPlan(
    StoredTrigger trigger, ScheduleSettings settings, ScheduleStatus status, Dictionary<string, TickProgress> progress, RuntimeOptions options)
{
    /// <summary>Under the policy Allow any number may run; the oldest of so many are forgotten, which only a later change of the policy notices.</summary>
    private const int RunningMax = 1_000;

    private readonly List<string> _running = [.. status.Running.Where(progress.ContainsKey)];
    private readonly List<DateTimeOffset> _queued = [.. status.Queued];
    private long _skipped;
    private long _fired;
    private DateTimeOffset? _lastTick;

    /// <summary>Names of ticks to start.</summary>
    public List<string> Starts { get; } = [];

    /// <summary>Names of ticks whose queued start is taken back.</summary>
    public List<string> Withdrawn { get; } = [];

    /// <summary>Ids of instances to cancel.</summary>
    public List<string> Cancelled { get; } = [];

    /// <summary>Ticks that are left out because of the overlap policy.</summary>
    public List<DateTimeOffset> Skipped { get; } = [];

    /// <summary>Whether ticks wait for running ones.</summary>
    public bool HasQueued => _queued.Count > 0;

    /// <summary>The name under which a tick is known.</summary>
    public static string NameOf(DateTimeOffset tick) => tick.UtcTicks.ToString(CultureInfo.InvariantCulture);

    /// <summary>Takes a tick that is due.</summary>
    public void Take(DateTimeOffset tick)
    {
        var isBusy = _running.Count > 0 || _queued.Count > 0;
        switch (settings.Overlaps)
        {
            case OverlapPolicy.Skip when isBusy:
            case OverlapPolicy.Queue when _queued.Count >= options.ScheduleQueueMax:
                Skip(tick);
                break;
            case OverlapPolicy.Queue when isBusy:
                _queued.Add(tick);
                break;
            case OverlapPolicy.CancelOld when isBusy:
                Replace(tick);
                break;
            default:
                Start(tick);
                break;
        }
    }

    /// <summary>Starts what waited and need not wait any longer.</summary>
    public void Release()
    {
        if (settings.Overlaps == OverlapPolicy.CancelOld && _queued.Count > 0)
        {
            var latest = _queued[^1];
            _queued.RemoveAt(_queued.Count - 1);
            Replace(latest);
            return;
        }

        while (_queued.Count > 0 && (_running.Count == 0 || settings.Overlaps == OverlapPolicy.Allow))
        {
            var first = _queued[0];
            _queued.RemoveAt(0);
            Start(first);
        }
    }

    /// <summary>Starts something beside the ticks.</summary>
    /// <param name="name">Its name.</param>
    public void StartExtra(string name)
    {
        Starts.Add(name);
        // A tick whose instance was deleted starts again, and may still be listed.
        _running.Remove(name);
        _running.Add(name);
        _fired++;
    }

    /// <summary>What is known of the schedule after this.</summary>
    /// <param name="now">Now, UTC.</param>
    /// <param name="missed">Ticks that were missed.</param>
    public ScheduleStatus After(DateTimeOffset now, long missed) => status with
    {
        VersionId = trigger.DefinitionVersionId,
        LastTickAt = _lastTick ?? status.LastTickAt,
        LastFiredAt = _fired > 0 ? now : status.LastFiredAt,
        Fired = status.Fired + _fired,
        Missed = status.Missed + missed,
        Skipped = status.Skipped + _skipped,
        Running = [.. _running.TakeLast(RunningMax)],
        Queued = [.. _queued],
    };

    private void Start(DateTimeOffset tick)
    {
        StartExtra(NameOf(tick));
        _lastTick = tick;
    }

    private void Skip(DateTimeOffset tick)
    {
        Skipped.Add(tick);
        _skipped++;
    }

    /// <summary>Ends whatever an earlier tick started, and starts this one when nothing is left of them.</summary>
    private void Replace(DateTimeOffset tick)
    {
        foreach (var queued in _queued)
            Skip(queued);
        _queued.Clear();
        foreach (var name in _running.ToList())
        {
            switch (progress.GetValueOrDefault(name))
            {
                case TickProgress.Running:
                    var id = ScheduleRuns.InstanceIdOf(trigger.DefinitionId, trigger.ActivityId, name);
                    if (!Cancelled.Contains(id))
                        Cancelled.Add(id);
                    break;
                case TickProgress.Beginning:
                    // Its first commit tells when it can be cancelled.
                    break;
                case TickProgress.Queued:
                    Withdrawn.Add(name);
                    Leave(name);
                    break;
                case TickProgress.Gone:
                    // Started by this plan.
                    Starts.Remove(name);
                    _fired--;
                    Leave(name);
                    break;
            }
        }

        if (_running.Count == 0)
            Start(tick);
        else
            _queued.Add(tick);
    }

    private void Leave(string name)
    {
        _running.Remove(name);
        if (long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks))
            Skip(new DateTimeOffset(ticks, TimeSpan.Zero));
        else
            _skipped++;
    }
}
