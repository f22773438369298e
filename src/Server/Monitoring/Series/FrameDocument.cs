using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Runtime.Store;

namespace Platform.Server.Monitoring.Series;

/// <summary>
/// Frames as they are stored: the minutes of an hour under a kind of their own, so that a range is read without the rest; the hours all under
/// one kind; and a list of the hours whose minutes there are, so that all of them are found when they may be forgotten.
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FrameForm))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class FrameDocument : JsonSerializerContext
{
    /// <summary>Kind of the documents of hours.</summary>
    public const string HourKind = "monitor-hour";

    /// <summary>Kind of the document that lists the hours whose minutes are stored.</summary>
    public const string IndexKind = "monitor-index";

    /// <summary>Id of that document.</summary>
    public const string IndexId = "minutes";

    private const string HourFormat = "yyyyMMddHH";
    private const char Separator = '|';

    /// <summary>Name of an hour.</summary>
    /// <param name="at">A moment in it, UTC.</param>
    public static string HourOf(DateTimeOffset at) => at.UtcDateTime.ToString(HourFormat, CultureInfo.InvariantCulture);

    /// <summary>When an hour begins, UTC; null when that is no name of one.</summary>
    /// <param name="hour">Its name.</param>
    public static DateTimeOffset? BeginOf(string hour) =>
        DateTimeOffset.TryParseExact(hour, HourFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    /// <summary>Kind of the documents of the minutes of an hour.</summary>
    /// <param name="hour">Name of the hour.</param>
    public static string MinuteKind(string hour) => $"monitor-minutes-{hour}";

    /// <summary>All minutes that an hour may have.</summary>
    /// <param name="hour">Name of the hour.</param>
    public static IEnumerable<DocumentKey> MinutesOf(string hour) => Enumerable.Range(0, 60).Select(minute => new DocumentKey(MinuteKind(hour), MinuteId(minute)));

    /// <summary>A minute as it is stored.</summary>
    /// <param name="frame">The minute.</param>
    public static StoredDocument OfMinute(Frame frame) => new(MinuteKind(HourOf(frame.At)), MinuteId(frame.At.Minute), Write(frame));

    /// <summary>An hour as it is stored.</summary>
    /// <param name="frame">The hour.</param>
    public static StoredDocument OfHour(Frame frame) => new(HourKind, HourOf(frame.At), Write(frame));

    /// <summary>The list of hours as it is stored.</summary>
    /// <param name="hours">Names of the hours.</param>
    public static StoredDocument OfIndex(IReadOnlyList<string> hours) => new(IndexKind, IndexId, JsonSerializer.Serialize(hours, Default.IReadOnlyListString));

    /// <summary>Reads the list of hours.</summary>
    /// <param name="document">The document, or null when there is none.</param>
    public static IReadOnlyList<string> ReadIndex(StoredDocument? document)
    {
        try
        {
            return document is null ? [] : JsonSerializer.Deserialize(document.Json, Default.IReadOnlyListString) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>Reads a stored minute of an hour; null when it cannot be read, which is as if nothing had been measured.</summary>
    /// <param name="hour">When the hour begins, UTC.</param>
    /// <param name="document">The document.</param>
    public static Frame? ReadMinute(DateTimeOffset hour, StoredDocument document) =>
        int.TryParse(document.Id, CultureInfo.InvariantCulture, out var minute) && minute is >= 0 and < 60 ? Read(hour.AddMinutes(minute), document.Json) : null;

    /// <summary>Reads a stored hour; null when it cannot be read.</summary>
    /// <param name="document">The document.</param>
    public static Frame? ReadHour(StoredDocument document) => BeginOf(document.Id) is { } at ? Read(at, document.Json) : null;

    private static string MinuteId(int minute) => minute.ToString("00", CultureInfo.InvariantCulture);

    private static string Write(Frame frame) => JsonSerializer.Serialize(
        new FrameForm(
            frame.Series.ToDictionary(
                item => $"{item.Key.Metric}{Separator}{item.Key.Subject}",
                item => new[] { item.Value.Count, Rounded(item.Value.Sum), Rounded(item.Value.Minimum), Rounded(item.Value.Maximum), Rounded(item.Value.Last) },
                StringComparer.Ordinal),
            frame.Durations.Filled.ToDictionary(item => item.Class, item => item.Count)),
        Default.FrameForm);

    private static double Rounded(double value) => Math.Round(value, 3);

    private static Frame? Read(DateTimeOffset at, string json)
    {
        try
        {
            if (JsonSerializer.Deserialize(json, Default.FrameForm) is not { } stored)
                return null;
            var frame = new Frame(at);
            foreach (var (name, figures) in stored.Series ?? [])
            {
                var end = name.IndexOf(Separator, StringComparison.Ordinal);
                if (end > 0 && figures is [var count, var sum, var minimum, var maximum, var last])
                    frame.Add(new SeriesKey(name[..end], name[(end + 1)..]), new Aggregate((long)count, sum, minimum, maximum, last));
            }

            foreach (var (number, count) in stored.Durations ?? [])
                frame.Durations.Add(number, count);
            return frame;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A frame as it is stored.</summary>
/// <param name="Series">Count, sum, minimum, maximum and last figure by metric and subject.</param>
/// <param name="Durations">Runs by class of their duration.</param>
internal sealed record FrameForm(Dictionary<string, double[]>? Series, Dictionary<int, long>? Durations);
