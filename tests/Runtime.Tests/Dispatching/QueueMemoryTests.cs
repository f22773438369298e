using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests.Dispatching;

public sealed class QueueMemoryTests
{
    [Fact]
    public async Task A_backlog_that_is_read_in_parts_is_done_to_its_end_without_a_poll()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Sequence(Line("ran")));
        await harness.StopAsync();
        await harness.Store.CommitAsync(new Commit { Work = [.. Starts(harness, 3_000)] }, CancellationToken.None);

        await harness.StartAsync();

        await harness.UntilAsync(async () => await harness.QueuedAsync("job") == 0);
        (await harness.IdsOfAsync("job")).Length.ShouldBe(3_000);
    }

    [Fact]
    public async Task Background_activities_that_take_long_do_not_keep_starts_from_being_read()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("job", Sequence(Line("ran")));
        // Their instance is busy, so they all wait for as long as the test takes.
        using (await harness.Get<InstanceRunner>().Gate.EnterAsync("slow", CancellationToken.None))
        {
            var background = Enumerable.Range(0, 2_000).Select(i => new StoredWork($"background-{i:d4}", "Background", "bookmark")
            {
                InstanceId = "slow", CreatedAt = harness.Clock.GetUtcNow(), DueAt = harness.Clock.GetUtcNow(), Priority = 1,
            });
            await harness.Store.CommitAsync(new Commit { Work = [.. background, .. Starts(harness, 1)] }, CancellationToken.None);
            await harness.Get<WorkQueue>().ReadDueAsync(CancellationToken.None);

            await harness.FinishedAsync("job");
        }
    }

    private static IEnumerable<StoredWork> Starts(RuntimeHarness harness, int count) =>
        Enumerable.Range(0, count).Select(i => new StoredWork($"start-{i:d6}", "Start", $$"""{"definition":"job","instance":"job-{{i:d6}}","activation":true}""")
        {
            DefinitionId = "job", InstanceId = $"job-{i:d6}", CreatedAt = harness.Clock.GetUtcNow(), DueAt = harness.Clock.GetUtcNow(),
        });
}
