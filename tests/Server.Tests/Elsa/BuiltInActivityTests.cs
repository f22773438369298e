using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Platform.Server.Tests.Elsa;

/// <summary>Compares what the running server says about its built-in activities with <c>BuiltInActivities.txt</c>.</summary>
public sealed partial class BuiltInActivityTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    [Fact]
    public async Task Built_in_activities_are_described_as_by_Elsa()
    {
        var expected = ReadTable();
        var items = (await server.GetAsync("/descriptors/activities")).Node["items"]!.AsArray();
        var actual = items.Where(item => Text(item!, "namespace") == "Elsa").ToDictionary(item => Text(item!, "typeName"), item => Describe(item!));
        actual.Keys.Order(StringComparer.Ordinal).ShouldBe(expected.Keys.Order(StringComparer.Ordinal), "The table and the server name the same types.");
        var differences = expected.Where(row => row.Value != actual[row.Key]).Select(row => $"expected:\n{row.Value}\nfound:\n{actual[row.Key]}");
        string.Join("\n\n", differences).ShouldBeEmpty();
    }

    [Fact]
    public async Task Choices_and_editors_are_of_use()
    {
        var items = (await server.GetAsync("/descriptors/activities")).Node["items"]!.AsArray();
        foreach (var input in items.Where(item => Text(item!, "namespace") == "Elsa").SelectMany(item => item!["inputs"]!.AsArray()).Where(input => Text(input!, "uiHint") is "dropdown" or "checklist"))
            ChoicesOf(input!).ShouldNotBeEmpty($"{Text(input!, "name")} offers no choice.");
    }

    /// <summary>Descriptors in the words of the table, so that a difference can be read.</summary>
    private static string Describe(JsonNode type)
    {
        var words = WordStart().Replace(Text(type, "name"), " $0");
        var title = Text(type, "category") + (Text(type, "displayName") == words ? "" : " / " + Text(type, "displayName"));
        string[] flags = [Text(type, "kind"), Flag(type, "isContainer", "container"), Flag(type, "isStart", "start"), Flag(type, "isTerminal", "terminal"), Flag(type, "isBrowsable", "hidden", false)];
        var lines = new List<string> { $"{Text(type, "typeName")} | {title} | {string.Join(", ", flags.Where(flag => flag.Length > 0))}" };
        type["version"]!.GetValue<int>().ShouldBe(1);
        lines.AddRange(type["inputs"]!.AsArray().Select(input => DescribeInput(input!)));
        lines.AddRange(type["outputs"]!.AsArray().Select(output => $"out {Wire(output!)}: {Text(output!, "typeName")}{Mark(output!, "isSerializable", "not-stored", false)}").Order(StringComparer.Ordinal));
        var ports = type["ports"]!.AsArray().ToLookup(port => Text(port!, "type"), port => Text(port!, "name"));
        lines.Add("ports " + string.Join(", ", ports["Embedded"]));
        lines.Add("ends " + string.Join(", ", ports["Flow"]));
        return string.Join('\n', lines);
    }

    private static string DescribeInput(JsonNode input)
    {
        var choices = ChoicesOf(input);
        var hint = Text(input, "uiHint");
        // The editors of these have more choices than a line holds.
        if (choices.Count > 0 && Text(input, "name") is not ("StatusCode" or "ContentType" or "RequestContentType"))
            hint += ": " + string.Join(", ", choices);
        var isUsual = hint == (Text(input, "typeName") == "Boolean" ? "checkbox" : "singleline");
        var label = WordStart().Replace(Text(input, "name"), " $0");
        return (input["isWrapped"]!.GetValue<bool>() ? "in " : "plain ") + $"{Wire(input)}: {Text(input, "typeName")}"
            + (input["defaultValue"] is { } value ? $" = {value.ToJsonString()}" : "")
            + (isUsual ? "" : $" ({hint})")
            + (Text(input, "displayName") == label ? "" : $" \"{Text(input, "displayName")}\"")
            + (input["category"] is { } category ? $" [{category}]" : "")
            + Mark(input, "autoEvaluate", "not-evaluated", false)
            + Mark(input, "isSensitive", "secret")
            + Mark(input, "isBrowsable", "hidden", false);
    }

    private static List<string> ChoicesOf(JsonNode input)
    {
        var lists = (input["uiSpecifications"] as JsonObject)?[Text(input, "uiHint")] as JsonObject;
        var items = (lists?["selectList"] ?? lists?["checkList"])?["items"] as JsonArray;
        return items is null ? [] : [.. items.Select(item => Text(item!, "value"))];
    }

    private static Dictionary<string, string> ReadTable()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Elsa", "BuiltInActivities.txt");
        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var block in File.ReadAllText(path).ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(block => block[0] != '#'))
        {
            var lines = block.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Gap().Replace(line.Trim(), " ").Replace("*)", ")", StringComparison.Ordinal)).ToList();
            var outputs = lines.Where(line => line.StartsWith("out ", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
            string[] parts =
            [
                lines[0],
                .. lines.Where(line => line.StartsWith("in ", StringComparison.Ordinal) || line.StartsWith("plain ", StringComparison.Ordinal)),
                .. outputs,
                lines.Find(line => line.StartsWith("ports ", StringComparison.Ordinal)) ?? "ports ",
                lines.Find(line => line.Split(' ')[0] == "ends") is { } ends ? (ends == "ends" ? "ends " : ends) : "ends Done",
            ];
            types.Add(lines[0].Split(' ')[0], string.Join('\n', parts));
        }

        types.Count.ShouldBeGreaterThan(40);
        return types;
    }

    private static string Wire(JsonNode member) => char.ToLowerInvariant(Text(member, "name")[0]) + Text(member, "name")[1..];

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static string Flag(JsonNode node, string name, string word, bool when = true) => node[name]!.GetValue<bool>() == when ? word : "";

    private static string Mark(JsonNode node, string name, string word, bool when = true) => Flag(node, name, " " + word, when);

    [GeneratedRegex("(?<=[a-z])[A-Z]")]
    private static partial Regex WordStart();

    [GeneratedRegex(" +")]
    private static partial Regex Gap();
}
