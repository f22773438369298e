using System.Buffers;
using System.Text;
using System.Text.Json;
using Platform.Engine.Definitions;
using Platform.Engine.Values;

namespace Platform.Runtime.Execution;

/// <summary>The stored form of queued work.</summary>
/// <param name="codec">How values are stored.</param>
public sealed class WorkCodec(ValueCodec codec)
{
    private const string TraceParent = "traceParent";

    internal string Write(StartRequest request) => Write(writer =>
    {
        WriteText(writer, "definition", request.DefinitionId);
        WriteText(writer, "definitionVersion", request.DefinitionVersionId);
        WriteText(writer, "version", request.Version.ToString());
        WriteText(writer, "instance", request.InstanceId);
        WriteText(writer, "correlation", request.CorrelationId);
        WriteText(writer, "concurrency", request.ConcurrencyKey);
        WriteText(writer, "name", request.Name);
        WriteText(writer, "parent", request.ParentInstanceId);
        WriteText(writer, "trigger", request.TriggerActivityId);
        WriteValues(writer, "input", request.Input);
        WriteValues(writer, "properties", request.Properties);
        writer.WriteBoolean("activation", request.AppliesActivationStrategy);
        WriteText(writer, TraceParent, request.TraceParent);
    });

    internal StartRequest ReadStart(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return new StartRequest
        {
            DefinitionId = Text(root, "definition"),
            DefinitionVersionId = Text(root, "definitionVersion"),
            Version = VersionOptions.TryParse(Text(root, "version"), out var version) ? version : VersionOptions.Published,
            InstanceId = Text(root, "instance"),
            CorrelationId = Text(root, "correlation"),
            ConcurrencyKey = Text(root, "concurrency"),
            Name = Text(root, "name"),
            ParentInstanceId = Text(root, "parent"),
            TriggerActivityId = Text(root, "trigger"),
            Input = Values(root, "input"),
            Properties = Values(root, "properties"),
            AppliesActivationStrategy = root.GetProperty("activation").GetBoolean(),
            TraceParent = Text(root, TraceParent),
        };
    }

    internal string Write(Stimulus stimulus) => Write(writer =>
    {
        WriteText(writer, "name", stimulus.Name);
        WriteText(writer, "payload", stimulus.Payload);
        WriteText(writer, "correlation", stimulus.CorrelationId);
        WriteText(writer, "instance", stimulus.InstanceId);
        WriteText(writer, "activity", stimulus.ActivityInstanceId);
        WriteText(writer, TraceParent, stimulus.TraceParent);
        if (stimulus.KeptUntil is { } until)
        {
            writer.WriteNumber("keptUntil", until.UtcTicks);
            writer.WriteNumber("kept", stimulus.KeptCount);
        }

        WriteValues(writer, "input", stimulus.Input);
    });

    internal Stimulus ReadStimulus(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return new Stimulus(Text(root, "name") ?? "", Text(root, "payload"))
        {
            CorrelationId = Text(root, "correlation"),
            InstanceId = Text(root, "instance"),
            ActivityInstanceId = Text(root, "activity"),
            TraceParent = Text(root, TraceParent),
            KeptUntil = root.TryGetProperty("keptUntil", out var until) ? new DateTimeOffset(until.GetInt64(), TimeSpan.Zero) : null,
            KeptCount = root.TryGetProperty("kept", out var count) ? count.GetInt32() : 0,
            Input = Values(root, "input"),
        };
    }

    /// <summary>The trace context that queued work belongs to, or null.</summary>
    internal static string? ReadTraceParent(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Text(document.RootElement, TraceParent);
    }

    internal static string Write(ChildFinished finished) => Write(writer =>
    {
        WriteText(writer, "parent", finished.ParentInstanceId);
        WriteText(writer, "child", finished.ChildInstanceId);
    });

    internal static ChildFinished ReadChildFinished(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new ChildFinished(Text(document.RootElement, "parent")!, Text(document.RootElement, "child")!);
    }

    private static string Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
            writer.WriteString(name, value);
    }

    private void WriteValues(Utf8JsonWriter writer, string name, IReadOnlyDictionary<string, object?>? values)
    {
        if (values is null or { Count: 0 })
            return;
        writer.WriteStartObject(name);
        foreach (var (key, value) in values)
        {
            if (!codec.CanStore(value))
                continue;
            writer.WritePropertyName(key);
            codec.Write(writer, value);
        }

        writer.WriteEndObject();
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private Dictionary<string, object?>? Values(JsonElement element, string name) => element.TryGetProperty(name, out var members)
        ? members.EnumerateObject().ToDictionary(member => member.Name, member => codec.Read(member.Value), StringComparer.Ordinal)
        : null;
}
