using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.CustomActivities.Resilience;
using Platform.CustomActivities.Services;
using Platform.Server.Audit;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Orchestration;
using Platform.Server.Security;
using Platform.Server.Supervision;

namespace Platform.Server.Api;

/// <summary>The services that workflows call, their circuit breakers and their health.</summary>
internal static class Services
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(5);

    private static readonly Problem StartCommandRefused = new(
        StatusCodes.Status403Forbidden, "WF4820", "A start command is not taken over REST",
        "'process' executes a program with the rights of the server, so it comes from the configuration or services.yaml. Whoever runs the server can allow it here: Supervision:StartCommandsByRest.");

    /// <summary>Maps <c>/api/services</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapServices(this IEndpointRouteBuilder api)
    {
        var services = api.MapGroup("/services").WithTags("Services").Takes("name", "Name of the service, in any case.");
        services.MapGet("", List).RequirePermission("read:services", "manage:services")
            .WithSummary("Lists the registered services.")
            .Takes("tag", "Only services with this tag.")
            .Takes("owner", "Only services that this owner looks after.")
            .Produces<ServiceList>();
        services.MapPost("", CreateAsync).RequirePermission("manage:services").Audited("service.create", "service")
            .WithSummary("Registers a service; it can be called from then on.")
            .Reads<ServiceBody>()
            .Produces<ServiceModel>(StatusCodes.Status201Created)
            .Refuses(StatusCodes.Status400BadRequest, "WF4800")
            .Refuses(StatusCodes.Status403Forbidden, "WF4820")
            .Refuses(StatusCodes.Status409Conflict, "WF4802");
        services.MapGet("/{name}", Find).RequirePermission("read:services", "manage:services")
            .WithSummary("Reads one service, with its policy and its circuit breaker.")
            .Produces<ServiceModel>()
            .Refuses(StatusCodes.Status404NotFound, "WF4801");
        services.MapGet("/{name}/settings", Settings).RequirePermission("manage:services")
            .WithSummary("Reads what is registered of a service, as a PUT takes it: to change one member and to send the others as they are.")
            .Produces<ServiceOptions>()
            .Refuses(StatusCodes.Status404NotFound, "WF4801");
        services.MapPut("/{name}", ChangeAsync).RequirePermission("manage:services").Audited("service.change", "service", "name")
            .WithSummary("Changes a service as a whole, also one that comes from the configuration.")
            .Reads<ServiceOptions>()
            .Produces<ServiceModel>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4800")
            .Refuses(StatusCodes.Status403Forbidden, "WF4820")
            .Refuses(StatusCodes.Status404NotFound, "WF4801");
        services.MapDelete("/{name}", RemoveAsync).RequirePermission("manage:services").Audited("service.delete", "service", "name")
            .WithSummary("Takes back what was stored of a service; what the configuration says of it counts again.")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(StatusCodes.Status404NotFound, "WF4801")
            .Refuses(StatusCodes.Status409Conflict, "WF4803", "WF4804");
        services.MapGet("/{name}/health", ProbeAsync).RequirePermission("read:services", "manage:services")
            .WithSummary("Asks a service now how it is; five seconds at most.")
            .Produces<ServiceHealthModel>()
            .Refuses(StatusCodes.Status404NotFound, "WF4801");
        services.MapPost("/{name}/breaker/open", OpenAsync).RequirePermission("manage:services").Audited("breaker.open", "service", "name")
            .WithSummary("Opens the circuit breaker of a service, for a time or until somebody closes it.")
            .Reads<BreakerBody>(isOptional: true)
            .Produces<ServiceModel>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4805")
            .Refuses(StatusCodes.Status404NotFound, "WF4801");
        services.MapPost("/{name}/breaker/close", CloseAsync).RequirePermission("manage:services").Audited("breaker.close", "service", "name")
            .WithSummary("Closes the circuit breaker of a service.")
            .Produces<ServiceModel>()
            .Refuses(StatusCodes.Status404NotFound, "WF4801");
    }

    /// <summary>The answer to a change of services or policies.</summary>
    /// <param name="change">What came of it.</param>
    /// <param name="what"><c>service</c> or <c>policy</c>.</param>
    /// <param name="name">Its name in the request.</param>
    /// <param name="saved">The answer when it was made.</param>
    internal static IResult AnswerTo(CatalogChange change, string what, string name, Func<string, IResult> saved) => change.Match(
        made => saved(made.Name),
        invalid => new Problem(StatusCodes.Status400BadRequest, "WF4800", $"The {what} cannot be used", string.Join(" ", invalid.Problems)),
        () => new Problem(StatusCodes.Status409Conflict, "WF4802", "The name is taken", $"There is a {what} '{name}' already. Change it with PUT, or choose another name."),
        () => Missing(what, name),
        () => new Problem(
            StatusCodes.Status409Conflict, "WF4804", "It comes from the configuration",
            $"The {what} '{name}' comes from the configuration or services.yaml, where it has to be taken out. A PUT changes it without that."),
        needed => new Problem(StatusCodes.Status409Conflict, "WF4803", $"The {what} is needed", string.Join(" ", needed.Problems)));

    /// <summary>The body of a change: an object, whose members the catalog checks.</summary>
    /// <param name="request">The request.</param>
    internal static async ValueTask<JsonObject> ReadBodyAsync(HttpRequest request)
    {
        // A member twice is found while the body is read, or when it is first looked into; neither is a JsonException.
        try
        {
            var body = await JsonBody.ReadAsync(request, ApiJson.Default.JsonObject);
            _ = body.Count;
            return body;
        }
        catch (ArgumentException exception)
        {
            throw new BadHttpRequestException("The body has a member twice.", StatusCodes.Status400BadRequest, exception);
        }
    }

    /// <summary>Takes the name out of a body.</summary>
    /// <param name="body">The body.</param>
    internal static string TakeName(JsonObject body)
    {
        var name = body["name"] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";
        body.Remove("name");
        return name;
    }

    internal static Problem Missing(string what, string name) => new(
        StatusCodes.Status404NotFound, "WF4801", "There is no such service or policy", $"There is no {what} '{name}'.");

    private static IResult List(ServiceCatalog catalog, Supervisor supervisor, int skip = 0, int take = 50, string? tag = null, string? owner = null)
    {
        if (skip < 0 || take is < 0 or > 1000)
            return Problem.Unreadable with { Detail = "'skip' is a number from 0 up, 'take' one from 0 to 1000." };
        var services = catalog.Registry.Services
            .Where(service => tag is null || service.Options.Tags.Contains(tag, StringComparer.OrdinalIgnoreCase))
            .Where(service => owner is null || string.Equals(service.Options.Owner, owner, StringComparison.OrdinalIgnoreCase))
            .ToList();
        return ApiJson.Reply(new ServiceList([.. services.Skip(skip).Take(take).Select(service => ModelOf(service, catalog, supervisor))], services.Count));
    }

    private static IResult Find(string name, ServiceCatalog catalog, Supervisor supervisor) =>
        catalog.Registry.Find(name) is { } service ? ApiJson.Reply(ModelOf(service, catalog, supervisor)) : Missing("service", name);

    private static IResult Settings(string name, ServiceCatalog catalog) =>
        catalog.Registry.Find(name) is { } service ? ApiJson.Reply(catalog.SettingsOf(service)) : Missing("service", name);

    private static async Task<IResult> CreateAsync(HttpRequest request, ServiceCatalog catalog, Supervisor supervisor, SupervisionOptions options)
    {
        var body = await ReadBodyAsync(request);
        if (HasStartCommand(body) && !options.StartCommandsByRest)
            return StartCommandRefused;
        var name = TakeName(body);
        var change = await catalog.SaveServiceAsync(name, body, isNew: true);
        return AnswerTo(change, "service", name, saved => Reply(saved, catalog, supervisor, StatusCodes.Status201Created));
    }

    private static async Task<IResult> ChangeAsync(string name, HttpRequest request, ServiceCatalog catalog, Supervisor supervisor, SupervisionOptions options)
    {
        var body = await ReadBodyAsync(request);
        if (HasStartCommand(body) && !options.StartCommandsByRest)
            return StartCommandRefused;
        if (TakeName(body) is { Length: > 0 } other && other != name)
            return new Problem(StatusCodes.Status400BadRequest, "WF4800", "The service cannot be used", $"The body names the service '{other}', the address '{name}'. A name cannot be changed.");
        return AnswerTo(await catalog.SaveServiceAsync(name, body, isNew: false), "service", name, saved => Reply(saved, catalog, supervisor, StatusCodes.Status200OK));
    }

    private static async Task<IResult> RemoveAsync(string name, ServiceCatalog catalog) =>
        AnswerTo(await catalog.RemoveAsync(ServiceCatalog.ServiceKind, name), "service", name, _ => Results.NoContent());

    private static async Task<IResult> ProbeAsync(string name, ServiceCatalog catalog, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (catalog.Registry.Find(name) is not { } service)
            return Missing("service", name);
        var health = await new HealthProbe(clock, ProbeTimeout).RunAsync(service, cancellationToken);
        return ApiJson.Reply(new ServiceHealthModel(
            health.Service, health.Status, health.StatusCode, Math.Round(health.Duration.TotalMilliseconds, 1), health.Detail, service.Breaker.Snapshot));
    }

    private static async Task<IResult> OpenAsync(string name, HttpRequest request, ServiceCatalog catalog, Supervisor supervisor, TimeProvider clock)
    {
        if (catalog.Registry.Find(name) is not { } service)
            return Missing("service", name);
        var (duration, problem) = await Breakers.ReadBreakAsync(request);
        if (problem is not null)
            return problem;
        var now = clock.GetUtcNow();
        await catalog.SetBreakerAsync(service, new BreakerSnapshot(BreakerState.Open, now, service.Breaker.Snapshot.Failures, now + duration, Breakers.NameOf(request)));
        return ApiJson.Reply(ModelOf(service, catalog, supervisor));
    }

    private static async Task<IResult> CloseAsync(string name, HttpRequest request, ServiceCatalog catalog, Supervisor supervisor, TimeProvider clock)
    {
        if (catalog.Registry.Find(name) is not { } service)
            return Missing("service", name);
        await catalog.SetBreakerAsync(service, new BreakerSnapshot(BreakerState.Closed, clock.GetUtcNow(), 0, null, Breakers.NameOf(request)));
        return ApiJson.Reply(ModelOf(service, catalog, supervisor));
    }

    private static IResult Reply(string name, ServiceCatalog catalog, Supervisor supervisor, int status) =>
        catalog.Registry.Find(name) is { } service ? ApiJson.Reply(ModelOf(service, catalog, supervisor), status) : Missing("service", name);

    /// <summary>A service as it is answered.</summary>
    /// <param name="service">The service.</param>
    /// <param name="catalog">Where it comes from.</param>
    /// <param name="supervisor">How its process stands.</param>
    internal static ServiceModel ModelOf(ServiceClient service, ServiceCatalog catalog, Supervisor supervisor) => new(
        service.Name,
        [.. service.Addresses.Select(entry => new ServiceAddress(entry.Address.AbsoluteUri, entry.IsPassedOver))],
        service.Options.Balancing,
        service.HealthPath,
        service.Options.PolicyName,
        service.Policy,
        service.Options.Dependencies,
        catalog.Registry.Set.DependentsOf(service.Name),
        service.Options.Tags,
        service.Options.Owner,
        catalog.SourceOf(ServiceCatalog.ServiceKind, service.Name),
        service.Breaker.Snapshot,
        Processes.ModelOf(service.Name, supervisor));

    /// <summary>Whether a body sets a start command, in whichever case its member is written.</summary>
    private static bool HasStartCommand(JsonObject body) =>
        body.Any(member => member.Key.Equals(nameof(ServiceOptions.Process), StringComparison.OrdinalIgnoreCase) && member.Value is not null);
}

