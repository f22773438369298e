using Platform.Engine.Values;

namespace Platform.Engine.Converters;

/// <summary>The output converters that documents may use.</summary>
public sealed class OutputConverters
{
    private readonly Dictionary<string, OutputConverter> _byId = new(StringComparer.Ordinal);

    /// <summary>A set of converters.</summary>
    /// <param name="converters">The converters; a repeated id is a mistake.</param>
    /// <exception cref="ArgumentException">Two converters have the same id.</exception>
    public OutputConverters(IEnumerable<OutputConverter> converters)
    {
        foreach (var converter in converters)
        {
            if (!_byId.TryAdd(converter.Id, converter))
                throw new ArgumentException($"The output converter '{converter.Id}' is registered twice.", nameof(converters));
        }
    }

    /// <summary>The converters, in the order in which they were given.</summary>
    public IReadOnlyCollection<OutputConverter> All => _byId.Values;

    /// <summary>The converters that the engine brings.</summary>
    /// <param name="aliases">Types that values can be converted to.</param>
    public static IEnumerable<OutputConverter> BuiltIn(TypeAliases aliases) =>
        [new ToJsonConverter(), new FromJsonConverter(), new JsonMemberConverter(), new ToTypeConverter(aliases)];

    /// <summary>The converters that can stand between an output and a target.</summary>
    /// <param name="source">Type of the output.</param>
    /// <param name="destination">Type of the target.</param>
    public IEnumerable<OutputConverter> Fitting(Type source, Type destination) => All.Where(converter =>
        Takes(converter, source)
        && (converter.ResultType == typeof(object) || destination == typeof(object) || destination.IsAssignableFrom(converter.ResultType)));

    /// <summary>The conversion of a binding.</summary>
    /// <param name="converterId">The converter.</param>
    /// <param name="settings">Its settings, as written.</param>
    /// <param name="source">Type of the output.</param>
    internal OutputConversion Bind(string converterId, IReadOnlyDictionary<string, object?> settings, Type source)
    {
        if (!_byId.TryGetValue(converterId, out var converter))
        {
            return OutputConversion.Failed(
                converterId, OutputConversionStage.Resolution, $"there is no such converter. Use one of: {string.Join(", ", _byId.Keys.Order(StringComparer.Ordinal))}.");
        }

        if (!Takes(converter, source))
        {
            return OutputConversion.Failed(
                converterId, OutputConversionStage.SourceCompatibility, $"it takes {converter.SourceType.Name}, but the output is {source.Name}.");
        }

        if (Check(converter, settings) is { } problem)
            return OutputConversion.Failed(converterId, OutputConversionStage.SettingsValidation, problem);
        try
        {
            var given = settings.Where(setting => setting.Value is not null).ToDictionary(setting => setting.Key, setting => setting.Value!, StringComparer.Ordinal);
            return OutputConversion.Of(converter, converter.Bind(given));
        }
        catch (FormatException exception)
        {
            return OutputConversion.Failed(converterId, OutputConversionStage.SettingsValidation, exception.Message);
        }
    }

    /// <summary>Of an output of any type, the value decides when it is there.</summary>
    private static bool Takes(OutputConverter converter, Type source) => source == typeof(object) || converter.SourceType.IsAssignableFrom(source);

    private static string? Check(OutputConverter converter, IReadOnlyDictionary<string, object?> settings)
    {
        foreach (var (name, value) in settings)
        {
            if (converter.Settings.FirstOrDefault(setting => setting.Name == name) is not { } setting)
            {
                return converter.Settings.Count == 0
                    ? $"it has no settings, but '{name}' was given."
                    : $"it has no setting '{name}'. Use: {string.Join(", ", converter.Settings.Select(known => known.Name))}.";
            }

            if (value is not null && (setting.IsFlag ? value is not bool : value is not string))
                return $"the setting '{name}' must be {(setting.IsFlag ? "true or false" : "text")}.";
        }

        foreach (var required in converter.Settings.Where(setting => setting.IsRequired))
        {
            if (!settings.TryGetValue(required.Name, out var value) || value is null || (value is string text && string.IsNullOrWhiteSpace(text)))
                return $"the setting '{required.Name}' is missing.";
        }

        return null;
    }
}
