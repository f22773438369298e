using Platform.Engine.Values;

namespace Platform.Engine.Converters;

/// <summary>Gives a value another type, and faults when it has no meaning as that, instead of falling back to a default.</summary>
/// <param name="aliases">The types that can be named.</param>
public sealed class ToTypeConverter(TypeAliases aliases) : OutputConverter
{
    /// <inheritdoc />
    public override string Id => "Platform.ToType";

    /// <inheritdoc />
    public override string DisplayName => "To a type";

    /// <inheritdoc />
    public override string Description => "Converts the value to a type; a value that has no meaning as that type is a fault.";

    /// <inheritdoc />
    public override IReadOnlyList<OutputConverterSetting> Settings { get; } =
        [new("type", "Name of the type, such as Int32, DateTime or List<String>", IsRequired: true)];

    /// <inheritdoc />
    public override Func<object?, object?> Bind(IReadOnlyDictionary<string, object> settings)
    {
        var alias = (string)settings["type"];
        return aliases.TryGetType(alias, out var type)
            ? value => ValueConverter.ConvertStrict(value, type)
            : throw new FormatException($"the setting 'type' names '{alias}', which is not known. Use a name from the list of variable types.");
    }
}
