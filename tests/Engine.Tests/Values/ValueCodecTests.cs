using System.Buffers;
using System.Dynamic;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Engine.Values;

namespace Platform.Engine.Tests.Values;

public sealed class ValueCodecTests
{
    private static readonly TypeAliases Aliases = TypeAliases.BuiltIn
        .With(typeof(Address), "Address")
        .With(typeof(Person), "Person")
        .With(typeof(Colour), "Colour")
        .With(typeof(Sides), "Sides")
        .With(typeof(Link), "Link");

    private static readonly ValueCodec Codec = new(Aliases);

    public static TheoryData<object?, string> Forms => new()
    {
        { null, "null" },
        { true, "true" },
        { "x", "\"x\"" },
        { 1, "1" },
        { -1, "-1" },
        { 5_000_000_000, "5000000000" },
        { 1L, """{"$t":"Int64","v":1}""" },
        { 1.0, "1.0" },
        { -0.0, "-0.0" },
        { 1.5, "1.5" },
        { 1e300, "1E+300" },
        { 1e16, "10000000000000000.0" },
        { -1.5e18, "-1500000000000000000.0" },
        { double.NaN, """{"$t":"Double","v":"NaN"}""" },
        { 1.10m, """{"$t":"Decimal","v":1.10}""" },
        { 1.5f, """{"$t":"Single","v":1.5}""" },
        { (byte)1, """{"$t":"Byte","v":1}""" },
        { 'x', """{"$t":"Char","v":120}""" },
        { Guid.Empty, """{"$t":"Guid","v":"00000000-0000-0000-0000-000000000000"}""" },
        { new DateTime(2026, 1, 2), """{"$t":"DateTime","v":"2026-01-02T00:00:00.0000000"}""" },
        { new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc), """{"$t":"DateTime","v":"2026-01-02T00:00:00.0000000Z"}""" },
        { TimeSpan.FromSeconds(5), """{"$t":"TimeSpan","v":"00:00:05"}""" },
        { new Uri("https://a/ä"), """{"$t":"Uri","v":"https://a/ä"}""" },
        { "hi"u8.ToArray(), """{"$t":"ByteArray","v":"aGk="}""" },
        { Colour.Green, """{"$t":"Colour","v":"Green"}""" },
        { (Colour)99, """{"$t":"Colour","v":"99"}""" },
        { Sides.Left | Sides.Right, """{"$t":"Sides","v":"Left, Right"}""" },
        { "\uD800", """{"$t":"~utf16","v":"ANg="}""" },
        { new Dictionary<string, object?> { ["$t"] = 1, ["\\$t"] = 2, ["\\t"] = 3, ["v"] = 4 }, """{"\\$t":1,"\\\\$t":2,"\\t":3,"v":4}""" },
        { new List<object?> { 1, 1L }, """[1,{"$t":"Int64","v":1}]""" },
        { new[] { 1, 2 }, """{"$t":"Int32[]","v":[1,2]}""" },
        { new List<long> { 1 }, """{"$t":"List<Int64>","v":[1]}""" },
        { new object?[] { 1, 1.5m }, """{"$t":"Object[]","v":[1,{"$t":"Decimal","v":1.5}]}""" },
        { new Dictionary<string, string> { ["$a"] = "b" }, """{"$t":"StringDictionary","v":{"\\$a":"b"}}""" },
        { new Dictionary<Guid, int?> { [Guid.Empty] = null }, """{"$t":"Dictionary<Guid, Int32?>","v":{"00000000-0000-0000-0000-000000000000":null}}""" },
        { new Address("Main", 1), """{"$t":"Address","v":{"street":"Main","number":1}}""" },
        { new Link { Any = Guid.Empty }, """{"$t":"Link","v":{"next":null,"any":{"$t":"Guid","v":"00000000-0000-0000-0000-000000000000"}}}""" },
        { JsonDocument.Parse("{ \"$t\" : 1.10 }").RootElement, """{"$t":"JsonElement","v":{"$t":1.10}}""" },
        { default(JsonElement), """{"$t":"JsonElement","v":null}""" },
        { JsonNode.Parse("[1]"), """{"$t":"JsonArray","v":[1]}""" },
        { new TimeoutException("late"), """{"$t":"TimeoutException","v":{"message":"late"}}""" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Write_Value_HasThisFormForEver(object? value, string expected)
    {
        Text(value).ShouldBe(expected);
        Codec.CanStore(value).ShouldBeTrue();
        if (value is not Exception && value is not JsonElement && value is not Link)
            Codec.FromUtf8(Encoding.UTF8.GetBytes(expected)).ShouldBeExactly(value);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Read_WhatWasWritten_IsTheSameValue(int seed)
    {
        var generator = new ValueGenerator(seed);
        for (var round = 0; round < 2500; round++)
        {
            var value = generator.Next();
            var stored = Codec.ToUtf8(value);
            Codec.FromUtf8(stored).ShouldBeExactly(value, $"seed {seed} round {round}: {Encoding.UTF8.GetString(stored)}");
            Codec.CanStore(value).ShouldBeTrue();
            Encoding.UTF8.GetString(stored).Contains("System.", StringComparison.Ordinal).ShouldBeFalse();
        }
    }

    [Fact]
    public void Read_AfterADatabaseSortedTheMembers_IsTheSameValue()
    {
        var generator = new ValueGenerator(5);
        for (var round = 0; round < 1000; round++)
        {
            var value = generator.Next();
            var stored = Codec.ToUtf8(value);
            var sorted = Encoding.UTF8.GetBytes(SortMembers(JsonNode.Parse(stored))?.ToJsonString() ?? "null");
            var text = Encoding.UTF8.GetString(Codec.ToUtf8(Codec.FromUtf8(sorted)));
            SortMembers(JsonNode.Parse(text))?.ToJsonString().ShouldBe(SortMembers(JsonNode.Parse(stored))?.ToJsonString(), $"round {round}");
        }
    }

    [Fact]
    public void Read_FromElementOrInsideADocument_IsTheSameValue()
    {
        var value = new Dictionary<string, object?> { ["a"] = new List<object?> { 1L, Guid.Empty }, ["b"] = 1.0 };
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("state");
            Codec.Write(writer, value);
            writer.WriteNumber("next", 1);
            writer.WriteEndObject();
        }

        Codec.Read(JsonDocument.Parse(buffer.WrittenMemory).RootElement.GetProperty("state")).ShouldBeExactly(value);
        Codec.Read(default(JsonElement)).ShouldBeNull();

        var reader = new Utf8JsonReader(buffer.WrittenSpan);
        reader.Read();
        reader.Read();
        reader.Read();
        Codec.Read(ref reader).ShouldBeExactly(value);
        reader.Read();
        reader.GetString().ShouldBe("next");
    }

    [Fact]
    public void Write_WithoutAliases_StoresTheContent()
    {
        var codec = new ValueCodec(TypeAliases.BuiltIn);
        Again(new Link { Any = 1L }).ShouldBeExactly(new Dictionary<string, object?> { ["next"] = null, ["any"] = 1L });
        Again(Colour.Green).ShouldBe("Green");
        Again(new[] { Colour.Green }).ShouldBeExactly(new List<object?> { "Green" });
        Again(new Queue<int>([1, 2])).ShouldBeExactly(new List<object?> { 1, 2 });
        Again(Enumerable.Range(0, 2)).ShouldBeExactly(new List<object?> { 0, 1 });
        Again(new { A = Guid.Empty }).ShouldBeExactly(new Dictionary<string, object?> { ["a"] = Guid.Empty });
        Again(new SortedList<int, long> { [1] = 2 }).ShouldBeExactly(new Dictionary<string, object?> { ["1"] = 2L });
        Again(new object()).ShouldBeExactly(new Dictionary<string, object?>());
        Again(System.Numerics.BigInteger.Parse("123456789012345678901234567890")).ShouldBe("123456789012345678901234567890");
        IDictionary<string, object?> expando = new ExpandoObject();
        expando["$a"] = 1;
        Again(expando).ShouldBeExactly(new Dictionary<string, object?> { ["$a"] = 1 });

        object? Again(object value) => codec.FromUtf8(codec.ToUtf8(value));
    }

    [Fact]
    public void Read_Exception_HasItsTypeMessageAndInner()
    {
        var again = Again(new ArgumentNullException("no name", new FileNotFoundException("gone"))).ShouldBeOfType<ArgumentNullException>();
        again.Message.ShouldBe("no name");
        again.InnerException.ShouldBeOfType<Exception>().Message.ShouldBe("gone");
    }

    [Fact]
    public void Read_RenamedType_IsFoundByItsOldAlias()
    {
        var codec = new ValueCodec(TypeAliases.BuiltIn.With(typeof(Address), "PostalAddress", "Address"));
        codec.FromUtf8("""{"$t":"Address","v":{"street":"Main","number":1}}"""u8).ShouldBe(new Address("Main", 1));
    }

    public static TheoryData<object> Handles =>
    [
        new MemoryStream(), (Action)(() => { }), typeof(string), CancellationToken.None, Task.CompletedTask, new Connection(),
        new HttpResponseMessage(), new Microsoft.AspNetCore.Http.DefaultHttpContext().Request,
        new List<object?> { 1, new MemoryStream() }, new Dictionary<string, object?> { ["a"] = new List<object?> { typeof(int) } },
        new Stream[] { new MemoryStream() }, new Dictionary<string, Stream> { ["a"] = new MemoryStream() }, new { Any = (object)new MemoryStream() },
    ];

    [Theory]
    [MemberData(nameof(Handles))]
    public void Write_Handle_IsRefusedAndKnownBefore(object value)
    {
        Codec.CanStore(value).ShouldBeFalse();
        Should.Throw<ValueNotStorableException>(() => Codec.ToUtf8(value));
    }

    [Fact]
    public void Write_RegisteredObjectWithAHandle_LeavesItOut()
    {
        var person = new Person { Name = "Ada", Handle = new MemoryStream() };
        Codec.CanStore(person).ShouldBeTrue();
        Again(person).ShouldBeOfType<Person>().Handle.ShouldBeNull();
        Should.Throw<ValueNotStorableException>(() => Codec.ToUtf8(new Person { Extra = new MemoryStream() }));
    }

    [Fact]
    public void Write_TooDeep_HasItsOwnException()
    {
        Again(Deep.Lists(64)).ShouldBeExactly(Deep.Lists(64));
        var typed = new List<object?> { Guid.Empty };
        for (var level = 1; level < 32; level++)
            typed = [new object?[] { typed }];
        Again(typed).ShouldBeExactly(typed);

        var link = new Link();
        link.Next = link;
        var any = new Link();
        any.Any = new List<object?> { any };
        var list = new List<object?>();
        list.Add(list);
        object deepJson = JsonDocument.Parse(Deep.JsonArrays(65), new JsonDocumentOptions { MaxDepth = 100 }).RootElement;
        foreach (var value in new[] { Deep.Lists(65), Deep.Lists(100_000), link, any, list, deepJson, new[] { list } })
            Should.Throw<ValueTooDeepException>(() => Codec.ToUtf8(value));
        Codec.CanStore(Deep.Lists(64)).ShouldBeTrue();
        Codec.CanStore(Deep.Lists(65)).ShouldBeFalse();
        Codec.CanStore(list).ShouldBeFalse();
    }

    [Fact]
    public void Write_TooLarge_HasItsOwnException()
    {
        var small = new ValueCodec(Aliases, bytesMax: 1000);
        object endless = Enumerable.Repeat(1, int.MaxValue).Select(item => item);
        foreach (var value in new[] { new string('x', 1000), new byte[1000], new int[1000], Deep.Doubling(40), endless, new Person { Name = new string('x', 1000) } })
            Should.Throw<ValueTooLargeException>(() => small.ToUtf8(value));
        Codec.CanStore(Deep.Doubling(40)).ShouldBeFalse();
        small.ToUtf8(new string('x', 900)).Length.ShouldBe(902);
    }

    [Theory]
    [InlineData("""{"$t":"System.Diagnostics.Process, System","v":{}}""")]
    [InlineData("""{"$t":"Nope","v":1}""")]
    [InlineData("""{"$t":"Stream","v":"x"}""")]
    [InlineData("""{"$t":"","v":1}""")]
    public void Read_UnknownAlias_NamesIt(string stored) =>
        Should.Throw<UnknownTypeAliasException>(() => Codec.FromUtf8(Encoding.UTF8.GetBytes(stored))).Message.ShouldContain("type '");

    [Theory]
    [InlineData("")]
    [InlineData("1 2")]
    [InlineData("{")]
    [InlineData("""{"$t":1,"v":1}""")]
    [InlineData("""{"$t":"Int64"}""")]
    [InlineData("""{"$t":"Int64","x":1}""")]
    [InlineData("""{"$t":"Int64","v":1,"x":2}""")]
    [InlineData("""{"v":1,"$t":"Int64","x":2}""")]
    [InlineData("""{"v":1,"$t":7}""")]
    [InlineData("""{"$t":"Int64","v":"x"}""")]
    [InlineData("""{"$t":"Int64","v":1.5}""")]
    [InlineData("""{"$t":"Int64","v":99999999999999999999}""")]
    [InlineData("""{"$t":"Byte","v":256}""")]
    [InlineData("""{"$t":"Int64","v":[]}""")]
    [InlineData("""{"$t":"Guid","v":"x"}""")]
    [InlineData("""{"$t":"Guid","v":1}""")]
    [InlineData("""{"$t":"DateTime","v":"yesterday"}""")]
    [InlineData("""{"$t":"TimeSpan","v":"x"}""")]
    [InlineData("""{"$t":"Version","v":"x"}""")]
    [InlineData("{\"\\uDE00\":1}")]
    [InlineData("""{"$t":"Double","v":"x"}""")]
    [InlineData("""{"$t":"ByteArray","v":"?"}""")]
    [InlineData("""{"$t":"ByteArray","v":1}""")]
    [InlineData("""{"$t":"Colour","v":"Blue"}""")]
    [InlineData("""{"$t":"Colour","v":5}""")]
    [InlineData("""{"$t":"Int32[]","v":1}""")]
    [InlineData("""{"$t":"Int32[]","v":[null]}""")]
    [InlineData("""{"$t":"Int32[]","v":["x"]}""")]
    [InlineData("""{"$t":"String[]","v":[1]}""")]
    [InlineData("""{"$t":"List<Address>","v":[{"street":"x"}]}""")]
    [InlineData("""{"$t":"Dictionary<Guid,Int32>","v":{"x":1}}""")]
    [InlineData("""{"$t":"Dictionary<Guid,Int32>","v":[]}""")]
    [InlineData("""{"$t":"StringDictionary","v":{"a":1}}""")]
    [InlineData("""{"$t":"JsonObject","v":[]}""")]
    [InlineData("""{"$t":"Exception","v":[]}""")]
    [InlineData("""{"$t":"Person","v":[]}""")]
    [InlineData("""{"$t":"Person","v":{"age":"x"}}""")]
    [InlineData("""{"$t":"~utf16","v":1}""")]
    [InlineData("\"\\uD800\"")]
    public void Read_Malformed_IsAJsonException(string stored) =>
        Should.Throw<JsonException>(() => Codec.FromUtf8(Encoding.UTF8.GetBytes(stored)));

    [Fact]
    public void Read_TooDeep_IsRefused()
    {
        Should.Throw<ValueTooDeepException>(() => Codec.FromUtf8(Encoding.UTF8.GetBytes(Deep.JsonArrays(65))));
        Should.Throw<ValueTooDeepException>(() => Codec.FromUtf8(Encoding.UTF8.GetBytes(Deep.JsonObjects(65))));
        Should.Throw<ValueTooDeepException>(() => Codec.FromUtf8(Encoding.UTF8.GetBytes(Deep.JsonArrays(1_000_000))));
        Should.Throw<ValueTooDeepException>(() => Codec.FromUtf8(Encoding.UTF8.GetBytes(Nested("{\"$t\":\"Object\",\"v\":", 200))));
        Should.Throw<ValueTooDeepException>(() => Codec.FromUtf8(Encoding.UTF8.GetBytes(Nested("{\"v\":", 200))));
        Should.Throw<JsonException>(() => Codec.FromUtf8(Encoding.UTF8.GetBytes(Nested("{\"$t\":\"Link\",\"v\":{\"any\":", 200, "}}"))));

        static string Nested(string open, int depth, string close = "}") =>
            string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));
    }

    [Fact]
    public void Read_DamagedState_ThrowsOnlyWhatIsDocumented()
    {
        var generator = new ValueGenerator(6);
        var random = new Random(6);
        for (var round = 0; round < 5000; round++)
        {
            var stored = Codec.ToUtf8(generator.Next());
            for (var damage = random.Next(1, 4); damage > 0; damage--)
                stored[random.Next(stored.Length)] = (byte)random.Next(32, 127);
            try
            {
                Codec.FromUtf8(stored);
            }
            catch (Exception exception) when (exception is JsonException or UnknownTypeAliasException or ValueTooDeepException)
            {
                // Any of these is a clear answer.
            }
        }
    }

    private static object? Again(object? value) => Codec.FromUtf8(Codec.ToUtf8(value));

    private static string Text(object? value) => Encoding.UTF8.GetString(Codec.ToUtf8(value));

    /// <summary>What a binary JSON column does: shorter names first.</summary>
    private static JsonNode? SortMembers(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members
            .OrderBy(member => member.Key.Length).ThenBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => KeyValuePair.Create(member.Key, SortMembers(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(SortMembers)]),
        _ => node?.DeepClone(),
    };
}
