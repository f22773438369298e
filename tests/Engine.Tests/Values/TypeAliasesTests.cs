using System.Collections.ObjectModel;
using System.Dynamic;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Engine.Values;

namespace Platform.Engine.Tests.Values;

public sealed class TypeAliasesTests
{
    private static readonly TypeAliases Aliases = TypeAliases.BuiltIn;

    public static TheoryData<string, Type> Readable => new()
    {
        { "String", typeof(string) },
        { "string", typeof(string) },
        { "BOOLEAN", typeof(bool) },
        { "Int16", typeof(short) },
        { "Int32", typeof(int) },
        { "Int64", typeof(long) },
        { "Long", typeof(long) },
        { "Single", typeof(float) },
        { "Double", typeof(double) },
        { "Decimal", typeof(decimal) },
        { "Guid", typeof(Guid) },
        { "DateTime", typeof(DateTime) },
        { "DateTimeOffset", typeof(DateTimeOffset) },
        { "TimeSpan", typeof(TimeSpan) },
        { "Object", typeof(object) },
        { "ByteArray", typeof(byte[]) },
        { "Byte[]", typeof(byte[]) },
        { "Stream", typeof(Stream) },
        { "JSON", typeof(Dictionary<string, object?>) },
        { "ExpandoObject", typeof(Dictionary<string, object?>) },
        { "ObjectDictionary", typeof(Dictionary<string, object?>) },
        { "ObjectMap", typeof(Dictionary<string, object?>) },
        { "StringDictionary", typeof(Dictionary<string, string>) },
        { "StringMap", typeof(Dictionary<string, string>) },
        { "JsonElement", typeof(JsonElement) },
        { "JsonNode", typeof(JsonNode) },
        { "JsonObject", typeof(JsonObject) },
        { "JsonArray", typeof(JsonArray) },
        { "JObject", typeof(JsonObject) },
        { "HttpRequestException", typeof(HttpRequestException) },
        { "TaskCanceledException", typeof(TaskCanceledException) },
        { "HttpStatusCode", typeof(HttpStatusCode) },
        { "Int32?", typeof(int?) },
        { "guid?", typeof(Guid?) },
        { "String?", typeof(string) },
        { "Int32[]", typeof(int[]) },
        { "Int32?[]", typeof(int?[]) },
        { "Int32[][]", typeof(int[][]) },
        { "Object[]", typeof(object[]) },
        { "Stream[]", typeof(Stream[]) },
        { "List<String>", typeof(List<string>) },
        { "IEnumerable<String>", typeof(List<string>) },
        { "ICollection<Int32>", typeof(List<int>) },
        { "IList<Object>", typeof(List<object>) },
        { "IReadOnlyCollection<Guid>", typeof(List<Guid>) },
        { "IReadOnlyList<Guid>", typeof(List<Guid>) },
        { "ISet<String>", typeof(HashSet<string>) },
        { "HashSet<String>", typeof(HashSet<string>) },
        { "Collection<String>", typeof(Collection<string>) },
        { "IDictionary<String, Object>", typeof(Dictionary<string, object>) },
        { "Dictionary<String,Int32>", typeof(Dictionary<string, int>) },
        { " list < int32 ? > [ ] ", typeof(List<int?>[]) },
        { "List<Dictionary<String, List<Int32>>>", typeof(List<Dictionary<string, List<int>>>) },
        { "System.String", typeof(string) },
        { "System.Int32, System.Private.CoreLib", typeof(int) },
        { "System.Int32, mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089", typeof(int) },
        { "System.Byte[], System.Private.CoreLib", typeof(byte[]) },
        { "System.Collections.Generic.ICollection<System.Object>", typeof(List<object>) },
        { "System.Collections.Generic.List`1[[System.String, System.Private.CoreLib]]", typeof(List<string>) },
        {
            "System.Collections.Generic.List`1[[System.String, System.Private.CoreLib, Version=9.0.0.0, Culture=neutral, PublicKeyToken=7cec85d7bea7798e]], System.Private.CoreLib",
            typeof(List<string>)
        },
        { "System.Collections.Generic.List`1[System.String]", typeof(List<string>) },
        { "System.Collections.Generic.IDictionary`2[[System.String, X],[System.Object, X]], X", typeof(Dictionary<string, object>) },
        { "System.Collections.Generic.Dictionary`2[System.String,System.Int32][]", typeof(Dictionary<string, int>[]) },
        { "System.Nullable`1[[System.Int32, System.Private.CoreLib]]", typeof(int?) },
        { "System.Dynamic.ExpandoObject, System.Linq.Expressions", typeof(Dictionary<string, object?>) },
        { "UnregisteredClrType:System.Collections.Generic.List`1[[System.Guid, System.Private.CoreLib]], System.Private.CoreLib", typeof(List<Guid>) },
    };

