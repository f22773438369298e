using Platform.Runtime.Telemetry;
using Platform.Storage.Sqlite;

namespace Platform.Server.Telemetry;

/// <summary>Puts telemetry into the host.</summary>
internal static class TelemetryServices
{
    /// <summary>Adds it. Before everything that runs, so that it hears all of it.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="options">What is told to whom.</param>
    public static void AddTelemetry(this WebApplicationBuilder builder, TelemetryOptions options)
    {
        // The framework leaves the spans of requests empty unless it is asked, and asks only once in a process.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(new RuntimeMetricsOptions { DefinitionsMax = options.Metrics.DefinitionsMax });
        builder.Services.AddSingleton<StorageMetrics>();
        builder.Services.AddSingleton<ServerMetrics>();
        builder.Services.AddSingleton<StoreGauges>();
        builder.Services.AddSingleton<MetricsPage>();
        builder.Services.AddSingleton<TelemetryHost>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<TelemetryHost>());
        if (options.Otlp is { IsOn: true, Logs: true })
            builder.Logging.AddOtlp(options.Otlp, TelemetryHost.ResourceOf(options));
    }

    /// <summary>Completes the spans of requests, when they are exported. Before everything else of the pipeline.</summary>
    /// <param name="app">The pipeline.</param>
    public static void UseTelemetry(this WebApplication app)
    {
        if (app.Services.GetRequiredService<TelemetryOptions>().Otlp is { IsOn: true, Traces: true })
            app.UseMiddleware<RequestSpans>();
    }
}
