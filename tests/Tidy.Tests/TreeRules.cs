using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Platform.Tidy.Tests;

/// <summary>What the tree looks like: projects, references, the root, documents.</summary>
internal static partial class TreeRules
{
    /// <summary>Every project of the product and what it may see, as design says. A project exists because it forbids a dependency.</summary>
    public static readonly Dictionary<string, string[]> Projects = new(StringComparer.Ordinal)
    {
        ["Scripting"] = [],
        ["Engine"] = ["Scripting"],
        ["Runtime"] = ["Engine"],
        ["Storage"] = ["Runtime"],
        ["CustomActivities"] = ["Engine", "Runtime"],
        ["Server"] = ["CustomActivities", "Storage", "Runtime", "Engine", "Scripting"],
    };

    private static readonly HashSet<string> Root = new(StringComparer.Ordinal)
    {
        ".ci", ".dockerignore", ".editorconfig", ".gitattributes", ".gitignore",
        "BannedSymbols.txt", "Directory.Build.props", "Directory.Packages.props", "Platform.sln", "build.sh", "global.json",
        "CHANGELOG.md", "LICENSE", "README.md", "Dockerfile", "docker-compose.yml",
        "docs", "samples", "src", "tests", "workflows",
    };

    public static IEnumerable<Finding> RootEntries(IEnumerable<string> entries) =>
        entries.Where(entry => !Root.Contains(entry)).Select(entry => new Finding(entry, 0, "does not belong in the root. Find its folder, or add it to TreeRules.Root."));

    /// <summary>A project file of the product: known, and seeing what it may see.</summary>
    public static IEnumerable<Finding> Project(SourceFile project)
    {
        var name = Path.GetFileNameWithoutExtension(project.Path);
        if (project.Path != $"src/{name}/{name}.csproj" || !Projects.TryGetValue(name, out var allowed))
        {
            yield return new(project.Path, 0, "a new project. A project exists only when it forbids a dependency; otherwise it is a folder.");
            yield break;
        }

        foreach (var reference in References(project))
        {
            if (!allowed.Contains(reference))
                yield return new(project.Path, 0, $"{name} may not see {reference}; it may see: {(allowed.Length == 0 ? "nothing" : string.Join(", ", allowed))}.");
        }
    }

    /// <summary>A project of tests: beside the product, one per project, and three of their own.</summary>
    public static IEnumerable<Finding> TestProject(SourceFile project)
    {
        var name = Path.GetFileNameWithoutExtension(project.Path);
        var tested = name.EndsWith(".Tests", StringComparison.Ordinal) ? name[..^".Tests".Length] : name;
        if (project.Path != $"tests/{name}/{name}.csproj" || !(Projects.ContainsKey(tested) || name is "Tidy.Tests" or "EndToEnd.Tests" or "Benchmarks"))
            yield return new(project.Path, 0, "a new test project. There is one per project of src, Tidy.Tests, EndToEnd.Tests and Benchmarks.");
    }

    /// <summary>Names of the projects that a project refers to.</summary>
    public static IEnumerable<string> References(SourceFile project) =>
        XDocument.Parse(project.Text).Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

    /// <summary>One title per document.</summary>
    public static IEnumerable<Finding> Titles(SourceFile document)
    {
        var isCode = false;
        var titles = 0;
        foreach (var line in document.Lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                isCode = !isCode;
            else if (!isCode && line.StartsWith("# ", StringComparison.Ordinal))
                titles++;
        }

        if (titles != 1)
            yield return new(document.Path, 0, $"{titles} titles (lines that begin with '# '); a document has one.");
    }

    /// <summary>Links to files of the repository lead somewhere.</summary>
    public static IEnumerable<Finding> DeadLinks(SourceFile document, Func<string, bool> exists)
    {
        var folder = document.Path.Contains('/') ? document.Path[..document.Path.LastIndexOf('/')] : "";
        for (var i = 0; i < document.Lines.Count; i++)
        {
            foreach (Match match in Link().Matches(document.Lines[i]))
            {
                var target = match.Groups["target"].Value.Split('#')[0];
                var path = Path.GetRelativePath("/", Path.GetFullPath(Path.Combine("/", folder, target))).Replace('\\', '/');
                if (target.Length > 0 && !exists(path))
                    yield return new(document.Path, i + 1, $"the link leads to {path}, which is not there.");
            }
        }
    }

    /// <summary>Nothing that holds on one machine only: its paths, and where its packages come from.</summary>
    public static IEnumerable<Finding> Places(SourceFile file)
    {
        for (var i = 0; i < file.Lines.Count; i++)
        {
            if (Machine().IsMatch(file.Lines[i]))
                yield return new(file.Path, i + 1, "a path of one machine. Others do not have it.");
            if (Registry().IsMatch(file.Lines[i]))
                yield return new(file.Path, i + 1, "names a registry of packages. Where packages come from is set on the machine, not here.");
        }
    }

    [GeneratedRegex(@"\]\((?!https?:|mailto:)(?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<![\w.$}/])/(work|root|Users)/\w|(?<![\w.$}])/home/(?!app\b|user\b)\w|\b[A-Z]:\\Users\\", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Machine();

    [GeneratedRegex("""^\s*(@[\w-]+:)?registry\s*=|"resolved"\s*:\s*"https?:|_authToken|<packageSources|<add\s+key="[^"]*"\s+value="https?:|--registry[ =]|RestoreSources""", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Registry();
}
