using Platform.Server.Elsa.Definitions;

namespace Platform.Server.Elsa;

/// <summary>The REST API and the hub that Elsa Studio and other clients of Elsa speak.</summary>
internal static class ElsaApi
{
    /// <summary>Where the API is.</summary>
    public const string Prefix = "/elsa/api";

    /// <summary>Adds what the API needs.</summary>
    public static IServiceCollection AddElsaApi(this IServiceCollection services)
    {
        services.AddSingleton<ElsaApiOptions>();
        services.AddSingleton<ActivityTree>();
        services.AddSingleton<ElsaDocuments>();
        return services;
    }

    /// <summary>Maps every route of the API, one line per resource.</summary>
    public static IEndpointRouteBuilder MapElsaApi(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup(Prefix).AddEndpointFilter(RequestBody.RefuseUnusableAsync);
        api.MapDefinitionLists();
        api.MapDefinitionEdits();
        api.MapDefinitionBulk();
        api.MapDefinitionFiles();
        return app;
    }
}
