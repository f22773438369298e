using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Platform.CustomActivities.Resilience;
using Platform.Engine.Definitions;
using Platform.FlakyService;
using Platform.Runtime.Definitions;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using Platform.Server.Orchestration;
using Platform.Server.Shipped;
using Platform.Server.Supervision;
using Platform.Server.Tests.Http;
using Platform.Server.Tests.Supervision;

namespace Platform.Server.Tests.Shipped;

public sealed class ShippedWorkflowsTests : IAsyncLifetime
{
    private readonly StringWriter _lines = new();
    private readonly WebApplication _samples = FlakyServiceApp.Create(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default=Warning"]);
    private readonly HttpClient _faults = new();
    private HttpTestServer _server = null!;

    /// <summary>The shipped files, and how each is run: one that is added without a run fails its test.</summary>
    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Folder, "*.json").Select(Path.GetFileNameWithoutExtension).OfType<string>()];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "workflows");

    public async Task InitializeAsync()
    {
        await _samples.StartAsync();
        _faults.BaseAddress = new Uri(_samples.Urls.Single());
        _server = HttpTestServer.Start(services => services.AddSingleton<TextWriter>(_lines), [("Shipped:Directory", "workflows"), .. Services()]);
    }

    public async Task DisposeAsync()
    {
        _faults.Dispose();
        await _server.DisposeAsync();
        await _samples.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_shipped_workflow_is_published_and_runs(string id)
    {
        var definition = await _server.Definitions.FindAsync(id, VersionOptions.Published, CancellationToken.None);
        definition.ShouldNotBeNull();
        definition.ProviderName.ShouldBe(ShippedWorkflows.ProviderName);
        definition.Name.ShouldNotBeNullOrEmpty();
        definition.Description.ShouldNotBeNullOrEmpty();
        CheckCanvas(JsonNode.Parse(definition.Document)!["root"]!);

        await (id switch
        {
            "hello-world" => GreetAsync(),
            "service-health-report" => ReportAsync(),
            "nightly-health-check" => CheckNightlyAsync(),
            "resilient-call" => CallResilientlyAsync(),
            "trip-saga" => BookTripAsync(),
            "remedy-collect-garbage" => CollectGarbageAsync(),
            "remedy-reconnect" => ReconnectAsync(),
            "remedy-shed-load" => ShedLoadAsync(),
            "remedy-restart" => RestartAsync(),
            _ => throw new InvalidOperationException($"The shipped workflow '{id}' has no test. Add one here."),
        });
    }

    [Fact]
    public async Task The_report_names_the_service_that_is_down()
    {
        await SetFaultAsync(new Fault("payments", Down: true));

        using var response = await _server.Client.GetAsync("/workflows/reports/health");
        var report = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        ((int)response.StatusCode).ShouldBe(503);
        report["services"]!.AsArray().Select(service => service!["status"]!.GetValue<string>()).ShouldBe(["Healthy", "Unhealthy", "Healthy"]);
        report["stock"]!.AsArray().Count.ShouldBe(3);
    }

    [Fact]
    public async Task The_nightly_check_notifies_once_when_a_service_is_not_healthy()
    {
        await SetFaultAsync(new Fault("inventory", Degraded: true));
        // The first attempt of the notification fails too.
        await SetFaultAsync(new Fault("notifications", FailFirst: 1));

        await StartNightlyAsync();

        _lines.ToString().ShouldContain("The operator was told: Degraded.");
        var messages = await _faults.GetFromJsonAsync<JsonArray>("/notifications/messages");
        messages!.ShouldHaveSingleItem()!["text"]!.GetValue<string>().ShouldBe("inventory is Degraded");
    }

    [Fact]
    public async Task The_resilient_call_retries_and_then_falls_back()
    {
        await SetFaultAsync(new Fault("inventory", FailFirst: 2));
        var retried = await RunAsync("resilient-call", new() { ["Sku"] = "pear" });
        (retried["Quantity"], retried["Source"], retried["Attempts"]).ShouldBe((35, "inventory", 3));

        await SetFaultAsync(new Fault("inventory", Down: true));
        var down = await RunAsync("resilient-call", new() { ["LastKnown"] = 7 });
        down["Quantity"].ShouldBe(7);
        down["Source"].ShouldBeOfType<string>().ShouldStartWith("fallback: ");

        // The fifth failure in a row opens the breaker; from then on nothing is sent.
        (await RunAsync("resilient-call", []))["Attempts"].ShouldBe(2);
        var refused = await RunAsync("resilient-call", new() { ["LastKnown"] = 7 });
        (refused["Quantity"], refused["Attempts"]).ShouldBe((7, 0));
    }

    [Fact]
    public async Task What_somebody_changed_retracted_or_deleted_stays_so_and_the_rest_follows_the_product()
    {
        var store = new InMemoryStore();
        var folder = Directory.CreateTempSubdirectory("platform-shipped-");
        string[] ids = ["changed", "retracted", "deleted", "untouched"];
        await WriteAsync("first");
        await using (var first = Start())
        {
            await first.Definitions.SaveAsync(new DefinitionDraft(Document("mine")) { DefinitionId = "changed", Name = "mine" }, publish: true, CancellationToken.None);
            await first.Definitions.RetractAsync("retracted", CancellationToken.None);
            await first.Definitions.DeleteVersionAsync((await FindAsync(first, "deleted"))!.Id, null, CancellationToken.None);
        }

        await WriteAsync("second");
        await using var second = Start();

        (await FindAsync(second, "changed"))!.Name.ShouldBe("mine");
        (await FindAsync(second, "retracted"))!.IsPublished.ShouldBeFalse();
        (await FindAsync(second, "deleted")).ShouldBeNull();
        var untouched = (await FindAsync(second, "untouched"))!;
        (untouched.Name, untouched.Version, untouched.IsPublished).ShouldBe(("second", 2, true));
        folder.Delete(recursive: true);

        HttpTestServer Start() => HttpTestServer.Start(services => services.AddSingleton<IWorkflowStore>(store), ("Shipped:Directory", folder.FullName));

        static ValueTask<WorkflowDefinition?> FindAsync(HttpTestServer server, string id) => server.Definitions.FindAsync(id, VersionOptions.Latest, CancellationToken.None);

        static string Document(string name) => $$$"""{"name":"{{{name}}}","root":{"type":"Elsa.Sequence","id":"s"}}""";

        async Task WriteAsync(string name)
        {
            foreach (var id in ids)
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, id + ".json"), Document(name).Replace("{\"name\"", $"{{\"definitionId\":\"{id}\",\"name\""));
        }
    }

    /// <summary>Every step has a place, a size and a label, and no two lie on one another.</summary>
    private static void CheckCanvas(JsonNode root)
    {
        var places = new List<(double X, double Y)>();
        foreach (var activity in root["activities"]!.AsArray())
        {
            var designer = activity!["metadata"]!["designer"]!;
            var place = (designer["position"]!["x"]!.GetValue<double>(), designer["position"]!["y"]!.GetValue<double>());
            places.ShouldAllBe(other => Math.Abs(other.X - place.Item1) >= 200 || Math.Abs(other.Y - place.Item2) >= 60);
            places.Add(place);
            designer["size"]!["width"]!.GetValue<double>().ShouldBeGreaterThan(0);
            activity["metadata"]!["displayText"]!.GetValue<string>().ShouldNotBeEmpty();
        }
    }

    private async Task GreetAsync()
    {
        (await RunAsync("hello-world", [])) ["Greeting"].ShouldBe("Hello World!");
        (await RunAsync("hello-world", new() { ["Name"] = "Ada" }))["Greeting"].ShouldBe("Hello Ada!");
        _lines.ToString().ShouldContain("Hello Ada!");
    }

    private async Task ReportAsync()
    {
        using var response = await _server.Client.GetAsync("/workflows/reports/health");
        var report = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        ((int)response.StatusCode).ShouldBe(200);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        report["status"]!.GetValue<string>().ShouldBe("Healthy");
        report["services"]!.AsArray().Select(service => service!["name"]!.GetValue<string>()).ShouldBe(["inventory", "payments", "notifications"]);
    }

    private async Task CheckNightlyAsync()
    {
        await StartNightlyAsync();

        _lines.ToString().ShouldContain("All 3 services are healthy.");
    }

    private async Task CallResilientlyAsync()
    {
        var output = await RunAsync("resilient-call", []);

        (output["Quantity"], output["Source"], output["Attempts"]).ShouldBe((120, "inventory", 1));
    }

    private async Task CollectGarbageAsync()
    {
        await RunAsync("remedy-collect-garbage", []);

        _lines.ToString().ShouldContain("bytes were given back.");
    }

    private async Task ReconnectAsync()
    {
        var catalog = _server.Services.GetRequiredService<ServiceCatalog>();
        var inventory = catalog.Registry.Get("inventory");
        await catalog.SetBreakerAsync(inventory, inventory.Breaker.Snapshot with { State = BreakerState.Open });

        await RunAsync("remedy-reconnect", new() { ["service"] = "inventory" });

        inventory.Breaker.Snapshot.State.ShouldBe(BreakerState.Closed);
        inventory.Breaker.Snapshot.By.ShouldStartWith("instance ");
    }

    private static async Task RestartAsync()
    {
        await using var server = SupervisedServer.Start([.. SupervisedServer.Script("worker", "exec sleep 1000"), .. SupervisedServer.Script("broken", "exit 3", ("Process:Restart:Mode", "Never")), ("Shipped:Directory", "workflows")]);
        await server.PostAsync("/api/services/worker/start");
        var former = server.Supervisor.Find("worker")!.RunId;

        (await EndAsync("worker")).ShouldBe("Finished");
        (await EndAsync("broken")).ShouldBe("Faulted");

        server.Supervisor.Find("worker").ShouldSatisfyAllConditions(now => now!.State.ShouldBe(ProcessState.Running), now => now!.RunId.ShouldNotBe(former));

        async Task<string> EndAsync(string service)
        {
            var started = (await server.Http.Runtime.StartAsync(
                new StartRequest { DefinitionId = "remedy-restart", Input = new Dictionary<string, object?> { ["service"] = service } }, CancellationToken.None)).ShouldBeOfType<StartResult.Started>();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (true)
            {
                var instance = (await server.Http.Store.FindInstanceAsync(started.Instance.Id, patience.Token)).ShouldNotBeNull();
                if (instance.Status == "Finished")
                    return instance.SubStatus;
                await Task.Delay(10, patience.Token);
            }
        }
    }

    private async Task ShedLoadAsync()
    {
        var rules = _server.Services.GetRequiredService<DispatchRules>();
        var run = (await _server.Runtime.StartAsync(
            new StartRequest { DefinitionId = "remedy-shed-load", Input = new Dictionary<string, object?> { ["workflow"] = "hello-world" } }, CancellationToken.None))
            .ShouldBeOfType<StartResult.Started>().Instance;
        rules.Find("hello-world")!.Pause!.By.ShouldBe($"instance {run.Id}");

        var rest = (await _server.Store.FindBookmarksAsync(new BookmarkFilter { InstanceId = run.Id }, CancellationToken.None)).ShouldHaveSingleItem();
        await _server.Runtime.ResumeAsync(rest, null, null, CancellationToken.None);
        rules.Find("hello-world").ShouldBeNull();

        // What a person paused stays paused.
        await rules.PauseAsync("hello-world", PauseMode.Queue, "ann", CancellationToken.None);
        await RunAsync("remedy-shed-load", new() { ["workflow"] = "hello-world" });
        rules.Find("hello-world")!.Pause!.By.ShouldBe("ann");
    }

    private async Task BookTripAsync()
    {
        var booked = await RunAsync("trip-saga", []);
        booked["Result"].ShouldBe("booked");
        _lines.ToString().ShouldNotContain("cancelled");

        var undone = await RunAsync("trip-saga", new() { ["Budget"] = 500 });

        undone["Result"].ShouldBe("undone");
        ((IEnumerable<object>)undone["Undone"]!).ShouldBe(["Hotel", "Flight"]);
        _lines.ToString().ShouldContain($"The hotel is cancelled.{Environment.NewLine}The flight is cancelled.");
    }

    private async Task StartNightlyAsync()
    {
        var trigger = (await _server.Store.FindTriggersAsync(new TriggerFilter { DefinitionId = "nightly-health-check" }, CancellationToken.None)).ShouldHaveSingleItem();
        trigger.DueAt!.Value.TimeOfDay.ShouldBe(TimeSpan.FromHours(3));
        var request = new StartRequest { DefinitionVersionId = trigger.DefinitionVersionId, TriggerActivityId = trigger.ActivityId };
        var started = (await _server.Runtime.StartAsync(request, CancellationToken.None)).ShouldBeOfType<StartResult.Started>();
        started.Workflow.Incidents.ShouldBeEmpty();
        started.Instance.SubStatus.ShouldBe("Finished");
    }

    private async Task<Dictionary<string, object?>> RunAsync(string id, Dictionary<string, object?> input)
    {
        var started = (await _server.Runtime.StartAsync(new StartRequest { DefinitionId = id, Input = input }, CancellationToken.None)).ShouldBeOfType<StartResult.Started>();
        started.Workflow.Incidents.ShouldBeEmpty();
        started.Instance.SubStatus.ShouldBe("Finished");
        return started.Workflow.Output;
    }

    private async Task SetFaultAsync(Fault fault) => (await _faults.PostAsJsonAsync("/faults", fault)).EnsureSuccessStatusCode();

    private IEnumerable<(string, string)> Services()
    {
        foreach (var name in FlakyServiceApp.Names)
        {
            yield return ($"Services:{name}:BaseAddress", new Uri(_faults.BaseAddress!, name).ToString());
            // The clock of the server stands still, so that repetitions have to follow at once.
            yield return ($"Services:{name}:Policy:Retry:Delay", "00:00:00");
        }
    }
}
