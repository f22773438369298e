using System.Buffers;
using System.Text.Json.Nodes;
using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Engine.Execution;
using Platform.Engine.Plans;

namespace Platform.Runtime.Tests.Semantics;

/// <summary>Runs a case with the interpreter alone. The instance goes through its stored form between two steps when asked to.</summary>
internal sealed class EngineDriver(SemanticCase semantics, bool isStored) : IAsyncDisposable
{
    private readonly RuntimeHarness _harness = RuntimeHarness.Compose();
    private readonly List<byte[]> _logs = [];
    private WorkflowExecutionContext? _workflow;
    private string? _lastBookmarkId;
    private bool _isResumed;

    public async Task RunAsync()
    {
        var plan = Plan();
        for (var i = 0; i < semantics.Steps.Count; i++)
        {
            var step = semantics.Steps[i];
            var linesBefore = _harness.Lines.ToString().Length;
            var journalBefore = History().Journal.Count;
            await DoAsync(step, plan);
            if (isStored && _workflow is not null)
                _workflow = Reload(_workflow);
            var facts = Facts.Of(step.Expectation, name => name switch
            {
                "lines" => Facts.Texts(_harness.Lines.ToString()[linesBefore..].Split(Environment.NewLine)[..^1]),
                "resumed" => _isResumed,
                "problems" => Facts.Texts(plan.Content.Problems.Select(problem => problem.Code)),
                "warnings" => Facts.Texts(plan.Content.Warnings.Select(warning => warning.Code)),
                "told" => Facts.Texts(History().Journal.Skip(journalBefore).Select(entry => entry.EventName)
                    .Where(name => name is not ("Started" or "Completed" or "Suspended" or "Resumed" or "Canceled" or "Faulted"))),
                "nodes" => Facts.Texts(plan.Nodes.Skip(1).Select(node => $"{node.NodeId} {node.Activity.Type} {node.Activity.Version}")),
                _ => Facts.OfInstance(name, step.Expectation[name], _workflow!, History(), journalBefore),
            });
            Expectations.Compare(step.Expectation, facts, $"{semantics.Rule} Step {i + 1} ({step.Action}), {(isStored ? "through the store" : "in one go")}");
        }
    }

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    private WorkflowPlan Plan()
    {
        var document = semantics.Workflows.ShouldHaveSingleItem();
        return _harness.Get<PlanCompiler>().Compile(new WorkflowDefinition("v1", document["definitionId"]?.GetValue<string>() ?? "d1", 1)
        {
            Name = document["name"]?.GetValue<string>(),
            ToolVersion = document["toolVersion"]?.GetValue<string>(),
            Document = document.ToJsonString(),
        });
    }

    private Task DoAsync(SemanticStep step, WorkflowPlan plan) => step.Action switch
    {
        "read" => Task.CompletedTask,
        "start" => StartAsync(step, plan),
        "resume" => ResumeAsync(step),
        "event" => EventAsync(step),
        "cancel" => BurstAsync(async workflow => await Interpreter.CancelAsync(workflow)),
        "retry" => BurstAsync(async workflow =>
        {
            Interpreter.RetryFaulted(workflow, (step.Value as JsonArray)?.Select(id => id!.GetValue<string>()).ToList());
            await Interpreter.RunAsync(workflow);
        }),
        "advance" => AdvanceAsync(step),
        _ => throw new InvalidOperationException($"The engine alone cannot '{step.Action}'. Use the driver 'runtime'."),
    };

    private Task StartAsync(SemanticStep step, WorkflowPlan plan)
    {
        _workflow = new WorkflowExecutionContext(plan, "i1", _harness.Get<EngineHost>())
        {
            TriggerActivityId = step.Text("trigger"),
            CorrelationId = step.Text("correlationId"),
        };
        if (step.Text("executionMode") is { } mode)
            _workflow.Properties[Platform.Engine.Activities.Flowchart.ExecutionModeProperty] = mode;
        foreach (var (name, value) in step.Values("input") ?? [])
            _workflow.Input[name] = value;
        return BurstAsync(async workflow => await Interpreter.StartAsync(workflow));
    }

    private async Task ResumeAsync(SemanticStep step)
    {
        var id = _lastBookmarkId;
        if (step.Text("activity") is { } activity)
        {
            var history = History();
            var sequences = history.Executions.Where(record => record.ActivityId == activity).Select(record => record.Sequence).ToHashSet();
            id = _workflow!.Bookmarks.First(bookmark => sequences.Contains(bookmark.ActivitySequence)).Id;
        }

        await ResumeAsync(id.ShouldNotBeNull(), step.Values("input"));
    }

    private async Task EventAsync(SemanticStep step)
    {
        var stimulus = Platform.Runtime.Activities.EventStimulus.For(step.Text("name")!, step.Values("payload"));
        var hash = StimulusHash.Compute(stimulus.Name, stimulus.Payload);
        _isResumed = false;
        foreach (var bookmark in _workflow!.Bookmarks.Where(bookmark => bookmark.Hash == hash).ToList())
        {
            await ResumeAsync(bookmark.Id, stimulus.Input);
            if (isStored)
                _workflow = Reload(_workflow);
        }
    }

    private async Task AdvanceAsync(SemanticStep step)
    {
        _harness.Clock.Advance(TimeSpan.Parse(step.Value!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture));
        var due = _workflow!.Bookmarks.Where(bookmark => bookmark.DueAt <= _harness.Clock.GetUtcNow()).OrderBy(bookmark => bookmark.DueAt).ToList();
        foreach (var bookmark in due)
            await ResumeAsync(bookmark.Id, null);
    }

    private Task ResumeAsync(string bookmarkId, Dictionary<string, object?>? input)
    {
        _lastBookmarkId = bookmarkId;
        return ResumeAsync(bookmarkId, (IReadOnlyDictionary<string, object?>?)input);
    }

    private Task ResumeAsync(string bookmarkId, IReadOnlyDictionary<string, object?>? input)
    {
        _lastBookmarkId = bookmarkId;
        return BurstAsync(async workflow => _isResumed = await Interpreter.ResumeAsync(workflow, bookmarkId, input));
    }

    private async Task BurstAsync(Func<WorkflowExecutionContext, Task> burst)
    {
        using var log = new BurstLog(new BurstLogOptions());
        _workflow!.Log = log;
        await burst(_workflow);
        // Handed back to be stored in between; what is stored is as good as what is in memory.
        while (_workflow.SubStatus == WorkflowSubStatus.Executing)
        {
            if (isStored)
            {
                _workflow = Reload(_workflow);
                _workflow.Log = log;
            }

            await Interpreter.RunAsync(_workflow);
        }

        _logs.Add(log.Complete().ToArray());
        _workflow.Log = null;
    }

    private WorkflowExecutionContext Reload(WorkflowExecutionContext workflow)
    {
        var buffer = new ArrayBufferWriter<byte>();
        StateCodec.Write(workflow, buffer);
        var loaded = new WorkflowExecutionContext(workflow.Plan, workflow.Id, workflow.Host) { Name = workflow.Name, CorrelationId = workflow.CorrelationId };
        StateCodec.Read(loaded, buffer.WrittenMemory);
        return loaded;
    }

    private ExecutionHistory History() => ExecutionHistory.Read("i1", _logs.Select(log => new ReadOnlyMemory<byte>(log)));
}
