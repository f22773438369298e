using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Server.Monitoring.Alerts;

namespace Platform.Server.Monitoring.Remedies;

/// <summary>What a remedy does when it is wanted.</summary>
[JsonConverter(typeof(RemedyModeConverter))]
internal enum RemedyMode
{
    /// <summary>Nothing.</summary>
    Off,

    /// <summary>It says what it would have done.</summary>
    DryRun,

    /// <summary>It starts its workflow.</summary>
    On,
}

/// <summary>Modes in camel case on the wire.</summary>
internal sealed class RemedyModeConverter() : JsonStringEnumConverter<RemedyMode>(JsonNamingPolicy.CamelCase);

/// <summary>A workflow that is started when an alert is open, or when a condition holds.</summary>
/// <param name="Name">Its name: letters, digits, '-', '_' and '.'.</param>
/// <param name="Description">What it does, or null.</param>
/// <param name="Rule">The rule whose alerts want it; null when it has a condition of its own.</param>
/// <param name="Condition">Its own condition, or null.</param>
/// <param name="Subject"><c>*</c>, <c>service:*</c> or one subject: others do not want it.</param>
/// <param name="Workflow">Definition id of the workflow.</param>
/// <param name="Input">Inputs that the workflow gets besides what the remedy tells it.</param>
/// <param name="Mode">What it does when it is wanted.</param>
/// <param name="Cooldown">How long it does nothing for a subject after it did something.</param>
/// <param name="MaxPerHour">How often it does something in an hour, for all subjects together.</param>
internal sealed record Remedy(
    string Name,
    string? Description,
    string? Rule,
    Condition? Condition,
    string Subject,
    string Workflow,
    IReadOnlyDictionary<string, JsonElement> Input,
    RemedyMode Mode,
    TimeSpan Cooldown,
    int MaxPerHour)
{
    /// <summary>Kind of the documents.</summary>
    public const string DocumentKind = "remedy";

    /// <summary>The shipped workflow that restarts a service. Services that the server cannot start do not want it.</summary>
    public const string RestartWorkflow = "remedy-restart";

    private const int PerHourMax = 1_000;
    private const int TextLengthMax = 500;
    private const int InputMax = 100;
    private static readonly TimeSpan CooldownMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CooldownMax = TimeSpan.FromDays(7);

    /// <summary>The remedies that every server has. They only say what they would do until somebody turns them on.</summary>
    public static IReadOnlyList<Remedy> BuiltIn { get; } =
    [
        Of("collect-garbage", "Has the process give back memory that it does not need.", "memory-high", "remedy-collect-garbage", TimeSpan.FromMinutes(10), 4),
        Of("restart", "Restarts a service that is down, if the server itself starts it.", "service-down", RestartWorkflow, TimeSpan.FromMinutes(5), 6),
        Of("reconnect", "Closes the circuit breaker of a service as soon as the service is well again.", "breaker-open", "remedy-reconnect", TimeSpan.FromMinutes(5), 12),
        Of("shed-load", "Pauses the workflow of which most is queued for ten minutes, so that others get on.", "queue-backlog", "remedy-shed-load", TimeSpan.FromMinutes(15), 2),
        Of("pause-failing", "Pauses the workflow whose runs fault most for ten minutes; its starts wait.", "success-rate-low", "remedy-shed-load", TimeSpan.FromMinutes(30), 2),
    ];

    /// <summary>Everything that is wrong with it.</summary>
    /// <param name="isRule">Whether there is a rule of a name; null when that is not known yet.</param>
    public IEnumerable<string> Mistakes(Func<string, bool>? isRule)
    {
        if (Rule is null == Condition is null)
            yield return "Give 'rule' or 'condition', and not both.";
        if (Rule is { } rule && isRule?.Invoke(rule) == false)
            yield return $"There is no rule '{rule}'. GET /api/alert-rules lists them.";
        foreach (var mistake in Condition?.Mistakes() ?? [])
            yield return $"condition: {mistake}";
        if (Alerts.Condition.WhyNotSubject(Subject) is { } wrong)
            yield return wrong;
        if (Workflow.Length is 0 or > TextLengthMax)
            yield return "'workflow' is the definition id of the workflow that is started.";
        if (Description is { Length: > TextLengthMax })
            yield return $"'description' has at most {TextLengthMax} characters.";
        if (Cooldown < CooldownMin || Cooldown > CooldownMax)
            yield return "'cooldown' is a time from 00:00:01 to 7.00:00:00.";
        if (MaxPerHour is < 1 or > PerHourMax)
            yield return $"'maxPerHour' is a number from 1 to {PerHourMax}.";
        if (Input.Count > InputMax)
            yield return $"'input' has at most {InputMax} members.";
    }

    private static Remedy Of(string name, string description, string rule, string workflow, TimeSpan cooldown, int perHour) => new(
        name, description, rule, null, Alerts.Condition.Any, workflow, new Dictionary<string, JsonElement>(StringComparer.Ordinal), RemedyMode.DryRun, cooldown, perHour);
}

/// <summary>What came of a remedy that was wanted.</summary>
[JsonConverter(typeof(RemedyOutcomeConverter))]
internal enum RemedyOutcome
{
    /// <summary>Its workflow is about to be started. It moves on in a moment; after a crash at the next start.</summary>
    Planned,

    /// <summary>Its workflow was started.</summary>
    Started,

    /// <summary>Nothing was done: it only says what it would do.</summary>
    DryRun,

    /// <summary>Nothing was done: it has done as much as it may in an hour.</summary>
    Capped,

    /// <summary>Its workflow could not be started.</summary>
    Failed,
}

/// <summary>Outcomes in camel case on the wire.</summary>
internal sealed class RemedyOutcomeConverter() : JsonStringEnumConverter<RemedyOutcome>(JsonNamingPolicy.CamelCase);

/// <summary>One time that a remedy was wanted.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Remedy">The remedy.</param>
/// <param name="Subject">For what.</param>
/// <param name="AlertId">The alert that wanted it, or null.</param>
/// <param name="At">When, UTC.</param>
/// <param name="By"><c>monitor</c>, or the person who ran it.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Detail">Why, in a sentence, or null.</param>
/// <param name="Workflow">Definition id of the workflow.</param>
/// <param name="InstanceId">The instance that was started, or null.</param>
/// <param name="Value">The figure that wanted it, or null.</param>
/// <param name="Input">What the workflow gets.</param>
internal sealed record RemedyRun(
    string Id,
    string Remedy,
    string Subject,
    string? AlertId,
    DateTimeOffset At,
    string By,
    RemedyOutcome Outcome,
    string? Detail,
    string Workflow,
    string? InstanceId,
    double? Value,
    IReadOnlyDictionary<string, JsonElement> Input)
{
    /// <summary>Kind of the documents.</summary>
    public const string DocumentKind = "remedy-run";

    /// <summary>Who runs remedies by themselves.</summary>
    public const string Monitor = "monitor";

    /// <summary>Whether it counts against the most that may be done in an hour.</summary>
    [JsonIgnore]
    public bool IsAction => Outcome is not RemedyOutcome.Capped;
}
