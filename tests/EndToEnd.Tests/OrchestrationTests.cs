using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Platform.EndToEnd.Tests;

/// <summary>The server with real services as processes of their own: what it does when one of them, or the server itself, is killed.</summary>
public sealed class OrchestrationTests : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    readonly DirectoryInfo data = Directory.CreateTempSubdirectory("platform-orchestration-");
    readonly string password = "e2e-" + Guid.NewGuid().ToString("n");
    readonly string apiKey = "e2e-" + Guid.NewGuid().ToString("n");
    readonly HttpClient faults = new();
    readonly List<(string Name, string Value)> settings = [];
    readonly Dictionary<string, int> ports = [];
    ServerProcess? server;
    HttpClient client = new();

    public void Dispose()
    {
        client.Dispose();
        faults.Dispose();
        server?.Dispose();
        data.Delete(recursive: true);
    }

    [Fact]
    public async Task An_open_breaker_survives_the_kill_of_the_server_and_closes_by_a_probe_after_its_break()
    {
        AddService("test", breakDuration: "00:00:30");
        await StartAsync();
        await PublishCallAsync("test");
        await PublishAsync("guarded", Sequence(Guard(Literal("boom", "Elsa.Fault", ("message", "down")))));
        await RunningAsync("test");
        await SetFaultAsync("test", "error");

        while (await BreakerAsync("test") != "Open") (await CallAsync("test")).ShouldBe("spare");
        await DispatchAsync("guarded");
        await UntilAsync(async () => (string?)(await GetAsync("/api/breakers"))["items"]!.AsArray().FirstOrDefault()?["breaker"]!["state"] == "Open", "the breaker of the workflow opens");
        var before = (await GetAsync("/api/services/test-service"))["breaker"]!;
        server!.Kill();
        await StartAsync();

        var after = (await GetAsync("/api/services/test-service"))["breaker"]!;
        after.ToJsonString().ShouldBe(before.ToJsonString());
        ((string?)(await GetAsync("/api/breakers/bank"))["breaker"]!["state"]).ShouldBe("Open");
        await RunningAsync("test");
        (await CallAsync("test")).ShouldBe("spare", "the service is well again, but the break goes on");
        await UntilAsync(async () => await CallAsync("test") != "spare" && await BreakerAsync("test") == "Closed", "a probe closes the breaker");
        DateTimeOffset.UtcNow.ShouldBeGreaterThanOrEqualTo((DateTimeOffset)before["nextProbeAt"]!);
    }

    [Fact]
    public async Task A_service_killed_under_load_is_answered_for_told_once_and_restarted_by_the_remedy_and_no_run_is_lost()
    {
        AddService("test", restart: "Never");
        settings.AddRange([("Remedies__Rules__0__Name", "restart"), ("Remedies__Rules__0__Mode", "On")]);
        await StartAsync();
        await PublishCallAsync("test");
        var pid = await RunningAsync("test");
        await StatusAsync("test", "healthy");
        using var stop = new CancellationTokenSource();
        var load = LoadAsync("test", stop.Token);

        Process.GetProcessById(pid).Kill();

        await UntilAsync(async () => await BreakerAsync("test") == "Open", "the breaker opens");
        (await CallAsync("test")).ShouldBe("spare");
        await UntilAsync(async () => (await AlertsAsync("service-down")).Count == 1, "the monitor tells it");
        await UntilAsync(async () => (await GetAsync("/api/remedy-runs"))["items"]!.AsArray().Any(run => (string?)run!["remedy"] == "restart" && (string?)run["instanceSubStatus"] == "Finished"), "the remedy has restarted it");
        (await RunningAsync("test")).ShouldNotBe(pid);
        await UntilAsync(async () => await BreakerAsync("test") == "Closed", "the breaker closes");
        await StatusAsync("test", "healthy");
        await UntilAsync(async () => (string?)(await AlertsAsync("service-down"))[0]!["state"] == "resolved", "the alert is over");
        await stop.CancelAsync();
        var answers = await load;

        (await AlertsAsync("service-down")).Count.ShouldBe(1, "it is told once");
        answers.ShouldAllBe(answer => answer == "spare" || answer.Contains("valid", StringComparison.OrdinalIgnoreCase));
        answers.ShouldContain("spare");
        var finished = await GetAsync("/elsa/api/workflow-instances?definitionId=call-test&subStatus=Finished&pageSize=1");
        ((int)finished["totalCount"]!).ShouldBe(answers.Count + 1, "every run that was accepted has ended well");
    }

    [Fact]
    public async Task A_hung_service_times_out_a_slow_one_is_degraded_and_one_that_flaps_is_quarantined()
    {
        AddService("test");
        AddService("saju");
        AddService("paperwork", restart: "Always");
        await StartAsync();
        await PublishCallAsync("test");
        foreach (var name in ports.Keys)
        {
            await RunningAsync(name);
            await StatusAsync(name, "healthy");
        }

        await SetFaultAsync("test", "hang");
        var watch = Stopwatch.StartNew();
        (await CallAsync("test")).ShouldBe("spare");
        watch.Elapsed.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(900), "it was waited for as long as the policy says");
        await SetFaultAsync("saju", "slow");
        await SetFaultAsync("paperwork", "flap");

        await StatusAsync("test", "unhealthy");
        await StatusAsync("saju", "degraded");
        await UntilAsync(async () => (string?)(await GetAsync("/api/services/paperwork-service"))["process"]!["state"] == "Quarantined", "the one that flaps is quarantined");
    }

    /// <summary>A service of the sample in a process that the server starts, with short times so that a test sees all of it.</summary>
    void AddService(string name, string breakDuration = "00:00:02", string restart = "OnFailure")
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ports[name] = ((IPEndPoint)listener.LocalEndpoint).Port;
        var all = new Dictionary<string, string>
        {
            ["BaseAddress"] = $"http://127.0.0.1:{port}",
            ["Policy__TimeoutPerAttempt"] = "00:00:01",
            ["Policy__Retry__MaxAttempts"] = "1",
            ["Policy__CircuitBreaker__Failures"] = "3",
            ["Policy__CircuitBreaker__BreakDuration"] = breakDuration,
            ["Policy__Fallback__Value"] = "spare",
            ["Process__Executable"] = "dotnet",
            ["Process__Restart__Mode"] = restart,
            ["Process__Restart__MaxRestarts"] = "2",
            ["Process__Restart__InitialDelay"] = "00:00:00.200",
        };
        string[] arguments = [ServerProcess.Metadata("Heal7Assembly"), "--service", name, "--port", port.ToString(CultureInfo.InvariantCulture), "--ExitWithParent", "true"];
        for (var i = 0; i < arguments.Length; i++) all[$"Process__Arguments__{i}"] = arguments[i];
        settings.AddRange(all.Select(setting => ($"Services__{name}-service__{setting.Key}", setting.Value)));
    }

    async Task StartAsync()
    {
        server?.Dispose();
        server = await ServerProcess.StartAsync(data.FullName, password, apiKey, [.. settings, ("Monitor__ServiceInterval", "00:00:01")]);
        client.Dispose();
        client = new HttpClient { BaseAddress = new Uri(server.Address) };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"ApiKey {apiKey}");
    }

    async Task<List<string>> LoadAsync(string name, CancellationToken stop)
    {
        var answers = new List<string>();
        using var pace = new PeriodicTimer(Step);
        do answers.Add(await CallAsync(name));
        while (!stop.IsCancellationRequested && await pace.WaitForNextTickAsync(CancellationToken.None));
        return answers;
    }

    async Task<string> CallAsync(string name)
    {
        using var response = await client.GetAsync($"/workflows/call-{name}");
        var body = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        return body.Trim('"');
    }

    async Task SetFaultAsync(string name, string kind)
    {
        using var response = await faults.PostAsJsonAsync($"http://127.0.0.1:{ports[name]}/faults", new { kind, latencyMs = 1500 });
        response.EnsureSuccessStatusCode();
    }

    async Task<int> RunningAsync(string name)
    {
        var pid = 0;
        await UntilAsync(
            async () =>
            {
                var process = (await GetAsync($"/api/services/{name}-service"))["process"]!;
                pid = (int?)process["pid"] ?? 0;
                return (string?)process["state"] == "Running" && pid > 0;
            },
            $"'{name}' runs");
        return pid;
    }

    Task StatusAsync(string name, string status) => UntilAsync(
        async () => (string?)(await GetAsync($"/api/monitor/service:{name}-service"))["status"] == status, $"'{name}' is {status}");

    async Task<string?> BreakerAsync(string name) => (string?)(await GetAsync($"/api/services/{name}-service"))["breaker"]!["state"];

    async Task<JsonArray> AlertsAsync(string rule) =>
        new([.. (await GetAsync("/api/alerts?take=1000"))["items"]!.AsArray().Where(alert => (string?)alert!["rule"] == rule).Select(alert => alert!.DeepClone())]);

    async Task<JsonObject> GetAsync(string path)
    {
        using var response = await client.GetAsync(path);
        var body = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? JsonNode.Parse(body)!.AsObject() : throw new InvalidOperationException($"{path}: {response.StatusCode} {body}");
    }

    async Task UntilAsync(Func<Task<bool>> isReached, string what)
    {
        var watch = Stopwatch.StartNew();
        using var pace = new PeriodicTimer(Step);
        while (!await isReached())
        {
            if (watch.Elapsed > Patience) throw new TimeoutException($"Not reached: {what}.\n{server!.Log()}");
            await pace.WaitForNextTickAsync();
        }
    }

    async Task DispatchAsync(string definitionId)
    {
        using var dispatched = await client.PostAsJsonAsync($"/elsa/api/workflow-definitions/{definitionId}/dispatch", new JsonObject());
        dispatched.EnsureSuccessStatusCode();
    }

    /// <summary>GET /workflows/call-name calls the service and answers with what came of it.</summary>
    Task PublishCallAsync(string name)
    {
        var endpoint = Literal("endpoint", "Elsa.HttpEndpoint", ("path", $"call-{name}"));
        endpoint["supportedMethods"] = Input("Object", "[\"GET\"]");
        endpoint["customProperties"] = new JsonObject { ["canStartWorkflow"] = true };
        var call = Literal("call", "Platform.CallService", ("service", $"{name}-service"), ("method", "POST"), ("path", "/validate"), ("body", "{\"data\":{},\"rules\":[]}"));
        call["result"] = new JsonObject { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = "answer" } };
        var respond = Literal("respond", "Elsa.WriteHttpResponse");
        respond["content"] = Input("Variable", new JsonObject { ["id"] = "answer", ["name"] = "answer" });
        return PublishAsync($"call-{name}", Sequence(endpoint, call, respond));
    }

    async Task PublishAsync(string definitionId, JsonObject root)
    {
        var answer = new JsonObject { ["id"] = "answer", ["name"] = "answer", ["typeName"] = "Object", ["storageDriverTypeName"] = "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core" };
        var model = new JsonObject { ["definitionId"] = definitionId, ["name"] = definitionId, ["root"] = root, ["variables"] = new JsonArray(answer) };
        using var response = await client.PostAsJsonAsync("/elsa/api/workflow-definitions", new JsonObject { ["model"] = model, ["publish"] = true });
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
    }

    static JsonObject Sequence(params JsonObject[] steps) => new() { ["id"] = "root", ["type"] = "Elsa.Sequence", ["version"] = 1, ["activities"] = new JsonArray([.. steps]) };

    static JsonObject Guard(JsonObject body)
    {
        var guard = Literal("guard", "Platform.CircuitBreaker", ("key", "bank"), ("failures", "1"), ("breakDuration", "01:00:00"));
        guard["body"] = body;
        return guard;
    }

    static JsonObject Literal(string id, string type, params (string Name, string Value)[] inputs)
    {
        var step = new JsonObject { ["id"] = id, ["type"] = type, ["version"] = 1 };
        foreach (var (name, value) in inputs) step[name] = Input("Literal", value);
        return step;
    }

    static JsonObject Input(string language, JsonNode value) => new() { ["typeName"] = "Any", ["expression"] = new JsonObject { ["type"] = language, ["value"] = value } };
}
