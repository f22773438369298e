using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Engine.Values;

/// <summary>Reads values in their stored form; see <see cref="ValueCodec"/>.</summary>
internal readonly struct CodecReader(ValueCodec codec)
{
    /// <summary>Reads a value with or without a tag.</summary>
    /// <param name="reader">A reader that stands on its first token, and will stand on its last.</param>
    /// <param name="depth">How many objects and arrays of the same value are around it.</param>
    public object? Read(ref Utf8JsonReader reader, int depth)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObjectOrTagged(ref reader, depth);
            case JsonTokenType.StartArray:
                return ReadItems(ref reader, depth, itemType: null);
            case JsonTokenType.String:
                return DynamicJsonReader.ReadText(ref reader);
            case JsonTokenType.Number:
                return ReadNumber(ref reader);
            case JsonTokenType.True:
                return Boxes.Of(true);
            case JsonTokenType.False:
                return Boxes.Of(false);
            case JsonTokenType.Null:
                return null;
            default:
                throw new JsonException($"A stored value cannot begin with {reader.TokenType}.");
        }
    }

    private static object ReadNumber(ref Utf8JsonReader reader)
    {
        if (reader.TryGetInt32(out var small))
            return Boxes.Of(small);
        if (reader.TryGetInt64(out var large))
            return large;
        return reader.GetDouble();
    }

    private object? ReadObjectOrTagged(ref Utf8JsonReader reader, int depth)
    {
        if (Next(ref reader) == JsonTokenType.PropertyName)
        {
            if (IsNamed(reader, CodecFormat.Tag))
                return ReadTagged(ref reader, depth);
            if (IsNamed(reader, CodecFormat.Content) && IsTagBehind(reader))
                return ReadTaggedBackwards(ref reader, depth);
        }

        Enter(depth);
        var members = new Dictionary<string, object?>();
        while (reader.TokenType != JsonTokenType.EndObject)
        {
            var name = CodecFormat.UnescapeName(DynamicJsonReader.ReadText(ref reader));
            Next(ref reader);
            members[name] = Read(ref reader, depth + 1);
            Next(ref reader);
        }

        return members;
    }

    /// <summary>Looks ahead on a copy of the reader, so that the reader itself stays where it is.</summary>
    private static bool IsTagBehind(Utf8JsonReader ahead)
    {
        Next(ref ahead);
        ahead.Skip();
        return Next(ref ahead) == JsonTokenType.PropertyName && IsNamed(ahead, CodecFormat.Tag);
    }

    private object? ReadTagged(ref Utf8JsonReader reader, int depth)
    {
        var tag = ReadTag(ref reader);
        if (Next(ref reader) != JsonTokenType.PropertyName || !IsNamed(reader, CodecFormat.Content))
            throw new JsonException("A tagged value has no content.");
        Next(ref reader);
        var value = ReadContent(ref reader, tag, depth);
        return Next(ref reader) == JsonTokenType.EndObject ? value : throw new JsonException("A tagged value has too many members.");
    }

    /// <summary>Databases that keep JSON parsed sort the members of an object, and then the content stands first.</summary>
    private object? ReadTaggedBackwards(ref Utf8JsonReader reader, int depth)
    {
        var content = reader;
        Next(ref content);
        Next(ref reader);
        reader.Skip();
        Next(ref reader);
        var tag = ReadTag(ref reader);
        if (Next(ref reader) != JsonTokenType.EndObject)
            throw new JsonException("A tagged value has too many members.");
        return ReadContent(ref content, tag, depth);
    }

    private static string ReadTag(ref Utf8JsonReader reader) =>
        Next(ref reader) == JsonTokenType.String
            ? DynamicJsonReader.ReadText(ref reader)
            : throw new JsonException("The tag of a value is not a text.");

    private object? ReadContent(ref Utf8JsonReader reader, string tag, int depth)
    {
        if (tag == CodecFormat.Utf16Tag)
            return new string(MemoryMarshal.Cast<byte, char>((byte[])ScalarCodec.Read(ref reader, typeof(byte[]))));

        var type = codec.GetType(tag);
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(JsonElement))
            return reader.TokenType == JsonTokenType.Null ? default(JsonElement) : JsonElement.ParseValue(ref reader);
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        if (ScalarCodec.Includes(type))
            return ScalarCodec.Read(ref reader, type);
        if (typeof(JsonNode).IsAssignableFrom(type))
            return Checked(JsonNode.Parse(ref reader), type);
        if (typeof(Exception).IsAssignableFrom(type))
            return ReadException(ref reader, type, depth);
        if (DictionaryConversion.ValueOf(type) is { } valueType)
            return ReadDictionary(ref reader, type, valueType, depth);
        if (CollectionConversion.ItemOf(type) is { } itemType)
            return CollectionConversion.Make(type, ReadItems(ref reader, depth, itemType));
        if (type != typeof(object) && type != typeof(string))
            return ReadRegistered(ref reader, type);

        // We never write tags that say nothing; whoever did may have nested them.
        Enter(depth);
        return Checked(Read(ref reader, depth + 1), type);
    }

    private object? ReadRegistered(ref Utf8JsonReader reader, Type type)
    {
        try
        {
            return JsonSerializer.Deserialize(ref reader, type, codec.ObjectOptions);
        }
        catch (Exception exception) when (exception is NotSupportedException or InvalidOperationException or ArgumentException)
        {
            throw new JsonException($"The stored value is not a {type.Name}.", exception);
        }
    }

    private object ReadDictionary(ref Utf8JsonReader reader, Type type, Type valueType, int depth)
    {
        Expect(ref reader, JsonTokenType.StartObject);
        Enter(depth);
        var entries = new List<KeyValuePair<string, object?>>();
        while (Next(ref reader) != JsonTokenType.EndObject)
        {
            var name = CodecFormat.UnescapeName(DynamicJsonReader.ReadText(ref reader));
            Next(ref reader);
            entries.Add(KeyValuePair.Create(name, ReadItem(ref reader, depth + 1, valueType)));
        }

        // The values have their types; only keys that are not texts are converted here.
        var conversion = new Conversion(IsStrict: true, Depth: 0);
        return DictionaryConversion.TryConvert(entries, type, conversion, out var dictionary)
            ? dictionary
            : throw new JsonException($"The stored value is not a {type.Name}.");
    }

    private List<object?> ReadItems(ref Utf8JsonReader reader, int depth, Type? itemType)
    {
        Expect(ref reader, JsonTokenType.StartArray);
        Enter(depth);
        var items = new List<object?>();
        while (Next(ref reader) != JsonTokenType.EndArray)
            items.Add(ReadItem(ref reader, depth + 1, itemType));
        return items;
    }

    private object? ReadItem(ref Utf8JsonReader reader, int depth, Type? itemType)
    {
        if (itemType is null)
            return Read(ref reader, depth);
        var scalar = Nullable.GetUnderlyingType(itemType) ?? itemType;
        if (reader.TokenType != JsonTokenType.Null && ScalarCodec.Includes(scalar))
            return ScalarCodec.Read(ref reader, scalar);
        var item = Read(ref reader, depth);
        if (item is null && itemType.IsValueType && scalar == itemType)
            throw new JsonException($"A stored item is null, but {itemType.Name} cannot be.");
        return item is null ? null : Checked(item, scalar);
    }

    private Exception ReadException(ref Utf8JsonReader reader, Type type, int depth)
    {
        Expect(ref reader, JsonTokenType.StartObject);
        Enter(depth);
        string? message = null;
        Exception? inner = null;
        while (Next(ref reader) != JsonTokenType.EndObject)
        {
            var name = DynamicJsonReader.ReadText(ref reader);
            Next(ref reader);
            var value = Read(ref reader, depth + 1);
            if (name == CodecFormat.Message)
                message = value as string;
            else if (name == CodecFormat.Inner)
                inner = value as Exception;
        }

        for (Type? candidate = type; candidate is not null; candidate = candidate.BaseType)
            if (FindConstructor(candidate) is { } constructor)
                return (Exception)constructor.Invoke([message, inner]);
        throw new UnreachableException("Exception itself has this constructor.");
    }

    /// <summary>Our names are never written with escapes, and comparing broken ones would throw.</summary>
    private static bool IsNamed(in Utf8JsonReader reader, string name) => !reader.ValueIsEscaped && reader.ValueTextEquals(name);

    private static ConstructorInfo? FindConstructor(Type type) =>
        type.IsAbstract ? null : type.GetConstructor([typeof(string), typeof(Exception)]);

    private static object Checked(object? value, Type type) =>
        type.IsInstanceOfType(value) ? value! : throw new JsonException($"The stored value is not a {type.Name}.");

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token)
    {
        if (reader.TokenType != token)
            throw new JsonException($"A stored value has {reader.TokenType} where {token} belongs.");
    }

    private static JsonTokenType Next(ref Utf8JsonReader reader) =>
        reader.Read() ? reader.TokenType : throw new JsonException("The JSON ends in the middle of a stored value.");

    private static void Enter(int depth)
    {
        if (depth >= ValueLimits.DepthMax)
            throw new ValueTooDeepException();
    }
}
