using Platform.Engine;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Store;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests;

public sealed class SelectWorkflowTests
{
    [Fact]
    public async Task It_chooses_the_first_that_is_published_not_paused_and_did_well_enough()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        foreach (var id in (string[])["paused", "bad", "good"])
            await harness.PublishAsync(id, Sequence(Line(id)));
        await harness.Get<DispatchRules>().PauseAsync("paused", PauseMode.Queue, "Ann", default);
        await StoreRunAsync(harness, "bad", "Faulted", 3);
        await StoreRunAsync(harness, "bad", "Finished", 1);
        await StoreRunAsync(harness, "good", "Finished", 1);
        await harness.PublishAsync("select", Sequence(Step(
            "s", "Platform.SelectWorkflow", ("candidates", "Object", new[] { "missing", "paused", "bad", "good" }), ("lowestSuccess", "Literal", 0.5))));

        var run = await harness.RunAsync("select");

        run.Instance.SubStatus.ShouldBe(nameof(WorkflowSubStatus.Finished));
        (await LogAsync(harness, run.Instance.Id)).ShouldContain("'good', because 'missing' is not published, 'paused' is paused, of 'bad' 25 % ended well.");
    }

    [Fact]
    public async Task None_fits_is_an_outcome_and_no_fault()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("select", Flowchart(
            [Step("s", "Platform.SelectWorkflow", ("candidates", "Object", new[] { "missing" })), Line("none")],
            "s:None -> none"));

        var run = await harness.RunAsync("select");

        run.Instance.SubStatus.ShouldBe(nameof(WorkflowSubStatus.Finished));
        (await LogAsync(harness, run.Instance.Id)).ShouldContain("No workflow fits: 'missing' is not published.");
    }

    private static async Task<string> LogAsync(RuntimeHarness harness, string id) => string.Concat(
        (await harness.Store.ReadBurstsAsync(id, default)).Select(burst => System.Text.RegularExpressions.Regex.Unescape(System.Text.Encoding.UTF8.GetString(burst.Log.Span))));

    private static async Task StoreRunAsync(RuntimeHarness harness, string definitionId, string subStatus, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var instance = new StoredInstance($"{definitionId}-{subStatus}-{i}", definitionId, "v", 1) { Revision = 1, Status = "Finished", SubStatus = subStatus };
            await harness.Store.CommitAsync(new Commit { Instances = [instance] }, default);
        }
    }
}
