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
    private Stack<int>? _skipped;
    private List<ActivityExecutionContext>? _cancelled;

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

        Leave(activity, outcomes, child.IsBackward);
        while (_skipped is { Count: > 0 } skipped)
            Leave(skipped.Pop(), Outcomes.None, isBackward: false);
        return _cancelled is null ? default : CancelAllAsync(_cancelled);
    }

    /// <summary>Cancels the losers of a race, each as if it had ended on its own.</summary>
    public static async ValueTask CancelAllAsync(List<ActivityExecutionContext> losers)
    {
        foreach (var loser in losers)
            await Interpreter.CancelAsync(loser, notifyOwner: true);
    }

    private void Leave(int activity, string[] outcomes, bool isBackward)
    {
        if (!isBackward)
            _counters.Visits(activity)++;
        foreach (var edge in _flow.Outbound[activity])
        {
            var followed = Array.IndexOf(outcomes, _flow.Edges[edge].Port) >= 0;
            _counters.EdgeVisits(edge)++;
            _counters.EdgeFollowed(edge) = followed ? 1 : 0;
            if (_forward.IsForward[edge])
                Enter(edge);
            else if (followed)
                GoBack(edge);
        }
    }

    private readonly void GoBack(int edge)
    {
        var (source, target, _) = _flow.Edges[edge];
        if (!_forward.IsValidBackward(edge))
        {
            throw new InvalidOperationException(
                $"Invalid backward connection: Every path from the source ('{_flow.Children[source].Activity.Id}') must go through the target "
                + $"('{_flow.Children[target].Activity.Id}') when tracing back to the start.");
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

        if (min <= _counters.Visits(target) || IsScheduledForward(target))
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
            (_skipped ??= new Stack<int>()).Push(target);
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
            // The first to arrive wins: whatever still runs upstream of the join is cancelled.
            CollectUpstream(_flowchart, _forward.UpstreamOf(target), winner, ref _cancelled);
        }
        else if (allVisited)
        {
            (_skipped ??= new Stack<int>()).Push(target);
        }
    }

    /// <summary>Adds the children that are still under way in some activities, except the winner, to the losers.</summary>
    public static void CollectUpstream(
        ActivityExecutionContext flowchart, HashSet<int> upstream, ActivityExecutionContext winner, ref List<ActivityExecutionContext>? losers)
    {
        for (var child = flowchart.FirstChild; child is not null; child = child.NextSibling)
        {
            if (child != winner && child.Status is ActivityStatus.Pending or ActivityStatus.Running && upstream.Contains(child.Node.ChildIndex))
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

    /// <summary>Whether the target is already on its way because of forward arrivals: its visit is counted only when it ends.</summary>
    private readonly bool IsScheduledForward(int target)
    {
        for (var child = _flowchart.FirstChild; child is not null; child = child.NextSibling)
        {
            if (child.Node.ChildIndex == target && !child.IsBackward && child.Status != ActivityStatus.Faulted)
                return true;
        }

        return false;
    }
}
