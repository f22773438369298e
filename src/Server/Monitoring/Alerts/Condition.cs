using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Server.Monitoring.Health;
using Platform.Server.Monitoring.Series;

namespace Platform.Server.Monitoring.Alerts;

/// <summary>How a figure compares with a threshold for a condition to hold.</summary>
[JsonConverter(typeof(ComparisonConverter))]
internal enum Comparison
{
    /// <summary>It is larger.</summary>
    Above,

    /// <summary>It is as large, or larger.</summary>
    AtLeast,

    /// <summary>It is smaller.</summary>
    Below,

    /// <summary>It is as small, or smaller.</summary>
    AtMost,
}

/// <summary>Comparisons in camel case on the wire.</summary>
internal sealed class ComparisonConverter() : JsonStringEnumConverter<Comparison>(JsonNamingPolicy.CamelCase);

/// <summary>A condition on a figure of one or several subjects.</summary>
/// <param name="Metric">Name of the figure.</param>
/// <param name="Subject"><c>*</c> for all that have it, <c>service:*</c> for all services, or one subject.</param>
/// <param name="Comparison">How it compares.</param>
/// <param name="Threshold">With what.</param>
/// <param name="For">For how long it must have held.</param>
internal sealed record Condition(string Metric, string Subject, Comparison Comparison, double Threshold, TimeSpan For)
{
    /// <summary>All subjects.</summary>
    public const string Any = "*";

    /// <summary>All services.</summary>
    public const string AnyService = "service:*";

    private const int SubjectLengthMax = 300;
    private static readonly TimeSpan ForMax = TimeSpan.FromDays(7);

    /// <summary>Whether a pattern names a subject.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="subject">The subject.</param>
    public static bool Names(string pattern, string subject) => pattern switch
    {
        Any => true,
        AnyService => subject.StartsWith(Health.Subject.ServicePrefix, StringComparison.OrdinalIgnoreCase),
        _ => pattern.Equals(subject, StringComparison.OrdinalIgnoreCase),
    };

    /// <summary>Why a pattern of subjects cannot be used; null when it can.</summary>
    /// <param name="pattern">The pattern.</param>
    public static string? WhyNotSubject(string pattern)
    {
        var isKnown = pattern is Any or AnyService || PlatformSubjects.All.Contains(pattern, StringComparer.OrdinalIgnoreCase)
            || (pattern.StartsWith(Health.Subject.ServicePrefix, StringComparison.OrdinalIgnoreCase) && pattern.Length is > 8 and <= SubjectLengthMax);
        return isKnown ? null : $"'subject' cannot be '{pattern}'. Write *, service:*, service:<name> or one of {string.Join(", ", PlatformSubjects.All)}.";
    }

    /// <summary>Whether it holds for a figure.</summary>
    /// <param name="value">The figure.</param>
    public bool Holds(double value) => Comparison switch
    {
        Comparison.Above => value > Threshold,
        Comparison.AtLeast => value >= Threshold,
        Comparison.Below => value < Threshold,
        Comparison.AtMost => value <= Threshold,
    };

    /// <summary>Whether one figure is further from the threshold than another.</summary>
    /// <param name="value">The one.</param>
    /// <param name="other">The other.</param>
    public bool IsWorse(double value, double other) => Comparison is Comparison.Above or Comparison.AtLeast ? value > other : value < other;

    /// <summary>Everything that is wrong with it.</summary>
    public IEnumerable<string> Mistakes()
    {
        if (MetricCatalog.Find(Metric) is null)
            yield return $"There is no metric '{Metric}'. GET /api/metrics/names lists them.";
        if (WhyNotSubject(Subject) is { } mistake)
            yield return mistake;
        if (!double.IsFinite(Threshold))
            yield return "'threshold' is a number.";
        if (For < TimeSpan.Zero || For > ForMax)
            yield return FormattableString.Invariant($"'for' is a time from 00:00:00 to {ForMax.TotalDays}.00:00:00.");
    }

    /// <summary>What it says of a figure, in a sentence.</summary>
    /// <param name="subject">Whose figure.</param>
    /// <param name="value">The figure.</param>
    public string Describe(SubjectView subject, double value)
    {
        if (Metric == MetricCatalog.Status)
            return $"{NameOf(subject)} is {subject.Status.ToString().ToLowerInvariant()}. {subject.Detail}".Trim();
        if (Metric == MetricCatalog.ServiceBreaker)
            return $"The circuit breaker of the service '{subject.Name}' is {(value >= 2 ? "open" : value >= 1 ? "half open" : "closed")}.";
        var words = Comparison switch { Comparison.Above => "above", Comparison.AtLeast => "at or above", Comparison.Below => "below", Comparison.AtMost => "at or below" };
        var kind = MetricCatalog.Find(Metric);
        var unit = kind?.Unit ?? "";
        var told = (kind?.Sentence ?? "A figure is {0}").Replace("{0}", FigureText.Of(value, unit), StringComparison.Ordinal).Replace("{1}", subject.Name, StringComparison.Ordinal);
        return $"{told}, which is {words} {FigureText.Of(Threshold, unit)}.";
    }

    private static string NameOf(SubjectView subject) => subject.IsService ? $"The service '{subject.Name}'" : subject.Id switch
    {
        PlatformSubjects.Runs => "The success of runs",
        PlatformSubjects.Cpu => "The load of the processors",
        _ => $"The {subject.Name}",
    };
}
