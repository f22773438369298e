using System.Globalization;
using System.Text.Json;
using Platform.Engine.Definitions;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Scheduling;
using Platform.Runtime.Store;
using Platform.Server.Audit;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;
using Cron = Platform.Runtime.Scheduling.Schedules;

namespace Platform.Server.Api;

/// <summary>The schedules of published workflows: when they fire, how, and what operators do to them.</summary>
internal static class Schedules
{
    private const int TakeDefault = 50;
    private const int TakeMax = 1_000;
    private const int MomentsDefault = 10;
    private const int MomentsMax = 100;

    /// <summary>Maps <c>/api/schedules</c>. The id of a schedule is its definition and its activity, joined by a bar.</summary>
    /// <param name="api">The API.</param>
    public static void MapSchedules(this IEndpointRouteBuilder api)
    {
        var schedules = api.MapGroup("/schedules").WithTags("Schedules").Takes("id", "Id of the schedule: its workflow and its activity, joined by a bar.");
        schedules.MapGet("", ListAsync).RequirePermission("read:schedules")
            .WithSummary("Lists the schedules of published workflows.")
            .Produces<ScheduleList>();
        schedules.MapGet("/{id}", FindAsync).RequirePermission("read:schedules")
            .WithSummary("Reads one schedule.")
            .Produces<ScheduleModel>()
            .Refuses(StatusCodes.Status404NotFound, "WF4541");
        schedules.MapGet("/{id}/next", NextAsync).RequirePermission("read:schedules")
            .WithSummary("Tells when a schedule fires next.")
            .Produces<ScheduleMoments>()
            .Takes("count", "How many moments, 1 to 100.")
            .Refuses(StatusCodes.Status404NotFound, "WF4541");
        schedules.MapPost("/preview", PreviewAsync).RequirePermission("read:schedules").NotAudited("It only reads.")
            .WithSummary("Tells when a cron expression would fire.")
            .Reads<PreviewBody>()
            .Produces<ScheduleMoments>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4540", "WF4542");
        schedules.MapPut("/{id}/settings", SetAsync).RequirePermission("manage:schedules").Audited("schedule.set", "schedule", "id")
            .WithSummary("Sets time zone, missed ticks, overlap and pause of a schedule, over what its workflow says.")
            .Reads<ScheduleSettingsModel>()
            .Produces<ScheduleModel>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4540")
            .Refuses(StatusCodes.Status404NotFound, "WF4541");
        schedules.MapPost("/{id}/pause", PauseAsync).RequirePermission("manage:schedules").Audited("schedule.pause", "schedule", "id")
            .WithSummary("Keeps a schedule from firing.")
            .Produces<ScheduleModel>()
            .Refuses(StatusCodes.Status404NotFound, "WF4541");
        schedules.MapPost("/{id}/resume", ResumeAsync).RequirePermission("manage:schedules").Audited("schedule.resume", "schedule", "id")
            .WithSummary("Lets a schedule fire again.")
            .Produces<ScheduleModel>()
            .Refuses(StatusCodes.Status404NotFound, "WF4541");
        schedules.MapPost("/{id}/trigger", TriggerAsync).RequirePermission("manage:schedules").Audited("schedule.trigger", "schedule", "id")
            .WithSummary("Fires a schedule now.")
            .Produces<ScheduleStarted>(StatusCodes.Status202Accepted)
            .Refuses(StatusCodes.Status404NotFound, "WF4541");
        schedules.MapPost("/{id}/backfill", BackfillAsync).RequirePermission("manage:schedules").Audited("schedule.backfill", "schedule", "id")
            .WithSummary("Starts, or only lists, the ticks of a past time.")
            .Reads<BackfillBody>()
            .Produces<BackfillModel>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4543")
            .Refuses(StatusCodes.Status404NotFound, "WF4541");
    }

