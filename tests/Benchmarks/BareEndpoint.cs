namespace Platform.Benchmarks;

/// <summary>A Kestrel endpoint that does nothing: what the machine can do at most.</summary>
internal static class BareEndpoint
{
    public static async Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        var app = builder.Build();
        app.MapGet("/bare", () => "pong");
        await app.RunAsync();
    }
}
