using System.Buffers;
using System.Text;
using Platform.Engine;

namespace Platform.Server.Supervision;

/// <summary>Runs the programs that workflows may run: those that the options list, so many at once, for a limited time.</summary>
/// <param name="options">What may be run.</param>
/// <param name="launcher">Starts processes.</param>
internal sealed class Commands(SupervisionOptions options, Launcher launcher) : IDisposable
{
    /// <summary>What commands are started for, in the marks of their processes. No service can have this name.</summary>
    private const string Owner = "_command";

    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _places = new(options.Commands.ConcurrentMax, options.Commands.ConcurrentMax);

    /// <inheritdoc />
    public void Dispose() => _places.Dispose();

    /// <summary>Runs a program to its end.</summary>
    /// <param name="command">What to run.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="FaultException">It may not be run.</exception>
    /// <exception cref="ProcessStartException">It cannot be started.</exception>
    public async Task<CommandResult> RunAsync(Command command, CancellationToken cancellationToken)
    {
        var limits = options.Commands;
        if (!limits.Enabled)
            throw Fault("CommandsOff", "WF4830: Workflows may not run programs on this server. Whoever runs it can allow it: Supervision:Commands:Enabled, and the programs in Supervision:Commands:Executables.");
        var directory = Path.GetFullPath(string.IsNullOrWhiteSpace(command.WorkingDirectory) ? Environment.CurrentDirectory : command.WorkingDirectory);
        var program = Allowed(command.Executable);
        var start = launcher.Prepare(program, command.Arguments, directory, out var mark, Owner);
        foreach (var (name, value) in command.Environment)
            start.Environment[name] = value;
        await _places.WaitAsync(cancellationToken);
        try
        {
            var startedAt = launcher.Clock.GetTimestamp();
            var (output, error) = (new Kept(limits.OutputBytesMax), new Kept(limits.OutputBytesMax));
            using var run = ProcessRun.Start(start, mark, launcher, (stream, from) => (stream == LogStream.Out ? output : error).ReadAsync(from));
            using var timeout = new CancellationTokenSource(command.Timeout < limits.TimeoutMax ? command.Timeout : limits.TimeoutMax, launcher.Clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            var writing = WriteAsync(run, command.Input);
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using (either.Token.Register(ended.SetResult))
                await Task.WhenAny(run.Exited, ended.Task);
            var isLate = !run.Exited.IsCompleted;
            await run.EndAsync(isLate ? StopPatience : TimeSpan.Zero, CancellationToken.None);
            await writing;
            cancellationToken.ThrowIfCancellationRequested();
            return new CommandResult(await run.Exited, isLate, output.ToString(), error.ToString(), output.IsCut || error.IsCut, launcher.Clock.GetElapsedTime(startedAt));
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>The file of a program that may be run. What is listed and what is asked for are compared as files, not as texts.</summary>
    private string Allowed(string executable)
    {
        var wanted = executable.Trim();
        if (wanted.Length == 0)
            throw Fault("CommandMissing", "WF4831: No program is named. Name one in the input 'Executable'.");
        var isListed = options.Commands.Executables.Exists(listed => wanted.Equals(listed.Trim(), StringComparison.Ordinal));
        if (!isListed)
        {
            var known = options.Commands.Executables.Count == 0 ? "None is allowed." : $"Allowed are: {string.Join(", ", options.Commands.Executables)}.";
            throw Fault("CommandNotAllowed", $"WF4831: The program '{wanted}' may not be run. {known} Whoever runs the server can add it to Supervision:Commands:Executables.");
        }

        return Launcher.Resolve(wanted, AppContext.BaseDirectory);
    }

    private static FaultException Fault(string code, string message) => new(code, "Commands", "System", message);

    private static async Task WriteAsync(ProcessRun run, string? input)
    {
        try
        {
            if (!string.IsNullOrEmpty(input))
                await run.Input.WriteAsync(input);
            run.Input.Close();
        }
        catch (IOException)
        {
            // It ended without reading to the end, which is its own affair.
        }
    }

    /// <summary>The beginning of an output. The rest is read and left out, so that the program goes on.</summary>
    private sealed class Kept(int bytesMax)
    {
        private readonly Lock _sync = new();
        private readonly ArrayBufferWriter<byte> _bytes = new();

        /// <summary>Whether something was left out.</summary>
        public bool IsCut { get; private set; }

        public async Task ReadAsync(Stream stream)
        {
            var buffer = new byte[8_192];
            try
            {
                while (await stream.ReadAsync(buffer) is > 0 and var count)
                {
                    lock (_sync)
                    {
                        var kept = Math.Min(count, bytesMax - _bytes.WrittenCount);
                        _bytes.Write(buffer.AsSpan(0, kept));
                        IsCut |= kept < count;
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
            {
                // The process is gone.
            }
        }

        public override string ToString()
        {
            lock (_sync)
                return Encoding.UTF8.GetString(_bytes.WrittenSpan);
        }
    }
}

/// <summary>A program to run.</summary>
/// <param name="Executable">The program.</param>
/// <param name="Arguments">Its arguments, each as the program gets it.</param>
/// <param name="WorkingDirectory">Where it works; null for where the server does.</param>
/// <param name="Environment">Environment variables besides the ordinary ones.</param>
/// <param name="Input">What it reads from its standard input; null for nothing.</param>
/// <param name="Timeout">How long it may take.</param>
internal sealed record Command(
    string Executable, IReadOnlyList<string> Arguments, string? WorkingDirectory, IReadOnlyDictionary<string, string> Environment, string? Input, TimeSpan Timeout);

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="IsLate">Whether it was ended because it took too long.</param>
/// <param name="Output">What it wrote, as far as it was kept.</param>
/// <param name="ErrorOutput">What it wrote to its standard error.</param>
/// <param name="IsCut">Whether something of the two was left out.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record CommandResult(int ExitCode, bool IsLate, string Output, string ErrorOutput, bool IsCut, TimeSpan Duration);