    private static async Task<IResult> ListAsync(
        ScheduleControl control, IWorkflowStore store, CancellationToken cancellationToken, string? definitionId = null, int skip = 0, int take = TakeDefault)
    {
        if (skip < 0 || take is < 1 or > TakeMax)
            return Problem.Unreadable with { Detail = $"'skip' begins at 0, and 'take' is between 1 and {TakeMax}." };
        var page = await control.ListAsync(definitionId, skip, take, cancellationToken);
        var filter = new DefinitionFilter { Versions = VersionOptions.Published, DefinitionIds = [.. page.Items.Select(info => info.DefinitionId).Distinct()] };
        var names = (await store.ListDefinitionsAsync(filter, cancellationToken)).Items.ToDictionary(version => version.DefinitionId, version => version.Name);
        return ApiJson.Reply(new ScheduleList([.. page.Items.Select(info => ToAnswer(info, names.GetValueOrDefault(info.DefinitionId)))], page.TotalCount));
    }

    private static async Task<IResult> FindAsync(string id, ScheduleControl control, IWorkflowStore store, CancellationToken cancellationToken) =>
        await ReplyAsync(await control.FindAsync(id, cancellationToken), id, store, cancellationToken);

    private static async Task<IResult> NextAsync(string id, ScheduleControl control, CancellationToken cancellationToken, int count = MomentsDefault)
    {
        if (count is < 1 or > MomentsMax)
            return WrongCount;
        if (await control.FindAsync(id, cancellationToken) is not { } info || await control.NextAsync(id, count, cancellationToken) is not { } moments)
            return Missing(id);
        return ApiJson.Reply(ToAnswer(moments, ScheduleSettings.FindZone(info.Settings.TimeZone ?? "UTC")));
    }

    private static async Task<IResult> PreviewAsync(HttpRequest request, TimeProvider clock)
    {
        var body = await ApiJson.ReadAsync<PreviewBody>(request);
        if (body.Count is < 1 or > MomentsMax)
            return WrongCount;
        TimeZoneInfo zone;
        try
        {
            zone = ScheduleSettings.FindZone(body.TimeZone ?? "UTC");
        }
        catch (FormatException exception)
        {
            return WrongSettings(exception);
        }

        try
        {
            return ApiJson.Reply(ToAnswer(Cron.Preview(body.CronExpression, clock.GetUtcNow(), zone, body.Count), zone));
        }
        catch (FormatException exception)
        {
            return new Problem(StatusCodes.Status400BadRequest, "WF4542", "The cron expression cannot be used", exception.Message);
        }
    }

    private static async Task<IResult> SetAsync(string id, HttpRequest request, ScheduleControl control, IWorkflowStore store, CancellationToken cancellationToken)
    {
        var body = await ApiJson.ReadAsync<ScheduleSettingsModel>(request);
        try
        {
            var settings = ScheduleSettings.Read(JsonSerializer.SerializeToElement(body, ApiJson.Default.ScheduleSettingsModel));
            return await ReplyAsync(await control.SetAsync(id, _ => settings, cancellationToken), id, store, cancellationToken);
        }
        catch (FormatException exception)
        {
            return WrongSettings(exception);
        }
    }

    private static async Task<IResult> PauseAsync(string id, ScheduleControl control, IWorkflowStore store, CancellationToken cancellationToken) =>
        await ReplyAsync(await control.PauseAsync(id, isPaused: true, cancellationToken), id, store, cancellationToken);

    private static async Task<IResult> ResumeAsync(string id, ScheduleControl control, IWorkflowStore store, CancellationToken cancellationToken) =>
        await ReplyAsync(await control.PauseAsync(id, isPaused: false, cancellationToken), id, store, cancellationToken);

    private static async Task<IResult> TriggerAsync(string id, ScheduleControl control, Intake intake, CancellationToken cancellationToken)
    {
        if (intake.IsClosed)
            return Refusals.Stopped;
        return await control.TriggerAsync(id, cancellationToken) is { } instanceId
            ? ApiJson.Reply(new ScheduleStarted(instanceId), StatusCodes.Status202Accepted)
            : Missing(id);
    }

