using System.Buffers;
using System.Text.Json;
using Platform.Engine.Values;

namespace Platform.Engine.Execution;

/// <summary>
/// The stored form of an instance: compact JSON with a version. Activities are named by their node ids, so that a state still fits
/// after the workflow was edited around them. Unknown members are ignored, so that two versions can run side by side.
/// </summary>
public static class StateCodec
{
    private const int FormatVersion = 1;

    /// <summary>The stored form of an instance between two bursts. One that is too large gives up values, and faults.</summary>
    /// <param name="workflow">The instance.</param>
    public static ReadOnlyMemory<byte> ToBytes(WorkflowExecutionContext workflow)
    {
        var output = new ArrayBufferWriter<byte>(256);
        try
        {
            Write(workflow, output);
            if (output.WrittenCount <= workflow.Host.Limits.StateBytesMax)
                return output.WrittenMemory;
        }
        catch (ValueTooLargeException)
        {
            // Which one it is follows.
        }

        StateLimit.Enforce(workflow);
        output = new ArrayBufferWriter<byte>(256);
        Write(workflow, output);
        return output.WrittenMemory;
    }

    /// <summary>Writes an instance between two bursts.</summary>
    /// <param name="workflow">The instance.</param>
    /// <param name="output">Receives the bytes.</param>
    /// <exception cref="ValueTooLargeException">A value is larger than <see cref="ValueLimits.BytesMax"/>.</exception>
    public static void Write(WorkflowExecutionContext workflow, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        writer.WriteStartObject();
        writer.WriteNumber("v", FormatVersion);
        writer.WriteNumber("sub", (int)workflow.SubStatus);
        writer.WriteNumber("seq", workflow.NextSequence);
        if (workflow.TriggerActivityId is { } trigger)
            writer.WriteString("trigger", trigger);
        if (workflow.IsTriggerConsumed)
            writer.WriteBoolean("triggerUsed", true);
        if (workflow.IsFaulting)
            writer.WriteBoolean("faulting", true);
        if (workflow.IsCancelling)
            writer.WriteBoolean("cancelling", true);
        WriteValues(writer, workflow.Host.Values, "in", workflow.InputOrNull);
        WriteValues(writer, workflow.Host.Values, "out", workflow.OutputOrNull);
        WriteValues(writer, workflow.Host.Values, "props", workflow.PropertiesOrNull);
        WriteIncidents(writer, "incidents", workflow.Incidents);
        WriteIncidents(writer, "handled", workflow.HandledIncidents);
        WriteBookmarks(writer, workflow.Bookmarks);
        WriteContexts(writer, workflow);
        writer.WriteEndObject();
    }

    /// <summary>Reads an instance that <see cref="Write"/> wrote.</summary>
    /// <param name="workflow">A new instance of the same id, with the plan of its definition version; receives the state.</param>
    /// <param name="state">The bytes; empty for an instance that has not begun.</param>
    /// <exception cref="StateMismatchException">The plan lacks an activity that the instance is executing, or the format is newer.</exception>
    public static void Read(WorkflowExecutionContext workflow, ReadOnlyMemory<byte> state)
    {
        if (state.IsEmpty)
            return;
        using var document = JsonDocument.Parse(state, new JsonDocumentOptions { MaxDepth = ValueCodec.JsonDepthMax * 2 });
        var root = document.RootElement;
        if (root.GetProperty("v").GetInt32() is > FormatVersion and var version)
            throw new StateMismatchException($"The state of instance '{workflow.Id}' has format {version}, which this version of the server cannot read. Update the server.");
        workflow.WasLoaded = true;
        workflow.SubStatus = (WorkflowSubStatus)root.GetProperty("sub").GetInt32();
        workflow.NextSequence = root.GetProperty("seq").GetInt64();
        workflow.TriggerActivityId = root.TryGetProperty("trigger", out var trigger) ? trigger.GetString() : null;
        workflow.IsTriggerConsumed = root.TryGetProperty("triggerUsed", out _);
        workflow.IsFaulting = root.TryGetProperty("faulting", out _);
        workflow.IsCancelling = root.TryGetProperty("cancelling", out _);
        workflow.Input = ReadValues(root, workflow.Host.Values, "in");
        workflow.Output = ReadValues(root, workflow.Host.Values, "out");
        workflow.Properties = ReadValues(root, workflow.Host.Values, "props");
        ReadIncidents(root, "incidents", workflow.AddIncident);
        ReadIncidents(root, "handled", workflow.AddHandledIncident);
        ReadBookmarks(root, workflow.Bookmarks);
        ReadContexts(root, workflow);
    }

