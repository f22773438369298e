using System.Text.Json;
using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Engine.Values;

namespace Platform.Runtime.Scheduling;

/// <summary>What becomes of ticks that were due while nobody could take them.</summary>
public enum MisfirePolicy
{
    /// <summary>Nothing starts for them.</summary>
    Skip,

    /// <summary>The last one starts, once for all of them.</summary>
    Last,

    /// <summary>Each one starts, up to a limit.</summary>
    All,
}

/// <summary>What becomes of a tick while an instance that an earlier one started is still running.</summary>
public enum OverlapPolicy
{
    /// <summary>It starts beside it.</summary>
    Allow,

    /// <summary>It is left out.</summary>
    Skip,

    /// <summary>It starts when the running one has ended.</summary>
    Queue,

    /// <summary>The running one is cancelled; then it starts.</summary>
    CancelOld,
}

/// <summary>
/// How a schedule fires: what its workflow's document says in <c>customProperties.schedule</c>, what its activity says there instead, and
/// what the operator says instead of both. A member that is null says nothing.
/// </summary>
/// <param name="MisfirePolicy">What becomes of missed ticks. Default: the last one starts.</param>
/// <param name="OverlapPolicy">What becomes of a tick while an earlier one runs. Default: it starts too.</param>
/// <param name="TimeZone">IANA id of the zone whose wall time a cron expression means. Default: UTC.</param>
/// <param name="IsPaused">Whether ticks pass without starts. Default: no.</param>
public sealed record ScheduleSettings(MisfirePolicy? MisfirePolicy = null, OverlapPolicy? OverlapPolicy = null, string? TimeZone = null, bool? IsPaused = null)
{
    /// <summary>Name of the custom property that holds the settings.</summary>
    public const string PropertyName = "schedule";

    /// <summary>Says nothing.</summary>
    public static ScheduleSettings Default { get; } = new();

    /// <summary>What becomes of missed ticks.</summary>
    internal MisfirePolicy Misfires => MisfirePolicy ?? Scheduling.MisfirePolicy.Last;

    /// <summary>What becomes of a tick while an earlier one runs.</summary>
    internal OverlapPolicy Overlaps => OverlapPolicy ?? Scheduling.OverlapPolicy.Allow;

    /// <summary>The zone; it was checked when the settings were read.</summary>
    internal TimeZoneInfo Zone => TimeZone is null ? TimeZoneInfo.Utc : FindZone(TimeZone);

    /// <summary>Reads settings.</summary>
    /// <param name="json">An object with any of <c>misfirePolicy</c>, <c>overlapPolicy</c>, <c>timeZone</c> and <c>isPaused</c>.</param>
    /// <exception cref="FormatException">It is something else; the message says what to write.</exception>
    public static ScheduleSettings Read(JsonElement json) => ReadValue(DynamicJson.FromElement(json));

    /// <summary>Reads stored settings.</summary>
    /// <param name="json">JSON text.</param>
    /// <exception cref="FormatException">They cannot be read.</exception>
    public static ScheduleSettings Read(string json) => DynamicJson.TryParse(json, out var value)
        ? ReadValue(value)
        : throw new FormatException("The schedule settings are not JSON.");

    /// <summary>What a document says about one of its activities.</summary>
    /// <param name="content">The document.</param>
    /// <param name="activity">The activity that fires.</param>
    /// <exception cref="FormatException">The settings cannot be read; the message says where and why.</exception>
    public static ScheduleSettings Of(DefinitionContent content, Activity activity)
    {
        var ofWorkflow = Of(content.CustomProperties.GetValueOrDefault(PropertyName), "the workflow");
        return Of(activity.CustomProperties.TryGetValue(PropertyName, out var own) ? own : null, $"the activity '{activity.Id}'").Or(ofWorkflow);
    }

    /// <summary>The zone with this id.</summary>
    /// <param name="id">IANA id, for example <c>Europe/Berlin</c>.</param>
    /// <exception cref="FormatException">There is none.</exception>
    public static TimeZoneInfo FindZone(string id) => TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) && zone.HasIanaId
        ? zone
        : throw new FormatException($"The time zone '{id}' is not known. Write an IANA id, for example \"Europe/Berlin\" or \"UTC\".");

    /// <summary>These settings, and where they say nothing the others.</summary>
    /// <param name="others">What holds otherwise.</param>
    public ScheduleSettings Or(ScheduleSettings others) => new(
        MisfirePolicy ?? others.MisfirePolicy, OverlapPolicy ?? others.OverlapPolicy, TimeZone ?? others.TimeZone, IsPaused ?? others.IsPaused);

    private static ScheduleSettings Of(object? value, string holder)
    {
        try
        {
            return value is null ? Default : ReadValue(value);
        }
        catch (FormatException exception)
        {
            throw new FormatException($"customProperties.{PropertyName} of {holder} cannot be used. {exception.Message}", exception);
        }
    }

    private static ScheduleSettings ReadValue(object? value)
    {
        if (value is not IReadOnlyDictionary<string, object?> members)
            throw new FormatException("The schedule settings are not an object. Write {\"timeZone\": \"Europe/Berlin\"} for example.");
        var settings = Default;
        foreach (var (name, member) in members)
        {
            settings = name switch
            {
                _ when member is null => settings,
                "misfirePolicy" => settings with { MisfirePolicy = ReadName<MisfirePolicy>(name, member) },
                "overlapPolicy" => settings with { OverlapPolicy = ReadName<OverlapPolicy>(name, member) },
                "timeZone" => settings with { TimeZone = ReadZone(member) },
                "isPaused" => settings with { IsPaused = member as bool? ?? throw new FormatException("'isPaused' is neither true nor false.") },
                _ => throw new FormatException($"'{name}' is not known in schedule settings. Known: misfirePolicy, overlapPolicy, timeZone, isPaused."),
            };
        }

        return settings;
    }

    private static string ReadZone(object value)
    {
        var id = value as string ?? throw new FormatException("'timeZone' is not a text. Write an IANA id, for example \"Europe/Berlin\".");
        FindZone(id);
        return id;
    }

    private static T ReadName<T>(string member, object value)
        where T : struct, Enum =>
        value is string text && Enum.GetNames<T>().FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } known
            ? Enum.Parse<T>(known)
            : throw new FormatException($"'{member}' cannot be {(value is string ? $"'{value}'" : "this")}. Write one of: {string.Join(", ", Enum.GetNames<T>())}.");
}
