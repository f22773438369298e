using System.Buffers;
using System.Text.Json;
using Platform.Engine.Plans;
using Platform.Engine.Secrets;
using Platform.Engine.Values;

namespace Platform.Engine.Execution;

/// <summary>
/// Records what happens in one burst, as it happens, in the compact form that is stored: one JSON array per event, and a table of the
/// nodes they name. <see cref="ExecutionHistory"/> reads it. Not thread-safe; reusable after <see cref="Reset"/>.
/// </summary>
/// <param name="options">What is recorded.</param>
public sealed class BurstLog(BurstLogOptions options) : IDisposable
{
    internal const int FormatVersion = 1;
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly ArrayBufferWriter<byte> _scratch = new(256);
    private readonly Dictionary<PlanNode, int> _nodes = [];
    private readonly List<ActivityExecutionContext> _waiting = [];
    private readonly List<string> _faultedTypes = [];
    private readonly bool _keepsByDefault = options.DefaultMode != LogPersistenceMode.Exclude;
    private Utf8JsonWriter? _writer;
    private Utf8JsonWriter? _scratchWriter;
    private long _baseTicks;

    /// <summary>Number of events so far.</summary>
    public int EventCount { get; private set; }

    /// <summary>Hears what is recorded as it happens, and when an activity's code is entered and left; null for nobody. Kept over <see cref="Reset"/>.</summary>
    public ActivityObserver? Observer { get; set; }

    /// <summary>Types of the activities that faulted so far, one for each fault, handled ones included.</summary>
    public IReadOnlyList<string> FaultedTypes => _faultedTypes;

    /// <summary>Activity executions that were recorded in the burst, by the ids of their nodes; for live updates.</summary>
    public IEnumerable<string> NodeIds => _nodes.Keys.Select(node => node.NodeId);

    /// <summary>Ends the record and gives it. The memory is valid until <see cref="Reset"/>.</summary>
    public ReadOnlyMemory<byte> Complete()
    {
        if (_writer is null)
            return default;
        _writer.WriteEndArray();
        _writer.WriteStartArray("n");
        foreach (var node in _nodes.Keys)
            WriteNode(node);
        _writer.WriteEndArray();
        _writer.WriteEndObject();
        _writer.Flush();
        return _buffer.WrittenMemory;
    }

    /// <summary>Empties the record for another burst.</summary>
    public void Reset()
    {
        _writer?.Dispose();
        _writer = null;
        _buffer.ResetWrittenCount();
        _nodes.Clear();
        _waiting.Clear();
        _faultedTypes.Clear();
        EventCount = 0;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _writer?.Dispose();
        _scratchWriter?.Dispose();
    }

    internal void Started(ActivityExecutionContext context)
    {
        var writer = BeginEvent(JournalEvent.Started, context, context.StartedAt);
        writer.WriteNumberValue(context.ParentActivityExecutionContext?.Sequence ?? 0);
        writer.WriteNumberValue(context.ScheduledBy);
        writer.WriteNumberValue(context.CallDepth);
        writer.WriteEndArray();
        Observer?.Invoke(context, ActivityMoment.Started, null);
    }

    internal void Completed(ActivityExecutionContext context, string[] outcomes)
    {
        var writer = BeginEvent(JournalEvent.Completed, context);
        writer.WriteStartObject();
        if (outcomes is not ["Done"])
        {
            writer.WriteStartArray("o");
            foreach (var outcome in outcomes)
                writer.WriteStringValue(outcome);
            writer.WriteEndArray();
        }

        WriteState(writer, context);
        writer.WriteEndObject();
        writer.WriteEndArray();
        Observer?.Invoke(context, ActivityMoment.Completed, null);
    }

    internal void Faulted(ActivityExecutionContext context, Exception exception)
    {
        var writer = BeginEvent(JournalEvent.Faulted, context);
        writer.WriteStartObject();
        var mask = context.WorkflowExecutionContext.Host.Secrets;
        writer.WriteString("m", mask.Apply(exception.Message));
        writer.WritePropertyName("x");
        ExceptionJson.Write(writer, mask.Apply(ExceptionState.From(exception)));
        WriteState(writer, context);
        writer.WriteEndObject();
        writer.WriteEndArray();
        _faultedTypes.Add(context.Activity.Type);
        Observer?.Invoke(context, ActivityMoment.Faulted, exception);
    }

