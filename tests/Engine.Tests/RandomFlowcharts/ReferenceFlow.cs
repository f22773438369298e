namespace Platform.Engine.Tests.RandomFlowcharts;

/// <summary>
/// The rules of counter-based flowcharts (fact sheet 3.2 and 3.3) as directly as they can be written down: dictionaries, recursion, and
/// searches over lists. Slow, and shares nothing with the engine.
/// </summary>
internal sealed class ReferenceFlow
{
    private readonly FlowModel _model;
    private readonly List<ModelConnection> _forward = [];
    private readonly Dictionary<string, int> _visits = [];
    private readonly Dictionary<ModelConnection, int> _connectionVisits = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<ModelConnection, bool> _followed = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, int> _executions = [];
    private readonly List<Execution> _live = [];
    private readonly string _start;
    private bool _isFaulting;

    public ReferenceFlow(FlowModel model)
    {
        _model = model;
        _start = (model.Steps.Find(step => model.Connections.TrueForAll(connection => connection.Target != step.Id)) ?? model.Steps[0]).Id;
        FindForwardConnections();
    }

    public List<string> Started { get; } = [];

    public List<string> Incidents { get; } = [];

    public bool IsCompleted { get; private set; }

    /// <summary>A connection back that must not be followed was followed: what happens further is not specified.</summary>
    public bool IsBroken { get; private set; }

    public List<string> Waiting => [.. _live.Where(execution => execution.State == "waiting").Select(execution => execution.Step.Id)];

    public string SubStatus => _isFaulting ? "Faulted" : IsCompleted ? "Finished" : "Suspended";

    public void Start()
    {
        Schedule(_start, isBackward: false);
        Burst();
    }

    public void Resume(int waiting)
    {
        var execution = _live.Where(candidate => candidate.State == "waiting").ElementAt(waiting);
        Complete(execution);
        Burst();
    }

    private void Burst()
    {
        // Queued executions stand in the list in the order in which they were scheduled.
        while (!IsBroken && _live.Find(execution => execution.State == "queued") is { } next)
            Execute(next);
    }

    private void Execute(Execution execution)
    {
        execution.State = "running";
        Started.Add(execution.Step.Id);
        switch (execution.Step.Kind)
        {
            case StepKind.Wait:
                execution.State = "waiting";
                break;
            case StepKind.Fault:
                execution.State = "faulted";
                Incidents.Add(execution.Step.Id);
                _isFaulting |= !_model.ContinuesWithIncidents;
                break;
            default:
                Complete(execution);
                break;
        }
    }

    private void Complete(Execution execution)
    {
        _live.Remove(execution);
        if (execution.Step.IsTerminal)
        {
            _live.Clear();
            IsCompleted = true;
            return;
        }

        var count = _executions.GetValueOrDefault(execution.Step.Id);
        _executions[execution.Step.Id] = count + 1;
        Leave(execution.Step.Id, execution.Step.OutcomesOf(count), isCounted: !execution.IsBackward);
        CompleteWhenIdle();
    }

    private void CompleteWhenIdle() => IsCompleted |= !IsBroken && _live.Count == 0;

    private void Schedule(string id, bool isBackward) => _live.Add(new Execution(_model.Steps.Find(step => step.Id == id)!, isBackward));

    /// <summary>Steps 1 to 4 of the rules.</summary>
    private void Leave(string id, string[] outcomes, bool isCounted)
    {
        if (isCounted)
            _visits[id] = _visits.GetValueOrDefault(id) + 1;
        foreach (var connection in _model.Connections.Where(connection => connection.Source == id))
        {
            var followed = outcomes.Contains(connection.Port);
            _connectionVisits[connection] = _connectionVisits.GetValueOrDefault(connection) + 1;
            _followed[connection] = followed;
            if (IsBroken)
                return;
            if (_forward.Exists(other => ReferenceEquals(other, connection)))
                Arrive(connection);
            else if (followed && IsValidBackward(connection))
                Schedule(connection.Target, isBackward: true);
            else if (followed)
                IsBroken = true;
        }
    }

    private void Arrive(ModelConnection connection)
    {
        var target = connection.Target;
        var inbound = _forward.Where(other => other.Target == target).ToList();
        var visitsOfTarget = _visits.GetValueOrDefault(target);
        var max = inbound.Max(other => _connectionVisits.GetValueOrDefault(other));
        var allVisited = inbound.TrueForAll(other => _connectionVisits.GetValueOrDefault(other) > visitsOfTarget);
        var latest = inbound.Where(other => _connectionVisits.GetValueOrDefault(other) == max && _followed[other]).ToList();
        switch (_model.Steps.Find(step => step.Id == target)!.Kind)
        {
            case StepKind.JoinAny:
                if (_connectionVisits[connection] <= visitsOfTarget || _live.Exists(other => other.Step.Id == target && other.State == "queued"))
                    return;
                if (latest.Count > 0)
                    Race(target);
                else if (allVisited)
                    Leave(target, [], isCounted: true);
                return;
            case StepKind.JoinAll:
                if (allVisited && latest.Count == inbound.Count)
                    Schedule(target, isBackward: false);
                else if (allVisited)
                    Leave(target, [], isCounted: true);
                return;
            default:
                if (allVisited && latest.Count > 0)
                    Schedule(target, isBackward: false);
                else if (allVisited)
                    Leave(target, [], isCounted: true);
                return;
        }
    }

    private void Race(string target)
    {
        Schedule(target, isBackward: false);
        var upstream = _model.Steps.Where(step => step.Id != target && Reaches(step.Id, target, without: null)).Select(step => step.Id).ToList();
        foreach (var loser in _live.Where(execution => execution.State is "waiting" or "running" && upstream.Contains(execution.Step.Id)).ToList())
        {
            if (_live.Remove(loser))
                Leave(loser.Step.Id, [], isCounted: true);
        }
    }

    private void FindForwardConnections()
    {
        var queue = new List<string> { _start };
        var seen = new HashSet<string> { _start };
        while (queue.Count > 0)
        {
            var id = queue[0];
            queue.RemoveAt(0);
            foreach (var connection in _model.Connections.Where(connection => connection.Source == id))
            {
                if (connection.Target == id || Reaches(connection.Target, id, without: null))
                    continue;
                _forward.Add(connection);
                if (seen.Add(connection.Target))
                    queue.Add(connection.Target);
            }
        }
    }

    private bool IsValidBackward(ModelConnection connection) =>
        connection.Target == connection.Source || connection.Target == _start || !Reaches(_start, connection.Source, without: connection.Target);

    private bool Reaches(string from, string to, string? without) =>
        from == to || (from != without && _forward.Where(connection => connection.Source == from).Any(connection => Reaches(connection.Target, to, without)));

    private sealed record Execution(ModelStep Step, bool IsBackward)
    {
        /// <summary>queued, running, waiting or faulted.</summary>
        public string State { get; set; } = "queued";

        public bool Equals(Execution? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }
}
