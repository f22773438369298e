using Platform.FlakyService;

var app = FlakyServiceApp.Create(args);
// Whoever starts the service as a child keeps its standard input open: when that ends, the parent is gone.
if (app.Configuration.GetValue<bool>("ExitWithParent"))
    _ = StopWhenInputEndsAsync(app);
await app.RunAsync();

static async Task StopWhenInputEndsAsync(WebApplication app)
{
    await Console.OpenStandardInput().CopyToAsync(Stream.Null);
    app.Lifetime.StopApplication();
}
