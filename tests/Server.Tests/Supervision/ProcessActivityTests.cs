using System.Net.Http.Json;
using Platform.Runtime.Store;
using Platform.Server.Supervision;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Supervision;

/// <summary>Workflows that start and stop services, and that run programs.</summary>
public sealed class ProcessActivityTests
{
    private const string Sleeps = "echo up; exec sleep 1000";

    [Fact]
    public async Task A_workflow_starts_restarts_and_stops_a_service()
    {
        await using var server = SupervisedServer.Start(SupervisedServer.Script("shop", Sleeps));

        (await RunAsync(server, "start", Flow.Step("step", "Platform.StartService", ("service", "Literal", "shop")))).ShouldContain("ended-Done");
        var first = server.Supervisor.Find("shop")!;
        first.State.ShouldBe(ProcessState.Running);
        (await RunAsync(server, "restart", Flow.Step("step", "Platform.RestartService", ("service", "Literal", "shop")))).ShouldContain("ended-Done");
        var second = server.Supervisor.Find("shop")!;
        (second.State, second.RunId == first.RunId, second.Restarts).ShouldBe((ProcessState.Running, false, 0));
        (await RunAsync(server, "stop", Flow.Step("step", "Platform.StopService", ("service", "Literal", "shop")))).ShouldContain("ended-Done");
        server.Supervisor.Find("shop")!.State.ShouldBe(ProcessState.Stopped);
    }

    [Fact]
    public async Task A_workflow_starts_all_and_says_which_of_them_failed()
    {
        await using var server = SupervisedServer.Start(
            [.. SupervisedServer.Script("bad", Sleeps, ("Process:Executable", "no-such-program")), .. SupervisedServer.Script("good", Sleeps)]);

        var log = await RunAsync(server, "start", Flow.Step("step", "Platform.StartAllServices", ("mode", "Literal", "Sequential")));

        log.ShouldContain("ended-Failed");
        log.ShouldContain("The service 'bad' is Failed. There is no program 'no-such-program' in PATH.");
        server.Supervisor.Find("good")!.State.ShouldBe(ProcessState.Running);
        (await RunAsync(server, "stop", Flow.Step("step", "Platform.StopAllServices"))).ShouldContain("ended-Done");
        server.Supervisor.Find("good")!.State.ShouldBe(ProcessState.Stopped);
    }

    [Fact]
    public async Task A_start_that_takes_too_long_times_out_and_goes_on()
    {
        await using var server = SupervisedServer.Start(SupervisedServer.Script("shop", Sleeps, ("Process:Ready", "Port"), ("Process:StartTimeout", "00:10:00")));

        (await RunAsync(server, "start", Flow.Step("step", "Platform.StartService", ("service", "Literal", "shop"), ("deadline", "Literal", "00:00:00.300")))).ShouldContain("ended-TimedOut");

        server.Supervisor.Find("shop")!.State.ShouldBe(ProcessState.Starting);
    }

    [Fact]
    public async Task A_wait_for_a_service_to_start_goes_on_in_the_next_server()
    {
        var store = new InMemoryStore();
        var isWell = false;
        using var health = await TestService.StartAsync(context =>
        {
            context.Response.StatusCode = Volatile.Read(ref isWell) ? 200 : 503;
            return Task.CompletedTask;
        });
        var settings = SupervisedServer.Script("shop", Sleeps, ("BaseAddress", health.Address.AbsoluteUri), ("Process:Ready", "Health"));
        await using (var server = SupervisedServer.StartOn(store, settings))
        {
            await server.Http.PublishAsync("start", Document("start", Flow.Step("step", "Platform.StartService", ("service", "Literal", "shop"))));
            await server.Http.Client.GetAsync("/workflows/start");
            (await server.Http.OnlyInstanceAsync("start")).SubStatus.ShouldBe("Suspended");
        }

        Volatile.Write(ref isWell, true);
        await using var next = SupervisedServer.StartOn(store, settings);
        (await FinishedAsync(next, "start")).ShouldContain("ended-Done");
        next.Supervisor.Find("shop")!.State.ShouldBe(ProcessState.Running);
    }

