using System.Globalization;
using Microsoft.Extensions.Configuration.Memory;
using Platform.CustomActivities.Services;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Platform.Server.Orchestration;

/// <summary>
/// Reads <c>services.yaml</c>: services, policies, and profiles that change them per environment. What it says becomes the lowest source of
/// the configuration, so that an environment variable changes any single key of it, and the same rules hold as for the configuration.
/// </summary>
/// <param name="name">Name of the file, for messages.</param>
/// <param name="profile">The profile that must be there; null for <paramref name="environment"/>, when there is one of that name.</param>
/// <param name="environment">Name of the environment.</param>
internal sealed class ServicesFile(string name, string? profile, string environment)
{
    private const string DefaultName = "services.yaml";
    private const int BytesMax = 1024 * 1024;

    // Names that stand for parts of the file can make a small file say very much.
    private const int KeysMax = 50_000;

    private static readonly string[] _members = ["services", "policies", "profiles"];

    private readonly SortedDictionary<string, string?> _keys = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _problems = [];

    /// <summary>Adds what the file says to the configuration.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="options">Which file, and which profile.</param>
    /// <param name="environment">Where the program runs.</param>
    /// <exception cref="OptionsProblemException">The file cannot be used.</exception>
    public static void AddTo(ConfigurationManager configuration, OrchestrationOptions options, IHostEnvironment environment)
    {
        var path = Path.Combine(environment.ContentRootPath, options.ServicesFile ?? DefaultName);
        if (options.ServicesFile is null && !File.Exists(path))
            return;
        if (!File.Exists(path))
            throw new OptionsProblemException("Orchestration", [$"Orchestration:ServicesFile is '{options.ServicesFile}', but there is no file {path}."]);
        if (new FileInfo(path).Length > BytesMax)
            throw new OptionsProblemException("Orchestration", [$"{path} has more than {BytesMax} bytes."]);
        var keys = new ServicesFile(Path.GetFileName(path), options.Profile, environment.EnvironmentName).Read(File.ReadAllText(path));
        ((IConfigurationBuilder)configuration).Sources.Insert(0, new MemoryConfigurationSource { InitialData = Placed(keys, Path.GetDirectoryName(path)!) });
    }

    /// <summary>Processes work in the folder of the file, or in one that is named from there.</summary>
    private static Dictionary<string, string?> Placed(IReadOnlyDictionary<string, string?> keys, string folder)
    {
        const string executable = ":Process:Executable";
        var placed = new Dictionary<string, string?>(keys, StringComparer.OrdinalIgnoreCase);
        foreach (var key in keys.Keys.Where(key => key.EndsWith(executable, StringComparison.OrdinalIgnoreCase)))
        {
            var directory = key[..^executable.Length] + ":Process:WorkingDirectory";
            placed[directory] = Path.GetFullPath(Path.Combine(folder, keys.GetValueOrDefault(directory) ?? ""));
        }

        return placed;
    }

