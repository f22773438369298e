namespace Platform.Runtime.Tests.Simulation;

/// <summary>What happens next in a simulation.</summary>
internal enum OperationKind
{
    Execute,
    Dispatch,
    DispatchKeyed,
    PublishStart,
    PublishGo,
    Advance,
    Work,
    Keep,
    Cancel,
    Switch,
    End,
    EndLater,
    FailLater,
}

/// <summary>One operation; what the two numbers mean depends on the kind.</summary>
internal sealed record SimulatedOperation(OperationKind Kind, int A, int B)
{
    private static readonly (OperationKind Kind, int Weight)[] Weights =
    [
        (OperationKind.Execute, 14), (OperationKind.Dispatch, 12), (OperationKind.DispatchKeyed, 6), (OperationKind.PublishStart, 6),
        (OperationKind.PublishGo, 7), (OperationKind.Advance, 14), (OperationKind.Work, 22), (OperationKind.Keep, 5), (OperationKind.Cancel, 6),
        (OperationKind.Switch, 2), (OperationKind.End, 3), (OperationKind.EndLater, 10), (OperationKind.FailLater, 6),
    ];

    private static readonly int Total = Weights.Sum(weight => weight.Weight);

    /// <summary>The operations of a seed.</summary>
    public static List<SimulatedOperation> OfSeed(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => new SimulatedOperation(Pick(random.Next(Total)), random.Next(1_000), random.Next(1_000)))];
    }

    public override string ToString() => $"{Kind}({A}, {B})";

    private static OperationKind Pick(int number)
    {
        foreach (var (kind, weight) in Weights)
        {
            number -= weight;
            if (number < 0)
                return kind;
        }

        throw new InvalidOperationException("The number is larger than the total of the weights.");
    }
}
