using System.Text.RegularExpressions;
using Platform.Runtime.Store;

namespace Platform.Server.Api;

/// <summary>
/// What people write to find runs: <c>name=value</c> or <c>name:"some value"</c> for values of variables, inputs and outputs; the rest is
/// the beginning of an id or a correlation id, or words of a name or a fault.
/// </summary>
/// <param name="Text">The free text; null when there is none.</param>
/// <param name="Variables">The values; null when there are none.</param>
internal sealed partial record RunQuery(string? Text, IReadOnlyList<VariableTerm>? Variables)
{
    public const int LengthMax = 500;
    public const int VariablesMax = 8;
    public const int WordsMax = 8;

    public static RunQuery Everything { get; } = new(null, null);

    /// <summary>Reads a query.</summary>
    /// <param name="query">What somebody wrote.</param>
    /// <param name="read">What it means.</param>
    /// <returns>What is wrong with it; null when nothing is.</returns>
    public static string? Read(string? query, out RunQuery read)
    {
        read = Everything;
        if (string.IsNullOrWhiteSpace(query))
            return null;
        if (query.Length > LengthMax)
            return $"A search has at most {LengthMax} characters.";
        var variables = new List<VariableTerm>();
        var text = Values().Replace(query, match =>
        {
            var value = match.Groups["quoted"] is { Success: true } quoted ? quoted.Value.Replace("\\\"", "\"", StringComparison.Ordinal) : match.Groups["plain"].Value;
            variables.Add(new VariableTerm(match.Groups["name"].Value, value));
            return " ";
        });
        text = string.Join(' ', text.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));
        if (variables.Count > VariablesMax)
            return $"A search has at most {VariablesMax} values of variables.";
        if (variables.Find(variable => variable.Name.Length > VariableTerm.NameLengthMax) is not null)
            return $"The name of a variable has at most {VariableTerm.NameLengthMax} characters.";
        if (SearchWords.Of(text).Count > WordsMax)
            return $"A search has at most {WordsMax} words.";
        read = new(text.Length == 0 ? null : text, variables.Count == 0 ? null : variables);
        return null;
    }

    [GeneratedRegex("""(?<=^|\s)(?<name>[\p{L}_][\p{L}\p{N}_.\-]*)(?:[=:]"(?<quoted>(?:[^"\\]|\\.)*)"|=(?<plain>[^\s"]+))(?=\s|$)""", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Values();
}