    [Fact]
    public async Task A_service_without_a_start_command_is_a_fault_that_says_what_to_do()
    {
        await using var server = SupervisedServer.Start(("Services:shop:BaseAddress", "http://127.0.0.1:9"));

        (await RunAsync(server, "start", Flow.Step("step", "Platform.StartService", ("service", "Literal", "shop")))).ShouldContain("WF4821: The service 'shop' has no start command");
    }

    [Theory]
    [InlineData("false", "sh", "WF4830: Workflows may not run programs on this server.")]
    [InlineData("true", "cat", "WF4831: The program 'cat' may not be run. Allowed are: sh.")]
    [InlineData("true", "/bin/sh", "WF4831: The program '/bin/sh' may not be run.")]
    public async Task A_command_runs_only_when_the_server_allows_it(string isEnabled, string executable, string expected)
    {
        await using var server = SupervisedServer.Start(("Supervision:Commands:Enabled", isEnabled), ("Supervision:Commands:Executables:0", "sh"));

        (await RunAsync(server, "run", Flow.Step("step", "Platform.ExecuteCommand", ("executable", "Literal", executable)))).ShouldContain(expected);
    }

    [Theory]
    [InlineData("cat; echo \"[$0|$1]\"; echo bad >&2; exit 0", "ended-Done", "in[a b|$(c)]")]
    [InlineData("exit 7", "ended-Failed", "It ended with exit code 7.")]
    [InlineData("sleep 1000 & sleep 1000", "ended-TimedOut", "It took longer than it may")]
    [InlineData("yes | head -c 100000", "ended-Done", "yyyy")]
    public async Task A_command_ends_by_its_exit_code_and_its_time(string script, string outcome, string expected)
    {
        await using var server = SupervisedServer.Start(
            ("Supervision:Commands:Enabled", "true"), ("Supervision:Commands:Executables:0", "sh"), ("Supervision:Commands:OutputBytesMax", "1000"), ("Supervision:Commands:TimeoutMax", "00:00:01"));
        var step = Flow.Step(
            "step", "Platform.ExecuteCommand", ("executable", "Literal", "sh"), ("arguments", "Object", System.Text.Json.JsonSerializer.Serialize(new[] { "-c", script, "a b", "$(c)" })), ("standardInput", "Literal", "in"));

        var log = (await RunAsync(server, "run", step.Bind("standardOutput", "out"))).Replace("\n", "", StringComparison.Ordinal);

        log.ShouldContain(outcome);
        log.ShouldContain(expected);
    }

    /// <summary>Each outcome has a step of its own, which leaves its id, and what was written to the variable.</summary>
    private static string Document(string id, System.Text.Json.Nodes.JsonObject step)
    {
        string[] outcomes = ["Done", "Failed", "TimedOut"];
        return Flow.Chart(
            [Flow.Endpoint(id), step, .. outcomes.Select(outcome => Flow.Step($"ended-{outcome}", "Elsa.SetName", ("value", "JavaScript", "'' + getVariable('out')")))],
            ["endpoint -> step", .. outcomes.Select(outcome => $"step:{outcome} -> ended-{outcome}")]).Variables("out");
    }

    /// <summary>Runs one step to its end, and answers all that was written about it.</summary>
    private static async Task<string> RunAsync(SupervisedServer server, string id, System.Text.Json.Nodes.JsonObject step)
    {
        await server.Http.PublishAsync(id, Document(id, step));
        await server.Http.Client.GetAsync($"/workflows/{id}");
        return await FinishedAsync(server, id);
    }

    private static async Task<string> FinishedAsync(SupervisedServer server, string id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await server.Http.CountInstancesAsync(id) == 0 || (await server.Http.OnlyInstanceAsync(id)).Status != "Finished")
        {
            if (await server.Http.CountInstancesAsync(id) > 0 && (await server.Http.OnlyInstanceAsync(id)).SubStatus == "Faulted")
                break;
            await Task.Delay(10, patience.Token);
        }

        return await server.Http.LogAsync(id);
    }
}