/// <summary>A service to register. It only describes: the body is read by the rules of the configuration, as <see cref="ServiceOptions"/>.</summary>
/// <param name="Name">Its name: letters, digits, '-', '_' and '.'.</param>
/// <param name="BaseAddress">Absolute address that paths are appended to, http or https. Required, unless there are baseAddresses.</param>
/// <param name="BaseAddresses">Several such addresses of the same service, at most 32.</param>
/// <param name="Balancing">How the addresses share the calls.</param>
/// <param name="HealthPath">Path of the health check below the base address.</param>
/// <param name="TimeoutPerAttempt">How long one attempt may take; as the policy says when absent.</param>
/// <param name="Timeout">How long a whole call may take; as the policy says when absent.</param>
/// <param name="PolicyName">Name of a shared policy; when absent the service's own counts.</param>
/// <param name="Policy">How calls cope with failures, for this service alone.</param>
/// <param name="Dependencies">Names of the services that this one needs. No circles.</param>
/// <param name="Tags">Words to find it by.</param>
/// <param name="Owner">Who looks after it.</param>
/// <param name="Operations">Operations that workflows call, by name; an import fills them.</param>
/// <param name="Process">How the server itself starts it; refused unless the server allows it.</param>
internal sealed record ServiceBody(
    string Name,
    string? BaseAddress = null,
    IReadOnlyList<string>? BaseAddresses = null,
    Balancing Balancing = Balancing.RoundRobin,
    string HealthPath = "/health",
    TimeSpan? TimeoutPerAttempt = null,
    TimeSpan? Timeout = null,
    string? PolicyName = null,
    ServicePolicy? Policy = null,
    IReadOnlyList<string>? Dependencies = null,
    IReadOnlyList<string>? Tags = null,
    string? Owner = null,
    IReadOnlyDictionary<string, ServiceOperation>? Operations = null,
    ServiceProcess? Process = null);

