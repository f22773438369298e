using System.Text.Json;
using Platform.Runtime.Execution;
using Platform.Runtime.Scheduling;
using Platform.Runtime.Store;
using Platform.Server.Api;
using Platform.Server.Audit;
using Platform.Server.Monitoring.Health;
using Platform.Server.Monitoring.Series;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Compatibility;

/// <summary>The routes of an automation system: one workflow that is started and stopped, one that makes content, their schedules, their health.</summary>
internal static class AutomationRoutes
{
    private const string WorkflowSetting = "Compatibility:Automation:Workflow";
    private const string ContentSetting = "Compatibility:Automation:ContentWorkflow";
    private const int SchedulesMax = 1_000;

    /// <summary>Maps <c>/api/automation</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapAutomation(this IEndpointRouteBuilder api)
    {
        var automation = api.MapGroup("/automation").WithTags("Compatibility");
        automation.MapGet("/workflow", ShowAsync).RequirePermission("read:workflow-instances")
            .WithSummary("Tells whether the registered workflow runs.")
            .Produces<AutomationState>()
            .Refuses(StatusCodes.Status404NotFound, "WF4861");
        automation.MapPost("/workflow", ActAsync).RequirePermission("exec:workflow-definitions").Audited("automation.act", "automation")
            .WithSummary("Starts or stops the registered workflow, or starts the one that makes content.")
            .Reads<AutomationBody>()
            .Produces<AutomationDone>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4862")
            .Refuses(StatusCodes.Status404NotFound, "WF4861");
        automation.MapGet("/scheduler", ShowSchedulerAsync).RequirePermission("read:queue", "manage:queue")
            .WithSummary("Tells what is queued, and when the registered workflows run next.")
            .Produces<SchedulerState>();
        automation.MapPost("/scheduler", ActOnSchedulerAsync).RequirePermission("manage:schedules").Audited("automation.schedule", "automation")
            .WithSummary("Lets the schedules of the registered workflows go on (start), or pauses them (stop), or makes content now.")
            .Reads<AutomationBody>()
            .Produces<AutomationDone>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4862")
            .Refuses(StatusCodes.Status404NotFound, "WF4861");
        automation.MapGet("/health", ShowHealth).RequirePermission("read:monitor", "manage:monitor")
            .WithSummary("Tells how services, database and memory are, and how often runs succeed.")
            .Produces<AutomationHealth>();
    }

    private static Problem Unknown(string action) => new(
        StatusCodes.Status400BadRequest, "WF4862", "The action is not known", $"The action '{action}' is not known. Send start, stop or generate_content.");

    private static async Task<IResult> ShowAsync(CompatibilityOptions options, RegisteredRuns runs, CancellationToken cancellationToken)
    {
        if (options.Automation.Workflow is not { Length: > 0 } workflow)
            return RegisteredRuns.NoneRegistered(WorkflowSetting);
        var running = await runs.ListRunningAsync(workflow, cancellationToken);
        var last = await runs.FindLastAsync(workflow, cancellationToken);
        return ApiJson.Reply(new AutomationState(
            running.TotalCount > 0 ? "running" : "stopped", workflow, running.TotalCount, last?.Id, last?.CreatedAt, last?.SubStatus.ToLowerInvariant()));
    }

    private static async Task<IResult> ActAsync(HttpRequest request, CompatibilityOptions options, RegisteredRuns runs)
    {
        var body = await ApiJson.ReadAsync<AutomationBody>(request);
        var cancellationToken = request.HttpContext.RequestAborted;
        switch (body.Action)
        {
            case "start":
                var (started, refusal) = await runs.StartAsync(options.Automation.Workflow, WorkflowSetting, new Dictionary<string, JsonElement>(StringComparer.Ordinal), cancellationToken);
                return refusal ?? ApiJson.Reply(new AutomationDone(true, body.Action, started, 1));
            case "stop" when options.Automation.Workflow is { Length: > 0 } workflow:
                return ApiJson.Reply(new AutomationDone(true, body.Action, null, await runs.CancelAllAsync(workflow, cancellationToken)));
            case "stop":
                return RegisteredRuns.NoneRegistered(WorkflowSetting);
            case "generate_content":
                return await GenerateAsync(body, options, runs, cancellationToken);
            default:
                return Unknown(body.Action);
        }
    }

