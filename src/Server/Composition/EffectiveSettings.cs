using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Platform.Server.OpenApi;

namespace Platform.Server.Composition;

/// <summary>
/// What the running server was told and what holds where it was told nothing: every option of every section, with where its value comes
/// from. Values of secrets stay out of it, and so do the parts of addresses in which people put them.
/// </summary>
/// <param name="configuration">The whole configuration.</param>
/// <param name="sections">The sections that were read.</param>
internal sealed class EffectiveSettings(IConfigurationRoot configuration, IReadOnlyList<ReadSection> sections)
{
    private static readonly string[] _secretNames = ["Password", "Secret", "ApiKey", "Token", "Header", "Passphrase"];
    private readonly XmlTexts _texts = new();

    /// <summary>Names of the sections, in order.</summary>
    public IReadOnlyList<string> Sections { get; } = [.. sections.Select(section => section.Name).Order(StringComparer.Ordinal)];

    /// <summary>Every option, by section.</summary>
    public IReadOnlyList<EffectiveSetting> List() =>
    [
        .. sections.OrderBy(section => section.Name, StringComparer.Ordinal)
            .SelectMany(section => Walk(section.Name, section.Name, section.Options, Activator.CreateInstance(section.Options.GetType())!)),
    ];

    private IEnumerable<EffectiveSetting> Walk(string section, string path, object options, object defaults)
    {
        foreach (var property in options.GetType().GetProperties().Where(property => property.SetMethod is { IsPublic: true }).OrderBy(property => property.MetadataToken))
        {
            var key = $"{path}:{property.Name}";
            var (value, usual) = (property.GetValue(options), property.GetValue(defaults));
            if (value is not null && OptionsReader.IsOptions(property.PropertyType))
            {
                foreach (var inner in Walk(section, key, value, usual ?? value))
                    yield return inner;
            }
            else
            {
                yield return Describe(section, key, property, value, usual);
            }
        }
    }

    private EffectiveSetting Describe(string section, string key, PropertyInfo property, object? value, object? usual)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var isSecret = property.GetCustomAttribute<DataTypeAttribute>()?.DataType == DataType.Password
            || (KindOf(type) is SettingKind.Text or SettingKind.List && Array.Exists(_secretNames, name => property.Name.TrimEnd('s').EndsWith(name, StringComparison.OrdinalIgnoreCase)));
        var (shown, shownUsual) = (Text(value), Text(usual));
        var range = property.GetCustomAttribute<RangeAttribute>();
        return new EffectiveSetting(section, key, property.Name, KindOf(type))
        {
            Value = isSecret ? null : shown,
            Default = isSecret ? null : shownUsual,
            IsDefault = shown == shownUsual,
            IsSet = shown.Length > 0,
            IsSecret = isSecret,
            Source = SourceOf(key),
            Description = property.DeclaringType is { } owner ? _texts.Of(owner, property.Name) : null,
            Choices = type.IsEnum ? Enum.GetNames(type) : null,
            Min = range is null ? null : Convert.ToString(range.Minimum, CultureInfo.InvariantCulture),
            Max = range is null ? null : Convert.ToString(range.Maximum, CultureInfo.InvariantCulture),
        };
    }

    private static SettingKind KindOf(Type type) => type switch
    {
        _ when type == typeof(bool) => SettingKind.Flag,
        _ when type == typeof(TimeSpan) => SettingKind.Time,
        _ when type == typeof(int) || type == typeof(long) || type == typeof(double) => SettingKind.Number,
        { IsEnum: true } => SettingKind.Choice,
        _ when type == typeof(string) => SettingKind.Text,
        _ => SettingKind.List,
    };

    private static string Text(object? value) => value switch
    {
        null => "",
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        string text => WithoutSecrets(text),
        IEnumerable items => string.Join(", ", items.Cast<object?>().Select(item => item is not null && OptionsReader.IsOptions(item.GetType()) ? NameOf(item) : Text(item))),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <summary>People put passwords before the host of an address, and tokens into its path.</summary>
    private static string WithoutSecrets(string text)
    {
        if (!text.Contains("://", StringComparison.Ordinal) || !Uri.TryCreate(text, UriKind.Absolute, out var address))
            return text;
        var origin = $"{address.Scheme}://{(address.IsDefaultPort ? address.Host : $"{address.Host}:{address.Port}")}";
        return address.PathAndQuery is "/" or "" ? origin : origin + "/…";
    }

    private static string NameOf(object options) => options.GetType().GetProperty("Name")?.GetValue(options) as string is { Length: > 0 } name ? name : "…";

    /// <summary>The provider that won; the configuration asks the last one first.</summary>
    private string SourceOf(string key)
    {
        foreach (var provider in configuration.Providers.Reverse())
        {
            if ((provider.TryGet(key, out var value) && !string.IsNullOrEmpty(value)) || provider.GetChildKeys([], key).Any())
            {
                return provider switch
                {
                    EnvironmentVariablesConfigurationProvider => "environment",
                    CommandLineConfigurationProvider => "arguments",
                    JsonConfigurationProvider file => $"file {file.Source.Path}",
                    _ => "other",
                };
            }
        }

        return "default";
    }
}

/// <summary>A section as it was read.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Options">What was read.</param>
internal sealed record ReadSection(string Name, object Options);

/// <summary>What a setting holds.</summary>
internal enum SettingKind
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A span of time, as days.hours:minutes:seconds.</summary>
    Time,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>One of some words.</summary>
    Choice,

    /// <summary>Several values.</summary>
    List,
}

/// <summary>An option as it holds.</summary>
/// <param name="Section">Its section.</param>
/// <param name="Key">Its whole key, as the configuration names it.</param>
/// <param name="Name">The last part of the key.</param>
/// <param name="Kind">What it holds.</param>
internal sealed record EffectiveSetting(string Section, string Key, string Name, SettingKind Kind)
{
    /// <summary>What holds; null for a secret.</summary>
    public string? Value { get; init; }

    /// <summary>What holds when nobody says anything; null for a secret.</summary>
    public string? Default { get; init; }

    /// <summary>Whether what holds is the default.</summary>
    public bool IsDefault { get; init; }

    /// <summary>Whether there is a value.</summary>
    public bool IsSet { get; init; }

    /// <summary>Whether its value is a secret, which is never shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Where the value comes from: <c>default</c>, <c>environment</c>, <c>arguments</c>, <c>file</c> and its name, or <c>other</c>.</summary>
    public string Source { get; init; } = "default";

    /// <summary>What it means.</summary>
    public string? Description { get; init; }

    /// <summary>The words to choose from; null when it is free.</summary>
    public IReadOnlyList<string>? Choices { get; init; }

    /// <summary>The least value; null when there is no limit.</summary>
    public string? Min { get; init; }

    /// <summary>The greatest value; null when there is no limit.</summary>
    public string? Max { get; init; }
}
