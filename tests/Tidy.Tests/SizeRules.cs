using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Platform.Tidy.Tests;

/// <summary>How large things may be. Each rule says by how much a thing is too large, so that the ratchet can hold it there.</summary>
internal static class SizeRules
{
    public const int FileLinesMax = 400;
    public const int BodyLinesMax = 60;
    public const int ConstructorParametersMax = 6;
    public const int FolderDepthMax = 2;

    /// <summary>Something that is too large: its name for the ratchet, and its size.</summary>
    internal sealed record Excess(string Name, int Size, Finding Finding);

    public static IEnumerable<Excess> LongFiles(SourceFile file)
    {
        var lines = file.Text.EndsWith('\n') ? file.Lines.Count - 1 : file.Lines.Count;
        if (lines > FileLinesMax)
            yield return new(file.Path, lines, new(file.Path, 0, $"{lines} lines, allowed are {FileLinesMax}. Split it by what it does."));
    }

    /// <summary>Bodies of methods, constructors, accessors and functions: the lines between the braces, or of the expression.</summary>
    public static IEnumerable<Excess> LongBodies(SourceFile file)
    {
        foreach (var node in file.Syntax.DescendantNodes())
        {
            SyntaxNode? body = node switch
            {
                BaseMethodDeclarationSyntax method => method.Body ?? (SyntaxNode?)method.ExpressionBody,
                AccessorDeclarationSyntax accessor => accessor.Body ?? (SyntaxNode?)accessor.ExpressionBody,
                PropertyDeclarationSyntax property => property.ExpressionBody,
                LocalFunctionStatementSyntax function => function.Body ?? (SyntaxNode?)function.ExpressionBody,
                _ => null,
            };
            if (body is null)
                continue;
            var span = body.GetLocation().GetLineSpan();
            var lines = span.EndLinePosition.Line - span.StartLinePosition.Line + (body is BlockSyntax ? -1 : 1);
            if (lines > BodyLinesMax)
                yield return new(NameOf(file, node), lines, file.At(node, $"a body of {lines} lines, allowed are {BodyLinesMax}. Give its parts names."));
        }
    }

    /// <summary>Constructors of things; records are data, and have as many members as they need.</summary>
    public static IEnumerable<Excess> ManyParameters(SourceFile file)
    {
        foreach (var node in file.Syntax.DescendantNodes())
        {
            var parameters = node switch
            {
                ConstructorDeclarationSyntax constructor => constructor.ParameterList,
                ClassDeclarationSyntax { ParameterList: { } list } => list,
                _ => null,
            };
            if (parameters is { Parameters.Count: var count and > ConstructorParametersMax })
                yield return new(NameOf(file, node), count, file.At(node, $"{count} constructor parameters, allowed are {ConstructorParametersMax}. It does too much, or some of them belong together."));
        }
    }

    /// <summary>Folders between a project and its file.</summary>
    public static IEnumerable<Finding> DeepFolders(string path)
    {
        var parts = path.Split('/');
        if (parts[0] is "src" or "tests" && parts.Length - 3 > FolderDepthMax)
            yield return new(path, 0, $"{parts.Length - 3} folders deep in its project, allowed are {FolderDepthMax}.");
    }

    private static string NameOf(SourceFile file, SyntaxNode node)
    {
        var names = node.AncestorsAndSelf().Select(ancestor => ancestor switch
        {
            BaseTypeDeclarationSyntax type => type.Identifier.Text,
            MethodDeclarationSyntax method => method.Identifier.Text,
            ConstructorDeclarationSyntax => "new",
            PropertyDeclarationSyntax property => property.Identifier.Text,
            LocalFunctionStatementSyntax function => function.Identifier.Text,
            _ => null,
        });
        return $"{file.Path} {string.Join('.', names.OfType<string>().Reverse())}";
    }
}