    private static async Task<IResult> GenerateAsync(AutomationBody body, CompatibilityOptions options, RegisteredRuns runs, CancellationToken cancellationToken)
    {
        var input = new Dictionary<string, JsonElement>(StringComparer.Ordinal) { ["count"] = JsonElement.Parse(body.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)) };
        var (instanceId, refusal) = await runs.StartAsync(options.Automation.ContentWorkflow, ContentSetting, input, cancellationToken);
        return refusal ?? ApiJson.Reply(new AutomationDone(true, body.Action, instanceId, body.Count));
    }

    private static IReadOnlyList<string> WorkflowsOf(CompatibilityOptions options) =>
        [.. new[] { options.Automation.Workflow, options.Automation.ContentWorkflow }.Where(id => !string.IsNullOrEmpty(id)).OfType<string>().Distinct(StringComparer.Ordinal)];

    private static async ValueTask<List<ScheduleInfo>> SchedulesAsync(CompatibilityOptions options, ScheduleControl control, CancellationToken cancellationToken)
    {
        List<ScheduleInfo> schedules = [];
        foreach (var workflow in WorkflowsOf(options))
            schedules.AddRange((await control.ListAsync(workflow, 0, SchedulesMax, cancellationToken)).Items);
        return schedules;
    }

    private static async Task<IResult> ShowSchedulerAsync(
        CompatibilityOptions options, ScheduleControl control, IWorkflowStore store, WorkQueue queue, TimeProvider clock, CancellationToken cancellationToken)
    {
        var schedules = await SchedulesAsync(options, control, cancellationToken);
        var counts = await store.CountWorkAsync(clock.GetUtcNow(), cancellationToken);
        var state = new SchedulerQueue(counts.Sum(count => count.Due), counts.Sum(count => count.Delayed), queue.HeldCount);
        return ApiJson.Reply(new SchedulerState(
            schedules.Count == 0 ? "idle" : schedules.TrueForAll(schedule => schedule.Settings.IsPaused == true) ? "stopped" : "running",
            state,
            [.. schedules.Select(schedule => new ScheduledJob(schedule.Id, schedule.DefinitionId, schedule.Expression, schedule.Settings.IsPaused == true, schedule.NextDueAt, schedule.LastFiredAt))]));
    }

    private static async Task<IResult> ActOnSchedulerAsync(HttpRequest request, CompatibilityOptions options, ScheduleControl control, RegisteredRuns runs)
    {
        var body = await ApiJson.ReadAsync<AutomationBody>(request);
        var cancellationToken = request.HttpContext.RequestAborted;
        if (body.Action == "generate_content")
            return await GenerateAsync(body, options, runs, cancellationToken);
        if (body.Action is not ("start" or "stop"))
            return Unknown(body.Action);
        var schedules = await SchedulesAsync(options, control, cancellationToken);
        if (schedules.Count == 0)
            return RegisteredRuns.NoneRegistered(WorkflowSetting) with { Detail = $"No workflow with a schedule is registered. Set {WorkflowSetting} or {ContentSetting} to the definition id of one that begins with Cron or Timer." };
        foreach (var schedule in schedules)
            await control.PauseAsync(schedule.Id, body.Action == "stop", cancellationToken);
        return ApiJson.Reply(new AutomationDone(true, body.Action, null, schedules.Count));
    }

    private static IResult ShowHealth(HealthMonitor monitor, RunCounts runs)
    {
        var views = monitor.Views;
        var services = views.ToDictionary(
            view => view.Name,
            view => new AutomationService(
                view.Status switch { SubjectStatus.Healthy => "ok", SubjectStatus.Degraded => "degraded", SubjectStatus.Unhealthy => "down", SubjectStatus.Unknown => "unknown" },
                view.IsService || view.Id == PlatformSubjects.Database ? view.Main?.Value : null,
                view.Id is PlatformSubjects.Memory or PlatformSubjects.Cpu or PlatformSubjects.Disk && view.Main is { } main ? FormattableString.Invariant($"{main.Value:0.#}%") : null),
            StringComparer.Ordinal);
        var workflows = runs.Workflows.Where(item => item.Value.Ended > 0).ToDictionary(
            item => item.Key, item => new AutomationSuccess(Math.Round(100.0 * (item.Value.Ended - item.Value.Faulted) / item.Value.Ended, 1)), StringComparer.Ordinal);
        return ApiJson.Reply(new AutomationHealth(MonitorRoutes.Overall(views), services, workflows));
    }
}

