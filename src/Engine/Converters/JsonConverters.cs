using System.Collections;
using System.Globalization;
using System.Text.Json;
using Platform.Engine.Values;

namespace Platform.Engine.Converters;

/// <summary>Writes any value as JSON text.</summary>
public sealed class ToJsonConverter : OutputConverter
{
    /// <inheritdoc />
    public override string Id => "Platform.ToJson";

    /// <inheritdoc />
    public override string DisplayName => "To JSON text";

    /// <inheritdoc />
    public override string Description => "Writes the value as JSON text.";

    /// <inheritdoc />
    public override Type ResultType => typeof(string);

    /// <inheritdoc />
    public override IReadOnlyList<OutputConverterSetting> Settings { get; } =
        [new("indented", "Whether the text has line breaks and indentation. Default: no.", IsFlag: true)];

    /// <inheritdoc />
    public override Func<object?, object?> Bind(IReadOnlyDictionary<string, object> settings)
    {
        var indented = settings.GetValueOrDefault("indented") is true;
        return value => DynamicJson.ToText(value, indented);
    }
}

/// <summary>Reads JSON text into objects, lists and values.</summary>
public sealed class FromJsonConverter : OutputConverter
{
    /// <inheritdoc />
    public override string Id => "Platform.FromJson";

    /// <inheritdoc />
    public override string DisplayName => "From JSON text";

    /// <inheritdoc />
    public override string Description => "Reads JSON text into objects, lists and values.";

    /// <inheritdoc />
    public override Type SourceType => typeof(string);

    /// <inheritdoc />
    public override Func<object?, object?> Bind(IReadOnlyDictionary<string, object> settings) =>
        static value => value is string text ? DynamicJson.Parse(text) : null;
}

/// <summary>Takes one member out of an object, a list or JSON text.</summary>
public sealed class JsonMemberConverter : OutputConverter
{
    private const int PartsMax = 64;

    /// <inheritdoc />
    public override string Id => "Platform.JsonMember";

    /// <inheritdoc />
    public override string DisplayName => "Member of an object";

    /// <inheritdoc />
    public override string Description => "Takes one member out of an object, a list or JSON text; nothing when it is not there.";

    /// <inheritdoc />
    public override IReadOnlyList<OutputConverterSetting> Settings { get; } =
        [new("path", "The way to the member: names with dots, numbers in brackets, such as customer.orders[0].id", IsRequired: true)];

    /// <inheritdoc />
    public override Func<object?, object?> Bind(IReadOnlyDictionary<string, object> settings)
    {
        var parts = Parse((string)settings["path"]);
        return value => Walk(value, parts);
    }

    private static object? Walk(object? value, List<object> parts)
    {
        var current = value switch
        {
            null => null,
            string text => DynamicJson.Parse(text),
            IDictionary<string, object?> or IList<object?> => value,
            _ => JsonConversion.TryToDynamic(value, out var members) ? members : throw new InvalidOperationException("the value has no members that can be read."),
        };
        foreach (var part in parts)
        {
            current = (part, current) switch
            {
                (string name, IDictionary<string, object?> members) => members.TryGetValue(name, out var member) ? member : null,
                (int index, IList items) => index < items.Count ? items[index] : null,
                (_, JsonElement or System.Text.Json.Nodes.JsonNode) => Walk(JsonConversion.TryToDynamic(current, out var inner) ? inner : null, [part]),
                _ => null,
            };
        }

        return current;
    }

    /// <summary>Names are text, positions are numbers.</summary>
    private static List<object> Parse(string path)
    {
        var parts = new List<object>();
        var rest = path.AsSpan().Trim();
        if (rest.StartsWith("$"))
            rest = rest[1..];
        var isFirst = true;
        while (!rest.IsEmpty && parts.Count <= PartsMax)
        {
            if (rest[0] == '[')
            {
                var end = rest.IndexOf(']');
                parts.Add(end < 0 ? throw Unreadable(path) : InBrackets(rest[1..end], path));
                rest = rest[(end + 1)..];
            }
            else
            {
                if (rest[0] == '.')
                    rest = rest[1..];
                else if (!isFirst)
                    throw Unreadable(path);
                var end = rest.IndexOfAny('.', '[');
                var name = end < 0 ? rest : rest[..end];
                if (name.IsWhiteSpace() || name.Contains(']'))
                    throw Unreadable(path);
                parts.Add(name.Trim().ToString());
                rest = end < 0 ? [] : rest[end..];
            }

            isFirst = false;
        }

        return parts.Count is > 0 and <= PartsMax ? parts : throw Unreadable(path);
    }

    private static object InBrackets(ReadOnlySpan<char> text, string path)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            return index;
        if (text.Length > 2 && text[0] is '\'' or '"' && text[^1] == text[0])
            return text[1..^1].ToString();
        throw Unreadable(path);
    }

    private static FormatException Unreadable(string path) => new(
        $"the setting 'path' cannot be read: '{(path.Length > 100 ? path[..100] + "…" : path)}'. Write names with dots and positions in brackets, such as customer.orders[0].id.");
}
