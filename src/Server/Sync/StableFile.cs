using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Engine.Definitions;
using Platform.Runtime.Definitions;
using Platform.Server.Elsa.Definitions;

namespace Platform.Server.Sync;

/// <summary>
/// A definition as a file whose changes are small when those of the workflow are: members in a fixed order, one to a line, and nothing
/// that changes by itself (version ids, times). An importer takes it like any other file of a workflow.
/// </summary>
internal static class StableFile
{
    /// <summary>What stands in front in every object: by it people know what they look at.</summary>
    private static readonly string[] _leading = ["id", "name", "displayName", "type", "version"];

    /// <summary>Values that an author wrote as they are to be used: their order may mean something to a receiver.</summary>
    private static readonly HashSet<string> _kept = new(StringComparer.Ordinal) { "value", "default", "defaultValue", "customProperties" };

    private static readonly JsonSerializerOptions _form = new()
    {
        WriteIndented = true,
        IndentSize = 2,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 1_000,
    };

    /// <summary>The file of a version.</summary>
    /// <param name="definition">The version.</param>
    public static byte[] Write(WorkflowDefinition definition) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(Compose(definition.DefinitionId, definition.Name, definition.Description, definition.Document, definition.IsPublished), _form), (byte)'\n'];

    /// <summary>Fingerprint of the content of a version; the same for the same workflow, whether published or not.</summary>
    /// <param name="definition">The version.</param>
    public static string HashOf(WorkflowDefinition definition) => HashOf(definition.DefinitionId, definition.Name, definition.Description, definition.Document);

    /// <summary>Fingerprint of the content of a draft.</summary>
    /// <param name="draft">The draft.</param>
    public static string HashOf(DefinitionDraft draft) => HashOf(draft.DefinitionId, draft.Name, draft.Description, draft.Document);

    /// <summary>Name of the file of a definition that has none yet.</summary>
    /// <param name="definition">The definition.</param>
    public static string NameOf(WorkflowDefinition definition)
    {
        var slug = SlugOf(definition.Name ?? "");
        var id = SlugOf(definition.DefinitionId);
        // An id that is not a slug already could become that of another definition.
        if (id != definition.DefinitionId)
            id = $"{id}-{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(definition.DefinitionId)))[..8]}".Trim('-');
        return (slug.Length == 0 || slug == id ? id : $"{slug}-{id}") + ".json";
    }

    private static string SlugOf(string text)
    {
        var parts = new string([.. text.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')]).Split('-', StringSplitOptions.RemoveEmptyEntries);
        var slug = string.Join('-', parts);
        return slug.Length <= 80 ? slug : slug[..80].TrimEnd('-');
    }

    private static string HashOf(string? definitionId, string? name, string? description, string document) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(Compose(definitionId, name, description, document, null), _form)));

    private static JsonObject Compose(string? definitionId, string? name, string? description, string document, bool? isPublished)
    {
        var stored = JsonNode.Parse(document, documentOptions: ElsaDocuments.StoredOptions) as JsonObject ?? [];
        var file = new JsonObject { ["$schema"] = ElsaDocuments.Schema, ["definitionId"] = definitionId, ["name"] = name };
        if (!string.IsNullOrEmpty(description))
            file["description"] = description;
        if (isPublished is not null)
            file["isPublished"] = isPublished;
        foreach (var (member, value) in stored.Where(member => !ElsaDocuments.IsHeader(member.Key)).OrderBy(member => member.Key == "root").ThenBy(member => member.Key, StringComparer.Ordinal))
            file[member] = _kept.Contains(member) ? value?.DeepClone() : Sort(value);
        return file;
    }

    private static JsonNode? Sort(JsonNode? node)
    {
        if (node is JsonArray items)
            return new JsonArray([.. items.Select(Sort)]);
        if (node is not JsonObject members)
            return node?.DeepClone();
        var sorted = new JsonObject();
        foreach (var (name, value) in members.OrderBy(member => RankOf(member.Key)).ThenBy(member => member.Key, StringComparer.Ordinal))
            sorted[name] = _kept.Contains(name) ? value?.DeepClone() : Sort(value);
        return sorted;
    }

    private static int RankOf(string name) => Array.IndexOf(_leading, name) is >= 0 and var index ? index : _leading.Length;
}
