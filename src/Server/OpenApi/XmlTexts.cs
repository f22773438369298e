using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Platform.Server.OpenApi;

/// <summary>The doc comments of records, which the build writes beside the program. A record says once what its members mean.</summary>
internal sealed partial class XmlTexts
{
    private readonly ConcurrentDictionary<Assembly, IReadOnlyDictionary<string, XElement>> _members = new();

    /// <summary>What a type is; null when nothing is written there.</summary>
    /// <param name="type">The type.</param>
    public string? Of(Type type) => Text(Find(type, "T:" + NameOf(type))?.Element("summary"));

    /// <summary>What a member of a type means: its own comment, or the one of the record's parameter; null when nothing is written there.</summary>
    /// <param name="type">The type.</param>
    /// <param name="member">Name of the property or parameter, in any case.</param>
    public string? Of(Type type, string member)
    {
        var name = type.GetProperty(member, BindingFlags.Instance | BindingFlags.Public | BindingFlags.IgnoreCase)?.Name ?? member;
        return Text(Find(type, $"P:{NameOf(type)}.{name}")?.Element("summary"))
            ?? Text(Find(type, "T:" + NameOf(type))?.Elements("param").FirstOrDefault(param => string.Equals(param.Attribute("name")?.Value, name, StringComparison.OrdinalIgnoreCase)));
    }

    private static string NameOf(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static string? Text(XElement? element)
    {
        if (element is null)
            return null;
        var words = element.Nodes().Select(node => node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" or "paramref" } reference => LastPart((reference.Attribute("cref") ?? reference.Attribute("langword") ?? reference.Attribute("name"))?.Value),
            XElement inner => inner.Value,
            _ => "",
        });
        return Space().Replace(string.Concat(words), " ").Trim() is { Length: > 0 } found ? found : null;
    }

    private static string LastPart(string? reference) => reference?[(reference.LastIndexOfAny(['.', ':']) + 1)..] ?? "";

    private XElement? Find(Type type, string id) => _members.GetOrAdd(type.Assembly, Load).GetValueOrDefault(id);

    private static IReadOnlyDictionary<string, XElement> Load(Assembly assembly)
    {
        var path = Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml");
        if (!File.Exists(path))
            return new Dictionary<string, XElement>();
        return XDocument.Load(path).Descendants("member").Where(member => member.Attribute("name") is not null)
            .DistinctBy(member => member.Attribute("name")!.Value).ToDictionary(member => member.Attribute("name")!.Value, StringComparer.Ordinal);
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, 1_000)]
    private static partial Regex Space();
}
