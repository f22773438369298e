using System.Text.Json.Nodes;
using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Engine.Plans;
using Platform.Runtime.Definitions;
using Platform.Runtime.Execution;
using Platform.Server.Composition;
using Platform.Server.Elsa.Definitions;

namespace Platform.Server.Tests.Elsa;

/// <summary>Whatever was imported is exported with the same meaning: every case of the semantics, every shipped workflow, and large ones made here.</summary>
public sealed class RoundTripTests
{
    private const int LargeDocuments = 40;

    private static readonly ElsaDocuments _documents = new(new ActivityTree(
        ActivityCatalog.Scan(typeof(Activity).Assembly, typeof(WorkflowRuntime).Assembly, typeof(PlatformServices).Assembly)));

    /// <summary>Members that the server decides and says at the export.</summary>
    private static readonly HashSet<string> _header = new(StringComparer.OrdinalIgnoreCase)
    {
        "$schema", "id", "definitionId", "version", "createdAt", "toolVersion", "isLatest", "isPublished", "isReadonly", "isSystem", "name", "description",
    };

    [Fact]
    public void Every_file_at_hand_survives()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Root(), "tests", "Runtime.Tests", "cases"), "*.json", SearchOption.AllDirectories)
            .SelectMany(path => JsonNode.Parse(File.ReadAllText(path), documentOptions: ElsaDocuments.StoredOptions)!["workflows"]!.AsArray().Select(workflow => (path, workflow!)))
            .Concat(Directory.EnumerateFiles(Path.Combine(Root(), "workflows"), "*.json").Select(path => (path, JsonNode.Parse(File.ReadAllText(path))!)))
            .ToList();
        var survived = 0;
        foreach (var (path, document) in files)
        {
            // Placeholders become what they stand for, and connections that were kept aside come back: the only changes that an import makes.
            if (HasProblems(document.DeepClone().AsObject()) || path.Contains("placeholder", StringComparison.Ordinal))
                continue;
            survived++;
            ShouldSurvive(document.AsObject(), Path.GetFileName(path));
        }

        survived.ShouldBeGreaterThan(300);
    }

    [Fact]
    public void Large_documents_full_of_unknown_members_survive()
    {
        for (var seed = 0; seed < LargeDocuments; seed++)
            ShouldSurvive(new DocumentGenerator(seed).Next(), $"seed {seed}");
    }

    [Fact]
    public void A_placeholder_keeps_the_original_to_the_letter()
    {
        const string original = """{"type":"Acme.Teleport","id":"t","version":7,"Ünïcode":"<&> \u0027","number":1.50,"big":12345678901234567890123,"deep":[{"a":[null,true]}]}""";
        var document = JsonNode.Parse("{\"definitionId\":\"x\",\"root\":{\"type\":\"Elsa.Sequence\",\"id\":\"root\",\"activities\":[" + original + "]}}")!.AsObject();
        var model = _documents.ToModel(Store(document));
        var placeholder = model["root"]!["activities"]![0]!;
        placeholder["type"]!.GetValue<string>().ShouldBe("Elsa.NotFoundActivity");
        JsonNode.DeepEquals(JsonNode.Parse(placeholder["originalActivityJson"]!.GetValue<string>()), JsonNode.Parse(original)).ShouldBeTrue();

        var stored = Store(model)!;

        JsonNode.Parse(stored.Document)!["root"]!["activities"]![0]!.ToJsonString().ShouldBe(JsonNode.Parse(original)!.ToJsonString());
    }

    /// <summary>Import and export, and import, a look in Studio, save and export: the author's document is there each time.</summary>
    private static void ShouldSurvive(JsonObject document, string what)
    {
        var stored = Store(document.DeepClone().AsObject());
        var file = JsonNode.Parse(_documents.ToFile(stored), documentOptions: ElsaDocuments.StoredOptions)!.AsObject();
        ShouldEqual(Content(document), Content(file), what);
        var again = Store(file.DeepClone().AsObject());
        _documents.ToFile(again).ShouldBe(_documents.ToFile(stored), $"{what}: importing the export changes it.");
        var studio = Store(_documents.ToModel(stored));
        var saved = JsonNode.Parse(_documents.ToFile(studio), documentOptions: ElsaDocuments.StoredOptions)!.AsObject();
        ShouldContain(Content(document), Content(saved), $"{what}, saved by Studio, $");
    }

    private static WorkflowDefinition Store(JsonObject document)
    {
        var draft = _documents.ToDraft(document, out var problems);
        problems.ShouldBeEmpty();
        return new WorkflowDefinition("v1", "d1", 1) { Name = draft.Name, Description = draft.Description, ToolVersion = draft.ToolVersion, Document = draft.Document };
    }

    private static bool HasProblems(JsonObject document)
    {
        _documents.ToDraft(document, out var problems);
        return problems.Count > 0;
    }

    private static JsonObject Content(JsonObject document) =>
        new(document.Where(member => !_header.Contains(member.Key)).Select(member => KeyValuePair.Create(Camel(member.Key), member.Value?.DeepClone())));

    private static string Camel(string name) => !name.Any(char.IsLower) ? name.ToLowerInvariant() : char.ToLowerInvariant(name[0]) + name[1..];

    /// <summary>The same members with the same values. An export may add what is computed (ids, node ids) and write out empty lists and objects.</summary>
    private static void ShouldEqual(JsonNode? expected, JsonNode? actual, string path)
    {
        if (expected is JsonObject wanted && actual is JsonObject seen)
        {
            foreach (var (name, member) in wanted)
            {
                if (name != "nodeId")
                    ShouldEqual(member, seen[name], $"{path}.{name}");
            }

            foreach (var (name, member) in seen)
            {
                if (!wanted.ContainsKey(name))
                    IsComputed(name, member).ShouldBeTrue($"{path}.{name} appeared: {member?.ToJsonString()}");
            }

            return;
        }

        if (expected is JsonArray items && actual is JsonArray others)
        {
            others.Count.ShouldBe(items.Count, path);
            for (var i = 0; i < items.Count; i++)
                ShouldEqual(items[i], others[i], $"{path}[{i}]");
            return;
        }

        (JsonNode.DeepEquals(expected, actual) || (expected is null && IsEmpty(actual))).ShouldBeTrue($"{path}: {expected?.ToJsonString()} became {actual?.ToJsonString()}");
    }

    private static bool IsComputed(string name, JsonNode? value) =>
        name is "id" or "nodeId" or "isArray" or "autoUpdateConsumingWorkflows" or "materializerName" or "materializerContext" or "providerName" || IsEmpty(value);

    private static bool IsEmpty(JsonNode? value) => value switch
    {
        null => true,
        JsonArray items => items.Count == 0,
        JsonObject members => members.All(member => IsComputed(member.Key, member.Value)),
        _ => false,
    };

    /// <summary>Everything that the author wrote is there; Studio brings connections into the current form and names latest versions.</summary>
    private static void ShouldContain(JsonNode? expected, JsonNode? actual, string path)
    {
        switch (expected)
        {
            case JsonObject members:
                foreach (var (name, member) in members)
                {
                    if (name is not ("nodeId" or "connections" or "version" or "notFoundConnections" or "originalActivityJson"))
                        ShouldContain(member, actual.ShouldBeOfType<JsonObject>(path)[name], $"{path}.{name}");
                }

                break;
            case JsonArray items:
                actual.ShouldBeOfType<JsonArray>(path).Count.ShouldBe(items.Count, path);
                for (var i = 0; i < items.Count; i++)
                    ShouldContain(items[i], actual.AsArray()[i], $"{path}[{i}]");
                break;
            default:
                (JsonNode.DeepEquals(expected, actual) || (expected is null && IsEmptyOrDefault(actual))).ShouldBeTrue($"{path}: {expected?.ToJsonString()} became {actual?.ToJsonString()}");
                break;
        }
    }

    private static bool IsEmptyOrDefault(JsonNode? value) => IsEmpty(value) || value is JsonObject;

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Platform.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The repository was not found.");
        return folder;
    }

    /// <summary>Makes documents of some hundred activities, with members on every level that nobody knows.</summary>
    private sealed class DocumentGenerator(int seed)
    {
        private static readonly string[] _types =
            ["Elsa.WriteLine", "Elsa.If", "Elsa.Sequence", "Elsa.Flowchart", "Elsa.ForEach", "Elsa.Switch", "Elsa.Fork", "Elsa.Event", "Acme.Unknown", "Elsa.SetVariable"];

        private readonly Random _random = new(seed);
        private int _ids;

        public JsonObject Next() => new()
        {
            ["definitionId"] = "large",
            ["name"] = "Groß 주문",
            ["vendor"] = Anything(0),
            ["customProperties"] = new JsonObject { ["VariableTestValues"] = Anything(0), ["x-vendor"] = Anything(0) },
            ["options"] = new JsonObject { ["autoUpdateConsumingWorkflows"] = true, ["futureOption"] = Anything(0) },
            ["variables"] = new JsonArray([.. Enumerable.Range(0, 5).Select(i => (JsonNode)new JsonObject
            {
                ["id"] = "v" + i, ["name"] = "V" + i, ["typeName"] = i == 0 ? "Acme.Money" : "Object", ["isArray"] = i == 1, ["value"] = Anything(2), ["note"] = Anything(1),
            })]),
            ["inputs"] = new JsonArray(new JsonObject { ["name"] = "I", ["type"] = "String", ["validators"] = Anything(0) }),
            ["outputs"] = new JsonArray(),
            ["outcomes"] = new JsonArray("Ok", "Not ok"),
            ["root"] = Container(0),
        };

        private JsonObject Container(int depth)
        {
            var flowchart = Plain("Elsa.Flowchart");
            var activities = Enumerable.Range(0, depth == 0 ? 60 : 4).Select(_ => Activity(depth + 1)).ToList();
            var ids = activities.ConvertAll(activity => activity["id"]!.GetValue<string>());
            flowchart["activities"] = new JsonArray([.. activities]);
            flowchart["variables"] = new JsonArray();
            flowchart["connections"] = new JsonArray([.. Enumerable.Range(0, activities.Count).Select(_ => (JsonNode)new JsonObject
            {
                ["source"] = new JsonObject { ["activity"] = ids[_random.Next(ids.Count)], ["port"] = "Done", ["hint"] = Anything(2) },
                ["target"] = new JsonObject { ["activity"] = ids[_random.Next(ids.Count)], ["port"] = "In" },
                ["vertices"] = new JsonArray(new JsonObject { ["x"] = _random.NextDouble(), ["y"] = -3 }),
                ["label"] = Anything(2),
            })]);
            return flowchart;
        }

        private JsonObject Activity(int depth)
        {
            var type = _types[_random.Next(_types.Length)];
            if (type == "Elsa.Flowchart" && depth < 4)
                return Container(depth);
            var activity = Plain(type);
            switch (type)
            {
                case "Elsa.If" or "Elsa.ForEach" when depth < 5:
                    activity[type == "Elsa.If" ? "then" : "body"] = Activity(depth + 1);
                    activity["else"] = null;
                    break;
                case "Elsa.Sequence" or "Elsa.Fork" when depth < 5:
                    activity[type == "Elsa.Fork" ? "branches" : "activities"] = new JsonArray(Activity(depth + 1), Activity(depth + 1));
                    break;
                case "Elsa.Switch" when depth < 5:
                    activity["cases"] = new JsonArray(new JsonObject
                    {
                        ["label"] = "A", ["condition"] = new JsonObject { ["type"] = "Literal", ["value"] = true, ["note"] = 1 }, ["activity"] = Activity(depth + 1), ["color"] = "red",
                    });
                    break;
                case "Acme.Unknown":
                    activity["body"] = Plain("Acme.Inner");
                    activity["settings"] = Anything(0);
                    break;
            }

            return activity;
        }

        private JsonObject Plain(string type) => new()
        {
            ["id"] = "a" + _ids++,
            ["name"] = _random.Next(3) == 0 ? null : "Näme " + _ids,
            ["type"] = type,
            ["version"] = 1,
            ["customProperties"] = new JsonObject { ["canStartWorkflow"] = false, ["x-note"] = Anything(1), ["notFoundConnections"] = new JsonArray() },
            ["metadata"] = new JsonObject { ["designer"] = new JsonObject { ["position"] = new JsonObject { ["x"] = -12.5, ["y"] = 1e3 }, ["x-layer"] = Anything(2) }, ["displayText"] = "Tëxt" },
            ["text"] = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "JavaScript", ["value"] = "`${1}`" }, ["memoryReference"] = new JsonObject { ["id"] = "m" }, ["x"] = Anything(2) },
            ["unknownMember"] = Anything(0),
        };

        private JsonNode? Anything(int depth) => _random.Next(depth > 3 ? 5 : 8) switch
        {
            0 => null,
            1 => JsonValue.Create(_random.Next(2) == 0),
            2 => JsonNode.Parse(_random.Next(3) switch { 0 => "1.50", 1 => "12345678901234567890", _ => "1e400" }),
            3 => JsonValue.Create("téxt \u2028 <&> \" \\ " + _random.Next(100)),
            4 => JsonValue.Create(""),
            5 => new JsonArray([.. Enumerable.Range(0, _random.Next(4)).Select(_ => Anything(depth + 1))]),
            _ => new JsonObject(Enumerable.Range(0, _random.Next(4)).Select(i => KeyValuePair.Create(new[] { "a", "$type", "Ä b", "" }[i], Anything(depth + 1)))),
        };
    }
}
