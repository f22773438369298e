using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace Platform.CustomActivities.Services;

/// <summary>Reads the section <c>Services</c>: one subsection per service, named after it.</summary>
public static class ServiceConfiguration
{
    /// <summary>Name of the section.</summary>
    public const string SectionName = "Services";

    /// <summary>Reads all services.</summary>
    /// <param name="configuration">Configuration that has the section, or not.</param>
    /// <exception cref="OptionsProblemException">Something is wrong; the message lists everything.</exception>
    public static IReadOnlyDictionary<string, ServiceOptions> Read(IConfiguration configuration)
    {
        var services = new Dictionary<string, ServiceOptions>(StringComparer.OrdinalIgnoreCase);
        var problems = new List<string>();
        foreach (var section in configuration.GetSection(SectionName).GetChildren())
            services[section.Key] = ReadService(section, problems);
        return problems.Count == 0 ? services : throw new OptionsProblemException(SectionName, problems);
    }

    private static ServiceOptions ReadService(IConfigurationSection section, List<string> problems)
    {
        CheckKeys<ServiceOptions>(section, problems);
        CheckKeys<ServicePolicy>(section.GetSection(nameof(ServiceOptions.Policy)), problems);
        CheckKeys<RetryPolicy>(section.GetSection("Policy:Retry"), problems);
        CheckKeys<CircuitBreakerPolicy>(section.GetSection("Policy:CircuitBreaker"), problems);
        var options = new ServiceOptions();
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
        Validate(options.Policy, section.Path + ":Policy", problems);
        Validate(options.Policy.Retry, section.Path + ":Policy:Retry", problems);
        Validate(options.Policy.CircuitBreaker, section.Path + ":Policy:CircuitBreaker", problems);
        CheckAddress(options, section.Path, problems);
        if (options.Policy.CircuitBreaker is { Failures: not null, FailureRatio: not null })
            problems.Add($"{section.Path}:Policy:CircuitBreaker has both Failures and FailureRatio. Keep one of them.");
        return options;
    }

    private static void CheckAddress(ServiceOptions options, string path, List<string> problems)
    {
        if (options.BaseAddress is not { Length: > 0 } address)
            return;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            problems.Add($"{path}:BaseAddress is '{address}', which is no address. Begin with http:// or https://, for example http://localhost:5060/inventory.");
        else if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
            problems.Add($"{path}:BaseAddress is '{address}'. Leave out everything from '?' or '#'.");
        else if (uri.UserInfo.Length > 0)
            problems.Add($"{path}:BaseAddress holds a user name or a password. Leave it out; send credentials in a header.");
    }

    private static void CheckKeys<T>(IConfigurationSection section, List<string> problems) =>
        ConfigurationKeys.Check(section, [.. typeof(T).GetProperties().Select(property => property.Name)], problems);

    private static void Validate(object options, string path, List<string> problems)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        problems.AddRange(results.Select(result => $"{path}:{string.Join(", ", result.MemberNames)} {result.ErrorMessage}"));
    }
}
