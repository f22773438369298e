using System.Text.Json.Serialization;
using Platform.Server.Api;
using Platform.Server.Audit;
using Platform.Server.Security;
using Platform.Server.Supervision;

namespace Platform.Server.Orchestration;

/// <summary>
/// The routes of the HEAL7 orchestration hub, for whoever calls them already: they start, stop and show all services that have a start
/// command. <c>/api/services</c> says the same and more.
/// </summary>
internal static class Heal7Routes
{
    private const string Active = "active";

    /// <summary>Longest wait for all services.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>Maps <c>/orchestration</c>.</summary>
    /// <param name="app">Where to.</param>
    public static void MapHeal7(this IEndpointRouteBuilder app)
    {
        var hub = app.MapGroup("/orchestration").WithTags("HEAL7");
        hub.MapPost("/start-all", StartAllAsync).RequirePermission("manage:services").Audited("service.start-all", "service")
            .WithSummary("Starts all services in the order of their dependencies, and waits until they are ready.");
        hub.MapPost("/stop-all", StopAllAsync).RequirePermission("manage:services").Audited("service.stop-all", "service")
            .WithSummary("Stops all services against the order of their dependencies, and waits for it.");
        hub.MapGet("/status", Status).RequirePermission("read:services", "manage:services")
            .WithSummary("Tells how many services there are, and how each of them stands.");
    }

    private static async Task<IResult> StartAllAsync(Supervisor supervisor, TimeProvider clock, CancellationToken cancellationToken)
    {
        var order = await supervisor.StartServicesAsync(supervisor.Names, OrderMode.Parallel);
        await Processes.IsDoneAsync(order, LongestWait, clock, cancellationToken);
        var (good, failed) = Sort(order, supervisor, ProcessState.Running);
        return Results.Json(new HubStarted(Active, order.Names.Count, good, failed), Heal7Json.Default.HubStarted, statusCode: StatusOf(failed));
    }

    private static async Task<IResult> StopAllAsync(Supervisor supervisor, TimeProvider clock, CancellationToken cancellationToken)
    {
        var order = await supervisor.StopServicesAsync(supervisor.Names, OrderMode.Parallel, withDependents: false);
        await Processes.IsDoneAsync(order, LongestWait, clock, cancellationToken);
        var (good, failed) = Sort(order, supervisor, ProcessState.Stopped);
        return Results.Json(new HubStopped(Active, order.Names.Count, good, failed), Heal7Json.Default.HubStopped, statusCode: StatusOf(failed));
    }

    private static IResult Status(Supervisor supervisor)
    {
        var services = supervisor.Names.ToDictionary(name => name, name => StateOf(name, supervisor), StringComparer.Ordinal);
        var running = services.Values.Count(service => service.State == nameof(ProcessState.Running));
        return Results.Json(new HubStatus(Active, services.Count, running, services), Heal7Json.Default.HubStatus);
    }

    private static HubService StateOf(string name, Supervisor supervisor)
    {
        var now = supervisor.Find(name);
        return new HubService(now?.State.ToString() ?? nameof(ProcessState.Stopped), now?.Pid, now?.Restarts ?? 0, supervisor.Registry.Find(name)?.BaseAddress.Port, now?.LastError);
    }

    private static (IReadOnlyList<string> Good, IReadOnlyList<HubFailure> Failed) Sort(Order order, Supervisor supervisor, ProcessState wanted)
    {
        var all = order.Names.Select(name => (Name: name, Now: supervisor.Find(name))).ToList();
        return (
            [.. all.Where(service => service.Now?.State == wanted).Select(service => service.Name)],
            [.. all.Where(service => service.Now?.State != wanted).Select(service => new HubFailure(service.Name, $"It is {service.Now?.State}. {service.Now?.LastError}".TrimEnd()))]);
    }

    private static int StatusOf(IReadOnlyList<HubFailure> failed) => failed.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status207MultiStatus;
}

/// <summary>What the hub says after it started all services.</summary>
internal sealed record HubStarted(string OrchestrationHub, int TotalServices, IReadOnlyList<string> Started, IReadOnlyList<HubFailure> Failed);

/// <summary>What the hub says after it stopped all services.</summary>
internal sealed record HubStopped(string OrchestrationHub, int TotalServices, IReadOnlyList<string> Stopped, IReadOnlyList<HubFailure> Failed);

/// <summary>A service that the hub could not start or stop.</summary>
internal sealed record HubFailure(string Service, string Error);

/// <summary>How the hub's services stand.</summary>
internal sealed record HubStatus(string OrchestrationHub, int TotalServices, int Running, IReadOnlyDictionary<string, HubService> Services);

/// <summary>How one of them stands.</summary>
internal sealed record HubService(string State, int? Pid, int Restarts, int? Port, string? LastError);

/// <summary>The names of the hub's answers.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HubStarted))]
[JsonSerializable(typeof(HubStatus))]
[JsonSerializable(typeof(HubStopped))]
internal sealed partial class Heal7Json : JsonSerializerContext;
