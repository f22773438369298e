using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Engine.Values;

namespace Platform.Engine.Tests.Values;

public sealed class DynamicJsonTests
{
    public static TheoryData<string, object> Numbers => new()
    {
        { "0", 0 },
        { "-0", 0 },
        { "2147483647", int.MaxValue },
        { "2147483648", 2147483648L },
        { "-9223372036854775808", long.MinValue },
        { "9223372036854775808", 9223372036854775808m },
        { "1.0", 1.0m },
        { "1.10", 1.10m },
        { "1e3", 1000m },
        { "1E+3", 1000m },
        { "1.5e-3", 0.0015m },
        { "0.1", 0.1m },
        { "0.0000000000000000000000000001", 0.0000000000000000000000000001m },
        { "0.00000000000000000000000000001", 1e-29 },
        { "1234567890123456789012345678", 1234567890123456789012345678m },
        { "12345678901234567890123456789", 12345678901234567890123456789d },
        { "0.12345678901234567890123456789", 0.12345678901234567890123456789d },
        { "1e28", 1e28 },
        { "1e300", 1e300 },
        { "1e-300", 1e-300 },
        { "1e400", double.PositiveInfinity },
        { "-1e400", double.NegativeInfinity },
        { "1e999999999999", double.PositiveInfinity },
        { "1e-999999999999", 0d },
    };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Parse_Number_HasTheSmallestExactType(string json, object expected)
    {
        var value = DynamicJson.Parse(json).ShouldNotBeNull();
        value.ShouldBeOfType(expected.GetType());
        value.ShouldBe(expected);
    }

    [Fact]
    public void Parse_Composites_KeepOrderAndLastDuplicate()
    {
        var value = DynamicJson.Parse("""{"b":[1,"x",null,true],"a":{"B":1.5},"a":2,"":[]} // end""").ShouldBeOfType<Dictionary<string, object?>>();
        value.Keys.ShouldBe(["b", "a", ""]);
        value["a"].ShouldBe(2);
        value["b"].ShouldBeOfType<List<object?>>().ShouldBe([1, "x", null, true]);
        value.ContainsKey("B").ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("[1")]
    [InlineData("1 2")]
    [InlineData("{\"a\"}")]
    [InlineData("{'a':1}")]
    [InlineData("nul")]
    [InlineData("NaN")]
    [InlineData("01")]
    [InlineData("\"\\uD800\"")]
    [InlineData("{\"\\uD800\":1}")]
    [InlineData("\"\u0001\"")]
    public void Parse_NotJson_IsAJsonException(string json)
    {
        Should.Throw<JsonException>(() => DynamicJson.Parse(json));
        DynamicJson.TryParse(json, out var value).ShouldBeFalse();
        value.ShouldBeNull();
    }

    [Fact]
    public void Parse_BytesThatAreNotUtf8_IsAJsonException() => Should.Throw<JsonException>(() => DynamicJson.Parse([(byte)'"', 0xFF, (byte)'"']));

    [Fact]
    public void Parse_Nesting_EndsAtTheLimit()
    {
        DynamicJson.Parse(Deep.JsonArrays(64)).ShouldNotBeNull();
        DynamicJson.Parse(Deep.JsonObjects(64)).ShouldNotBeNull();
        Should.Throw<ValueTooDeepException>(() => DynamicJson.Parse(Deep.JsonArrays(65)));
        Should.Throw<ValueTooDeepException>(() => DynamicJson.Parse(Deep.JsonObjects(100_000)));
        DynamicJson.TryParse(Deep.JsonArrays(65), out _).ShouldBeFalse();
        DynamicJson.TryParse(null, out _).ShouldBeFalse();
    }

    [Fact]
    public void Read_InsideADocument_StopsOnTheLastTokenOfTheValue()
    {
        var reader = new Utf8JsonReader("[{\"a\":[1]},2]"u8);
        reader.Read();
        reader.Read();
        DynamicJson.Read(ref reader).ShouldBeOfType<Dictionary<string, object?>>();
        reader.TokenType.ShouldBe(JsonTokenType.EndObject);
        reader.Read();
        reader.GetInt32().ShouldBe(2);
    }

