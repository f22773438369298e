using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.CustomActivities.Resilience;
using Platform.CustomActivities.Services;

namespace Platform.Server.Orchestration;

/// <summary>Reads services and policies that come as JSON by the rules of the configuration.</summary>
internal static class WireSettings
{
    /// <summary>Reads a service.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="json">An object.</param>
    /// <param name="problems">Where to tell what is wrong.</param>
    public static ServiceOptions ReadService(string name, JsonObject json, List<string> problems) =>
        Read(ServiceConfiguration.SectionName, name, json, problems, ServiceConfiguration.ReadService);

    /// <summary>Reads a policy.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="json">An object.</param>
    /// <param name="problems">Where to tell what is wrong.</param>
    public static ServicePolicy ReadPolicy(string name, JsonObject json, List<string> problems) =>
        Read(ServiceConfiguration.PolicySectionName, name, json, problems, ServiceConfiguration.ReadPolicy);

    private static T Read<T>(string root, string name, JsonObject json, List<string> problems, Func<IConfigurationSection, ICollection<string>, T> read)
    {
        var keys = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        // A colon would begin another key.
        var key = name.Replace(':', '_');
        Add(keys, $"{root}:{key}", json);
        var found = new List<string>();
        var value = read(new ConfigurationBuilder().AddInMemoryCollection(keys).Build().GetSection($"{root}:{key}"), found);
        if (key != name)
            found.Add($"The name '{name}' cannot be used. Use letters, digits, '-', '_' and '.'.");
        problems.AddRange(found.Select(problem => ToWire(problem, $"{root}:{key}:")));
        return value;
    }

    private static void Add(Dictionary<string, string?> keys, string path, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members)
                    Add(keys, $"{path}:{name}", value);
                break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                    Add(keys, string.Create(CultureInfo.InvariantCulture, $"{path}:{i}"), items[i]);
                break;
            case JsonValue value:
                keys[path] = value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
                break;
        }
    }

    /// <summary>A sentence that begins with a key of the configuration begins with the members of the JSON instead.</summary>
    private static string ToWire(string problem, string prefix)
    {
        if (!problem.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            return problem;
        var end = problem.IndexOf(' ', prefix.Length);
        var parts = problem[prefix.Length..(end < 0 ? problem.Length : end)].Split(':').Select(JsonNamingPolicy.CamelCase.ConvertName);
        return string.Join('.', parts) + (end < 0 ? "" : problem[end..]);
    }
}
