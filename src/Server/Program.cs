using Platform.Runtime.Store;
using Platform.Server.Composition;
using Platform.Server.Elsa;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddEngine();
builder.Services.AddRuntime();
builder.Services.AddElsaApi();
builder.Services.AddSingleton<IWorkflowStore, InMemoryStore>();
var app = builder.Build();
await app.Services.GetRequiredService<IWorkflowStore>().InitializeAsync(CancellationToken.None);
app.MapElsaApi();
await app.RunAsync();
