using Platform.Runtime.Store;
using Platform.Server.Composition;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddEngine();
builder.Services.AddRuntime();
builder.Services.AddSingleton<IWorkflowStore, InMemoryStore>();
var app = builder.Build();
await app.Services.GetRequiredService<IWorkflowStore>().InitializeAsync(CancellationToken.None);
await app.RunAsync();
