using System.Text.Json;

namespace Platform.Engine.Execution;

/// <summary>The stored form of <see cref="ExceptionState"/>.</summary>
internal static class ExceptionJson
{
    public static void Write(Utf8JsonWriter writer, ExceptionState exception)
    {
        writer.WriteStartObject();
        writer.WriteString("type", exception.Type);
        writer.WriteString("message", exception.Message);
        if (exception.StackTrace is { } trace)
            writer.WriteString("stackTrace", trace);
        if (exception.Inner is { } inner)
        {
            writer.WritePropertyName("innerException");
            Write(writer, inner);
        }

        writer.WriteEndObject();
    }

    public static ExceptionState Read(JsonElement element) => new(
        element.GetProperty("type").GetString() ?? "",
        element.GetProperty("message").GetString() ?? "",
        element.TryGetProperty("stackTrace", out var trace) ? trace.GetString() : null,
        element.TryGetProperty("innerException", out var inner) ? Read(inner) : null);
}
