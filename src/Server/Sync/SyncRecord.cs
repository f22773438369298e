using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Runtime.Store;

namespace Platform.Server.Sync;

/// <summary>
/// When a definition and its file were last the same, and what both held then. It tells later which of the two has changed since. Stored
/// as kind <c>definition-sync</c>, in the commit of the change where there is one.
/// </summary>
/// <param name="File">Path of the file in its folder.</param>
/// <param name="FileHash">Fingerprint of what the file held.</param>
/// <param name="StoredHash">Fingerprint of what was stored; another one than the file's when they only differ in what says nothing.</param>
/// <param name="IsPublished">Whether it was published.</param>
/// <param name="Revision">Revision of the definition.</param>
/// <param name="Direction">From where to where.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Commit">Commit of the git checkout, when the folder was one.</param>
internal sealed record SyncRecord(
    string File, string FileHash, string StoredHash, bool IsPublished, string Revision, SyncDirection Direction, DateTimeOffset At, string? Commit)
{
    /// <summary>Kind of the documents.</summary>
    public const string DocumentKind = "definition-sync";

    /// <summary>The document.</summary>
    /// <param name="folder">Name of the folder.</param>
    /// <param name="definitionId">The definition.</param>
    public StoredDocument ToDocument(string folder, string definitionId) =>
        new(DocumentKind, IdOf(folder, definitionId), JsonSerializer.Serialize(this, SyncJson.Default.SyncRecord));

    /// <summary>Reads what is stored; null when nothing is, or nothing that can be read.</summary>
    /// <param name="store">The store.</param>
    /// <param name="folder">Name of the folder.</param>
    /// <param name="definitionId">The definition.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public static async ValueTask<SyncRecord?> FindAsync(IWorkflowStore store, string folder, string definitionId, CancellationToken cancellationToken)
    {
        try
        {
            return await store.FindDocumentAsync(DocumentKind, IdOf(folder, definitionId), cancellationToken) is { } stored
                ? JsonSerializer.Deserialize(stored.Json, SyncJson.Default.SyncRecord)
                : null;
        }
        // As if it had never been the same: then nothing is overwritten unasked.
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether it says the same of both sides.</summary>
    /// <param name="other">Another one.</param>
    public bool SaysAsMuchAs(SyncRecord? other) => other is not null && other with { At = At, Direction = Direction, Commit = Commit } == this;

    /// <summary>Ids of definitions hold no slashes.</summary>
    private static string IdOf(string folder, string definitionId) => $"{folder}/{definitionId}";
}

/// <summary>The JSON of stored records.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SyncRecord))]
internal sealed partial class SyncJson : JsonSerializerContext;
