using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests;

/// <summary>Resuming on behalf of something that can be used once: the mark and what it caused are stored together.</summary>
public sealed class SingleUseTests
{
    private static readonly DocumentKey _mark = new("used", "link-1");

    [Fact]
    public async Task The_mark_is_stored_with_the_resume_and_a_second_use_does_nothing()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var bookmark = await WaitAsync(harness);

        (await UseAsync(harness, bookmark)).ShouldBeOfType<ResumeResult.Resumed>().Instance.SubStatus.ShouldBe("Finished");
        (await UseAsync(harness, bookmark)).ShouldBeNull();

        (await harness.Store.FindDocumentAsync(_mark.Kind, _mark.Id, CancellationToken.None)).ShouldNotBeNull();
        harness.Lines.ToString().ShouldBe($"after{Environment.NewLine}");
    }

    [Fact]
    public async Task Of_many_uses_at_once_one_resumes()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        var bookmark = await WaitAsync(harness);

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => UseAsync(harness, bookmark)));

        results.Count(result => result is ResumeResult.Resumed).ShouldBe(1);
        results.Count(result => result is null).ShouldBe(19);
        harness.Lines.ToString().ShouldBe($"after{Environment.NewLine}");
    }

    [Fact]
    public async Task A_use_that_could_not_be_stored_did_not_happen_and_can_be_made_after_a_restart()
    {
        var store = new StoppingStore();
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.StopAsync();
        harness.Wrap = store.Around;
        await harness.StartAsync();
        var bookmark = await WaitAsync(harness);
        store.StopAfter(0);

        await Should.ThrowAsync<Exception>(() => UseAsync(harness, bookmark));

        (await harness.Store.FindDocumentAsync(_mark.Kind, _mark.Id, CancellationToken.None)).ShouldBeNull();
        (await harness.Store.FindBookmarksAsync(new BookmarkFilter { Id = bookmark.Id }, CancellationToken.None)).ShouldHaveSingleItem();
        harness.Wrap = inner => inner;
        await harness.RestartAsync();
        (await UseAsync(harness, bookmark)).ShouldBeOfType<ResumeResult.Resumed>();
    }

    private static async Task<StoredBookmark> WaitAsync(RuntimeHarness harness)
    {
        await harness.PublishAsync("waits", Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", "go")), Line("after")));
        var run = await harness.RunAsync("waits");
        return (await harness.Store.FindBookmarksAsync(new BookmarkFilter { InstanceId = run.Instance.Id }, CancellationToken.None)).ShouldHaveSingleItem();
    }

    private static Task<ResumeResult?> UseAsync(RuntimeHarness harness, StoredBookmark bookmark) => harness.Runtime.ResumeOnceAsync(
        bookmark, null, _mark, commit => commit.Documents = [new StoredDocument(_mark.Kind, _mark.Id, "{}")], CancellationToken.None).AsTask();
}
