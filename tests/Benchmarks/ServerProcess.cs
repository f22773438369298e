using System.Diagnostics;

namespace Platform.Benchmarks;

/// <summary>A server of ours as a child process; ended when disposed.</summary>
internal sealed class ServerProcess : IDisposable
{
    /// <summary>The key of the platform's servers.</summary>
    public const string ApiKey = "benchmark-key-that-is-long-enough-0123456789";

    private readonly Process _process;

    private ServerProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public double WorkingSetMegabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1e6;
        }
    }

    /// <summary>Processor time that the process has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Id of the process.</summary>
    public int Id => _process.Id;

    /// <summary>Starts the platform's server on a data directory.</summary>
    /// <param name="data">The directory.</param>
    /// <param name="more">Further settings, as environment variables.</param>
    public static Task<ServerProcess> StartPlatformAsync(DirectoryInfo data, IEnumerable<KeyValuePair<string, string>>? more = null) => StartAsync(ServerPath(), ["--urls", "http://127.0.0.1:0"], new(more ?? [])
    {
        ["Storage__DataDirectory"] = data.FullName,
        ["Security__BootstrapApiKey"] = ApiKey,
        ["Security__BootstrapPassword"] = "benchmark-password-0123456789",
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["Logging__LogLevel__Default"] = "Warning",
        ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information",
    });

    /// <summary>A client that may do everything.</summary>
    /// <param name="address">The server.</param>
    public static HttpClient Client(Uri address)
    {
        var client = new HttpClient { BaseAddress = address };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"ApiKey {ApiKey}");
        return client;
    }

    public static async Task<ServerProcess> StartAsync(string assembly, string[] arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, WorkingDirectory = Path.GetDirectoryName(assembly)! };
        start.ArgumentList.Add(assembly);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var at = line.IndexOf("Now listening on: ", StringComparison.Ordinal);
            if (at < 0)
                continue;
            _ = process.StandardOutput.ReadToEndAsync();
            return new ServerProcess(process, new Uri(line[(at + "Now listening on: ".Length)..].Trim()));
        }

        throw new InvalidOperationException($"'{assembly}' ended before it listened.");
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>Where a project has put its assembly, in the configuration of this program.</summary>
    /// <param name="project">Folder of the project in the repository.</param>
    /// <param name="assembly">Name of the file.</param>
    public static string PathOf(string project, string assembly)
    {
        var output = Path.GetDirectoryName(typeof(ServerProcess).Assembly.Location)!;
        var configuration = new DirectoryInfo(output).Parent!.Name;
        for (var root = new DirectoryInfo(output); root is not null; root = root.Parent)
        {
            var path = Path.Combine(root.FullName, project, "bin", configuration, "net10.0", assembly);
            if (File.Exists(path))
                return path;
        }

        throw new FileNotFoundException($"'{assembly}' is not built. Run this through 'dotnet run -c Release --project tests/Benchmarks'.");
    }

    private static string ServerPath() => Environment.GetEnvironmentVariable("PLATFORM_SERVER") ?? PathOf(Path.Combine("src", "Server"), "Platform.Server.dll");
}
