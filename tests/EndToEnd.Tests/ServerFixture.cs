namespace Platform.EndToEnd.Tests;

/// <summary>
/// One server for the tests of a class, with an empty data folder that is deleted at the end.
/// For work on these tests <c>E2E_BASE_URL</c> names a server that is running already.
/// </summary>
public sealed class ServerFixture : IAsyncLifetime
{
    readonly DirectoryInfo data = Directory.CreateTempSubdirectory("platform-e2e-");
    ServerProcess? server;
    bool hasSecondPerson;

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

    /// <summary>A second person who may do everything, after <see cref="AddSecondPersonAsync"/>.</summary>
    public string SecondUsername { get; } = "mina";

    /// <summary>Adds the second person: a start with another administrator makes one beside the first. Repeating it does nothing.</summary>
    public async Task AddSecondPersonAsync()
    {
        if (hasSecondPerson) return;
        hasSecondPerson = true;
        await RestartAsync(("Security__BootstrapUsername", SecondUsername));
        await RestartAsync();
    }

    /// <summary>Kills the server and starts it again where it was, with the same data.</summary>
    public async Task RestartAsync(params (string Name, string Value)[] settings)
    {
        Stop();
        server = await ServerProcess.StartAsync(Address, data.FullName, Password, ApiKey, settings);
    }

    /// <summary>Kills the server.</summary>
    public void Stop() => (server ?? throw new InvalidOperationException("The server is not ours to stop.")).Dispose();

    public Task DisposeAsync()
    {
        server?.Dispose();
        data.Delete(recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>The last lines that the server wrote.</summary>
    public string Log(int lines = 60) => server?.Log(lines) ?? "";
}
