using System.Text.Json;
using Platform.Engine.Converters;
using Platform.Engine.Plans;
using Platform.Engine.Values;

namespace Platform.Engine.Definitions;

/// <summary>Reads what an output is bound to, and by which converter. A converter that cannot be used keeps a version from being published.</summary>
internal sealed class OutputBindingReader(OutputConverters converters)
{
    /// <summary>Sets the binding of an output; leaves the output alone when it has none.</summary>
    /// <param name="activity">The activity.</param>
    /// <param name="output">Its output.</param>
    /// <param name="element">The activity in the document.</param>
    /// <param name="path">Where the activity stands.</param>
    /// <param name="activities">Hears of problems.</param>
    public void Read(Activity activity, OutputProperty output, JsonElement element, string path, ActivityReader activities)
    {
        if (!element.TryGetProperty(output.WireName, out var value) || value.ValueKind != JsonValueKind.Object)
            return;
        if (!value.TryGetProperty("memoryReference", out var reference) || reference.ValueKind != JsonValueKind.Object
            || !reference.TryGetProperty("id", out var target) || target.ValueKind != JsonValueKind.String)
            return;
        var bound = (Output)Activator.CreateInstance(typeof(Output<>).MakeGenericType(output.ValueType))!;
        bound.TargetId = target.GetString();
        if (value.TryGetProperty("converter", out var converter) && converter.ValueKind != JsonValueKind.Null)
            bound.Conversion = ReadConverter(converter, output, $"{path}.{output.WireName}.converter", activities);
        output.Set(activity, bound);
    }

    private OutputConversion ReadConverter(JsonElement element, OutputProperty output, string path, ActivityReader activities)
    {
        var members = DefinitionReader.Members(element);
        var id = DefinitionReader.Text(members.GetValueOrDefault("id")) ?? "";
        var settings = members.GetValueOrDefault("settings");
        var conversion = settings.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.Object
            ? converters.Bind(id, ReadSettings(settings), output.ValueType)
            : OutputConversion.Failed(id, OutputConversionStage.SettingsValidation, "the settings are not an object.");
        if (conversion.Failure is { } failure)
        {
            var (member, code) = conversion.FailedStage switch
            {
                OutputConversionStage.Resolution => (".id", "WF1041"),
                OutputConversionStage.SettingsValidation => (".settings", "WF1042"),
                _ => ("", "WF1043"),
            };
            activities.AddUnfinished(path + member, code, $"The output '{output.Name}' cannot be converted by '{id}': {failure}");
        }

        return conversion;
    }

    private static Dictionary<string, object?> ReadSettings(JsonElement settings)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (settings.ValueKind != JsonValueKind.Object)
            return values;
        foreach (var member in settings.EnumerateObject())
            values[member.Name] = DynamicJson.FromElement(member.Value);
        return values;
    }
}
