using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Engine.Definitions;

namespace Platform.Engine.Tests.Fuzz;

/// <summary>Whatever a document holds, reading it says what is wrong instead of failing, and running it ends.</summary>
public sealed class ImporterFuzzTests
{
    private const int Documents = 3_000;
    private const long AllocatedBytesMax = 200_000_000;
    private readonly EngineHarness _engine = new() { Limits = new EngineLimits { StepsPerBurstMax = 300, LiveActivitiesMax = 300 } };

    [Fact]
    public async Task Damaged_documents_are_read_and_run_or_refused()
    {
        var originals = Originals();
        originals.Count.ShouldBeGreaterThan(200);
        var (refused, run) = (0, 0);
        for (var seed = 0; seed < Documents; seed++)
        {
            var document = new DocumentMutator(seed).Mutate(originals[seed % originals.Count]);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                if (await RunAsync(document))
                    run++;
                else
                    refused++;
            }
            catch (Exception exception)
            {
                Assert.Fail($"Seed {seed}: {exception}\n{(document.Length > 4_000 ? document[..4_000] + "…" : document)}");
            }

            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(AllocatedBytesMax, $"Seed {seed} used too much memory.\n{(document.Length > 6_000 ? document[..6_000] : document)}");
        }

        refused.ShouldBeGreaterThan(Documents / 20);
        run.ShouldBeGreaterThan(Documents / 3);
    }

    /// <summary>False when the document is not JSON, which is the only thing that an exception may say.</summary>
    private async Task<bool> RunAsync(string document)
    {
        try
        {
            var plan = _engine.Compile(document);
            foreach (var problem in plan.Content.Problems.Concat(plan.Content.Warnings))
            {
                problem.Path.ShouldStartWith("$");
                problem.Code.ShouldStartWith("WF1");
                problem.Message.Length.ShouldBeGreaterThan(10);
            }

            // What has problems is not published, so it does not run.
            if (plan.Problems.Count > 0)
                return true;
        }
        catch (JsonException)
        {
            return false;
        }

        var workflow = await _engine.StartAsync(document);
        // Handed back to be stored in between, as sagas ask for while they undo.
        workflow.Log = null;
        while (workflow.SubStatus == WorkflowSubStatus.Executing)
            await Interpreter.RunAsync(workflow);
        workflow.SubStatus.ShouldBeOneOf(WorkflowSubStatus.Finished, WorkflowSubStatus.Suspended, WorkflowSubStatus.Faulted);
        EngineHarness.Stored(workflow).Length.ShouldBeGreaterThan(0);
        _engine.Logs.Clear();
        return true;
    }

    private static List<string> Originals()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Platform.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The repository was not found.");
        return [.. Directory.EnumerateFiles(Path.Combine(folder, "tests", "Runtime.Tests", "cases"), "*.json", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .SelectMany(path => JsonNode.Parse(File.ReadAllText(path), documentOptions: new JsonDocumentOptions { MaxDepth = 256 })!["workflows"]!.AsArray())
            .Select(workflow => workflow!.ToJsonString(new JsonSerializerOptions { MaxDepth = 256 }))
            .Where(document => document.Length < 20_000)
            .Concat(Directory.EnumerateFiles(Path.Combine(folder, "workflows"), "*.json").Order(StringComparer.Ordinal).Select(File.ReadAllText))];
    }
}
