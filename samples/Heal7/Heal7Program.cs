namespace Platform.Heal7;

internal static class Heal7Program
{
    private static async Task<int> Main(string[] args)
    {
        if (Heal7App.TryCreate(args, out var app) is { } mistake)
        {
            await Console.Error.WriteLineAsync(mistake);
            return 2;
        }

        await using (app)
        {
            if (app.Services.GetRequiredService<Faults>().IsToFlap())
            {
                await Console.Error.WriteLineAsync("The fault 'flap' ends this process as soon as it has begun.");
                return 3;
            }

            // Whoever supervises the service keeps its standard input open: when that ends, the supervisor is gone.
            var inputEnd = app.Configuration.GetValue<bool>("ExitWithParent") ? Console.OpenStandardInput().CopyToAsync(Stream.Null) : null;
            await app.StartAsync();
            var shutdown = app.WaitForShutdownAsync();
            await Task.WhenAny(shutdown, inputEnd ?? shutdown);
            await app.StopAsync();
            return app.Services.GetRequiredService<Faults>().ExitCode;
        }
    }
}
