using System.Text;
using System.Text.Json.Nodes;

namespace Platform.Engine.Tests.Fuzz;

/// <summary>Damages valid documents: in their structure, or in their text. One seed damages in the same way on every machine.</summary>
internal sealed class DocumentMutator(int seed)
{
    private readonly Random _random = new(seed);

    public string Mutate(string document) => _random.Next(4) == 0 ? MutateText(document) : MutateNodes(document);

    /// <summary>A valid document with damaged values.</summary>
    public string MutateNodes(string document)
    {
        var root = JsonNode.Parse(document, documentOptions: new System.Text.Json.JsonDocumentOptions { MaxDepth = 500 })!;
        for (var i = _random.Next(1, 6); i > 0; i--)
        {
            var nodes = new List<JsonNode>();
            Collect(root, nodes);
            var chosen = nodes[_random.Next(nodes.Count)];
            if (chosen is JsonObject members)
                MutateObject(members, nodes);
            else if (chosen is JsonArray items)
                MutateArray(items, nodes);
        }

        return root.ToJsonString();
    }

    private void MutateObject(JsonObject members, List<JsonNode> nodes)
    {
        if (members.Count == 0)
        {
            members["x"] = Value(nodes);
            return;
        }

        var (name, value) = members.ElementAt(_random.Next(members.Count));
        switch (_random.Next(7))
        {
            case 0:
                members.Remove(name);
                break;
            case 1:
                members.Remove(name);
                members[Pick([name.ToUpperInvariant(), char.ToUpperInvariant(name.FirstOrDefault('x')) + name[Math.Min(1, name.Length)..], "", "$" + name, "_type"])] = value?.DeepClone();
                break;
            case 2:
                members["id"] = Pick<JsonNode?>(["root", "a", "", null, 5, "Workflow1", "a:b", new JsonArray(), "\0"])?.DeepClone();
                break;
            case 3:
                members["type"] = Pick(["Elsa.Sequence", "Elsa.Flowchart", "Elsa.Workflow", "Elsa.NotFoundActivity", "elsa.writeline", "", "Elsa.Switch", "Elsa.SetVariable", "Elsa.StateMachine", "Elsa.For"]);
                break;
            case 4:
                members["version"] = JsonNode.Parse(Pick(["-1", "1e400", "1.5", "99999999999999999999", "\"1\"", "null", "0"]));
                break;
            default:
                members[name] = Value(nodes);
                break;
        }
    }

    private void MutateArray(JsonArray items, List<JsonNode> nodes)
    {
        switch (_random.Next(4))
        {
            case 0 when items.Count > 0:
                items.RemoveAt(_random.Next(items.Count));
                break;
            case 1 when items.Count > 0:
                items.Add(items[_random.Next(items.Count)]?.DeepClone());
                break;
            case 2:
                for (var i = 0; i < 2_000; i++)
                    items.Add((JsonNode?)null);
                break;
            default:
                items.Add(Value(nodes));
                break;
        }
    }

    private JsonNode? Value(List<JsonNode> nodes) => _random.Next(14) switch
    {
        0 => null,
        1 => JsonValue.Create(true),
        2 => JsonNode.Parse(Pick(["0", "-1", "1e400", "-0", "1e-400", "12345678901234567890123456789012345678901234567890", "0.1"])),
        3 => JsonValue.Create(""),
        4 => JsonValue.Create(new string('x', Pick([10, 1_000, 200_000]))),
        5 => JsonValue.Create(Pick(["{", "[", "[[[[", "{\"a\":", "null", "NaN", "00:00:-1", "9999999.00:00:00", "\0\uFFFF\u202E", "System.Object", "List<List<List<Int32>>>", "[]", "Int32[][][]?"])),
        6 => Nested(Pick([3, 60, 150])),
        7 => new JsonArray(),
        8 => new JsonObject(),
        9 => new JsonObject { ["type"] = "Literal", ["value"] = Nested(5) },
        10 => new JsonObject { ["typeName"] = "X", ["expression"] = new JsonObject { ["type"] = Pick(["JavaScript", "Liquid", "Object", "Variable", "Input", "Klingon", "", "Literal"]), ["value"] = Pick<JsonNode?>([5, null, "((", "{{ x", true])?.DeepClone() } },
        _ => nodes[_random.Next(nodes.Count)] is var other && Size(other) < 2_000 ? other.DeepClone() : null,
    };

    private static JsonNode Nested(int depth)
    {
        JsonNode node = new JsonObject { ["type"] = "Elsa.WriteLine" };
        for (var i = 0; i < depth; i++)
            node = i % 2 == 0 ? new JsonArray(node) : new JsonObject { ["type"] = "Elsa.Sequence", ["activities"] = node, ["body"] = null };
        return node;
    }

    /// <summary>Damaged text; most of it is no JSON any more.</summary>
    private string MutateText(string document)
    {
        var bytes = Encoding.UTF8.GetBytes(document);
        switch (_random.Next(4))
        {
            case 0:
                return Encoding.UTF8.GetString(bytes.AsSpan(0, _random.Next(bytes.Length)));
            case 1:
                for (var i = 0; i < 5; i++)
                    bytes[_random.Next(bytes.Length)] = (byte)_random.Next(256);
                return Encoding.UTF8.GetString(bytes);
            case 2:
                return new string('[', Pick([10, 300, 100_000])) + document;
            default:
                return document.Insert(_random.Next(document.Length), Pick(["\\ud800", "\\udc00", "\ud800", "\\ud83d\\ude00", "\0", "//", "/*", ",", "\"", "{}", "1e", "\uFEFF"]));
        }
    }

    private static void Collect(JsonNode? node, List<JsonNode> nodes)
    {
        if (node is JsonArray items)
        {
            nodes.Add(node);
            foreach (var item in items.Take(200))
                Collect(item, nodes);
        }
        else if (node is JsonObject members)
        {
            nodes.Add(node);
            foreach (var (_, member) in members)
                Collect(member, nodes);
        }
    }

    private static int Size(JsonNode node) => node switch
    {
        JsonArray items => 1 + items.Sum(item => item is null ? 1 : Size(item)),
        JsonObject members => 1 + members.Sum(member => member.Value is null ? 1 : Size(member.Value)),
        _ => 1,
    };

    private T Pick<T>(T[] items) => items[_random.Next(items.Length)];
}
