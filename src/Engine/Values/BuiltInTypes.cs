using System.Collections.ObjectModel;
using System.Dynamic;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Engine.Activities;

namespace Platform.Engine.Values;

/// <summary>The tables behind <see cref="TypeAliases.BuiltIn"/>: what Elsa's files call the types of the base library.</summary>
internal static class BuiltInTypes
{
    /// <summary>Type and its aliases; the first alias is the one that we write.</summary>
    public static readonly (Type Type, string[] Aliases)[] Named =
    [
        (typeof(object), ["Object"]),
        (typeof(string), ["String"]),
        (typeof(bool), ["Boolean", "bool"]),
        (typeof(char), ["Char"]),
        (typeof(sbyte), ["SByte"]),
        (typeof(byte), ["Byte"]),
        (typeof(short), ["Int16", "short"]),
        (typeof(ushort), ["UInt16", "ushort"]),
        (typeof(int), ["Int32", "int"]),
        (typeof(uint), ["UInt32", "uint"]),
        (typeof(long), ["Int64", "Long"]),
        (typeof(ulong), ["UInt64", "ulong"]),
        (typeof(float), ["Single", "float"]),
        (typeof(double), ["Double"]),
        (typeof(decimal), ["Decimal"]),
        (typeof(Guid), ["Guid"]),
        (typeof(DateTime), ["DateTime"]),
        (typeof(DateTimeOffset), ["DateTimeOffset"]),
        (typeof(DateOnly), ["DateOnly"]),
        (typeof(TimeOnly), ["TimeOnly"]),
        (typeof(TimeSpan), ["TimeSpan"]),
        (typeof(Uri), ["Uri"]),
        (typeof(Version), ["Version"]),
        (typeof(byte[]), ["ByteArray"]),
        (typeof(Stream), ["Stream"]),
        (typeof(Dictionary<string, object?>), ["ObjectDictionary", "ObjectMap", "JSON", "ExpandoObject", "System.Dynamic.ExpandoObject"]),
        (typeof(Dictionary<string, string>), ["StringDictionary", "StringMap"]),
        (typeof(JsonElement), ["JsonElement"]),
        (typeof(JsonNode), ["JsonNode"]),
        (typeof(JsonObject), ["JsonObject", "JObject", "Newtonsoft.Json.Linq.JObject"]),
        (typeof(JsonArray), ["JsonArray", "JArray", "Newtonsoft.Json.Linq.JArray"]),
        (typeof(HttpStatusCode), ["HttpStatusCode"]),
        (typeof(SwitchMode), ["SwitchMode"]),
        (typeof(FlowJoinMode), ["FlowJoinMode"]),
        (typeof(ForkJoinMode), ["ForkJoinMode"]),
        (typeof(Exception), ["Exception"]),
        (typeof(ArgumentException), ["ArgumentException"]),
        (typeof(ArgumentNullException), ["ArgumentNullException"]),
        (typeof(InvalidOperationException), ["InvalidOperationException"]),
        (typeof(NullReferenceException), ["NullReferenceException"]),
        (typeof(OperationCanceledException), ["OperationCanceledException"]),
        (typeof(TaskCanceledException), ["TaskCanceledException"]),
        (typeof(TimeoutException), ["TimeoutException"]),
        (typeof(NotSupportedException), ["NotSupportedException"]),
        (typeof(HttpRequestException), ["HttpRequestException"]),
    ];

    /// <summary>Types that activities declare but values never have: how they are written. Reading gives the concrete type.</summary>
    public static readonly (Type Type, string Alias)[] Declared =
    [
        (typeof(IDictionary<string, object>), "ObjectDictionary"),
        (typeof(IReadOnlyDictionary<string, object>), "ObjectDictionary"),
        (typeof(IDictionary<string, string>), "StringDictionary"),
        (typeof(IReadOnlyDictionary<string, string>), "StringDictionary"),
        (typeof(ExpandoObject), "JSON"),
    ];

    /// <summary>Generic collections: the declared form, and the form that a value of it has.</summary>
    public static readonly (Type Declared, Type Concrete)[] Generic =
    [
        (typeof(List<>), typeof(List<>)),
        (typeof(IEnumerable<>), typeof(List<>)),
        (typeof(ICollection<>), typeof(List<>)),
        (typeof(IList<>), typeof(List<>)),
        (typeof(IReadOnlyCollection<>), typeof(List<>)),
        (typeof(IReadOnlyList<>), typeof(List<>)),
        (typeof(Collection<>), typeof(Collection<>)),
        (typeof(HashSet<>), typeof(HashSet<>)),
        (typeof(ISet<>), typeof(HashSet<>)),
        (typeof(IReadOnlySet<>), typeof(HashSet<>)),
        (typeof(Dictionary<,>), typeof(Dictionary<,>)),
        (typeof(IDictionary<,>), typeof(Dictionary<,>)),
        (typeof(IReadOnlyDictionary<,>), typeof(Dictionary<,>)),
        (typeof(Nullable<>), typeof(Nullable<>)),
    ];

    /// <summary>What the variable picker offers, in its order.</summary>
    public static readonly VariableTypeEntry[] Pickable =
    [
        new("Object", "Object", "Primitives", "Any value."),
        new("String", "String", "Primitives", "Text."),
        new("Boolean", "Boolean", "Primitives", "True or false."),
        new("Int32", "Int32", "Primitives", "A whole number of 32 bits."),
        new("Int64", "Int64", "Primitives", "A whole number of 64 bits."),
        new("Single", "Single", "Primitives", "A floating-point number of 32 bits."),
        new("Double", "Double", "Primitives", "A floating-point number of 64 bits."),
        new("Decimal", "Decimal", "Primitives", "A decimal number that is exact, such as money."),
        new("Guid", "Guid", "Primitives", "A globally unique identifier."),
        new("DateTime", "DateTime", "Primitives", "A date with a time of day, in UTC."),
        new("DateTimeOffset", "DateTimeOffset", "Primitives", "A point in time with its offset from UTC."),
        new("TimeSpan", "TimeSpan", "Primitives", "A length of time, such as 00:00:05."),
        new("StringDictionary", "StringDictionary", "Lookups", "Texts by name."),
        new("ObjectDictionary", "ObjectDictionary", "Lookups", "Values by name."),
        new("JSON", "JSON", "Dynamic", "An object whose members can be read and changed by scripts."),
        new("JsonElement", "JsonElement", "Dynamic", "JSON that cannot be changed."),
        new("JsonNode", "JsonNode", "Dynamic", "JSON that can be changed."),
        new("JsonObject", "JsonObject", "Dynamic", "A JSON object that can be changed."),
        new("ByteArray", "ByteArray", "Data", "Bytes; written as base64."),
        new("Stream", "Stream", "Data", "An open stream; it does not outlive the current burst."),
    ];
}
