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

    [ExtendedFact]
    public Task Whoever_keeps_theirs_overwrites_what_was_shown_and_the_other_one_is_asked_next() => studio.PlayTogetherAsync(async (admin, mina) =>
    {
        await OpenTogetherAsync(admin, mina, "Kept");
        await mina.AddActivityAsync("Write Line", 80, 120);
        var kept = await admin.AddActivityAsync("Write Line", 420, 120, saved: false);

        await ConflictShownAsync(admin, "mina saved version 1 at");
        await Assertions.Expect(Dialog(admin).Locator(".pf-difference")).ToHaveTextAsync([new Regex("Added.*WriteLine1"), new Regex("Missing.*WriteLine1")]);
        await admin.PictureAsync("conflict-light");
        await admin.Page.EvaluateAsync("document.documentElement.dataset.theme = 'dark'");
        await admin.PictureAsync("conflict-dark");
        await admin.SavedByAsync(() => ChooseAsync(admin, "Keep mine"));
        await admin.AddActivityAsync("Write Line", 420, 320);

        await mina.AddActivityAsync("Write Line", 80, 320, saved: false);
        await ConflictShownAsync(mina, "admin saved version 1 at");
        await ChooseAsync(mina, "Take theirs");
        await mina.Node(kept).WaitForAsync();
        await mina.WaitForCanvasAsync(activities: 2);
    });

    [ExtendedFact]
    public Task A_copy_keeps_both() => studio.PlayTogetherAsync(async (admin, mina) =>
    {
        var id = await OpenTogetherAsync(admin, mina, "Both");
        var theirs = await mina.AddActivityAsync("Write Line", 80, 120);
        var mine = await admin.AddActivityAsync("Write Line", 420, 120, saved: false);

        await ConflictShownAsync(admin, "mina saved version 1");
        await Assertions.Expect(Dialog(admin).GetByRole(AriaRole.Button, new() { Name = "Save mine as a copy" })).ToBeFocusedAsync();
        await admin.Page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(admin.Page.Locator(".pf-crumb-here")).ToHaveTextAsync("Both (copy of admin)");
        admin.Page.Url.ShouldNotContain(id);
        await admin.Node(mine).WaitForAsync();
        await Assertions.Expect(admin.Node(theirs)).ToHaveCountAsync(0);
        await admin.WaitForCanvasAsync(activities: 1);
        await admin.AddActivityAsync("Write Line", 80, 320);
        await OpenInAsync(admin, id);
        await admin.Node(theirs).WaitForAsync();
        await Assertions.Expect(admin.Node(mine)).ToHaveCountAsync(0);
    });

    [Fact]
    public Task Who_edits_while_the_other_one_publishes_is_told_and_keeps_a_draft_after_it() => studio.PlayTogetherAsync(async (admin, mina) =>
    {
        await OpenTogetherAsync(admin, mina, "Published meanwhile");
        await mina.AddActivityAsync("Write Line", 80, 120);
        await mina.PublishAsync();
        await admin.AddActivityAsync("Write Line", 420, 120, saved: false);

        await ConflictShownAsync(admin, "mina published version 1 at");
        await admin.SavedByAsync(() => ChooseAsync(admin, "Keep mine"));

        await Assertions.Expect(admin.Page.Locator(".pf-chip")).ToContainTextAsync("v2 · Draft");
        await mina.OpenDefinitionsAsync();
        await Assertions.Expect(await mina.FindDefinitionAsync("Published meanwhile")).ToContainTextAsync("1");
    });

    [ExtendedFact]
    public Task Who_publishes_what_the_other_one_has_changed_is_asked_first() => studio.PlayTogetherAsync(async (admin, mina) =>
    {
        await OpenTogetherAsync(admin, mina, "Publish over");
        var first = await admin.AddActivityAsync("Write Line", 80, 120);
        await mina.Page.ReloadAsync();
        await mina.WaitForCanvasAsync(activities: 1);
        await mina.AddActivityAsync("Write Line", 420, 120);

        await admin.ToolbarButtonAsync("Publish workflow");
        await ConflictShownAsync(admin, "mina saved version 1");
        await admin.SavedByAsync(() => ChooseAsync(admin, "Keep mine and publish it"));

        await Assertions.Expect(admin.Page.Locator(".pf-chip")).ToContainTextAsync("v1 · Published");
        await mina.Page.ReloadAsync();
        await mina.Node(first).WaitForAsync();
        await Assertions.Expect(mina.Page.Locator(".x6-node")).ToHaveCountAsync(1);
    });

    [ExtendedFact]
    public Task What_was_seen_is_remembered_by_the_store_and_not_by_the_process() => studio.PlayTogetherAsync(async (admin, mina) =>
    {
        await OpenTogetherAsync(admin, mina, "Restarted");
        await mina.AddActivityAsync("Write Line", 80, 120);
        await studio.Server.RestartAsync();

        await admin.AddActivityAsync("Write Line", 420, 120, saved: false);
        await ConflictShownAsync(admin, "mina saved version 1");
        await ChooseAsync(admin, "Take theirs");
        await admin.WaitForCanvasAsync(activities: 1);
        await mina.AddActivityAsync("Write Line", 80, 320, saved: true);
    });

    [ExtendedFact]
    public Task One_who_decides_later_is_reminded_and_asked_again() => studio.PlayTogetherAsync(async (admin, mina) =>
    {
        await OpenTogetherAsync(admin, mina, "Later");
        await mina.AddActivityAsync("Write Line", 80, 120);
        await admin.AddActivityAsync("Write Line", 420, 120, saved: false);
        await ConflictShownAsync(admin, "mina saved version 1");
        await admin.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(Dialog(admin)).ToHaveCountAsync(0);
        await Assertions.Expect(admin.Page.Locator(".pf-banner")).ToContainTextAsync("because mina saved version 1");
        await admin.PictureAsync("conflict-later");

        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Save again" }).ClickAsync();
        await ConflictShownAsync(admin, "mina saved version 1");
        await admin.SavedByAsync(() => ChooseAsync(admin, "Keep mine"));
        await Assertions.Expect(admin.Page.Locator(".pf-banner")).ToBeHiddenAsync();
    });

    [ExtendedFact]
    public Task A_workflow_that_the_other_one_deleted_can_be_made_again() => studio.PlayTogetherAsync(async (admin, mina) =>
    {
        var id = await OpenTogetherAsync(admin, mina, "Deleted meanwhile");
        await mina.OpenDefinitionsAsync();
        await mina.Page.EvaluateAsync(
            "id => fetch(`../elsa/api/workflow-definitions/${id}`, { method: 'DELETE' }).then(answer => { if (!answer.ok) throw new Error(answer.status); })", id);
        await admin.AddActivityAsync("Write Line", 420, 120, saved: false);

        await ConflictShownAsync(admin, "mina deleted this workflow at");
        await admin.SavedByAsync(() => ChooseAsync(admin, "Create it again"));

        await admin.Page.ReloadAsync();
        await admin.WaitForCanvasAsync(activities: 1);
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

    async Task<string> OpenTogetherAsync(StudioPage admin, StudioPage mina, string name)
    {
        await admin.SignInAsync("/studio/definitions");
        var id = await CreateAsync(admin, name);
        await mina.SignInAsync("/studio/definitions/" + id, studio.Server.SecondUsername);
        await mina.WaitForCanvasAsync();
        return id;
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
