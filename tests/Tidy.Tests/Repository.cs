using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Platform.Tidy.Tests;

/// <summary>A place where a rule is broken, and what to do.</summary>
internal sealed record Finding(string Path, int Line, string Text)
{
    public override string ToString() => Line > 0 ? $"{Path}:{Line}: {Text}" : $"{Path}: {Text}";
}

/// <summary>A text file of the repository, by its path from the root with slashes.</summary>
internal sealed class SourceFile(string path, string text)
{
    private SyntaxNode? _syntax;

    public string Path { get; } = path;

    public string Text { get; } = text;

    public IReadOnlyList<string> Lines { get; } = text.Split('\n');

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public bool IsCSharp => Path.EndsWith(".cs", StringComparison.Ordinal);

    /// <summary>The parsed C#.</summary>
    public SyntaxNode Syntax => _syntax ??= CSharpSyntaxTree.ParseText(Text, new CSharpParseOptions(LanguageVersion.Preview)).GetRoot();

    public int LineOf(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    public Finding At(SyntaxNode node, string text) => new(Path, LineOf(node), text);
}

/// <summary>The files as they are in the working tree, without what builds and runs leave there.</summary>
internal static class Repository
{
    private const int TextBytesMax = 2_000_000;
    private static readonly HashSet<string> Left = new(StringComparer.OrdinalIgnoreCase)
    {
        ".git", ".vs", ".idea", "bin", "obj", "node_modules", "TestResults", "artifacts",
    };

    private static readonly HashSet<string> Binary = new(StringComparer.OrdinalIgnoreCase) { ".png", ".jpg", ".ico", ".woff2", ".zip", ".db" };

    public static string Root { get; } = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(x => x.Key == "Root").Value!;

    /// <summary>What stands in the root. The data of a server that was tried out is not ours to judge.</summary>
    public static IReadOnlyList<string> RootEntries { get; } =
        [.. Directory.EnumerateFileSystemEntries(Root).Select(Path.GetFileName).OfType<string>().Where(name => !Left.Contains(name) && name != "data" && !name.EndsWith(".user", StringComparison.Ordinal))];

    /// <summary>Every text file.</summary>
    public static IReadOnlyList<SourceFile> Files { get; } = [.. RootEntries.SelectMany(name => Read(Path.Combine(Root, name))).OrderBy(file => file.Path, StringComparer.Ordinal)];

    /// <summary>The C# files under a folder of the root.</summary>
    public static IReadOnlyList<SourceFile> CSharp(string folder) => [.. Files.Where(file => file.IsCSharp && file.Path.StartsWith(folder + "/", StringComparison.Ordinal))];

    /// <summary>The C# files of the product.</summary>
    public static IReadOnlyList<SourceFile> Product => CSharp("src");

    private static IEnumerable<SourceFile> Read(string path)
    {
        if (Directory.Exists(path))
        {
            foreach (var entry in Directory.EnumerateFileSystemEntries(path))
            {
                if (Left.Contains(Path.GetFileName(entry)))
                    continue;
                foreach (var file in Read(entry))
                    yield return file;
            }
        }
        else if (!Binary.Contains(Path.GetExtension(path)) && new FileInfo(path).Length <= TextBytesMax)
        {
            yield return new SourceFile(Path.GetRelativePath(Root, path).Replace('\\', '/'), File.ReadAllText(path));
        }
    }
}
