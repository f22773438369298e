using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Server.Monitoring.Remedies;

/// <summary>That a remedy is wanted for a subject, and why.</summary>
/// <param name="Subject">The subject.</param>
/// <param name="AlertId">The alert that wants it, or null.</param>
/// <param name="Metric">The figure, or null.</param>
/// <param name="Value">The figure's value, or null.</param>
/// <param name="Threshold">The threshold, or null.</param>
/// <param name="Message">What is wrong, in a sentence, or null.</param>
internal sealed record RemedyWish(string Subject, string? AlertId, string? Metric, double? Value, double? Threshold, string? Message)
{
    /// <summary>What the workflow gets: the inputs of the remedy, and over them what it is told of the case.</summary>
    /// <param name="remedy">The remedy.</param>
    /// <param name="busiest">The workflow that causes most of it, or null.</param>
    public IReadOnlyDictionary<string, JsonElement> ToInput(Remedy remedy, string? busiest)
    {
        var told = new JsonObject
        {
            ["remedy"] = remedy.Name,
            ["subject"] = Subject,
            ["service"] = Subject.StartsWith(Health.Subject.ServicePrefix, StringComparison.OrdinalIgnoreCase) ? Subject[Health.Subject.ServicePrefix.Length..] : null,
            ["alertId"] = AlertId,
            ["metric"] = Metric,
            ["value"] = Value,
            ["threshold"] = Threshold,
            ["message"] = Message,
        };
        // A workflow that the remedy names goes before the one that is found.
        if (!remedy.Input.ContainsKey("workflow"))
            told["workflow"] = busiest;
        var input = remedy.Input.ToDictionary(StringComparer.Ordinal);
        using var document = JsonDocument.Parse(told.ToJsonString());
        foreach (var member in document.RootElement.EnumerateObject())
            input[member.Name] = member.Value.Clone();
        return input;
    }
}
