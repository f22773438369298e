using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Platform.Scripting.Liquid.Tests;

/// <summary>What LiquidJS answers to a snippet.</summary>
public sealed record ReferenceResult(string Kind, string Text, int Line, int Column);

/// <summary>LiquidJS on Node, installed once per test run from the lock file beside this one. Its absence is a failure, never a skip.</summary>
public sealed class LiquidReference
{
    private static readonly string s_folder = FindFolder();
    private static readonly Lazy<bool> s_installed = new(Install);

    /// <summary>Where Node finds LiquidJS and the libraries; they are installed when somebody asks.</summary>
    public static string InstalledFolder
    {
        get
        {
            s_installed.Value.ShouldBeTrue();
            return s_folder;
        }
    }

    public JsonElement Data { get; } = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_folder, "data.json"))).RootElement;

    public IReadOnlyList<string> Corpus { get; } = ReadCorpus();

    public Dictionary<string, string> Templates { get; } =
        JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(Path.Combine(s_folder, "templates.json")))!;

    public IReadOnlyList<ReferenceResult> Render(IReadOnlyList<string> snippets)
    {
        s_installed.Value.ShouldBeTrue();
        var input = Path.GetTempFileName();
        var output = Path.GetTempFileName();
        try
        {
            File.WriteAllText(input, JsonSerializer.Serialize(new { data = Data, templates = Templates, snippets }));
            Run("node", "reference.js", input, output);
            var results = JsonSerializer.Deserialize<JsonElement[][]>(File.ReadAllText(output))!;
            return [.. results.Select(r => new ReferenceResult(r[0].GetString()!, new string(MemoryMarshal.Cast<byte, char>(r[1].GetBytesFromBase64())), r[2].GetInt32(), r[3].GetInt32()))];
        }
        finally
        {
            File.Delete(input);
            File.Delete(output);
        }
    }

    private static bool Install()
    {
        var wanted = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_folder, "package.json"))).RootElement.GetProperty("dependencies");
        if (wanted.EnumerateObject().Any(package => VersionOf(package.Name) != package.Value.GetString()))
            Run("npm", "ci", "--no-audit", "--no-fund");
        return true;
    }

    private static string? VersionOf(string package)
    {
        var installed = Path.Combine(s_folder, "node_modules", package, "package.json");
        return File.Exists(installed) ? JsonDocument.Parse(File.ReadAllText(installed)).RootElement.GetProperty("version").GetString() : null;
    }

    private static void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = s_folder, UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["TZ"] = "UTC";
        start.Environment["LANG"] = "en_US.UTF-8";
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new InvalidOperationException($"The Liquid tests compare with LiquidJS and need Node 20 and npm on the PATH; '{program}' could not be started.", error);
        }

        using (process)
        {
            var text = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"'{program} {string.Join(' ', arguments)}' failed with {process.ExitCode}:\n{errors}\n{text.Result}");
        }
    }

    // A corpus file has one snippet per line, with \n for a new line; lines that start with # say what follows. A line of outputs
    // is a snippet for each of them.
    private static List<string> ReadCorpus() =>
    [
        .. Directory.GetFiles(Path.Combine(s_folder, "corpus"), "*.txt").Order(StringComparer.Ordinal)
            .SelectMany(File.ReadLines)
            .Where(line => line.Length > 0 && !line.StartsWith("# ", StringComparison.Ordinal))
            .SelectMany(line => line.Contains("{%", StringComparison.Ordinal) ? [line] : line.Replace("}} {{", "}}\0{{", StringComparison.Ordinal).Split('\0'))
            .Select(line => line.Replace("\\n", "\n", StringComparison.Ordinal)),
    ];

    private static string FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "tests", "Scripting.Tests", "Liquid");
            if (File.Exists(Path.Combine(candidate, "package-lock.json")))
                return candidate;
        }

        throw new InvalidOperationException("The folder tests/Scripting.Tests/Liquid was not found above the test's own");
    }
}