    /// <summary>Reads a file.</summary>
    /// <param name="text">Its text.</param>
    /// <returns>What it says, as keys of the configuration.</returns>
    /// <exception cref="OptionsProblemException">It cannot be used.</exception>
    public IReadOnlyDictionary<string, string?> Read(string text)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents is [{ RootNode: YamlMappingNode root }])
                Read(root);
            else if (stream.Documents.Count > 0)
                _problems.Add($"{name} is no map. Begin with 'services:'.");
        }
        catch (YamlException exception)
        {
            _problems.Add(string.Create(CultureInfo.InvariantCulture, $"{name}, line {exception.Start.Line}: it is no YAML. {exception.Message}"));
        }

        return _problems.Count == 0 ? _keys : throw new OptionsProblemException(ServiceConfiguration.SectionName, _problems);
    }

    private void Read(YamlMappingNode root)
    {
        CheckMembers(root, _members, name);
        ReadPart(root, name);
        var profiles = Member(root, "profiles") as YamlMappingNode;
        var names = profiles is null ? [] : profiles.Children.Keys.Select(key => ((YamlScalarNode)key).Value ?? "").ToList();
        var wanted = profile ?? environment;
        if (names.Find(candidate => candidate.Equals(wanted, StringComparison.OrdinalIgnoreCase)) is not { } found)
        {
            if (profile is not null)
                _problems.Add($"Orchestration:Profile is '{profile}', which {name} does not have. It has: {(names.Count == 0 ? "none" : string.Join(", ", names))}.");
            return;
        }

        if (Member(profiles!, found) is not YamlMappingNode chosen)
            return;
        CheckMembers(chosen, ["services", "policies"], $"{name}: profiles: {found}");
        ReadPart(chosen, $"{name}: profiles: {found}");
    }

    private void ReadPart(YamlMappingNode part, string where)
    {
        Add(ServiceConfiguration.SectionName, Named(Member(part, "services"), where));
        Add(ServiceConfiguration.PolicySectionName, Named(Member(part, "policies"), where));
    }

    /// <summary>A list whose items have a name is a map by that name.</summary>
    private YamlNode? Named(YamlNode? node, string where)
    {
        if (node is not YamlSequenceNode list)
            return node;
        var map = new YamlMappingNode();
        foreach (var item in list)
        {
            if (item is not YamlMappingNode members || Member(members, "name") is not YamlScalarNode { Value.Length: > 0 } key)
            {
                _problems.Add(string.Create(CultureInfo.InvariantCulture, $"{where}, line {item.Start.Line}: the item of the list has no name."));
                continue;
            }

            var rest = new YamlMappingNode(members.Children.Where(member => member.Key is not YamlScalarNode { Value: { } member1 } || !member1.Equals("name", StringComparison.OrdinalIgnoreCase)));
            if (Member(map, key.Value!) is not null)
                _problems.Add(string.Create(CultureInfo.InvariantCulture, $"{where}, line {item.Start.Line}: '{key.Value}' is there twice."));
            else
                map.Add(new YamlScalarNode(key.Value), rest);
        }

        return map;
    }

    private void Add(string path, YamlNode? node)
    {
        if (_keys.Count > KeysMax)
        {
            if (_problems.Count == 0)
                _problems.Add($"{name} says more than {KeysMax} things.");
            return;
        }

        switch (node)
        {
            case YamlScalarNode { Value: { } value } scalar when !IsNull(scalar):
                _keys[path] = value;
                break;
            case YamlMappingNode map:
                foreach (var (key, value) in map.Children)
                    Add($"{path}:{(key as YamlScalarNode)?.Value}", value);
                break;
            case YamlSequenceNode list:
                // A list of a profile stands for the whole list, not for some of its items.
                foreach (var former in _keys.Keys.Where(key => key.StartsWith(path + ":", StringComparison.OrdinalIgnoreCase)).ToList())
                    _keys.Remove(former);
                foreach (var (index, item) in list.Index())
                    Add(string.Create(CultureInfo.InvariantCulture, $"{path}:{index}"), item);
                break;
        }
    }

    private static bool IsNull(YamlScalarNode scalar) => scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null";

    private static YamlNode? Member(YamlMappingNode map, string key) =>
        map.Children.FirstOrDefault(member => member.Key is YamlScalarNode { Value: { } name } && name.Equals(key, StringComparison.OrdinalIgnoreCase)).Value;

    private void CheckMembers(YamlMappingNode map, IReadOnlyCollection<string> known, string where)
    {
        foreach (var key in map.Children.Keys)
        {
            var member = (key as YamlScalarNode)?.Value ?? "";
            if (known.Contains(member, StringComparer.OrdinalIgnoreCase))
                continue;
            var advice = ConfigurationKeys.Nearest(member, known) is { } nearest ? $"Did you mean '{nearest}'?" : $"Known are: {string.Join(", ", known)}.";
            _problems.Add(string.Create(CultureInfo.InvariantCulture, $"{where}, line {key.Start.Line}: '{member}' is not known. {advice}"));
        }
    }
}
