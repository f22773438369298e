using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace Platform.Server.Composition;

/// <summary>
/// Reads the sections of the configuration that are ours. Stricter than the framework's binder: a key that nobody reads and a value that
/// cannot be right are mistakes, and all of them are told at once, each with its key, its value and what to write instead.
/// </summary>
/// <param name="configuration">The whole configuration.</param>
internal sealed class OptionsReader(IConfiguration configuration)
{
    private const string MaskedValue = "***";
    private readonly List<string> _mistakes = [];
    private readonly List<ReadSection> _sections = [];

    /// <summary>What is wrong in the sections read so far, one sentence or two each.</summary>
    public IReadOnlyList<string> Mistakes => _mistakes;

    /// <summary>The sections read so far.</summary>
    public IReadOnlyList<ReadSection> Sections => _sections;

    /// <summary>Reads one section. What cannot be read keeps its default and is added to <see cref="Mistakes"/>.</summary>
    /// <param name="section">Name of the section, for example <c>Storage</c>.</param>
    /// <typeparam name="T">The options: settable properties of simple types, lists, or further options.</typeparam>
    public T Read<T>(string section)
        where T : class, new()
    {
        var options = new T();
        Fill(options, configuration.GetSection(section));
        _sections.Add(new ReadSection(section, options));
        return options;
    }

    /// <summary>Ends the reading.</summary>
    /// <exception cref="ConfigurationMistakesException">There are mistakes.</exception>
    public void ThrowIfMistaken()
    {
        if (_mistakes.Count > 0)
            throw new ConfigurationMistakesException(_mistakes);
    }

    private void Fill(object options, IConfigurationSection section)
    {
        var properties = options.GetType().GetProperties().Where(property => property.SetMethod is { IsPublic: true }).ToList();
        foreach (var child in section.GetChildren())
        {
            var property = properties.Find(other => string.Equals(other.Name, child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
                _mistakes.Add(Unknown(child, section, properties));
            else
                FillProperty(options, property, child);
        }

        Validate(options, section, properties);
    }

    private void FillProperty(object options, PropertyInfo property, IConfigurationSection section)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>))
            property.SetValue(options, ReadList(type, property, section));
        else if (IsOptions(type))
            Fill(property.GetValue(options) ?? throw new InvalidOperationException($"{property.Name} needs an initial value."), section);
        // An empty value is what a variable is that was passed on without being set: as if it were not there.
        else if (!string.IsNullOrEmpty(section.Value) && ReadValue(type, property, section) is { } value)
            property.SetValue(options, value);
    }

    private IList ReadList(Type listType, PropertyInfo property, IConfigurationSection section)
    {
        var list = (IList)Activator.CreateInstance(listType)!;
        var type = listType.GetGenericArguments()[0];
        foreach (var child in section.GetChildren())
        {
            var item = IsOptions(type) ? Activator.CreateInstance(type) : ReadValue(type, property, child);
            if (item is null)
                continue;
            if (IsOptions(type))
                Fill(item, child);
            list.Add(item);
        }

        return list;
    }

    private object? ReadValue(Type type, PropertyInfo property, IConfigurationSection section)
    {
        var value = Parse(type, section.Value ?? "");
        if (value is null)
            _mistakes.Add(Wrong(section.Path, section.Value, property, null));
        return value;
    }

    private static object? Parse(Type type, string text)
    {
        if (type == typeof(string))
            return text;
        if (type == typeof(int))
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
        if (type == typeof(long))
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
        if (type == typeof(double))
            return double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;
        if (type == typeof(bool))
            return bool.TryParse(text, out var flag) ? flag : null;
        // "30" would be thirty days, which nobody means.
        if (type == typeof(TimeSpan))
            return text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span : null;
        if (type.IsEnum)
            return Array.Exists(Enum.GetNames(type), name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) ? Enum.Parse(type, text, true) : null;
        throw new InvalidOperationException($"Options cannot have values of the type {type}.");
    }

    /// <summary>Whether a type is a group of options, not a value.</summary>
    /// <param name="type">The type.</param>
    internal static bool IsOptions(Type type) => type.IsClass && type != typeof(string) && !typeof(IEnumerable).IsAssignableFrom(type);

    private void Validate(object options, IConfigurationSection section, List<PropertyInfo> properties)
    {
        foreach (var property in properties)
        {
            var value = property.GetValue(options);
            var context = new ValidationContext(options) { MemberName = property.Name };
            foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
            {
                if (rule.GetValidationResult(value, context) is { } result && result != ValidationResult.Success)
                    _mistakes.Add(Wrong($"{section.Path}:{property.Name}", Convert.ToString(value, CultureInfo.InvariantCulture), property, rule));
            }
        }

        if (options is not IValidatableObject validatable)
            return;
        foreach (var result in validatable.Validate(new ValidationContext(options)))
            _mistakes.Add($"{section.Path}:{result.MemberNames.First()} cannot be used. {result.ErrorMessage}");
    }

    private static string Wrong(string key, string? value, PropertyInfo property, ValidationAttribute? rule)
    {
        var isSecret = property.GetCustomAttribute<DataTypeAttribute>()?.DataType == DataType.Password;
        var shown = string.IsNullOrEmpty(value) ? "is empty" : $"is '{(isSecret ? MaskedValue : value)}'";
        return $"{key} {shown}. {rule?.ErrorMessage ?? $"Give {Wanted(property)}."}";
    }

    private static string Wanted(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type.IsEnum)
            return "one of: " + string.Join(", ", Enum.GetNames(type));
        var kind = type switch
        {
            _ when type == typeof(int) || type == typeof(long) => "a whole number",
            _ when type == typeof(double) => "a number",
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(TimeSpan) => "a time as hours:minutes:seconds",
            _ => "a value",
        };
        return property.GetCustomAttribute<RangeAttribute>() is { } range
            ? string.Create(CultureInfo.InvariantCulture, $"{kind} from {range.Minimum} to {range.Maximum}")
            : kind;
    }

    private static string Unknown(IConfigurationSection child, IConfigurationSection section, List<PropertyInfo> properties)
    {
        var names = properties.ConvertAll(property => property.Name);
        var nearest = names.MinBy(name => Distance(name.ToUpperInvariant(), child.Key.ToUpperInvariant()));
        var isNear = nearest is not null
            && Distance(nearest.ToUpperInvariant(), child.Key.ToUpperInvariant()) <= Math.Max(2, nearest.Length / 3);
        var advice = isNear ? $"Did you mean {section.Path}:{nearest}?" : $"Known in {section.Path}: {string.Join(", ", names.Order(StringComparer.Ordinal))}.";
        return $"{child.Path} is not known. {advice}";
    }

    /// <summary>How many letters must be added, removed or replaced to make one word of the other.</summary>
    private static int Distance(string first, string second)
    {
        var row = Enumerable.Range(0, second.Length + 1).ToArray();
        for (var i = 1; i <= first.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= second.Length; j++)
            {
                var replaced = diagonal + (first[i - 1] == second[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}

/// <summary>The configuration has mistakes, all of them in the message.</summary>
/// <param name="mistakes">What is wrong.</param>
internal sealed class ConfigurationMistakesException(IReadOnlyList<string> mistakes) : Exception(Describe(mistakes))
{
    private static string Describe(IReadOnlyList<string> mistakes) =>
        $"The configuration has {(mistakes.Count == 1 ? "a mistake" : $"{mistakes.Count} mistakes")}:"
        + string.Concat(mistakes.Select(mistake => $"{Environment.NewLine}  - {mistake}"))
        + $"{Environment.NewLine}In environment variables a colon is written as two underscores: Storage__DataDirectory.";
}
