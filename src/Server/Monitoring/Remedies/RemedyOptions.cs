using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Platform.Server.Monitoring.Alerts;

namespace Platform.Server.Monitoring.Remedies;

/// <summary>Workflows that mend what is wrong, section <c>Remedies</c>.</summary>
internal sealed class RemedyOptions : IValidatableObject
{
    /// <summary>Remedies of your own, and changes of those that are built in, by name. Default: none.</summary>
    public List<RemedyRuleOptions> Rules { get; set; } = [];

    /// <summary>Most entries of the log of remedies that are kept; the oldest go first. Default: 1,000.</summary>
    [Range(10, 100_000)]
    public int KeptMax { get; set; } = 1_000;

    /// <summary>The remedies of the configuration, complete, by name.</summary>
    internal Dictionary<string, Remedy> ToRemedies()
    {
        var remedies = new Dictionary<string, Remedy>(StringComparer.OrdinalIgnoreCase);
        foreach (var rule in Rules)
            remedies[rule.Name] = rule.Over(Known(rule.Name));
        return remedies;
    }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var rule in Rules)
        {
            foreach (var mistake in MistakesOf(rule))
                yield return new ValidationResult($"Remedy '{rule.Name}': {mistake}", [nameof(Rules)]);
        }
    }

    private static Remedy? Known(string name) => Remedy.BuiltIn.FirstOrDefault(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> MistakesOf(RemedyRuleOptions rule)
    {
        if (!NamedSettings<Remedy>.IsName(rule.Name))
            return [$"'{rule.Name}' cannot be a name. Use letters, digits, '-', '_' and '.'."];
        return RemedyRuleOptions.ReadInput(rule.Input) is null
            ? ["'Input' is no JSON object."]
            : rule.Over(Known(rule.Name)).Mistakes(null);
    }
}

/// <summary>A remedy, section <c>Remedies:Rules</c>. What is left out is as it is built in.</summary>
internal sealed class RemedyRuleOptions
{
    /// <summary>Its name. Required.</summary>
    [Required]
    public string Name { get; set; } = "";

    /// <summary>What it does. Default: none.</summary>
    public string? Description { get; set; }

    /// <summary>The rule whose alerts want it. Default: that of the built-in remedy.</summary>
    public string? Rule { get; set; }

    /// <summary>Which subjects want it: <c>*</c>, <c>service:*</c> or one. Default: *, or as built in.</summary>
    public string? Subject { get; set; }

    /// <summary>Definition id of the workflow. Default: that of the built-in remedy.</summary>
    public string? Workflow { get; set; }

    /// <summary>Inputs of the workflow, a JSON object as text. Default: none, or as built in.</summary>
    public string? Input { get; set; }

    /// <summary>What it does when it is wanted: Off, DryRun or On. Default: DryRun.</summary>
    public RemedyMode? Mode { get; set; }

    /// <summary>How long it does nothing for a subject after it did something. Default: 5 min, or as built in.</summary>
    public TimeSpan? Cooldown { get; set; }

    /// <summary>How often it does something in an hour. Default: 4, or as built in.</summary>
    public int? MaxPerHour { get; set; }

    /// <summary>Reads inputs; null when they are no JSON object.</summary>
    /// <param name="text">The text, or null for none.</param>
    internal static Dictionary<string, JsonElement>? ReadInput(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind != JsonValueKind.Object ? null
                : document.RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.Clone(), StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The remedy, complete.</summary>
    /// <param name="known">The built-in remedy of this name, or null.</param>
    internal Remedy Over(Remedy? known) => new(
        known?.Name ?? Name,
        Description ?? known?.Description,
        Rule ?? known?.Rule,
        null,
        Subject ?? known?.Subject ?? Condition.Any,
        Workflow ?? known?.Workflow ?? "",
        string.IsNullOrWhiteSpace(Input) && known is not null ? known.Input : ReadInput(Input) ?? [],
        Mode ?? known?.Mode ?? RemedyMode.DryRun,
        Cooldown ?? known?.Cooldown ?? TimeSpan.FromMinutes(5),
        MaxPerHour ?? known?.MaxPerHour ?? 4);
}
