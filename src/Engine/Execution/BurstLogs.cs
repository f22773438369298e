using System.Buffers;
using System.Text.Json;

namespace Platform.Engine.Execution;

/// <summary>Puts the logs of several bursts together, for instances that move to another store.</summary>
public static class BurstLogs
{
    /// <summary>One log with the events of all, in order.</summary>
    /// <param name="logs">Burst logs of one instance, oldest first; empty ones are skipped.</param>
    /// <returns>The log; empty when there were none.</returns>
    public static byte[] Merge(IEnumerable<ReadOnlyMemory<byte>> logs)
    {
        var documents = logs.Where(log => !log.IsEmpty).Select(log => JsonDocument.Parse(log, new JsonDocumentOptions { MaxDepth = 1_000 })).ToList();
        try
        {
            if (documents.Count == 0)
                return [];
            var buffer = new ArrayBufferWriter<byte>(4_096);
            using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
                Write(writer, [.. documents.Select(document => document.RootElement)]);
            return buffer.WrittenSpan.ToArray();
        }
        finally
        {
            documents.ForEach(document => document.Dispose());
        }
    }

    private static void Write(Utf8JsonWriter writer, List<JsonElement> logs)
    {
        var start = logs[0].GetProperty("t").GetInt64();
        writer.WriteStartObject();
        writer.WriteNumber("v", BurstLog.FormatVersion);
        writer.WriteNumber("t", start);
        writer.WriteStartArray("e");
        var nodes = 0;
        foreach (var log in logs)
        {
            foreach (var item in log.GetProperty("e").EnumerateArray())
                WriteEvent(writer, item, nodes, log.GetProperty("t").GetInt64() - start);
            nodes += log.GetProperty("n").GetArrayLength();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("n");
        nodes = 0;
        foreach (var log in logs)
        {
            foreach (var node in log.GetProperty("n").EnumerateArray())
                WriteNode(writer, node, nodes);
            nodes += log.GetProperty("n").GetArrayLength();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>An event is: kind, sequence, node, ticks since the start of the log, and what belongs to its kind.</summary>
    private static void WriteEvent(Utf8JsonWriter writer, JsonElement item, int nodes, long ticks)
    {
        writer.WriteStartArray();
        item[0].WriteTo(writer);
        item[1].WriteTo(writer);
        writer.WriteNumberValue(item[2].GetInt32() + nodes);
        writer.WriteNumberValue(item[3].GetInt64() + ticks);
        for (var i = 4; i < item.GetArrayLength(); i++)
            item[i].WriteTo(writer);
        writer.WriteEndArray();
    }

    /// <summary>A node is: its parent or -1, and what describes it.</summary>
    private static void WriteNode(Utf8JsonWriter writer, JsonElement node, int nodes)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(node[0].GetInt32() is >= 0 and var parent ? parent + nodes : -1);
        for (var i = 1; i < node.GetArrayLength(); i++)
            node[i].WriteTo(writer);
        writer.WriteEndArray();
    }
}
