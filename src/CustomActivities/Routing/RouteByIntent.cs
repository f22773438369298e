using System.Globalization;
using System.Text.RegularExpressions;
using Platform.CustomActivities.Services;

namespace Platform.CustomActivities.Routing;

/// <summary>
/// Finds out what a text wants and ends with that intent as the outcome, or with <c>Unmatched</c>. When a model is named, it is asked first, and
/// what follows counts when it does not answer with one of the intents. Rules come first, in their order; where none fits, each intent counts the weights of its words that are in the text, and the highest sum wins, if it is high enough. Upper and
/// lower case are the same. Faults when the rules or the words cannot be read.
/// </summary>
[Activity("Platform", "Routing", "Choose a branch by what a text wants: by rules first, then by scores.", DisplayName = "Route By Intent")]
[FlowNode("Unmatched")]
[ResilienceCategory("HTTP")]
public sealed class RouteByIntent : Activity
{
    private const string Unmatched = "Unmatched";
    private const int RulesMax = 1000;
    private static readonly TimeSpan _patternTime = TimeSpan.FromMilliseconds(250);

    /// <summary>The text.</summary>
    [Input(Description = "The text whose intent is looked for.", UIHint = InputUIHints.MultiLine)]
    public Input<string?> Text { get; set; } = new((string?)null);

    /// <summary>The intents; each becomes an outcome.</summary>
    [Input(Description = "The intents; each becomes an outcome.", UIHint = InputUIHints.DynamicOutcomes)]
    public Input<ICollection<string>> Intents { get; set; } = new([]);

    /// <summary>
    /// Rules in their order: objects with <c>intent</c> and <c>when</c>, which is a part of the text, or between slashes a regular expression.
    /// </summary>
    [Input(Description = "Rules in their order, as [{\"intent\": \"refund\", \"when\": \"money back\"}]; /.../ is a regular expression.", UIHint = InputUIHints.JsonEditor)]
    public Input<object?> Rules { get; set; } = new((object?)null);

    /// <summary>Words with their weights by intent.</summary>
    [Input(Description = "Words and their weights by intent, as {\"refund\": {\"refund\": 2, \"order\": 1}}.", UIHint = InputUIHints.JsonEditor)]
    public Input<object?> Words { get; set; } = new((object?)null);

    /// <summary>Lowest sum that decides. Default: 1.</summary>
    [Input(DisplayName = "Lowest Score", Description = "The lowest sum of weights that decides.", DefaultValue = 1.0)]
    public Input<double> LowestScore { get; set; } = new(1.0);

    /// <summary>The registered service that has the model, with an API as OpenAI has it. Default: none, no model is asked.</summary>
    [Input(
        DisplayName = "Model Service",
        Description = "A registered service with an API as OpenAI has it; its model is asked first. Empty asks none.",
        UIHint = InputUIHints.DropDown,
        UIHandler = typeof(ServiceChoices),
        Category = "Model")]
    public Input<string?> ModelService { get; set; } = new((string?)null);

    /// <summary>Name of the model. Default: none, the service has one.</summary>
    [Input(Description = "Name of the model. Empty when the service has one only.", Category = "Model")]
    public Input<string?> Model { get; set; } = new((string?)null);

    /// <summary>Path below the address of the service. Default: /v1/chat/completions.</summary>
    [Input(DisplayName = "Model Path", Description = "The path below the base address of the service.", DefaultValue = ModelRouter.DefaultPath, Category = "Model")]
    public Input<string> ModelPath { get; set; } = new(ModelRouter.DefaultPath);

    /// <summary>Key of the service, sent as a bearer token. Masked in records. Default: none.</summary>
    [Input(DisplayName = "Model Key", Description = "The key of the service, sent as a bearer token; choose a secret.", CanContainSecrets = true, Category = "Model")]
    public Input<string?> ModelKey { get; set; } = new((string?)null);

    /// <summary>The intent; empty when none was found.</summary>
    [Output(Description = "The intent; empty when none was found.")]
    public Output<string>? Intent { get; set; }

    /// <summary>Its sum; 0 when a rule decided.</summary>
    [Output(Description = "The sum of the weights; 0 when a rule decided.")]
    public Output<double>? Score { get; set; }

