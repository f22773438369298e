using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Platform.EndToEnd.Tests;

/// <summary>The real server in a process of its own on a free port. Killed when disposed, as a machine does that loses power.</summary>
public sealed class ServerProcess : IDisposable
{
    const string FreePort = "http://127.0.0.1:0";
    const int TerminateSignal = 15;
    const string Listening = "Now listening on: ";
    static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    readonly List<string> log = [];
    readonly TaskCompletionSource<string> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Process process;

    ServerProcess(Process process) => this.process = process;

    /// <summary>Where the server listens, without a slash at the end.</summary>
    public string Address { get; private set; } = "";

    public static Task<ServerProcess> StartAsync(string dataDirectory, string password, string apiKey, params (string Name, string Value)[] settings) =>
        StartAsync(FreePort, dataDirectory, password, apiKey, settings);

    /// <summary>Starts the server where it shall listen, such as where it listened before.</summary>
    public static async Task<ServerProcess> StartAsync(string address, string dataDirectory, string password, string apiKey, params (string Name, string Value)[] settings)
    {
        var server = Begin(dataDirectory, [("Security__BootstrapPassword", password), ("Security__BootstrapApiKey", apiKey), .. settings], address);
        await server.ListenAsync();
        return server;
    }

    /// <summary>Starts the process and does not wait until it listens.</summary>
    public static ServerProcess Begin(string dataDirectory, IEnumerable<(string Name, string Value)> settings, string address = FreePort)
    {
        var assembly = Metadata("ServerAssembly");
        if (!File.Exists(assembly)) throw new InvalidOperationException($"The server is not built: {assembly} is not there.");

        var start = new ProcessStartInfo("dotnet", [assembly, "--urls", address])
        {
            WorkingDirectory = Path.GetDirectoryName(assembly),
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["Storage__DataDirectory"] = dataDirectory;
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        foreach (var (name, value) in settings) start.Environment[name] = value;

        var server = new ServerProcess(Process.Start(start) ?? throw new InvalidOperationException("The server did not start."));
        server.Read();
        return server;
    }

    /// <summary>The last lines that the server wrote.</summary>
    public string Log(int lines = 60)
    {
        lock (log) return string.Join('\n', log.TakeLast(lines));
    }

    /// <summary>Waits until the process has ended by itself.</summary>
    public Task EndedAsync() => process.WaitForExitAsync().WaitAsync(StartTimeout);

    /// <summary>Ends the process at once, without a word to it.</summary>
    public void Kill()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    /// <summary>Ends the process at once and leaves alone what it has started, as the kernel does that needs memory.</summary>
    public void KillAlone()
    {
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>Asks the process to end, as an operator or a container host does. It goes on for a while.</summary>
    public void Terminate()
    {
        if (!process.HasExited && SendSignal(process.Id, TerminateSignal) != 0) throw new InvalidOperationException($"The process {process.Id} takes no signal.");
    }

    public void Dispose()
    {
        Kill();
        process.Dispose();
    }

    /// <summary>Waits until the server listens; fails when it ends before that.</summary>
    public async Task ListenAsync()
    {
        try
        {
            Address = await listening.Task.WaitAsync(StartTimeout);
        }
        catch (TimeoutException timeout)
        {
            throw new InvalidOperationException($"The server said no address within {StartTimeout.TotalSeconds} s.\n{Log()}", timeout);
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    static extern int SendSignal(int process, int signal);

    void Read()
    {
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException($"The server ended by itself.\n{Log()}"));
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    void Keep(string? line)
    {
        if (line is null) return;
        lock (log) log.Add(line);
        var at = line.IndexOf(Listening, StringComparison.Ordinal);
        if (at >= 0) listening.TrySetResult(line[(at + Listening.Length)..].Trim());
    }

    internal static string Metadata(string key) =>
        typeof(ServerProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == key).Value
        ?? throw new InvalidOperationException($"{key} is not set in the project file.");
}
