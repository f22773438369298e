using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Platform.Server.Api;
using Platform.Server.Elsa;
using Platform.Server.Security;

namespace Platform.Server.OpenApi;

/// <summary>
/// The schemas of the records of a document, taken from the very contracts by which they are read and written. Each record is described
/// once, under its name; what holds it refers to it.
/// </summary>
/// <param name="texts">What members mean.</param>
internal sealed class Schemas(XmlTexts texts)
{
    private const string Prefix = "#/components/schemas/";
    private static readonly JsonSerializerOptions[] _contracts = [ApiJson.Default.Options, SecurityJson.Default.Options, WireJson.Default.Options];
    private readonly Dictionary<string, Type> _named = new(StringComparer.Ordinal);
    private readonly Queue<Type> _wanted = new();
    private readonly HashSet<string> _bodies = new(StringComparer.Ordinal);

    /// <summary>A schema for a value of a type.</summary>
    /// <param name="type">The type.</param>
    public JsonNode Of(Type type) => IsRecord(type) ? RefTo(type) : Export(type);

    /// <summary>A schema for the body of a request: nothing else may be in it.</summary>
    /// <param name="type">The record.</param>
    public JsonNode OfBody(Type type)
    {
        // What has no members of its own, as a document of somebody else, has no schema under a name.
        if (IsRecord(type))
            _bodies.Add(NameOf(type));
        return Of(type);
    }

    /// <summary>Everything that was referred to, by name.</summary>
    public JsonObject Complete()
    {
        var schemas = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal);
        while (_wanted.TryDequeue(out var type))
            schemas[NameOf(type)] = Export(type);
        // Requests are read strictly. Answers may get more members, so whoever reads them must not rely on there being none.
        var read = new HashSet<string>(StringComparer.Ordinal);
        foreach (var body in _bodies)
            AddWithParts(body, schemas, read);
        foreach (var (_, schema) in schemas.Where(schema => !read.Contains(schema.Key)))
            schema.AsObject().Remove("additionalProperties");
        return new JsonObject(schemas.Select(schema => KeyValuePair.Create(schema.Key, (JsonNode?)schema.Value)));
    }

    private static void AddWithParts(string name, SortedDictionary<string, JsonNode> schemas, HashSet<string> found)
    {
        if (!found.Add(name))
            return;
        foreach (var other in schemas.Keys.Where(other => schemas[name].ToJsonString().Contains($"\"{Prefix}{other}\"", StringComparison.Ordinal)))
            AddWithParts(other, schemas, found);
    }

    private JsonNode Export(Type type)
    {
        var contract = Array.Find(_contracts, options => options.TryGetTypeInfo(type, out _))
            ?? throw new InvalidOperationException($"No JSON context knows {type}. Add [JsonSerializable(typeof({type.Name}))] where it is written.");
        return contract.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform });
    }

    private JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        var type = context.TypeInfo.Type;
        if (typeof(JsonNode).IsAssignableFrom(type) || type == typeof(JsonElement) || schema is JsonValue)
            return typeof(JsonObject).IsAssignableFrom(type) ? new JsonObject { ["type"] = "object" } : new JsonObject();
        if (schema["enum"] is not null && schema["type"] is null)
            schema["type"] = "string";
        // It names the type of this server's language, which is nobody's business.
        schema.AsObject().Remove("$comment");
        if (context.TypeInfo.Kind != JsonTypeInfoKind.Object || !IsRecord(type))
            return schema;
        if (context.Path.Length > 0)
            return IsNullable(schema) ? new JsonObject { ["anyOf"] = new JsonArray(RefTo(type), new JsonObject { ["type"] = "null" }) } : RefTo(type);
        var described = schema.AsObject();
        described["type"] = "object";
        if (texts.Of(type) is { } summary)
            described["description"] = summary;
        foreach (var (name, member) in described["properties"] as JsonObject ?? [])
        {
            if (member is JsonObject properties && texts.Of(type, name) is { } text)
                properties["description"] = text;
        }

        return described;
    }

    private static bool IsNullable(JsonNode schema) => schema["type"] is JsonArray types && types.Any(type => type?.GetValue<string>() == "null");

    private static bool IsRecord(Type type) => type is { IsEnum: false, IsPrimitive: false } && !type.IsArray
        && type.Namespace?.StartsWith("Platform.", StringComparison.Ordinal) == true;

    private JsonObject RefTo(Type type)
    {
        var name = NameOf(type);
        if (_named.TryAdd(name, type))
            _wanted.Enqueue(type);
        else if (_named[name] != type)
            throw new InvalidOperationException($"{_named[name]} and {type} have one name in the OpenAPI document. Rename one of them.");
        return new JsonObject { ["$ref"] = Prefix + name };
    }

    private static string NameOf(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}Of{string.Concat(type.GetGenericArguments().Select(NameOf))}"
        : type.Name;
}
