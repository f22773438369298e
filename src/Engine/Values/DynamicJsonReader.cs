using System.Text.Json;

namespace Platform.Engine.Values;

/// <summary>Turns JSON tokens into dynamic values.</summary>
internal static class DynamicJsonReader
{
    /// <summary>Reads the value that the reader stands on, and leaves the reader on its last token.</summary>
    /// <param name="reader">A reader that stands on the first token of a value.</param>
    /// <param name="depth">How many objects and arrays are around the value.</param>
    public static object? Read(ref Utf8JsonReader reader, int depth)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, depth);
            case JsonTokenType.StartArray:
                return ReadArray(ref reader, depth);
            case JsonTokenType.String:
                return ReadText(ref reader);
            case JsonTokenType.Number:
                return JsonNumber.Read(ref reader);
            case JsonTokenType.True:
                return Boxes.Of(true);
            case JsonTokenType.False:
                return Boxes.Of(false);
            case JsonTokenType.Null:
                return null;
            default:
                throw new JsonException($"A JSON value cannot begin with {reader.TokenType}.");
        }
    }

    /// <summary>The text of a string or a property name.</summary>
    /// <param name="reader">A reader that stands on either.</param>
    /// <exception cref="JsonException">The text is not valid Unicode.</exception>
    public static string ReadText(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() ?? throw new JsonException("A JSON text was expected.");
        }
        catch (InvalidOperationException exception)
        {
            // This is how the reader reports half of a surrogate pair and bytes that are not UTF-8.
            throw new JsonException("The JSON text is not valid Unicode.", exception);
        }
    }

    private static Dictionary<string, object?> ReadObject(ref Utf8JsonReader reader, int depth)
    {
        if (depth >= ValueLimits.DepthMax)
            throw new ValueTooDeepException();
        var members = new Dictionary<string, object?>();
        while (Next(ref reader) != JsonTokenType.EndObject)
        {
            var name = ReadText(ref reader);
            Next(ref reader);
            members[name] = Read(ref reader, depth + 1);
        }

        return members;
    }

    private static List<object?> ReadArray(ref Utf8JsonReader reader, int depth)
    {
        if (depth >= ValueLimits.DepthMax)
            throw new ValueTooDeepException();
        var items = new List<object?>();
        while (Next(ref reader) != JsonTokenType.EndArray)
            items.Add(Read(ref reader, depth + 1));
        return items;
    }

    private static JsonTokenType Next(ref Utf8JsonReader reader) =>
        reader.Read() ? reader.TokenType : throw new JsonException("The JSON ends in the middle of a value.");
}