    /// <summary>Whether records keep an output of an activity.</summary>
    internal bool KeepsOutput(ActivityExecutionContext context, int index) =>
        context.Node.LogPersistence?.KeepsOutput(index, context, options.DefaultMode) ?? _keepsByDefault;

    internal void Canceled(ActivityExecutionContext context)
    {
        BeginEvent(JournalEvent.Canceled, context).WriteEndArray();
        Observer?.Invoke(context, ActivityMoment.Canceled, null);
    }

    internal void Resumed(ActivityExecutionContext context)
    {
        BeginEvent(JournalEvent.Resumed, context).WriteEndArray();
        Observer?.Invoke(context, ActivityMoment.Resumed, null);
    }

    internal void Waiting(ActivityExecutionContext context)
    {
        if (!_waiting.Contains(context))
            _waiting.Add(context);
    }

    internal void Custom(ActivityExecutionContext context, string eventName, string? message, string? source, object? payload)
    {
        var writer = BeginEvent(JournalEvent.Custom, context);
        writer.WriteStringValue(eventName);
        var mask = context.WorkflowExecutionContext.Host.Secrets;
        writer.WriteStringValue(message is null ? null : mask.Apply(message));
        writer.WriteStringValue(source);
        WriteValue(writer, payload, mask);
        writer.WriteEndArray();
    }

    internal void BurstEnded(WorkflowExecutionContext workflow)
    {
        foreach (var context in _waiting)
        {
            if (context.BookmarkCount == 0 || context.Status != ActivityStatus.Running || workflow.Status == WorkflowStatus.Finished)
                continue;
            var writer = BeginEvent(JournalEvent.Suspended, context);
            writer.WriteStartObject();
            WriteState(writer, context);
            writer.WriteEndObject();
            writer.WriteEndArray();
        }
    }

