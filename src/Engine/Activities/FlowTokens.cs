using System.Globalization;
using Platform.Engine.Plans;

namespace Platform.Engine.Activities;

/// <summary>What decides when an activity of a flowchart runs that several connections enter.</summary>
public enum FlowchartExecutionMode
{
    /// <summary>What the host chose; counters when it chose nothing.</summary>
    Default,

    /// <summary>Tokens travel along the connections; each activity says by its merge mode when they are enough.</summary>
    TokenBased,

    /// <summary>Visits are counted, untaken connections included; joins say what they wait for.</summary>
    CounterBased,
}

/// <summary>When an activity runs that tokens travel to. Only token-based flowcharts ask for it.</summary>
internal enum MergeMode
{
    /// <summary>When nothing is on its way to the activities directly before it. The default.</summary>
    Stream,

    /// <summary>When a token waits on every forward connection that enters it.</summary>
    Merge,

    /// <summary>When a token waits on every connection that enters it, those that lead back included.</summary>
    Converge,

    /// <summary>With the first token; others of the same round are swallowed.</summary>
    Cascade,

    /// <summary>With the first token; whatever still runs upstream is cancelled.</summary>
    Race,
}

/// <summary>
/// The tokens of one flowchart execution, in one array that is stored with the instance: [complement of the start, number of tokens,
/// then per connection: whether a token waits on it, plus twice the number of blocks]. The negative start tells it from counters.
/// </summary>
internal readonly struct TokenState(int[] values)
{
    private const int Header = 2;
    private const int Token = 1;
    private const int Block = 2;

    public int Start => ~values[0];

    /// <summary>Number of connections on which a token waits.</summary>
    public int Count => values[1];

    public static int[] Create(FlowGraph flow, int start)
    {
        var values = new int[Header + flow.Edges.Length];
        values[0] = ~start;
        return values;
    }

    /// <summary>Whether a flowchart execution runs on tokens.</summary>
    public static bool IsUsedBy(ActivityExecutionContext flowchart) => flowchart.Counters is [< 0, ..];

    /// <summary>Whether the stored tokens belong to this graph; they do not after the flowchart was edited.</summary>
    public static bool Fit(int[] values, FlowGraph flow) => values.Length == Header + flow.Edges.Length;

    public bool Has(int edge) => (values[Header + edge] & Token) != 0;

    public void Put(int edge)
    {
        if (Has(edge))
            return;
        values[Header + edge] |= Token;
        values[1]++;
    }

    public void Take(int edge)
    {
        if (!Has(edge))
            return;
        values[Header + edge] &= ~Token;
        values[1]--;
    }

    public void AddBlock(int edge) => values[Header + edge] += Block;

    /// <summary>Uses up one block of a connection.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TakeBlock(int edge)
    {
        if (values[Header + edge] < Block)
            return false;
        values[Header + edge] -= Block;
        return true;
    }

    /// <summary>Gives a connection what is on a connection of another execution.</summary>
    public void Copy(int edge, TokenState from, int formerEdge)
    {
        if (from.Has(formerEdge))
            Put(edge);
        values[Header + edge] = from.Of(formerEdge);
    }

    /// <summary>Takes the token and all blocks off a connection.</summary>
    public void Clear(int edge)
    {
        Take(edge);
        values[Header + edge] = 0;
    }

    private int Of(int edge) => values[Header + edge];
}

