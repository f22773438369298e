namespace Platform.Server.Sync;

/// <summary>Puts definitions as files into the host.</summary>
internal static class SyncServices
{
    /// <summary>Adds them. Add them after the shipped workflows: these are published before files are compared with them.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">Where the folder is.</param>
    public static IServiceCollection AddDefinitionFiles(this IServiceCollection services, DefinitionFilesOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<DefinitionFolder>();
        services.AddSingleton<SyncComparison>();
        services.AddSingleton<DefinitionSync>();
        services.AddSingleton<DefinitionWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<DefinitionWatch>());
        return services;
    }
}