    /// <summary>Whether a stored state is that of an instance that was cancelled, with or without steps left to run. Reads its beginning only.</summary>
    /// <param name="state">The bytes that <see cref="Write"/> wrote.</param>
    public static bool IsCancelling(ReadOnlySpan<byte> state)
    {
        var reader = new Utf8JsonReader(state);
        var isNamed = false;
        while (reader.Read())
        {
            if (isNamed)
                return reader.TokenType == JsonTokenType.True;
            if (reader.TokenType is JsonTokenType.StartArray || (reader.TokenType == JsonTokenType.StartObject && reader.CurrentDepth > 0))
                return false;
            isNamed = reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("cancelling"u8);
        }

        return false;
    }

    private static void WriteValues(Utf8JsonWriter writer, ValueCodec codec, string name, Dictionary<string, object?>? values)
    {
        if (values is null or { Count: 0 })
            return;
        writer.WritePropertyName(name);
        writer.WriteStartObject();
        foreach (var (key, value) in values)
        {
            if (!codec.CanStore(value))
                continue;
            writer.WritePropertyName(key);
            codec.Write(writer, value);
        }

        writer.WriteEndObject();
    }

    private static Dictionary<string, object?> ReadValues(JsonElement root, ValueCodec codec, string name)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (root.TryGetProperty(name, out var members))
        {
            foreach (var member in members.EnumerateObject())
                values[member.Name] = codec.Read(member.Value);
        }

