namespace Platform.Tidy.Tests;

/// <summary>Each rule finds its bad sample, and leaves a good one alone. A rule that finds nothing holds nothing.</summary>
public sealed class RuleTests
{
    [Fact]
    public void A_long_file_is_found()
    {
        SizeRules.LongFiles(Code(Lines(401))).Single().Size.ShouldBe(401);
        SizeRules.LongFiles(Code(Lines(400))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("class A { void M()\n{\n", "}\n}", "src/X/A.cs A.M")]
    [InlineData("class A { A()\n{\n", "}\n}", "src/X/A.cs A.new")]
    [InlineData("class A { int P { get\n{\n", "} } }", "src/X/A.cs A.P")]
    [InlineData("class A { void M() { void F()\n{\n", "} } }", "src/X/A.cs A.M.F")]
    public void A_long_body_is_found(string before, string after, string name)
    {
        SizeRules.LongBodies(Code(before + Lines(61) + after)).ShouldContain(excess => excess.Name == name && excess.Size == 61);
        SizeRules.LongBodies(Code(before + Lines(59) + after)).ShouldBeEmpty();
    }

    [Fact]
    public void A_long_expression_is_a_long_body() =>
        SizeRules.LongBodies(Code($"class A {{ int M() =>\n{string.Concat(Enumerable.Repeat("1 +\n", 61))}1; }}")).Single().Name.ShouldBe("src/X/A.cs A.M");

    [Theory]
    [InlineData("class A { A(int a, int b, int c, int d, int e, int f, int g) { } }", 1)]
    [InlineData("class A(int a, int b, int c, int d, int e, int f, int g);", 1)]
    [InlineData("class A(int a, int b, int c, int d, int e, int f);", 0)]
    [InlineData("record A(int a, int b, int c, int d, int e, int f, int g);", 0)]
    public void Many_parameters_are_found(string code, int expected) => SizeRules.ManyParameters(Code(code)).Count().ShouldBe(expected);

    [Theory]
    [InlineData("src/X/a/b/c/A.cs", 1)]
    [InlineData("src/X/a/b/A.cs", 0)]
    [InlineData("docs/a/b/c/d/e.md", 0)]
    public void Deep_folders_are_found(string path, int expected) => SizeRules.DeepFolders(path).Count().ShouldBe(expected);

    [Theory]
    [InlineData("src/X/Models.cs", 1)]
    [InlineData("src/X/Extensions.cs", 1)]
    [InlineData("src/X/Endpoint.cs", 1)]
    [InlineData("src/X/Constants.cs", 1)]
    [InlineData("src/X/Types.cs", 1)]
    [InlineData("src/X/ActivityTypes.cs", 0)]
    public void Empty_file_names_are_found(string path, int expected) => NameRules.Files(path).Count().ShouldBe(expected);

    [Theory]
    [InlineData("class RunManager;", 1)]
    [InlineData("static class JsonHelper;", 1)]
    [InlineData("static class TextUtils;", 1)]
    [InlineData("record struct StoreImpl;", 1)]
    [InlineData("abstract class BaseActivity;", 1)]
    [InlineData("enum BaseKind { A }", 1)]
    [InlineData("class Based; class Baseline; class Utility; class Managed;", 0)]
    public void Empty_type_names_are_found(string code, int expected) => NameRules.Types(Code(code)).Count().ShouldBe(expected);

    [Fact]
    public void Interfaces_are_found() => NameRules.Interfaces(Code("namespace N; public interface IOne; class A { interface ITwo; }")).Select(found => found.Name).ShouldBe(["IOne", "ITwo"]);

    [Fact]
    public void What_is_not_implemented_is_found()
    {
        CodeRules.NotImplemented(Code("class A { void M() => throw new NotImplementedException(); }")).Count().ShouldBe(1);
        CodeRules.NotImplemented(Code("class A { void M() => throw new System.NotImplementedException(); }")).Count().ShouldBe(1);
        CodeRules.NotImplemented(Code("// NotImplementedException\nclass A;")).ShouldBeEmpty();
    }

    [Fact]
    public void Regions_are_found() => CodeRules.Regions(Code("class A\n{\n    #region B\n    #endregion\n}")).Single().Line.ShouldBe(3);

    [Theory]
    [InlineData("// TODO later", 1)]
    [InlineData("/* FIXME */", 1)]
    [InlineData("// TODO #12 later", 0)]
    [InlineData("// TODO(#12): later", 0)]
    [InlineData("var todos = 1; // a TODOS list", 0)]
    public void Notes_without_an_issue_are_found(string code, int expected) => CodeRules.Notes(Code(code)).Count().ShouldBe(expected);

    [Theory]
    [InlineData("src/Server/Log.cs", "4001", 0)]
    [InlineData("src/Server/Log.cs", "5001", 1)]
    [InlineData("src/Server/Log.cs", "EventId = 4001", 1)]
    [InlineData("src/Server/Security/SignIn.cs", "4001", 1)]
    [InlineData("src/Runtime/Log.cs", "2999", 0)]
    [InlineData("src/Runtime/Log.cs", "3000", 1)]
    public void Log_events_of_others_are_found(string path, string id, int expected) =>
        CodeRules.LogEvents(new SourceFile(path, $"class Log {{ [LoggerMessage({id}, LogLevel.Debug, \"x\")] void M(); }}")).Count().ShouldBe(expected);

    [Fact]
    public void Repeated_log_events_are_found() =>
        CodeRules.RepeatedLogEvents(Code("class Log { [LoggerMessage(1, a)] void A(); [LoggerMessage(2, a)] void B(); [LoggerMessage(1, b)] void C(); }")).Count().ShouldBe(1);

    [Fact]
    public void Error_codes_are_found_in_texts_only() =>
        CodeRules.ErrorCodes(Code("// WF1111\nclass A { string a = \"WF2222\", b = $\"{1} WF3333 {2}\", c = \"XWF4444\"; int WF5555; }")).ShouldBe(["WF2222", "WF3333"]);

    [Fact]
    public void Unexplained_codes_are_found()
    {
        var document = new SourceFile("docs/errors.md", "# Errors\n\n## WF1000 One\n\n**What.** a **Why.** b **Mend.** c\n\n## WF1001 Two\n\n**What.** a **Why.** b\n\n## WF1000 Again\n\n**What.** **Why.** **Mend.**\n");

        ErrorDocument.Differences(document, new Dictionary<string, string> { ["WF1000"] = "a", ["WF2000"] = "src/X/A.cs" }).Select(finding => finding.Text[..6]).ShouldBe(["WF2000", "WF1001"]);
        ErrorDocument.Form(document).Select(finding => finding.Text).ShouldBe(["WF1001 lacks **Mend.**", "WF1000 does not come after WF1001."]);
    }

    [Theory]
    [InlineData("src/Engine/Engine.csproj", "../Scripting/Scripting.csproj", 0)]
    [InlineData("src/Engine/Engine.csproj", "../Runtime/Runtime.csproj", 1)]
    [InlineData("src/Scripting/Scripting.csproj", @"..\Engine\Engine.csproj", 1)]
    [InlineData("src/Storage/Storage.csproj", "../Server/Server.csproj", 1)]
    [InlineData("src/Elsewhere/Elsewhere.csproj", "../Engine/Engine.csproj", 1)]
    [InlineData("src/Engine/Inner/Engine.csproj", "../Scripting/Scripting.csproj", 1)]
    public void Forbidden_references_are_found(string path, string reference, int expected) =>
        TreeRules.Project(new SourceFile(path, $"<Project><ItemGroup><ProjectReference Include=\"{reference}\" /></ItemGroup></Project>")).Count().ShouldBe(expected);

    [Theory]
    [InlineData("tests/Engine.Tests/Engine.Tests.csproj", 0)]
    [InlineData("tests/Tidy.Tests/Tidy.Tests.csproj", 0)]
    [InlineData("tests/Benchmarks/Benchmarks.csproj", 0)]
    [InlineData("tests/Shared/Shared.csproj", 1)]
    public void Surprising_test_projects_are_found(string path, int expected) => TreeRules.TestProject(new SourceFile(path, "<Project />")).Count().ShouldBe(expected);

    [Fact]
    public void Clutter_in_the_root_is_found() => TreeRules.RootEntries(["src", "notes.md", "README.md"]).Single().Path.ShouldBe("notes.md");

    [Theory]
    [InlineData("# One\n\n```\n# no title\n```\n\n## Two\n", 0)]
    [InlineData("# One\n\n# Two\n", 1)]
    [InlineData("Text\n", 1)]
    public void Documents_without_one_title_are_found(string text, int expected) => TreeRules.Titles(new SourceFile("docs/a.md", text)).Count().ShouldBe(expected);

    [Theory]
    [InlineData("[a](errors.md) [b](../README.md#top) [c](#here) [d](https://example.org/x)", 0)]
    [InlineData("[a](missing.md)", 1)]
    public void Links_to_nowhere_are_found(string text, int expected) =>
        TreeRules.DeadLinks(new SourceFile("docs/a.md", text), path => path is "docs/errors.md" or "README.md").Count().ShouldBe(expected);

    [Theory]
    [InlineData("cd /wo" + "rk/main", 1)]
    [InlineData("\"/home/somebody/x\"", 1)]
    [InlineData(@"C:\Users\me", 1)]
    [InlineData("registry=https://packages.example.org/npm/", 1)]
    [InlineData("  \"resolved\": \"https://packages.example.org/a.tgz\",", 1)]
    [InlineData("<add key=\"x\" value=\"https://packages.example.org/v3/index.json\" />", 1)]
    [InlineData("GET /workflows/wo" + "rk/item and ./wo" + "rk/x", 0)]
    [InlineData("the registry holds activity types", 0)]
    public void Places_of_one_machine_are_found(string text, int expected) => TreeRules.Places(new SourceFile("docs/a.md", text)).Count().ShouldBe(expected);

    private static SourceFile Code(string text) => new("src/X/A.cs", text);

    private static string Lines(int count) => string.Concat(Enumerable.Repeat(";\n", count));
}