/// <summary>Decides what a token-based flowchart schedules after one of its activities ended. Made per decision.</summary>
internal ref struct FlowTokens
{
    private readonly ActivityExecutionContext _flowchart;
    private readonly ActivityCompletionCallback _onChildCompleted;
    private readonly FlowGraph _flow;
    private readonly TokenState _tokens;
    private readonly ForwardGraph _forward;
    private List<int>? _entered;
    private List<ActivityExecutionContext>? _losers;

    public FlowTokens(ActivityExecutionContext flowchart, ActivityCompletionCallback onChildCompleted)
    {
        _flowchart = flowchart;
        _onChildCompleted = onChildCompleted;
        _flow = flowchart.Node.Flow!;
        if (!TokenState.Fit(flowchart.Counters!, _flow))
            flowchart.Counters = TokenState.Create(_flow, 0);
        _tokens = new TokenState(flowchart.Counters!);
        _forward = _flow.From(_tokens.Start);
    }

    /// <summary>The merge mode an author wrote: Stream for nothing and <c>None</c>, null for what is not a mode.</summary>
    /// <param name="written">The custom property <c>mergeMode</c>, or null.</param>
    public static MergeMode? ParseMergeMode(object? written) => written switch
    {
        null or "" => MergeMode.Stream,
        string text when text.Equals("None", StringComparison.OrdinalIgnoreCase) => MergeMode.Stream,
        string text when char.IsAsciiLetter(text[0]) && Enum.TryParse<MergeMode>(text, ignoreCase: true, out var mode) => mode,
        _ => null,
    };

    /// <summary>What a join's mode means to tokens.</summary>
    public static MergeMode MergeModeOf(FlowJoinMode mode) => mode == FlowJoinMode.WaitAny ? MergeMode.Race : MergeMode.Merge;

    /// <summary>Sends tokens along the connections that an ended child's outcomes name. The task waits for the cancellation of losers of a race.</summary>
    public ValueTask Follow(ActivityExecutionContext child, string[] outcomes)
    {
        var activity = child.Node.ChildIndex;
        var outbound = _flow.Outbound[activity];
        foreach (var edge in outbound)
        {
            if (IsActive(edge, outcomes))
                _tokens.Put(edge);
        }

        foreach (var edge in _flow.Inbound[activity])
            _tokens.Take(edge);
        foreach (var edge in outbound)
        {
            if (IsActive(edge, outcomes))
                Enter(activity, edge);
        }

        foreach (var edge in outbound)
        {
            if (!IsActive(edge, outcomes))
                Release(edge);
        }

        Block(activity);
        return _losers is null ? default : FlowRouting.CancelAllAsync(_losers, notifyOwner: true);
    }

    /// <summary>Removes what travelled to and from a cancelled child; what waited only for it goes on.</summary>
    public void Forget(ActivityExecutionContext child)
    {
        var activity = child.Node.ChildIndex;
        foreach (var edge in _flow.Inbound[activity])
            _tokens.Clear(edge);
        foreach (var edge in _flow.Outbound[activity])
            _tokens.Clear(edge);
        foreach (var edge in _flow.Outbound[activity])
            Release(edge);
    }

    /// <summary>What the tokens wait for that nothing can bring any more, in a sentence; null when no token waits.</summary>
    public readonly string? DescribeStuck()
    {
        if (_tokens.Count == 0)
            return null;
        var stuck = Enumerable.Range(0, _flow.Edges.Length).First(_tokens.Has);
        var target = _flow.Edges[stuck].Target;
        var mode = ModeOf(target);
        var tokens = _tokens;
        var flow = _flow;
        var awaited = (mode == MergeMode.Converge ? _flow.Inbound[target] : _forward.ForwardInbound[target])
            .Where(edge => !tokens.Has(edge))
            .Select(edge => $"'{flow.Children[flow.Edges[edge].Source].Activity.Id}' ({flow.Edges[edge].Port})");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"'{_flow.Children[target].Activity.Id}' (merge mode {mode}) still waits for {string.Join(", ", awaited)}, but nothing runs that could get there. "
            + $"Connect the outcomes that lead elsewhere, or give it the merge mode {nameof(MergeMode.Stream)}.");
    }

    private readonly bool IsActive(int edge, string[] outcomes) => Array.IndexOf(outcomes, _flow.Edges[edge].Port) >= 0;

    private readonly MergeMode ModeOf(int target) =>
        _flow.MergeModes[target] ?? MergeModeOf(((FlowJoin)_flow.Children[target].Activity).ModeOf(_flowchart));

    private void Enter(int source, int edge)
    {
        var target = _flow.Edges[edge].Target;
        var mode = ModeOf(target);
        var isReady = mode switch
        {
            MergeMode.Merge => AllWait(_forward.ForwardInbound[target]),
            MergeMode.Converge => AllWait(_flow.Inbound[target]),
            MergeMode.Cascade or MergeMode.Race => IsFirst(edge),
            _ => IsUpstreamIdle(target),
        };
        if (!isReady)
            return;
        var winner = Schedule(target);
        if (mode == MergeMode.Race)
            FlowRouting.CollectUpstream(_flowchart, _forward.UpstreamOf(target), winner, ref _losers);
        if (mode is MergeMode.Race or MergeMode.Cascade && _forward.ForwardInbound[target].Length > 1)
            (_entered ??= []).Add(target);
    }

    private readonly ActivityExecutionContext Schedule(int target) => Interpreter.Schedule(_flowchart, _flow.Children[target], _onChildCompleted);

    /// <summary>Whether tokens wait on all these connections. A single one needs no waiting.</summary>
    private readonly bool AllWait(int[] inbound)
    {
        if (inbound.Length <= 1)
            return true;
        foreach (var edge in inbound)
        {
            if (!_tokens.Has(edge))
                return false;
        }

        return true;
    }

    /// <summary>Whether the token is the first of its round. A later one is used up together with its block, so that nobody waits for it.</summary>
    private readonly bool IsFirst(int edge)
    {
        if (!_tokens.TakeBlock(edge))
            return true;
        _tokens.Take(edge);
        return false;
    }

    /// <summary>Whether no token is on its way to an activity from which a forward connection enters the target.</summary>
    private readonly bool IsUpstreamIdle(int target)
    {
        foreach (var inbound in _forward.ForwardInbound[target])
        {
            foreach (var edge in _flow.Inbound[_flow.Edges[inbound].Source])
            {
                if (_tokens.Has(edge))
                    return false;
            }
        }

        return true;
    }

    /// <summary>
    /// A connection that was not followed brings nothing more: a streaming target that waited for its source alone runs now.
    /// </summary>
    private readonly void Release(int edge)
    {
        var target = _flow.Edges[edge].Target;
        if (!_forward.IsForward[edge] || _flow.MergeModes[target] != MergeMode.Stream)
            return;
        foreach (var inbound in _flow.Inbound[target])
        {
            if (!_tokens.Has(inbound))
                continue;
            if (IsUpstreamIdle(target) && !IsLive(target))
                Schedule(target);
            return;
        }
    }

    private readonly bool IsLive(int target)
    {
        for (var child = _flowchart.FirstChild; child is not null; child = child.NextSibling)
        {
            if (child.Node.ChildIndex == target)
                return true;
        }

        return false;
    }

    /// <summary>
    /// Blocks the other ways into what was entered first, as far as something that runs can still come along them. A way that is dead
    /// is not blocked: the block would outlive the round and swallow the first token of the next one.
    /// </summary>
    private readonly void Block(int source)
    {
        if (_entered is null)
            return;
        var coming = _forward.DownstreamOf(LiveActivities());
        foreach (var target in _entered)
        {
            foreach (var edge in _forward.ForwardInbound[target])
            {
                if (_flow.Edges[edge].Source != source && coming[_flow.Edges[edge].Source])
                    _tokens.AddBlock(edge);
            }
        }
    }

    private readonly Stack<int> LiveActivities()
    {
        var live = new Stack<int>();
        for (var child = _flowchart.FirstChild; child is not null; child = child.NextSibling)
        {
            if (child.Status is ActivityStatus.Pending or ActivityStatus.Running && !(_losers?.Contains(child) ?? false))
                live.Push(child.Node.ChildIndex);
        }

        return live;
    }
}
