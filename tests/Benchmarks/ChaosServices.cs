using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Platform.Benchmarks;

/// <summary>The five sample services on free ports, and what the server is told of them.</summary>
internal sealed class ChaosServices : IDisposable
{
    private static readonly (string Name, string Method, string Path, string Body)[] _jobs =
    [
        ("paperwork", "POST", "/extract", """{"content":"<p>Name: Kim</p>"}"""),
        ("test", "POST", "/validate", """{"data":{"age":7},"rules":[{"field":"age","type":"number"}]}"""),
        ("saju", "GET", "/pillars?at=1990-05-15T14:30:00%2B09:00", ""),
        ("crawling", "GET", "/pages/1", ""),
        ("ai-monitoring", "GET", "/summary", ""),
    ];

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly Dictionary<string, int> _ports = _jobs.ToDictionary(job => job.Name, _ => FreePort(), StringComparer.Ordinal);

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. _jobs.Select(job => job.Name)];

    public void Dispose() => _http.Dispose();

    /// <summary>Id of the workflow that calls a service.</summary>
    public static string WorkflowOf(string name) => $"chaos-{name}";

    /// <summary>A workflow that calls a service, and faults with the reason when it could not.</summary>
    public static JsonObject ModelOf(string name)
    {
        var (_, method, path, body) = _jobs.First(job => job.Name == name);
        var steps = new JsonArray(
            Step("call", "Platform.CallService", ("service", $"{name}-service"), ("method", method), ("path", path), ("body", body)),
            Step("done", "Elsa.SetName", ("value", "answered")),
            Step("failed", "Elsa.Fault", ("code", "FAILED"), ("message", "The call failed.")),
            Step("open", "Elsa.Fault", ("code", "OPEN"), ("message", "The breaker is open.")));
        var root = new JsonObject
        {
            ["id"] = "flow", ["type"] = "Elsa.Flowchart", ["version"] = 1, ["activities"] = steps,
            ["connections"] = new JsonArray(Connection("Done", "done"), Connection("Failed", "failed"), Connection("CircuitOpen", "open")),
        };
        return new JsonObject { ["definitionId"] = WorkflowOf(name), ["name"] = WorkflowOf(name), ["root"] = root };
    }

    /// <summary>The server's settings: short times, a supervised process each, and the remedy that restarts turned on.</summary>
    public Dictionary<string, string> Settings()
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Monitor__ServiceInterval"] = "00:00:02",
            ["Remedies__Rules__0__Name"] = "restart",
            ["Remedies__Rules__0__Mode"] = "On",
            ["Remedies__Rules__0__Cooldown"] = "00:00:15",
            ["Remedies__Rules__0__MaxPerHour"] = "1000",
        };
        foreach (var (name, port) in _ports)
        {
            var prefix = $"Services__{name}-service__";
            string[] arguments = [ServerProcess.PathOf(Path.Combine("samples", "Heal7"), "Platform.Heal7.dll"), "--service", name, "--port", port.ToString(CultureInfo.InvariantCulture), "--ExitWithParent", "true"];
            for (var i = 0; i < arguments.Length; i++)
                settings[$"{prefix}Process__Arguments__{i}"] = arguments[i];
            settings[prefix + "Process__Executable"] = "dotnet";
            settings[prefix + "Process__Restart__Mode"] = "Always";
            settings[prefix + "Process__Restart__InitialDelay"] = "00:00:00.500";
            settings[prefix + "Process__Restart__MaxRestarts"] = "3";
            settings[prefix + "Process__Restart__Window"] = "00:01:00";
            settings[prefix + "BaseAddress"] = $"http://127.0.0.1:{port}";
            settings[prefix + "Policy__TimeoutPerAttempt"] = "00:00:01";
            settings[prefix + "Policy__Retry__MaxAttempts"] = "2";
            settings[prefix + "Policy__Retry__Delay"] = "00:00:00.200";
            settings[prefix + "Policy__CircuitBreaker__Failures"] = "5";
            settings[prefix + "Policy__CircuitBreaker__BreakDuration"] = "00:00:02";
        }

        return settings;
    }

    /// <summary>Switches a fault of a service on.</summary>
    public async Task BreakAsync(string name, string kind, int times)
    {
        try
        {
            (await _http.PostAsJsonAsync($"{AddressOf(name)}/faults", new { kind, latencyMs = 1500, times })).Dispose();
        }
        catch (HttpRequestException) when (kind == "flap")
        {
            // It ended before it had answered.
        }
    }

    /// <summary>Mends a service that can be reached.</summary>
    public async Task MendAsync(string name)
    {
        try
        {
            (await _http.DeleteAsync($"{AddressOf(name)}/faults")).Dispose();
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            // It is being restarted, which mends it too.
        }
    }

    /// <summary>Whether a service does its job now.</summary>
    public async Task<bool> WorksAsync(string name)
    {
        var (_, method, path, body) = _jobs.First(job => job.Name == name);
        using var request = new HttpRequestMessage(new HttpMethod(method), AddressOf(name) + path);
        if (body.Length > 0)
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            using var response = await _http.SendAsync(request, limit.Token);
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private string AddressOf(string name) => $"http://127.0.0.1:{_ports[name]}";

    private static JsonObject Step(string id, string type, params (string Name, string Value)[] inputs)
    {
        var step = new JsonObject { ["id"] = id, ["type"] = type, ["version"] = 1 };
        foreach (var (name, value) in inputs)
            step[name] = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = value } };
        return step;
    }

    private static JsonObject Connection(string port, string target) => new()
    {
        ["source"] = new JsonObject { ["activity"] = "call", ["port"] = port },
        ["target"] = new JsonObject { ["activity"] = target, ["port"] = "In" },
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
