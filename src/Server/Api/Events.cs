using System.Text.Json;
using Platform.Engine.Definitions;
using Platform.Runtime.Activities;
using Platform.Runtime.Store;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>The events that something waits for: instances in their midst, and workflows that an event starts.</summary>
internal static class Events
{
    private const int TakeDefault = 50;
    private const int TakeMax = 1_000;

    /// <summary>Most waits that are looked at; a server may have a million of them.</summary>
    private const int WaitsMax = 1_000;

    /// <summary>Most instances that are named for one event.</summary>
    private const int NamedMax = 5;

    /// <summary>Maps <c>/api/events</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapEvents(this IEndpointRouteBuilder api) =>
        api.MapGet("/events", ListAsync).WithTags("Events").RequirePermission("read:events", "read:dead-letters")
            .WithSummary("Lists the events that something waits for: instances, and workflows that an event starts.")
            .Produces<EventList>()
            .Takes("search", "Only events whose name holds it, in any case.");

    private static async Task<IResult> ListAsync(IWorkflowStore store, CancellationToken cancellationToken, string? search = null, int skip = 0, int take = TakeDefault)
    {
        if (skip < 0 || take is < 1 or > TakeMax)
            return Problem.Unreadable with { Detail = $"'skip' begins at 0, and 'take' is between 1 and {TakeMax}." };
        var waits = await store.FindBookmarksAsync(new BookmarkFilter { Name = EventStimulus.Name, Take = WaitsMax + 1 }, cancellationToken);
        var waiting = waits.Take(WaitsMax).ToLookup(bookmark => NameOf(bookmark.Payload), StringComparer.Ordinal);
        var starts = (await store.FindTriggersAsync(new TriggerFilter { Name = EventStimulus.Name }, cancellationToken)).ToLookup(trigger => NameOf(trigger.Payload), StringComparer.Ordinal);
        var names = waiting.Select(group => group.Key).Union(starts.Select(group => group.Key), StringComparer.Ordinal)
            .Where(name => name.Length > 0 && (string.IsNullOrWhiteSpace(search) || name.Contains(search.Trim(), StringComparison.OrdinalIgnoreCase)))
            .Order(StringComparer.Ordinal).ToList();
        var page = names.Skip(skip).Take(take).ToList();
        var definitions = await DefinitionsAsync(store, [.. page.SelectMany(name => starts[name]).Select(trigger => trigger.DefinitionId)], cancellationToken);
        var instances = await InstancesAsync(store, [.. page.SelectMany(name => waiting[name].Take(NamedMax)).Select(bookmark => bookmark.InstanceId)], cancellationToken);
        return ApiJson.Reply(new EventList([.. page.Select(ToAnswer)], names.Count, waits.Count <= WaitsMax));

        EventModel ToAnswer(string name) => new(
            name,
            waiting[name].Count(),
            [.. waiting[name].Take(NamedMax).Select(bookmark => new EventWait(bookmark.InstanceId, instances.GetValueOrDefault(bookmark.InstanceId), bookmark.CorrelationId, bookmark.CreatedAt))],
            [.. starts[name].Select(trigger => new EventStart(trigger.DefinitionId, definitions.GetValueOrDefault(trigger.DefinitionId), trigger.ActivityId)).OrderBy(start => start.DefinitionId, StringComparer.Ordinal)]);
    }

    private static async ValueTask<Dictionary<string, string?>> DefinitionsAsync(IWorkflowStore store, HashSet<string> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
            return [];
        var found = await store.ListDefinitionsAsync(new DefinitionFilter { Versions = VersionOptions.Published, DefinitionIds = ids }, cancellationToken);
        return found.Items.ToDictionary(version => version.DefinitionId, version => version.Name, StringComparer.Ordinal);
    }

    private static async ValueTask<Dictionary<string, string>> InstancesAsync(IWorkflowStore store, HashSet<string> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
            return [];
        var found = await store.ListInstancesAsync(new InstanceFilter { Ids = ids, Take = ids.Count }, cancellationToken);
        return found.Items.ToDictionary(instance => instance.Id, instance => instance.DefinitionId, StringComparer.Ordinal);
    }

    private static string NameOf(string? payload)
    {
        if (payload is null)
            return "";
        using var json = JsonDocument.Parse(payload);
        return json.RootElement.ValueKind == JsonValueKind.Object
            && json.RootElement.EnumerateObject().FirstOrDefault(member => member.Name.Equals(nameof(EventStimulus.EventName), StringComparison.OrdinalIgnoreCase)) is { Value.ValueKind: JsonValueKind.String } name
            ? name.Value.GetString() ?? ""
            : "";
    }
}

/// <summary>The events that something waits for, by name.</summary>
/// <param name="Items">The events.</param>
/// <param name="TotalCount">How many there are on all pages.</param>
/// <param name="IsComplete">Whether all waits were looked at; the oldest 1,000 are.</param>
internal sealed record EventList(IReadOnlyList<EventModel> Items, int TotalCount, bool IsComplete);

/// <summary>An event and what waits for it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="WaitingCount">Waits of instances, of those that were looked at.</param>
/// <param name="Waiting">The five that wait longest.</param>
/// <param name="Starts">The workflows that it starts.</param>
internal sealed record EventModel(string Name, int WaitingCount, IReadOnlyList<EventWait> Waiting, IReadOnlyList<EventStart> Starts);

/// <summary>An instance that waits for an event.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="DefinitionId">Its workflow.</param>
/// <param name="CorrelationId">Its correlation id, or null.</param>
/// <param name="Since">Since when it waits, UTC.</param>
internal sealed record EventWait(string InstanceId, string? DefinitionId, string? CorrelationId, DateTimeOffset Since);

/// <summary>A workflow that an event starts.</summary>
/// <param name="DefinitionId">The workflow.</param>
/// <param name="DefinitionName">Its name.</param>
/// <param name="ActivityId">The activity with which it begins.</param>
internal sealed record EventStart(string DefinitionId, string? DefinitionName, string ActivityId);
