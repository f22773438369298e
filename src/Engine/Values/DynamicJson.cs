using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Engine.Values;

/// <summary>
/// JSON to and from dynamic values, which are what scripts and variables hold: <see cref="Dictionary{TKey, TValue}"/> of
/// text to value for objects, <see cref="List{T}"/> for arrays, and .NET primitives. A JSON number is an int when it fits,
/// else a long, else a decimal when that is exact, else a double.
/// </summary>
/// <remarks>
/// What is written is for people and other systems: member names in camelCase, dictionary keys untouched, enums by name,
/// times in ISO 8601, durations as <c>hh:mm:ss</c>, bytes in base64, NaN and infinities as text, and a short text such as
/// <c>&lt;Stream&gt;</c> for what has no JSON form. Types do not survive it; <see cref="ValueCodec"/> is for storing.
/// </remarks>
public static class DynamicJson
{
    // Deep enough to find out by our own check how deep a node is, and shallow enough for the stack.
    private const int FreezeDepthMax = 512;

    private static readonly JsonReaderOptions ReaderOptions = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,

        // One more than is allowed, so that our own check, which has a name, is the one that fails.
        MaxDepth = ValueLimits.DepthMax + 1,
    };

    /// <summary>Reads JSON text. Comments and trailing commas are accepted; of members with one name the last counts.</summary>
    /// <param name="json">One JSON value.</param>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="ValueTooDeepException">It nests too deep.</exception>
    public static object? Parse(string json)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(json.Length));
        try
        {
            return Parse(buffer.AsSpan(0, Encoding.UTF8.GetBytes(json, buffer)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads JSON in UTF-8; see <see cref="Parse(string)"/>.</summary>
    /// <param name="utf8">One JSON value.</param>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    /// <exception cref="ValueTooDeepException">It nests too deep.</exception>
    public static object? Parse(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, ReaderOptions);
        if (!reader.Read())
            throw new JsonException("There is no JSON value.");
        var value = DynamicJsonReader.Read(ref reader, depth: 0);
        return reader.Read() ? throw new JsonException("There is more than one JSON value.") : value;
    }

    /// <summary>Reads JSON text that may not be JSON.</summary>
    /// <param name="json">Any text.</param>
    /// <param name="value">The value when the text is JSON, else null.</param>
    /// <returns>False when the text is not JSON or nests too deep.</returns>
    public static bool TryParse([NotNullWhen(true)] string? json, out object? value)
    {
        value = null;
        if (json is null)
            return false;
        try
        {
            value = Parse(json);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or ValueTooDeepException)
        {
            return false;
        }
    }

    /// <summary>Reads the value that a reader stands on, and leaves the reader on the value's last token.</summary>
    /// <param name="reader">A reader over complete JSON.</param>
    public static object? Read(ref Utf8JsonReader reader) => DynamicJsonReader.Read(ref reader, depth: 0);

    /// <summary>The dynamic value of an element; null for an undefined one.</summary>
    /// <param name="element">Any element.</param>
    public static object? FromElement(JsonElement element) =>
        element.ValueKind == JsonValueKind.Undefined ? null : Parse(JsonMarshal.GetRawUtf8Value(element));

    /// <summary>The dynamic value of a node, which may hold .NET values that are not JSON yet.</summary>
    /// <param name="node">Any node; null is the JSON null.</param>
    public static object? FromNode(JsonNode? node) => node is null ? null : FromElement(Freeze(node));

    /// <summary>Writes a value as the JSON that people see.</summary>
    /// <param name="writer">Where to; its position decides whether that is a root, a member or an item.</param>
    /// <param name="value">Any value.</param>
    /// <exception cref="ValueTooDeepException">It nests too deep or contains itself; part of it has been written.</exception>
    /// <exception cref="ValueTooLargeException">It is too large; part of it has been written.</exception>
    public static void Write(Utf8JsonWriter writer, object? value) => new DynamicJsonWriter(writer).Write(value, depth: 0);

    /// <summary>The value as JSON text. Letters outside ASCII are not escaped.</summary>
    /// <param name="value">Any value.</param>
    /// <param name="indented">Whether to break lines for reading.</param>
    /// <exception cref="ValueTooDeepException">It nests too deep or contains itself.</exception>
    /// <exception cref="ValueTooLargeException">It is too large.</exception>
    public static string ToText(object? value, bool indented = false) =>
        Encoding.UTF8.GetString(WriteToBuffer(value, indented).WrittenSpan);

    /// <summary>The value as JSON in UTF-8; see <see cref="ToText"/>.</summary>
    /// <param name="value">Any value.</param>
    public static byte[] ToUtf8(object? value) => WriteToBuffer(value, indented: false).WrittenSpan.ToArray();

    /// <summary>The value as a JSON node that belongs to the caller; null for null.</summary>
    /// <param name="value">Any value.</param>
    /// <exception cref="ValueTooDeepException">It nests too deep or contains itself.</exception>
    /// <exception cref="ValueTooLargeException">It is too large.</exception>
    public static JsonNode? ToNode(object? value) =>
        value is JsonNode node ? node.DeepClone() : JsonNode.Parse(WriteToBuffer(value, indented: false).WrittenSpan);

    /// <summary>The value as a JSON element that needs no disposing.</summary>
    /// <param name="value">Any value.</param>
    /// <exception cref="ValueTooDeepException">It nests too deep or contains itself.</exception>
    /// <exception cref="ValueTooLargeException">It is too large.</exception>
    public static JsonElement ToElement(object? value) => value switch
    {
        JsonElement { ValueKind: not JsonValueKind.Undefined } element => element,
        _ => JsonElement.Parse(WriteToBuffer(value, indented: false).WrittenSpan),
    };

    /// <summary>A node's JSON at this moment. Goes through bytes, because a node's members can fail to enumerate.</summary>
    /// <param name="node">Any node.</param>
    internal static JsonElement Freeze(JsonNode node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true, MaxDepth = FreezeDepthMax }))
        {
            try
            {
                node.WriteTo(writer, ValueJson.Options);
            }
            catch (Exception exception) when (exception is InvalidOperationException or JsonException)
            {
                throw new ValueTooDeepException(exception);
            }
        }

        return JsonElement.Parse(buffer.WrittenSpan, new JsonDocumentOptions { MaxDepth = FreezeDepthMax });
    }

    private static ArrayBufferWriter<byte> WriteToBuffer(object? value, bool indented)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, ValueJson.WriterOptions with { Indented = indented, NewLine = "\n" });
        Write(writer, value);
        return buffer;
    }
}
