using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Platform.EndToEnd.Tests.Crashes;

/// <summary>Compares what clients were promised with what the outside world saw and with what the server has stored.</summary>
/// <param name="clients">Their book.</param>
/// <param name="ledger">What the outside world saw.</param>
public sealed class CrashAudit(CrashClients clients, StepLedger ledger)
{
    const int RowsPerPage = 10_000;
    const int FindingsMax = 40;
    static readonly string[] FirstAndSecond = ["a", "b"];
    readonly List<string> findings = [];

    /// <summary>When the first tick was due.</summary>
    public required DateTimeOffset FirstTickAt { get; init; }

    /// <summary>Everything that breaks a promise; empty when nothing does.</summary>
    public async Task<string> FindAsync(HttpClient client)
    {
        var calls = ledger.Calls.ToList();
        var steps = calls.ToLookup(call => (call.Subject, call.Step));
        CheckKeys(calls);
        CheckOrder(calls, steps);
        foreach (var wish in clients.Wishes.Where(wish => wish.AnsweredIn is not null)) CheckKept(wish, steps);
        // A run whose caller is gone has nobody to answer and may say so; a caller who was answered proves that it went well.
        var unanswered = clients.Wishes.Where(wish => wish is { Definition: CrashWorkflows.Web, IsRunWhenAnswered: false }).Select(wish => wish.Subject).ToHashSet();
        foreach (var instance in (await ListAsync(client)).Where(instance => !unanswered.Contains(Of(instance, "id")))) CheckStored(instance, steps);
        await CheckTicksAsync(client, calls);
        await CheckDefinitionsAsync(client);
        return string.Join('\n', findings.Take(FindingsMax)) + (findings.Count > FindingsMax ? $"\n... {findings.Count} in all" : "");
    }

    /// <summary>A step may be called again, with the same key; another key would make the outside world do it twice.</summary>
    void CheckKeys(List<StepCall> calls)
    {
        foreach (var step in calls.GroupBy(call => (call.Instance, call.Step)))
        {
            if (step.Any(call => call.Key.Length == 0)) findings.Add($"{step.Key}: a call without a key");
            if (step.Select(call => call.Key).Distinct().Count() > 1) findings.Add($"{step.Key}: more than one key: {Text(step)}");
        }
    }

    /// <summary>A step whose commit is known, because a later one has been seen or a client was told, is not called any more.</summary>
    void CheckOrder(List<StepCall> calls, ILookup<(string, string), StepCall> steps)
    {
        foreach (var call in calls.Where(call => call.Step is "a" or "child"))
        {
            var later = steps[(call.Subject, "b")].Where(other => other.Order < call.Order && other.Life <= call.Life).ToList();
            if (later.Count > 0) findings.Add($"{call.Subject}: '{call.Step}' ran again after 'b': {Text([call, .. later])}");
        }

        foreach (var wish in clients.Wishes.Where(wish => wish is { IsRunWhenAnswered: true, AnsweredIn: not null }))
        {
            var again = steps[(wish.Subject, "a")].Where(call => call.Life > wish.AnsweredIn).ToList();
            if (again.Count > 0) findings.Add($"{wish}: 'a' ran again after it was answered: {Text(again)}");
        }
    }

    void CheckKept(Wish wish, ILookup<(string, string), StepCall> steps)
    {
        string[] wanted = wish.Definition switch
        {
            CrashWorkflows.Web => ["a"],
            CrashWorkflows.OnEvent => ["event"],
            CrashWorkflows.Parent or CrashWorkflows.Fan => ["a", "child", "b"],
            _ => FirstAndSecond,
        };
        foreach (var step in wanted)
        {
            var count = wish.Definition == CrashWorkflows.Fan && step == "child" ? CrashWorkflows.FanCount : 1;
            // By instance: a child has its own, and an event that starts two is delivered twice.
            var instances = steps[(wish.Subject, step)].Select(call => call.Instance).Distinct().Count();
            if (instances != count) findings.Add($"{wish}: step '{step}' was done by {instances} instances instead of {count}");
        }
    }

    void CheckStored(JsonNode instance, ILookup<(string, string), StepCall> steps)
    {
        var (id, definition, subStatus) = (Of(instance, "id"), Of(instance, "definitionId"), Of(instance, "subStatus"));
        if (subStatus != "Finished") findings.Add($"{definition} {id} is {subStatus}");
        if (definition is CrashWorkflows.Web && !steps[(id, "a")].Any()) findings.Add($"{definition} {id} finished without its step");
    }

    /// <summary>Each second has one tick: as many instances, as many seconds, none left out or doubled.</summary>
    async Task CheckTicksAsync(HttpClient client, List<StepCall> calls)
    {
        var schedule = await TickAsync(client);
        var seconds = (long)(schedule["lastTickAt"]!.GetValue<DateTimeOffset>() - FirstTickAt).TotalSeconds + 1;
        var ran = calls.Where(call => call.Step == "tick").Select(call => call.Instance).Distinct().Count();
        if (TicksOf(schedule) != seconds || schedule["firedCount"]!.GetValue<long>() != ran)
            findings.Add($"{seconds} ticks since {FirstTickAt:O}, but {ran} ran: {schedule.ToJsonString()}");
    }

    /// <summary>The schedule of the ticks.</summary>
    public static async Task<JsonNode> TickAsync(HttpClient client)
    {
        var schedules = await client.GetFromJsonAsync<JsonObject>("/api/schedules?take=1000");
        return schedules!["items"]!.AsArray().Single(item => Of(item!, "definitionId") == CrashWorkflows.Tick)!;
    }

    /// <summary>How many ticks of a schedule were due.</summary>
    public static long TicksOf(JsonNode schedule) => schedule["firedCount"]!.GetValue<long>() + schedule["missedCount"]!.GetValue<long>();

    async Task CheckDefinitionsAsync(HttpClient client)
    {
        foreach (var id in clients.Published)
        {
            using var response = await client.GetAsync($"/elsa/api/workflow-definitions/by-definition-id/{id}?versionOptions=Published");
            if (!response.IsSuccessStatusCode) findings.Add($"The definition {id} is lost: {response.StatusCode}");
        }
    }

    static async Task<List<JsonNode>> ListAsync(HttpClient client)
    {
        var all = new List<JsonNode>();
        for (var page = 0; ; page++)
        {
            var list = await client.GetFromJsonAsync<JsonObject>($"/elsa/api/workflow-instances?page={page}&pageSize={RowsPerPage}");
            var items = list!["items"]!.AsArray();
            all.AddRange(items.Select(item => item!));
            if (items.Count < RowsPerPage) return all;
        }
    }

    static string Of(JsonNode node, string name) => node[name]?.GetValue<string>() ?? "";

    static string Text(IEnumerable<StepCall> calls) => string.Join(" | ", calls.Select(call => $"{call.Step} {call.Key} life {call.Life} #{call.Order}"));
}
