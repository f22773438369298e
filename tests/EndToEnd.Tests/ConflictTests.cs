using System.Text.RegularExpressions;

namespace Platform.EndToEnd.Tests;

/// <summary>Two tabs, or two people, at the same workflow: nobody overwrites unseen what the other one did.</summary>
[Collection(Studio.Name)]
public sealed class ConflictTests(Studio.Fixture studio)
{
    const string SaveAddress = "**/elsa/api/workflow-definitions";

    [Fact]
    public Task The_second_of_two_tabs_takes_what_the_first_saved() => studio.PlayAsync(async first =>
    {
        await first.SignInAsync("/studio/definitions");
        var id = await CreateAsync(first, "Two tabs");
        var second = await OpenInAsync(await first.OpenTabAsync(), id);
        var kept = await first.AddActivityAsync("Write Line", 80, 120);
        var dropped = await second.AddActivityAsync("Write Line", 420, 120, saved: false);

        await ConflictShownAsync(second, "In another tab, you saved version 1 at");
        await ChooseAsync(second, "Take theirs");

        await second.Node(kept).WaitForAsync();
        await Assertions.Expect(second.Node(dropped)).ToHaveCountAsync(0);
        await Assertions.Expect(second.Page.Locator(".pf-banner")).ToBeHiddenAsync();
        await second.WaitForCanvasAsync(activities: 1);
        await second.AddActivityAsync("Write Line", 420, 320);
        await first.Page.ReloadAsync();
        await first.WaitForCanvasAsync(activities: 2);
    });

    [Fact]
    public Task Who_edits_while_the_other_one_publishes_is_told_and_keeps_a_draft_after_it() => studio.PlayAsync(async page =>
    {
        using var mina = await SignInOtherAsync();
        await page.SignInAsync("/studio/definitions");
        var id = await CreateAsync(page, "Published meanwhile");
        await mina.AddActivityAsync(id, "Theirs");
        await mina.PublishAsync(id);
        await page.AddActivityAsync("Write Line", 420, 120, saved: false);

        await ConflictShownAsync(page, "mina published version 1 at");
        await page.SavedByAsync(() => ChooseAsync(page, "Keep mine"));

        await Assertions.Expect(page.Page.Locator(".pf-chip")).ToContainTextAsync("v2 · Draft");
        (await mina.NamesAsync(id)).ShouldBe(["WriteLine1"]);
        (await mina.NamesAsync(id, "Published")).ShouldBe(["Theirs"]);
    });

    [Fact]
    public Task Each_choice_does_what_it_says_also_after_a_restart() => studio.PlayAsync(async page =>
    {
        using var mina = await SignInOtherAsync();
        await page.SignInAsync("/studio/definitions");
        var id = await CreateAsync(page, "Choices");

        // Later, then mine: the other one's change is named, and lost only after that.
        await mina.AddActivityAsync(id, "Theirs1");
        var stale = mina.Seen;
        await page.AddActivityAsync("Write Line", 80, 120, saved: false);
        await ConflictShownAsync(page, "mina saved version 1");
        await Assertions.Expect(Dialog(page).Locator(".pf-difference")).ToHaveTextAsync([new Regex("Added.*WriteLine1"), new Regex("Missing.*Theirs1")]);
        await page.PictureAsync("conflict-light");
        await page.Page.EvaluateAsync("document.documentElement.dataset.theme = 'dark'");
        await page.PictureAsync("conflict-dark");
        await page.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(Dialog(page)).ToHaveCountAsync(0);
        await Assertions.Expect(page.Page.Locator(".pf-banner")).ToContainTextAsync("because mina saved version 1");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Save again" }).ClickAsync();
        await ConflictShownAsync(page, "mina saved version 1");
        await page.SavedByAsync(() => ChooseAsync(page, "Keep mine"));
        await Assertions.Expect(page.Page.Locator(".pf-banner")).ToBeHiddenAsync();
        (await mina.NamesAsync(id)).ShouldBe(["WriteLine1"]);
        (await mina.TryAddActivityAsync(id, "Theirs2", stale)).ShouldContain("admin saved version 1");

        // Theirs, with a server that was started meanwhile: what was seen stands in the store.
        await mina.AddActivityAsync(id, "Theirs3");
        await studio.Server.RestartAsync();
        var dropped = await page.AddActivityAsync("Write Line", 420, 120, saved: false);
        await ConflictShownAsync(page, "mina saved version 1");
        await ChooseAsync(page, "Take theirs");
        await page.WaitForCanvasAsync(activities: 2);
        await Assertions.Expect(page.Node(dropped)).ToHaveCountAsync(0);

        // Publishing over a change asks as well.
        await mina.AddActivityAsync(id, "Theirs4");
        await page.ToolbarButtonAsync("Publish workflow");
        await ConflictShownAsync(page, "mina saved version 1");
        await page.SavedByAsync(() => ChooseAsync(page, "Keep mine and publish it"));
        await Assertions.Expect(page.Page.Locator(".pf-chip")).ToContainTextAsync("v1 · Published");
        (await mina.NamesAsync(id)).ShouldBe(["WriteLine1", "Theirs3"], ignoreOrder: true);
    });

