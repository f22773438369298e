using Platform.Runtime.Activities;
using Platform.Runtime.Execution;
using Platform.Runtime.Stimuli;
using Platform.Runtime.Store;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests.Stimuli;

public sealed class KeptStimuliTests
{
    [Fact]
    public async Task An_event_that_happens_before_anybody_waits_still_reaches_who_waits_a_moment_later()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("waits", Waiting("paid"));

        await harness.Runtime.DeliverAsync(EventStimulus.For("paid", null), CancellationToken.None);
        harness.Get<KeptStimuli>().List().ShouldHaveSingleItem().IsDead.ShouldBeFalse();
        await harness.RunAsync("waits");

        (await harness.FinishedAsync("waits")).Instance.SubStatus.ShouldBe("Finished");
        harness.Get<KeptStimuli>().List().ShouldBeEmpty();
        (await harness.Store.ListDocumentsAsync("stimulus", CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task It_is_kept_over_a_restart()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("waits", Waiting("paid"));
        await harness.Runtime.DeliverAsync(EventStimulus.For("paid", "the payload"), CancellationToken.None);

        await harness.RestartAsync();
        await harness.RunAsync("waits");

        await harness.FinishedAsync("waits");
    }

    [Fact]
    public async Task It_goes_to_the_instance_it_is_meant_for_and_only_once()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("waits", Waiting("paid"));
        await harness.Runtime.DeliverAsync(EventStimulus.For("paid", null) with { CorrelationId = "order 2" }, CancellationToken.None);

        var other = await StartAsync(harness, "order 1");
        var meant = await StartAsync(harness, "order 2");
        await harness.CommittedAsync(burst => burst.Instance.Id == meant && burst.Instance.Status == "Finished");
        var second = await StartAsync(harness, "order 2");

        (await harness.InstanceAsync(other)).SubStatus.ShouldBe("Suspended");
        (await harness.InstanceAsync(second)).SubStatus.ShouldBe("Suspended");
    }

    [Fact]
    public async Task What_started_or_resumed_something_is_not_kept()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("starts", Flowchart([Trigger("e", "Elsa.Event", ("eventName", "Literal", "begin")), Line("begun")], "e -> begun"));
        await harness.PublishAsync("waits", Waiting("paid"));
        await harness.RunAsync("waits");

        await harness.Runtime.DeliverAsync(EventStimulus.For("begin", null), CancellationToken.None);
        await harness.Runtime.DeliverAsync(EventStimulus.For("paid", null), CancellationToken.None);

        harness.Get<KeptStimuli>().List().ShouldBeEmpty();
    }

    [Fact]
    public async Task After_its_time_it_is_a_dead_letter_that_reaches_nobody_until_it_is_replayed()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("waits", Waiting("paid"));
        await harness.Runtime.DeliverAsync(EventStimulus.For("paid", null), CancellationToken.None);
        var kept = harness.Get<KeptStimuli>();

        harness.Clock.Advance(TimeSpan.FromMinutes(11));
        await kept.EndAsync(CancellationToken.None);
        // The duty may have been at it too, and be about to put it back.
        await harness.UntilAsync(() => kept.List().Any(letter => letter.IsDead));
        var letter = kept.List().ShouldHaveSingleItem();
        letter.Reason.ShouldBe("Nothing waited for it within 00:10:00, and no published workflow is started by it.");
        var run = await harness.RunAsync("waits");
        run.Instance.SubStatus.ShouldBe("Suspended");

        (await kept.ReplayAsync(letter.Id, CancellationToken.None)).ShouldBeTrue();
        (await kept.ReplayAsync(letter.Id, CancellationToken.None)).ShouldBeFalse();

        await harness.FinishedAsync("waits");
        (await harness.Store.ListDocumentsAsync("stimulus", CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_nobody_wants_is_gone_in_the_end_without_anybody_asking()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.Runtime.DeliverAsync(EventStimulus.For("paid", null), CancellationToken.None);
        (await harness.Store.ListDocumentsAsync("stimulus", CancellationToken.None)).ShouldHaveSingleItem();
        var happenedAt = harness.Clock.GetUtcNow();

        await harness.UntilAsync(async () => (await harness.Store.ListDocumentsAsync("stimulus", CancellationToken.None)).Count == 0, TimeSpan.FromHours(1));

        (harness.Clock.GetUtcNow() - happenedAt).ShouldBeGreaterThan(TimeSpan.FromDays(7));
        harness.Get<KeptStimuli>().List().ShouldBeEmpty();
    }

    [Fact]
    public async Task However_events_and_waits_interleave_each_event_ends_one_wait()
    {
        const int count = 40;
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("waits", Waiting("paid"));
        var random = new Random(20261127);
        var steps = Enumerable.Range(0, count).SelectMany(i => new[] { (Order: i, IsEvent: true), (Order: i, IsEvent: false) }).OrderBy(_ => random.Next()).ToList();

        await Parallel.ForEachAsync(steps, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (step, _) =>
        {
            if (step.IsEvent)
                await harness.Runtime.PublishAsync(EventStimulus.For("paid", null) with { CorrelationId = $"order {step.Order}" }, CancellationToken.None);
            else
                await StartAsync(harness, $"order {step.Order}");
        });

        await harness.UntilAsync(async () => (await harness.InstancesOfAsync("waits")).Count(instance => instance.SubStatus == "Finished") == count);
        harness.Get<KeptStimuli>().List().ShouldBeEmpty();
    }

    private static string Waiting(string eventName) => Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", eventName)));

    private static async Task<string> StartAsync(RuntimeHarness harness, string correlationId)
    {
        var result = await harness.Runtime.StartAsync(new StartRequest { DefinitionId = "waits", CorrelationId = correlationId }, CancellationToken.None);
        return result.ShouldBeOfType<StartResult.Started>().Instance.Id;
    }
}
