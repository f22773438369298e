using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Runtime.Tests;

/// <summary>Writes small documents.</summary>
internal static class Documents
{
    public static string Sequence(params JsonObject[] steps) => new JsonObject
    {
        ["root"] = new JsonObject { ["id"] = "root", ["type"] = "Elsa.Sequence", ["activities"] = new JsonArray([.. steps]) },
    }.ToJsonString();

    public static JsonObject Step(string id, string type, params (string Name, string Expression, object? Value)[] inputs)
    {
        var step = new JsonObject { ["id"] = id, ["type"] = type };
        foreach (var (name, expression, value) in inputs)
        {
            step[name] = new JsonObject
            {
                ["typeName"] = "Any",
                ["expression"] = new JsonObject { ["type"] = expression, ["value"] = JsonSerializer.SerializeToNode(value) },
            };
        }

        return step;
    }

    public static JsonObject Trigger(string id, string type, params (string Name, string Expression, object? Value)[] inputs)
    {
        var step = Step(id, type, inputs);
        step["customProperties"] = new JsonObject { ["canStartWorkflow"] = true };
        return step;
    }

    public static JsonObject Line(string text) => Step(text, "Elsa.WriteLine", ("text", "Literal", text));

    /// <summary>The step with an activity in one of its ports.</summary>
    public static JsonObject Having(this JsonObject step, string port, JsonObject activity)
    {
        step[port] = activity;
        return step;
    }

    /// <summary>A flowchart; connections read <c>a:Port -> b</c>, the port may be left out.</summary>
    public static string Flowchart(JsonObject[] steps, params string[] connections) => new JsonObject
    {
        ["root"] = new JsonObject
        {
            ["id"] = "root",
            ["type"] = "Elsa.Flowchart",
            ["activities"] = new JsonArray([.. steps]),
            ["connections"] = new JsonArray([.. connections.Select(Connection)]),
        },
    }.ToJsonString();

    private static JsonNode Connection(string text)
    {
        var ends = text.Split(" -> ");
        var source = ends[0].Split(':');
        return new JsonObject
        {
            ["source"] = new JsonObject { ["activity"] = source[0], ["port"] = source.Length > 1 ? source[1] : "Done" },
            ["target"] = new JsonObject { ["activity"] = ends[1], ["port"] = "In" },
        };
    }
}
