using Platform.CustomActivities.Services;
using Platform.Runtime.Store;
using Platform.Server.Composition;
using Platform.Server.Http;
using Platform.Server.Shipped;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddEngine();
builder.Services.AddRuntime();
builder.Services.AddWorkflowHttp(builder.Configuration);
builder.Services.AddServiceActivities(builder.Configuration);
builder.Services.AddShippedWorkflows();
builder.Services.AddSampleServices(builder.Configuration, builder.Environment);
builder.Services.AddSingleton<IWorkflowStore, InMemoryStore>();
var app = builder.Build();
await app.Services.GetRequiredService<IWorkflowStore>().InitializeAsync(CancellationToken.None);
app.UseWorkflowHttp();
await app.RunAsync();
