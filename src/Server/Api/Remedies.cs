using System.Text.Json;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Store;
using Platform.Server.Audit;
using Platform.Server.Monitoring;
using Platform.Server.Monitoring.Alerts;
using Platform.Server.Monitoring.Health;
using Platform.Server.Monitoring.Remedies;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>The workflows that mend what is wrong, and what they did.</summary>
internal static class Remedies
{
    /// <summary>Maps <c>/api/remedies</c> and <c>/api/remedy-runs</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapRemedies(this IEndpointRouteBuilder api)
    {
        var remedies = api.MapGroup("/remedies").WithTags("Remedies").Takes("name", "Name of the remedy, in any case.");
        remedies.MapGet("", List).RequirePermission("read:monitor", "manage:monitor")
            .WithSummary("Lists the workflows that are started when something is wrong.")
            .Produces<RemedyList>();
        remedies.MapPost("", CreateAsync).RequirePermission("manage:monitor").Audited("remedy.create", Remedy.DocumentKind)
            .WithSummary("Makes a remedy; it counts from the next check on.")
            .Reads<RemedyBody>()
            .Produces<RemedyModel>(StatusCodes.Status201Created)
            .Refuses(StatusCodes.Status400BadRequest, "WF4850")
            .Refuses(StatusCodes.Status409Conflict, "WF4852");
        remedies.MapGet("/{name}", Find).RequirePermission("read:monitor", "manage:monitor")
            .WithSummary("Reads one remedy.")
            .Produces<RemedyModel>()
            .Refuses(StatusCodes.Status404NotFound, "WF4851");
        remedies.MapPut("/{name}", ChangeAsync).RequirePermission("manage:monitor").Audited("remedy.change", Remedy.DocumentKind, "name")
            .WithSummary("Changes a remedy as a whole, also one that is built in or comes from the configuration.")
            .Reads<RemedyBody>()
            .Produces<RemedyModel>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4850")
            .Refuses(StatusCodes.Status404NotFound, "WF4851");
        remedies.MapDelete("/{name}", RemoveAsync).RequirePermission("manage:monitor").Audited("remedy.delete", Remedy.DocumentKind, "name")
            .WithSummary("Takes back what was stored of a remedy; what is built in or configured counts again.")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(StatusCodes.Status404NotFound, "WF4851")
            .Refuses(StatusCodes.Status409Conflict, "WF4852");
        remedies.MapPost("/{name}/run", RunAsync).RequirePermission("manage:monitor").Audited("remedy.run", Remedy.DocumentKind, "name")
            .WithSummary("Starts a remedy by hand, whatever its mode and its cooldown.")
            .Reads<RemedyRunBody>()
            .Produces<RemedyRunModel>(StatusCodes.Status202Accepted)
            .Refuses(StatusCodes.Status404NotFound, "WF4840", "WF4851")
            .Refuses(StatusCodes.Status429TooManyRequests, "WF4853");
        api.MapGet("/remedy-runs", ListRunsAsync).WithTags("Remedies").RequirePermission("read:monitor", "manage:monitor")
            .WithSummary("Lists what remedies did and left out, what came last in front.")
            .Takes("remedy", "Only of this remedy.")
            .Takes("subject", "Only for this subject.")
            .Produces<RemedyRunList>();
    }

    private static Problem Missing(string name) => new(StatusCodes.Status404NotFound, "WF4851", "There is no such remedy", $"There is no remedy '{name}'.");

    private static Problem Invalid(IEnumerable<string> mistakes) => new(StatusCodes.Status400BadRequest, "WF4850", "The remedy cannot be used", string.Join(" ", mistakes));

    private static IResult List(RemedyBook book, int skip = 0, int take = 50)
    {
        if (!Paging.IsRight(skip, take, out var wrong))
            return wrong;
        var remedies = book.Settings.All;
        return ApiJson.Reply(new RemedyList([.. remedies.Skip(skip).Take(take).Select(item => ModelOf(item.Value, book))], remedies.Count));
    }

    private static IResult Find(string name, RemedyBook book) => book.Settings.Find(name) is { } remedy ? ApiJson.Reply(ModelOf(remedy, book)) : Missing(name);

    private static async Task<IResult> CreateAsync(HttpRequest request, RemedyBook book, AlertSettings alerts)
    {
        var body = await ApiJson.ReadAsync<RemedyBody>(request);
        return await SaveAsync(body.Name ?? "", body, isNew: true, book, alerts);
    }

    private static async Task<IResult> ChangeAsync(string name, HttpRequest request, RemedyBook book, AlertSettings alerts)
    {
        var body = await ApiJson.ReadAsync<RemedyBody>(request);
        if (body.Name is { } other && !other.Equals(name, StringComparison.OrdinalIgnoreCase))
            return Invalid([$"The body names the remedy '{other}', the address '{name}'. A name cannot be changed."]);
        return book.Settings.Find(name) is { } known ? await SaveAsync(known.Name, body, isNew: false, book, alerts) : Missing(name);
    }

