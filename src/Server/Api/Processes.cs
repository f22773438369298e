using System.Globalization;
using Platform.Server.Audit;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Orchestration;
using Platform.Server.Security;
using Platform.Server.Supervision;

namespace Platform.Server.Api;

/// <summary>The processes of services that the server starts itself: starting and stopping them, and what they write.</summary>
internal static class Processes
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    /// <summary>Maps <c>/api/services/{name}/start</c> and what belongs to it.</summary>
    /// <param name="api">The API.</param>
    public static void MapProcesses(this IEndpointRouteBuilder api)
    {
        var services = api.MapGroup("/services").WithTags("Processes").Takes("name", "Name of the service, in any case.");
        Describe(services.MapPost("/{name}/start", StartAsync).RequirePermission("manage:services").Audited("service.start", "service", "name")
            .WithSummary("Starts a service, and what it needs before it. Answers 202 while that is under way.")
            .Reads<ProcessBody>(isOptional: true));
        Describe(services.MapPost("/{name}/stop", StopAsync).RequirePermission("manage:services").Audited("service.stop", "service", "name")
            .WithSummary("Stops a service; it stays stopped until somebody starts it. Answers 202 while that is under way.")
            .Reads<ProcessStopBody>(isOptional: true));
        Describe(services.MapPost("/{name}/restart", RestartAsync).RequirePermission("manage:services").Audited("service.restart", "service", "name")
            .WithSummary("Stops a service and starts it again; it ends a quarantine too. Answers 202 while that is under way.")
            .Reads<ProcessBody>(isOptional: true));
        services.MapPost("/start-all", StartAllAsync).RequirePermission("manage:services").Audited("service.start-all", "service")
            .WithSummary("Starts all services that have a start command, or those with a tag and what they need, in the order of their dependencies.")
            .Reads<ProcessOrderBody>(isOptional: true)
            .Produces<ProcessList>()
            .Produces<ProcessList>(StatusCodes.Status202Accepted)
            .Refuses(StatusCodes.Status400BadRequest, "WF4822");
        services.MapPost("/stop-all", StopAllAsync).RequirePermission("manage:services").Audited("service.stop-all", "service")
            .WithSummary("Stops all services that have a start command, or those with a tag, against the order of their dependencies.")
            .Reads<ProcessOrderBody>(isOptional: true)
            .Produces<ProcessList>()
            .Produces<ProcessList>(StatusCodes.Status202Accepted)
            .Refuses(StatusCodes.Status400BadRequest, "WF4822");
        services.MapGet("/{name}/logs", ReadLogAsync).RequirePermission("read:services", "manage:services")
            .WithSummary("Reads what a service wrote, the newest lines last. The name _server stands for the server itself.")
            .Takes("text", "Only lines that contain this text, in any case.")
            .Takes("since", "Only lines from this time on.")
            .Takes("stream", "Only lines of this stream: Out or Error.")
            .Takes("take", "Most lines to answer, 1 to 1,000; of more the newest.")
            .Produces<ProcessLogList>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4823")
            .Refuses(StatusCodes.Status404NotFound, "WF4801");
    }

    /// <summary>How the process of a service stands; null when it has none and the server does not start it.</summary>
    /// <param name="name">The service.</param>
    /// <param name="supervisor">Who starts it.</param>
    public static ProcessModel? ModelOf(string name, Supervisor supervisor)
    {
        if (supervisor.Find(name) is not { } now || supervisor.Registry.Find(name)?.Options.Process is not { } process)
            return null;
        return new ProcessModel(
            now.State, supervisor.DesiredOf(name), now.Pid, now.Since, now.Restarts, now.NextStartAt, now.LastExitCode, now.LastError,
            process.StartsWithServer, process.Executable, supervisor.Shown(process.Arguments), process.WorkingDirectory);
    }

    /// <summary>Waits until an order is done, or a time has passed.</summary>
    /// <param name="order">The order.</param>
    /// <param name="wait">The time.</param>
    /// <param name="clock">Time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it is done.</returns>
    public static async Task<bool> IsDoneAsync(Order order, TimeSpan wait, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (order.Names.Count == 0)
            return true;
        if (wait > TimeSpan.Zero)
            await Task.WhenAny(order.Done, Task.Delay(wait, clock, cancellationToken));
        return order.Done.IsCompleted;
    }

    private static void Describe(RouteHandlerBuilder route) => route
        .Produces<ServiceModel>()
        .Produces<ServiceModel>(StatusCodes.Status202Accepted)
        .Refuses(StatusCodes.Status400BadRequest, "WF4822")
        .Refuses(StatusCodes.Status404NotFound, "WF4801")
        .Refuses(StatusCodes.Status409Conflict, "WF4821");

    private static async Task<IResult> StartAsync(string name, HttpRequest request, Supervisor supervisor, ServiceCatalog catalog, TimeProvider clock)
    {
        var body = await ReadAsync<ProcessBody>(request) ?? new ProcessBody();
        return await OrderAsync(name, body.Wait, request, supervisor, catalog, clock, known => supervisor.StartServicesAsync([known], OrderMode.Parallel));
    }

    private static async Task<IResult> StopAsync(string name, HttpRequest request, Supervisor supervisor, ServiceCatalog catalog, TimeProvider clock)
    {
        var body = await ReadAsync<ProcessStopBody>(request) ?? new ProcessStopBody();
        return await OrderAsync(
            name, body.Wait, request, supervisor, catalog, clock, known => supervisor.StopServicesAsync([known], OrderMode.Parallel, body.WithDependents));
    }

    private static async Task<IResult> RestartAsync(string name, HttpRequest request, Supervisor supervisor, ServiceCatalog catalog, TimeProvider clock)
    {
        var body = await ReadAsync<ProcessBody>(request) ?? new ProcessBody();
        return await OrderAsync(name, body.Wait, request, supervisor, catalog, clock, known => supervisor.RestartServiceAsync(known));
    }

    private static async Task<IResult> StartAllAsync(HttpRequest request, Supervisor supervisor, TimeProvider clock)
    {
        var body = await ReadAsync<ProcessOrderBody>(request) ?? new ProcessOrderBody();
        return await OrderAllAsync(body, request, supervisor, clock, mode => supervisor.StartServicesAsync(supervisor.Tagged(body.Tag), mode));
    }

    private static async Task<IResult> StopAllAsync(HttpRequest request, Supervisor supervisor, TimeProvider clock)
    {
        var body = await ReadAsync<ProcessOrderBody>(request) ?? new ProcessOrderBody();
        return await OrderAllAsync(
            body, request, supervisor, clock, mode => supervisor.StopServicesAsync(supervisor.Tagged(body.Tag), mode, withDependents: false));
    }

    private static async Task<IResult> ReadLogAsync(
        string name, ServiceCatalog catalog, ServiceLogs logs, CancellationToken cancellationToken, string? text = null, string? since = null, string? stream = null, int take = 100)
    {
        var log = name == ServiceLogs.ServerName ? logs.Server : catalog.Registry.Find(name) is { } service ? logs.Of(service.Name) : null;
        if (log is null)
            return Services.Missing("service", name);
        DateTimeOffset? from = null;
        if (since is { Length: > 0 })
        {
            if (!DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
                return Unreadable("'since' is no time. Write it as 2026-01-31T12:00:00Z.");
            from = at;
        }

        LogStream? only = stream?.ToUpperInvariant() switch { null or "" => null, "OUT" => LogStream.Out, "ERROR" => LogStream.Error, _ => (LogStream)(-1) };
        if (only is { } given && !Enum.IsDefined(given))
            return Unreadable($"'stream' is '{stream}'. It is Out or Error.");
        if (take is < 1 or > 1000)
            return Unreadable("'take' is a number from 1 to 1000.");
        var (lines, count) = await log.SearchAsync(new LogQuery(string.IsNullOrEmpty(text) ? null : text, from, only, take), cancellationToken);
        return ApiJson.Reply(new ProcessLogList(lines, count));
    }

    private static async Task<IResult> OrderAsync(
        string name, string? wait, HttpRequest request, Supervisor supervisor, ServiceCatalog catalog, TimeProvider clock, Func<string, Task<Order>> act)
    {
        if (catalog.Registry.Find(name) is not { } service)
            return Services.Missing("service", name);
        if (!supervisor.HasCommand(name))
        {
            return new Problem(
                StatusCodes.Status409Conflict, "WF4821", "The service has no start command",
                $"The service '{service.Name}' is not started by this server. Give it a start command in the configuration or in services.yaml: 'process'.");
        }

        if (!TryReadWait(wait, out var time))
            return WaitUnusable;
        var isDone = await IsDoneAsync(await act(service.Name), time, clock, request.HttpContext.RequestAborted);
        return ApiJson.Reply(Services.ModelOf(service, catalog, supervisor), isDone ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> OrderAllAsync(ProcessOrderBody body, HttpRequest request, Supervisor supervisor, TimeProvider clock, Func<OrderMode, Task<Order>> act)
    {
        if (!TryReadWait(body.Wait, out var time))
            return WaitUnusable;
        if (!Enum.TryParse<OrderMode>(body.Mode, ignoreCase: true, out var mode) || !Enum.IsDefined(mode))
            return new Problem(StatusCodes.Status400BadRequest, "WF4822", "The order cannot be used", $"'mode' is '{body.Mode}'. It is Parallel or Sequential.");
        var order = await act(mode);
        var isDone = await IsDoneAsync(order, time, clock, request.HttpContext.RequestAborted);
        var items = order.Names.Select(name => new NamedProcess(name, ModelOf(name, supervisor))).ToList();
        return ApiJson.Reply(new ProcessList(items, items.Count), isDone ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    private static async ValueTask<T?> ReadAsync<T>(HttpRequest request)
        where T : class => request.ContentLength is null or 0 && !request.HasJsonContentType() ? null : await ApiJson.ReadAsync<T>(request);

    private static bool TryReadWait(string? text, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        return text is null || (TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out wait) && wait >= TimeSpan.Zero && wait <= LongestWait);
    }

    private static Problem WaitUnusable => new(
        StatusCodes.Status400BadRequest, "WF4822", "The order cannot be used",
        "'wait' is a time as hours:minutes:seconds, \"00:00:30\" for half a minute, at most ten minutes. Without one the answer comes at once.");

    private static Problem Unreadable(string detail) => new(StatusCodes.Status400BadRequest, "WF4823", "The log cannot be searched like this", detail);
}

/// <summary>How long to wait for the end of an order.</summary>
/// <param name="Wait">Hours:minutes:seconds, ten minutes at most; null to answer at once.</param>
internal sealed record ProcessBody(string? Wait = null);

/// <summary>How to stop a service.</summary>
/// <param name="Wait">How long to wait for its end, hours:minutes:seconds, ten minutes at most; null to answer at once.</param>
/// <param name="WithDependents">Whether the services that need it are stopped too, before it.</param>
internal sealed record ProcessStopBody(string? Wait = null, bool WithDependents = false);

/// <summary>How to start or stop several services.</summary>
/// <param name="Mode">Parallel, as far as they do not need one another, or Sequential.</param>
/// <param name="Tag">Only services with this tag; null for all.</param>
/// <param name="Wait">How long to wait for the end of it, hours:minutes:seconds, ten minutes at most; null to answer at once.</param>
internal sealed record ProcessOrderBody(string Mode = "Parallel", string? Tag = null, string? Wait = null);

/// <summary>How the process of a service stands.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Desired">What somebody wants of it; it survives restarts of the server.</param>
/// <param name="Pid">Id of its process; null while it has none.</param>
/// <param name="Since">When it came into this state.</param>
/// <param name="Restarts">How often it was restarted since somebody started it.</param>
/// <param name="NextStartAt">When it is started again, while it backs off.</param>
/// <param name="LastExitCode">Exit code of the last process that ended: 128 and its number when a signal ended it.</param>
/// <param name="LastError">What went wrong last; null when nothing did.</param>
/// <param name="StartsWithServer">Whether the server starts it when it starts itself, unless somebody has stopped it.</param>
/// <param name="Executable">The program.</param>
/// <param name="Arguments">Its arguments, without secrets.</param>
/// <param name="WorkingDirectory">Where it works; null for beside the server's program.</param>
internal sealed record ProcessModel(
    ProcessState State,
    DesiredState Desired,
    int? Pid,
    DateTimeOffset Since,
    int Restarts,
    DateTimeOffset? NextStartAt,
    int? LastExitCode,
    string? LastError,
    bool StartsWithServer,
    string Executable,
    IReadOnlyList<string> Arguments,
    string? WorkingDirectory);

/// <summary>A service and how its process stands.</summary>
/// <param name="Name">The service.</param>
/// <param name="Process">How it stands; null when it has lost its start command in the meantime.</param>
internal sealed record NamedProcess(string Name, ProcessModel? Process);

/// <summary>Services in the order in which they are started or stopped.</summary>
/// <param name="Items">The services.</param>
/// <param name="TotalCount">How many there are.</param>
internal sealed record ProcessList(IReadOnlyList<NamedProcess> Items, int TotalCount);

/// <summary>Lines of a log, the newest last.</summary>
/// <param name="Items">The lines.</param>
/// <param name="TotalCount">How many there are in all that is kept.</param>
internal sealed record ProcessLogList(IReadOnlyList<LogLine> Items, int TotalCount);
