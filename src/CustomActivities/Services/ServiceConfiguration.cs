using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Platform.CustomActivities.Resilience;

namespace Platform.CustomActivities.Services;

/// <summary>
/// Reads the sections <c>Services</c> and <c>Policies</c>: one subsection per service or policy, named after it. Whatever else describes
/// services, a file or a request, is brought into this form and read here, so that the same rules hold everywhere.
/// </summary>
public static partial class ServiceConfiguration
{
    /// <summary>Name of the section of services.</summary>
    public const string SectionName = "Services";

    /// <summary>Name of the section of policies.</summary>
    public const string PolicySectionName = "Policies";

    /// <summary>Most characters of the name of a service or policy.</summary>
    public const int NameLengthMax = 100;

    /// <summary>Reads all services.</summary>
    /// <param name="configuration">Configuration that has the section, or not.</param>
    /// <exception cref="OptionsProblemException">Something is wrong; the message lists everything.</exception>
    public static IReadOnlyDictionary<string, ServiceOptions> Read(IConfiguration configuration) => ReadAll(configuration).Services;

    /// <summary>Reads all services and policies.</summary>
    /// <param name="configuration">Configuration that has the sections, or not.</param>
    /// <exception cref="OptionsProblemException">Something is wrong; the message lists everything.</exception>
    public static ServiceSet ReadAll(IConfiguration configuration)
    {
        var services = new Dictionary<string, ServiceOptions>(StringComparer.OrdinalIgnoreCase);
        var policies = new Dictionary<string, ServicePolicy>(StringComparer.OrdinalIgnoreCase);
        var problems = new List<string>();
        foreach (var section in configuration.GetSection(PolicySectionName).GetChildren())
            policies[section.Key] = ReadPolicy(section, problems);
        foreach (var section in configuration.GetSection(SectionName).GetChildren())
            services[section.Key] = ReadService(section, problems);
        var set = new ServiceSet(services, policies);
        problems.AddRange(set.Problems());
        return problems.Count == 0 ? set : throw new OptionsProblemException(SectionName, problems);
    }

    /// <summary>Reads one service.</summary>
    /// <param name="section">Its section, named after it.</param>
    /// <param name="problems">Where to tell what is wrong.</param>
    public static ServiceOptions ReadService(IConfigurationSection section, ICollection<string> problems)
    {
        var options = ReadSection<ServiceOptions>(section, problems);
        CheckAddresses(options, section.Path, problems);
        if (options.PolicyName is { Length: > 0 } && section.GetSection(nameof(ServiceOptions.Policy)).Exists())
            problems.Add($"{section.Path} has both PolicyName and Policy. Keep one of them.");
        CheckPolicy(options.Policy, section.Path + ":Policy", problems);
        if (options.Process is { } process)
            ProcessRules.Check(process, section.Path + ":Process", problems);
        return options;
    }

    /// <summary>Reads one policy.</summary>
    /// <param name="section">Its section, named after it.</param>
    /// <param name="problems">Where to tell what is wrong.</param>
    public static ServicePolicy ReadPolicy(IConfigurationSection section, ICollection<string> problems)
    {
        var policy = ReadSection<ServicePolicy>(section, problems);
        CheckPolicy(policy, section.Path, problems);
        return policy;
    }

    private static T ReadSection<T>(IConfigurationSection section, ICollection<string> problems)
        where T : class, new()
    {
        if (!NameForm().IsMatch(section.Key) || section.Key.Length > NameLengthMax)
            problems.Add($"{section.Path}: '{section.Key}' cannot be a name. Use letters, digits, '-', '_' and '.', at most {NameLengthMax}, a letter or digit first.");
        CheckKeys(section, typeof(T), problems);
        var options = new T();
        try
        {
            section.Bind(options);
        }
        catch (InvalidOperationException exception)
        {
            // The binder names the key; what is wrong with its value is one level down.
            problems.Add(exception.InnerException is { } inner ? $"{exception.Message} {inner.Message}" : exception.Message);
            return options;
        }

        Validate(options, section.Path, problems);
        return options;
    }