    private static async Task<IResult> SaveAsync(string name, RemedyBody body, bool isNew, RemedyBook book, AlertSettings alerts)
    {
        var condition = body.Condition is not { } given ? null
            : new Condition(given.Metric, given.Subject, given.Comparison, given.Threshold, given.For ?? TimeSpan.Zero);
        var remedy = new Remedy(
            name, body.Description, body.Rule, condition, body.Subject, body.Workflow, body.Input ?? [], body.Mode, body.Cooldown ?? TimeSpan.FromMinutes(5), body.MaxPerHour);
        var mistakes = remedy.Mistakes(rule => alerts.Rules.Find(rule) is not null).ToList();
        if (!NamedSettings<Remedy>.IsName(name))
            mistakes.Insert(0, $"'{name}' cannot be a name. Use at most 100 letters, digits, '-', '_' and '.'.");
        if (mistakes.Count > 0)
            return Invalid(mistakes);
        return await book.Settings.SaveAsync(name, remedy, isNew) switch
        {
            SettingChange.Saved => ApiJson.Reply(ModelOf(remedy, book), isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK),
            SettingChange.Missing => Missing(name),
            SettingChange.TooMany => Invalid(["As many remedies are stored as may be."]),
            SettingChange.Taken or SettingChange.NotStored => new Problem(StatusCodes.Status409Conflict, "WF4852", "The remedy is there already", $"There is a remedy '{name}' already. Change it with PUT, or choose another name."),
        };
    }

    private static async Task<IResult> RemoveAsync(string name, RemedyBook book) => await book.Settings.RemoveAsync(name) switch
    {
        SettingChange.Saved => Results.NoContent(),
        SettingChange.NotStored => new Problem(
            StatusCodes.Status409Conflict, "WF4852", "The remedy is not stored",
            $"The remedy '{name}' is built in or comes from the configuration. Turn it off with a PUT in which 'mode' is off."),
        SettingChange.Missing or SettingChange.Taken or SettingChange.TooMany => Missing(name),
    };

    private static async Task<IResult> RunAsync(string name, HttpRequest request, RemedyBook book, HealthMonitor monitor, Intake intake)
    {
        var body = await ApiJson.ReadAsync<RemedyRunBody>(request);
        if (book.Settings.Find(name) is not { } remedy)
            return Missing(name);
        if (monitor.Find(body.Subject) is not { } view)
            return MonitorRoutes.Missing($"'{body.Subject}' is not monitored. GET /api/monitor lists what is.");
        if (intake.IsClosed)
            return Refusals.Stopped;
        return await book.RunAsync(remedy, view.Id, Alerts.NameOf(request), request.HttpContext.RequestAborted) is { } run
            ? ApiJson.Reply(ModelOf(run, null), StatusCodes.Status202Accepted)
            : new Refusal(
                new Problem(StatusCodes.Status429TooManyRequests, "WF4853", "The remedy has done enough", $"The remedy '{name}' has done as much as it may in an hour, {remedy.MaxPerHour}. Raise 'maxPerHour', or wait."),
                TimeSpan.FromMinutes(5));
    }

    private static async Task<IResult> ListRunsAsync(
        RemedyBook book, IWorkflowStore store, CancellationToken cancellationToken, int skip = 0, int take = 50, string? remedy = null, string? subject = null)
    {
        if (!Paging.IsRight(skip, take, out var wrong))
            return wrong;
        var runs = book.Runs
            .Where(run => remedy is null || run.Remedy.Equals(remedy, StringComparison.OrdinalIgnoreCase))
            .Where(run => subject is null || run.Subject.Equals(subject, StringComparison.OrdinalIgnoreCase))
            .ToList();
        var page = runs.Skip(skip).Take(take).ToList();
        var ids = page.Select(run => run.InstanceId).OfType<string>().ToList();
        // An empty list of ids would select every instance.
        var instances = ids.Count == 0 ? [] : (await store.ListInstancesAsync(new InstanceFilter { Ids = ids }, cancellationToken)).Items.ToDictionary(instance => instance.Id, StringComparer.Ordinal);
        return ApiJson.Reply(new RemedyRunList([.. page.Select(run => ModelOf(run, run.InstanceId is { } id ? instances.GetValueOrDefault(id) : null))], runs.Count));
    }

    private static RemedyModel ModelOf(Remedy remedy, RemedyBook book)
    {
        var inHour = book.ActionsInHour(remedy.Name);
        return new(
            remedy.Name, remedy.Description, remedy.Rule, remedy.Condition, remedy.Subject, remedy.Workflow, remedy.Input, remedy.Mode, remedy.Cooldown, remedy.MaxPerHour,
            book.Settings.SourceOf(remedy.Name), book.Runs.FirstOrDefault(run => run.Remedy == remedy.Name && run.IsAction)?.At, inHour, inHour >= remedy.MaxPerHour);
    }

