using System.Text.Json;
using Platform.Engine.Plans;
using Platform.Engine.Values;

namespace Platform.Engine.Execution;

/// <summary>The stored form of one live activity execution inside <see cref="StateCodec"/>'s.</summary>
internal static class ContextCodec
{
    public static void Write(Utf8JsonWriter writer, ActivityExecutionContext context)
    {
        var values = context.WorkflowExecutionContext.Host.Values;
        writer.WriteStartObject();
        writer.WriteNumber("s", context.Sequence);
        writer.WriteString("n", context.Node.NodeId);
        if (context.ParentActivityExecutionContext is { } parent)
            writer.WriteNumber("p", parent.Sequence);
        writer.WriteNumber("st", (int)context.Status);
        writer.WriteNumber("at", context.StartedAt.UtcTicks);
        writer.WriteNumber("by", context.ScheduledBy);
        if (context.AggregateFaultCount > 0)
            writer.WriteNumber("faults", context.AggregateFaultCount);
        if (context.Attempt > 0)
            writer.WriteNumber("attempt", context.Attempt);
        if (context.IsBackward)
            writer.WriteBoolean("back", true);
        if (context.IsInFlight)
            writer.WriteBoolean("fly", true);
        if (context.IsBreaking)
            writer.WriteBoolean("break", true);
        WriteEnding(writer, context);
        if ((context.CompletionCallbackName ?? context.CompletionCallback?.Method.Name) is { } callback)
            writer.WriteString("cb", callback);
        if (context.Tag is { } tag && values.CanStore(tag))
        {
            writer.WritePropertyName("tag");
            values.Write(writer, tag);
        }

        if (context.Counters is { } counters)
        {
            writer.WriteStartArray("c");
            foreach (var counter in counters)
                writer.WriteNumberValue(counter);
            writer.WriteEndArray();
        }

        WriteVariables(writer, context, values);
        WriteInputs(writer, context, values);
        if (context.PropertiesOrNull is { Count: > 0 } properties)
        {
            writer.WritePropertyName("props");
            values.Write(writer, properties);
        }

        writer.WriteEndObject();
    }

    public static ActivityExecutionContext Read(JsonElement item, WorkflowExecutionContext workflow, Dictionary<long, ActivityExecutionContext> bySequence)
    {
        var values = workflow.Host.Values;
        var nodeId = item.GetProperty("n").GetString()!;
        var node = workflow.Plan.FindByNodeId(nodeId) ?? throw new StateMismatchException(
            $"Instance '{workflow.Id}' is executing the activity '{nodeId}', which version {workflow.Plan.Definition.Version} of "
            + $"'{workflow.Plan.Definition.Name ?? workflow.Plan.Definition.DefinitionId}' no longer has. Restore the activity or cancel the instance.");
        var parent = item.TryGetProperty("p", out var parentSequence) ? bySequence[parentSequence.GetInt64()] : null;
        var context = new ActivityExecutionContext(workflow, node, parent, item.GetProperty("s").GetInt64())
        {
            Status = (ActivityStatus)item.GetProperty("st").GetInt32(),
            StartedAt = new DateTimeOffset(item.GetProperty("at").GetInt64(), TimeSpan.Zero),
            ScheduledBy = item.GetProperty("by").GetInt64(),
            CallDepth = (parent?.CallDepth ?? -1) + 1,
            AggregateFaultCount = item.TryGetProperty("faults", out var faults) ? faults.GetInt32() : 0,
            Attempt = item.TryGetProperty("attempt", out var attempt) ? attempt.GetInt32() : 0,
            IsBackward = item.TryGetProperty("back", out _),
            IsBreaking = item.TryGetProperty("break", out _),
            IsUnwinding = item.TryGetProperty("unwind", out _),
            TellsOwner = item.TryGetProperty("tells", out _),
            IsFaultHandled = item.TryGetProperty("handled", out _),
            CompletingOutcomes = item.TryGetProperty("ends", out var ends) ? [.. ends.EnumerateArray().Select(outcome => outcome.GetString()!)] : null,
            CompletionCallbackName = item.TryGetProperty("cb", out var callback) ? callback.GetString() : null,
            Tag = item.TryGetProperty("tag", out var tag) ? values.Read(tag) : null,
            Counters = item.TryGetProperty("c", out var counters) ? [.. counters.EnumerateArray().Select(counter => counter.GetInt32())] : null,
        };
        parent?.Link(context);
        if (item.TryGetProperty("fly", out _) && context.Status == ActivityStatus.Running)
        {
            // Its process ended while it waited: it runs again from the beginning, with the same idempotency key.
            context.Status = ActivityStatus.Pending;
            workflow.Enqueue(context);
            if (item.TryGetProperty("props", out var kept))
                EditedInputs.Keep(context, values.Read(kept) as Dictionary<string, object?>);
            return context;
        }

        ReadVariables(item, context, values);
        ReadInputs(item, context, values);
        if (item.TryGetProperty("props", out var properties))
            context.PropertiesOrNull = values.Read(properties) as Dictionary<string, object?>;
        EditedInputs.Keep(context, context.PropertiesOrNull, onlyThem: false);
        return context;
    }