    [Fact]
    public void FromElementAndNode_AnyShape_GivesTheSameAsText()
    {
        const string Json = """{"a":[1,2.5,"x"],"b":null}""";
        var expected = DynamicJson.ToText(DynamicJson.Parse(Json));
        DynamicJson.ToText(DynamicJson.FromElement(JsonDocument.Parse(Json).RootElement)).ShouldBe(expected);
        DynamicJson.ToText(DynamicJson.FromNode(JsonNode.Parse(Json))).ShouldBe(expected);
        DynamicJson.FromElement(default).ShouldBeNull();
        DynamicJson.FromNode(null).ShouldBeNull();
        DynamicJson.FromNode(JsonValue.Create(Guid.Empty)).ShouldBe("00000000-0000-0000-0000-000000000000");
        DynamicJson.FromNode(JsonNode.Parse("{\"a\":1,\"a\":2}")).ShouldBe(new Dictionary<string, object?> { ["a"] = 2 });
    }

    [Fact]
    public void FromNode_TooDeep_HasItsOwnException()
    {
        JsonNode node = new JsonArray();
        for (var level = 0; level < 2000; level++)
            node = new JsonArray(node);
        Should.Throw<ValueTooDeepException>(() => DynamicJson.FromNode(node));
        Should.Throw<ValueTooDeepException>(() => DynamicJson.ToText(node));
    }

