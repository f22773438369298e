using Platform.Engine;

namespace Platform.CustomActivities.Tests.Services;

public sealed class WaitUntilHealthyTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task It_probes_at_its_interval_until_the_service_was_well_often_enough()
    {
        await using var service = await TestService.AnsweringAsync(503, 200, 503, 200, 200);
        var run = await Harness(service.Address).RunAsync("Platform.WaitUntilHealthy", new() { ["service"] = "shop", ["interval"] = "00:00:30", ["goodProbes"] = 2 });

        for (var probes = 1; probes < 5; probes++)
        {
            service.Requests.Count.ShouldBe(probes);
            var bookmark = run.Workflow.Bookmarks.ShouldHaveSingleItem();
            bookmark.DueAt.ShouldBe(_clock.GetUtcNow() + TimeSpan.FromSeconds(30));
            _clock.Advance(TimeSpan.FromSeconds(30));
            await Interpreter.ResumeAsync(run.Workflow, bookmark.Id, null);
        }

        run.Workflow.Status.ShouldBe(WorkflowStatus.Finished);
        service.Requests.Count.ShouldBe(5);
    }

    [Fact]
    public async Task Its_deadline_is_kept_to_the_moment()
    {
        await using var service = await TestService.AnsweringAsync(503);
        var run = await Harness(service.Address).RunAsync("Platform.WaitUntilHealthy", new() { ["service"] = "shop", ["interval"] = "00:00:30", ["deadline"] = "00:00:40" });

        _clock.Advance(TimeSpan.FromSeconds(30));
        await Interpreter.ResumeAsync(run.Workflow, run.Workflow.Bookmarks.Single().Id, null);
        run.Workflow.Bookmarks.Single().DueAt.ShouldBe(_clock.GetUtcNow() + TimeSpan.FromSeconds(10));
        _clock.Advance(TimeSpan.FromSeconds(10));
        await Interpreter.ResumeAsync(run.Workflow, run.Workflow.Bookmarks.Single().Id, null);

        run.Workflow.Status.ShouldBe(WorkflowStatus.Finished);
        service.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task It_waits_for_what_the_service_needs_when_it_is_asked_to()
    {
        await using var shop = await TestService.AnsweringAsync(200);
        await using var store = await TestService.AnsweringAsync(503);
        var harness = Harness(shop.Address, ("Services:store:BaseAddress", store.Address), ("Services:shop:Dependencies:0", "store"));

        (await harness.RunAsync("Platform.WaitUntilHealthy", new() { ["service"] = "shop" })).Record.Outcomes.ShouldBe(["Healthy"]);
        (await harness.RunAsync("Platform.WaitUntilHealthy", new() { ["service"] = "shop", ["includeDependencies"] = true })).Workflow.Bookmarks.Count.ShouldBe(1);
        (await harness.RunAsync("Platform.CheckHealth", new() { ["service"] = "shop", ["includeDependencies"] = true })).Record.Outcomes.ShouldBe(["Unhealthy"]);
    }

    [Fact]
    public async Task A_check_may_choose_services_by_their_tag()
    {
        await using var shop = await TestService.AnsweringAsync(200);
        await using var other = await TestService.AnsweringAsync(503);
        var harness = Harness(shop.Address, ("Services:shop:Tags:0", "front"), ("Services:other:BaseAddress", other.Address));

        (await harness.RunAsync("Platform.CheckHealth", new() { ["tag"] = "Front" })).Record.Outcomes.ShouldBe(["Healthy"]);
        (await harness.RunAsync("Platform.CheckHealth", [])).Record.Outcomes.ShouldBe(["Unhealthy"]);
    }

    [Fact]
    public async Task A_service_with_one_dead_address_of_several_is_degraded()
    {
        await using var first = await TestService.AnsweringAsync(200);
        await using var second = await TestService.AnsweringAsync(503);
        var harness = ServiceHarness.Create(_clock, ("Services:shop:BaseAddresses:0", first.Address), ("Services:shop:BaseAddresses:1", second.Address));

        (await harness.RunAsync("Platform.CheckHealth", new() { ["service"] = "shop" })).Record.Outcomes.ShouldBe(["Degraded"]);
        (await harness.RunAsync("Platform.WaitUntilHealthy", new() { ["service"] = "shop", ["acceptDegraded"] = true })).Record.Outcomes.ShouldBe(["Healthy"]);
    }

    [Fact]
    public async Task A_throttle_lets_so_many_go_on_and_the_next_ones_wait_for_their_turn_or_are_refused()
    {
        var harness = Harness("http://127.0.0.1:1");

        var runs = new List<RunResult>();
        for (var i = 0; i < 4; i++)
            runs.Add(await harness.RunAsync("Platform.Throttle", new() { ["key"] = "mail", ["count"] = 2, ["per"] = "00:00:10", ["longestWait"] = "00:00:10" }));
        var late = await harness.RunAsync("Platform.Throttle", new() { ["key"] = "mail", ["count"] = 2, ["per"] = "00:00:10", ["longestWait"] = "00:00:10" });

        runs.Take(2).ShouldAllBe(run => run.Record.Outcomes[0] == "Done");
        runs.Skip(2).ShouldAllBe(run => run.Workflow.Bookmarks.Single().DueAt == _clock.GetUtcNow() + TimeSpan.FromSeconds(10));
        late.Record.Outcomes.ShouldBe(["Refused"]);
        await Interpreter.ResumeAsync(runs[2].Workflow, runs[2].Workflow.Bookmarks.Single().Id, null);
        runs[2].Workflow.Status.ShouldBe(WorkflowStatus.Finished);
    }

    private ActivityHarness Harness(string address, params (string Key, string Value)[] settings) =>
        ServiceHarness.Create(_clock, [("Services:shop:BaseAddress", address), .. settings]);
}