    private Utf8JsonWriter BeginEvent(JournalEvent kind, ActivityExecutionContext context, DateTimeOffset? at = null)
    {
        var ticks = (at ?? context.WorkflowExecutionContext.Host.Clock.GetUtcNow()).UtcTicks;
        if (_writer is null)
        {
            _baseTicks = ticks;
            _writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true });
            _writer.WriteStartObject();
            _writer.WriteNumber("v", FormatVersion);
            _writer.WriteNumber("t", ticks);
            _writer.WriteStartArray("e");
        }

        EventCount++;
        _writer.WriteStartArray();
        _writer.WriteNumberValue((int)kind);
        _writer.WriteNumberValue(context.Sequence);
        _writer.WriteNumberValue(NumberOf(context.Node));
        _writer.WriteNumberValue(ticks - _baseTicks);
        return _writer;
    }

    private int NumberOf(PlanNode node)
    {
        if (_nodes.TryGetValue(node, out var number))
            return number;
        if (node.Parent is { } parent)
            NumberOf(parent);
        _nodes.Add(node, number = _nodes.Count);
        return number;
    }

    private void WriteNode(PlanNode node)
    {
        _writer!.WriteStartArray();
        _writer.WriteNumberValue(node.Parent is { } parent ? _nodes[parent] : -1);
        _writer.WriteStringValue(node.Activity.Id);
        _writer.WriteStringValue(node.Activity.Type);
        _writer.WriteNumberValue(node.Activity.Version);
        if (node.Activity.Name is { } name)
            _writer.WriteStringValue(name);
        _writer.WriteEndArray();
    }

    private void WriteState(Utf8JsonWriter writer, ActivityExecutionContext context)
    {
        WriteInputs(writer, context);
        WriteOutputs(writer, context);
        if (context.PropertiesOrNull is { Count: > 0 } state && context.Node.LogPersistence?.KeepsInternalState(context) == true)
        {
            writer.WritePropertyName("s");
            WriteValue(writer, state, context.WorkflowExecutionContext.Host.Secrets);
        }

        if (context.JournalDataOrNull is { Count: > 0 } data)
        {
            writer.WritePropertyName("j");
            WriteValue(writer, data, context.WorkflowExecutionContext.Host.Secrets);
        }
    }

    private void WriteInputs(Utf8JsonWriter writer, ActivityExecutionContext context)
    {
        var begun = false;
        for (var i = 0; i < context.Node.Inputs.Length; i++)
        {
            var (property, input) = context.Node.Inputs[i];
            if (input is null || !input.AutoEvaluate)
                continue;
            var value = input.IsConstant && !context.WorkflowExecutionContext.HasEditedInputs ? input.ConstantValue : context.InputValues?[i] ?? input.ConstantValue;
            if (value is null || !(context.Node.LogPersistence?.KeepsInput(i, context, options.DefaultMode) ?? _keepsByDefault))
                continue;
            if (!begun)
                writer.WriteStartObject("i");
            begun = true;
            writer.WritePropertyName(property.Name);
            if (property.Attribute.CanContainSecrets)
                writer.WriteStringValue(SecretMask.Masked);
            else
                WriteValue(writer, value, context.WorkflowExecutionContext.Host.Secrets);
        }

        if (begun)
            writer.WriteEndObject();
    }

    private void WriteOutputs(Utf8JsonWriter writer, ActivityExecutionContext context)
    {
        if (context.OutputValues is not { } values)
            return;
        writer.WriteStartObject("r");
        for (var i = 0; i < values.Length; i++)
        {
            var property = context.Node.Type.Outputs[i];
            if (values[i] is null || !property.Attribute.IsSerializable
                || !(context.Node.LogPersistence?.KeepsOutput(i, context, options.DefaultMode) ?? _keepsByDefault))
                continue;
            writer.WritePropertyName(property.Name);
            if (property.Attribute.CanContainSecrets)
                writer.WriteStringValue(SecretMask.Masked);
            else
                WriteValue(writer, values[i], context.WorkflowExecutionContext.Host.Secrets);
        }

        writer.WriteEndObject();
    }

    private void WriteValue(Utf8JsonWriter writer, object? value, SecretMask mask)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                return;
            case bool flag:
                writer.WriteBooleanValue(flag);
                return;
            case int number:
                writer.WriteNumberValue(number);
                return;
            case string text when text.Length <= options.ValueBytesMax:
                writer.WriteStringValue(mask.Apply(text));
                return;
            case string text:
                // Masked before it is cut: half a secret would not be recognised.
                var masked = mask.Apply(text);
                writer.WriteStringValue(string.Concat(masked.AsSpan(0, Math.Min(masked.Length, options.ValueBytesMax)), "…"));
                return;
        }

        _scratch.ResetWrittenCount();
        _scratchWriter ??= new Utf8JsonWriter(_scratch);
        _scratchWriter.Reset(_scratch);
        try
        {
            DynamicJson.Write(_scratchWriter, value);
        }
        catch (ValueTooDeepException)
        {
            writer.WriteStringValue("<too deep>");
            return;
        }

        _scratchWriter.Flush();
        if (_scratch.WrittenCount <= options.ValueBytesMax && !mask.IsEmpty)
            writer.WriteRawValue(mask.Apply(System.Text.Encoding.UTF8.GetString(_scratch.WrittenSpan)), skipInputValidation: true);
        else if (_scratch.WrittenCount <= options.ValueBytesMax)
            writer.WriteRawValue(_scratch.WrittenSpan, skipInputValidation: true);
        else
            writer.WriteStringValue($"<{_scratch.WrittenCount} bytes>");
    }
}

/// <summary>What a <see cref="BurstLog"/> records.</summary>
public sealed record BurstLogOptions
{
    /// <summary>Whether inputs and outputs are kept when neither activity nor workflow says. Default: they are.</summary>
    public LogPersistenceMode DefaultMode { get; init; }

    /// <summary>Largest recorded value in bytes of JSON; larger texts are cut, larger objects are replaced by their size. Default: 16,384.</summary>
    public int ValueBytesMax { get; init; } = 16_384;
}

/// <summary>Kinds of journal events as stored. The numbers are part of the format.</summary>
internal enum JournalEvent
{
    Started = 0,
    Completed = 1,
    Faulted = 2,
    Canceled = 3,
    Suspended = 4,
    Resumed = 5,
    Custom = 6,
}
