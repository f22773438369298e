using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;

namespace Platform.Server.Shipped;

/// <summary>
/// Starts the sample services together with the server when <c>Development:StartSamples</c> is true, and ends them with it. They end
/// by themselves when the server dies, because their standard input ends then.
/// </summary>
/// <param name="configuration">Configuration.</param>
/// <param name="logger">Log.</param>
public sealed class SampleServices(IConfiguration configuration, ILogger<SampleServices> logger) : IHostedService, IDisposable
{
    private const string Project = "samples/FlakyService";
    private Process? _process;

    /// <inheritdoc />
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var address = new Uri(configuration["Development:SamplesAddress"] ?? "http://localhost:5060");
        if (await AnswersAsync(address, cancellationToken))
        {
            Log.SamplesRunning(logger, address.ToString());
            return;
        }

        if (FindProject() is not { } project)
        {
            Log.SamplesMissing(logger, $"there is no {Project} above {AppContext.BaseDirectory}. Set Development:StartSamples to false.");
            return;
        }

        try
        {
            _process = Start(project, address);
            Log.SamplesStarting(logger, project, address.ToString());
        }
        catch (Win32Exception exception)
        {
            Log.SamplesMissing(logger, exception.Message);
        }
    }

    /// <inheritdoc />
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_process is not { HasExited: false } process)
            return;
        // 'dotnet run' is the parent of the service itself: both end, by their ids.
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(cancellationToken);
    }

    /// <inheritdoc />
    public void Dispose() => _process?.Dispose();

    private static async Task<bool> AnswersAsync(Uri address, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(address.Host, address.Port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The samples of the source tree that this server was built in.</summary>
    private static string? FindProject()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var project = Path.Combine(folder.FullName, Project);
            if (Directory.Exists(project))
                return project;
        }

        return null;
    }

    private Process Start(string project, Uri address)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = project,
        };
        foreach (var argument in new[] { "run", "--no-launch-profile", "--", "--urls", address.ToString().TrimEnd('/'), "--ExitWithParent", "true" })
            start.ArgumentList.Add(argument);
        // Where this server listens does not concern the samples.
        start.Environment.Remove("ASPNETCORE_URLS");
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += OnLine;
        process.ErrorDataReceived += OnLine;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void OnLine(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is { Length: > 0 } text)
            Log.SampleLine(logger, text);
    }
}

/// <summary>Puts the sample services into a host under development.</summary>
internal static class SampleStart
{
    /// <summary>Adds them when the environment is Development and <c>Development:StartSamples</c> is true.</summary>
    /// <param name="services">Services of the host.</param>
    /// <param name="configuration">Configuration.</param>
    /// <param name="environment">Environment.</param>
    public static IServiceCollection AddSampleServices(this IServiceCollection services, IConfiguration configuration, IHostEnvironment environment) =>
        environment.IsDevelopment() && configuration.GetValue<bool>("Development:StartSamples") ? services.AddHostedService<SampleServices>() : services;
}