    private static async Task<IResult> BackfillAsync(
        string id, HttpRequest request, ScheduleControl control, Intake intake, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (intake.IsClosed)
            return Refusals.Stopped;
        var body = await ApiJson.ReadAsync<BackfillBody>(request);
        if (!TryReadMoment(body.From, out var from) || !TryReadMoment(body.To, out var to))
            return WrongRange("'from' and 'to' are moments, for example \"2026-01-31T08:00:00Z\"; UTC when no offset is given.");
        if (from > to)
            return WrongRange("'from' is after 'to'.");
        if (to > clock.GetUtcNow())
            return WrongRange("'to' is in the future. A backfill starts past ticks; the schedule itself starts the coming ones.");
        return (await control.BackfillAsync(id, from, to, body.DryRun, cancellationToken)).Match(
            done => ApiJson.Reply(new BackfillModel(body.DryRun, done.Ticks.Count(tick => tick.IsStarted), done.Ticks)),
            tooMany => WrongRange($"The range has more than {tooMany.Most} ticks. Take a shorter one; Runtime:ScheduleBackfillMax sets the limit."),
            _ => Missing(id));
    }

    private static bool TryReadMoment(string text, out DateTimeOffset moment) => DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out moment);

    private static async Task<IResult> ReplyAsync(ScheduleInfo? info, string id, IWorkflowStore store, CancellationToken cancellationToken)
    {
        if (info is null)
            return Missing(id);
        var definition = await store.FindDefinitionAsync(info.DefinitionId, VersionOptions.Published, cancellationToken);
        return ApiJson.Reply(ToAnswer(info, definition?.Name));
    }

    private static ScheduleModel ToAnswer(ScheduleInfo info, string? name) => new(
        info.Id, info.DefinitionId, name, info.ActivityId, info.Kind, info.Expression, info.Settings.TimeZone ?? "UTC",
        info.Settings.MisfirePolicy ?? MisfirePolicy.Last, info.Settings.OverlapPolicy ?? OverlapPolicy.Allow, info.Settings.IsPaused ?? false,
        info.NextDueAt, info.LastTickAt, info.LastFiredAt, info.FiredCount, info.MissedCount, info.SkippedCount, info.QueuedCount,
        new ScheduleSettingsModel(
            info.SetByOperator.MisfirePolicy?.ToString(), info.SetByOperator.OverlapPolicy?.ToString(), info.SetByOperator.TimeZone, info.SetByOperator.IsPaused));

    private static ScheduleMoments ToAnswer(IReadOnlyList<DateTimeOffset> moments, TimeZoneInfo zone) =>
        new(zone.Id, [.. moments.Select(moment => new ScheduleMoment(moment, TimeZoneInfo.ConvertTime(moment, zone)))]);

    private static Problem WrongCount => Problem.Unreadable with { Detail = $"'count' is between 1 and {MomentsMax}." };

    internal static Problem WrongSettings(FormatException exception) =>
        new(StatusCodes.Status400BadRequest, "WF4540", "The schedule settings cannot be used", exception.Message);

    private static Problem WrongRange(string detail) => new(StatusCodes.Status400BadRequest, "WF4543", "The range of the backfill cannot be used", detail);

    private static Problem Missing(string id) => new(
        StatusCodes.Status404NotFound, "WF4541", "There is no such schedule",
        $"There is no schedule '{id}'. Its workflow was deleted or retracted, or has no such trigger any more. GET /api/schedules lists what there is.");
}

/// <summary>One page of schedules, by definition and activity.</summary>
/// <param name="Items">The schedules.</param>
/// <param name="TotalCount">How many there are on all pages.</param>
internal sealed record ScheduleList(IReadOnlyList<ScheduleModel> Items, long TotalCount);

