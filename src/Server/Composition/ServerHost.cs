using Microsoft.Extensions.Configuration.Memory;
using Platform.Runtime;
using Platform.Server.Security;

namespace Platform.Server.Composition;

/// <summary>What the host does unless the configuration says otherwise.</summary>
internal static class ServerHost
{
    private const string Address = "http://localhost:5050";

    /// <summary>How long the host waits beyond the runtime for what remains: requests, the store.</summary>
    private static readonly TimeSpan ShutdownReserve = TimeSpan.FromSeconds(10);

    /// <summary>The host. Its files lie beside the program, wherever it is started from; its data in the working directory.</summary>
    /// <param name="args">Arguments of the program.</param>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var levels = new Dictionary<string, string?>
        {
            // Beneath it the framework writes each request with its whole address, in which clients of hubs put their token.
            ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
            // The keys lie unencrypted in a file of their owner only, as the database does; a warning at each start changes nothing.
            ["Logging:LogLevel:Microsoft.AspNetCore.DataProtection"] = "Error",
        };
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = levels });
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        });
        return builder;
    }

    /// <summary>Where the server listens and what it takes: this machine only, unless somebody says otherwise.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="security">Limits.</param>
    /// <param name="runtime">How long a shutdown takes.</param>
    public static void SetLimits(this WebApplicationBuilder builder, SecurityOptions security, RuntimeOptions runtime)
    {
        string[] elsewhere = ["urls", "http_ports", "https_ports"];
        var isSet = elsewhere.Any(key => !string.IsNullOrEmpty(builder.Configuration[key])) || builder.Configuration.GetSection("Kestrel:Endpoints").Exists();
        if (!isSet)
            builder.WebHost.UseUrls(Address);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = security.RequestBytesMax;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = runtime.ShutdownTimeout + ShutdownReserve);
    }
}
