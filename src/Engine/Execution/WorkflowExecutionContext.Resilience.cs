namespace Platform.Engine;

/// <content>What containers handled, and how the instance ends.</content>
public sealed partial class WorkflowExecutionContext
{
    /// <summary>Most handled faults that are kept with the instance, so that a loop with retries does not let its state grow.</summary>
    public const int HandledIncidentsMax = 20;

    private List<Incident>? _handledIncidents;

    /// <summary>The last faults that a container handled, at most <see cref="HandledIncidentsMax"/>. The journal has all of them.</summary>
    public IReadOnlyList<Incident> HandledIncidents => _handledIncidents ?? [];

    /// <summary>Whether it was cancelled. While it is not yet ended, it runs the steps that come before its end.</summary>
    public bool IsCancelling { get; internal set; }

    internal void AddIncident(Incident incident) => Incidents.Add(incident);

    internal void AddHandledIncident(Incident incident)
    {
        var kept = _handledIncidents ??= [];
        if (kept.Count >= HandledIncidentsMax)
            kept.RemoveAt(0);
        kept.Add(incident);
    }
}
