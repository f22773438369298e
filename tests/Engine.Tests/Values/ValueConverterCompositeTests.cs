using System.Collections;
using System.Collections.ObjectModel;
using System.Dynamic;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Engine.Values;

namespace Platform.Engine.Tests.Values;

public sealed class ValueConverterCompositeTests
{
    public static TheoryData<object, Type, object> Collections => new()
    {
        { "GET", typeof(string[]), new[] { "GET" } },
        { "GET", typeof(ICollection<string>), new List<string> { "GET" } },
        { "GET", typeof(HashSet<string>), new HashSet<string> { "GET" } },
        { "GET", typeof(IEnumerable<object>), new List<object> { "GET" } },
        { "GET", typeof(IEnumerable), new List<object?> { "GET" } },
        { "[a-z]+", typeof(string[]), new[] { "[a-z]+" } },
        { "[\"GET\",\"POST\"]", typeof(string[]), new[] { "GET", "POST" } },
        { " [\"GET\"]", typeof(ICollection<string>), new List<string> { "GET" } },
        { "[1,2]", typeof(int[]), new[] { 1, 2 } },
        { "[1,\"2\",3.0]", typeof(List<int>), new List<int> { 1, 2, 3 } },
        { "[1,null]", typeof(List<int?>), new List<int?> { 1, null } },
        { "[1,2]", typeof(IEnumerable), new List<object?> { 1, 2 } },
        { "[1,2]", typeof(byte[]), new byte[] { 1, 2 } },
        { "[1,1]", typeof(ISet<int>), new HashSet<int> { 1 } },
        { "[[1],[2]]", typeof(int[][]), new[] { new[] { 1 }, [2] } },
        { "[200,\"NotFound\"]", typeof(List<System.Net.HttpStatusCode>), new List<System.Net.HttpStatusCode> { System.Net.HttpStatusCode.OK, System.Net.HttpStatusCode.NotFound } },
        { "[1,2]", typeof(Queue<int>), new Queue<int>([1, 2]) },
        { new List<object?> { 1, "2" }, typeof(int[]), new[] { 1, 2 } },
        { new[] { 1, 2 }, typeof(List<string>), new List<string> { "1", "2" } },
        { new[] { 1, 2 }, typeof(IReadOnlyList<object>), new List<object> { 1, 2 } },
        { new[] { 1, 2 }, typeof(Collection<long>), new Collection<long> { 1, 2 } },
        { new[] { 1, 2 }, typeof(ObservableCollection<int>), new ObservableCollection<int> { 1, 2 } },
        { new byte[] { 1, 2 }, typeof(List<int>), new List<int> { 1, 2 } },
        { Enumerable.Range(0, 3).Select(item => item * 2), typeof(int[]), new[] { 0, 2, 4 } },
        { new List<object?> { 1, 2 }, typeof(string), "[1,2]" },
        { new[] { "a", "é\"" }, typeof(string), "[\"a\",\"é\\\"\"]" },
        { new Dictionary<string, object?> { ["Key"] = 1 }, typeof(string), "{\"Key\":1}" },
        { new Address("Main", 1), typeof(string), "{\"street\":\"Main\",\"number\":1}" },
    };

    [Theory]
    [MemberData(nameof(Collections))]
    public void TryConvert_Collection_ConvertsItsItems(object value, Type target, object expected)
    {
        ValueConverter.TryConvert(value, target, out var result).ShouldBeTrue();
        result.ShouldBeAssignableTo(target);
        result.ShouldBe(expected);
    }

    [Fact]
    public void Convert_CollectionWithABadItem_DefaultsTheItemUnlessStrict()
    {
        var items = new List<object?> { "1", "x", "3" };
        ValueConverter.Convert<int[]>(items).ShouldBe([1, 0, 3]);
        ValueConverter.TryConvert(items, typeof(int[]), out _).ShouldBeFalse();
    }

