using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Routing.Patterns;
using Platform.CustomActivities.Services;
using Platform.Engine.Values;

namespace Platform.Server.Http;

/// <summary>Puts HTTP activities and workflow endpoints into the host.</summary>
internal static class HttpServices
{
    /// <summary>Adds them.</summary>
    /// <param name="services">Services of the host.</param>
    /// <param name="configuration">Configuration with the section <c>Http</c>.</param>
    public static IServiceCollection AddWorkflowHttp(this IServiceCollection services, IConfiguration configuration)
    {
        var options = Read(configuration);
        services.AddRouting();
        services.AddSingleton(options);
        services.AddSingleton<OutgoingHttp>();
        services.AddSingleton<HttpRouteTable>();
        services.AddHostedService(provider => provider.GetRequiredService<HttpRouteTable>());
        return services;
    }

    /// <summary>
    /// Answers workflow requests. Put it before authorisation and before the routes of the user interface: workflows decide
    /// themselves who may call them, and what they do not answer goes on.
    /// </summary>
    /// <param name="app">The host.</param>
    public static IApplicationBuilder UseWorkflowHttp(this IApplicationBuilder app) =>
        app.UseMiddleware<WorkflowEndpoints>(app.ApplicationServices);

    /// <summary>The names that the types of HTTP activities have in documents.</summary>
    /// <param name="aliases">The names so far.</param>
    public static TypeAliases WithHttpTypes(this TypeAliases aliases) => aliases
        .With(typeof(HttpRequest), "HttpRequest")
        .With(typeof(HttpResponseMessage), "HttpResponseMessage")
        .With(typeof(HttpHeaders), "HttpHeaders")
        .With(typeof(IFormFile), "FormFile", "IFormFile")
        .With(typeof(HttpFile), "HttpFile")
        .WithPickable(new VariableTypeEntry("HttpHeaders", "HttpHeaders", "HTTP", "HTTP headers by name, each with its values."))
        .WithPickable(new VariableTypeEntry("HttpFile", "HttpFile", "HTTP", "A file of a request or response; it does not outlive the current burst."));

    private static HttpOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(HttpOptions.SectionName);
        var problems = new List<string>();
        ConfigurationKeys.Check(section, [.. typeof(HttpOptions).GetProperties().Select(property => property.Name)], problems);
        var options = new HttpOptions();
        try
        {
            section.Bind(options);
        }
        catch (InvalidOperationException exception)
        {
            problems.Add(exception.InnerException is { } inner ? $"{exception.Message} {inner.Message}" : exception.Message);
        }

        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        problems.AddRange(results.Select(result => $"{HttpOptions.SectionName}:{string.Join(", ", result.MemberNames)}: {result.ErrorMessage}"));
        if (problems.Count > 0)
            throw new OptionsProblemException(HttpOptions.SectionName, problems);
        _ = new AddressGuard(options);
        return options;
    }
}
