using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Runtime.Retention;

/// <summary>
/// How long the instances of one workflow are kept: what its document says in <c>customProperties.retention</c>, or what the operator
/// says instead. Members that are null follow the server's options.
/// </summary>
/// <param name="Finished">For instances that finished as they should.</param>
/// <param name="Faulted">For instances that faulted or were cancelled.</param>
/// <param name="Max">Most finished instances, whatever their age.</param>
/// <param name="KeepsForever">Nothing is deleted.</param>
public sealed record RetentionSetting(TimeSpan? Finished, TimeSpan? Faulted, int? Max, bool KeepsForever)
{
    /// <summary>Kind of the documents in which operators' settings are stored; their id is the definition.</summary>
    public const string DocumentKind = "retention";

    /// <summary>The setting of a workflow that says nothing.</summary>
    public static RetentionSetting Default { get; } = new(null, null, null, false);

    private static TimeSpan Longest { get; } = TimeSpan.FromDays(36500);

    /// <summary>Reads a setting.</summary>
    /// <param name="json">An object with any of <c>finished</c>, <c>faulted</c>, <c>max</c> and <c>keep</c>.</param>
    /// <exception cref="FormatException">It is something else; the message says what to write.</exception>
    public static RetentionSetting Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new FormatException("The retention is not an object. Write {\"finished\": \"7.00:00:00\"} for example.");
        var setting = Default;
        foreach (var member in json.EnumerateObject())
        {
            setting = member.Name switch
            {
                _ when member.Value.ValueKind == JsonValueKind.Null => setting,
                "finished" => setting with { Finished = ReadTime(member) },
                "faulted" => setting with { Faulted = ReadTime(member) },
                "max" => setting with { Max = ReadMax(member) },
                "keep" when member.Value.ValueKind == JsonValueKind.String && member.Value.ValueEquals("forever") => setting with { KeepsForever = true },
                "keep" => throw new FormatException("'keep' can only be \"forever\"."),
                _ => throw new FormatException($"'{member.Name}' is not known in a retention. Known: finished, faulted, max, keep."),
            };
        }

        return setting;
    }

    /// <summary>Reads a stored setting.</summary>
    /// <param name="json">JSON text.</param>
    /// <exception cref="FormatException">It cannot be read.</exception>
    public static RetentionSetting Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new FormatException("The retention is not JSON.", exception);
        }
    }

    /// <summary>What a workflow's document says; <see cref="Default"/> when it says nothing.</summary>
    /// <param name="document">The document as JSON text.</param>
    /// <exception cref="FormatException">Its setting cannot be read.</exception>
    public static RetentionSetting OfDocument(string document)
    {
        using var json = JsonDocument.Parse(document, new JsonDocumentOptions { MaxDepth = 512 });
        return json.RootElement.ValueKind == JsonValueKind.Object
            && json.RootElement.TryGetProperty("customProperties", out var custom) && custom.ValueKind == JsonValueKind.Object
            && custom.TryGetProperty("retention", out var retention) && retention.ValueKind != JsonValueKind.Null
            ? Read(retention)
            : Default;
    }

    /// <summary>The form in which it is stored.</summary>
    public string ToJson()
    {
        var json = new JsonObject();
        if (Finished is { } finished)
            json["finished"] = finished.ToString("c", CultureInfo.InvariantCulture);
        if (Faulted is { } faulted)
            json["faulted"] = faulted.ToString("c", CultureInfo.InvariantCulture);
        if (Max is { } max)
            json["max"] = max;
        if (KeepsForever)
            json["keep"] = "forever";
        return json.ToJsonString();
    }

    private static TimeSpan ReadTime(JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.String
        && TimeSpan.TryParseExact(member.Value.GetString(), "c", CultureInfo.InvariantCulture, out var time)
        && time >= TimeSpan.Zero && time <= Longest
            ? time
            : throw new FormatException($"'{member.Name}' is not a time. Write days.hours:minutes:seconds, \"7.00:00:00\" for a week, at most 36500 days.");

    private static int ReadMax(JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out var max) && max >= 0
            ? max
            : throw new FormatException("'max' is not a whole number from 0 up.");
}
