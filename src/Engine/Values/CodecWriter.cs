using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Engine.Values;

/// <summary>Writes one value in its stored form; see <see cref="ValueCodec"/>.</summary>
internal readonly struct CodecWriter(ValueCodec codec, Utf8JsonWriter writer, int bytesMax)
{
    private const double FirstExponent = 1e15;
    private const double LongEnd = 1e19;

    private readonly JsonBudget _budget = new(writer, bytesMax);

    /// <summary>Writes a value, with a tag if it needs one.</summary>
    /// <param name="value">Any value.</param>
    /// <param name="depth">How many objects and arrays of the same value are around it.</param>
    public void Write(object? value, int depth)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                WriteText(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case long number and (< int.MinValue or > int.MaxValue):
                writer.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                WriteDouble(number);
                break;
            case Dictionary<string, object?> members:
                WriteObject(members, depth);
                break;
            case List<object?> items:
                WriteArray(items, depth, itemType: null);
                break;
            default:
                WriteTagged(value, depth);
                break;
        }

        _budget.Check();
    }

    private void WriteText(string text)
    {
        _budget.Reserve(text.Length);
        if (IsUnicode(text))
        {
            writer.WriteStringValue(text);
            return;
        }

        StartTag(CodecFormat.Utf16Tag);
        writer.WriteBase64StringValue(MemoryMarshal.AsBytes(text.AsSpan()));
        writer.WriteEndObject();
    }

    private static bool IsUnicode(string text)
    {
        var at = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        for (; at >= 0 && at < text.Length; at++)
        {
            if (!char.IsSurrogate(text[at]))
                continue;
            if (at + 1 >= text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
                return false;
            at++;
        }

        return true;
    }

    /// <summary>
    /// Always with a point or an exponent, which is how it is told from a whole number. Databases that keep JSON parsed
    /// write exponents out, so where that would look like a long there is a point.
    /// </summary>
    private void WriteDouble(double number)
    {
        Span<char> text = stackalloc char[32];
        var format = Math.Abs(number) is >= FirstExponent and < LongEnd ? "F1" : "R";
        number.TryFormat(text, out var length, format, CultureInfo.InvariantCulture);
        if (text[..length].IndexOfAny('.', 'E') < 0)
        {
            text[length++] = '.';
            text[length++] = '0';
        }

        writer.WriteRawValue(text[..length], skipInputValidation: true);
    }

    private void WriteTagged(object value, int depth)
    {
        var type = value.GetType();
        if (OpaqueValues.Includes(type))
            throw new ValueNotStorableException(type);
        if (value is JsonElement or JsonDocument or JsonNode)
            WriteJson(value, depth);
        else if (value is Exception exception)
            WriteException(exception, depth);
        else if (ScalarCodec.Includes(type))
            WriteScalar(value, type);
        else if (type == typeof(object))
            WriteObject(new Dictionary<string, object?>(), depth);
        else if (codec.TryGetTag(type, out var tag))
            WriteKnown(value, type, tag, depth);
        else if (DictionaryEntries.Of(value) is { } entries)
            WriteObject(entries, depth);
        else if (value is IEnumerable items)
            WriteArray(items, depth, itemType: null);
        else if (ValueText.OfScalar(value) is { } text)
            WriteText(text);
        else
            WriteMembers(value, depth);
    }

    private void WriteScalar(object value, Type type)
    {
        if (value is byte[] bytes)
            _budget.Reserve(bytes.Length);
        if (!codec.TryGetTag(type, out var tag))
        {
            WriteText(ValueText.OfScalar(value) ?? "");
            return;
        }

        StartTag(tag);
        ScalarCodec.Write(writer, value);
        writer.WriteEndObject();
    }

    /// <summary>Collections, dictionaries and objects whose type has a name.</summary>
    private void WriteKnown(object value, Type type, string tag, int depth)
    {
        Enter(depth);
        StartTag(tag);
        if (DictionaryConversion.ValueOf(type) is { } valueType && DictionaryEntries.Of(value) is { } entries)
            WriteObject(entries, depth, valueType);
        else if (CollectionConversion.ItemOf(type) is { } itemType)
            WriteArray((IEnumerable)value, depth, itemType);
        else
            WriteRegistered(value, type);
        writer.WriteEndObject();
    }

    private void WriteRegistered(object value, Type type)
    {
        try
        {
            JsonSerializer.Serialize(writer, value, type, codec.ObjectOptions);
        }
        catch (JsonException exception)
        {
            // The serialiser has no other reason than depth while it writes.
            throw new ValueTooDeepException(exception);
        }
        catch (Exception exception) when (exception is NotSupportedException or InvalidOperationException)
        {
            throw new ValueNotStorableException(type, exception);
        }
    }

    private void WriteJson(object value, int depth)
    {
        var element = value switch
        {
            JsonElement same => same,
            JsonDocument document => document.RootElement,
            _ => DynamicJson.Freeze((JsonNode)value),
        };
        StartTag(value switch
        {
            JsonObject => nameof(JsonObject),
            JsonArray => nameof(JsonArray),
            JsonNode => nameof(JsonNode),
            _ => nameof(JsonElement),
        });
        if (element.ValueKind != JsonValueKind.Undefined)
            WriteContent(element, depth);
        else
            writer.WriteNullValue();
        writer.WriteEndObject();
    }

    private void WriteContent(JsonElement element, int depth)
    {
        var raw = JsonMarshal.GetRawUtf8Value(element);
        _budget.Reserve(raw.Length / 2);
        CheckDepth(raw, depth);
        try
        {
            element.WriteTo(writer);
        }
        catch (InvalidOperationException exception)
        {
            throw new ValueNotStorableException(typeof(JsonElement), exception);
        }
    }

    private static void CheckDepth(ReadOnlySpan<byte> json, int depth)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions
        {
            AllowTrailingCommas = true,
            CommentHandling = JsonCommentHandling.Skip,
            MaxDepth = int.MaxValue,
        });
        while (reader.Read())
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                Enter(depth + reader.CurrentDepth);
    }

    private void WriteException(Exception exception, int depth)
    {
        Enter(depth);
        var type = exception.GetType();
        string? tag;
        while (!codec.TryGetTag(type, out tag))
            type = type.BaseType ?? typeof(Exception);
        StartTag(tag);
        writer.WriteStartObject();
        writer.WritePropertyName(CodecFormat.Message);
        WriteText(exception.Message);
        if (exception.InnerException is { } inner)
        {
            writer.WritePropertyName(CodecFormat.Inner);
            Write(inner, depth + 1);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteObject(Dictionary<string, object?> members, int depth)
    {
        Enter(depth);
        writer.WriteStartObject();
        foreach (var (name, value) in members)
            WriteMember(name, value, depth, valueType: null);
        writer.WriteEndObject();
    }

    private void WriteObject(IEnumerable<KeyValuePair<string, object?>> members, int depth, Type? valueType = null)
    {
        Enter(depth);
        writer.WriteStartObject();
        foreach (var (name, value) in members)
            WriteMember(name, value, depth, valueType);
        writer.WriteEndObject();
    }

    private void WriteMembers(object value, int depth)
    {
        Enter(depth);
        if (ValueJson.MembersOf(value.GetType()) is not { } info)
            throw new ValueNotStorableException(value.GetType());
        writer.WriteStartObject();
        foreach (var member in info.Properties)
        {
            if (member.Get is null)
                continue;
            var content = member.Get(value);
            if (member.ShouldSerialize is null || member.ShouldSerialize(value, content))
                WriteMember(member.Name, content, depth, valueType: null);
        }

        writer.WriteEndObject();
    }

    private void WriteMember(string name, object? value, int depth, Type? valueType)
    {
        _budget.Reserve(name.Length);
        writer.WritePropertyName(CodecFormat.EscapeName(name));
        WriteItem(value, depth + 1, valueType);
    }

    private void WriteArray(IEnumerable items, int depth, Type? itemType)
    {
        Enter(depth);
        writer.WriteStartArray();
        foreach (var item in items)
            WriteItem(item, depth + 1, itemType);
        writer.WriteEndArray();
    }

    /// <summary>An item of a collection whose tag tells the type of all items needs no tag of its own.</summary>
    private void WriteItem(object? item, int depth, Type? itemType)
    {
        if (item is null || itemType is null || !ScalarCodec.Includes(Nullable.GetUnderlyingType(itemType) ?? itemType))
        {
            Write(item, depth);
            return;
        }

        if (item is byte[] bytes)
            _budget.Reserve(bytes.Length);
        ScalarCodec.Write(writer, item);
        _budget.Check();
    }

    private void StartTag(string tag)
    {
        writer.WriteStartObject();
        writer.WriteString(CodecFormat.Tag, tag);
        writer.WritePropertyName(CodecFormat.Content);
    }

    private static void Enter(int depth)
    {
        if (depth >= ValueLimits.DepthMax)
            throw new ValueTooDeepException();
    }
}
