using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Platform.Heal7;

/// <summary>What a field of a result must be.</summary>
/// <param name="Field">Its name; a dot leads into an object.</param>
/// <param name="Required">Whether it must be there. Default: true.</param>
/// <param name="Type">string, number, boolean, array or object; null for any.</param>
/// <param name="Min">Least number, or least length of a text or list.</param>
/// <param name="Max">Greatest number, or greatest length.</param>
/// <param name="Pattern">Regular expression for a text.</param>
/// <param name="OneOf">The only values, as text.</param>
public sealed record Rule(
    string Field, bool Required = true, string? Type = null, double? Min = null, double? Max = null, string? Pattern = null, IReadOnlyList<string>? OneOf = null);

/// <summary>A result to check.</summary>
/// <param name="Data">The result, an object.</param>
/// <param name="Rules">What it must be.</param>
public sealed record ValidationRequest(JsonElement Data, IReadOnlyList<Rule> Rules);

/// <summary>The test service: <c>POST /validate</c> checks a result of another service against rules, and tells all that is wrong.</summary>
public static class Validation
{
    private static readonly TimeSpan _patternTimeout = TimeSpan.FromMilliseconds(200);

    internal static void Map(WebApplication app) => app.MapPost("/validate", (ValidationRequest request) =>
    {
        var failures = Check(request.Data, request.Rules);
        return Results.Json(new { isValid = failures.Count == 0, @checked = request.Rules.Count, failures });
    });

    /// <summary>Checks a result.</summary>
    /// <param name="data">The result.</param>
    /// <param name="rules">What it must be.</param>
    /// <returns>What is wrong, a sentence each.</returns>
    public static IReadOnlyList<string> Check(JsonElement data, IEnumerable<Rule> rules) => [.. rules.SelectMany(rule => Check(data, rule))];

    private static IEnumerable<string> Check(JsonElement data, Rule rule)
    {
        if (Find(data, rule.Field) is not { } value)
        {
            if (rule.Required)
                yield return $"'{rule.Field}' is missing.";
            yield break;
        }

        if (rule.Type is { } type && TypeOf(value) != type)
            yield return $"'{rule.Field}' is of the type {TypeOf(value)}, not {type}.";
        var size = value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.String => value.GetString()!.Length,
            JsonValueKind.Array => value.GetArrayLength(),
            _ => (double?)null,
        };
        if (size < rule.Min)
            yield return string.Create(CultureInfo.InvariantCulture, $"'{rule.Field}' is {size}, less than {rule.Min}.");
        if (size > rule.Max)
            yield return string.Create(CultureInfo.InvariantCulture, $"'{rule.Field}' is {size}, more than {rule.Max}.");
        if (rule.Pattern is { } pattern && !Regex.IsMatch(value.ToString(), pattern, RegexOptions.None, _patternTimeout))
            yield return $"'{rule.Field}' does not look like {pattern}.";
        if (rule.OneOf is { } choices && !choices.Contains(value.ToString(), StringComparer.Ordinal))
            yield return $"'{rule.Field}' is '{value}', none of: {string.Join(", ", choices)}.";
    }

    private static JsonElement? Find(JsonElement data, string path)
    {
        foreach (var part in path.Split('.'))
        {
            if (data.ValueKind != JsonValueKind.Object || !data.TryGetProperty(part, out data) || data.ValueKind == JsonValueKind.Null)
                return null;
        }

        return data;
    }

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Array => "array",
        _ => "object",
    };
}