/// <summary>A schedule.</summary>
/// <param name="Id">Its id.</param>
/// <param name="DefinitionId">The workflow.</param>
/// <param name="DefinitionName">Name of the workflow.</param>
/// <param name="ActivityId">The activity that fires.</param>
/// <param name="Kind">Kind of the activity: <c>Cron</c>, <c>Timer</c> or <c>StartAt</c>.</param>
/// <param name="Expression">When it fires, as the workflow says it.</param>
/// <param name="TimeZone">Its time zone.</param>
/// <param name="MisfirePolicy">What becomes of ticks that were missed.</param>
/// <param name="OverlapPolicy">What becomes of a tick while an earlier run goes on.</param>
/// <param name="IsPaused">Whether it fires nothing.</param>
/// <param name="NextDueAt">When it fires next, UTC; null for never.</param>
/// <param name="LastTickAt">The last moment at which it was due, UTC.</param>
/// <param name="LastFiredAt">When it last started a run, UTC.</param>
/// <param name="FiredCount">Ticks that started a run.</param>
/// <param name="MissedCount">Ticks that were missed.</param>
/// <param name="SkippedCount">Ticks that the overlap policy left out.</param>
/// <param name="QueuedCount">Ticks that wait for an earlier run.</param>
/// <param name="SetByOperator">What an operator has set over what the workflow says.</param>
internal sealed record ScheduleModel(
    string Id,
    string DefinitionId,
    string? DefinitionName,
    string ActivityId,
    string Kind,
    string Expression,
    string TimeZone,
    MisfirePolicy MisfirePolicy,
    OverlapPolicy OverlapPolicy,
    bool IsPaused,
    DateTimeOffset? NextDueAt,
    DateTimeOffset? LastTickAt,
    DateTimeOffset? LastFiredAt,
    long FiredCount,
    long MissedCount,
    long SkippedCount,
    int QueuedCount,
    ScheduleSettingsModel SetByOperator);

/// <summary>What an operator sets; null for what the workflow's document says.</summary>
/// <param name="MisfirePolicy"><c>Skip</c>, <c>Last</c> or <c>All</c>.</param>
/// <param name="OverlapPolicy"><c>Allow</c>, <c>Skip</c>, <c>Queue</c> or <c>CancelOld</c>.</param>
/// <param name="TimeZone">An IANA name.</param>
/// <param name="IsPaused">Whether it fires nothing.</param>
internal sealed record ScheduleSettingsModel(string? MisfirePolicy = null, string? OverlapPolicy = null, string? TimeZone = null, bool? IsPaused = null);

/// <summary>Moments to come.</summary>
/// <param name="TimeZone">The time zone.</param>
/// <param name="Moments">The moments, soonest first.</param>
internal sealed record ScheduleMoments(string TimeZone, IReadOnlyList<ScheduleMoment> Moments);

/// <summary>A moment, in UTC and as the clock on the wall shows it.</summary>
/// <param name="At">In UTC.</param>
/// <param name="Local">In the time zone.</param>
internal sealed record ScheduleMoment(DateTimeOffset At, DateTimeOffset Local);

/// <summary>Asks when an expression would fire.</summary>
/// <param name="CronExpression">Five fields as Unix writes them, or six or seven with seconds first.</param>
/// <param name="TimeZone">An IANA name; UTC when absent.</param>
/// <param name="Count">How many moments, 1 to 100.</param>
internal sealed record PreviewBody(string CronExpression, string? TimeZone = null, int Count = 10);

/// <summary>The instance that was queued to start.</summary>
/// <param name="InstanceId">Id of the instance.</param>
internal sealed record ScheduleStarted(string InstanceId);

/// <summary>Asks for the ticks of a past range, both ends included.</summary>
/// <param name="From">First moment; UTC when no offset is given.</param>
/// <param name="To">Last moment, not in the future.</param>
/// <param name="DryRun">Whether the ticks are only listed.</param>
internal sealed record BackfillBody(string From, string To, bool DryRun = false);

/// <summary>What a backfill did, or would do.</summary>
/// <param name="DryRun">Whether the ticks were only listed.</param>
/// <param name="StartedCount">How many instances were started, or would be.</param>
/// <param name="Ticks">The ticks, oldest first.</param>
internal sealed record BackfillModel(bool DryRun, int StartedCount, IReadOnlyList<BackfillTick> Ticks);
