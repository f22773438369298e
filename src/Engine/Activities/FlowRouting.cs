using Platform.Engine.Plans;

namespace Platform.Engine.Activities;

/// <summary>
/// The counters of one flowchart execution, in one array that is stored with the instance: [start, visits per activity, visits per
/// connection, whether the last visit of a connection followed it].
/// </summary>
internal readonly struct FlowCounters(int[] counters, FlowGraph flow)
{
    public int Start => counters[0];

    public static int[] Create(FlowGraph flow, int start)
    {
        var counters = new int[1 + flow.ActivityCount + (2 * flow.Edges.Length)];
        counters[0] = start;
        return counters;
    }

    public ref int Visits(int activity) => ref counters[1 + activity];

    public ref int EdgeVisits(int edge) => ref counters[1 + flow.ActivityCount + edge];

    public ref int EdgeFollowed(int edge) => ref counters[1 + flow.ActivityCount + flow.Edges.Length + edge];

    /// <summary>Whether the stored counters belong to this graph; they do not after the flowchart was edited.</summary>
    public static bool Fit(int[] counters, FlowGraph flow) => counters.Length == 1 + flow.ActivityCount + (2 * flow.Edges.Length);
}

/// <summary>Decides what a flowchart schedules after one of its activities ended. Made per decision.</summary>
internal ref struct FlowRouting
{
    private readonly ActivityExecutionContext _flowchart;
    private readonly ActivityCompletionCallback _onChildCompleted;
    private readonly FlowGraph _flow;
    private readonly FlowCounters _counters;
    private readonly ForwardGraph _forward;
    private List<Departure>? _due;
    private HashSet<ActivityExecutionContext>? _cancelled;

    public FlowRouting(ActivityExecutionContext flowchart, ActivityCompletionCallback onChildCompleted)
    {
        _flowchart = flowchart;
        _onChildCompleted = onChildCompleted;
        _flow = flowchart.Node.Flow!;
        if (flowchart.Counters is null || !FlowCounters.Fit(flowchart.Counters, _flow))
            flowchart.Counters = FlowCounters.Create(_flow, 0);
        _counters = new FlowCounters(flowchart.Counters, _flow);
        _forward = _flow.From(_counters.Start);
    }

    /// <summary>Follows the connections of an ended child. The task waits for the cancellation of losers of a race.</summary>
    public ValueTask Follow(ActivityExecutionContext child, string[] outcomes)
    {
        var activity = child.Node.ChildIndex;
        if (!_forward.IsReachable[activity] && outcomes.Length > 0)
        {
            throw new InvalidOperationException(
                $"Activity {child.Activity.Id} is not reachable from the flowchart's start. Connect it, or start the workflow at it.");
        }

        // A cancelled child counts as visited however it was run; a completed one does not when an arrow that leads back ran it.
        Leave(new Departure(activity, outcomes, IsCounted: child.Status == ActivityStatus.Canceled || !child.IsBackward, Loser: null));
        return _cancelled is null ? default : CancelAllAsync(_cancelled, notifyOwner: false);
    }

    /// <summary>Cancels the losers of a race.</summary>
    /// <param name="losers">The losers.</param>
    /// <param name="notifyOwner">Whether the flowchart hears of each as if it had ended on its own; not when it did that before.</param>
    public static async ValueTask CancelAllAsync(IEnumerable<ActivityExecutionContext> losers, bool notifyOwner)
    {
        foreach (var loser in losers)
            await Interpreter.CancelAsync(loser, notifyOwner);
    }

    /// <summary>
    /// Visits the connections of an activity. What one of them leads to without being scheduled (dead paths, losers of a race) is left
    /// before the next connection is visited: the order in which activities are scheduled depends on it. Paths are long, so the ones
    /// that are interrupted wait on a stack of our own.
    /// </summary>
    private void Leave(Departure departure)
    {
        Stack<(Departure Departure, int Next)>? interrupted = null;
        var next = 0;
        Begin(departure);
        while (true)
        {
            var edges = _flow.Outbound[departure.Activity];
            if (next < edges.Length)
            {
                Visit(edges[next++], departure.Outcomes);
                if (_due is not { Count: > 0 })
                    continue;
                (interrupted ??= new()).Push((departure, next));
                for (var i = _due.Count - 1; i >= 0; i--)
                    interrupted.Push((_due[i], -1));
                _due.Clear();
            }

            do
            {
                if (interrupted is null || !interrupted.TryPop(out var waiting))
                    return;
                (departure, next) = waiting;
            }
            while (next < 0 && !Begin(departure));
            next = Math.Max(next, 0);
        }
    }

    private bool Begin(Departure departure)
    {
        if (departure.Loser is { } loser && !(_cancelled ??= []).Add(loser))
            return false;
        if (departure.IsCounted)
            _counters.Visits(departure.Activity)++;
        return true;
    }

    private void Visit(int edge, string[] outcomes)
    {
        var followed = Array.IndexOf(outcomes, _flow.Edges[edge].Port) >= 0;
        _counters.EdgeVisits(edge)++;
        _counters.EdgeFollowed(edge) = followed ? 1 : 0;
        if (_forward.IsForward[edge])
            Enter(edge);
        else if (followed)
            GoBack(edge);
    }

    private void Skip(int target) => (_due ??= []).Add(new Departure(target, Outcomes.None, IsCounted: true, Loser: null));

    private readonly void GoBack(int edge)
    {
        var (source, target, _) = _flow.Edges[edge];
        if (!_forward.IsValidBackward(edge))
        {
            throw new InvalidOperationException(
                $"Invalid backward connection: Every path from the source ('{_flow.Children[source].Activity.Id}') must go through the target "
                + $"('{_flow.Children[target].Activity.Id}') when tracing back to the start. "
                + "Lead the connection to an activity that every path goes through, or draw the steps twice.");
        }

        Interpreter.Schedule(_flowchart, _flow.Children[target], _onChildCompleted, isBackward: true);
    }

    private void Enter(int edge)
    {
        var target = _flow.Edges[edge].Target;
        var mode = _flow.Children[target].Activity is FlowJoin join ? join.ModeOf(_flowchart) : FlowJoinMode.WaitAllActive;
        if (mode == FlowJoinMode.WaitAny)
            EnterRace(edge, target);
        else
            EnterJoin(target, mode == FlowJoinMode.WaitAll);
    }

    private void EnterJoin(int target, bool needsAll)
    {
        var inbound = _forward.ForwardInbound[target];
        var min = int.MaxValue;
        var max = 0;
        foreach (var edge in inbound)
        {
            min = Math.Min(min, _counters.EdgeVisits(edge));
            max = Math.Max(max, _counters.EdgeVisits(edge));
        }

        if (min <= _counters.Visits(target))
            return;
        var followed = 0;
        foreach (var edge in inbound)
        {
            if (_counters.EdgeVisits(edge) == max && _counters.EdgeFollowed(edge) == 1)
                followed++;
        }

        if (needsAll ? followed == inbound.Length : followed > 0)
            Interpreter.Schedule(_flowchart, _flow.Children[target], _onChildCompleted);
        else
            Skip(target);
    }

    private void EnterRace(int arrived, int target)
    {
        if (_counters.EdgeVisits(arrived) <= _counters.Visits(target) || IsScheduled(target))
            return;
        var inbound = _forward.ForwardInbound[target];
        var max = 0;
        foreach (var edge in inbound)
            max = Math.Max(max, _counters.EdgeVisits(edge));
        var anyFollowed = false;
        var allVisited = true;
        foreach (var edge in inbound)
        {
            anyFollowed |= _counters.EdgeVisits(edge) == max && _counters.EdgeFollowed(edge) == 1;
            allVisited &= _counters.EdgeVisits(edge) > _counters.Visits(target);
        }

        if (anyFollowed)
        {
            var winner = Interpreter.Schedule(_flowchart, _flow.Children[target], _onChildCompleted);
            CancelAncestors(target, winner);
        }
        else if (allVisited)
        {
            Skip(target);
        }
    }

    /// <summary>
    /// The first to arrive wins: whatever still runs upstream of the join is cancelled. What is queued there was scheduled before the
    /// winner and still runs.
    /// </summary>
    private void CancelAncestors(int target, ActivityExecutionContext winner)
    {
        var upstream = _forward.UpstreamOf(target);
        List<string>? queued = null;
        for (var child = _flowchart.FirstChild; child is not null; child = child.NextSibling)
        {
            if (child == winner || child.IsUnwinding || !upstream.Contains(child.Node.ChildIndex))
                continue;
            if (child.Status == ActivityStatus.Running)
                (_due ??= []).Add(new Departure(child.Node.ChildIndex, Outcomes.None, IsCounted: true, child));
            else if (child.Status == ActivityStatus.Pending)
                (queued ??= []).Add(child.Activity.Name ?? child.Activity.Id);
        }

        if (queued is not null)
        {
            _flowchart.AddExecutionLogEntry(
                "QueuedBranchesGoOn",
                $"The join '{winner.Activity.Name ?? winner.Activity.Id}' goes on with the first branch that arrived. Queued already, and executed all the same: "
                + $"{string.Join(", ", queued)}. If one of them waits, the instance waits too.");
        }
    }

    /// <summary>Adds the children that are still under way in some activities, except the winner, to the losers.</summary>
    public static void CollectUpstream(
        ActivityExecutionContext flowchart, HashSet<int> upstream, ActivityExecutionContext winner, ref List<ActivityExecutionContext>? losers)
    {
        for (var child = flowchart.FirstChild; child is not null; child = child.NextSibling)
        {
            if (child != winner && !child.IsUnwinding && child.Status is ActivityStatus.Pending or ActivityStatus.Running && upstream.Contains(child.Node.ChildIndex))
                (losers ??= []).Add(child);
        }
    }

    private readonly bool IsScheduled(int target)
    {
        for (var child = _flowchart.FirstChild; child is not null; child = child.NextSibling)
        {
            if (child.Node.ChildIndex == target && child.Status != ActivityStatus.Faulted)
                return true;
        }

        return false;
    }
}

/// <summary>That an activity is left: by outcomes when it completed, by none when it was skipped or cancelled.</summary>
/// <param name="Activity">The activity.</param>
/// <param name="Outcomes">Its outcomes.</param>
/// <param name="IsCounted">Whether this counts as a visit of the activity.</param>
/// <param name="Loser">The execution that is cancelled because it lost a race; null otherwise.</param>
internal readonly record struct Departure(int Activity, string[] Outcomes, bool IsCounted, ActivityExecutionContext? Loser);
