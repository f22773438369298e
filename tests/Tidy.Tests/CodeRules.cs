using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Platform.Tidy.Tests;

/// <summary>What does not stand in code, and where certain things stand.</summary>
internal static partial class CodeRules
{
    /// <summary>The thousand of log event ids that each project owns.</summary>
    private static readonly Dictionary<string, int> EventRanges = new(StringComparer.Ordinal)
    {
        ["Engine"] = 1000, ["Runtime"] = 2000, ["Storage"] = 3000, ["Server"] = 4000, ["CustomActivities"] = 5000, ["Scripting"] = 6000,
    };

    public static IEnumerable<Finding> NotImplemented(SourceFile file) =>
        file.Syntax.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(name => name.Identifier.Text == nameof(NotImplementedException))
            .Select(name => file.At(name, "what is not implemented is not there. Leave it out, or fail with a code that tells what to do."));

    public static IEnumerable<Finding> Regions(SourceFile file) =>
        file.Syntax.DescendantTrivia()
            .Where(trivia => trivia.IsKind(SyntaxKind.RegionDirectiveTrivia))
            .Select(trivia => new Finding(file.Path, trivia.GetLocation().GetLineSpan().StartLinePosition.Line + 1, "a region hides that the file is too long. Split it."));

    /// <summary>A note for later names the issue in which later is planned.</summary>
    public static IEnumerable<Finding> Notes(SourceFile file)
    {
        for (var i = 0; i < file.Lines.Count; i++)
        {
            if (Note().IsMatch(file.Lines[i]))
                yield return new(file.Path, i + 1, "a note for later needs the number of an issue: TODO #12.");
        }
    }

    /// <summary>Log messages stand in the one Log.cs of a project, with ids of its own thousand.</summary>
    public static IEnumerable<Finding> LogEvents(SourceFile file)
    {
        var project = file.Path.Split('/')[1];
        foreach (var attribute in file.Syntax.DescendantNodes().OfType<AttributeSyntax>().Where(attribute => attribute.Name.ToString().Split('.')[^1] == "LoggerMessage"))
        {
            if (file.Path != $"src/{project}/Log.cs")
                yield return file.At(attribute, $"log messages of {project} stand in src/{project}/Log.cs.");
            var text = attribute.ArgumentList?.Arguments.FirstOrDefault()?.ToString() ?? "";
            var isInRange = int.TryParse(text, CultureInfo.InvariantCulture, out var id) && EventRanges.TryGetValue(project, out var first) && id >= first && id < first + 1000;
            if (!isInRange)
                yield return file.At(attribute, $"the event id '{text}' is not in the thousand of {project}, which begins at {EventRanges.GetValueOrDefault(project)}.");
        }
    }

    /// <summary>One id is one message.</summary>
    public static IEnumerable<Finding> RepeatedLogEvents(SourceFile file) =>
        file.Syntax.DescendantNodes().OfType<AttributeSyntax>().Where(attribute => attribute.Name.ToString().Split('.')[^1] == "LoggerMessage")
            .GroupBy(attribute => attribute.ArgumentList?.Arguments.FirstOrDefault()?.ToString())
            .SelectMany(group => group.Skip(1))
            .Select(attribute => file.At(attribute, $"the event id {attribute.ArgumentList?.Arguments.FirstOrDefault()} is used twice."));

    /// <summary>Codes of errors that a file uses.</summary>
    public static IEnumerable<string> ErrorCodes(SourceFile file) =>
        file.Syntax.DescendantTokens().Where(token => token.IsKind(SyntaxKind.StringLiteralToken) || token.IsKind(SyntaxKind.InterpolatedStringTextToken))
            .SelectMany(token => ErrorCode().Matches(token.Text).Select(match => match.Value));

    [GeneratedRegex(@"\bWF\d{4}\b", RegexOptions.None, 1000)]
    private static partial Regex ErrorCode();

    [GeneratedRegex(@"\bTODO\b(?!\s*\(?#\d)|\b(FIXME|HACK|XXX)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Note();
}
