using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Runtime.Dispatching;

/// <summary>How many runs of a definition there may be, as the operator says it. Members that are null do not limit.</summary>
/// <param name="MaxConcurrent">Most runs in progress at once: from their start to their end, the time in which they wait included.</param>
/// <param name="MaxConcurrentPerKey">The same among the runs with one concurrency key. Runs without a key are not counted.</param>
/// <param name="Rate">Most starts in a time.</param>
public sealed record DefinitionLimits(int? MaxConcurrent, int? MaxConcurrentPerKey, StartRate? Rate)
{
    /// <summary>Kind of the documents in which limits are stored; their id is the definition.</summary>
    public const string DocumentKind = "definition-limits";

    private const int ConcurrentMax = 1_000_000;

    /// <summary>Whether runs that are in progress have to be known.</summary>
    internal bool CountsRuns => MaxConcurrent is not null || MaxConcurrentPerKey is not null;

    /// <summary>Checks limits that somebody asks for.</summary>
    /// <exception cref="FormatException">They cannot be used; the message says what to write.</exception>
    public void Check()
    {
        if (MaxConcurrent is null && MaxConcurrentPerKey is null && Rate is null)
            throw new FormatException("Set at least one of maxConcurrent, maxConcurrentPerKey and rate. DELETE takes all limits away.");
        CheckConcurrent("maxConcurrent", MaxConcurrent);
        CheckConcurrent("maxConcurrentPerKey", MaxConcurrentPerKey);
        if (Rate is { Count: < 1 or > StartRate.CountMax })
            throw new FormatException($"'rate.count' is a whole number from 1 to {StartRate.CountMax}.");
        if (Rate is { } rate && (rate.Per < StartRate.Shortest || rate.Per > StartRate.Longest))
            throw new FormatException("'rate.per' is a time from one second, \"00:00:01\", to one day, \"1.00:00:00\".");
    }

    /// <summary>Reads stored limits.</summary>
    /// <param name="json">JSON text.</param>
    /// <exception cref="FormatException">They cannot be read.</exception>
    internal static DefinitionLimits Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var rate = root.TryGetProperty("rate", out var stored)
                ? new StartRate(stored.GetProperty("count").GetInt32(), TimeSpan.ParseExact(stored.GetProperty("per").GetString()!, "c", CultureInfo.InvariantCulture))
                : null;
            return new(Number(root, "maxConcurrent"), Number(root, "maxConcurrentPerKey"), rate);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentNullException)
        {
            throw new FormatException("The limits are not of the form in which they are stored.", exception);
        }
    }

    /// <summary>The form in which they are stored.</summary>
    internal string ToJson()
    {
        var json = new JsonObject();
        if (MaxConcurrent is { } most)
            json["maxConcurrent"] = most;
        if (MaxConcurrentPerKey is { } mostPerKey)
            json["maxConcurrentPerKey"] = mostPerKey;
        if (Rate is { } rate)
            json["rate"] = new JsonObject { ["count"] = rate.Count, ["per"] = rate.Per.ToString("c", CultureInfo.InvariantCulture) };
        return json.ToJsonString();
    }

    private static void CheckConcurrent(string name, int? most)
    {
        if (most is < 1 or > ConcurrentMax)
            throw new FormatException($"'{name}' is a whole number from 1 to {ConcurrentMax}. To let nothing start, pause the workflow.");
    }

    private static int? Number(JsonElement json, string name) => json.TryGetProperty(name, out var number) ? number.GetInt32() : null;
}

/// <summary>Most starts in any stretch of time of a length, wherever it begins.</summary>
/// <param name="Count">Most starts.</param>
/// <param name="Per">The length.</param>
public sealed record StartRate(int Count, TimeSpan Per)
{
    /// <summary>The moments of so many starts are held in memory: 80 kB.</summary>
    internal const int CountMax = 10_000;

    internal static TimeSpan Shortest { get; } = TimeSpan.FromSeconds(1);

    internal static TimeSpan Longest { get; } = TimeSpan.FromDays(1);
}
