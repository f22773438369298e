using System.Diagnostics;
using System.Text.Json;
using Platform.Scripting.JavaScript;

namespace Platform.Scripting.Tests.JavaScript;

/// <summary>Runs programs in Node, all of a batch in one process, and in our engine, and tells what each emitted.</summary>
internal static class NodeOracle
{
    private static readonly JsOptions s_options = JsOptions.Default with
    {
        Limits = JsLimits.Default with { TimeMax = TimeSpan.FromSeconds(10) },
    };

    public static string CorpusFolder => Path.Combine(AppContext.BaseDirectory, "JavaScript", "Corpus");

    public static string Prelude { get; } = "'use strict';\n" + File.ReadAllText(Path.Combine(CorpusFolder, "_prelude.js"));

    /// <summary>What Node emits for each program.</summary>
    public static string[] RunNode(IReadOnlyList<string> programs)
    {
        var folder = Directory.CreateTempSubdirectory("js-oracle");
        try
        {
            var input = Path.Combine(folder.FullName, "in.json");
            var output = Path.Combine(folder.FullName, "out.json");
            File.WriteAllText(input, JsonSerializer.Serialize(programs));
            var start = new ProcessStartInfo("node", [Path.Combine(CorpusFolder, "_runner.cjs"), input, output])
            {
                RedirectStandardError = true,
                UseShellExecute = false,
                Environment = { ["TZ"] = "UTC", ["LANG"] = "en_US.UTF-8" },
            };
            using var node = StartNode(start);
            var errors = node.StandardError.ReadToEnd();
            node.WaitForExit();
            node.ExitCode.ShouldBe(0, errors);
            return JsonSerializer.Deserialize<string[]>(File.ReadAllText(output)) ?? [];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What our engine emits for a program.</summary>
    public static async Task<string> RunOurs(string program)
    {
        var lines = new List<string>();
        var globals = new JsGlobals();
        globals["emit"] = new JsHostFunction("emit", args =>
        {
            lines.Add(args.Text(0) ?? "null");
            return null;
        });
        try
        {
            var value = await JsScript.Compile(program).RunAsync(globals, s_options, CancellationToken.None);
            lines.Add("=> " + JsonSerializer.Serialize(value is Delegate ? "function" : value));
        }
        catch (JsSyntaxException)
        {
            lines.Add("!! SyntaxError");
        }
        catch (JsException exception)
        {
            lines.Add("!! " + (exception.ErrorName.Length > 0 ? exception.ErrorName : exception.Detail));
        }
        catch (JsLimitException exception)
        {
            lines.Add("!! limit " + exception.Kind);
        }

        return string.Join('\n', lines);
    }

    private static Process StartNode(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException("Node did not start.");
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new InvalidOperationException("These tests compare with Node, and there is no 'node' on the PATH. Install Node 20 or later.", exception);
        }
    }
}
