using System.Text.Json.Nodes;
using Platform.Engine;
using Platform.Engine.Execution;
using Platform.Engine.Values;

namespace Platform.Runtime.Tests.Semantics;

/// <summary>What can be seen of an instance after a step, in the form in which expectations are written.</summary>
internal static class Facts
{
    private const string WorkflowId = "Workflow1";

    /// <summary>Looks at exactly the facts that an expectation names, so that both can be compared as JSON.</summary>
    public static JsonObject Of(JsonObject expectation, Func<string, JsonNode?> fact)
    {
        var facts = new JsonObject();
        foreach (var (name, _) in expectation)
            facts[name] = fact(name);
        return facts;
    }

    /// <summary>Facts of an instance in memory; of the journal only what the step added counts.</summary>
    public static JsonNode? OfInstance(string name, JsonNode? expected, WorkflowExecutionContext workflow, ExecutionHistory history, int journalBefore)
    {
        var entries = history.Journal.Skip(journalBefore).Where(entry => entry.Execution.ActivityId != WorkflowId).ToList();
        return name switch
        {
            "subStatus" => workflow.SubStatus.ToString(),
            "status" => workflow.Status.ToString(),
            "name" => workflow.Name,
            "correlationId" => workflow.CorrelationId,
            // A faulted instance keeps its bookmarks for a retry, but nothing resumes it.
            "waiting" => Texts((workflow.Status == WorkflowStatus.Running ? workflow.Bookmarks : []).Select(bookmark => ActivityOf(history, bookmark.ActivitySequence))),
            "bookmarks" => Texts(workflow.Bookmarks.Select(bookmark => $"{bookmark.Name} {bookmark.Payload}".TrimEnd())),
            "incidents" => Incidents(expected, workflow.Incidents),
            "handled" => Incidents(expected, workflow.HandledIncidents),
            "output" => DynamicJson.ToNode(workflow.Output),
            "variables" => Variables(expected, workflow),
            "started" => Texts(entries.Where(entry => entry.EventName == "Started").Select(entry => entry.Execution.ActivityId).Where(id => id != "root")),
            "journal" => Texts(entries.Select(entry => $"{entry.Execution.ActivityId} {entry.EventName}")),
            "outcomes" => Outcomes(expected, history),
            "depths" => Chosen(expected, id => Last(history, id)?.CallStackDepth),
            "scheduledBy" => Chosen(expected, id => Last(history, id)?.SchedulingActivityId),
            "faultCounts" => Chosen(expected, id => workflow.ActivityExecutionContexts.FirstOrDefault(context => context.Activity.Id == id)?.AggregateFaultCount),
            _ => throw new InvalidOperationException($"There is no fact '{name}'."),
        };
    }

    public static JsonArray Texts(IEnumerable<string?> texts) => [.. texts.Select(text => (JsonNode?)text)];

    private static ActivityExecutionRecord? Last(ExecutionHistory history, string activityId) =>
        history.Executions.LastOrDefault(record => record.ActivityId == activityId);

    private static string? ActivityOf(ExecutionHistory history, long sequence) =>
        history.Executions.FirstOrDefault(record => record.Sequence == sequence)?.ActivityId;

    private static JsonObject Chosen(JsonNode? expected, Func<string, JsonNode?> find) =>
        new(expected!.AsObject().Select(member => KeyValuePair.Create(member.Key, find(member.Key))));

    private static JsonObject Outcomes(JsonNode? expected, ExecutionHistory history) =>
        Chosen(expected, id => Texts(Last(history, id)?.Outcomes ?? []));

    /// <summary>An incident is expected by its activity and a part of its message.</summary>
    private static JsonArray Incidents(JsonNode? expected, IReadOnlyList<Incident> incidents)
    {
        var wanted = expected!.AsArray();
        return [.. incidents.Select((incident, i) =>
        {
            var part = i < wanted.Count ? wanted[i]!["message"]?.GetValue<string>() : null;
            var fact = new JsonObject { ["activity"] = incident.ActivityId };
            if (incident.HandledBy is { } handler)
                fact["by"] = handler;
            if (part is not null)
                fact["message"] = incident.Message.Contains(part, StringComparison.Ordinal) ? part : incident.Message;
            return fact;
        })];
    }

    /// <summary>Values of variables by name, seen from the innermost live activity that has one of that name.</summary>
    private static JsonObject Variables(JsonNode? expected, WorkflowExecutionContext workflow) => Chosen(expected, name =>
        workflow.ActivityExecutionContexts.Reverse().Select(context => context.GetVariable<object>(name)).FirstOrDefault(value => value is not null) is { } value
            ? DynamicJson.ToNode(value)
            : null);
}
