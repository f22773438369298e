using Platform.Runtime.Dispatching;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using static Platform.Runtime.Tests.Dispatching.DispatchHarness;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests.Dispatching;

public sealed class LimitTests
{
    [Fact]
    public async Task No_more_runs_are_in_progress_than_the_limit_says_and_the_next_begins_when_one_ends()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Waiting());
        await harness.LimitAsync("job", concurrent: 2);

        for (var i = 1; i <= 5; i++)
            await harness.DispatchAsync("job", $"job-{i}");
        await harness.StartedAsync("job-2");
        await harness.PassAsync("pass-1");
        (await harness.IdsOfAsync("job")).ShouldBe(["job-1", "job-2"]);
        (await harness.QueuedAsync("job")).ShouldBe(3);

        for (var i = 1; i <= 5; i++)
        {
            await harness.EndAsync($"job-{i}");
            await harness.UntilAsync(async () => await harness.RunningOfAsync("job") == Math.Min(2, 5 - i));
        }

        (await harness.QueuedAsync("job")).ShouldBe(0);
    }

    [Fact]
    public async Task Runs_that_a_limit_holds_do_not_keep_back_the_runs_of_others()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Waiting());
        await harness.PublishAsync("other", Sequence(Line("done")));
        await harness.LimitAsync("job", concurrent: 1);
        for (var i = 0; i < 50; i++)
            await harness.DispatchAsync("job", $"job-{i}", priority: 100);

        await harness.DispatchAsync("other", "other-1", priority: -100);

        await harness.FinishedAsync("other");
        await harness.StartedAsync("job-0");
        (await harness.IdsOfAsync("job")).ShouldBe(["job-0"]);
    }

    [Fact]
    public async Task A_hundred_thousand_held_starts_take_no_memory_and_nobody_waits_behind_them()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Waiting());
        await harness.PublishAsync("other", Sequence(Line("done")));
        await harness.LimitAsync("job", concurrent: 1);
        await harness.DispatchAsync("job", "job-first");
        await harness.StartedAsync("job-first");
        var now = harness.Clock.GetUtcNow();
        var held = Enumerable.Range(0, 100_000).Select(i => new StoredWork($"held-{i:d6}", "Start", $$"""{"definition":"job","instance":"job-{{i:d6}}","activation":true}""")
        {
            DefinitionId = "job", InstanceId = $"job-{i:d6}", CreatedAt = now, DueAt = now, Priority = 50,
        });
        var other = new StoredWork("other", "Start", """{"definition":"other","instance":"other-1","activation":true}""")
        {
            DefinitionId = "other", InstanceId = "other-1", CreatedAt = now, DueAt = now,
        };
        await harness.Store.CommitAsync(new Commit { Work = [.. held, other] }, CancellationToken.None);

        await harness.RestartAsync();

        await harness.FinishedAsync("other");
        harness.Get<WorkQueue>().HeldCount.ShouldBeLessThan(10);
        (await harness.IdsOfAsync("job")).ShouldBe(["job-first"]);
        await harness.EndAsync("job-first");
        await harness.StartedAsync("job-000000");
    }

    [Fact]
    public async Task Runs_with_one_key_follow_each_other_and_those_with_other_keys_pass_them()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Waiting());
        await harness.LimitAsync("job", perKey: 1);
        for (var i = 1; i <= 30; i++)
            await harness.DispatchAsync("job", $"a-{i:d2}", "a");

        await harness.DispatchAsync("job", "b-1", "b");
        await harness.DispatchAsync("job", "none-1");
        await harness.DispatchAsync("job", "none-2");

        await harness.StartedAsync("b-1");
        await harness.StartedAsync("none-1");
        await harness.StartedAsync("none-2");
        await harness.PassAsync("pass-1");
        (await harness.IdsOfAsync("job")).ShouldBe(["a-01", "b-1", "none-1", "none-2"]);
        await harness.EndAsync("b-1");
        await harness.EndAsync("a-01");
        await harness.StartedAsync("a-02");
        await harness.PassAsync("pass-2");
        (await harness.InstanceAsync("a-02")).ConcurrencyKey.ShouldBe("a");
        (await harness.RunningOfAsync("job")).ShouldBe(3);
    }

    [Fact]
    public async Task After_a_restart_runs_keep_their_places_and_no_place_is_lost()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Waiting());
        await harness.LimitAsync("job", concurrent: 3, perKey: 1);
        await harness.DispatchAsync("job", "a-1", "a");
        await harness.DispatchAsync("job", "a-2", "a");
        await harness.DispatchAsync("job", "b-1", "b");
        await harness.StartedAsync("a-1");
        await harness.StartedAsync("b-1");

        await harness.RestartAsync();
        await harness.DispatchAsync("job", "a-3", "a");
        await harness.DispatchAsync("job", "c-1", "c");
        await harness.DispatchAsync("job", "d-1", "d");
        await harness.StartedAsync("c-1");
        await harness.PassAsync("pass-1");

        (await harness.IdsOfAsync("job")).ShouldBe(["a-1", "b-1", "c-1"]);
        (await harness.Get<StartGate>().InProgressAsync("job", CancellationToken.None)).ShouldBe(3);
        await harness.EndAsync("a-1");
        await harness.StartedAsync("a-2");
        await harness.EndAsync("b-1");
        await harness.StartedAsync("d-1");
        (await harness.Get<StartGate>().InProgressAsync("job", CancellationToken.None)).ShouldBe(3);
    }

    [Fact]
    public async Task The_rate_holds_in_every_stretch_of_time_and_over_a_restart()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Sequence(Line("done")));
        await harness.LimitAsync("job", rate: new StartRate(2, TimeSpan.FromMinutes(1)));
        var begin = harness.Clock.GetUtcNow();
        await harness.DispatchAsync("job", "job-0");
        await harness.StartedAsync("job-0");
        harness.Clock.Advance(TimeSpan.FromSeconds(50));
        for (var i = 1; i <= 5; i++)
            await harness.DispatchAsync("job", $"job-{i}");
        await harness.StartedAsync("job-1");

        await harness.RestartAsync();
        await harness.UntilAsync(async () => await harness.QueuedAsync("job") == 0, TimeSpan.FromSeconds(1));

        var starts = (await harness.InstancesOfAsync("job")).Select(instance => instance.CreatedAt - begin).Order().ToList();
        starts.Count.ShouldBe(6);
        for (var i = 2; i < starts.Count; i++)
            (starts[i] - starts[i - 2]).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task The_rate_lets_the_next_run_begin_by_itself_when_its_time_has_come()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Sequence(Line("done")));
        await harness.LimitAsync("job", rate: new StartRate(1, TimeSpan.FromSeconds(10)));
        await harness.DispatchAsync("job", "job-1");
        await harness.StartedAsync("job-1");
        await harness.DispatchAsync("job", "job-2");
        await harness.PassAsync("pass-1");
        (await harness.IdsOfAsync("job")).ShouldBe(["job-1"]);

        // Far less than the safety poll.
        harness.Clock.Advance(TimeSpan.FromSeconds(9));
        await harness.PassAsync("pass-2");
        (await harness.IdsOfAsync("job")).ShouldBe(["job-1"]);
        await harness.UntilAsync(async () => (await harness.IdsOfAsync("job")).Length == 2, TimeSpan.FromMilliseconds(1));

        var apart = (await harness.InstanceAsync("job-2")).CreatedAt - (await harness.InstanceAsync("job-1")).CreatedAt;
        apart.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(10));
        apart.ShouldBeLessThan(TimeSpan.FromSeconds(25));
    }

    [Fact]
    public async Task A_start_that_somebody_waits_for_takes_a_place_or_is_told_why_not()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Waiting());
        await harness.LimitAsync("job", concurrent: 1);
        var run = await harness.RunAsync("job");

        var second = await harness.Runtime.StartAsync(new StartRequest { DefinitionId = "job" }, CancellationToken.None);

        var hold = second.ShouldBeOfType<StartResult.Held>().Hold;
        hold.Kind.ShouldBe(HoldKind.Concurrency);
        hold.Reason.ShouldContain("maxConcurrent");
        await harness.DispatchAsync("job", "queued");
        await harness.PassAsync("pass-1");
        (await harness.RunningOfAsync("job")).ShouldBe(1);
        await harness.EndAsync(run.Instance.Id);
        await harness.StartedAsync("queued");
        // A request that was stored before is answered as such: it needs no place.
        (await harness.Runtime.StartAsync(new StartRequest { DefinitionId = "job", InstanceId = "queued" }, CancellationToken.None)).ShouldBeOfType<StartResult.Exists>();
    }

    [Fact]
    public async Task A_limit_that_is_raised_or_taken_away_lets_what_waits_begin()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Waiting());
        await harness.LimitAsync("job", concurrent: 1);
        for (var i = 1; i <= 4; i++)
            await harness.DispatchAsync("job", $"job-{i}");
        await harness.StartedAsync("job-1");

        await harness.LimitAsync("job", concurrent: 2);
        await harness.StartedAsync("job-2");
        await harness.PassAsync("pass-1");
        (await harness.RunningOfAsync("job")).ShouldBe(2);
        await harness.Get<DispatchRules>().SetLimitsAsync("job", null, CancellationToken.None);

        await harness.StartedAsync("job-3");
        await harness.StartedAsync("job-4");
    }

    [Fact]
    public async Task A_limit_that_is_set_while_starts_wait_for_a_worker_holds_them_too()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Waiting());
        await harness.RunAsync("job");
        await harness.RunAsync("job");

        await harness.LimitAsync("job", concurrent: 2);
        await harness.DispatchAsync("job", "job-3");

        await harness.PassAsync("pass-1");
        (await harness.QueuedAsync("job")).ShouldBe(1);
    }

    [Fact]
    public async Task A_start_that_comes_to_nothing_gives_its_place_back()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Waiting());
        await harness.LimitAsync("job", concurrent: 1);
        await harness.Runtime.DispatchAsync(
            new StartRequest { DefinitionId = "job", Version = Engine.Definitions.VersionOptions.Specific(7), InstanceId = "none" }, new QueueTerms(9), CancellationToken.None);

        await harness.DispatchAsync("job", "job-1");

        await harness.StartedAsync("job-1");
        (await harness.Get<StartGate>().InProgressAsync("job", CancellationToken.None)).ShouldBe(1);
    }

    [Fact]
    public async Task A_run_that_was_deleted_gives_its_place_back_with_the_safety_poll()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Waiting());
        await harness.LimitAsync("job", concurrent: 1);
        await harness.DispatchAsync("job", "job-1");
        await harness.StartedAsync("job-1");
        await harness.DispatchAsync("job", "job-2");
        await harness.Store.CommitAsync(new Commit { DeletedInstances = ["job-1"] }, CancellationToken.None);

        await harness.UntilAsync(async () => (await harness.IdsOfAsync("job")).Contains("job-2"), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task An_event_starts_a_limited_workflow_through_the_queue_and_once()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Sequence(Trigger("go", "Elsa.Event", ("eventName", "Literal", "go")), Step("e", "Elsa.Event", ("eventName", "Literal", "end"))));
        await harness.LimitAsync("job", concurrent: 1);

        for (var i = 0; i < 3; i++)
            await harness.Runtime.PublishAsync(Activities.EventStimulus.For("go", null), CancellationToken.None);

        await harness.UntilAsync(async () => await harness.RunningOfAsync("job") == 1 && await harness.QueuedAsync("job") == 2);
        var first = (await harness.InstancesOfAsync("job")).ShouldHaveSingleItem();
        await harness.EndAsync(first.Id);
        await harness.UntilAsync(async () => (await harness.IdsOfAsync("job")).Length == 2);
    }

    [Fact]
    public async Task A_child_that_a_limit_holds_waits_in_the_queue_when_its_parent_waits_for_its_end()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("child", Waiting());
        await harness.PublishAsync("parent", Sequence(
            Step("call", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", "Literal", "child"), ("waitForCompletion", "Literal", true)), Line("went on")));
        await harness.LimitAsync("child", concurrent: 1);
        var first = await harness.RunAsync("child");

        var parent = await harness.RunAsync("parent");

        parent.Instance.SubStatus.ShouldBe("Suspended");
        await harness.EndAsync(first.Instance.Id);
        await harness.UntilAsync(async () => (await harness.IdsOfAsync("child")).Length == 2);
        await harness.EndAsync((await harness.IdsOfAsync("child")).Single(id => id != first.Instance.Id));
        await harness.FinishedAsync("parent");
        harness.Lines.ToString().ShouldContain("went on");
    }
}