    [Theory]
    [MemberData(nameof(Readable))]
    public void TryGetType_KnownName_FindsItsType(string alias, Type expected)
    {
        Aliases.TryGetType(alias, out var type).ShouldBeTrue();
        type.ShouldBe(expected);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("Nonsense")]
    [InlineData("System.Diagnostics.Process, System")]
    [InlineData("System.Diagnostics.Process")]
    [InlineData("System.IO.FileInfo, System.Private.CoreLib")]
    [InlineData("System.Collections.Generic.List`1[[System.Diagnostics.Process, System]]")]
    [InlineData("UnregisteredClrType:System.Diagnostics.Process, System")]
    [InlineData("List<Process>")]
    [InlineData("List<>")]
    [InlineData("List<String")]
    [InlineData("List<String>>")]
    [InlineData("List<String,Int32>")]
    [InlineData("List")]
    [InlineData("List`1")]
    [InlineData("Dictionary<String>")]
    [InlineData("Dictionary<Int32?, String>")]
    [InlineData("Int32??")]
    [InlineData("Nullable<Int32?>")]
    [InlineData("Int32*")]
    [InlineData("Int32&")]
    [InlineData("Int32[,]")]
    [InlineData("Int32[]]")]
    [InlineData("[]")]
    [InlineData("?")]
    [InlineData("<String>")]
    [InlineData(",")]
    [InlineData("String;DROP")]
    [InlineData("System.Collections.Generic.List`1[[System.String")]
    [InlineData("String[][][][][][][]")]
    [InlineData("List<List<List<List<List<List<List<String>>>>>>>")]
    public void TryGetType_AnythingElse_FindsNothing(string? alias)
    {
        Aliases.TryGetType(alias, out var type).ShouldBeFalse();
        type.ShouldBeNull();
    }

    [Fact]
    public void TryGetType_HostileLengthAndNesting_EndsQuickly()
    {
        Aliases.TryGetType(new string('<', 1_000_000), out _).ShouldBeFalse();
        Aliases.TryGetType(string.Concat(Enumerable.Repeat("List<", 400)), out _).ShouldBeFalse();
        Aliases.TryGetType("Int32" + string.Concat(Enumerable.Repeat("[]", 1000)), out _).ShouldBeFalse();
    }