    [Fact]
    public void Convert_Dictionaries_ConvertsValueByValue()
    {
        var source = new Dictionary<string, object?> { ["A"] = 1, ["b"] = "x" };
        ValueConverter.Convert<Dictionary<string, string>>(source).ShouldBe(new Dictionary<string, string> { ["A"] = "1", ["b"] = "x" });
        ValueConverter.Convert<IDictionary<string, string>>(source).ShouldNotBeNull()["A"].ShouldBe("1");
        ValueConverter.Convert<ExpandoObject>(source).ShouldBeAssignableTo<IDictionary<string, object?>>()!["b"].ShouldBe("x");
        ValueConverter.Convert<Dictionary<string, object?>>(new Dictionary<int, bool> { [1] = true }).ShouldBe(new Dictionary<string, object?> { ["1"] = true });
        ValueConverter.Convert<Dictionary<int, string>>("{\"1\":2}").ShouldBe(new Dictionary<int, string> { [1] = "2" });
    }

    [Fact]
    public void Convert_DictionaryToObject_MatchesMembersInAnyCase()
    {
        var source = new Dictionary<string, object?>
        {
            ["NAME"] = "Ada",
            ["age"] = "36",
            ["colour"] = "green",
            ["shift"] = "08:00:00",
            ["extra"] = new Dictionary<string, object?> { ["X"] = 1.5m },
            ["addresses"] = new List<object?> { new Dictionary<string, object?> { ["street"] = "Main", ["number"] = 1 } },
            ["notes"] = new Dictionary<string, object?> { ["Deep"] = new List<object?> { 1, "a" } },
            ["unknown"] = true,
        };

        var person = ValueConverter.Convert<Person>(source).ShouldNotBeNull();

        person.Name.ShouldBe("Ada");
        person.Age.ShouldBe(36);
        person.Colour.ShouldBe(Colour.Green);
        person.Shift.ShouldBe(TimeSpan.FromHours(8));
        person.Extra.ShouldBeOfType<Dictionary<string, object?>>()["X"].ShouldBe(1.5m);
        person.Addresses.ShouldBe([new Address("Main", 1)]);
        person.Notes["Deep"].ShouldBeOfType<List<object?>>().ShouldBe([1, "a"]);
    }

    [Fact]
    public void Convert_ObjectToDictionary_NamesMembersInCamelCase()
    {
        var members = ValueConverter.Convert<Dictionary<string, object?>>(new Address("Main", 1)).ShouldNotBeNull();
        members.ShouldBe(new Dictionary<string, object?> { ["street"] = "Main", ["number"] = 1 });
        ValueConverter.Convert<Dictionary<string, string>>(new Address("Main", 1)).ShouldNotBeNull()["number"].ShouldBe("1");
    }

    [Theory]
    [InlineData("{\"street\":\"Main\",\"number\":1}")]
    [InlineData(" { \"STREET\" : \"Main\" , \"number\" : \"1\", /* no */ } ")]
    public void Convert_JsonTextToObject_IsLenient(string json) =>
        ValueConverter.Convert<Address>(json).ShouldBe(new Address("Main", 1));

    [Fact]
    public void Convert_JsonTextWithReferences_ResolvesThem()
    {
        const string Json = """
            {"$id":"1","name":"Ada","extra":{"$id":"2","a":1},"addresses":{"$id":"3","$values":[{"$id":"4","street":"Main","number":1},{"$ref":"4"}]},
             "notes":{"$id":"5","same":{"$ref":"2"},"unknown":{"$ref":"77"}}}
            """;

        var person = ValueConverter.Convert<Person>(Json).ShouldNotBeNull();

        person.Addresses.ShouldBe([new Address("Main", 1), new Address("Main", 1)]);
        person.Notes.Keys.ShouldBe(["same", "unknown"]);
        DynamicJson.ToText(person.Notes).ShouldBe("{\"same\":{\"a\":1},\"unknown\":{\"$ref\":\"77\"}}");
    }

    [Fact]
    public void Convert_JsonTextWithIdsOfItsOwn_KeepsThem()
    {
        const string Schema = """{"$id":"https://example.com/a","$ref":"#/defs/b","$values":[1]}""";
        DynamicJson.ToText(ValueConverter.Convert<Dictionary<string, object?>>(Schema)).ShouldBe(Schema);
    }

