using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Platform.Engine.Values;

/// <summary>
/// How objects of .NET types are read and written as JSON. By reflection: the types are those of activities and hosts, which
/// the engine cannot know when it is compiled.
/// </summary>
internal static class ValueJson
{
    /// <summary>Options for reading what people and scripts write, and for the members of what they are shown.</summary>
    public static JsonSerializerOptions Options { get; } = Create(new DynamicConverter(), ValueLimits.DepthMax);

    /// <summary>Writer options for text that people read: letters stay letters.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
        MaxDepth = int.MaxValue,
    };

    /// <summary>Options that differ only in how members of type object are treated.</summary>
    /// <param name="objects">Reads and writes members of type object.</param>
    /// <param name="depthMax">How deep the JSON may nest.</param>
    public static JsonSerializerOptions Create(JsonConverter<object> objects, int depthMax)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            AllowTrailingCommas = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            IncludeFields = true,
            MaxDepth = depthMax,
            NumberHandling = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.AllowNamedFloatingPointLiterals,
            ReadCommentHandling = JsonCommentHandling.Skip,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutHandles } },
        };
        options.Converters.Add(objects);
        options.Converters.Add(new JsonStringEnumConverter());
        options.MakeReadOnly();
        return options;
    }

    /// <summary>The members of a type that is an object in JSON; null for a type that is anything else.</summary>
    /// <param name="type">The type of a value.</param>
    public static JsonTypeInfo? MembersOf(Type type)
    {
        var info = Options.GetTypeInfo(type);
        return info.Kind == JsonTypeInfoKind.Object ? info : null;
    }

    /// <summary>Whether this is what the serialiser throws for content or types that it cannot treat.</summary>
    /// <param name="exception">What was thrown.</param>
    public static bool IsFailure(Exception exception) => exception
        is JsonException or NotSupportedException or InvalidOperationException or ArgumentException or FormatException
        or ValueTooDeepException or ValueTooLargeException;

    private static void LeaveOutHandles(JsonTypeInfo info)
    {
        if (info.Kind != JsonTypeInfoKind.Object)
            return;
        for (var index = info.Properties.Count - 1; index >= 0; index--)
            if (OpaqueValues.Includes(info.Properties[index].PropertyType))
                info.Properties.RemoveAt(index);
    }

    /// <summary>Members of type object hold dynamic values.</summary>
    private sealed class DynamicConverter : JsonConverter<object>
    {
        public override object? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            DynamicJsonReader.Read(ref reader, reader.CurrentDepth);

        public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options) =>
            new DynamicJsonWriter(writer).Write(value, writer.CurrentDepth);
    }
}
