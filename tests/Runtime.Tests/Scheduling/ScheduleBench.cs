using System.Text.Json.Nodes;
using Platform.Engine.Definitions;
using Platform.Runtime.Activities;
using Platform.Runtime.Execution;
using Platform.Runtime.Scheduling;
using Platform.Runtime.Store;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests.Scheduling;

/// <summary>A runtime that does one thing at a time: the clock's round, then the queued work. So a process can end between any two.</summary>
internal sealed class ScheduleBench : IAsyncDisposable
{
    private const string DefinitionId = "tick";

    public RuntimeHarness Harness { get; } = RuntimeHarness.Compose();

    public string ScheduleId => "tick|c";

    public ScheduleControl Control => Harness.Get<ScheduleControl>();

    public DateTimeOffset Now => Harness.Clock.GetUtcNow();

    public async ValueTask DisposeAsync() => await Harness.DisposeAsync();

    /// <summary>A workflow that a timer starts every minute.</summary>
    /// <param name="settings">Its settings, or null.</param>
    /// <param name="waits">Whether its instances wait for the event 'go'.</param>
    public static string EveryMinute(JsonObject? settings = null, bool waits = false) =>
        Scheduled(Trigger("c", "Elsa.Timer", ("interval", "Literal", "00:01:00")), settings, waits);

    public static string Cron(string expression, JsonObject? settings = null) =>
        Scheduled(Trigger("c", "Elsa.Cron", ("cronExpression", "Literal", expression)), settings, waits: false);

    public Task<WorkflowDefinition> PublishAsync(string document) => Harness.PublishAsync(DefinitionId, document);

    /// <summary>Another process over the same store.</summary>
    public Task RestartAsync() => Harness.ComposeOnlyAsync();

    /// <summary>One round of the clock.</summary>
    public async Task FireAsync() => await Harness.Get<DueTimes>().FireAsync(CancellationToken.None);

    /// <summary>Does all queued work that is due.</summary>
    public async Task WorkAsync()
    {
        while (await QueuedAsync() is { Count: > 0 } queued)
        {
            foreach (var work in queued)
                await Harness.Get<WorkExecution>().ExecuteAsync(work, CancellationToken.None);
        }
    }

    /// <summary>Moves the clock, fires and works.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        Harness.Clock.Advance(time);
        await FireAsync();
        await WorkAsync();
    }

    public Task<IReadOnlyList<StoredWork>> QueuedAsync() => Harness.Store.DueWorkAsync(Now, 1_000, CancellationToken.None).AsTask();

    public Task<IReadOnlyList<StoredInstance>> InstancesAsync() => Harness.InstancesOfAsync(DefinitionId);

    public async Task<StoredTrigger> TriggerAsync() =>
        (await Harness.Store.FindTriggersAsync(new TriggerFilter { DefinitionId = DefinitionId }, CancellationToken.None)).ShouldHaveSingleItem();

    public async Task<ScheduleInfo> InfoAsync() => (await Control.FindAsync(ScheduleId, CancellationToken.None)).ShouldNotBeNull();

    /// <summary>Lets the waiting instances go on to their end.</summary>
    public async Task FinishAsync() => await Harness.Runtime.DeliverAsync(EventStimulus.For("go", null), CancellationToken.None);

    private static string Scheduled(JsonObject trigger, JsonObject? settings, bool waits)
    {
        var flow = waits
            ? Flowchart([trigger, Step("w", "Elsa.Event", ("eventName", "Literal", "go"))], "c -> w")
            : Flowchart([trigger, Line("tock")], "c -> tock");
        if (settings is null)
            return flow;
        var document = JsonNode.Parse(flow)!;
        document["customProperties"] = new JsonObject { ["schedule"] = settings };
        return document.ToJsonString();
    }
}