    [Fact]
    public void Convert_JsonTextThatRefersToItself_IsNoFault()
    {
        ValueConverter.Convert<Link>("{\"$id\":\"1\",\"any\":{\"$ref\":\"1\"}}").ShouldBeNull();
        ValueConverter.Convert<Dictionary<string, object?>>("{\"$id\":\"1\",\"any\":{\"$ref\":\"1\"}}").ShouldNotBeNull();
    }

    [Fact]
    public void Convert_JsonDom_IsReadByItsContent()
    {
        var element = JsonDocument.Parse("""{"text":"00:00:05","number":4.0,"list":["a"],"object":{"street":"Main","number":1},"none":null}""").RootElement;

        ValueConverter.Convert<TimeSpan>(element.GetProperty("text")).ShouldBe(TimeSpan.FromSeconds(5));
        ValueConverter.Convert<int>(element.GetProperty("number")).ShouldBe(4);
        ValueConverter.Convert<string>(element.GetProperty("text")).ShouldBe("00:00:05");
        ValueConverter.Convert<string[]>(element.GetProperty("list")).ShouldBe(["a"]);
        ValueConverter.Convert<Address>(element.GetProperty("object")).ShouldBe(new Address("Main", 1));
        ValueConverter.Convert<string>(element.GetProperty("object")).ShouldBe("{\"street\":\"Main\",\"number\":1}");
        ValueConverter.Convert<int>(element.GetProperty("none")).ShouldBe(0);
        ValueConverter.Convert<Dictionary<string, object?>>(JsonNode.Parse("{\"a\":[1]}")).ShouldNotBeNull()["a"].ShouldBe(new List<object?> { 1 });
        ValueConverter.Convert<int>(JsonValue.Create(7)).ShouldBe(7);
        ValueConverter.Convert<JsonObject>(element.GetProperty("object")).ShouldNotBeNull()["number"]!.GetValue<int>().ShouldBe(1);
        ValueConverter.Convert<JsonArray>(element.GetProperty("object")).ShouldBeNull();
    }

    [Fact]
    public void Convert_ToJsonDom_TakesTextForJsonOnlyWhenItLooksLikeIt()
    {
        ValueConverter.Convert<JsonElement>("{\"n\":12345678901234567890123456789012345}").GetRawText().ShouldBe("{\"n\":12345678901234567890123456789012345}");
        ValueConverter.Convert<JsonNode>("hello").ShouldNotBeNull().GetValueKind().ShouldBe(JsonValueKind.String);
        ValueConverter.Convert<JsonArray>(new[] { 1, 2 }).ShouldNotBeNull().ToJsonString().ShouldBe("[1,2]");
        ValueConverter.Convert<JsonElement>(5).GetInt32().ShouldBe(5);
        ValueConverter.Convert<JsonObject>("{\"a\":1,\"a\":2}").ShouldNotBeNull().ToJsonString().ShouldBe("{\"a\":2}");
    }

    [Fact]
    public void Convert_TextThatLooksLikeJson_StaysTextWhereTextWillDo()
    {
        ValueConverter.Convert<string>("[1,2]").ShouldBe("[1,2]");
        ValueConverter.Convert<object>("[1,2]").ShouldBe("[1,2]");
        ValueConverter.Convert<IEnumerable>("abc").ShouldBeOfType<List<object?>>();
    }

    [Fact]
    public void Convert_TooDeepOrEndless_FailsWithoutThrowing()
    {
        ValueConverter.Convert<Dictionary<string, object?>>(Deep.JsonObjects(65)).ShouldBeNull();
        ValueConverter.Convert<object[]>(Deep.JsonArrays(1_000_000)).ShouldBe([Deep.JsonArrays(1_000_000)]);
        var loop = new List<object?>();
        loop.Add(loop);
        ValueConverter.Convert<string>(loop).ShouldBeNull();
        ValueConverter.Convert<string>(Deep.Doubling(40)).ShouldBeNull();
        var link = new Link();
        link.Next = link;
        ValueConverter.Convert<Dictionary<string, object?>>(link).ShouldBeNull();
    }
}
