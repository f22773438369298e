using Platform.Runtime.Dispatching;
using Platform.Runtime.Execution;
using Platform.Runtime.Explanations;
using Platform.Runtime.Store;
using static Platform.Runtime.Tests.Dispatching.DispatchHarness;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests.Dispatching;

public sealed class QueueItemTests
{
    [Fact]
    public async Task A_delayed_start_begins_at_its_time_and_not_before()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Sequence(Line("ran")));
        var dueAt = harness.Clock.GetUtcNow().AddMinutes(10);
        await harness.DispatchAsync("job", "later", dueAt: dueAt);
        await harness.PassAsync("pass-1");
        (await harness.IdsOfAsync("job")).ShouldBeEmpty();

        harness.Clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        await harness.PassAsync("pass-2");
        (await harness.IdsOfAsync("job")).ShouldBeEmpty();
        harness.Clock.Advance(TimeSpan.FromTicks(1));

        await harness.StartedAsync("later");
    }

    [Fact]
    public async Task What_has_a_higher_priority_begins_first()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Waiting());
        await harness.LimitAsync("job", concurrent: 1);
        await harness.DispatchAsync("job", "first");
        await harness.StartedAsync("first");
        await harness.DispatchAsync("job", "low", priority: -5);
        await harness.DispatchAsync("job", "high", priority: 5);
        await harness.DispatchAsync("job", "middle");

        foreach (var (ended, next) in new[] { ("first", "high"), ("high", "middle"), ("middle", "low") })
        {
            await harness.EndAsync(ended);
            await harness.StartedAsync(next);
            (await harness.RunningOfAsync("job")).ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_queued_start_is_taken_back_before_it_begins_and_not_after()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Waiting());
        await harness.PauseAsync("job");
        var work = await harness.DispatchAsync("job", "unwanted");
        var wanted = await harness.DispatchAsync("job", "wanted");
        var items = harness.Get<QueueItems>();

        (await items.WithdrawAsync(work.Id, CancellationToken.None)).ShouldBe(WithdrawResult.Withdrawn);
        await harness.ResumeAsync("job");
        await harness.StartedAsync("wanted");
        await harness.UntilAsync(async () => await harness.QueuedAsync("job") == 0);

        (await harness.IdsOfAsync("job")).ShouldBe(["wanted"]);
        (await items.WithdrawAsync(work.Id, CancellationToken.None)).ShouldBe(WithdrawResult.NotFound);
        (await items.WithdrawAsync(wanted.Id, CancellationToken.None)).ShouldBe(WithdrawResult.NotFound);
    }

    [Fact]
    public async Task A_start_that_a_worker_has_begun_with_is_not_taken_back()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Sequence(Line("ran")));
        StoredWork work;
        Task ended;
        using (await harness.Get<InstanceRunner>().Gate.EnterAsync("busy", CancellationToken.None))
        {
            work = await harness.DispatchAsync("job", "busy");
            await harness.UntilAsync(() => harness.Get<Withdrawals>().HasBegun(work.Id));

            (await harness.Get<QueueItems>().WithdrawAsync(work.Id, CancellationToken.None)).ShouldBe(WithdrawResult.Running);
            (await harness.Get<QueueItems>().FindStartAsync("busy", CancellationToken.None))!.State.ShouldBe(QueueState.Running);
            ended = harness.Get<QueueItems>().WhenEndedAsync(work.Id, CancellationToken.None);
            ended.IsCompleted.ShouldBeFalse();
        }

        await ended.WaitAsync(TimeSpan.FromSeconds(30));
        (await harness.Store.FindInstanceAsync("busy", CancellationToken.None)).ShouldNotBeNull("who waited finds what became of it");
        harness.Get<QueueItems>().WhenEndedAsync(work.Id, CancellationToken.None).IsCompleted.ShouldBeTrue();
        await harness.FinishedAsync("job");
    }

    [Fact]
    public async Task A_start_that_waits_in_memory_does_not_begin_after_it_was_taken_back()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Sequence(Line("ran")));
        var runner = harness.Get<InstanceRunner>();
        var busy = new List<IDisposable>();
        for (var i = 0; i < 4; i++)
        {
            busy.Add(await runner.Gate.EnterAsync($"busy-{i}", CancellationToken.None));
            var begun = await harness.DispatchAsync("job", $"busy-{i}");
            await harness.UntilAsync(() => harness.Get<Withdrawals>().HasBegun(begun.Id));
        }

        var work = await harness.DispatchAsync("job", "unwanted");
        harness.Get<WorkQueue>().HeldCount.ShouldBe(5);
        (await harness.Get<QueueItems>().WithdrawAsync(work.Id, CancellationToken.None)).ShouldBe(WithdrawResult.Withdrawn);
        busy.ForEach(gate => gate.Dispose());
        await harness.UntilAsync(() => harness.Get<WorkQueue>().HeldCount == 0);

        (await harness.IdsOfAsync("job")).ShouldBe(["busy-0", "busy-1", "busy-2", "busy-3"]);
    }

    [Fact]
    public async Task The_queue_tells_what_waits_for_what()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("limited", Waiting());
        await harness.PublishAsync("paused", Waiting());
        await harness.LimitAsync("limited", concurrent: 1);
        await harness.PauseAsync("paused");
        for (var i = 1; i <= 3; i++)
            await harness.DispatchAsync("limited", $"limited-{i}");
        await harness.StartedAsync("limited-1");
        await harness.DispatchAsync("paused", "paused-1");
        await harness.DispatchAsync("paused", "paused-2", dueAt: harness.Clock.GetUtcNow().AddDays(1));
        await harness.PassAsync("pass-1");
        harness.Clock.Advance(TimeSpan.FromSeconds(3));

        var depths = await harness.Get<QueueItems>().CountAsync(CancellationToken.None);

        var limited = depths.Single(depth => depth.DefinitionId == "limited");
        (limited.Due, limited.Delayed, limited.Held, limited.Paused).ShouldBe((0, 0, 2, 0));
        var paused = depths.Single(depth => depth.DefinitionId == "paused");
        (paused.Due, paused.Delayed, paused.Held, paused.Paused).ShouldBe((0, 1, 0, 1));
        (harness.Clock.GetUtcNow() - paused.OldestAt).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(3));
        var page = await harness.Get<QueueItems>().ListAsync(new WorkFilter { Skip = 1, Take = 3 }, CancellationToken.None);
        page.TotalCount.ShouldBe(4);
        page.Items.Select(item => item.State).ShouldBe([QueueState.Held, QueueState.Paused, QueueState.Delayed]);
    }

    [Fact]
    public async Task A_queued_start_explains_why_it_has_not_begun()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Waiting());
        await harness.LimitAsync("job", concurrent: 1);
        await harness.DispatchAsync("job", "job-1");
        await harness.StartedAsync("job-1");
        var since = harness.Clock.GetUtcNow();
        var work = await harness.DispatchAsync("job", "job-2");
        await harness.DispatchAsync("job", "job-3", dueAt: since.AddHours(2));
        harness.Clock.Advance(TimeSpan.FromMinutes(1));

        var held = await ExplainAsync(harness, "job-2");
        held.SubStatus.ShouldBe("Pending");
        held.Since.ShouldBe(since);
        held.Summary.ShouldContain("1 of its runs is in progress");
        held.Next.ShouldContain("begins by itself when such a run ends");
        held.Waits.ShouldHaveSingleItem().Kind.ShouldBe("Limit");
        held.Actions[^1].Href.ShouldBe($"/api/queue/items/{work.Id}");
        var delayed = await ExplainAsync(harness, "job-3");
        delayed.Summary.ShouldContain("It is to begin in 1 hour 59 minutes");
        delayed.Waits[0].Kind.ShouldBe("Time");

        await harness.PauseAsync("job");
        var paused = await ExplainAsync(harness, "job-2");
        paused.Summary.ShouldContain("was paused by ann");
        paused.Next.ShouldContain("until the workflow is resumed");
        paused.Actions[0].Href.ShouldBe("/api/definitions/job/resume");
        await harness.ResumeAsync("job");
        await harness.EndAsync("job-1");
        await harness.StartedAsync("job-2");
        (await ExplainAsync(harness, "job-2")).SubStatus.ShouldBe("Suspended");
    }

    [Fact]
    public async Task A_keyed_start_keeps_the_terms_of_its_first_request()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Sequence(Line("ran")));
        var dueAt = harness.Clock.GetUtcNow().AddHours(1);
        var request = new StartRequest { DefinitionId = "job", ConcurrencyKey = "a" };
        var keyed = harness.Get<KeyedStarts>();

        var id = await keyed.DispatchAsync(request, "once", new QueueTerms(7, dueAt), CancellationToken.None);

        (await keyed.DispatchAsync(request, "once", new QueueTerms(), CancellationToken.None)).ShouldBe(id);
        (await keyed.DispatchAsync(request with { ConcurrencyKey = "b" }, "once", new QueueTerms(), CancellationToken.None)).ShouldBeNull();
        var item = (await harness.Get<QueueItems>().FindStartAsync(id!, CancellationToken.None)).ShouldNotBeNull();
        (item.Work.Priority, item.Work.DueAt, item.Work.ConcurrencyKey).ShouldBe((7, dueAt, "a"));
    }

    [Fact]
    public async Task The_intake_counts_what_is_queued_and_what_is_in_progress()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Waiting());
        await harness.PauseAsync("job");
        var intake = harness.Get<Intake>();
        var room = harness.Get<RuntimeOptions>().QueueMax;
        for (var i = 0; i < 3; i++)
            await harness.DispatchAsync("job", $"job-{i}");

        intake.QueuedCount.ShouldBe(3);
        intake.HasRoom(room - 3).ShouldBeTrue();
        intake.HasRoom(room - 2).ShouldBeFalse();
        await harness.RestartAsync();
        await harness.UntilAsync(() => harness.Get<Intake>().QueuedCount == 3);
        await harness.ResumeAsync("job");
        await harness.UntilAsync(() => harness.Get<Intake>().QueuedCount == 0);
    }

    private static async Task<InstanceExplanation> ExplainAsync(RuntimeHarness harness, string instanceId) =>
        (await harness.Get<InstanceExplainer>().ExplainAsync(instanceId, CancellationToken.None)).ShouldNotBeNull();
}
