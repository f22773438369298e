using Platform.CustomActivities.Services;
using Platform.Engine.Secrets;
using Platform.Engine.Values;
using Platform.Runtime.Reruns;
using Platform.Server.Audit;

namespace Platform.Server.Http;

/// <summary>Puts HTTP activities and workflow endpoints into the host.</summary>
internal static class HttpServices
{
    /// <summary>Adds them.</summary>
    /// <param name="services">Services of the host.</param>
    /// <param name="options">Options.</param>
    public static IServiceCollection AddWorkflowHttp(this IServiceCollection services, HttpOptions options)
    {
        services.AddRouting();
        services.AddSingleton(options);
        services.AddSingleton(provider => new OutgoingHttp(
            options,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<SecretHosts>(),
            provider.GetService<ServiceRegistry>() is { } registry ? registry.Includes : null));
        services.AddSingleton<WebhookCheck>();
        services.AddSingleton(provider => new RequestGuard(
            () => !provider.GetRequiredService<SecretHosts>().IsEmpty,
            (request, cancellationToken) => OutgoingSecrets.CheckAsync(provider.GetRequiredService<SecretHosts>(), request, cancellationToken)));
        services.AddSingleton(provider => new RerunEnvironment(() => new WorkflowHttpContext(new DefaultHttpContext { RequestServices = provider }, provider)));
        services.AddSingleton<KeptDownloads>();
        services.AddSingleton<HttpRouteTable>();
        services.AddSingleton<WorkflowAnswers>();
        services.AddSingleton<KeyedRequests>();
        services.AddSingleton<WorkflowEndpoints>();
        services.AddHostedService(provider => provider.GetRequiredService<HttpRouteTable>());
        return services;
    }

    /// <summary>
    /// Answers requests under the base path. Open to everybody, because endpoints decide themselves who may call them; any other
    /// endpoint with a more specific path goes first. So these requests go past sign-in and permissions, which most of
    /// them do not need.
    /// </summary>
    /// <param name="app">The host.</param>
    public static IEndpointConventionBuilder MapWorkflowHttp(this IEndpointRouteBuilder app)
    {
        var services = app.ServiceProvider;
        return app.Map(services.GetRequiredService<HttpOptions>().BasePath + "/{**path}", services.GetRequiredService<WorkflowEndpoints>().HandleAsync)
            .AllowAnonymous()
            .ShortCircuit()
            .NotAudited("A run is an instance, whose journal tells all that it did.");
    }

    /// <summary>The names that the types of HTTP activities have in documents.</summary>
    /// <param name="aliases">The names so far.</param>
    public static TypeAliases WithHttpTypes(this TypeAliases aliases) => aliases
        .With(typeof(HttpRequest), "HttpRequest")
        .With(typeof(HttpResponse), "HttpResponse")
        .With(typeof(HttpResponseMessage), "HttpResponseMessage")
        .With(typeof(HttpHeaders), "HttpHeaders")
        .With(typeof(IFormFile), "FormFile", "IFormFile")
        // Elsa's two kinds of files with a name and a media type are one kind here.
        .With(typeof(HttpFile), "HttpFile", "Downloadable")
        .With(typeof(Dictionary<string, object?>), "HttpRouteData", "RouteData")
        .With(typeof(HttpEndpointPayload), "HttpEndpointBookmarkPayload")
        .WithPickable(new VariableTypeEntry("HttpHeaders", "HttpHeaders", "HTTP", "HTTP headers by name, each with its values."))
        .WithPickable(new VariableTypeEntry("HttpFile", "HttpFile", "HTTP", "A file of a request or response; it does not outlive the current burst."));
}
