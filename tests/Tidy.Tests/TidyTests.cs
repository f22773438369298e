using System.Xml.Linq;

namespace Platform.Tidy.Tests;

/// <summary>The rules, held against the repository.</summary>
public sealed class TidyTests
{
    [Fact]
    public void There_is_something_to_look_at()
    {
        Repository.Product.Count.ShouldBeGreaterThanOrEqualTo(100);
        Repository.CSharp("tests").Count.ShouldBeGreaterThanOrEqualTo(20);
        Repository.Files.Select(file => file.Path).ShouldContain("src/Server/Program.cs");
        Repository.Files.Count(file => file.Path.EndsWith(".md", StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(3);
        Repository.Product.ShouldAllBe(file => file.Syntax.ChildNodes().Any());
    }

    [Fact]
    public void Files_are_short() => Hold(Repository.Product.SelectMany(SizeRules.LongFiles), Ratchets.LongFiles);

    [Fact]
    public void Bodies_are_short() => Hold(Repository.Product.SelectMany(SizeRules.LongBodies), Ratchets.LongBodies);

    [Fact]
    public void Constructors_take_few_things() => Hold(Repository.Product.SelectMany(SizeRules.ManyParameters), Ratchets.ManyParameters);

    [Fact]
    public void Folders_are_flat() => None(Repository.Files.SelectMany(file => SizeRules.DeepFolders(file.Path)));

    [Fact]
    public void The_composition_fits_on_one_screen() =>
        Repository.Files.Single(file => file.Path == "src/Server/Program.cs").Lines.Count.ShouldBeLessThanOrEqualTo(150);

    [Fact]
    public void Names_say_something() =>
        None(Repository.Files.Where(file => file.IsCSharp).SelectMany(file => NameRules.Files(file.Path).Concat(NameRules.Types(file))));

    [Fact]
    public void Pages_load_the_texts_that_they_show()
    {
        var modules = Repository.Files.Where(file => file.Path.StartsWith("src/Studio/wwwroot/", StringComparison.Ordinal) && file.Path.EndsWith(".js", StringComparison.Ordinal))
            .ToDictionary(file => file.Path, file => string.Join('\n', file.Lines), StringComparer.Ordinal);
        modules.Count.ShouldBeGreaterThan(100);
        string.Join('\n', StudioTexts.Missing(modules)).ShouldBeEmpty();
        // In a module that nobody loads they would be missed.
        modules.Remove("src/Studio/wwwroot/shell/words.js", out var words);
        modules["src/Studio/wwwroot/parts/nobody.js"] = words!;
        StudioTexts.Missing(modules).Count().ShouldBeGreaterThan(50);
    }

    [Fact]
    public void Interfaces_have_a_reason()
    {
        var interfaces = Repository.Product.SelectMany(NameRules.Interfaces).ToList();
        None(interfaces.Where(found => !Ratchets.Interfaces.ContainsKey(found.Name)).Select(found => found.Finding));
        Ratchets.Interfaces.Keys.Except(interfaces.Select(found => found.Name)).ShouldBeEmpty("these are gone; remove them from Ratchets.Interfaces");
        Ratchets.Interfaces.Values.ShouldAllBe(reason => reason.Length > 10);
    }

    [Fact]
    public void Nothing_is_left_unfinished() =>
        None(Repository.Product.SelectMany(file => CodeRules.NotImplemented(file).Concat(CodeRules.Regions(file)))
            .Concat(Repository.Files.Where(file => !IsSample(file) && file.Name.Split('.')[^1] is "cs" or "js" or "css" or "html" or "sql" or "csproj" or "props" or "targets" or "yml")
                .SelectMany(CodeRules.Notes)));

    [Fact]
    public void Log_events_have_ids_of_their_project() =>
        None(Repository.Product.SelectMany(file => CodeRules.LogEvents(file).Concat(CodeRules.RepeatedLogEvents(file))));

    [Fact]
    public void Every_error_code_is_explained()
    {
        var document = Repository.Files.Single(file => file.Path == "docs/errors.md");
        var used = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Repository.Product)
        {
            foreach (var code in CodeRules.ErrorCodes(file))
                used.TryAdd(code, file.Path);
        }

        used.Count.ShouldBeGreaterThanOrEqualTo(20);
        None(ErrorDocument.Differences(document, used).Concat(ErrorDocument.Form(document)));
    }

    [Fact]
    public void Projects_see_only_what_they_may()
    {
        var projects = Repository.Files.Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal) && file.Path.EndsWith(".csproj", StringComparison.Ordinal)).ToList();
        None(projects.SelectMany(TreeRules.Project));
        projects.Select(project => Path.GetFileNameWithoutExtension(project.Path)).Order().ShouldBe(TreeRules.Projects.Keys.Order());
        None(Repository.Files.Where(file => file.Path.StartsWith("tests/", StringComparison.Ordinal) && file.Path.EndsWith(".csproj", StringComparison.Ordinal)).SelectMany(TreeRules.TestProject));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Files.Single(file => file.Path == "Platform.sln").Text.Replace('\\', '/');
        foreach (var project in Repository.Files.Where(file => file.Path.EndsWith(".csproj", StringComparison.Ordinal)))
            solution.ShouldContain($"\"{project.Path}\"");
    }

    [Fact]
    public void Versions_stand_in_one_place()
    {
        foreach (var project in Repository.Files.Where(file => file.Path.EndsWith(".csproj", StringComparison.Ordinal)))
            XDocument.Parse(project.Text).Descendants("PackageReference").ShouldAllBe(package => package.Attribute("Version") == null, project.Path);
        var packages = XDocument.Parse(Repository.Files.Single(file => file.Path == "Directory.Packages.props").Text).Descendants("PackageVersion").ToList();
        packages.Count.ShouldBeGreaterThan(5);
        packages.ShouldAllBe(package => !package.Attribute("Version")!.Value.Contains('*'));
    }

    [Fact]
    public void Activities_name_an_engine_in_their_project_file_only()
    {
        var files = Repository.Files.Where(file => file.Path.StartsWith("src/CustomActivities/", StringComparison.Ordinal) && file.Path.EndsWith(".cs", StringComparison.Ordinal)).ToList();
        files.ShouldNotBeEmpty();
        files.Where(file => file.Text.Contains("using Platform.Engine", StringComparison.Ordinal) || file.Text.Contains("using Elsa", StringComparison.Ordinal))
            .Select(file => file.Path).ShouldBeEmpty();
    }

    [Fact]
    public void The_root_holds_only_what_belongs_there()
    {
        None(TreeRules.RootEntries(Repository.RootEntries));
        Repository.RootEntries.ShouldContain("README.md");
        Repository.RootEntries.ShouldContain("LICENSE");
    }

    [Fact]
    public void Documents_have_one_title_and_links_that_lead_somewhere()
    {
        var documents = Repository.Files.Where(file => file.Path.EndsWith(".md", StringComparison.Ordinal)).ToList();
        None(documents.SelectMany(TreeRules.Titles));
        None(documents.SelectMany(file => TreeRules.DeadLinks(file, path => Path.Exists(Path.Combine(Repository.Root, path)))));
    }

    [Fact]
    public void Nothing_holds_on_one_machine_only() => None(Repository.Files.Where(file => !IsSample(file)).SelectMany(TreeRules.Places));

    /// <summary>The bad samples by which the rules are tested, and the rules.</summary>
    private static bool IsSample(SourceFile file) => file.Path.StartsWith("tests/Tidy.Tests/", StringComparison.Ordinal);

    private static void None(IEnumerable<Finding> findings) => string.Join('\n', findings).ShouldBeEmpty();

    private static void Hold(IEnumerable<SizeRules.Excess> excesses, IReadOnlyDictionary<string, int> ratchet)
    {
        var found = excesses.ToList();
        None(found.Where(excess => excess.Size > ratchet.GetValueOrDefault(excess.Name)).Select(excess => excess.Finding with { Text = $"{excess.Finding.Text} ('{excess.Name}' in Ratchets.cs)" }));
        var slack = ratchet.Where(entry => found.Where(excess => excess.Name == entry.Key).Select(excess => excess.Size).DefaultIfEmpty(0).Max() < entry.Value);
        slack.Select(entry => entry.Key).ShouldBeEmpty("these are smaller now; lower or remove their entries in Ratchets.cs");
    }
}
