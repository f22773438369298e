using Platform.Server.Audit;
using Platform.Server.Monitoring;
using Platform.Server.Monitoring.Alerts;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>The rules by which alerts are opened.</summary>
internal static class AlertRules
{
    /// <summary>Maps <c>/api/alert-rules</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapAlertRules(this IEndpointRouteBuilder api)
    {
        var rules = api.MapGroup("/alert-rules").WithTags("Alerts").Takes("name", "Name of the rule, in any case.");
        rules.MapGet("", List).RequirePermission("read:monitor", "manage:monitor")
            .WithSummary("Lists the rules by which alerts are opened.")
            .Produces<AlertRuleList>();
        rules.MapPost("", CreateAsync).RequirePermission("manage:monitor").Audited("alert-rule.create", AlertSettings.RuleKind)
            .WithSummary("Makes a rule; it counts from the next check on.")
            .Reads<AlertRuleBody>()
            .Produces<AlertRuleModel>(StatusCodes.Status201Created)
            .Refuses(StatusCodes.Status400BadRequest, "WF4844")
            .Refuses(StatusCodes.Status409Conflict, "WF4846");
        rules.MapGet("/{name}", Find).RequirePermission("read:monitor", "manage:monitor")
            .WithSummary("Reads one rule.")
            .Produces<AlertRuleModel>()
            .Refuses(StatusCodes.Status404NotFound, "WF4845");
        rules.MapPut("/{name}", ChangeAsync).RequirePermission("manage:monitor").Audited("alert-rule.change", AlertSettings.RuleKind, "name")
            .WithSummary("Changes a rule as a whole, also one that is built in or comes from the configuration.")
            .Reads<AlertRuleBody>()
            .Produces<AlertRuleModel>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4844")
            .Refuses(StatusCodes.Status404NotFound, "WF4845");
        rules.MapDelete("/{name}", RemoveAsync).RequirePermission("manage:monitor").Audited("alert-rule.delete", AlertSettings.RuleKind, "name")
            .WithSummary("Takes back what was stored of a rule; what is built in or configured counts again.")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(StatusCodes.Status404NotFound, "WF4845")
            .Refuses(StatusCodes.Status409Conflict, "WF4846");
    }

    private static Problem Missing(string name) => new(StatusCodes.Status404NotFound, "WF4845", "There is no such rule", $"There is no rule '{name}'.");

    private static Problem Invalid(IEnumerable<string> mistakes) => new(StatusCodes.Status400BadRequest, "WF4844", "The rule cannot be used", string.Join(" ", mistakes));

    private static IResult List(AlertSettings settings, AlertBook book, int skip = 0, int take = 50)
    {
        if (!Paging.IsRight(skip, take, out var wrong))
            return wrong;
        var rules = settings.Rules.All;
        return ApiJson.Reply(new AlertRuleList([.. rules.Skip(skip).Take(take).Select(rule => ModelOf(rule.Value, settings, book))], rules.Count));
    }

    private static IResult Find(string name, AlertSettings settings, AlertBook book) =>
        settings.Rules.Find(name) is { } rule ? ApiJson.Reply(ModelOf(rule, settings, book)) : Missing(name);

    private static async Task<IResult> CreateAsync(HttpRequest request, AlertSettings settings, AlertBook book, Messenger messenger)
    {
        var body = await ApiJson.ReadAsync<AlertRuleBody>(request);
        return await SaveAsync(body.Name ?? "", body, isNew: true, settings, book, messenger);
    }

    private static async Task<IResult> ChangeAsync(string name, HttpRequest request, AlertSettings settings, AlertBook book, Messenger messenger)
    {
        var body = await ApiJson.ReadAsync<AlertRuleBody>(request);
        if (body.Name is { } other && !other.Equals(name, StringComparison.OrdinalIgnoreCase))
            return Invalid([$"The body names the rule '{other}', the address '{name}'. A name cannot be changed."]);
        return settings.Rules.Find(name) is { } known ? await SaveAsync(known.Name, body, isNew: false, settings, book, messenger) : Missing(name);
    }

