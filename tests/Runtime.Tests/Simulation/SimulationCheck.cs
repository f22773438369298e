using Platform.Runtime.Scheduling;
using Platform.Runtime.Store;

namespace Platform.Runtime.Tests.Simulation;

/// <summary>Compares the store and the world with the client's book, once everything has come to its end.</summary>
internal sealed class SimulationCheck(InMemoryStore store, SimulatedWorld world, SimulatedBook book)
{
    private static readonly string[] Ends = ["Finished", "Cancelled"];

    /// <summary>Whoever was promised to go on did.</summary>
    public async Task GoneAsync()
    {
        var all = await InstancesAsync();
        foreach (var id in book.Gone)
            Expect(all.TryGetValue(id, out var instance) && instance.Status == "Finished", $"The instance '{id}' got its event and is {instance?.SubStatus ?? "not there"}.");
    }

    /// <summary>Instances that wait for an event that nobody has sent.</summary>
    public async Task<List<string>> WaitingAsync() => [.. (await InstancesAsync()).Values.Where(instance => instance is { DefinitionId: SimulatedWorkflows.Waits, SubStatus: "Suspended" }).Select(instance => instance.Id)];

    /// <summary>Everything else.</summary>
    public async Task EverythingAsync(ScheduleInfo? ticks)
    {
        var all = await InstancesAsync();
        foreach (var id in book.Accepted)
            Expect(all.ContainsKey(id), $"The instance '{id}' of '{book.Asked[id]}' was accepted and is lost.");
        foreach (var id in book.Cancelled)
            Expect(all.TryGetValue(id, out var instance) && instance.SubStatus == "Cancelled", $"The instance '{id}' was told to be cancelled and is {instance?.SubStatus}.");
        foreach (var instance in all.Values)
            CheckInstance(instance, all);
        CheckEvents(all);
        Expect(ticks is not null && ticks.FiredCount == Count(all, SimulatedWorkflows.Cron) && ticks.MissedCount == 0, $"{Count(all, SimulatedWorkflows.Cron)} ticks ran: {ticks}.");
        // The clock of all runs begins at 05:06:07, the first tick is a minute later.
        Expect(ticks?.LastTickAt is not { } last || ticks.FiredCount == (long)(last - new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero)).TotalMinutes, $"Ticks are missing or doubled: {ticks}.");
        var work = await store.DueWorkAsync(DateTimeOffset.MaxValue, 100, CancellationToken.None);
        Expect(work.Count == 0, $"Work is left: {string.Join(", ", work)}.");
        foreach (var name in new[] { "Elsa.Event", "Elsa.Delay" })
            Expect((await store.FindBookmarksAsync(new BookmarkFilter { Name = name }, CancellationToken.None)).Count == 0, $"Bookmarks of '{name}' are left.");
    }

    private static int Count(Dictionary<string, StoredInstance> all, string definition) => all.Values.Count(instance => instance.DefinitionId == definition);

    private void CheckInstance(StoredInstance instance, Dictionary<string, StoredInstance> all)
    {
        var name = $"'{instance.Id}' of '{instance.DefinitionId}'";
        // A child that is run in line fails like any other step when its commit does; that is an incident which can be retried.
        if (instance is { DefinitionId: "inline", SubStatus: "Faulted" } && world.HasDiskFailed)
            return;
        Expect(Ends.Contains(instance.SubStatus), $"The instance {name} is {instance.SubStatus}.");
        if (instance.SubStatus == "Cancelled")
        {
            Expect(IsCancelAsked(instance, all), $"Nobody cancelled the instance {name}.");
            return;
        }

        var steps = world.StepsOf(instance.Id).Order(StringComparer.Ordinal).ToList();
        Expect(steps.SequenceEqual(SimulatedWorkflows.StepsOf(instance.DefinitionId)), $"The instance {name} finished with the steps {string.Join(", ", steps)}.");
        var children = all.Values.Count(child => child.ParentInstanceId == instance.Id);
        var expected = instance.DefinitionId switch
        {
            SimulatedWorkflows.Fan => SimulatedWorkflows.FanCount,
            SimulatedWorkflows.Parent or "inline" => 1,
            _ => 0,
        };
        Expect(children == expected, $"The instance {name} has {children} children instead of {expected}.");
    }

    private bool IsCancelAsked(StoredInstance instance, Dictionary<string, StoredInstance> all) =>
        book.CancelAsked.Contains(instance.Id) || (instance.ParentInstanceId is { } parent && (!all.TryGetValue(parent, out var found) || IsCancelAsked(found, all)));

    private void CheckEvents(Dictionary<string, StoredInstance> all)
    {
        var started = all.Values.Where(instance => instance.DefinitionId == SimulatedWorkflows.OnEvent).ToLookup(instance => instance.CorrelationId!);
        foreach (var name in book.AcceptedEvents)
            Expect(started[name].Count() == 1, $"The event '{name}' started {started[name].Count()} instances.");
        foreach (var group in started)
            Expect(group.Count() == 1, $"The event '{group.Key}' started {group.Count()} instances.");
        Expect(Count(all, "on-other") == Count(all, "publisher"), $"{Count(all, "publisher")} events started {Count(all, "on-other")} instances.");
    }

    private async Task<Dictionary<string, StoredInstance>> InstancesAsync() =>
        (await store.ListInstancesAsync(new InstanceFilter(), CancellationToken.None)).Items.ToDictionary(instance => instance.Id, StringComparer.Ordinal);

    private void Expect(bool holds, string otherwise)
    {
        if (!holds)
            world.Findings.Add(otherwise);
    }
}
