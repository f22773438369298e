namespace Platform.EndToEnd.Tests;

/// <summary>
/// One server for the tests of a class, with an empty data folder that is deleted at the end.
/// For work on these tests <c>E2E_BASE_URL</c> names a server that is running already.
/// </summary>
public sealed class ServerFixture : IAsyncLifetime
{
    readonly DirectoryInfo data = Directory.CreateTempSubdirectory("platform-e2e-");
    ServerProcess? server;

    /// <summary>Where the server listens, without a slash at the end.</summary>
    public string Address { get; private set; } = "";

    public string Username { get; } = "admin";

    public string Password { get; } = Environment.GetEnvironmentVariable("E2E_PASSWORD") ?? "e2e-" + Guid.NewGuid().ToString("n");

    public string ApiKey { get; } = "e2e-" + Guid.NewGuid().ToString("n");

    public async Task InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("E2E_BASE_URL") is { Length: > 0 } address)
        {
            Address = address.TrimEnd('/');
            return;
        }

        server = await ServerProcess.StartAsync(data.FullName, Password, ApiKey);
        Address = server.Address;
    }

    public Task DisposeAsync()
    {
        server?.Dispose();
        data.Delete(recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>The last lines that the server wrote.</summary>
    public string Log(int lines = 60) => server?.Log(lines) ?? "";
}