    /// <summary>Why it was chosen, in a sentence.</summary>
    [Output(Description = "Why it was chosen.")]
    public Output<string>? Reason { get; set; }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var text = context.Get(Text) ?? "";
        var known = context.Get(Intents) ?? [];
        var (intent, score, reason) = await ByModelAsync(context, text, known) ?? ByRules(text, context.Get(Rules)) ?? ByWords(text, context.Get(Words), context.Get(LowestScore)) ?? ("", 0, "No rule fits, and no intent scores high enough.");
        context.Set(Intent, intent);
        context.Set(Score, score);
        context.Set(Reason, reason);
        context.AddExecutionLogEntry("Routed", intent.Length == 0 ? reason : $"The intent is '{intent}': {reason}");
        await context.CompleteActivityWithOutcomesAsync(known.FirstOrDefault(outcome => outcome.Equals(intent, StringComparison.OrdinalIgnoreCase)) ?? Unmatched);
    }

    private async ValueTask<(string Intent, double Score, string Reason)?> ByModelAsync(ActivityExecutionContext context, string text, ICollection<string> intents)
    {
        if (context.Get(ModelService) is not { Length: > 0 } service || text.Length == 0 || intents.Count == 0)
            return null;
        var router = new ModelRouter(context.GetRequiredService<ServiceRegistry>().Get(service), context.Get(ModelPath) ?? ModelRouter.DefaultPath, context.Get(Model), context.Get(ModelKey));
        var (intent, why) = await router.AskAsync(context, text, intents);
        if (intent is not null)
            return (intent, 0, $"the model of the service '{service}' says so.");
        context.AddExecutionLogEntry("ModelUnsure", $"{why} The rules decide.");
        return null;
    }

    private static (string Intent, double Score, string Reason)? ByRules(string text, object? rules)
    {
        var number = 0;
        foreach (var rule in Items(rules))
        {
            if (++number > RulesMax)
                throw new InvalidOperationException($"There are more than {RulesMax} rules.");
            if (rule is not IDictionary<string, object?> members || members.TryGetValue("intent", out var intent) is false || members.TryGetValue("when", out var when) is false
                || intent is not string name || when is not string pattern || pattern.Length == 0)
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"Rule {number} cannot be read. Write {{\"intent\": \"refund\", \"when\": \"money back\"}}."));
            if (Fits(text, pattern, number))
                return (name, 0, string.Create(CultureInfo.InvariantCulture, $"rule {number} fits, '{pattern}'."));
        }

        return null;
    }

    private static bool Fits(string text, string pattern, int number)
    {
        if (pattern.Length < 3 || pattern[0] != '/' || pattern[^1] != '/')
            return text.Contains(pattern, StringComparison.OrdinalIgnoreCase);
        try
        {
            return Regex.IsMatch(text, pattern[1..^1], RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, _patternTime);
        }
        catch (RegexMatchTimeoutException exception)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The regular expression of rule {number} took too long. Make it simpler."), exception);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The regular expression of rule {number} cannot be read: {exception.Message}"), exception);
        }
    }

    private static (string Intent, double Score, string Reason)? ByWords(string text, object? words, double lowest)
    {
        (string Intent, double Score, string Reason)? best = null;
        foreach (var (intent, weights) in Members(words, "The words cannot be read. Write {\"refund\": {\"order\": 1}}."))
        {
            var score = 0.0;
            var found = new List<string>();
            foreach (var (word, weight) in Members(weights, $"The words of the intent '{intent}' cannot be read. Write {{\"order\": 1}}."))
            {
                if (word.Length == 0 || !text.Contains(word, StringComparison.OrdinalIgnoreCase))
                    continue;
                score += ValueConverter.Convert<double>(weight);
                found.Add(word);
            }

            if (score >= lowest && found.Count > 0 && (best is null || score > best.Value.Score))
                best = (intent, score, string.Create(CultureInfo.InvariantCulture, $"it scores {score:0.##}, by {string.Join(", ", found)}."));
        }

        return best;
    }

    private static IEnumerable<object?> Items(object? value) => Plain(value) switch
    {
        null => [],
        IEnumerable<object?> items => items,
        _ => throw new InvalidOperationException("The rules are no list. Write [{\"intent\": \"refund\", \"when\": \"money back\"}]."),
    };

    private static IDictionary<string, object?> Members(object? value, string problem) => Plain(value) switch
    {
        null => new Dictionary<string, object?>(StringComparer.Ordinal),
        IDictionary<string, object?> members => members,
        _ => throw new InvalidOperationException(problem),
    };

    /// <summary>JSON that came as text is read.</summary>
    private static object? Plain(object? value) => value is string text ? string.IsNullOrWhiteSpace(text) ? null : DynamicJson.TryParse(text, out var read) ? read : text : value;
}
