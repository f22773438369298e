using System.Text.RegularExpressions;

namespace Platform.Tidy.Tests;

/// <summary>docs/errors.md: a heading per code, and under it what it means, why it happens and how to mend it.</summary>
internal static partial class ErrorDocument
{
    private static readonly string[] Parts = ["**What.**", "**Why.**", "**Mend.**"];

    /// <summary>Codes that the code uses and the document does not explain, and the other way round.</summary>
    public static IEnumerable<Finding> Differences(SourceFile document, IReadOnlyDictionary<string, string> usedCodes)
    {
        var explained = Headings(document).Select(heading => heading.Code).ToHashSet(StringComparer.Ordinal);
        foreach (var (code, path) in usedCodes.Where(used => !explained.Contains(used.Key)))
            yield return new(document.Path, 0, $"{code}, which {path} uses, is not explained. Add '## {code} <title>' with {string.Join(", ", Parts)}.");
        foreach (var code in explained.Where(code => !usedCodes.ContainsKey(code)))
            yield return new(document.Path, 0, $"{code} is explained, but nothing in src uses it. Remove its section.");
    }

    /// <summary>Sections without their three parts, codes twice or out of order.</summary>
    public static IEnumerable<Finding> Form(SourceFile document)
    {
        var headings = Headings(document).ToList();
        for (var i = 0; i < headings.Count; i++)
        {
            var end = i + 1 < headings.Count ? headings[i + 1].Line - 1 : document.Lines.Count;
            var section = string.Join('\n', document.Lines.Skip(headings[i].Line).Take(end - headings[i].Line));
            foreach (var part in Parts.Where(part => !section.Contains(part, StringComparison.Ordinal)))
                yield return new(document.Path, headings[i].Line, $"{headings[i].Code} lacks {part}");
            if (i > 0 && string.CompareOrdinal(headings[i - 1].Code, headings[i].Code) >= 0)
                yield return new(document.Path, headings[i].Line, $"{headings[i].Code} does not come after {headings[i - 1].Code}.");
        }
    }

    private static IEnumerable<(string Code, int Line)> Headings(SourceFile document)
    {
        for (var i = 0; i < document.Lines.Count; i++)
        {
            if (Heading().Match(document.Lines[i]) is { Success: true } match)
                yield return (match.Groups["code"].Value, i + 1);
        }
    }

    [GeneratedRegex(@"^#{2,3} (?<code>WF\d{4}) \S", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Heading();
}
