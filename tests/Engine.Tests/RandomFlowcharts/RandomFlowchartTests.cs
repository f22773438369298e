using Platform.Engine.Execution;

namespace Platform.Engine.Tests.RandomFlowcharts;

/// <summary>Thousands of random flowcharts, run by the engine and by a deliberately simple interpreter.</summary>
public sealed class RandomFlowchartTests
{
    private const int FlowchartsPerRun = 3_000;
    private const int ResumesMax = 12;

    [Fact]
    public async Task The_engine_runs_random_flowcharts_as_the_rules_say()
    {
        var engine = new EngineHarness();
        var seen = new Coverage();
        for (var seed = 0; seed < FlowchartsPerRun; seed++)
        {
            var model = new FlowGenerator(seed).Next();
            if (await DifferenceAsync(engine, model, seed, seen) is not { } difference)
                continue;
            var smallest = await ShrinkAsync(engine, model, seed);
            var again = await DifferenceAsync(engine, smallest, seed, new Coverage());
            Assert.Fail($"Seed {seed}: {again ?? difference}\n{smallest.ToDocument()}");
        }

        seen.ShouldBePlausible(FlowchartsPerRun);
    }

    /// <summary>Null when both agree: the same activities in the same order, the same places to wait, the same end.</summary>
    private static async Task<string?> DifferenceAsync(EngineHarness engine, FlowModel model, int seed, Coverage seen)
    {
        var random = new Random(seed);
        var reference = new ReferenceFlow(model);
        reference.Start();
        engine.Logs.Clear();
        var workflow = await engine.StartAsync(model.ToDocument());
        for (var resumes = 0; ; resumes++)
        {
            if (Compare(engine, workflow, reference) is { } difference)
                return $"After {resumes} resumes: {difference}";
            seen.Add(reference, resumes);
            var waiting = reference.Waiting.Count;
            if (waiting == 0 || resumes == ResumesMax || reference.IsBroken || reference.SubStatus == "Faulted")
                return null;
            var chosen = random.Next(waiting);
            var bookmark = Ordered(workflow)[chosen];
            reference.Resume(chosen);
            workflow = engine.Reload(workflow);
            using var log = new BurstLog(new BurstLogOptions());
            workflow.Log = log;
            await Interpreter.ResumeAsync(workflow, bookmark.Id, null);
            engine.Logs.Add(log.Complete().ToArray());
        }
    }

    private static string? Compare(EngineHarness engine, WorkflowExecutionContext workflow, ReferenceFlow reference)
    {
        var started = engine.History().Journal.Where(entry => entry.EventName == "Started").Select(entry => entry.Execution.ActivityId)
            .Where(id => id is not "Workflow1" and not "root").ToList();
        if (reference.IsBroken)
        {
            if (!workflow.Incidents.Exists(incident => incident.Message.StartsWith("Invalid backward connection", StringComparison.Ordinal)))
                return "an invalid connection back was followed without an incident";
            return started.Take(reference.Started.Count).SequenceEqual(reference.Started) ? null : Show("started", started, reference.Started);
        }

        if (!started.SequenceEqual(reference.Started))
            return Show("started", started, reference.Started);
        if (workflow.SubStatus.ToString() != reference.SubStatus)
            return $"the engine is {workflow.SubStatus}, expected was {reference.SubStatus}";
        var incidents = workflow.Incidents.Select(incident => incident.ActivityId).ToList();
        if (!incidents.SequenceEqual(reference.Incidents))
            return Show("incidents", incidents, reference.Incidents);
        if (reference.SubStatus == "Faulted")
            return null;
        var waiting = Ordered(workflow).Select(bookmark => bookmark.Payload!).ToList();
        return waiting.SequenceEqual(reference.Waiting) ? null : Show("waiting", waiting, reference.Waiting);
    }

    /// <summary>Bookmarks in the order in which their activities were scheduled.</summary>
    private static List<Bookmark> Ordered(WorkflowExecutionContext workflow) => [.. workflow.Bookmarks.OrderBy(bookmark => bookmark.ActivitySequence)];

    private static string Show(string what, List<string> engine, List<string> reference) =>
        $"{what}: the engine says [{string.Join(", ", engine)}], expected was [{string.Join(", ", reference)}]";

    /// <summary>Leaves out connections and activities as long as the two still differ.</summary>
    private static async Task<FlowModel> ShrinkAsync(EngineHarness engine, FlowModel model, int seed)
    {
        for (var isSmaller = true; isSmaller;)
        {
            isSmaller = false;
            foreach (var candidate in Smaller(model).ToList())
            {
                if (candidate.Steps.Count == 0 || await DifferenceAsync(engine, candidate, seed, new Coverage()) is null)
                    continue;
                model = candidate;
                isSmaller = true;
                break;
            }
        }

        return model;
    }

    private static IEnumerable<FlowModel> Smaller(FlowModel model)
    {
        foreach (var step in model.Steps)
        {
            yield return model with
            {
                Steps = [.. model.Steps.Where(other => other != step)],
                Connections = [.. model.Connections.Where(connection => connection.Source != step.Id && connection.Target != step.Id)],
            };
        }

        foreach (var connection in model.Connections)
            yield return model with { Connections = [.. model.Connections.Where(other => !ReferenceEquals(other, connection))] };
    }

    /// <summary>What the random flowcharts exercised, so that a generator that makes nothing of interest fails.</summary>
    private sealed class Coverage
    {
        private readonly Dictionary<string, int> _counts = [];

        public void Add(ReferenceFlow reference, int resumes)
        {
            Count(reference.SubStatus);
            Count(resumes > 0 ? "resumed" : "begun");
            if (reference.IsBroken)
                Count("broken");
            if (reference.Started.Count > 8)
                Count("long");
            if (reference.Started.Distinct(StringComparer.Ordinal).Count() < reference.Started.Count)
                Count("repeated");
        }

        public void ShouldBePlausible(int flowcharts)
        {
            foreach (var (what, share) in new[] { ("Finished", 0.3), ("Suspended", 0.1), ("Faulted", 0.02), ("resumed", 0.2), ("broken", 0.01), ("long", 0.1), ("repeated", 0.05) })
                _counts.GetValueOrDefault(what).ShouldBeGreaterThan((int)(flowcharts * share), $"Too few flowcharts were '{what}'.");
        }

        private void Count(string what) => _counts[what] = _counts.GetValueOrDefault(what) + 1;
    }
}
