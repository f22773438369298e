using Platform.Runtime.Activities;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests.Dispatching;

/// <summary>A harness with workflows that run until they are told to end.</summary>
internal static class DispatchHarness
{
    /// <summary>A document whose runs wait for the event "end".</summary>
    public static string Waiting() => Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", "end")));

    public static ValueTask<StoredWork> DispatchAsync(
        this RuntimeHarness harness, string definitionId, string instanceId, string? key = null, int priority = 0, DateTimeOffset? dueAt = null) =>
        harness.Runtime.DispatchAsync(
            new StartRequest { DefinitionId = definitionId, InstanceId = instanceId, ConcurrencyKey = key }, new QueueTerms(priority, dueAt), CancellationToken.None);

    /// <summary>Lets a run end, and waits until it has.</summary>
    public static async Task EndAsync(this RuntimeHarness harness, string instanceId)
    {
        await harness.StartedAsync(instanceId);
        await harness.Runtime.DeliverAsync(EventStimulus.For("end", null) with { InstanceId = instanceId }, CancellationToken.None);
    }

    public static Task StartedAsync(this RuntimeHarness harness, string instanceId) => harness.CommittedAsync(burst => burst.Instance.Id == instanceId);

    public static async Task LimitAsync(this RuntimeHarness harness, string definitionId, int? concurrent = null, int? perKey = null, StartRate? rate = null) =>
        await harness.Get<DispatchRules>().SetLimitsAsync(definitionId, new DefinitionLimits(concurrent, perKey, rate), CancellationToken.None);

    public static async Task PauseAsync(this RuntimeHarness harness, string definitionId, PauseMode mode = PauseMode.Queue) =>
        await harness.Get<DispatchRules>().PauseAsync(definitionId, mode, "ann", CancellationToken.None);

    public static async Task ResumeAsync(this RuntimeHarness harness, string definitionId) =>
        await harness.Get<DispatchRules>().ResumeAsync(definitionId, "ann", CancellationToken.None);

    /// <summary>The ids of a definition's instances, sorted.</summary>
    public static async Task<string[]> IdsOfAsync(this RuntimeHarness harness, string definitionId) =>
        [.. (await harness.InstancesOfAsync(definitionId)).Select(instance => instance.Id).Order(StringComparer.Ordinal)];

    public static async Task<int> RunningOfAsync(this RuntimeHarness harness, string definitionId) =>
        (await harness.InstancesOfAsync(definitionId)).Count(instance => instance.Status == "Running");

    /// <summary>Runs a start of a definition without rules through the whole queue: what stood before it has been looked at by then.</summary>
    public static async Task PassAsync(this RuntimeHarness harness, string marker)
    {
        if ((await harness.Definitions.FindAsync("pass", Engine.Definitions.VersionOptions.Published, CancellationToken.None)) is null)
            await harness.PublishAsync("pass", Sequence(Line("passed")));
        await harness.DispatchAsync("pass", marker, priority: -100);
        await harness.StartedAsync(marker);
        await harness.UntilAsync(() => harness.Get<WorkQueue>().HeldCount == 0);
    }

    public static async Task<long> QueuedAsync(this RuntimeHarness harness, string definitionId) =>
        (await harness.Store.CountWorkAsync(harness.Clock.GetUtcNow(), CancellationToken.None)).Where(count => count.DefinitionId == definitionId).Sum(count => count.Due + count.Delayed);
}
