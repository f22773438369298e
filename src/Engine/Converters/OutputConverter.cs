using System.Text.Json.Nodes;

namespace Platform.Engine.Converters;

/// <summary>
/// Changes the value of an output on its way to the variable or workflow output that it is bound to. What expressions read from the
/// activity itself stays as it was. Hosts register their own beside the built-in ones. One object serves all workflows at once.
/// </summary>
public abstract class OutputConverter
{
    /// <summary>Id; documents refer to it.</summary>
    public abstract string Id { get; }

    /// <summary>Name for people.</summary>
    public abstract string DisplayName { get; }

    /// <summary>One sentence, or null.</summary>
    public virtual string? Description => null;

    /// <summary>Type of the values it takes. Default: any.</summary>
    public virtual Type SourceType => typeof(object);

    /// <summary>Type of the values it gives. Default: any.</summary>
    public virtual Type ResultType => typeof(object);

    /// <summary>The settings it understands. Default: none. They are checked before <see cref="Bind"/> is called.</summary>
    public virtual IReadOnlyList<OutputConverterSetting> Settings => [];

    /// <summary>The settings as a JSON schema; null when there are none.</summary>
    public JsonObject? SettingsSchema()
    {
        if (Settings.Count == 0)
            return null;
        var properties = new JsonObject();
        foreach (var setting in Settings)
            properties[setting.Name] = new JsonObject { ["type"] = setting.IsFlag ? "boolean" : "string", ["description"] = setting.Description };
        return new JsonObject
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["required"] = new JsonArray([.. Settings.Where(setting => setting.IsRequired).Select(setting => JsonValue.Create(setting.Name))]),
            ["additionalProperties"] = false,
        };
    }

    /// <summary>The conversion with given settings. Called once per binding; what it gives is called for each value, on many threads.</summary>
    /// <param name="settings">Values by name: text, or a yes or no for a flag; absent ones are not in it.</param>
    /// <exception cref="FormatException">A setting has no meaning; the message says which and why.</exception>
    public abstract Func<object?, object?> Bind(IReadOnlyDictionary<string, object> settings);
}

/// <summary>A setting of an output converter.</summary>
/// <param name="Name">Name in documents.</param>
/// <param name="Description">One sentence.</param>
/// <param name="IsRequired">Whether it must be given.</param>
/// <param name="IsFlag">Whether its value is a yes or no; otherwise it is text.</param>
public sealed record OutputConverterSetting(string Name, string Description, bool IsRequired = false, bool IsFlag = false);

/// <summary>The step of a conversion that failed.</summary>
public enum OutputConversionStage
{
    /// <summary>There is no such converter.</summary>
    Resolution,

    /// <summary>The settings are not what the converter understands.</summary>
    SettingsValidation,

    /// <summary>The value is not of a type that the converter takes.</summary>
    SourceCompatibility,

    /// <summary>The converter failed.</summary>
    Invocation,

    /// <summary>The converter gave something that it should not, or that its target cannot hold.</summary>
    ResultValidation,
}

/// <summary>An output could not be converted. It faults the activity.</summary>
public sealed class OutputConversionException : Exception
{
    /// <summary>Says what failed.</summary>
    /// <param name="stage">The step.</param>
    /// <param name="converterId">The converter.</param>
    /// <param name="outputName">The output.</param>
    /// <param name="reason">Why, in a sentence.</param>
    /// <param name="inner">The cause, or null.</param>
    public OutputConversionException(OutputConversionStage stage, string converterId, string outputName, string reason, Exception? inner)
        : base($"The output '{outputName}' could not be converted by '{converterId}' ({stage}): {reason}", inner)
    {
        Stage = stage;
        ConverterId = converterId;
        OutputName = outputName;
    }

    /// <summary>The step that failed.</summary>
    public OutputConversionStage Stage { get; }

    /// <summary>Id of the converter.</summary>
    public string ConverterId { get; }

    /// <summary>Name of the output.</summary>
    public string OutputName { get; }
}
