using System.Globalization;

namespace Platform.Heal7;

/// <summary>
/// The five services of HEAL7 in one program: <c>--service paperwork</c> makes it one of them. Each has <c>/health</c>, <c>/faults</c> and the
/// routes of its job. They are started by the platform: see the README beside this file.
/// </summary>
public static class Heal7App
{
    /// <summary>The services and their ports.</summary>
    public static readonly IReadOnlyDictionary<string, int> Ports = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["paperwork"] = 8010,
        ["test"] = 8011,
        ["saju"] = 8012,
        ["crawling"] = 8013,
        ["ai-monitoring"] = 8014,
    };

    /// <summary>Makes one of the services.</summary>
    /// <param name="args">Command line: <c>--service</c>, and <c>--port</c> when it is to listen elsewhere.</param>
    /// <param name="app">The service.</param>
    /// <returns>Null, or what is wrong with the command line.</returns>
    public static string? TryCreate(string[] args, out WebApplication app)
    {
        var builder = WebApplication.CreateBuilder(args);
        var name = builder.Configuration["service"] ?? "";
        var port = builder.Configuration.GetValue("port", Ports.GetValueOrDefault(name));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(provider => new Faults(name, port, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IHostApplicationLifetime>()));
        builder.Services.AddSingleton<Measurements>();
        builder.Services.AddSingleton<Crawler>();
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        app = builder.Build();
        if (!Ports.ContainsKey(name))
            return $"There is no service '{name}'. Give one with --service: {string.Join(", ", Ports.Keys)}.";
        app.Use((context, next) => context.RequestServices.GetRequiredService<Faults>().MisbehaveAsync(context, next));
        app.MapGet("/health", (Faults faults) => Results.Json(new { status = faults.Health, service = $"{name}-service" }));
        MapFaults(app);
        switch (name)
        {
            case "paperwork":
                Paperwork.Map(app);
                break;
            case "test":
                Validation.Map(app);
                break;
            case "saju":
                FourPillars.Map(app);
                break;
            case "crawling":
                Crawler.Map(app);
                break;
            default:
                Measurements.Map(app);
                break;
        }

        return null;
    }

    private static void MapFaults(WebApplication app)
    {
        app.MapGet("/faults", (Faults faults) => Results.Json(faults.Current));
        app.MapPost("/faults", (Fault fault, Faults faults) => faults.Set(fault) is { } mistake ? Results.BadRequest(new { error = mistake }) : Results.Json(faults.Current));
        app.MapDelete("/faults", (Faults faults) =>
        {
            faults.Set(new Fault("none"));
            return Results.NoContent();
        });
    }
}
