using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Platform.CustomActivities.Services;
using Platform.Runtime;
using Platform.Server.Composition;
using Platform.Server.Secrets;

namespace Platform.Server.Supervision;

/// <summary>Starts programs: without a shell, with an environment of their own, and marked as this server's.</summary>
/// <param name="storage">Where the data lies; it makes the server known to itself after a restart.</param>
/// <param name="secrets">Values of secrets.</param>
/// <param name="environment">Where the program lies.</param>
/// <param name="ids">Makes ids.</param>
/// <param name="clock">Time.</param>
internal sealed class Launcher(StorageOptions storage, SecretStore secrets, IHostEnvironment environment, Ids ids, TimeProvider clock)
{
    /// <summary>What a program may need of the server's environment, and what holds no secrets.</summary>
    private static readonly string[] _ordinary =
    [
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TMP", "TEMP", "DOTNET_ROOT", "DOTNET_CLI_HOME", "DOTNET_NOLOGO", "NUGET_PACKAGES",
        "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES",
    ];

    private const int KillsMax = 200;
    private static readonly TimeSpan ShortWhile = TimeSpan.FromMilliseconds(25);

    // Two servers on one machine have different data; one with data in memory is another one after each start.
    private readonly string _server = storage.Kind == StorageKind.Memory
        ? ids.New()
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(storage.DataPath)))[..16];

    /// <summary>How the marks of all processes of this server begin, those of an earlier life too.</summary>
    public string Mark => $"{_server}/";

    /// <summary>Time.</summary>
    public TimeProvider Clock => clock;

    /// <summary>Starts the process of a service.</summary>
    /// <param name="service">Name of the service.</param>
    /// <param name="process">How.</param>
    /// <param name="write">Gets its output, line by line.</param>
    /// <exception cref="ProcessStartException">It cannot be started.</exception>
    public ProcessRun Start(string service, ServiceProcess process, Action<LogStream, string> write)
    {
        var directory = Path.GetFullPath(Path.Combine(environment.ContentRootPath, process.WorkingDirectory ?? ""));
        var start = Prepare(process.Executable, process.Arguments, directory, out var run, service);
        foreach (var name in process.Inherit)
            start.Environment[name] = Environment.GetEnvironmentVariable(name);
        foreach (var (name, value) in process.Environment)
            start.Environment[name] = value;
        foreach (var (name, secret) in process.Secrets)
        {
            start.Environment[name] = secrets.Reveal(secret)
                ?? throw new ProcessStartException($"The variable '{name}' needs the secret '{secret}', which is not there or is not given out. Create it, or set a new value for it.");
        }

        return ProcessRun.Start(start, run, this, (stream, reader) => Lines.ReadAsync(reader, line => write(stream, line)));
    }

    /// <summary>Prepares the start of a program.</summary>
    /// <param name="executable">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="directory">Where it works, a whole path.</param>
    /// <param name="run">What it is known by.</param>
    /// <param name="owner">What it is started for: the name of a service.</param>
    /// <exception cref="ProcessStartException">The program or the directory is not there.</exception>
    public ProcessStartInfo Prepare(string executable, IEnumerable<string> arguments, string directory, out RunMark run, string owner)
    {
        if (!Directory.Exists(directory))
            throw new ProcessStartException($"There is no working directory '{directory}'.");
        run = new RunMark(ids.New(), owner, _server);
        var start = new ProcessStartInfo(Resolve(executable, directory), arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        var inherited = start.Environment.Where(IsOrdinary).ToList();
        start.Environment.Clear();
        foreach (var (name, value) in inherited)
            start.Environment[name] = value;
        start.Environment[ProcessTree.Variable] = run.ToString();
        return start;

        static bool IsOrdinary(KeyValuePair<string, string?> variable) =>
            _ordinary.Contains(variable.Key, StringComparer.OrdinalIgnoreCase) || variable.Key.StartsWith("LC_", StringComparison.Ordinal);
    }

    /// <summary>The file of a program.</summary>
    /// <param name="executable">A name to look for in PATH, or a path.</param>
    /// <param name="directory">Where a relative path begins.</param>
    /// <exception cref="ProcessStartException">There is none.</exception>
    public static string Resolve(string executable, string directory)
    {
        string[] endings = OperatingSystem.IsWindows() ? ["", ".exe"] : [""];
        var isPath = executable.Contains('/') || (OperatingSystem.IsWindows() && executable.Contains('\\'));
        IEnumerable<string> folders = isPath ? [directory] : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.SelectMany(folder => endings.Select(ending => Path.GetFullPath(Path.Combine(folder, executable) + ending))).FirstOrDefault(File.Exists)
            ?? throw new ProcessStartException(isPath
                ? $"There is no program '{Path.GetFullPath(Path.Combine(directory, executable))}'."
                : $"There is no program '{executable}' in PATH. Install it, or give its whole path.");
    }

    /// <summary>Ends what an earlier life of this server has left running: it was killed, so nobody reads their output or watches them.</summary>
    /// <param name="patience">How long they may take to end by themselves.</param>
    /// <param name="cancellationToken">Kills them at once.</param>
    /// <returns>Those that were found.</returns>
    public async Task<IReadOnlyList<ProcessMark>> EndLeftoversAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var left = ProcessTree.Find(Mark);
        if (left.Count > 0)
            await EndAsync(Mark, null, patience, cancellationToken);
        return left;
    }

    /// <summary>Ends all processes that carry a mark: asks them, waits, and kills what remains.</summary>
    /// <param name="mark">How their mark begins.</param>
    /// <param name="root">The first of them, when it has not been waited for yet: it belongs to them whatever it shows.</param>
    /// <param name="patience">How long they may take.</param>
    /// <param name="atOnce">Ends the patience.</param>
    public async Task EndAsync(string mark, ProcessRun? root, TimeSpan patience, CancellationToken atOnce)
    {
        foreach (var id in Remaining(mark, root))
            ProcessTree.Terminate(id);
        var end = clock.GetUtcNow() + patience;
        if (root is not null)
            await Task.WhenAny(root.Exited, Task.Delay(patience, clock, atOnce));
        while (clock.GetUtcNow() < end && !atOnce.IsCancellationRequested && Remaining(mark, root).Any())
            await Task.WhenAny(Task.Delay(ShortWhile, clock, atOnce));
        // What is being killed may be starting others at the same moment; what the system itself holds cannot be killed.
        for (var round = 0; round < KillsMax && Remaining(mark, root).ToList() is { Count: > 0 } remaining; round++)
        {
            remaining.ForEach(ProcessTree.Kill);
            await Task.Delay(ShortWhile, clock, CancellationToken.None);
        }
    }

    private static IEnumerable<int> Remaining(string mark, ProcessRun? root)
    {
        var found = ProcessTree.Find(mark).Select(process => process.Id);
        return root is { Exited.IsCompleted: false } ? found.Prepend(root.Pid).Distinct() : found;
    }
}

/// <summary>What a process and all that it starts is known by.</summary>
/// <param name="Id">Id of the run.</param>
/// <param name="Owner">What it was started for.</param>
/// <param name="Server">Who started it.</param>
internal sealed record RunMark(string Id, string Owner, string Server)
{
    /// <summary>As it stands in the environment. Its end is marked, so that no other one begins with it.</summary>
    public override string ToString() => $"{Server}/{Owner}/{Id};";

    /// <summary>What a process was started for, by its mark.</summary>
    /// <param name="mark">The mark.</param>
    public static string OwnerOf(string mark) => mark.Split('/') is [_, var owner, _] ? owner : mark;
}

/// <summary>A program cannot be started; the message says why and what to do.</summary>
/// <param name="message">Why.</param>
/// <param name="innerException">The cause, or null.</param>
internal sealed class ProcessStartException(string message, Exception? innerException = null) : Exception(message, innerException);
