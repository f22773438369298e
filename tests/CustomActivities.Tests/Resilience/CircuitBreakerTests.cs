using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Platform.CustomActivities.Resilience;
using Platform.Engine;
using Platform.Engine.Execution;

namespace Platform.CustomActivities.Tests.Resilience;

public sealed class CircuitBreakerTests
{
    private readonly ManualClock _clock = new();
    private readonly NamedBreakers _breakers;
    private readonly ActivityHarness _harness;

    public CircuitBreakerTests()
    {
        _breakers = new NamedBreakers(_clock);
        _harness = new ActivityHarness(new ServiceCollection().AddSingleton<TimeProvider>(_clock).AddSingleton(_breakers).BuildServiceProvider(), _clock);
    }

    private BreakerSnapshot Bank => _breakers.Find("bank")!.Value.Snapshot;

    [Fact]
    public async Task It_opens_within_its_threshold_answers_by_the_fallback_and_closes_by_a_probe_that_succeeds()
    {
        for (var i = 0; i < 2; i++)
            (await RunAsync(Boom)).Workflow.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        var open = await RunAsync(Well);
        _clock.Advance(TimeSpan.FromSeconds(60));
        var probe = await RunAsync(Well);

        open.Workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        Ran(open).ShouldBe(["a", "instead"]);
        open.Notes.ShouldBe(["CircuitOpen: The circuit breaker 'bank' is open. The next one is let through in 60.0 s."]);
        Ran(probe).ShouldBe(["a", "well"]);
        Bank.State.ShouldBe(BreakerState.Closed);
    }

