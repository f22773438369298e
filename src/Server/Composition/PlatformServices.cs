using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Engine.Expressions;
using Platform.Engine.Plans;
using Platform.Engine.Values;
using Platform.Runtime;
using Platform.Runtime.Activities;
using Platform.Runtime.Definitions;
using Platform.Runtime.Execution;
using Platform.Runtime.Scheduling;
using Platform.Server.Http;
using Platform.Server.Operations;

namespace Platform.Server.Composition;

/// <summary>Puts engine and runtime together. The whole composition of the product is here and in <c>Program.cs</c>.</summary>
internal static class PlatformServices
{
    /// <summary>Adds the engine: activity types, type aliases, expression languages, compiler.</summary>
    public static IServiceCollection AddEngine(this IServiceCollection services)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<Ids>();
        services.AddSingleton(TypeAliases.BuiltIn.WithRuntimeTypes().WithHttpTypes());
        services.AddSingleton(provider => new ValueCodec(provider.GetRequiredService<TypeAliases>()));
        services.AddSingleton(ActivityCatalog.Scan(typeof(Activity).Assembly, typeof(WorkflowRuntime).Assembly, typeof(PlatformServices).Assembly, typeof(CustomActivities.Services.CallService).Assembly));
        services.AddSingleton(_ => Languages());
        services.AddSingleton(provider => new DefinitionReader(
            provider.GetRequiredService<ActivityCatalog>(),
            provider.GetRequiredService<TypeAliases>(),
            provider.GetRequiredService<ExpressionLanguages>().Types));
        services.AddSingleton<PlanCompiler>();
        services.AddSingleton(provider => new EngineHost
        {
            Clock = provider.GetRequiredService<TimeProvider>(),
            NewId = provider.GetRequiredService<Ids>().New,
            Services = provider,
            Values = provider.GetRequiredService<ValueCodec>(),
        });
        services.AddSingleton(Console.Out);
        return services;
    }

    /// <summary>Adds the durable runtime. The order of the hosted services matters: recovery is started last and stopped first.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">Options of the runtime.</param>
    public static IServiceCollection AddRuntime(this IServiceCollection services, RuntimeOptions options)
    {
        services.AddSingleton(options);
        if (options.ReadsStandardInput)
            services.AddSingleton<TextReader>(_ => new StandardInput(new StreamReader(Console.OpenStandardInput(), Console.InputEncoding)));
        services.AddSingleton<RuntimeEvents>();
        services.AddSingleton<RuntimeSignals>();
        services.AddSingleton<WorkCodec>();
        services.AddSingleton<Outbox>();
        services.AddSingleton<PlanCache>();
        services.AddSingleton<TriggerIndexer>();
        services.AddSingleton<WorkflowDefinitions>();
        services.AddSingleton<InstanceRunner>();
        services.AddSingleton<WorkflowRuntime>();
        services.AddSingleton<WorkQueue>();
        services.AddSingleton<DueTimes>();
        services.AddHostedService(provider => provider.GetRequiredService<WorkQueue>());
        services.AddHostedService(provider => provider.GetRequiredService<DueTimes>());
        services.AddHostedService<Recovery>();
        return services;
    }

    private static ExpressionLanguages Languages()
    {
        ExpressionLanguages? languages = null;
        languages = new ExpressionLanguages(
            new LiteralLanguage(),
            new ObjectLanguage("Object", () => languages!),
            new ObjectLanguage("Json", () => languages!),
            new VariableLanguage(),
            new InputLanguage(),
            new JavaScriptLanguage(Platform.Scripting.JavaScript.JsOptions.Default));
        return languages;
    }
}
