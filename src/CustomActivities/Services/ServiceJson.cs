using System.Collections;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Primitives;

namespace Platform.CustomActivities.Services;

/// <summary>Values on their way to and from services.</summary>
internal static class ServiceJson
{
    /// <summary>A response body: JSON as object or list, anything else as text; null when it is empty.</summary>
    public static object? Read(byte[] body, string? mediaType)
    {
        if (body.Length == 0)
            return null;
        if (mediaType is not null && (mediaType.EndsWith("/json", StringComparison.OrdinalIgnoreCase) || mediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase)))
        {
            try
            {
                return DynamicJson.Parse(body);
            }
            catch (Exception exception) when (exception is JsonException or ValueTooDeepException)
            {
                // Not the JSON it says it is; its text is still of use.
            }
        }

        return Encoding.UTF8.GetString(body);
    }

    /// <summary>A request body: text and bytes as they are, anything else as JSON; null for no body.</summary>
    public static (ReadOnlyMemory<byte>? Body, string? MediaType) Write(object? value) => value switch
    {
        // Without its type this would be an empty body.
        null or "" => ((ReadOnlyMemory<byte>?)null, (string?)null),
        byte[] bytes => (bytes, "application/octet-stream"),
        string text => (Encoding.UTF8.GetBytes(text), DynamicJson.TryParse(text, out _) ? "application/json" : "text/plain"),
        _ => (DynamicJson.ToUtf8(value), "application/json"),
    };

    /// <summary>A value as text, a list as several texts.</summary>
    public static StringValues Texts(object? value) => value switch
    {
        string text => text,
        IDictionary => Text(value),
        IEnumerable items => items.Cast<object?>().Select(Text).ToArray(),
        _ => Text(value),
    };

    private static string Text(object? value) => value is bool flag ? (flag ? "true" : "false") : ValueConverter.Convert<string>(value) ?? "";
}
