using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Platform.CustomActivities.Resilience;
using Platform.Engine;

namespace Platform.CustomActivities.Tests.Resilience;

public sealed class CacheTests
{
    private readonly ManualClock _clock = new();
    private readonly ResultCache _cache;
    private readonly ActivityHarness _harness;

    public CacheTests()
    {
        _cache = new ResultCache(_clock);
        _harness = new ActivityHarness(new ServiceCollection().AddSingleton<TimeProvider>(_clock).AddSingleton(_cache).BuildServiceProvider(), _clock);
    }

    private static JsonObject Waiting => Step("waiting", "Platform.Retry", []).With("body", Boom);

    private static JsonObject Boom => Step("boom", "Elsa.Fault", new() { ["message"] = "no" });

    [Fact]
    public async Task What_one_run_found_out_another_one_gets_until_its_time_is_over()
    {
        var first = await RunAsync("rate", Finds("7"));
        var second = await RunAsync("rate", Finds("8"));
        var other = await RunAsync("another", Finds("9"));
        _clock.Advance(TimeSpan.FromMinutes(5));
        var later = await RunAsync("rate", Finds("10"));

        (first.Workflow.Name, second.Workflow.Name, other.Workflow.Name, later.Workflow.Name).ShouldBe(("7", "7", "9", "10"));
        Ran(first).ShouldContain("finds");
        Ran(second).ShouldNotContain("finds");
    }

    [Fact]
    public async Task Of_several_at_once_one_executes_the_body_and_the_others_wait_for_it()
    {
        (await RunAsync("rate", Waiting)).Workflow.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);

        var waiting = await RunAsync("rate", Finds("8"));
        waiting.Workflow.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        Ran(waiting).ShouldNotContain("finds");
        _cache.Keep("rate", "7", TimeSpan.FromMinutes(1)).ShouldBeTrue();
        await GoOnAsync(waiting);

        waiting.Workflow.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        waiting.Workflow.Name.ShouldBe("7");
    }

    [Fact]
    public async Task A_run_that_is_cancelled_faults_or_says_nothing_for_too_long_keeps_nobody_waiting()
    {
        var cancelled = await RunAsync("cancelled", Waiting);
        await Interpreter.CancelAsync(cancelled.Workflow);
        (await RunAsync("cancelled", Finds("1"))).Workflow.Name.ShouldBe("1");

        (await RunAsync("faulted", Boom)).Workflow.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        (await RunAsync("faulted", Finds("2"))).Workflow.Name.ShouldBe("2");

        await RunAsync("silent", Waiting);
        _clock.Advance(TimeSpan.FromSeconds(30));
        (await RunAsync("silent", Finds("3"))).Workflow.Name.ShouldBe("3");
    }

    [Theory]
    [InlineData("", "00:05:00", "The key has 0 characters")]
    [InlineData("rate", "00:00:00", "A result cannot hold for")]
    [InlineData("rate", "31.00:00:00", "A result cannot hold for")]
    public async Task What_cannot_be_meant_faults(string key, string duration, string problem) =>
        (await RunAsync(key, Finds("1"), duration)).Workflow.Incidents.Single().Message.ShouldContain(problem);

    [Fact]
    public void It_holds_no_more_than_it_may()
    {
        _cache.Keep("long", new string('1', ResultCache.LengthMax + 1), TimeSpan.FromHours(1)).ShouldBeFalse();
        for (var i = 0; i <= ResultCache.CountMax; i++)
            _cache.Keep($"{i}", "1", TimeSpan.FromHours(1));
        _cache.TryFind("0", out _).ShouldBeFalse();
        _cache.TryFind("1", out _).ShouldBeTrue();

        var large = new string('1', ResultCache.LengthMax);
        for (var i = 0; i < 100; i++)
            _cache.Keep($"large {i}", large, TimeSpan.FromHours(1));
        _cache.TryFind("large 30", out _).ShouldBeFalse();
        _cache.TryFind("large 99", out _).ShouldBeTrue();
    }

    private static JsonObject Step(string id, string type, JsonObject inputs) => ActivityHarness.Step(id, type, inputs);

    private static JsonObject Finds(string value) => Step("finds", "Elsa.SetVariable", new() { ["value"] = value }).With("variable", Variable());

    private static JsonObject Variable() => new() { ["id"] = "v", ["name"] = "Rate", ["typeName"] = "String" };

    private static string[] Ran(RunResult run) => [.. run.History.Executions.Select(execution => execution.ActivityId)];

    private static async Task GoOnAsync(RunResult run) => await Interpreter.ResumeAsync(run.Workflow, run.Workflow.Bookmarks.Single().Id, null);

    private Task<RunResult> RunAsync(string key, JsonObject body, string duration = "00:05:00")
    {
        var cache = Step("a", "Platform.Cache", new() { ["key"] = key, ["duration"] = duration }).With("variable", Variable()).With("body", body);
        var name = Step("name", "Elsa.SetName", []);
        name["value"] = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Variable", ["value"] = Variable() } };
        return _harness.RunAsync(new JsonObject
        {
            ["id"] = "root", ["type"] = "Elsa.Sequence", ["variables"] = new JsonArray(Variable()), ["activities"] = new JsonArray(cache, name),
        });
    }
}
