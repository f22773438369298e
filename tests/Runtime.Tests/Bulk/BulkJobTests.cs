using System.Text.Json;
using Platform.Engine;
using Platform.Runtime.Bulk;
using Platform.Runtime.Store;
using Platform.Runtime.Tests.Reruns;
using static Platform.Runtime.Tests.Documents;
using static Platform.Runtime.Tests.Reruns.RerunHarness;

namespace Platform.Runtime.Tests.Bulk;

/// <summary>One action on many instances: each once, whatever happens in between.</summary>
public sealed class BulkJobTests
{
    private readonly string _key = Guid.NewGuid().ToString("n");

    [Fact]
    public async Task A_job_cancels_what_runs_and_leaves_out_what_has_ended()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await WaitingAsync(harness, 3);
        await harness.PublishAsync("done", Sequence(Line("x")));
        await harness.RunAsync("done");
        var filter = new BulkFilter(new InstanceFilter { DefinitionIds = ["waits", "done"] }, []);

        var preview = (await harness.Get<BulkJobs>().PreviewAsync(BulkAction.Cancel, filter, CancellationToken.None)).ShouldNotBeNull();
        preview.Instances.Count.ShouldBe(3);
        preview.LeftOut.ShouldBe([new BulkLeftOut("It has ended already.", 1)]);
        var job = await EndedAsync(harness, await SubmitAsync(harness, BulkAction.Cancel, filter, expected: 3));