        return values;
    }

    private static void WriteIncidents(Utf8JsonWriter writer, string name, IReadOnlyList<Incident> incidents)
    {
        if (incidents.Count == 0)
            return;
        writer.WriteStartArray(name);
        foreach (var incident in incidents)
        {
            writer.WriteStartObject();
            writer.WriteString("id", incident.ActivityId);
            writer.WriteString("node", incident.ActivityNodeId);
            writer.WriteString("type", incident.ActivityType);
            writer.WriteNumber("seq", incident.ActivitySequence);
            writer.WriteString("message", incident.Message);
            writer.WriteNumber("at", incident.Timestamp.UtcTicks);
            if (incident.HandledBy is { } handler)
                writer.WriteString("by", handler);
            if (incident.Exception is { } exception)
            {
                writer.WritePropertyName("exception");
                ExceptionJson.Write(writer, exception);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void ReadIncidents(JsonElement root, string name, Action<Incident> add)
    {
        if (!root.TryGetProperty(name, out var items))
            return;
        foreach (var item in items.EnumerateArray())
        {
            add(new Incident(
                item.GetProperty("id").GetString()!,
                item.GetProperty("node").GetString()!,
                item.GetProperty("type").GetString()!,
                item.GetProperty("seq").GetInt64(),
                item.GetProperty("message").GetString()!,
                item.TryGetProperty("exception", out var exception) ? ExceptionJson.Read(exception) : null,
                Moment(item.GetProperty("at")))
            {
                HandledBy = item.TryGetProperty("by", out var handler) ? handler.GetString() : null,
            });
        }
    }

    private static void WriteBookmarks(Utf8JsonWriter writer, List<Bookmark> bookmarks)
    {
        if (bookmarks.Count == 0)
            return;
        writer.WriteStartArray("bookmarks");
        foreach (var bookmark in bookmarks)
        {
            writer.WriteStartObject();
            writer.WriteString("id", bookmark.Id);
            writer.WriteString("name", bookmark.Name);
            writer.WriteString("hash", bookmark.Hash);
            if (bookmark.Payload is { } payload)
                writer.WriteString("payload", payload);
            writer.WriteNumber("seq", bookmark.ActivitySequence);
            writer.WriteNumber("at", bookmark.CreatedAt.UtcTicks);
            if (bookmark.DueAt is { } due)
                writer.WriteNumber("due", due.UtcTicks);
            if (!bookmark.AutoBurn)
                writer.WriteBoolean("keep", true);
            if (!bookmark.AutoComplete)
                writer.WriteBoolean("open", true);
            if (bookmark.CallbackMethodName is { } callback)
                writer.WriteString("callback", callback);
            if (bookmark.Metadata is { } metadata)
            {
                writer.WriteStartObject("meta");
                foreach (var (key, value) in metadata)
                    writer.WriteString(key, value);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void ReadBookmarks(JsonElement root, List<Bookmark> bookmarks)
    {
        if (!root.TryGetProperty("bookmarks", out var items))
            return;
        foreach (var item in items.EnumerateArray())
        {
            bookmarks.Add(new Bookmark
            {
                Id = item.GetProperty("id").GetString()!,
                Name = item.GetProperty("name").GetString()!,
                Hash = item.GetProperty("hash").GetString()!,
                Payload = item.TryGetProperty("payload", out var payload) ? payload.GetString() : null,
                ActivitySequence = item.GetProperty("seq").GetInt64(),
                CreatedAt = Moment(item.GetProperty("at")),
                DueAt = item.TryGetProperty("due", out var due) ? Moment(due) : null,
                AutoBurn = !item.TryGetProperty("keep", out _),
                AutoComplete = !item.TryGetProperty("open", out _),
                CallbackMethodName = item.TryGetProperty("callback", out var callback) ? callback.GetString() : null,
                Metadata = item.TryGetProperty("meta", out var metadata)
                    ? metadata.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetString() ?? "", StringComparer.Ordinal)
                    : null,
            });
        }
    }

    private static void WriteContexts(Utf8JsonWriter writer, WorkflowExecutionContext workflow)
    {
        if (workflow.Root is null || workflow.SubStatus is WorkflowSubStatus.Finished or WorkflowSubStatus.Cancelled)
            return;
        writer.WriteStartArray("live");
        foreach (var context in workflow.ActivityExecutionContexts)
            ContextCodec.Write(writer, context);
        writer.WriteEndArray();
        if (workflow.QueueHead is null)
            return;
        writer.WriteStartArray("queue");
        for (var context = workflow.QueueHead; context is not null; context = context.NextInQueue)
        {
            if (context.Status == ActivityStatus.Pending)
                writer.WriteNumberValue(context.Sequence);
        }

        writer.WriteEndArray();
    }

    private static void ReadContexts(JsonElement root, WorkflowExecutionContext workflow)
    {
        if (!root.TryGetProperty("live", out var live))
            return;
        var bySequence = new Dictionary<long, ActivityExecutionContext>();
        foreach (var item in live.EnumerateArray())
        {
            var context = ContextCodec.Read(item, workflow, bySequence);
            bySequence.Add(context.Sequence, context);
            if (context.ParentActivityExecutionContext is null)
                workflow.Root = context;
            else
                workflow.LiveCount++;
        }

        foreach (var bookmark in workflow.Bookmarks)
        {
            if (bySequence.TryGetValue(bookmark.ActivitySequence, out var context))
                context.BookmarkCount++;
        }

        if (!root.TryGetProperty("queue", out var queue))
            return;
        foreach (var item in queue.EnumerateArray())
        {
            if (bySequence.TryGetValue(item.GetInt64(), out var context))
                workflow.Enqueue(context);
        }
    }

    private static DateTimeOffset Moment(JsonElement ticks) => new(ticks.GetInt64(), TimeSpan.Zero);
}

/// <summary>A stored state does not fit the plan or this version of the server.</summary>
/// <param name="message">What does not fit and what to do.</param>
public sealed class StateMismatchException(string message) : Exception(message);
