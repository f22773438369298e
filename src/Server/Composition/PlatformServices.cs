using Platform.Engine;
using Platform.Engine.Converters;
using Platform.Engine.Definitions;
using Platform.Engine.Expressions;
using Platform.Engine.Plans;
using Platform.Engine.Secrets;
using Platform.Engine.Values;
using Platform.Runtime;
using Platform.Runtime.Activities;
using Platform.Runtime.Execution;
using Platform.Server.Elsa.Instances;
using Platform.Server.Http;
using Platform.Server.Operations;
using Platform.Server.Scripting;
using Platform.Server.Secrets;

namespace Platform.Server.Composition;

/// <summary>Puts engine and runtime together. The whole composition of the product is here and in <c>Program.cs</c>.</summary>
internal static class PlatformServices
{
    /// <summary>Adds the engine: activity types, type aliases, expression languages, compiler.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">Options of the engine.</param>
    /// <param name="scripting">Options of the expression languages.</param>
    public static IServiceCollection AddEngine(this IServiceCollection services, EngineOptions options, ScriptingOptions scripting)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<Ids>();
        services.AddSingleton(TypeAliases.BuiltIn.WithRuntimeTypes().WithHttpTypes());
        services.AddSingleton(provider => new ValueCodec(provider.GetRequiredService<TypeAliases>()));
        services.AddSingleton(ActivityCatalog.Scan(typeof(Activity).Assembly, typeof(WorkflowRuntime).Assembly, typeof(PlatformServices).Assembly, typeof(CustomActivities.Services.CallService).Assembly));
        services.AddSingleton(provider => ServerLanguages.Create(
            scripting, provider.GetRequiredService<IConfiguration>(), provider.GetRequiredService<TimeProvider>(), new ServerFunctions(provider.GetRequiredService<EventLinks>, provider.GetRequiredService<ResumeLinks>, provider.GetRequiredService<SecretStore>)));
        services.AddSingleton(provider => new OutputConverters(
            [.. OutputConverters.BuiltIn(provider.GetRequiredService<TypeAliases>()), .. provider.GetServices<OutputConverter>()]));
        services.AddSingleton(provider => new DefinitionReader(
            provider.GetRequiredService<ActivityCatalog>(),
            provider.GetRequiredService<TypeAliases>(),
            provider.GetRequiredService<ExpressionLanguages>(),
            provider.GetRequiredService<OutputConverters>()));
        services.AddSingleton<PlanCompiler>();
        services.AddSingleton(provider => new EngineHost
        {
            Clock = provider.GetRequiredService<TimeProvider>(),
            NewId = provider.GetRequiredService<Ids>().New,
            Services = provider,
            Values = provider.GetRequiredService<ValueCodec>(),
            Secrets = provider.GetRequiredService<SecretMask>(),
            DefaultExecutionMode = options.DefaultExecutionMode,
            DefaultCommitStrategy = options.DefaultCommitStrategy,
            CommitInterval = options.CommitInterval,
        });
        return services;
    }

    /// <summary>Adds what console activities write to and read from.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">Options of the runtime.</param>
    public static IServiceCollection AddConsole(this IServiceCollection services, RuntimeOptions options)
    {
        services.AddSingleton(Console.Out);
        if (options.ReadsStandardInput)
            services.AddSingleton<TextReader>(_ => new StandardInput(new StreamReader(Console.OpenStandardInput(), Console.InputEncoding)));
        return services;
    }
}