    private static RemedyRunModel ModelOf(RemedyRun run, StoredInstance? instance) => new(
        run.Id, run.Remedy, run.Subject, run.AlertId, run.At, run.By, run.Outcome, run.Detail, run.Workflow, run.InstanceId, instance?.Status, instance?.SubStatus, run.Value);
}

/// <summary>A remedy to make, or to change as a whole.</summary>
/// <param name="Workflow">Definition id of the workflow.</param>
/// <param name="Name">Its name: letters, digits, '-', '_' and '.'; the address names it when it is changed.</param>
/// <param name="Description">What it does.</param>
/// <param name="Rule">The rule whose alerts want it; then there is no condition.</param>
/// <param name="Condition">Its own condition; then there is no rule.</param>
/// <param name="Subject">*, service:* or one subject: others do not want it.</param>
/// <param name="Input">Inputs that the workflow gets besides what the remedy tells it.</param>
/// <param name="Mode">What it does when it is wanted.</param>
/// <param name="Cooldown">How long it does nothing for a subject after it did something; five minutes when absent.</param>
/// <param name="MaxPerHour">How often it does something in an hour, for all subjects together.</param>
internal sealed record RemedyBody(
    string Workflow,
    string? Name = null,
    string? Description = null,
    string? Rule = null,
    ConditionBody? Condition = null,
    string Subject = Condition.Any,
    Dictionary<string, JsonElement>? Input = null,
    RemedyMode Mode = RemedyMode.DryRun,
    TimeSpan? Cooldown = null,
    int MaxPerHour = 4);

/// <summary>A condition on a figure.</summary>
/// <param name="Metric">Name of the figure.</param>
/// <param name="Threshold">The threshold.</param>
/// <param name="Subject">*, service:* or one subject.</param>
/// <param name="Comparison">How the figure compares with the threshold.</param>
/// <param name="For">For how long it must have held; no time when absent.</param>
internal sealed record ConditionBody(string Metric, double Threshold, string Subject = Condition.Any, Comparison Comparison = Comparison.AtLeast, TimeSpan? For = null);

/// <summary>For what to run a remedy.</summary>
/// <param name="Subject">The subject.</param>
internal sealed record RemedyRunBody(string Subject);

/// <summary>A remedy.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does, or null.</param>
/// <param name="Rule">The rule whose alerts want it, or null.</param>
/// <param name="Condition">Its own condition, or null.</param>
/// <param name="Subject">Which subjects want it.</param>
/// <param name="Workflow">Definition id of the workflow.</param>
/// <param name="Input">Inputs that the workflow gets besides what the remedy tells it.</param>
/// <param name="Mode">What it does when it is wanted.</param>
/// <param name="Cooldown">How long it does nothing for a subject after it did something.</param>
/// <param name="MaxPerHour">How often it does something in an hour.</param>
/// <param name="Source"><c>builtIn</c>, <c>configuration</c> or <c>store</c>.</param>
/// <param name="LastRunAt">When it did something last, or null.</param>
/// <param name="RunsInLastHour">How often it did something in the last hour.</param>
/// <param name="IsCapped">Whether it has done as much as it may.</param>
internal sealed record RemedyModel(
    string Name,
    string? Description,
    string? Rule,
    Condition? Condition,
    string Subject,
    string Workflow,
    IReadOnlyDictionary<string, JsonElement> Input,
    RemedyMode Mode,
    TimeSpan Cooldown,
    int MaxPerHour,
    string Source,
    DateTimeOffset? LastRunAt,
    int RunsInLastHour,
    bool IsCapped);

/// <summary>Remedies.</summary>
/// <param name="Items">One page of them, by name.</param>
/// <param name="TotalCount">How many there are.</param>
internal sealed record RemedyList(IReadOnlyList<RemedyModel> Items, int TotalCount);

/// <summary>One time that a remedy was wanted.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Remedy">The remedy.</param>
/// <param name="Subject">For what.</param>
/// <param name="AlertId">The alert that wanted it, or null.</param>
/// <param name="At">When.</param>
/// <param name="By"><c>monitor</c>, or the person who ran it.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Detail">Why, or null.</param>
/// <param name="Workflow">Definition id of the workflow.</param>
/// <param name="InstanceId">The instance that was started, or null.</param>
/// <param name="InstanceStatus">Status of the instance; null while it is queued, and when it is gone.</param>
/// <param name="InstanceSubStatus">Sub-status of the instance, or null.</param>
/// <param name="Value">The figure that wanted it, or null.</param>
internal sealed record RemedyRunModel(
    string Id,
    string Remedy,
    string Subject,
    string? AlertId,
    DateTimeOffset At,
    string By,
    RemedyOutcome Outcome,
    string? Detail,
    string Workflow,
    string? InstanceId,
    string? InstanceStatus,
    string? InstanceSubStatus,
    double? Value);

/// <summary>The log of remedies.</summary>
/// <param name="Items">One page of it.</param>
/// <param name="TotalCount">How many entries there are.</param>
internal sealed record RemedyRunList(IReadOnlyList<RemedyRunModel> Items, int TotalCount);
