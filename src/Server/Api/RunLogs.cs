using System.Diagnostics;
using System.Text.Json;
using Platform.Runtime.Store;
using Platform.Server.Elsa.Instances;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;
using Platform.Server.Supervision;
using Platform.Server.Telemetry;

namespace Platform.Server.Api;

/// <summary>What was written while a run ran, and where its trace is.</summary>
internal static class RunLogs
{
    private const int TakeDefault = 200;
    private const int TakeMax = 1_000;

    /// <summary>Property of an instance that the runtime keeps its trace context in.</summary>
    private const string TraceParent = "TraceParent";

    /// <summary>Maps <c>/api/instances/{id}/logs</c> and <c>/trace</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapRunLogs(this IEndpointRouteBuilder api)
    {
        var run = api.MapGroup("/instances/{id}").WithTags("Instances").Takes("id", "Id of the instance.");
        run.MapGet("/logs", ReadAsync).RequirePermission("read:workflow-instances")
            .WithSummary("Reads the lines of an instance, the oldest first: what its activities wrote and noted, and lines of the server's log that name it.")
            .Takes("text", "Only lines that contain this text, in any case.")
            .Takes("take", $"Most lines to answer, 1 to {TakeMax}; of more the newest.")
            .Produces<RunLogList>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4500")
            .Refuses(StatusCodes.Status404NotFound, "WF4504");
        run.MapGet("/trace", FindTraceAsync).RequirePermission("read:workflow-instances")
            .WithSummary("Tells the trace of an instance, and its address when Telemetry:TraceUrl is set.")
            .Produces<RunTraceModel>()
            .Refuses(StatusCodes.Status404NotFound, "WF4504");
    }

    private static Problem Missing(string id) => Problem.NotFound with { Detail = $"There is no workflow instance '{id}'." };

    private static async Task<IResult> ReadAsync(
        string id, IWorkflowStore store, ServiceLogs logs, CancellationToken cancellationToken, string? text = null, int take = TakeDefault)
    {
        if (take is < 1 or > TakeMax)
            return Problem.Unreadable with { Detail = $"'take' is a number from 1 to {TakeMax}." };
        if (await store.FindInstanceAsync(id, cancellationToken) is not { } instance)
            return Missing(id);
        var lines = await WrittenAsync(store, id, logs, cancellationToken);
        if (logs.Server is { } server)
        {
            var query = new LogQuery(id, instance.CreatedAt.AddSeconds(-1), null, TakeMax);
            lines.AddRange((await server.SearchAsync(query, cancellationToken)).Lines.Select(line => new RunLogLine(line.At, "server", line.Stream, line.Text, null)));
        }

        var found = lines.Where(line => string.IsNullOrEmpty(text) || line.Text.Contains(text, StringComparison.OrdinalIgnoreCase)).OrderBy(line => line.At).ToList();
        return ApiJson.Reply(new RunLogList([.. found.TakeLast(take)], found.Count));
    }

    /// <summary>What the activities wrote by *Write Line*, and the sentences that stand in the journal: faults, retries, words of their own.</summary>
    private static async ValueTask<List<RunLogLine>> WrittenAsync(IWorkflowStore store, string id, ServiceLogs logs, CancellationToken cancellationToken)
    {
        var history = await ActivityRecords.ReadAsync(store, id, cancellationToken);
        var written = history.Executions
            .Where(record => record.ActivityType == "Elsa.WriteLine")
            .Select(record => (record.StartedAt, Text: TextOf(record.ActivityState), Stream: LogStream.Out, Record: record));
        var noted = history.Journal
            .Where(entry => entry.Message is { Length: > 0 })
            .Select(entry => (StartedAt: entry.Timestamp, Text: entry.Message, Stream: entry.EventName == "Faulted" ? LogStream.Error : LogStream.Out, Record: entry.Execution));
        return
        [
            .. written.Concat(noted).Where(line => line.Text is not null)
                .Select(line => new RunLogLine(line.StartedAt, line.Record.ActivityName ?? line.Record.ActivityId, line.Stream, logs.Mask(line.Text!), line.Record.Id)),
        ];
    }

    private static string? TextOf(JsonElement? state) =>
        state is { ValueKind: JsonValueKind.Object } values && values.TryGetProperty("Text", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static async Task<IResult> FindTraceAsync(string id, IWorkflowStore store, WorkflowStates states, TelemetryOptions options, CancellationToken cancellationToken)
    {
        if (await store.FindInstanceAsync(id, cancellationToken) is not { } instance)
            return Missing(id);
        var workflow = await states.LoadAsync(instance, cancellationToken);
        if (workflow?.Properties.GetValueOrDefault(TraceParent) is not string parent || !ActivityContext.TryParse(parent, null, out var context))
            return ApiJson.Reply(new RunTraceModel(null, null));
        var traceId = context.TraceId.ToHexString();
        return ApiJson.Reply(new RunTraceModel(traceId, options.TraceUrl?.Replace(TelemetryOptions.TraceIdMark, traceId, StringComparison.Ordinal)));
    }
}

/// <summary>A line that was written while an instance ran.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Source">Name of the activity that wrote it; <c>server</c> for the server's log.</param>
/// <param name="Stream">Error for faults and errors.</param>
/// <param name="Text">The line, without secrets.</param>
/// <param name="ActivityExecutionId">The execution of the activity that wrote it; null for the server's log.</param>
internal sealed record RunLogLine(DateTimeOffset At, string Source, LogStream Stream, string Text, string? ActivityExecutionId);

/// <summary>Lines of an instance, the oldest first.</summary>
/// <param name="Items">The lines; of more than asked for the newest.</param>
/// <param name="TotalCount">How many there are.</param>
internal sealed record RunLogList(IReadOnlyList<RunLogLine> Items, int TotalCount);

/// <summary>The trace of an instance.</summary>
/// <param name="TraceId">Its id, 32 hexadecimal digits; null when nothing was traced as it began.</param>
/// <param name="Url">Where it is shown; null without a trace or without Telemetry:TraceUrl.</param>
internal sealed record RunTraceModel(string? TraceId, string? Url);