    [Fact]
    public async Task Without_a_fallback_it_faults_while_it_is_open()
    {
        await OpenAsync();

        var refused = await RunAsync(Well, hasFallback: false);

        refused.Workflow.Incidents.Single().Message.ShouldStartWith("WF4880: The circuit breaker 'bank' is open.");
        Ran(refused).ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_probe_that_is_cancelled_gives_its_place_back()
    {
        await OpenAsync();
        _clock.Advance(TimeSpan.FromSeconds(60));
        var probe = await RunAsync(Waiting);
        Ran(await RunAsync(Well)).ShouldBe(["a", "instead"]);

        await Interpreter.CancelAsync(probe.Workflow);

        Ran(await RunAsync(Well)).ShouldBe(["a", "well"]);
        Bank.State.ShouldBe(BreakerState.Closed);
    }

    [Fact]
    public async Task A_probe_of_which_nothing_is_heard_loses_its_place_after_a_while()
    {
        await OpenAsync();
        _clock.Advance(TimeSpan.FromSeconds(60));
        await RunAsync(Waiting);

        _clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        Ran(await RunAsync(Well)).ShouldBe(["a", "instead"]);
        _clock.Advance(TimeSpan.FromTicks(1));
        Ran(await RunAsync(Well)).ShouldBe(["a", "well"]);
    }

    [Fact]
    public async Task A_probe_that_faults_opens_it_anew()
    {
        await OpenAsync();
        _clock.Advance(TimeSpan.FromSeconds(60));

        await RunAsync(Boom);

        Bank.State.ShouldBe(BreakerState.Open);
        Bank.NextProbeAt.ShouldBe(_clock.GetUtcNow() + TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Only_faults_that_fit_the_filter_count_and_only_they_lead_to_the_fallback()
    {
        for (var i = 0; i < 5; i++)
            (await RunAsync(Boom, ("errorCodes", new JsonArray("DOWN")), ("fallbackAfterFaults", true))).Workflow.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        var handled = await RunAsync(Boom, ("fallbackAfterFaults", true));

        handled.Workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        Ran(handled).ShouldBe(["a", "boom", "instead"]);
        handled.Record.OutputValues!.Value.GetProperty("Error").GetString().ShouldBe("declined");
        Bank.ShouldSatisfyAllConditions(bank => bank.State.ShouldBe(BreakerState.Closed), bank => bank.Failures.ShouldBe(1));
    }

    [Fact]
    public async Task A_share_of_failures_opens_it_too()
    {
        for (var i = 0; i < 2; i++)
        {
            await RunAsync(Boom, ("failureRatio", 0.6), ("minimumThroughput", 4));
            await RunAsync(Well, ("failureRatio", 0.6), ("minimumThroughput", 4));
        }

        Bank.State.ShouldBe(BreakerState.Closed);
        await RunAsync(Boom, ("failureRatio", 0.6), ("minimumThroughput", 4));
        Bank.State.ShouldBe(BreakerState.Open);
    }

    [Theory]
    [InlineData("failures", 0, "must lie between 1 and 10000.")]
    [InlineData("failureRatio", 2.0, "must lie between 0.01 and 1.")]
    [InlineData("breakDuration", "00:00:00", "must lie between 00:00:00.500 and 1.00:00:00.")]
    [InlineData("halfOpenProbes", 101, "must lie between 1 and 100.")]
    [InlineData("longestProbe", "00:00:00", "It must be longer than zero")]
    public async Task What_cannot_be_used_is_told(string input, object value, string problem) =>
        (await RunAsync(Well, (input, JsonValue.Create(value)))).Workflow.Incidents.Single().Message.ShouldContain(problem);

    [Fact]
    public void Of_too_many_names_a_closed_one_is_forgotten_and_when_all_are_open_another_is_refused()
    {
        var open = new BreakerSnapshot(BreakerState.Open, _clock.GetUtcNow(), 1, null, null);
        for (var i = 0; i < NamedBreakers.CountMax - 1; i++)
            _breakers.Restore($"open{i}", open).ShouldBeTrue();
        Enter("closed").ShouldNotBeNull();

        Enter("another").ShouldNotBeNull();

        _breakers.Find("closed").ShouldBeNull();
        _breakers.Restore("another", open);
        Should.Throw<InvalidOperationException>(() => Enter("one more")).Message.ShouldStartWith("WF4881");

        BreakerPass? Enter(string name) => _breakers.Enter(name, new CircuitBreakerPolicy(), TimeSpan.FromMinutes(1)).Pass;
    }

    private static JsonObject Well => ActivityHarness.Step("well", "Elsa.Start", []);

    private static JsonObject Boom => ActivityHarness.Step("boom", "Elsa.Fault", new() { ["code"] = "DECLINED", ["message"] = "declined" });

    /// <summary>A retry that waits for its second attempt.</summary>
    private static JsonObject Waiting => ActivityHarness.Step("waiting", "Platform.Retry", []).With("body", Boom);

    private static string[] Ran(RunResult run) => [.. run.History.Executions.Select(execution => execution.ActivityId).Where(id => id != "Workflow1")];

    private async Task OpenAsync()
    {
        for (var i = 0; i < 2; i++)
            await RunAsync(Boom);
        Bank.State.ShouldBe(BreakerState.Open);
    }

    private Task<RunResult> RunAsync(JsonObject body, params (string Name, JsonNode? Value)[] inputs) => RunAsync(body, hasFallback: true, inputs);

    private Task<RunResult> RunAsync(JsonObject body, bool hasFallback, params (string Name, JsonNode? Value)[] inputs)
    {
        var given = new JsonObject { ["key"] = "bank", ["failures"] = 2 };
        foreach (var (name, value) in inputs)
            given[name] = value;
        var activity = ActivityHarness.Step("a", "Platform.CircuitBreaker", given).With("body", body);
        return _harness.RunAsync(hasFallback ? activity.With("fallback", ActivityHarness.Step("instead", "Elsa.Start", [])) : activity);
    }
}

file static class Ports
{
    public static JsonObject With(this JsonObject activity, string port, JsonObject embedded)
    {
        activity[port] = embedded;
        return activity;
    }
}
