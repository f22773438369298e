namespace Platform.FlakyService;

internal static class FlakyServiceProgram
{
    private static async Task Main(string[] args)
    {
        await using var app = FlakyServiceApp.Create(args);
        // Whoever starts the service as a child keeps its standard input open: when that ends, the parent is gone.
        var inputEnd = app.Configuration.GetValue<bool>("ExitWithParent") ? Console.OpenStandardInput().CopyToAsync(Stream.Null) : null;
        await app.StartAsync();
        var shutdown = app.WaitForShutdownAsync();
        await Task.WhenAny(shutdown, inputEnd ?? shutdown);
        await app.StopAsync();
    }
}
