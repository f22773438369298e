using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Platform.Engine;
using Platform.Engine.Execution;
using Platform.Engine.Values;
using Platform.Runtime.Definitions;
using Platform.Runtime.Store;

namespace Platform.Runtime.Searching;

/// <summary>Reads what a run is found by: its inputs and outputs, what its records show that variables were given, words of its name and faults.</summary>
/// <param name="store">Where runs are.</param>
/// <param name="plans">Compiled definitions.</param>
/// <param name="host">Reads values, and knows what is secret.</param>
/// <param name="options">Limits.</param>
/// <param name="logger">Log.</param>
public sealed class RunIndexer(IWorkflowStore store, PlanCache plans, EngineHost host, SearchOptions options, ILogger<RunIndexer> logger)
{
    private const int ShownIdLength = 8;

    /// <summary>What a run is found by; null when it is gone. What cannot be read is left out, and told.</summary>
    /// <param name="instanceId">The run.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    public async ValueTask<SearchEntry?> ReadAsync(string instanceId, CancellationToken cancellationToken)
    {
        if (await store.FindInstanceAsync(instanceId, cancellationToken) is not { } instance)
            return null;
        var values = new Dictionary<string, VariableTerm>(StringComparer.OrdinalIgnoreCase);
        var words = new HashSet<string>(StringComparer.Ordinal);
        // Pages call a run that has no name by the end of its id.
        SearchWords.AddTo(words, instance.Id[^Math.Min(instance.Id.Length, ShownIdLength)..], options.WordsMax);
        SearchWords.AddTo(words, Shown(instance.Name), options.WordsMax);
        try
        {
            ReadState(instance, values, words);
            await ReadRecordsAsync(instance, values, words, cancellationToken);
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            Log.RunNotIndexed(logger, instanceId, exception.Message);
        }

        return new SearchEntry(instance.Id, instance.Revision, values.Values, words);
    }

    private void ReadState(StoredInstance instance, Dictionary<string, VariableTerm> values, HashSet<string> words)
    {
        if (instance.State.IsEmpty)
            return;
        using var document = JsonDocument.Parse(instance.State, new JsonDocumentOptions { MaxDepth = ValueCodec.JsonDepthMax * 2 });
        foreach (var part in (string[])["in", "out"])
        {
            if (!document.RootElement.TryGetProperty(part, out var members))
                continue;
            foreach (var member in members.EnumerateObject())
                Add(values, member.Name, member.Value);
        }

        foreach (var part in (string[])["incidents", "handled"])
        {
            if (!document.RootElement.TryGetProperty(part, out var incidents))
                continue;
            foreach (var incident in incidents.EnumerateArray())
                SearchWords.AddTo(words, Shown(incident.GetProperty("message").GetString()), options.WordsMax);
        }
    }

    private async ValueTask ReadRecordsAsync(StoredInstance instance, Dictionary<string, VariableTerm> values, HashSet<string> words, CancellationToken cancellationToken)
    {
        var bursts = await store.ReadBurstsAsync(instance.Id, cancellationToken);
        if (bursts.Sum(burst => (long)burst.Log.Length) > options.LogBytesMax)
            return;
        var history = ExecutionHistory.Read(instance.Id, bursts.Select(burst => burst.Log));
        foreach (var entry in history.Journal.Where(entry => entry.EventName == "Faulted" && entry.Message is not null))
            SearchWords.AddTo(words, Shown(entry.Message), options.WordsMax);
        if (await plans.FindAsync(instance.DefinitionVersionId, cancellationToken) is not { } plan)
            return;
        foreach (var (name, value) in AssignedValues.Of(plan, history))
            Add(values, name, value);
    }

    private void Add(Dictionary<string, VariableTerm> values, string name, JsonElement value)
    {
        if (name.Length is 0 or > VariableTerm.NameLengthMax || (values.Count >= options.VariablesMax && !values.ContainsKey(name)))
            return;
        // The last value counts: one that is not shown takes the former one away.
        values.Remove(name);
        if (TextOf(value) is { Length: > 0 } text && Shown(text) is { } shown && shown == text && !text.Contains(Engine.Secrets.SecretMask.Masked, StringComparison.Ordinal))
            values[name] = new VariableTerm(name, shown);
    }

    private string? Shown(string? text) => text is null ? null : host.Secrets.Apply(text);

    private string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Number => VariableTerm.NumberText(value.GetRawText()) ?? value.GetRawText(),
        JsonValueKind.Object when value.GetPropertyCount() <= 2 => TextOfTagged(value),
        _ => null,
    };

    /// <summary>Decimals, times and ids are stored with their type.</summary>
    private string? TextOfTagged(JsonElement value)
    {
        var stored = host.Values.Read(value);
        return stored switch
        {
            decimal number => VariableTerm.NumberText(number.ToString(CultureInfo.InvariantCulture)),
            DateTime or DateTimeOffset or DateOnly or TimeOnly or TimeSpan or Guid => DynamicJson.ToNode(stored)?.GetValue<string>(),
            _ => null,
        };
    }
}