/// <summary>One address of a service.</summary>
/// <param name="Address">The address.</param>
/// <param name="IsPassedOver">Whether it failed lately, so that others are used before it.</param>
internal sealed record ServiceAddress(string Address, bool IsPassedOver);

/// <summary>A registered service.</summary>
/// <param name="Name">Its name.</param>
/// <param name="BaseAddresses">Its addresses.</param>
/// <param name="Balancing">How they share the calls.</param>
/// <param name="HealthPath">Path of its health check.</param>
/// <param name="PolicyName">The shared policy that it names, or null.</param>
/// <param name="Policy">The policy that counts, with the service's own time limits.</param>
/// <param name="Dependencies">What it needs.</param>
/// <param name="Dependents">What needs it.</param>
/// <param name="Tags">Words to find it by.</param>
/// <param name="Owner">Who looks after it, or null.</param>
/// <param name="Source"><c>configuration</c> or <c>store</c>.</param>
/// <param name="Breaker">Its circuit breaker.</param>
/// <param name="Process">How its process stands; null when the server does not start it.</param>
internal sealed record ServiceModel(
    string Name,
    IReadOnlyList<ServiceAddress> BaseAddresses,
    Balancing Balancing,
    string HealthPath,
    string? PolicyName,
    ServicePolicy Policy,
    IReadOnlyList<string> Dependencies,
    IReadOnlyList<string> Dependents,
    IReadOnlyList<string> Tags,
    string? Owner,
    string Source,
    BreakerSnapshot Breaker,
    ProcessModel? Process);

/// <summary>A page of services.</summary>
/// <param name="Items">The services.</param>
/// <param name="TotalCount">How many there are on all pages.</param>
internal sealed record ServiceList(IReadOnlyList<ServiceModel> Items, int TotalCount);

/// <summary>What a service says about itself now.</summary>
/// <param name="Name">The service.</param>
/// <param name="Status">How it is.</param>
/// <param name="StatusCode">Status of its answer; null when it did not answer.</param>
/// <param name="DurationMs">How long it took.</param>
/// <param name="Detail">What it said, or why there is no answer.</param>
/// <param name="Breaker">Its circuit breaker.</param>
internal sealed record ServiceHealthModel(string Name, HealthStatus Status, int? StatusCode, double DurationMs, string Detail, BreakerSnapshot Breaker);
