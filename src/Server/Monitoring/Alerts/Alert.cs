using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Server.Monitoring.Alerts;

/// <summary>Where an alert stands.</summary>
[JsonConverter(typeof(AlertStateConverter))]
internal enum AlertState
{
    /// <summary>The condition holds and nobody has looked. A person acknowledges it; the end of the condition resolves it.</summary>
    Open,

    /// <summary>The condition holds and somebody has looked. The end of the condition resolves it.</summary>
    Acknowledged,

    /// <summary>The condition is over. It stays so: when the condition holds again there is another alert.</summary>
    Resolved,
}

/// <summary>States in camel case on the wire.</summary>
internal sealed class AlertStateConverter() : JsonStringEnumConverter<AlertState>(JsonNamingPolicy.CamelCase);

/// <summary>That somebody was told of an alert.</summary>
/// <param name="Channel">By what channel.</param>
/// <param name="Kind"><c>opened</c> or <c>recovered</c>.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Error">Why it could not be told; null when it was.</param>
internal sealed record AlertNotice(string Channel, string Kind, DateTimeOffset At, string? Error);

/// <summary>A rule's condition held for a subject. There is one that is not resolved for each rule and subject at most.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Subject">The subject.</param>
/// <param name="Severity">How urgent it is.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Metric">The figure.</param>
/// <param name="Comparison">How it compares with the threshold.</param>
/// <param name="Threshold">The threshold.</param>
/// <param name="Value">The figure when it was last seen.</param>
/// <param name="Worst">The worst figure so far.</param>
/// <param name="Unit">Unit of the figure.</param>
/// <param name="Message">What is wrong, in a sentence.</param>
/// <param name="Count">How many checks have seen it.</param>
/// <param name="FirstAt">When it was seen first, UTC.</param>
/// <param name="LastAt">When it was seen last, UTC.</param>
/// <param name="ResolvedAt">When it was over, UTC, or null.</param>
/// <param name="AcknowledgedAt">When somebody acknowledged it, UTC, or null.</param>
/// <param name="AcknowledgedBy">Who, or null.</param>
/// <param name="Note">What they said, or null.</param>
/// <param name="IsSilenced">Whether a silence kept it from being told.</param>
/// <param name="Notices">Who was told.</param>
internal sealed record Alert(
    string Id,
    string Rule,
    string Subject,
    Severity Severity,
    AlertState State,
    string Metric,
    Comparison Comparison,
    double Threshold,
    double Value,
    double Worst,
    string Unit,
    string Message,
    long Count,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt,
    DateTimeOffset? ResolvedAt,
    DateTimeOffset? AcknowledgedAt,
    string? AcknowledgedBy,
    string? Note,
    bool IsSilenced,
    IReadOnlyList<AlertNotice> Notices)
{
    /// <summary>Kind of the documents.</summary>
    public const string DocumentKind = "alert";

    /// <summary>Whether its condition still holds.</summary>
    [JsonIgnore]
    public bool IsActive => State != AlertState.Resolved;
}

/// <summary>Keeps alerts from being told and from starting remedies, for a while.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Rule">Only of this rule; null for all.</param>
/// <param name="Subject">Only of this subject, or pattern of subjects; null for all.</param>
/// <param name="Until">Until when, UTC.</param>
/// <param name="Reason">Why, or null.</param>
/// <param name="By">Who silenced them.</param>
/// <param name="At">When, UTC.</param>
internal sealed record Silence(string Id, string? Rule, string? Subject, DateTimeOffset Until, string? Reason, string By, DateTimeOffset At)
{
    /// <summary>Kind of the documents.</summary>
    public const string DocumentKind = "alert-silence";

    /// <summary>Whether it silences alerts of a rule and a subject.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="subject">The subject.</param>
    /// <param name="now">Now, UTC.</param>
    public bool Covers(string rule, string subject, DateTimeOffset now) =>
        now < Until && (Rule is null || Rule.Equals(rule, StringComparison.OrdinalIgnoreCase)) && (Subject is null || Condition.Names(Subject, subject));
}
