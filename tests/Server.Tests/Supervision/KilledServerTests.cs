using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Platform.EndToEnd.Tests;

namespace Platform.Server.Tests.Supervision;

/// <summary>The server as a process of its own, killed with SIGKILL or asked to end: what becomes of the services that it started.</summary>
public sealed class KilledServerTests : IDisposable
{
    private const string ApiKey = "killed-server-tests-0123456789";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("platform-killed-");

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task After_a_kill_the_next_server_ends_what_was_left_and_starts_it_anew()
    {
        var (first, child) = (0, 0);
        using (var server = await StartAsync())
        using (var client = ClientOf(server))
        {
            first = await RunningAsync(client, "shop");
            child = int.Parse((await LineAsync(client, "shop", "child")).Split(' ')[1], CultureInfo.InvariantCulture);
            server.KillAlone();
        }

        Living.IsAlive(first).ShouldBeTrue("it was left running, and asked by nobody to end");
        Living.IsAlive(child).ShouldBeTrue();
        using var next = await StartAsync();
        using var again = ClientOf(next);
        var second = await RunningAsync(again, "shop");

        second.ShouldNotBe(first);
        Living.IsAlive(first).ShouldBeFalse(next.Log());
        Living.IsAlive(child).ShouldBeFalse("the whole tree ends, also what has left its session and ignores SIGTERM");
        next.Log().ShouldContain("The server was killed and left processes of 'shop' running, which were ended:");
        (await LineAsync(again, "shop", "before the kill")).ShouldBe("before the kill", "its output is there still");
        (await LineAsync(again, "_server", "left processes of 'shop' running")).ShouldContain("[4485]");
        next.Terminate();
        await next.EndedAsync();
        Living.IsAlive(second).ShouldBeFalse();
    }

    [Fact]
    public async Task A_service_that_reads_its_input_ends_with_a_server_that_is_killed()
    {
        using var server = await StartAsync();
        using var client = ClientOf(server);
        var pid = await RunningAsync(client, "reader");

        server.KillAlone();

        await Living.EndedAsync(pid);
        // What does not read its input is left for the next server.
        using var next = await StartAsync();
        using var again = ClientOf(next);
        (await RunningAsync(again, "reader")).ShouldNotBe(pid);
        next.Terminate();
        await next.EndedAsync();
    }

    [Fact]
    public async Task A_server_that_is_asked_to_end_ends_its_services_first_and_starts_them_again_with_itself()
    {
        int pid;
        using (var server = await StartAsync())
        using (var client = ClientOf(server))
        {
            pid = await RunningAsync(client, "reader");
            server.Terminate();
            await server.EndedAsync();
            Living.IsAlive(pid).ShouldBeFalse(server.Log());
        }

        using var next = await StartAsync();
        using var again = ClientOf(next);
        (await RunningAsync(again, "reader")).ShouldNotBe(pid);
        next.Log().ShouldNotContain("The server was killed");
        next.Terminate();
        await next.EndedAsync();
    }

    private Task<ServerProcess> StartAsync() => ServerProcess.StartAsync(
        _data.FullName,
        "a-good-long-password",
        ApiKey,
        [
            ("Shipped__Directory", "none"),
            .. Script("shop", "setsid sh -c 'trap \"\" TERM; while :; do sleep 0.1; done' & echo before the kill; echo child $!; wait"),
            .. Script("reader", "exec cat"),
        ]);

    private static IEnumerable<(string, string)> Script(string name, string script) =>
        SupervisedServer.Script(name, script, ("Process:StartsWithServer", "true"), ("Process:StopTimeout", "00:00:01")).Select(setting => (setting.Item1.Replace(":", "__", StringComparison.Ordinal), setting.Item2));

    private static HttpClient ClientOf(ServerProcess server)
    {
        var client = new HttpClient { BaseAddress = new Uri(server.Address) };
        client.DefaultRequestHeaders.Add("Authorization", $"ApiKey {ApiKey}");
        return client;
    }

    private static async Task<int> RunningAsync(HttpClient client, string name)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var process = (await client.GetFromJsonAsync<JsonNode>($"/api/services/{name}", patience.Token))!["process"]!;
            if (process["state"]!.GetValue<string>() == "Running")
                return process["pid"]!.GetValue<int>();
            await Task.Delay(20, patience.Token);
        }
    }

    private static async Task<string> LineAsync(HttpClient client, string name, string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var page = await client.GetFromJsonAsync<JsonNode>($"/api/services/{name}/logs?text={Uri.EscapeDataString(text)}", patience.Token);
            if (page!["items"]!.AsArray() is { Count: > 0 } lines)
                return lines[^1]!["text"]!.GetValue<string>();
            await Task.Delay(20, patience.Token);
        }
    }
}
