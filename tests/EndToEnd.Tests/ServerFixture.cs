using System.Diagnostics;
using System.Reflection;

namespace Platform.EndToEnd.Tests;

/// <summary>
/// The real server in a process of its own, on a free port, with an empty data folder that is deleted at the end.
/// For work on these tests <c>E2E_BASE_URL</c> names a server that is running already.
/// </summary>
public sealed class ServerFixture : IAsyncLifetime
{
    const string Listening = "Now listening on: ";
    static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    readonly List<string> log = [];
    readonly DirectoryInfo data = Directory.CreateTempSubdirectory("platform-e2e-");
    Process? process;

    /// <summary>Where the server listens, without a slash at the end.</summary>
    public string Address { get; private set; } = "";

    public string Username { get; } = "admin";

    public string Password { get; } = Environment.GetEnvironmentVariable("E2E_PASSWORD") ?? "e2e-" + Guid.NewGuid().ToString("n");

    public string ApiKey { get; } = "e2e-" + Guid.NewGuid().ToString("n");

    public async Task InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("E2E_BASE_URL") is { Length: > 0 } address)
        {
            Address = address.TrimEnd('/');
            return;
        }

        Address = await StartAsync();
    }

    public Task DisposeAsync()
    {
        if (process is { HasExited: false }) process.Kill(entireProcessTree: true);
        process?.WaitForExit(10_000);
        process?.Dispose();
        data.Delete(recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>The last lines that the server wrote.</summary>
    public string Log(int lines = 60)
    {
        lock (log) return string.Join('\n', log.TakeLast(lines));
    }

    async Task<string> StartAsync()
    {
        var server = Metadata("ServerAssembly");
        if (!File.Exists(server)) throw new InvalidOperationException($"The server is not built: {server} is not there.");

        var start = new ProcessStartInfo("dotnet", [server, "--urls", "http://127.0.0.1:0"])
        {
            WorkingDirectory = Path.GetDirectoryName(server),
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["Security__BootstrapPassword"] = Password;
        start.Environment["Security__BootstrapApiKey"] = ApiKey;
        start.Environment["Storage__DataDirectory"] = data.FullName;
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";

        var listening = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        process = Process.Start(start) ?? throw new InvalidOperationException("The server did not start.");
        process.OutputDataReceived += (_, line) => Keep(line.Data, listening);
        process.ErrorDataReceived += (_, line) => Keep(line.Data, listening);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException($"The server ended by itself.\n{Log()}"));
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            return await listening.Task.WaitAsync(StartTimeout);
        }
        catch (TimeoutException timeout)
        {
            throw new InvalidOperationException($"The server said no address within {StartTimeout.TotalSeconds} s.\n{Log()}", timeout);
        }
    }

    void Keep(string? line, TaskCompletionSource<string> listening)
    {
        if (line is null) return;
        lock (log) log.Add(line);
        var at = line.IndexOf(Listening, StringComparison.Ordinal);
        if (at >= 0) listening.TrySetResult(line[(at + Listening.Length)..].Trim());
    }

    internal static string Metadata(string key) =>
        typeof(ServerFixture).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == key).Value
        ?? throw new InvalidOperationException($"{key} is not set in the project file.");
}
