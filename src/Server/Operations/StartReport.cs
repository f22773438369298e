using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Platform.Runtime.Store;
using Platform.Server.Composition;
using Platform.Server.Security;

namespace Platform.Server.Operations;

/// <summary>Tells whoever started the server where it listens and where its data lies; at the first start, how to get in. Not a log: it is for eyes.</summary>
/// <param name="server">Knows the addresses.</param>
/// <param name="store">Knows where the data lies.</param>
/// <param name="options">What was configured.</param>
/// <param name="output">Where to write.</param>
/// <param name="logger">Log, for what is still to be known later.</param>
internal sealed class StartReport(IServer server, IWorkflowStore store, StorageOptions options, TextWriter output, ILogger<StartReport> logger)
{
    /// <summary>Writes the report. The server is listening by now.</summary>
    /// <param name="credentials">What the first start made, or null.</param>
    public void Write(GeneratedCredentials? credentials)
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses.ToList() ?? [];
        var version = typeof(StartReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        var lines = new List<string>();
        lines.Add($"Platform {version} is running.");
        lines.Add($"  It listens on {(addresses.Count == 0 ? "no address" : string.Join(" and ", addresses))}.");
        if (addresses.Count > 0)
            lines.Add($"  Open {ForBrowser(addresses[0])} in a browser for the Studio.");
        lines.Add(options.Kind == StorageKind.Memory
            ? "  Its data lies in memory and is gone when it ends: Storage:Kind is Memory."
            : $"  Its data lies in {options.DataPath}.");
        lines.Add($"  The store is {store.Description}.");
        foreach (var address in addresses.Where(IsOpen))
            Log.ListeningOpenly(logger, address);
        WarnOfOpenDirectory();
        if (credentials is not null)
            AddCredentials(lines, credentials);
        // In one piece, so that no line of the log comes between.
        output.WriteLine(string.Join(Environment.NewLine, lines));
        output.Flush();
    }

    private static string ForBrowser(string address) =>
        Uri.TryCreate(address.Replace("//+", "//localhost").Replace("//*", "//localhost").Replace("//0.0.0.0", "//localhost").Replace("//[::]", "//localhost"), UriKind.Absolute, out var uri)
            ? uri.ToString()
            : address;

    private static bool IsOpen(string address)
    {
        if (!address.StartsWith("http:", StringComparison.OrdinalIgnoreCase))
            return false;
        return !Uri.TryCreate(address, UriKind.Absolute, out var uri) || !(uri.IsLoopback || (IPAddress.TryParse(uri.DnsSafeHost, out var ip) && IPAddress.IsLoopback(ip)));
    }

    private void WarnOfOpenDirectory()
    {
        if (options.Kind == StorageKind.Memory || OperatingSystem.IsWindows())
            return;
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if ((File.GetUnixFileMode(options.DataPath) & Others) != UnixFileMode.None)
            Log.DataDirectoryOpen(logger, options.DataPath);
    }

    private static void AddCredentials(List<string> lines, GeneratedCredentials credentials)
    {
        lines.Add("");
        lines.Add("This is the first start. What follows is shown this once; only hashes of it are stored.");
        if (credentials.Password is not null)
        {
            lines.Add($"  Sign in as    {credentials.Username}");
            lines.Add($"  with password {credentials.Password}");
        }

        if (credentials.ApiKey is not null)
            lines.Add($"  API key       {credentials.ApiKey}");
        lines.Add("  Lost it? Start with Security__BootstrapPassword and Security__BootstrapApiKey in the environment: they replace it.");
        lines.Add("");
    }
}
