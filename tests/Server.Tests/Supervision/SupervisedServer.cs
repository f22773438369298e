using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Store;
using Platform.Server.Supervision;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Supervision;

/// <summary>A server whose services are real processes of this machine: small scripts, on the real clock.</summary>
internal sealed class SupervisedServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly HttpTestServer _server;

    private SupervisedServer(HttpTestServer server)
    {
        _server = server;
        Client = server.Authorized();
    }

    public HttpClient Client { get; }

    public HttpTestServer Http => _server;

    public Supervisor Supervisor => _server.Services.GetRequiredService<Supervisor>();

    public static SupervisedServer Start(params (string Key, string Value)[] settings) => StartOn(new InMemoryStore(), settings);

    public static SupervisedServer StartOn(IWorkflowStore store, params (string Key, string Value)[] settings) => new(HttpTestServer.Start(
        services => services.AddSingleton(store).AddSingleton(TimeProvider.System), settings));

    /// <summary>Settings of a service that is a script.</summary>
    public static (string, string)[] Script(string name, string script, params (string Key, string Value)[] more)
    {
        var all = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["BaseAddress"] = "http://127.0.0.1:9",
            ["Process:Executable"] = "sh",
            ["Process:Arguments:0"] = "-c",
            ["Process:Arguments:1"] = script,
            ["Process:Ready"] = "Started",
            ["Process:StartsWithServer"] = "false",
            ["Process:Restart:InitialDelay"] = "00:00:00",
        };
        foreach (var (key, value) in more)
            all[key] = value;
        return [.. all.Select(entry => ($"Services:{name}:{entry.Key}", entry.Value))];
    }

    /// <summary>Asks for something and waits until it is done.</summary>
    public async Task<JsonNode> PostAsync(string path, object? body = null)
    {
        var answer = await Client.PostAsJsonAsync(path, body ?? new { wait = "00:01:00" });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return await answer.JsonAsync();
    }

    public async Task<JsonNode> ProcessAsync(string name) => (await (await Client.GetAsync($"/api/services/{name}")).JsonAsync())["process"]!;

    /// <summary>Waits until a service stands in a way.</summary>
    public async Task<ProcessSnapshot> UntilAsync(string name, Func<ProcessSnapshot, bool> isReached)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            if (Supervisor.Find(name) is { } now && isReached(now))
                return now;
            if (patience.IsCancellationRequested)
                throw new TimeoutException($"'{name}' stays {Supervisor.Find(name)}.");
            await Task.Delay(10, CancellationToken.None);
        }
    }

    /// <summary>Waits until a service has written a line that contains a text, and answers the line.</summary>
    public async Task<string> LineAsync(string name, string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var page = await (await Client.GetAsync($"/api/services/{name}/logs?text={Uri.EscapeDataString(text)}", patience.Token)).JsonAsync();
            if (page["items"]!.AsArray() is { Count: > 0 } lines)
                return lines[^1]!["text"]!.GetValue<string>();
            await Task.Delay(10, patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
    }
}

/// <summary>Looks at processes of this machine.</summary>
internal static class Living
{
    /// <summary>Whether a process is there and has not ended; one that has ended and was not read by its parent is not.</summary>
    public static bool IsAlive(int id)
    {
        try
        {
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            return text[(text.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    public static async Task EndedAsync(int id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (IsAlive(id))
            await Task.Delay(10, patience.Token);
    }
}