    private static void WriteEnding(Utf8JsonWriter writer, ActivityExecutionContext context)
    {
        if (context.IsUnwinding)
            writer.WriteBoolean("unwind", true);
        if (context.TellsOwner)
            writer.WriteBoolean("tells", true);
        if (context.IsFaultHandled)
            writer.WriteBoolean("handled", true);
        if (context.CompletingOutcomes is not { } outcomes)
            return;
        writer.WriteStartArray("ends");
        foreach (var outcome in outcomes)
            writer.WriteStringValue(outcome);
        writer.WriteEndArray();
    }

    private static void WriteVariables(Utf8JsonWriter writer, ActivityExecutionContext context, ValueCodec codec)
    {
        if (context.Variables is not { } variables)
            return;
        writer.WriteStartArray("vars");
        foreach (var variable in variables)
        {
            if (variable.Definition.Storage != VariableStorage.Instance || !codec.CanStore(variable.Value))
                continue;
            writer.WriteStartArray();
            writer.WriteStringValue(variable.Definition.Id);
            writer.WriteStringValue(variable.Definition.Name);
            codec.Write(writer, variable.Value);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static void ReadVariables(JsonElement item, ActivityExecutionContext context, ValueCodec codec)
    {
        var stored = item.TryGetProperty("vars", out var variables) ? variables.EnumerateArray().ToList() : null;
        if (stored is null)
            return;
        foreach (var definition in context.Node.VariableList)
        {
            var index = stored.FindIndex(entry => entry[0].ValueEquals(definition.Id));
            context.AddVariable(definition, index < 0 ? ValueCopy.Of(definition.Value) : ValueConverter.Convert(codec.Read(stored[index][2]), definition.Type));
            if (index >= 0)
                stored.RemoveAt(index);
        }

        // What is left was declared while the activity ran, like the current value of a loop.
        foreach (var entry in stored)
            context.AddVariable(Given(entry[0].GetString()!, entry[1].GetString()!, context.Node), codec.Read(entry[2]));
    }

    /// <summary>A variable that the activity does not declare itself: an undo step is given those of its scopes, which keep their types.</summary>
    private static Variable Given(string id, string name, PlanNode node)
    {
        for (var scope = node.Parent; scope is not null; scope = scope.Parent)
        {
            if (Array.Find(scope.VariableList, variable => variable.Id == id) is { } declared)
                return declared;
        }

        return new Variable(name) { Id = id };
    }

    private static void WriteInputs(Utf8JsonWriter writer, ActivityExecutionContext context, ValueCodec codec)
    {
        if (context.HoldsSecrets || context.InputValues is not { } values || !Array.TrueForAll(values, codec.CanStore))
            return;
        writer.WriteStartArray("in");
        foreach (var value in values)
            codec.Write(writer, value);
        writer.WriteEndArray();
    }

    private static void ReadInputs(JsonElement item, ActivityExecutionContext context, ValueCodec codec)
    {
        if (!item.TryGetProperty("in", out var inputs) || inputs.GetArrayLength() != context.Node.Inputs.Length)
            return;
        var values = new object?[context.Node.Inputs.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = context.Node.Inputs[i].Input is { } input ? input.ConvertValue(codec.Read(inputs[i])) : null;
        context.InputValues = values;
    }
}
