using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Runtime.Tests.Semantics;

/// <summary>Compares facts with expectations and shows both when they differ.</summary>
internal static class Expectations
{
    private static readonly JsonSerializerOptions _readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Compare(JsonObject expected, JsonObject facts, string what)
    {
        var wanted = Normal(expected);
        var seen = Normal(facts);
        JsonNode.DeepEquals(wanted, seen).ShouldBeTrue($"{what}\nExpected: {wanted!.ToJsonString(_readable)}\nBut: {seen!.ToJsonString(_readable)}");
    }

    /// <summary>Numbers, dates and texts that came from objects compare by their JSON.</summary>
    private static JsonNode? Normal(JsonNode node) => JsonNode.Parse(node.ToJsonString());
}
