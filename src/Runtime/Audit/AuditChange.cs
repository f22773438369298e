using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Runtime.Store;

namespace Platform.Runtime.Audit;

/// <summary>What one commit changes about one thing, for the audit log. Give only what may be shown: no secrets, no inputs.</summary>
/// <param name="TargetKind">Kind of the thing: <c>workflow</c>, <c>instance</c>, <c>secret</c> ...</param>
/// <param name="TargetId">Its id.</param>
/// <param name="TargetName">Its name, or null.</param>
public sealed record AuditChange(string TargetKind, string TargetId, string? TargetName)
{
    /// <summary>Most characters of each side of a change: a hint of what changed, not a second copy of it.</summary>
    public const int JsonLengthMax = 8_192;

    private const int ValueLengthMax = 1_000;
    private static readonly JsonSerializerOptions _text = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The thing before; null when it was not there, or when that is not told.</summary>
    public JsonObject? Before { get; init; }

    /// <summary>The thing afterwards; null when it is gone, or when that is not told.</summary>
    public JsonObject? After { get; init; }

    /// <summary>The action, when the change is another one than the request names: a save that publishes, a delete that cancels.</summary>
    public string? Action { get; init; }

    /// <summary>Whether both sides are told and are the same: then nothing happened that would be worth an entry.</summary>
    internal bool IsNone => Before is not null && After is not null && JsonNode.DeepEquals(Before, After);

    /// <summary>Completes an entry.</summary>
    /// <param name="entry">Who, when, from where.</param>
    internal AuditEntry Complete(AuditEntry entry)
    {
        var common = Before is null || After is null
            ? []
            : Before.Where(member => After.TryGetPropertyValue(member.Key, out var other) && JsonNode.DeepEquals(member.Value, other)).Select(member => member.Key).ToHashSet();
        return entry with
        {
            Action = Action ?? entry.Action,
            TargetKind = TargetKind,
            TargetId = TargetId,
            TargetName = TargetName,
            Before = Write(Before, common),
            After = Write(After, common),
        };
    }

    private static string? Write(JsonObject? side, HashSet<string> leftOut)
    {
        if (side is null)
            return null;
        var kept = new JsonObject();
        foreach (var (name, value) in side)
        {
            if (!leftOut.Contains(name))
                kept[name] = Cut(value);
        }

        var text = kept.ToJsonString(_text);
        return text.Length <= JsonLengthMax ? text : """{"isTooLong":true}""";
    }

    private static JsonNode? Cut(JsonNode? value) =>
        value is JsonValue single && single.TryGetValue<string>(out var text) && text.Length > ValueLengthMax
            ? string.Concat(text.AsSpan(0, ValueLengthMax), "…")
            : value?.DeepClone();
}
