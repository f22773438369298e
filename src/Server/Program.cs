using Platform.Runtime;
using Platform.Runtime.Retention;
using Platform.Runtime.Searching;
using Platform.Runtime.Store;
using Platform.Server.Api;
using Platform.Server.Compatibility;
using Platform.Server.Composition;
using Platform.Server.Elsa;
using Platform.Server.Email;
using Platform.Server.Http;
using Platform.Server.Monitoring;
using Platform.Server.Monitoring.Alerts;
using Platform.Server.Monitoring.Remedies;
using Platform.Server.Operations;
using Platform.Server.Orchestration;
using Platform.Server.Scripting;
using Platform.Server.Security;
using Platform.Server.Shipped;
using Platform.Server.Studio;
using Platform.Server.Supervision;
using Platform.Server.Sync;
using Platform.Server.Telemetry;

try
{
    var builder = ServerHost.CreateBuilder(args);

    // Options: all sections are read here, and all their mistakes are told at once.
    var reader = new OptionsReader(builder.Configuration);
    var storage = reader.Read<StorageOptions>("Storage");
    var security = reader.Read<SecurityOptions>("Security");
    var engine = reader.Read<EngineOptions>("Engine");
    var runtime = reader.Read<RuntimeOptions>("Runtime");
    var search = reader.Read<SearchOptions>("Search");
    var retention = reader.Read<RetentionOptions>("Retention");
    var http = reader.Read<HttpOptions>("Http");
    var elsa = reader.Read<ElsaApiOptions>("ElsaApi");
    var scripting = reader.Read<ScriptingOptions>("Scripting");
    var smtp = reader.Read<SmtpOptions>("Smtp");
    var telemetry = reader.Read<TelemetryOptions>("Telemetry");
    var health = reader.Read<HealthOptions>("Health");
    var proxy = reader.Read<ProxyOptions>("Proxy");
    var files = reader.Read<DefinitionFilesOptions>("DefinitionFiles");
    var supervision = reader.Read<SupervisionOptions>("Supervision");
    var monitor = reader.Read<MonitorOptions>("Monitor");
    var alerts = reader.Read<AlertOptions>("Alerts");
    var remedies = reader.Read<RemedyOptions>("Remedies");
    var orchestration = reader.Read<OrchestrationOptions>("Orchestration");
    var compatibility = reader.Read<CompatibilityOptions>("Compatibility");
    reader.ThrowIfMistaken();

    // Services.
    builder.SetLimits(security, runtime);
    builder.AddTelemetry(telemetry);
    builder.Services.AddEngine(engine, scripting);
    builder.Services.AddConsole(runtime);
    builder.Services.AddSecrets();
    builder.AddServiceCatalog(orchestration);
    builder.AddSupervision(supervision);
    builder.Services.AddSingleton(retention);
    builder.Services.AddEmergencyStop();
    builder.Services.AddRuntime(runtime);
    builder.Services.AddRunSearch(search);
    builder.Services.AddStore(storage);
    builder.Services.AddSingleton(proxy);
    builder.Services.AddSecurity(security, storage);
    builder.Services.AddOperations();
    builder.Services.AddSingleton(new EffectiveSettings(builder.Configuration, reader.Sections));
    builder.Services.AddHealth(health);
    builder.Services.AddElsaApi(elsa);
    builder.Services.AddWorkflowHttp(http);
    builder.Services.AddSingleton(smtp).AddSingleton<OutgoingMail>();
    builder.Services.AddMonitor(monitor, alerts, remedies);
    builder.Services.AddSingleton(compatibility).AddSingleton<RegisteredRuns>();
    builder.Services.AddShippedWorkflows();
    builder.Services.AddDefinitionFiles(files);
    builder.Services.AddSampleServices(builder.Configuration, builder.Environment);

    // The pipeline, outermost first.
    await using var app = builder.Build();
    app.UseProxy(proxy);
    app.UseTelemetry();
    app.UseMiddleware<ErrorBoundary>();
    app.UseMiddleware<ResponseHeaders>();
    app.UseStudio();
    app.UseRouting();
    app.UseAuthentication();
    app.UseMiddleware<CrossSiteCheck>();
    app.UseAuthorization();

    // Endpoints. Each one names its permission; without one it is open to administrators only.
    app.MapHealth();
    app.MapHub();
    MetricsPage.Map(app);
    app.MapSession();
    app.MapIdentity();
    app.MapElsaApi();
    app.MapPlatformApi();
    app.MapHeal7();
    app.MapWorkflowHttp();

    // The start: the store, then who may come in, then the duties and the door, then the report.
    await app.Services.GetRequiredService<IWorkflowStore>().InitializeAsync(CancellationToken.None);
    var credentials = await app.Services.GetRequiredService<Bootstrap>().RunAsync(CancellationToken.None);
    await app.StartAsync();
    app.Services.GetRequiredService<StartReport>().Write(credentials);
    await app.WaitForShutdownAsync();
    return 0;
}
// The operator gets a sentence; a stack trace is for what only we can mend.
catch (Exception exception) when (StartFailedException.Explain(exception) is not null)
{
    await Console.Error.WriteLineAsync(StartFailedException.Explain(exception));
    return 1;
}
