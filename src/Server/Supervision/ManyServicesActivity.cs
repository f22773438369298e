using Platform.Engine;

namespace Platform.Server.Supervision;

/// <summary>What the activities that start and stop several services have in common: which ones, in which way, and what became of each.</summary>
public abstract class ManyServicesActivity : ProcessActivity
{
    /// <summary>Only services with this tag. Default: all that have a start command.</summary>
    [Input(Description = "Only services with this tag; empty for all that have a start command.", Order = 0)]
    public Input<string?> Tag { get; set; } = new((string?)null);

    /// <summary>Parallel, as far as they do not need one another, or Sequential. Default: Parallel.</summary>
    [Input(Description = "At once, as far as they do not depend on one another, or one after the other.", UIHint = InputUIHints.DropDown, Options = new[] { "Parallel", "Sequential" }, DefaultValue = "Parallel", Order = 1)]
    public Input<string> Mode { get; set; } = new("Parallel");

    /// <summary>What became of each: its state by its name.</summary>
    [Output(Description = "The state of each service by its name.")]
    public Output<object>? Report { get; set; }

    /// <summary>The services.</summary>
    /// <param name="context">The activity.</param>
    /// <param name="supervisor">Who knows them.</param>
    private protected IReadOnlyList<string> Chosen(ActivityExecutionContext context, Supervisor supervisor) => supervisor.Tagged(context.Get(Tag)?.Trim());

    /// <summary>In which way.</summary>
    /// <param name="context">The activity.</param>
    /// <exception cref="FaultException">It is no way.</exception>
    private protected OrderMode ModeOf(ActivityExecutionContext context) => context.Get(Mode)?.Trim().ToUpperInvariant() switch
    {
        null or "" or "PARALLEL" => OrderMode.Parallel,
        "SEQUENTIAL" => OrderMode.Sequential,
        var other => throw new FaultException("UnknownMode", "Services", "System", $"WF4822: The mode '{other}' is not known. Choose Parallel or Sequential."),
    };

    /// <summary>Says what became of each.</summary>
    /// <param name="context">The activity.</param>
    /// <param name="supervisor">Who knows them.</param>
    private protected void SetReport(ActivityExecutionContext context, Supervisor supervisor)
    {
        var report = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var name in Chosen(context, supervisor))
            report[name] = supervisor.Find(name)?.State.ToString();
        context.Set(Report, report);
    }
}
