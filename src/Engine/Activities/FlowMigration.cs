using Platform.Engine.Plans;

namespace Platform.Engine.Activities;

/// <summary>
/// Carries what a flowchart execution has counted over to another version of the flowchart, by the ids of its activities. What is new
/// there counts as passed as often as what stands before it, so that nobody waits for a way that was never there to be taken.
/// </summary>
internal sealed class FlowMigration
{
    private readonly FlowGraph _from;
    private readonly FlowGraph _to;
    private readonly Dictionary<string, int> _activities = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Source, string Port, string Target), int> _edges = [];

    public FlowMigration(FlowGraph from, FlowGraph to)
    {
        _from = from;
        _to = to;
        for (var i = 0; i < from.ActivityCount; i++)
            _activities.TryAdd(from.Children[i].Activity.Id, i);
        for (var i = 0; i < from.Edges.Length; i++)
            _edges.TryAdd(KeyOf(from, i), i);
    }

    /// <summary>The counters of the other version.</summary>
    public int[] MapCounters(int[] counters)
    {
        var before = new FlowCounters(counters, _from);
        var values = FlowCounters.Create(_to, StartOf(before.Start));
        var after = new FlowCounters(values, _to);
        var forward = _to.From(after.Start);
        foreach (var activity in Ordered(forward))
        {
            var isKnown = _activities.TryGetValue(_to.Children[activity].Activity.Id, out var former);
            after.Visits(activity) = isKnown ? before.Visits(former) : VisitsOfNew(after, forward.ForwardInbound[activity]);
            foreach (var edge in _to.Outbound[activity])
            {
                if (_edges.TryGetValue(KeyOf(_to, edge), out var formerEdge))
                {
                    after.EdgeVisits(edge) = before.EdgeVisits(formerEdge);
                    after.EdgeFollowed(edge) = before.EdgeFollowed(formerEdge);
                    continue;
                }

                after.EdgeVisits(edge) = after.Visits(activity);
                after.EdgeFollowed(edge) = isKnown ? WasLeftBy(before, former, _to.Edges[edge].Port) : WasEntered(after, forward.ForwardInbound[activity]);
            }
        }

        return values;
    }

    /// <summary>The tokens of the other version. One that waited on a connection which is gone is gone with it.</summary>
    public int[] MapTokens(int[] tokens)
    {
        var before = new TokenState(tokens);
        var values = TokenState.Create(_to, StartOf(before.Start));
        var after = new TokenState(values);
        for (var edge = 0; edge < _to.Edges.Length; edge++)
        {
            if (_edges.TryGetValue(KeyOf(_to, edge), out var former))
                after.Copy(edge, before, former);
        }

        return values;
    }

    private static (string Source, string Port, string Target) KeyOf(FlowGraph graph, int edge)
    {
        var (source, target, port) = graph.Edges[edge];
        return (graph.Children[source].Activity.Id, port, graph.Children[target].Activity.Id);
    }

    private static int VisitsOfNew(FlowCounters counters, int[] inbound)
    {
        var visits = inbound.Length == 0 ? 0 : int.MaxValue;
        foreach (var edge in inbound)
            visits = Math.Min(visits, counters.EdgeVisits(edge));
        return visits;
    }

    private static int WasEntered(FlowCounters counters, int[] inbound)
    {
        foreach (var edge in inbound)
        {
            if (counters.EdgeFollowed(edge) == 1)
                return 1;
        }

        return 0;
    }

    private int WasLeftBy(FlowCounters before, int activity, string port)
    {
        foreach (var edge in _from.Outbound[activity])
        {
            if (_from.Edges[edge].Port == port && before.EdgeFollowed(edge) == 1)
                return 1;
        }

        return 0;
    }

    private int StartOf(int former)
    {
        var id = _from.Children[former].Activity.Id;
        var withoutInbound = 0;
        for (var i = _to.ActivityCount - 1; i >= 0; i--)
        {
            if (_to.Children[i].Activity.Id == id)
                return i;
            if (_to.Inbound[i].Length == 0)
                withoutInbound = i;
        }

        return withoutInbound;
    }

    /// <summary>The activities so that each stands behind those from which forward connections lead to it.</summary>
    private IEnumerable<int> Ordered(ForwardGraph forward)
    {
        var open = forward.ForwardInbound.Select(edges => edges.Length).ToArray();
        var ready = new Queue<int>(Enumerable.Range(0, _to.ActivityCount).Where(activity => open[activity] == 0));
        while (ready.TryDequeue(out var activity))
        {
            yield return activity;
            foreach (var edge in _to.Outbound[activity])
            {
                if (forward.IsForward[edge] && --open[_to.Edges[edge].Target] == 0)
                    ready.Enqueue(_to.Edges[edge].Target);
            }
        }
    }
}
