using System.Diagnostics;

namespace Platform.EndToEnd.Tests;

/// <summary>
/// A Chromium to drive: the machine's own, else one that is installed now. When there is none the tests fail and say
/// why; they are never skipped, since a test that did not run proves nothing.
/// </summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

    IPlaywright? playwright;

    public IBrowser Browser { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var path = Find() ?? await InstallAsync();
        playwright = await Playwright.CreateAsync();
        Browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = path.Length == 0 ? null : path,
            // Without these Chromium looks up hosts of its maker at every start, which a closed network refuses noisily.
            Args =
            [
                .. Environment.IsPrivilegedProcess ? ["--no-sandbox"] : Array.Empty<string>(),
                "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            ],
        });
    }

    public async Task DisposeAsync()
    {
        if (Browser is not null) await Browser.DisposeAsync();
        playwright?.Dispose();
    }

    static string? Find()
    {
        foreach (var variable in (string[])["CHROMIUM_PATH", "CHROME"])
        {
            if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } path) continue;
            return File.Exists(path) ? path : throw new InvalidOperationException($"{variable} names {path}, which is not there.");
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append("/usr/bin").Append("/snap/bin").Append("/Applications/Google Chrome.app/Contents/MacOS");
        return (from folder in folders
                from name in Names.Append("chrome.exe").Append("Google Chrome")
                let path = Path.Combine(folder, name)
                where File.Exists(path)
                select path).FirstOrDefault();
    }

    /// <summary>The path of a browser installed now; empty for Playwright's own, which it finds by itself.</summary>
    static async Task<string> InstallAsync()
    {
        var said = new List<string>();
        if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && File.Exists("/usr/bin/apt-get"))
        {
            await RunAsync("/usr/bin/apt-get", ["update"], said);
            // The second package draws Korean names; without it they are boxes in a failure's picture.
            await RunAsync("/usr/bin/apt-get", ["install", "-y", "--no-install-recommends", "chromium", "fonts-noto-cjk"], said);
            if (Find() is { } path) return path;
        }

        if (Program.Main(["install", "chromium"]) == 0) return "";
        throw new InvalidOperationException(
            "No Chromium was found (CHROMIUM_PATH, CHROME, the search path), and it could be installed neither with apt-get nor by Playwright. "
            + "Install Debian's package chromium or name one in CHROMIUM_PATH.\n" + string.Join('\n', said.TakeLast(20)));
    }

    static async Task RunAsync(string program, string[] arguments, List<string> said)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.WaitForExitAsync();

        void Keep(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is null) return;
            lock (said) said.Add(line.Data);
        }
    }
}
