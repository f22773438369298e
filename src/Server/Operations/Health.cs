using Platform.Server.Security;

namespace Platform.Server.Operations;

/// <summary>
/// Tells whoever watches the process whether it lives, and whether to send it requests. Open to all, so strangers get words only; who has
/// the permission <c>read:health</c> gets the reasons.
/// </summary>
internal static class Health
{
    /// <summary>Adds the checks.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">What counts as healthy.</param>
    public static void AddHealth(this IServiceCollection services, HealthOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<StoreProbe>();
        services.AddSingleton<HostResources>();
        services.AddSingleton<CheckHistory>();
        services.AddSingleton<Readiness>();
        services.AddSingleton<Heartbeat>();
        services.AddHostedService(provider => provider.GetRequiredService<Heartbeat>());
    }

    /// <summary>Maps <c>/health/live</c> and <c>/health/ready</c>.</summary>
    /// <param name="routes">Where to.</param>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/health").WithTags("Health").AllowAnonymous();
        group.MapGet("/live", Live);
        group.MapGet("/ready", ReadyAsync);
    }

    private static IResult Live(HttpContext context, Heartbeat heartbeat, CheckHistory history, HealthOptions options)
    {
        var silence = heartbeat.Silence;
        var isStuck = silence > options.StuckAfter;
        var check = isStuck
            ? history.Note("process", CheckStatus.Failed, $"Nothing was done for {silence}: the threads of the process are all busy or blocked.")
            : history.Note("process", CheckStatus.Ok, null);
        return Reply(context, new HealthReport(isStuck ? "notLive" : "live", [check]));
    }

    private static async Task<IResult> ReadyAsync(HttpContext context, Readiness readiness, IHostApplicationLifetime lifetime) =>
        Reply(context, await readiness.ReportAsync(lifetime, context.RequestAborted));

    private static IResult Reply(HttpContext context, HealthReport report)
    {
        context.Response.Headers.CacheControl = "no-store";
        var isWell = report.Checks.All(check => check.Status != CheckStatus.Failed);
        var shown = Permissions.Allow(context.User, ["read:health"]) ? report : report.WithoutDetails();
        return TypedResults.Json(shown, HealthJson.Default.HealthReport, statusCode: isWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