/// <summary>What to do.</summary>
/// <param name="Action"><c>start</c>, <c>stop</c> or <c>generate_content</c>.</param>
/// <param name="Count">How much content is made.</param>
internal sealed record AutomationBody(string Action, int Count = 1);

/// <summary>What was done.</summary>
/// <param name="Success">Always true; a refusal is a problem.</param>
/// <param name="Action">What was asked for.</param>
/// <param name="InstanceId">The instance that was started, or null.</param>
/// <param name="Count">How many were started, stopped or asked for.</param>
internal sealed record AutomationDone(bool Success, string Action, string? InstanceId, int Count);

/// <summary>Whether a workflow runs.</summary>
/// <param name="Status"><c>running</c> or <c>stopped</c>.</param>
/// <param name="Workflow">Its definition id.</param>
/// <param name="Running">Runs that have not ended.</param>
/// <param name="LastInstanceId">The run that was created last, or null.</param>
/// <param name="LastStartedAt">When it was created, or null.</param>
/// <param name="LastStatus">How it is, or null.</param>
internal sealed record AutomationState(string Status, string Workflow, long Running, string? LastInstanceId, DateTimeOffset? LastStartedAt, string? LastStatus);

/// <summary>What is queued and what is scheduled.</summary>
/// <param name="Status"><c>running</c>, <c>stopped</c> when all schedules are paused, <c>idle</c> when there are none.</param>
/// <param name="Queue">What is queued.</param>
/// <param name="Jobs">The schedules of the registered workflows.</param>
internal sealed record SchedulerState(string Status, SchedulerQueue Queue, IReadOnlyList<ScheduledJob> Jobs);

/// <summary>What is queued.</summary>
/// <param name="Waiting">Work that is due.</param>
/// <param name="Delayed">Work for later.</param>
/// <param name="Active">Work in memory that waits for a worker or is being done.</param>
internal sealed record SchedulerQueue(long Waiting, long Delayed, int Active);

/// <summary>A schedule.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Workflow">Definition id of its workflow.</param>
/// <param name="Cron">When it fires.</param>
/// <param name="IsPaused">Whether it is paused.</param>
/// <param name="NextRun">When it fires next, or null.</param>
/// <param name="LastRun">When it started a run last, or null.</param>
internal sealed record ScheduledJob(string Id, string Workflow, string Cron, bool IsPaused, DateTimeOffset? NextRun, DateTimeOffset? LastRun);

/// <summary>How everything is.</summary>
/// <param name="Status">The worst of all.</param>
/// <param name="Services">How each thing is, by its name.</param>
/// <param name="Workflows">How often runs succeed, by workflow.</param>
internal sealed record AutomationHealth(SubjectStatus Status, IReadOnlyDictionary<string, AutomationService> Services, IReadOnlyDictionary<string, AutomationSuccess> Workflows);

/// <summary>How one thing is.</summary>
/// <param name="Status"><c>ok</c>, <c>degraded</c>, <c>down</c> or <c>unknown</c>.</param>
/// <param name="Latency">How long it took to answer, in milliseconds, or null.</param>
/// <param name="Used">How much of it is in use, or null.</param>
internal sealed record AutomationService(string Status, double? Latency, string? Used);

/// <summary>How often runs succeed.</summary>
/// <param name="SuccessRate">Share of those that did not fault, in percent, since the server was started.</param>
internal sealed record AutomationSuccess(double SuccessRate);
