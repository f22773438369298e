namespace Platform.Engine.Tests.RandomFlowcharts;

/// <summary>Makes random flowcharts. One seed makes the same flowchart on every machine.</summary>
internal sealed class FlowGenerator(int seed)
{
    private static readonly StepKind[] _kinds =
    [
        StepKind.Line, StepKind.Line, StepKind.Line, StepKind.Line, StepKind.Line, StepKind.Decision, StepKind.Decision, StepKind.Switch, StepKind.Fork, StepKind.Fork,
        StepKind.JoinAll, StepKind.JoinActive, StepKind.JoinAny, StepKind.JoinAny, StepKind.Route, StepKind.Route, StepKind.Route, StepKind.Wait, StepKind.Wait, StepKind.Wait,
    ];

    private static readonly StepKind[] _rareKinds = [StepKind.Fault, StepKind.Fault, StepKind.End, StepKind.Complete, StepKind.Break, StepKind.Finish];

    private readonly Random _random = new(seed);

    public FlowModel Next()
    {
        var count = _random.Next(2, 18);
        var rareShare = _random.Next(2) == 0 ? 7 : 40;
        var steps = new List<ModelStep>();
        for (var i = 0; i < count; i++)
        {
            var kind = i > 0 && _random.Next(rareShare) == 0 ? Pick(_rareKinds) : Pick(_kinds);
            steps.Add(new ModelStep($"{kind}{i}", kind, Outcomes(kind)));
        }

        var connections = new List<ModelConnection>();
        for (var i = 0; i < count; i++)
            Connect(steps, i, connections);
        for (var i = 1; i < count; i++)
            ConnectFromBefore(steps, i, connections);
        Shuffle(connections);
        if (_random.Next(3) == 0)
            Shuffle(steps);
        return new FlowModel(steps, connections, _random.Next(2) == 0);
    }

    private void Connect(List<ModelStep> steps, int index, List<ModelConnection> connections)
    {
        var source = steps[index];
        foreach (var port in PortsOf(source))
        {
            var fanOut = Pick([0, 0, 1, 1, 1, 1, 2, 3]);
            for (var i = 0; i < fanOut; i++)
            {
                // Only routes lead back: their plans end, and so do the loops.
                var target = source.Kind == StepKind.Route && _random.Next(3) == 0 ? _random.Next(steps.Count) : _random.Next(index + 1, steps.Count + 1);
                if (target < steps.Count)
                    Add(new ModelConnection(source.Id, port, steps[target].Id), connections);
            }
        }
    }

    /// <summary>Most activities are reachable, so that random flowcharts get anywhere.</summary>
    private void ConnectFromBefore(List<ModelStep> steps, int index, List<ModelConnection> connections)
    {
        if (_random.Next(8) == 0 || connections.Exists(connection => connection.Target == steps[index].Id))
            return;
        var source = steps[_random.Next(Math.Max(0, index - 4), index)];
        Add(new ModelConnection(source.Id, Pick(PortsOf(source)), steps[index].Id), connections);
    }

    /// <summary>The same connection twice is one connection; the rules say nothing about it.</summary>
    private static void Add(ModelConnection connection, List<ModelConnection> connections)
    {
        if (!connections.Contains(connection))
            connections.Add(connection);
    }

    private static string[] PortsOf(ModelStep step) => step.Kind switch
    {
        StepKind.Decision => ["True", "False"],
        StepKind.Switch => ["A", "B", "Default"],
        StepKind.Fork or StepKind.Route => ["A", "B"],
        _ => ["Done"],
    };

    private string[][] Outcomes(StepKind kind) => kind switch
    {
        StepKind.Decision => [[_random.Next(2) == 0 ? "True" : "False"]],
        StepKind.Switch => [Pick<string[]>([["A"], ["B"], ["A", "B"], ["Default"]])],
        StepKind.Fork => [Pick<string[]>([["A", "B"], ["A"], ["B", "A"]])],
        StepKind.Route => [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Pick<string[]>([["A"], ["A"], ["B"], ["A", "B"], []]))],
        _ => [["Done"]],
    };

    private T Pick<T>(T[] items) => items[_random.Next(items.Length)];

    private void Shuffle<T>(List<T> items)
    {
        for (var i = items.Count - 1; i > 0; i--)
        {
            var j = _random.Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