    private static void CheckPolicy(ServicePolicy policy, string path, ICollection<string> problems)
    {
        if (policy.CircuitBreaker is { Failures: not null, FailureRatio: not null })
            problems.Add($"{path}:CircuitBreaker has both Failures and FailureRatio. Keep one of them.");
        foreach (var status in policy.Retry.Statuses.Keys.Where(status => !StatusForm().IsMatch(status)))
            problems.Add($"{path}:Retry:Statuses:{status} is no status. Write one from 100 to 599, or a hundred of them as 5xx.");
        if (policy.Fallback is { Service: null or "", Cached: false, Workflow: null or "", Value: null })
            problems.Add($"{path}:Fallback says nothing. Give Service, Cached, Workflow or Value.");
    }

    private static void CheckAddresses(ServiceOptions options, string path, ICollection<string> problems)
    {
        if (options.BaseAddresses.Count == 0 && string.IsNullOrEmpty(options.BaseAddress))
            problems.Add($"{path}:BaseAddress is missing. Give the address of the service, for example http://localhost:5060/inventory.");
        if (options.BaseAddresses.Count > 0 && !string.IsNullOrEmpty(options.BaseAddress))
            problems.Add($"{path} has both BaseAddress and BaseAddresses. Keep one of them.");
        if (!string.IsNullOrEmpty(options.BaseAddress))
            CheckAddress(options.BaseAddress, path + ":BaseAddress", problems);
        for (var i = 0; i < options.BaseAddresses.Count; i++)
            CheckAddress(options.BaseAddresses[i], $"{path}:BaseAddresses:{i}", problems);
        if (options.BaseAddresses.Select(address => address.TrimEnd('/')).Distinct(StringComparer.OrdinalIgnoreCase).Count() < options.BaseAddresses.Count)
            problems.Add($"{path}:BaseAddresses names an address twice. Name each once.");
    }

    private static void CheckAddress(string address, string key, ICollection<string> problems)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            problems.Add($"{key} is '{address}', which is no address. Begin with http:// or https://, for example http://localhost:5060/inventory.");
        else if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
            problems.Add($"{key} is '{address}'. Leave out everything from '?' or '#'.");
        else if (uri.UserInfo.Length > 0)
            problems.Add($"{key} holds a user name or a password. Leave it out; send credentials in a header.");
    }

    /// <summary>Every key must be known, and hold what it is for: a value, or further keys.</summary>
    private static void CheckKeys(IConfigurationSection section, Type type, ICollection<string> problems)
    {
        var properties = type.GetProperties().Where(property => property.SetMethod is { IsPublic: true }).ToList();
        ConfigurationKeys.Check(section, [.. properties.Select(property => property.Name)], problems);
        foreach (var property in properties)
        {
            var child = section.GetSection(property.Name);
            var inner = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (IsMap(inner))
            {
                foreach (var entry in child.GetChildren())
                    CheckKeys(entry, inner.GetGenericArguments()[1], problems);
            }
            else if (IsOptions(inner))
            {
                CheckKeys(child, inner, problems);
                if (!string.IsNullOrEmpty(child.Value))
                    problems.Add($"{child.Path} is '{child.Value}'. It holds further keys: {string.Join(", ", inner.GetProperties().Select(known => known.Name))}.");
            }
            else if (!typeof(IList).IsAssignableFrom(inner) && child.GetChildren().Any())
            {
                problems.Add($"{child.Path} holds further keys. Give it one value.");
            }
        }
    }

    private static bool IsMap(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Dictionary<,>);

    private static bool IsOptions(Type type) => type.IsClass && type != typeof(string) && !typeof(IEnumerable).IsAssignableFrom(type);

    private static void Validate(object options, string path, ICollection<string> problems)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        foreach (var result in results)
            problems.Add($"{path}:{string.Join(", ", result.MemberNames)} {result.ErrorMessage}");
        foreach (var property in options.GetType().GetProperties().Where(property => property.SetMethod is { IsPublic: true }))
        {
            if (IsMap(property.PropertyType) && property.GetValue(options) is IDictionary map)
            {
                foreach (DictionaryEntry entry in map)
                    Validate(entry.Value!, $"{path}:{property.Name}:{entry.Key}", problems);
            }
            else if (IsOptions(property.PropertyType) && property.GetValue(options) is { } inner)
            {
                Validate(inner, $"{path}:{property.Name}", problems);
            }
        }
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]*$", RegexOptions.None, 1000)]
    private static partial Regex NameForm();

    [GeneratedRegex("^[1-5]([0-9][0-9]|xx)$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex StatusForm();
}