    [Fact]
    public Task A_copy_keeps_both_and_what_was_deleted_is_made_again() => studio.PlayAsync(async page =>
    {
        using var mina = await SignInOtherAsync();
        await page.SignInAsync("/studio/definitions");
        var id = await CreateAsync(page, "Both");
        await mina.AddActivityAsync(id, "Theirs");
        var mine = await page.AddActivityAsync("Write Line", 420, 120, saved: false);

        await ConflictShownAsync(page, "mina saved version 1");
        await Assertions.Expect(Dialog(page).GetByRole(AriaRole.Button, new() { Name = "Save mine as a copy" })).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Page.Locator(".pf-crumb-here")).ToHaveTextAsync("Both (copy of admin)");
        await page.Node(mine).WaitForAsync();
        await page.WaitForCanvasAsync(activities: 1);
        var copy = Uri.UnescapeDataString(new Uri(page.Page.Url).Segments[^1]);
        copy.ShouldNotBe(id);
        (await mina.NamesAsync(id)).ShouldBe(["Theirs"]);

        await mina.DeleteAsync(copy);
        await page.AddActivityAsync("Write Line", 80, 320, saved: false);
        await ConflictShownAsync(page, "mina deleted this workflow at");
        await page.SavedByAsync(() => ChooseAsync(page, "Create it again"));
        (await mina.NamesAsync(copy)).Count.ShouldBe(2);
    });

    [Fact]
    public Task Saves_of_one_tab_that_overlap_or_lose_their_answers_are_no_conflict() => studio.PlayAsync(async page =>
    {
        page.Expect("ERR_FAILED|Failed to load resource");
        await page.SignInAsync("/studio/definitions");
        await CreateAsync(page, "Alone");
        var lost = new TaskCompletionSource();
        await page.Page.RouteAsync(SaveAddress, async route =>
        {
            if (lost.Task.IsCompleted)
            {
                await route.ContinueAsync();
                return;
            }

            // The server has stored it, and the browser never hears of that.
            var answer = await route.FetchAsync();
            answer.Status.ShouldBe(200);
            lost.SetResult();
            await route.AbortAsync();
        });

        await page.AddActivityAsync("Write Line", 80, 120, saved: false);
        await lost.Task;
        await page.AddActivityAsync("Write Line", 420, 120, saved: false);
        await page.AddActivityAsync("Write Line", 80, 320, saved: false);
        await page.SaveAsync();

        await Assertions.Expect(page.Page.Locator(".pf-banner")).ToBeHiddenAsync();
        await Assertions.Expect(Dialog(page)).ToHaveCountAsync(0);
        await page.OpenDefinitionsAsync();
        await page.OpenDefinitionAsync("Alone");
        await page.WaitForCanvasAsync(activities: 3);
    });

    async Task<OtherPerson> SignInOtherAsync()
    {
        await studio.Server.AddSecondPersonAsync();
        return await OtherPerson.SignInAsync(studio.Server);
    }

    static async Task<string> CreateAsync(StudioPage page, string name)
    {
        await page.DefinitionsShownAsync();
        return await page.CreateWorkflowAsync(name);
    }

    static async Task<StudioPage> OpenInAsync(StudioPage page, string definitionId)
    {
        await page.OpenAsync("/studio/definitions/" + definitionId);
        await page.WaitForCanvasAsync();
        return page;
    }

    static ILocator Dialog(StudioPage page) => page.Page.Locator(".pf-conflict");

    static async Task ConflictShownAsync(StudioPage page, string text)
    {
        page.Expect("status of 400");
        await Assertions.Expect(Dialog(page)).ToContainTextAsync(text);
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Dialog, new() { NameRegex = new Regex("changed meanwhile") })).ToBeVisibleAsync();
    }

    static Task ChooseAsync(StudioPage page, string choice) => Dialog(page).Locator("button", new() { HasTextRegex = new Regex("^" + Regex.Escape(choice)) }).ClickAsync();
}
