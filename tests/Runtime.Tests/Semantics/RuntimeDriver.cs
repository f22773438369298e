using System.Text.Json.Nodes;
using Platform.Engine;
using Platform.Engine.Execution;
using Platform.Engine.Plans;
using Platform.Runtime.Activities;
using Platform.Runtime.Definitions;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;

namespace Platform.Runtime.Tests.Semantics;

/// <summary>Runs a case with the whole runtime. It is restarted over the same store before each step when asked to.</summary>
internal sealed class RuntimeDriver(SemanticCase semantics, bool restarts) : IAsyncDisposable
{
    private readonly Dictionary<string, JsonNode?> _results = [];
    private RuntimeHarness _harness = null!;

    public async Task RunAsync()
    {
        _harness = await RuntimeHarness.CreateAsync();
        foreach (var workflow in semantics.Workflows)
            (await PublishAsync(workflow)).ShouldBeOfType<DefinitionResult.Saved>();
        for (var i = 0; i < semantics.Steps.Count; i++)
        {
            var step = semantics.Steps[i];
            if (restarts)
                await _harness.RestartAsync();
            var linesBefore = _harness.Lines.ToString().Length;
            await DoAsync(step);
            foreach (var (definition, subStatus) in step.Until ?? [])
                await ReachedAsync(definition, subStatus is JsonArray several ? [.. several.Select(item => item!.GetValue<string>())] : [subStatus!.GetValue<string>()]);
            var facts = new JsonObject();
            foreach (var (name, expected) in step.Expectation)
            {
                facts[name] = name switch
                {
                    "lines" => Facts.Texts(_harness.Lines.ToString()[linesBefore..].Split(Environment.NewLine)[..^1]),
                    "instances" => await InstancesAsync(expected!.AsObject()),
                    "triggers" => await TriggersAsync(expected!.AsObject()),
                    _ => _results.GetValueOrDefault(name)?.DeepClone(),
                };
            }

            Expectations.Compare(step.Expectation, facts, $"{semantics.Rule} Step {i + 1} ({step.Action}){(restarts ? ", restarted before each step" : "")}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_harness is not null)
            await _harness.DisposeAsync();
    }

    /// <summary>Waits until so many instances of a definition have reached a state.</summary>
    private Task ReachedAsync(string definition, IReadOnlyList<string> subStatuses)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        return _harness.CommittedAsync(burst => burst.Instance.DefinitionId == definition && burst.Instance.SubStatus == subStatuses[0]
            && reached.Add(burst.Instance.Id) && reached.Count == subStatuses.Count);
    }

    private async ValueTask<DefinitionResult> PublishAsync(JsonObject workflow)
    {
        var draft = new DefinitionDraft(workflow.ToJsonString())
        {
            DefinitionId = workflow["definitionId"]!.GetValue<string>(),
            Name = workflow["name"]?.GetValue<string>(),
            ToolVersion = workflow["toolVersion"]?.GetValue<string>(),
        };
        var result = await _harness.Definitions.SaveAsync(draft, publish: true, CancellationToken.None);
        _results["problems"] = Facts.Texts(result is DefinitionResult.Invalid invalid ? invalid.Problems.Select(problem => problem.Code) : []);
        _results["warnings"] = Facts.Texts(result is DefinitionResult.Saved saved ? saved.Warnings.Select(warning => warning.Code) : []);
        return result;
    }

    private async Task DoAsync(SemanticStep step)
    {
        _results.Clear();
        switch (step.Action)
        {
            case "publish":
                await PublishAsync(step.Value!.AsObject());
                break;
            case "retract":
                await _harness.Definitions.RetractAsync(step.Value!.GetValue<string>(), CancellationToken.None);
                break;
            case "start":
                await StartAsync(step);
                break;
            case "event":
                await DeliverAsync(step);
                break;
            case "resume":
                await ResumeAsync(step);
                break;
            case "cancel":
                _results["cancelled"] = await _harness.Runtime.CancelAsync((await OnlyAsync(step.Value!.GetValue<string>())).Id, CancellationToken.None);
                break;
            case "retry":
                await _harness.Runtime.RetryAsync((await OnlyAsync(step.Value!.GetValue<string>())).Id, null, CancellationToken.None);
                break;
            case "advance":
                _harness.Clock.Advance(TimeSpan.Parse(step.Value!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture));
                break;
            default:
                throw new InvalidOperationException($"The runtime cannot '{step.Action}'.");
        }
    }

    private async Task StartAsync(SemanticStep step)
    {
        var request = new StartRequest
        {
            DefinitionId = step.Text("definition"),
            CorrelationId = step.Text("correlationId"),
            Input = step.Values("input"),
        };
        _results["result"] = (await _harness.Runtime.StartAsync(request, CancellationToken.None)).GetType().Name;
    }

    private async Task DeliverAsync(SemanticStep step)
    {
        var instance = step.Text("instance") is { } definition ? (await OnlyAsync(definition)).Id : null;
        var stimulus = EventStimulus.For(step.Text("name")!, step.Values("payload")) with { CorrelationId = step.Text("correlationId"), InstanceId = instance };
        var result = await _harness.Runtime.DeliverAsync(stimulus, CancellationToken.None);
        _results["started"] = result.Started.Count;
        _results["resumed"] = result.Resumed.Count;
    }

    private async Task ResumeAsync(SemanticStep step)
    {
        var instance = await OnlyAsync(step.Text("definition")!);
        var bookmarks = await _harness.Store.FindBookmarksAsync(
            new BookmarkFilter { InstanceId = instance.Id, Name = step.Text("bookmark") }, CancellationToken.None);
        var result = await _harness.Runtime.ResumeAsync(bookmarks[0], step.Values("input"), null, CancellationToken.None);
        _results["result"] = result.GetType().Name;
    }

    private async Task<StoredInstance> OnlyAsync(string definitionId) =>
        (await _harness.InstancesOfAsync(definitionId)).Where(instance => instance.Status == "Running").ShouldHaveSingleItem();

    /// <summary>Instances by definition, oldest first, then by correlation id; of each only the facts that are expected.</summary>
    private async Task<JsonObject> InstancesAsync(JsonObject expected)
    {
        var result = new JsonObject();
        foreach (var (definition, wanted) in expected)
        {
            var instances = (await _harness.InstancesOfAsync(definition))
                .OrderBy(instance => instance.CreatedAt).ThenBy(instance => instance.CorrelationId, StringComparer.Ordinal).ToList();
            var facts = new JsonArray();
            for (var i = 0; i < instances.Count; i++)
                facts.Add((JsonNode)await FactsOfAsync(await _harness.InstanceAsync(instances[i].Id), i < wanted!.AsArray().Count ? wanted[i]!.AsObject() : []));
            result[definition] = facts;
        }

        return result;
    }

    private async Task<JsonObject> FactsOfAsync(StoredInstance instance, JsonObject expected)
    {
        var version = (await _harness.Store.FindDefinitionVersionAsync(instance.DefinitionVersionId, CancellationToken.None)).ShouldNotBeNull();
        var workflow = new WorkflowExecutionContext(_harness.Get<PlanCompiler>().Compile(version), instance.Id, _harness.Get<EngineHost>())
        {
            Name = instance.Name,
            CorrelationId = instance.CorrelationId,
        };
        StateCodec.Read(workflow, instance.State);
        var bursts = await _harness.Store.ReadBurstsAsync(instance.Id, CancellationToken.None);
        var history = ExecutionHistory.Read(instance.Id, bursts.Select(burst => burst.Log));
        return Facts.Of(expected, name => name switch
        {
            "version" => instance.Version,
            "isChild" => instance.ParentInstanceId is not null,
            "input" => Engine.Values.DynamicJson.ToNode(workflow.Input.Where(item => item.Key != "ParentInstanceId").ToDictionary(StringComparer.Ordinal)),
            _ => Facts.OfInstance(name, expected[name], workflow, history, 0),
        });
    }

    private async Task<JsonObject> TriggersAsync(JsonObject expected)
    {
        var result = new JsonObject();
        foreach (var (definition, _) in expected)
        {
            var triggers = await _harness.Store.FindTriggersAsync(new TriggerFilter { DefinitionId = definition }, CancellationToken.None);
            result[definition] = Facts.Texts(triggers.Select(trigger => $"{trigger.ActivityId} {trigger.Name} {(trigger.DueAt is null ? trigger.Payload : "due")}").Order(StringComparer.Ordinal));
        }

        return result;
    }
}