    public static TheoryData<object?, string> Written => new()
    {
        { null, "null" },
        { true, "true" },
        { 1, "1" },
        { 1.5, "1.5" },
        { 1.50m, "1.50" },
        { ulong.MaxValue, "18446744073709551615" },
        { (sbyte)-1, "-1" },
        { 1.5f, "1.5" },
        { double.NaN, "\"NaN\"" },
        { double.NegativeInfinity, "\"-Infinity\"" },
        { 'x', "\"x\"" },
        { "é<'\"\n", "\"é<'\\\"\\n\"" },
        { Guid.Empty, "\"00000000-0000-0000-0000-000000000000\"" },
        { new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)), "\"2026-01-02T03:04:05.0000000+02:00\"" },
        { new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), "\"2026-01-02T03:04:05.0000000Z\"" },
        { new DateOnly(2026, 1, 2), "\"2026-01-02\"" },
        { TimeSpan.FromSeconds(5), "\"00:00:05\"" },
        { new Uri("https://example.com/ä"), "\"https://example.com/ä\"" },
        { HttpStatusCode.OK, "\"OK\"" },
        { Sides.Left | Sides.Right, "\"Left, Right\"" },
        { (Colour)99, "\"99\"" },
        { "hi"u8.ToArray(), "\"aGk=\"" },
        { new ReadOnlyMemory<byte>("hi"u8.ToArray()), "\"aGk=\"" },
        { new object(), "{}" },
        { new[] { 1, 2 }, "[1,2]" },
        { new Names(), "[\"a\",\"b\"]" },
        { Enumerable.Range(0, 2).Select(item => item), "[0,1]" },
        { new Dictionary<string, object?> { ["Key"] = null, ["$x"] = 1 }, "{\"Key\":null,\"$x\":1}" },
        { new Dictionary<Colour, int> { [Colour.Red] = 1 }, "{\"Red\":1}" },
        { new SortedList<int, string> { [1] = "a" }, "{\"1\":\"a\"}" },
        { new Address("Main", 1), "{\"street\":\"Main\",\"number\":1}" },
        { new { UserName = "x", Inner = new { A = Colour.Red } }, "{\"userName\":\"x\",\"inner\":{\"a\":\"Red\"}}" },
        { (1, "a"), "{\"item1\":1,\"item2\":\"a\"}" },
        { new InvalidOperationException("bad", new ArgumentException("inner")), "{\"type\":\"InvalidOperationException\",\"message\":\"bad\",\"innerException\":{\"type\":\"ArgumentException\",\"message\":\"inner\"}}" },
        { new MemoryStream(), "\"<Stream>\"" },
        { (Action)(() => { }), "\"<Delegate>\"" },
        { typeof(string), "\"<Type>\"" },
        { CancellationToken.None, "\"<CancellationToken>\"" },
        { Task.FromResult(1), "\"<Task>\"" },
        { new StringReader("x"), "\"<TextReader>\"" },
        { new HttpResponseMessage(), "\"<HttpResponseMessage>\"" },
        { new Microsoft.AspNetCore.Http.DefaultHttpContext(), "\"<DefaultHttpContext>\"" },
        { new Microsoft.AspNetCore.Http.DefaultHttpContext().Request, "\"<DefaultHttpRequest>\"" },
        { new Connection(), "\"<Connection>\"" },
        { new Dictionary<string, object?> { ["s"] = new MemoryStream() }, "{\"s\":\"<Stream>\"}" },
        { default(JsonElement), "null" },
        { JsonDocument.Parse("{\"A\":1.10}"), "{\"A\":1.10}" },
        { JsonDocument.Parse("[\"\\uD800\"]"), "[\"\uFFFD\"]" },
        { JsonNode.Parse("{\"A\":[1e400]}"), "{\"A\":[1e400]}" },
    };

    [Theory]
    [MemberData(nameof(Written))]
    public void ToText_AnyValue_IsTheJsonThatPeopleSee(object? value, string expected)
    {
        DynamicJson.ToText(value).ShouldBe(expected);
        Encoding.UTF8.GetString(DynamicJson.ToUtf8(value)).ShouldBe(expected);
        DynamicJson.TryParse(expected, out _).ShouldBeTrue();
    }

    [Fact]
    public void ToText_Object_LeavesOutHandlesAndKeepsTheRest()
    {
        var person = new Person { Name = "Ada", Extra = new Person { Extra = new MemoryStream() }, Handle = new MemoryStream() };
        DynamicJson.ToText(person).ShouldBe(
            """{"name":"Ada","age":0,"colour":"Red","shift":null,"extra":{"name":"","age":0,"colour":"Red","shift":null,"extra":"<Stream>","addresses":[],"notes":{},"initial":""},"addresses":[],"notes":{},"initial":"A"}""");
    }

    [Fact]
    public void ToText_Indented_BreaksLinesAlikeEverywhere() =>
        DynamicJson.ToText(new Dictionary<string, object?> { ["a"] = 1 }, indented: true).ShouldBe("{\n  \"a\": 1\n}");

    [Fact]
    public void ToText_TooDeep_HasItsOwnException()
    {
        DynamicJson.ToText(Deep.Lists(64)).ShouldBe(Deep.JsonArrays(64));
        Should.Throw<ValueTooDeepException>(() => DynamicJson.ToText(Deep.Lists(65)));
        Should.Throw<ValueTooDeepException>(() => DynamicJson.ToText(Deep.Lists(1_000_000)));
        Should.Throw<ValueTooDeepException>(() => DynamicJson.ToText(JsonDocument.Parse(Deep.JsonArrays(65), new JsonDocumentOptions { MaxDepth = 100 })));
    }

    [Fact]
    public void ToText_ValueThatContainsItself_HasItsOwnException()
    {
        var list = new List<object?>();
        list.Add(list);
        list.Add(list);
        Should.Throw<ValueTooDeepException>(() => DynamicJson.ToText(list));

        var link = new Link();
        link.Next = link;
        Should.Throw<ValueTooDeepException>(() => DynamicJson.ToText(link));

        var members = new Dictionary<string, object?>();
        members["me"] = new Link { Any = members };
        Should.Throw<ValueTooDeepException>(() => DynamicJson.ToText(members));
    }

    [Fact]
    public void ToText_SmallValueWithHugeJson_HasItsOwnException()
    {
        Should.Throw<ValueTooLargeException>(() => DynamicJson.ToText(Deep.Doubling(40))).BytesMax.ShouldBe(ValueLimits.BytesMax);
        Should.Throw<ValueTooLargeException>(() => DynamicJson.ToText(new string('x', ValueLimits.BytesMax)));
        Should.Throw<ValueTooLargeException>(() => DynamicJson.ToText(Endless()));

        static IEnumerable<int> Endless()
        {
            while (true)
                yield return 1;
        }
    }

    [Fact]
    public void ToNodeAndToElement_AnyValue_BelongToTheCaller()
    {
        var node = JsonNode.Parse("{\"a\":1}")!;
        DynamicJson.ToNode(node).ShouldNotBeSameAs(node);
        DynamicJson.ToNode(null).ShouldBeNull();
        DynamicJson.ToNode(new Address("x", 1)).ShouldBeOfType<JsonObject>()["number"]!.GetValue<int>().ShouldBe(1);
        DynamicJson.ToElement(null).ValueKind.ShouldBe(JsonValueKind.Null);
        DynamicJson.ToElement(default(JsonElement)).ValueKind.ShouldBe(JsonValueKind.Null);
        DynamicJson.ToElement(new[] { 1 }).GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public void Write_InsideADocument_CountsOnlyItself()
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("a");
            DynamicJson.Write(writer, Deep.Lists(64));
            writer.WriteEndObject();
        }

        Encoding.UTF8.GetString(buffer.WrittenSpan).ShouldBe($"{{\"a\":{Deep.JsonArrays(64)}}}");
    }
}
