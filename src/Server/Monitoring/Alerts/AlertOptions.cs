using System.ComponentModel.DataAnnotations;
using System.Net.Mail;

namespace Platform.Server.Monitoring.Alerts;

/// <summary>How a channel tells people or programs.</summary>
internal enum ChannelKind
{
    /// <summary>On the console of the server.</summary>
    Console,

    /// <summary>JSON, posted to an address.</summary>
    Webhook,

    /// <summary>As Slack, Mattermost and others take it, posted to an address.</summary>
    Slack,

    /// <summary>Mail, through the mail server of section <c>Smtp</c>.</summary>
    Email,
}

/// <summary>Whom alerts are told, and when, section <c>Alerts</c>.</summary>
internal sealed class AlertOptions : IValidatableObject
{
    /// <summary>Who is told, besides the console, which is the channel <c>console</c>. Default: nobody else.</summary>
    public List<AlertChannelOptions> Channels { get; set; } = [];

    /// <summary>Rules of your own, and changes of those that are built in, by name. Default: none.</summary>
    public List<AlertRuleOptions> Rules { get; set; } = [];

    /// <summary>How long resolved alerts are kept. Default: 30 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "1000.00:00:00")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Most alerts that are kept; the oldest resolved ones go first. Default: 1,000.</summary>
    [Range(10, 100_000)]
    public int KeptMax { get; set; } = 1_000;

    /// <summary>How long telling one channel may take. Default: 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan ChannelTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The channels, that of the console included.</summary>
    internal IReadOnlyList<AlertChannelOptions> AllChannels => Channels.Exists(channel => channel.Name == AlertChannelOptions.ConsoleName)
        ? Channels
        : [new AlertChannelOptions { Name = AlertChannelOptions.ConsoleName, Kind = ChannelKind.Console }, .. Channels];

    /// <summary>The rules of the configuration, complete, by name.</summary>
    internal Dictionary<string, AlertRule> ToRules()
    {
        var rules = new Dictionary<string, AlertRule>(StringComparer.OrdinalIgnoreCase);
        foreach (var rule in Rules)
            rules[rule.Name] = rule.Over(AlertRule.BuiltIn.FirstOrDefault(known => known.Name.Equals(rule.Name, StringComparison.OrdinalIgnoreCase)));
        return rules;
    }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var name in Channels.GroupBy(channel => channel.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).Select(group => group.Key))
            yield return new ValidationResult($"There are two channels '{name}'.", [nameof(Channels)]);
        var channels = AllChannels.Select(channel => channel.Name).ToList();
        foreach (var rule in Rules)
        {
            var mistakes = NamedSettings<AlertRule>.IsName(rule.Name) ? rule.Over(AlertRule.BuiltIn.FirstOrDefault(known => known.Name == rule.Name)).Mistakes(channels)
                : [$"'{rule.Name}' cannot be a name. Use letters, digits, '-', '_' and '.'."];
            foreach (var mistake in mistakes)
                yield return new ValidationResult($"Rule '{rule.Name}': {mistake}", [nameof(Rules)]);
        }
    }
}

/// <summary>A channel, section <c>Alerts:Channels</c>.</summary>
internal sealed class AlertChannelOptions : IValidatableObject
{
    /// <summary>Name of the channel that every server has.</summary>
    public const string ConsoleName = "console";

    /// <summary>Its name, which rules give. Required.</summary>
    [Required]
    [StringLength(100)]
    public string Name { get; set; } = "";

    /// <summary>How it tells: Console, Webhook, Slack or Email. Default: Console.</summary>
    public ChannelKind Kind { get; set; }

    /// <summary>Address of the webhook, or of the recipient. A secret: it is never shown. Default: none, which is enough for the console.</summary>
    [DataType(DataType.Password)]
    public string? Target { get; set; }

    /// <summary>The host of the address, for people; null for the console.</summary>
    internal string? Host => Kind switch
    {
        ChannelKind.Console => null,
        ChannelKind.Email => MailAddress.TryCreate(Target, out var address) ? address.Host : null,
        ChannelKind.Webhook or ChannelKind.Slack => Uri.TryCreate(Target, UriKind.Absolute, out var uri) ? uri.Host : null,
    };

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // The value is a secret, so only its form is told.
        if (Kind is ChannelKind.Webhook or ChannelKind.Slack
            && !(Uri.TryCreate(Target, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)))
            yield return new ValidationResult("Give an address that begins with http:// or https://.", [nameof(Target)]);
        if (Kind == ChannelKind.Email && !MailAddress.TryCreate(Target, out _))
            yield return new ValidationResult("Give an e-mail address, name@example.com.", [nameof(Target)]);
    }
}

/// <summary>A rule, section <c>Alerts:Rules</c>. What is left out is as it is built in.</summary>
internal sealed class AlertRuleOptions
{
    /// <summary>Its name. Required.</summary>
    [Required]
    public string Name { get; set; } = "";

    /// <summary>What it is for. Default: none.</summary>
    public string? Description { get; set; }

    /// <summary>Name of the figure. Default: that of the built-in rule.</summary>
    public string? Metric { get; set; }

    /// <summary><c>*</c>, <c>service:*</c> or one subject. Default: *, or as built in.</summary>
    public string? Subject { get; set; }

    /// <summary>How the figure compares with the threshold. Default: AtLeast, or as built in.</summary>
    public Comparison? Comparison { get; set; }

    /// <summary>The threshold. Default: 0, or as built in.</summary>
    public double? Threshold { get; set; }

    /// <summary>For how long the condition must hold. Default: 1 min, or as built in.</summary>
    public TimeSpan? For { get; set; }

    /// <summary>How urgent it is: Info, Warning or Critical. Default: Warning, or as built in.</summary>
    public Severity? Severity { get; set; }

    /// <summary>Whether it counts. Default: true, or as built in.</summary>
    public bool? IsEnabled { get; set; }

    /// <summary>Channels that are told. Default: all.</summary>
    public List<string> Channels { get; set; } = [];

    /// <summary>The rule, complete.</summary>
    /// <param name="known">The built-in rule of this name, or null.</param>
    internal AlertRule Over(AlertRule? known) => new(
        known?.Name ?? Name,
        Description ?? known?.Description,
        Metric ?? known?.Metric ?? "",
        Subject ?? known?.Subject ?? Condition.Any,
        Comparison ?? known?.Comparison ?? Alerts.Comparison.AtLeast,
        Threshold ?? known?.Threshold ?? 0,
        For ?? known?.For ?? TimeSpan.FromMinutes(1),
        Severity ?? known?.Severity ?? Alerts.Severity.Warning,
        IsEnabled ?? known?.IsEnabled ?? true,
        Channels.Count > 0 ? Channels : known?.Channels ?? []);
}
