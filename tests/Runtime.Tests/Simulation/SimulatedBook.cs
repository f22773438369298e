namespace Platform.Runtime.Tests.Simulation;

/// <summary>The client's own book: what was asked for, and what was answered.</summary>
internal sealed class SimulatedBook
{
    private readonly Dictionary<string, string> _keyed = new(StringComparer.Ordinal);
    private int _events;

    /// <summary>Instances that were asked for, with their definition.</summary>
    public Dictionary<string, string> Asked { get; } = new(StringComparer.Ordinal);

    /// <summary>Instances that were promised.</summary>
    public HashSet<string> Accepted { get; } = new(StringComparer.Ordinal);

    /// <summary>Events that were promised to be delivered.</summary>
    public HashSet<string> AcceptedEvents { get; } = new(StringComparer.Ordinal);

    /// <summary>Instances that were promised to go on.</summary>
    public HashSet<string> Gone { get; } = new(StringComparer.Ordinal);

    /// <summary>Instances that somebody wanted to cancel.</summary>
    public HashSet<string> CancelAsked { get; } = new(StringComparer.Ordinal);

    /// <summary>Instances that were promised to be cancelled.</summary>
    public HashSet<string> Cancelled { get; } = new(StringComparer.Ordinal);

    public string NewEvent() => $"e{_events++}";

    /// <summary>Instances of a definition that were promised, oldest first.</summary>
    public List<string> OfDefinition(string definition) => [.. Accepted.Where(id => Asked[id] == definition)];

    /// <summary>A key was answered with an instance.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public string? AcceptKeyed(string key, string id)
    {
        Asked[id] = "two";
        Accepted.Add(id);
        return _keyed.TryAdd(key, id) || _keyed[key] == id ? null : $"The key '{key}' gave '{_keyed[key]}' and then '{id}'.";
    }
}
