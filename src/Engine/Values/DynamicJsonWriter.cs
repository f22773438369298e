using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Engine.Values;

/// <summary>Writes any value as the JSON that people see. One is made per value, because it counts what the value takes.</summary>
internal readonly struct DynamicJsonWriter(Utf8JsonWriter writer)
{
    private const string ReplacementCharacter = "\uFFFD";

    private readonly JsonBudget _budget = new(writer, ValueLimits.BytesMax);

    /// <summary>Writes one value.</summary>
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
                _budget.Reserve(text.Length);
                writer.WriteStringValue(text);
                break;
            case Dictionary<string, object?> members:
                WriteObject(members, depth);
                break;
            case List<object?> items:
                WriteArray(items, depth);
                break;
            case JsonElement element:
                WriteElement(element, depth);
                break;
            case JsonDocument document:
                WriteElement(document.RootElement, depth);
                break;
            case JsonNode node:
                WriteElement(DynamicJson.Freeze(node), depth);
                break;
            case byte[] bytes:
                _budget.Reserve(bytes.Length);
                writer.WriteBase64StringValue(bytes);
                break;
            default:
                if (!TryWriteNumber(value))
                    WriteOther(value, depth);
                break;
        }

        _budget.Check();
    }

    private bool TryWriteNumber(object value)
    {
        switch (value)
        {
            case bool flag:
                writer.WriteBooleanValue(flag);
                return true;
            case int number:
                writer.WriteNumberValue(number);
                return true;
            case long number:
                writer.WriteNumberValue(number);
                return true;
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(number);
                return true;
            case float number when float.IsFinite(number):
                writer.WriteNumberValue(number);
                return true;
            case decimal number:
                writer.WriteNumberValue(number);
                return true;
            case ulong number:
                writer.WriteNumberValue(number);
                return true;
            case uint number:
                writer.WriteNumberValue(number);
                return true;
            case sbyte or byte or short or ushort when value is IConvertible number:
                writer.WriteNumberValue(number.ToInt32(null));
                return true;
            default:
                return false;
        }
    }

    private void WriteOther(object value, int depth)
    {
        if (ValueText.OfScalar(value) is { } text)
            writer.WriteStringValue(text);
        else if (OpaqueValues.Includes(value.GetType()))
            writer.WriteStringValue(OpaqueValues.Describe(value.GetType()));
        else if (DictionaryEntries.Of(value) is { } entries)
            WriteObject(entries, depth);
        else if (value is IEnumerable items)
            WriteArray(items, depth);
        else if (value is Exception exception)
            WriteObject(DescribeException(exception), depth);
        else if (value.GetType() == typeof(object))
            WriteObject(new Dictionary<string, object?>(), depth);
        else
            WriteMembers(value, depth);
    }

    private void WriteObject(Dictionary<string, object?> members, int depth)
    {
        Enter(depth);
        writer.WriteStartObject();
        foreach (var (name, value) in members)
            WriteMember(name, value, depth);
        writer.WriteEndObject();
    }

    private void WriteObject(IEnumerable<KeyValuePair<string, object?>> members, int depth)
    {
        Enter(depth);
        writer.WriteStartObject();
        foreach (var (name, value) in members)
            WriteMember(name, value, depth);
        writer.WriteEndObject();
    }

    private void WriteArray(List<object?> items, int depth)
    {
        Enter(depth);
        writer.WriteStartArray();
        foreach (var item in items)
            Write(item, depth + 1);
        writer.WriteEndArray();
    }

    private void WriteArray(IEnumerable items, int depth)
    {
        Enter(depth);
        writer.WriteStartArray();
        foreach (var item in items)
            Write(item, depth + 1);
        writer.WriteEndArray();
    }

    private void WriteElement(JsonElement element, int depth)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                Enter(depth);
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject())
                {
                    writer.WritePropertyName(NameOf(member));
                    WriteElement(member.Value, depth + 1);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                Enter(depth);
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    WriteElement(item, depth + 1);
                writer.WriteEndArray();
                break;
            case JsonValueKind.Undefined:
                writer.WriteNullValue();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(TextOf(element));
                break;
            default:
                element.WriteTo(writer);
                break;
        }

        _budget.Check();
    }

    private static string TextOf(JsonElement element)
    {
        try
        {
            return element.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, which is not a character; the writer does the same to halves in .NET text.
            return ReplacementCharacter;
        }
    }

    private static string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return ReplacementCharacter;
        }
    }

    private void WriteMembers(object value, int depth)
    {
        Enter(depth);
        if (ValueJson.MembersOf(value.GetType()) is not { } info)
        {
            JsonSerializer.Serialize(writer, value, value.GetType(), ValueJson.Options);
            return;
        }

        writer.WriteStartObject();
        foreach (var member in info.Properties)
        {
            if (member.Get is null)
                continue;
            var content = member.Get(value);
            if (member.ShouldSerialize is null || member.ShouldSerialize(value, content))
                WriteMember(member.Name, content, depth);
        }

        writer.WriteEndObject();
    }

    private void WriteMember(string name, object? value, int depth)
    {
        _budget.Reserve(name.Length);
        writer.WritePropertyName(name);
        Write(value, depth + 1);
    }

    private static Dictionary<string, object?> DescribeException(Exception exception)
    {
        var members = new Dictionary<string, object?> { ["type"] = exception.GetType().Name, ["message"] = exception.Message };
        if (exception.InnerException is { } inner)
            members["innerException"] = inner;
        return members;
    }

    private static void Enter(int depth)
    {
        if (depth >= ValueLimits.DepthMax)
            throw new ValueTooDeepException();
    }
}
