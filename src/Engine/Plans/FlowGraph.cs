using System.Collections.Concurrent;
using Platform.Engine.Activities;

namespace Platform.Engine.Plans;

/// <summary>The connections of a flowchart by number: activity i is the i-th child of the flowchart's node.</summary>
internal sealed class FlowGraph
{
    private readonly ConcurrentDictionary<int, ForwardGraph> _forwardByStart = new();

    public FlowGraph(Flowchart flowchart, PlanNode node)
    {
        Children = node.ChildList;
        var byId = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Children.Count; i++)
            byId.TryAdd(Children[i].Activity.Id, i);
        var edges = flowchart.Connections
            .Where(connection => byId.ContainsKey(connection.Source) && byId.ContainsKey(connection.Target))
            .Select(connection => new FlowEdge(byId[connection.Source], byId[connection.Target], connection.SourcePort is { Length: > 0 } port ? port : "Done"));
        Edges = [.. edges.Distinct()];
        MergeModes = [.. Children.Select(child => ReadMergeMode(child.Activity))];
        Outbound = Group(edge => edge.Source);
        Inbound = Group(edge => edge.Target);
        Start = First(child => child.Activity == flowchart.Start)
            ?? First(child => child.Activity is IStartNode)
            ?? First(child => child.Activity.CanStartWorkflow)
            ?? First(child => Inbound[child.ChildIndex].Length == 0)
            ?? 0;
    }

    public IReadOnlyList<PlanNode> Children { get; }

    public FlowEdge[] Edges { get; }

    /// <summary>Numbers of the edges that leave an activity, in document order.</summary>
    public int[][] Outbound { get; }

    public int[][] Inbound { get; }

    /// <summary>The activity to begin with when the instance was not started at one of them.</summary>
    public int Start { get; }

    /// <summary>Merge modes of the activities in a token-based execution; null for a join whose mode an expression gives.</summary>
    public MergeMode?[] MergeModes { get; }

    public int ActivityCount => Children.Count;

    /// <summary>The edges seen from a start activity: which lead forward and which lead back.</summary>
    public ForwardGraph From(int start) => _forwardByStart.GetOrAdd(start, static (start, graph) => new ForwardGraph(graph, start), this);

    private static MergeMode? ReadMergeMode(Activity activity)
    {
        if (activity is FlowJoin join)
            return join.Mode.IsConstant ? FlowTokens.MergeModeOf((FlowJoinMode)join.Mode.ConstantValue!) : null;
        return FlowTokens.ParseMergeMode(activity.CustomPropertyOrNull("mergeMode")) ?? MergeMode.Stream;
    }

    private int? First(Func<PlanNode, bool> isStart)
    {
        var index = Children.ToList().FindIndex(child => isStart(child));
        return index < 0 ? null : index;
    }

    private int[][] Group(Func<FlowEdge, int> key)
    {
        var groups = new List<int>?[Children.Count];
        for (var i = 0; i < Edges.Length; i++)
            (groups[key(Edges[i])] ??= []).Add(i);
        return [.. groups.Select(group => group?.ToArray() ?? [])];
    }
}

/// <summary>A connection: from an outcome of one activity to another activity.</summary>
internal readonly record struct FlowEdge(int Source, int Target, string Port);

/// <summary>
/// The acyclic part of a flowchart seen from its start: edges in breadth-first order, without those that would close a cycle. All
/// other reachable edges lead back.
/// </summary>
internal sealed class ForwardGraph
{
    private readonly FlowGraph _graph;
    private readonly int _start;
    private readonly ConcurrentDictionary<int, bool> _validBackward = new();

    public ForwardGraph(FlowGraph graph, int start)
    {
        _graph = graph;
        _start = start;
        IsForward = new bool[graph.Edges.Length];
        IsReachable = new bool[graph.ActivityCount];
        Classify();
        ForwardInbound = [.. graph.Inbound.Select(edges => edges.Where(edge => IsForward[edge]).ToArray())];
    }

    public bool[] IsForward { get; }

    public bool[] IsReachable { get; }

    /// <summary>Numbers of the forward edges that enter an activity.</summary>
    public int[][] ForwardInbound { get; }

    /// <summary>
    /// Whether a backward edge may be followed: every forward path from the start to its source goes through its target.
    /// </summary>
    public bool IsValidBackward(int edge) => _validBackward.GetOrAdd(edge, static (edge, self) =>
    {
        var (source, target, _) = self._graph.Edges[edge];
        return source == target || target == self._start || !self.Reaches(self._start, source, without: target);
    }, this);

    /// <summary>The activities from which forward edges lead to an activity, directly or not.</summary>
    public HashSet<int> UpstreamOf(int activity)
    {
        var upstream = new HashSet<int>();
        var stack = new Stack<int>();
        stack.Push(activity);
        while (stack.TryPop(out var target))
        {
            foreach (var edge in ForwardInbound[target])
            {
                if (upstream.Add(_graph.Edges[edge].Source))
                    stack.Push(_graph.Edges[edge].Source);
            }
        }

        return upstream;
    }

    /// <summary>Which activities forward edges lead to from some activities; these are among them.</summary>
    /// <param name="from">The activities; empty afterwards.</param>
    public bool[] DownstreamOf(Stack<int> from)
    {
        var downstream = new bool[_graph.ActivityCount];
        while (from.TryPop(out var activity))
        {
            if (downstream[activity])
                continue;
            downstream[activity] = true;
            foreach (var edge in _graph.Outbound[activity])
            {
                if (IsForward[edge])
                    from.Push(_graph.Edges[edge].Target);
            }
        }

        return downstream;
    }

    private void Classify()
    {
        var expanded = new bool[_graph.ActivityCount];
        var queue = new Queue<int>();
        queue.Enqueue(_start);
        IsReachable[_start] = true;
        while (queue.TryDequeue(out var activity))
        {
            expanded[activity] = true;
            foreach (var edge in _graph.Outbound[activity])
            {
                var target = _graph.Edges[edge].Target;
                // A target that was not expanded has no forward edges yet, so the edge cannot close a cycle (unless it is a self-loop).
                if (target == activity || (expanded[target] && Reaches(target, activity, without: -1)))
                    continue;
                IsForward[edge] = true;
                if (IsReachable[target])
                    continue;
                IsReachable[target] = true;
                queue.Enqueue(target);
            }
        }
    }

    private bool Reaches(int from, int to, int without)
    {
        var seen = new bool[_graph.ActivityCount];
        var stack = new Stack<int>();
        stack.Push(from);
        while (stack.TryPop(out var activity))
        {
            if (activity == to)
                return true;
            if (seen[activity] || activity == without)
                continue;
            seen[activity] = true;
            foreach (var edge in _graph.Outbound[activity])
            {
                if (IsForward[edge])
                    stack.Push(_graph.Edges[edge].Target);
            }
        }

        return false;
    }
}