    [Fact]
    public void TryGetType_RandomText_NeverThrows()
    {
        var random = new Random(42);
        const string Letters = "List<>[],?`1 .Int32String\\*&+:=";
        for (var round = 0; round < 20_000; round++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(30)).Select(_ => Letters[random.Next(Letters.Length)])]);
            Aliases.TryGetType(text, out _);
        }
    }

    public static TheoryData<Type, string> Written => new()
    {
        { typeof(string), "String" },
        { typeof(long), "Int64" },
        { typeof(int?), "Int32?" },
        { typeof(byte[]), "ByteArray" },
        { typeof(string[]), "String[]" },
        { typeof(int?[]), "Int32?[]" },
        { typeof(List<string>), "List<String>" },
        { typeof(ICollection<string>), "ICollection<String>" },
        { typeof(ISet<int>), "ISet<Int32>" },
        { typeof(Collection<int>), "Collection<Int32>" },
        { typeof(Dictionary<string, object>), "ObjectDictionary" },
        { typeof(IDictionary<string, object>), "ObjectDictionary" },
        { typeof(IDictionary<string, string>), "StringDictionary" },
        { typeof(Dictionary<string, int>), "Dictionary<String, Int32>" },
        { typeof(ExpandoObject), "JSON" },
        { typeof(MemoryStream), "Stream" },
        { typeof(FileNotFoundException), "Exception" },
        { typeof(ArgumentOutOfRangeException), "ArgumentException" },
        { typeof(System.Diagnostics.Process), "Object" },
        { typeof(List<System.Diagnostics.Process>), "Object" },
        { typeof(System.Diagnostics.Process[]), "Object" },
        { typeof(List<>), "Object" },
        { typeof(IDisposable), "Object" },
        { typeof(void), "Object" },
        { typeof(int).MakeByRefType(), "Object" },
        { typeof(int).MakePointerType(), "Object" },
        { typeof(int[,]), "Object" },
        { typeof(Span<int>), "Object" },
        { typeof(List<>).GetGenericArguments()[0], "Object" },
    };

    [Theory]
    [MemberData(nameof(Written))]
    public void GetAlias_AnyType_NamesItOrFallsBack(Type type, string expected) => Aliases.GetAlias(type).ShouldBe(expected);

    [Fact]
    public void TryGetAlias_EveryReadableType_ReadsBackAsItself()
    {
        foreach (Type type in Readable.Select(row => row[1]))
        {
            Aliases.TryGetAlias(type, out var alias).ShouldBeTrue(type.Name);
            Aliases.TryGetType(alias, out var again).ShouldBeTrue(alias);
            again.ShouldBe(type);
        }
    }

    [Fact]
    public void TryGetAlias_TypeWithoutName_DoesNotFallBack() => Aliases.TryGetAlias(typeof(MemoryStream), out _).ShouldBeFalse();

    [Fact]
    public void With_NewType_IsReadableByAllNamesAndWrittenByTheFirst()
    {
        var larger = Aliases.With(typeof(Uniform), "Order", "Bestellung");

        foreach (var name in new[] { "Order", "order", "Bestellung", typeof(Uniform).FullName!, typeof(Uniform).FullName + ", Some.Assembly" })
        {
            larger.TryGetType(name, out var type).ShouldBeTrue(name);
            type.ShouldBe(typeof(Uniform));
        }

        larger.TryGetType("List<Order>", out var list).ShouldBeTrue();
        list.ShouldBe(typeof(List<Uniform>));
        larger.GetAlias(typeof(Uniform)).ShouldBe("Order");
        larger.GetAlias(typeof(Uniform[])).ShouldBe("Order[]");
        Aliases.TryGetType("Order", out _).ShouldBeFalse("the original set does not change");
    }

    [Fact]
    public void With_MoreNamesForAKnownType_KeepsTheNameThatIsWritten()
    {
        var larger = Aliases.With(typeof(long), "BigNumber");
        larger.GetAlias(typeof(long)).ShouldBe("Int64");
        larger.TryGetType("bignumber", out var type).ShouldBeTrue();
        type.ShouldBe(typeof(long));
    }

    [Fact]
    public void With_NameOfAnotherType_IsRefused() => Should.Throw<ArgumentException>(() => Aliases.With(typeof(Uniform), "string"));

    [Fact]
    public void With_NoOrBlankName_IsRefused()
    {
        Should.Throw<ArgumentException>(() => Aliases.With(typeof(Uniform)));
        Should.Throw<ArgumentException>(() => Aliases.With(typeof(Uniform), " "));
    }

    [Fact]
    public void Pickable_EveryEntry_IsReadableAndUnique()
    {
        Aliases.Pickable.Count.ShouldBe(20);
        Aliases.Pickable.Select(entry => entry.TypeName).ShouldBeUnique();
        foreach (var entry in Aliases.Pickable)
            Aliases.TryGetType(entry.TypeName, out _).ShouldBeTrue(entry.TypeName);
        Aliases.Pickable.Select(entry => entry.Category).Distinct().ShouldBe(["Primitives", "Lookups", "Dynamic", "Data"]);
    }

    [Fact]
    public void WithPickable_KnownType_StandsAtTheEnd()
    {
        var entry = new VariableTypeEntry("Order", "An order", "Shop", null);
        Aliases.With(typeof(Uniform), "Order").WithPickable(entry).Pickable[^1].ShouldBe(entry);
        Should.Throw<ArgumentException>(() => Aliases.WithPickable(entry));
    }

    private sealed class Uniform;
}
