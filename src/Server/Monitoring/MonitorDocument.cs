using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Platform.Runtime.Store;

namespace Platform.Server.Monitoring;

/// <summary>Writes and reads what the monitor stores.</summary>
internal static class MonitorDocument
{
    /// <summary>A document.</summary>
    /// <typeparam name="T">What it holds.</typeparam>
    /// <param name="kind">Its kind.</param>
    /// <param name="id">Its id.</param>
    /// <param name="value">What it holds.</param>
    /// <param name="json">The stored form.</param>
    public static StoredDocument Of<T>(string kind, string id, T value, JsonTypeInfo<T> json) => new(kind, id, JsonSerializer.Serialize(value, json));

    /// <summary>Reads a document; null, and a line in the log, when it cannot be read.</summary>
    /// <typeparam name="T">What it holds.</typeparam>
    /// <param name="document">The document.</param>
    /// <param name="json">The stored form.</param>
    /// <param name="logger">Log.</param>
    public static T? Read<T>(StoredDocument document, JsonTypeInfo<T> json, ILogger logger)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(document.Json, json);
        }
        catch (JsonException exception)
        {
            Log.MonitorDocumentUnusable(logger, document.Kind, document.Id, exception.Message);
            return null;
        }
    }
}
