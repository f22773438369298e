using System.Globalization;

namespace Platform.FlakyService;

/// <summary>
/// Three small services in one process, inventory, payments and notifications, with faults that are switched on and off at run time:
/// <c>POST /faults</c> with <see cref="Fault"/>, <c>DELETE /faults</c> to mend everything. Started by
/// <c>dotnet run --project samples/FlakyService</c>.
/// </summary>
public static class FlakyServiceApp
{
    private const string DefaultAddress = "http://localhost:5060";

    /// <summary>The services' names: the first part of their paths.</summary>
    public static readonly IReadOnlyList<string> Names = ["inventory", "payments", "notifications"];

    /// <summary>Makes the application.</summary>
    /// <param name="args">Command line; <c>--urls</c> sets where it listens.</param>
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Faults>();
        builder.Services.AddSingleton<Ledger>();
        if (string.IsNullOrEmpty(builder.Configuration["urls"]))
            builder.WebHost.UseUrls(DefaultAddress);
        var app = builder.Build();
        app.MapGet("/", () => Results.Json(new { services = Names, faults = "POST /faults", health = "/{service}/health" }));
        app.MapGet("/health", (Faults faults) => Results.Json(new { status = faults.WorstStatus(Names) }));
        MapFaults(app);
        MapInventory(app.MapGroup("/inventory").AddEndpointFilter(Faults.FilterFor("inventory")));
        MapPayments(app.MapGroup("/payments").AddEndpointFilter(Faults.FilterFor("payments")));
        MapNotifications(app.MapGroup("/notifications").AddEndpointFilter(Faults.FilterFor("notifications")));
        foreach (var name in Names)
            app.MapGet($"/{name}/health", (Faults faults, CancellationToken cancellationToken) => faults.HealthAsync(name, cancellationToken));
        return app;
    }

    private static void MapFaults(WebApplication app)
    {
        app.MapGet("/faults", (Faults faults) => faults.All);
        app.MapPost("/faults", (Fault fault, Faults faults) =>
        {
            if (!Names.Contains(fault.Service, StringComparer.OrdinalIgnoreCase))
                return Results.BadRequest(new { error = $"There is no service '{fault.Service}'. There are: {string.Join(", ", Names)}." });
            if (fault.FailureRate is < 0 or > 1 || fault.LatencyMs < 0 || fault.FailFirst < 0)
                return Results.BadRequest(new { error = "failureRate lies between 0 and 1; latencyMs and failFirst are not negative." });
            faults.Set(fault);
            return Results.Ok(fault);
        });
        app.MapDelete("/faults", (Faults faults) =>
        {
            faults.Clear();
            return Results.NoContent();
        });
    }

    private static void MapInventory(RouteGroupBuilder group)
    {
        group.MapGet("/items", () => Results.Json(Ledger.Stock.Select(item => new { sku = item.Key, quantity = item.Value })));
        group.MapGet("/items/{sku}", (string sku) => Ledger.Stock.TryGetValue(sku, out var quantity)
            ? Results.Json(new { sku, quantity })
            : Results.NotFound(new { error = $"There is no item '{sku}'." }));
    }

    private static void MapPayments(RouteGroupBuilder group)
    {
        group.MapPost("/charges", (ChargeRequest request, HttpRequest http, Ledger ledger) =>
        {
            var key = http.Headers["Idempotency-Key"].ToString();
            var charge = ledger.Charge(key.Length > 0 ? key : null, request);
            return Results.Json(charge, statusCode: StatusCodes.Status201Created);
        });
        group.MapGet("/charges", (Ledger ledger) => ledger.Charges);
    }

    private static void MapNotifications(RouteGroupBuilder group)
    {
        group.MapPost("/messages", (MessageRequest request, Ledger ledger) =>
        {
            ledger.Messages.Enqueue(request);
            return Results.Json(new { accepted = true, number = ledger.Messages.Count.ToString(CultureInfo.InvariantCulture) }, statusCode: StatusCodes.Status202Accepted);
        });
        group.MapGet("/messages", (Ledger ledger) => ledger.Messages);
    }
}
