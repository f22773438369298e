using System.Text;

namespace Platform.Scripting.Tests.JavaScript;

/// <summary>Our engine against Node, over a hand-written corpus and over generated programs.</summary>
public sealed class DifferentialTests
{
    private const string Separator = "//---";

    public static TheoryData<string> ExpressionFiles => Files("*.expr.js");

    public static TheoryData<string> ProgramFiles => Files("*.prog.js");

    /// <summary>Every line of these files is an expression whose value is shown.</summary>
    [Theory]
    [MemberData(nameof(ExpressionFiles))]
    public async Task Expressions_have_the_values_that_Node_gives_them(string file)
    {
        var lines = (await File.ReadAllLinesAsync(Path.Combine(NodeOracle.CorpusFolder, file)))
            .Where(l => l.Trim().Length > 0 && !l.StartsWith("//", StringComparison.Ordinal))
            .ToList();
        await Compare(lines, line => $"{NodeOracle.Prelude}\nshow({line}\n); undefined");
    }

    /// <summary>These files hold programs between separator lines; they show values themselves.</summary>
    [Theory]
    [MemberData(nameof(ProgramFiles))]
    public async Task Programs_do_what_they_do_in_Node(string file)
    {
        var programs = (await File.ReadAllTextAsync(Path.Combine(NodeOracle.CorpusFolder, file)))
            .Split(Separator, StringSplitOptions.RemoveEmptyEntries)
            .Where(p => p.Trim().Length > 0)
            .ToList();
        await Compare(programs, program => $"{NodeOracle.Prelude}\n{program}\n;undefined");
    }

    [Fact]
    public async Task The_completion_values_of_scripts_are_those_of_Node()
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(NodeOracle.CorpusFolder, "completion.txt"));
        await Compare([.. lines.Where(l => l.Trim().Length > 0)], line => "'use strict';" + line);
    }

    [Theory]
    [InlineData(1, 1500)]
    [InlineData(2, 1500)]
    public async Task Generated_programs_do_what_they_do_in_Node(int seed, int count)
    {
        var generator = new ProgramGenerator(seed);
        var programs = Enumerable.Range(0, count).Select(_ => generator.Next()).ToList();
        var ended = await Compare(programs, program => $"{NodeOracle.Prelude}\n{program}\n;undefined");

        // A generator of nonsense would compare nothing but errors.
        ended.Count(e => e.Contains("=> ", StringComparison.Ordinal)).ShouldBeGreaterThan(count * 9 / 10);
    }

    private static async Task<string[]> Compare(List<string> snippets, Func<string, string> wrap)
    {
        snippets.Count.ShouldBeGreaterThan(3);
        var programs = snippets.ConvertAll(s => wrap(s));
        var expected = NodeOracle.RunNode(programs);
        expected.Length.ShouldBe(programs.Count);
        var differences = new StringBuilder();
        var count = 0;
        for (var i = 0; i < programs.Count; i++)
        {
            var actual = await NodeOracle.RunOurs(programs[i]);
            if (Same(actual, expected[i]))
                continue;
            count++;
            if (count <= 60)
                differences.Append("--- ").AppendLine(snippets[i].Trim()).Append("node: ").AppendLine(expected[i]).Append("ours: ").AppendLine(actual);
        }

        count.ShouldBe(0, $"{count} of {programs.Count} differ:\n{differences}");
        return expected;
    }

    // Completion values are compared as JSON, which the two sides escape differently.
    private static bool Same(string actual, string expected)
    {
        if (actual == expected)
            return true;
        var (a, b) = (actual.LastIndexOf("=> ", StringComparison.Ordinal), expected.LastIndexOf("=> ", StringComparison.Ordinal));
        if (a < 0 || b < 0 || actual[..a] != expected[..b])
            return false;
        var (left, right) = (actual[(a + 3)..], expected[(b + 3)..]);
        if (right == "undefined")
            right = "null";
        if (right == "function")
            right = "\"function\"";
        return JsonEquals(left, right);
    }

    private static bool JsonEquals(string left, string right) => System.Text.Json.Nodes.JsonNode.DeepEquals(
        System.Text.Json.Nodes.JsonNode.Parse(left), System.Text.Json.Nodes.JsonNode.Parse(right));

    private static TheoryData<string> Files(string pattern) =>
        [.. Directory.GetFiles(NodeOracle.CorpusFolder, pattern).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
}
