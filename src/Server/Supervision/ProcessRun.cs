using System.ComponentModel;
using System.Diagnostics;

namespace Platform.Server.Supervision;

/// <summary>
/// A process that was started, with all that it starts in turn, from its start to its end. Its standard input stays open as long as this
/// server lives: a program that ends when that ends, ends with the server, however the server ends.
/// </summary>
internal sealed class ProcessRun : IDisposable
{
    /// <summary>How long the output of a process is waited for after all of its processes have ended: somebody else may hold it open.</summary>
    private static readonly TimeSpan OutputPatience = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly Launcher _launcher;
    private readonly RunMark _mark;
    private readonly Task _output;

    private ProcessRun(Process process, RunMark mark, Launcher launcher, Task output)
    {
        (_process, _mark, _launcher, _output) = (process, mark, launcher, output);
        Pid = process.Id;
        Exited = ExitAsync();
    }

    /// <summary>Id of the process.</summary>
    public int Pid { get; }

    /// <summary>Id of the run.</summary>
    public string Id => _mark.Id;

    /// <summary>Ends with the process itself, with its exit code: 128 and its number when a signal ended it.</summary>
    public Task<int> Exited { get; }

    /// <summary>Its standard input.</summary>
    public StreamWriter Input => _process.StandardInput;

    /// <summary>Starts a process.</summary>
    /// <param name="start">How.</param>
    /// <param name="mark">What it is known by.</param>
    /// <param name="launcher">Who starts it.</param>
    /// <param name="read">Reads one of its outputs to the end.</param>
    /// <exception cref="ProcessStartException">It cannot be started.</exception>
    public static ProcessRun Start(ProcessStartInfo start, RunMark mark, Launcher launcher, Func<LogStream, Stream, Task> read)
    {
        var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            process.Dispose();
            throw new ProcessStartException($"The program '{start.FileName}' could not be started: {exception.Message}", exception);
        }

        var output = Task.WhenAll(read(LogStream.Out, process.StandardOutput.BaseStream), read(LogStream.Error, process.StandardError.BaseStream));
        return new ProcessRun(process, mark, launcher, output);
    }

    /// <summary>Ends it, and all that it started: asks all of them, and kills those that are left after a while.</summary>
    /// <param name="patience">How long they may take.</param>
    /// <param name="atOnce">Ends the patience.</param>
    public async Task EndAsync(TimeSpan patience, CancellationToken atOnce)
    {
        if (!ProcessTree.ReadsMarks)
            await EndByParentsAsync(patience, atOnce);
        await _launcher.EndAsync(_mark.ToString(), this, patience, atOnce);
        await Exited;
        await Task.WhenAny(_output, Task.Delay(OutputPatience, _launcher.Clock, CancellationToken.None));
    }

    /// <inheritdoc />
    public void Dispose() => _process.Dispose();

    private async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None);
        return _process.ExitCode;
    }

    /// <summary>Where marks cannot be read: a request by signal or by the end of its input, then its tree by parents.</summary>
    private async Task EndByParentsAsync(TimeSpan patience, CancellationToken atOnce)
    {
        if (Exited.IsCompleted)
            return;
        if (OperatingSystem.IsWindows())
            _process.StandardInput.Close();
        else
            ProcessTree.Terminate(Pid);
        await Task.WhenAny(Exited, Task.Delay(patience, _launcher.Clock, atOnce));
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself in the meantime.
        }
    }
}