    private static async Task<IResult> SaveAsync(string name, AlertRuleBody body, bool isNew, AlertSettings settings, AlertBook book, Messenger messenger)
    {
        var rule = new AlertRule(
            name, body.Description, body.Metric, body.Subject, body.Comparison, body.Threshold, body.For ?? TimeSpan.FromMinutes(1), body.Severity, body.IsEnabled, body.Channels ?? []);
        var mistakes = rule.Mistakes([.. messenger.Channels.Select(channel => channel.Name)]).ToList();
        if (!NamedSettings<AlertRule>.IsName(name))
            mistakes.Insert(0, $"'{name}' cannot be a name. Use at most 100 letters, digits, '-', '_' and '.'.");
        if (mistakes.Count > 0)
            return Invalid(mistakes);
        return await settings.Rules.SaveAsync(name, rule, isNew) switch
        {
            SettingChange.Saved => ApiJson.Reply(ModelOf(rule, settings, book), isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK),
            SettingChange.Missing => Missing(name),
            SettingChange.TooMany => Invalid(["As many rules are stored as may be."]),
            SettingChange.Taken or SettingChange.NotStored => new Problem(StatusCodes.Status409Conflict, "WF4846", "The rule is there already", $"There is a rule '{name}' already. Change it with PUT, or choose another name."),
        };
    }

    private static async Task<IResult> RemoveAsync(string name, AlertSettings settings) => await settings.Rules.RemoveAsync(name) switch
    {
        SettingChange.Saved => Results.NoContent(),
        SettingChange.NotStored => new Problem(
            StatusCodes.Status409Conflict, "WF4846", "The rule is not stored",
            $"The rule '{name}' is built in or comes from the configuration. Turn it off with a PUT in which 'isEnabled' is false."),
        SettingChange.Missing or SettingChange.Taken or SettingChange.TooMany => Missing(name),
    };

    private static AlertRuleModel ModelOf(AlertRule rule, AlertSettings settings, AlertBook book) => new(
        rule.Name, rule.Description, rule.Metric, rule.Subject, rule.Comparison, rule.Threshold, rule.For, rule.Severity, rule.IsEnabled, rule.Channels,
        settings.Rules.SourceOf(rule.Name), book.Active.Count(alert => alert.Rule == rule.Name));
}

/// <summary>A rule to make, or to change as a whole.</summary>
/// <param name="Metric">Name of the figure.</param>
/// <param name="Threshold">The threshold.</param>
/// <param name="Name">Its name: letters, digits, '-', '_' and '.'; the address names it when it is changed.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Subject">*, service:* or one subject.</param>
/// <param name="Comparison">How the figure compares with the threshold.</param>
/// <param name="For">For how long the condition must hold; a minute when absent.</param>
/// <param name="Severity">How urgent it is.</param>
/// <param name="IsEnabled">Whether it counts.</param>
/// <param name="Channels">Channels that are told; all when absent or empty.</param>
internal sealed record AlertRuleBody(
    string Metric,
    double Threshold,
    string? Name = null,
    string? Description = null,
    string Subject = Condition.Any,
    Comparison Comparison = Comparison.AtLeast,
    TimeSpan? For = null,
    Severity Severity = Severity.Warning,
    bool IsEnabled = true,
    IReadOnlyList<string>? Channels = null);

/// <summary>A rule.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is for, or null.</param>
/// <param name="Metric">Name of the figure.</param>
/// <param name="Subject"><c>*</c>, <c>service:*</c> or one subject.</param>
/// <param name="Comparison">How the figure compares with the threshold.</param>
/// <param name="Threshold">The threshold.</param>
/// <param name="For">For how long the condition must hold.</param>
/// <param name="Severity">How urgent it is.</param>
/// <param name="IsEnabled">Whether it counts.</param>
/// <param name="Channels">Channels that are told; empty for all.</param>
/// <param name="Source"><c>builtIn</c>, <c>configuration</c> or <c>store</c>.</param>
/// <param name="OpenAlerts">Its alerts whose condition holds.</param>
internal sealed record AlertRuleModel(
    string Name,
    string? Description,
    string Metric,
    string Subject,
    Comparison Comparison,
    double Threshold,
    TimeSpan For,
    Severity Severity,
    bool IsEnabled,
    IReadOnlyList<string> Channels,
    string Source,
    int OpenAlerts);

/// <summary>Rules.</summary>
/// <param name="Items">One page of them, by name.</param>
/// <param name="TotalCount">How many there are.</param>
internal sealed record AlertRuleList(IReadOnlyList<AlertRuleModel> Items, int TotalCount);