        (job.Status, job.Total, job.Done, job.Failed, job.LeftOut).ShouldBe((BulkStatus.Completed, 3, 3, 0, 0));
        (await harness.InstancesOfAsync("waits")).ShouldAllBe(instance => instance.SubStatus == "Cancelled");
        await NothingLeftAsync(harness, job.Id);
    }

    [Fact]
    public async Task Another_count_than_the_expected_one_is_refused()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await WaitingAsync(harness, 2);
        var filter = new BulkFilter(new InstanceFilter { DefinitionIds = ["waits"] }, []);

        var result = await harness.Get<BulkJobs>().SubmitAsync(NewJob(BulkAction.Cancel), filter, 3, CancellationToken.None);

        result.ShouldBeOfType<BulkSubmitResult.Changed>().Count.ShouldBe(2);
        (await harness.Get<BulkJobs>().ListAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_job_of_reruns_does_not_pick_up_what_it_makes()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("w", Sequence(Calls("call", _key), Line("say")));
        for (var i = 0; i < 150; i++)
            await harness.RunAsync("w");

        var job = await EndedAsync(harness, await SubmitAsync(
            harness, BulkAction.Rerun, new BulkFilter(new InstanceFilter { DefinitionIds = ["w"] }, []), request: """{"rerun":{"fromActivityId":"say"}}"""));

        (job.Total, job.Done, job.Failed).ShouldBe((150, 150, 0));
        var instances = await harness.InstancesOfAsync("w");
        instances.Count.ShouldBe(300);
        instances.Select(instance => instance.RerunOf).OfType<string>().Distinct().Count().ShouldBe(150);
        Called.Count(_key).ShouldBe(150);
    }

    [Fact]
    public async Task A_retry_that_was_cut_off_behind_its_commit_is_not_made_twice()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("fails", Sequence(Step("f", "Test.AlwaysFails", ("key", "Literal", _key))));
        var ids = new[] { (await harness.RunAsync("fails")).Instance.Id, (await harness.RunAsync("fails")).Instance.Id };
        await harness.StopAsync();
        await harness.ComposeOnlyAsync();
        var id = await SubmitAsync(harness, BulkAction.Retry, new BulkFilter(new InstanceFilter { Ids = ids }, []));
        var job = (await harness.Get<BulkJobs>().FindAsync(id, CancellationToken.None)).ShouldNotBeNull();
        // The process ends when one instance is retried and nothing is counted.
        (await harness.Get<BulkActions>().DoAsync(job, new(), ids[0], CancellationToken.None)).ShouldBe(BulkOutcome.Done);
        AlwaysFails.Count(_key).ShouldBe(3);

        await harness.StartAsync();
        job = await EndedAsync(harness, id);

        (job.Done, job.Failed, job.LeftOut).ShouldBe((2, 0, 0));
        AlwaysFails.Count(_key).ShouldBe(4, "each instance failed once at its start and once in its retry");
        await NothingLeftAsync(harness, id);
    }

    [Fact]
    public async Task A_throttled_job_goes_on_after_a_restart_and_at_its_rate()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await WaitingAsync(harness, 5);
        var id = await SubmitAsync(harness, BulkAction.Cancel, new BulkFilter(new InstanceFilter { DefinitionIds = ["waits"] }, []), perSecond: 2);
        await harness.UntilAsync(async () => (await JobAsync(harness, id)).Position == 2);
        await harness.RestartAsync();
        (await JobAsync(harness, id)).Position.ShouldBe(2, "the next second has not come");
        (await harness.InstancesOfAsync("waits")).Count(instance => instance.SubStatus == "Cancelled").ShouldBe(2);

        harness.Clock.Advance(TimeSpan.FromSeconds(1));
        await harness.UntilAsync(async () => (await JobAsync(harness, id)).Position == 4);
        (await JobAsync(harness, id)).EndAt(harness.Clock.GetUtcNow()).ShouldNotBeNull().ShouldBeGreaterThan(harness.Clock.GetUtcNow());
        var job = await EndedAsync(harness, id, TimeSpan.FromSeconds(1));

        (job.Total, job.Done).ShouldBe((5, 5));
    }

    [Fact]
    public async Task A_job_that_is_stopped_leaves_the_rest_as_it_is()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await WaitingAsync(harness, 5);
        var id = await SubmitAsync(harness, BulkAction.Cancel, new BulkFilter(new InstanceFilter { DefinitionIds = ["waits"] }, []), perSecond: 2);
        await harness.UntilAsync(async () => (await JobAsync(harness, id)).Position == 2);

        (await harness.Get<BulkJobs>().CancelAsync(id, CancellationToken.None)).ShouldNotBeNull().IsCancelRequested.ShouldBeTrue();
        var job = await EndedAsync(harness, id, TimeSpan.FromSeconds(1));

        (job.Status, job.Done).ShouldBe((BulkStatus.Cancelled, 2));
        (await harness.InstancesOfAsync("waits")).Count(instance => instance.SubStatus == "Suspended").ShouldBe(3);
        await NothingLeftAsync(harness, id);
    }

    [Fact]
    public async Task What_fails_is_told_with_its_reason_and_the_others_are_done()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("w", Sequence(Line("a")));
        var run = await harness.RunAsync("w");
        await harness.PublishAsync("other", Sequence(Line("b")));
        var other = await harness.RunAsync("other");

        var job = await EndedAsync(harness, await SubmitAsync(
            harness, BulkAction.Rerun, new BulkFilter(new InstanceFilter { Ids = [run.Instance.Id, other.Instance.Id] }, []), request: """{"rerun":{"fromActivityId":"a"}}"""));

        (job.Done, job.Failed).ShouldBe((1, 1));
        job.Failures.ShouldHaveSingleItem().InstanceId.ShouldBe(other.Instance.Id);
        job.Failures[0].Reason.ShouldContain("did not execute an activity 'a'");
    }

    [Fact]
    public async Task Delete_takes_what_has_ended_and_says_what_runs()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await WaitingAsync(harness, 1);
        await harness.PublishAsync("done", Sequence(Line("x")));
        for (var i = 0; i < 3; i++)
            await harness.RunAsync("done");
        var filter = new BulkFilter(new InstanceFilter { DefinitionIds = ["waits", "done"] }, []);
        (await harness.Get<BulkJobs>().PreviewAsync(BulkAction.Delete, filter, CancellationToken.None))!.LeftOut.ShouldBe([new BulkLeftOut("It is running. Cancel it first.", 1)]);

        var job = await EndedAsync(harness, await SubmitAsync(harness, BulkAction.Delete, filter));

        job.Done.ShouldBe(3);
        (await harness.InstancesOfAsync("done")).ShouldBeEmpty();
        (await harness.InstancesOfAsync("waits")).Count.ShouldBe(1);
    }

    private static BulkJob NewJob(BulkAction action, string request = "{}", int? perSecond = null) =>
        new(Guid.NewGuid().ToString("n"), action, JsonElement.Parse(request)) { PerSecond = perSecond };

    private static async Task<string> SubmitAsync(
        RuntimeHarness harness, BulkAction action, BulkFilter filter, int? expected = null, string request = "{}", int? perSecond = null) =>
        (await harness.Get<BulkJobs>().SubmitAsync(NewJob(action, request, perSecond), filter, expected, CancellationToken.None))
            .ShouldBeOfType<BulkSubmitResult.Accepted>().Job.Id;

    private static async Task<BulkJob> JobAsync(RuntimeHarness harness, string id) =>
        (await harness.Get<BulkJobs>().FindAsync(id, CancellationToken.None)).ShouldNotBeNull();

    private static async Task<BulkJob> EndedAsync(RuntimeHarness harness, string id, TimeSpan step = default)
    {
        await harness.UntilAsync(async () => (await JobAsync(harness, id)).CompletedAt is not null, step);
        return await JobAsync(harness, id);
    }

    private static async Task WaitingAsync(RuntimeHarness harness, int count)
    {
        await harness.PublishAsync("waits", Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", "never"))));
        for (var i = 0; i < count; i++)
            await harness.RunAsync("waits");
    }

    private static async Task NothingLeftAsync(RuntimeHarness harness, string id)
    {
        (await harness.Store.ListDocumentsAsync("bulk-instances:" + id, CancellationToken.None)).ShouldBeEmpty();
        (await harness.Store.ListDocumentsAsync("bulk-done:" + id, CancellationToken.None)).ShouldBeEmpty();
        (await harness.Store.FindWorkByKeyAsync("bulk:" + id, CancellationToken.None)).ShouldBeNull();
    }
}

/// <summary>Faults every time, and counts how often.</summary>
[Activity("Test", "Test")]
public sealed class AlwaysFails : CodeActivity
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, int> Times = new();

    public Input<string> Key { get; set; } = new("");

    public static int Count(string key) => Times.GetValueOrDefault(key);

    protected override void Execute(ActivityExecutionContext context)
    {
        Times.AddOrUpdate(Key.Get(context)!, 1, (_, count) => count + 1);
        throw new InvalidOperationException("Never.");
    }
}
