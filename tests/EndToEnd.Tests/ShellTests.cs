using System.Text.RegularExpressions;

namespace Platform.EndToEnd.Tests;

/// <summary>What our shell adds around Elsa Studio: signing in, finding one's way, and knowing that nothing is lost.</summary>
[Collection(Studio.Name)]
public sealed class ShellTests(Studio.Fixture studio)
{
    const string SaveAddress = "**/elsa/api/workflow-definitions";

    [Fact]
    public Task A_wrong_password_is_refused_in_words_and_the_right_one_lets_in() => studio.PlayAsync(async page =>
    {
        page.Expect("status of 401");
        await page.OpenAsync("/");
        await page.FillSignInAsync("not the password");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("password is not right");

        await page.FillSignInAsync(studio.Server.Password);
        await page.Page.GetByRole(AriaRole.Heading, new() { Name = "Needs you" }).WaitForAsync();
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("/studio/home"));
    });

    [Fact]
    public Task Signing_out_ends_the_session() => studio.PlayAsync(async page =>
    {
        await page.SignInAsync();
        await page.DefinitionsShownAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Account of" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Sign out" }).ClickAsync();
        await page.Page.GetByLabel("Password").WaitForAsync();

        await page.OpenAsync("/studio/instances");
        await page.Page.GetByLabel("Password").WaitForAsync();
        await Assertions.Expect(page.Page.Locator(".instances-table")).ToHaveCountAsync(0);
    });

    [Fact]
    public Task A_session_that_ends_while_drawing_is_renewed_and_the_change_is_kept() => studio.PlayAsync(async page =>
    {
        page.Expect("status of 401");
        await page.SignInAsync("/studio/definitions");
        await page.DefinitionsShownAsync();
        await page.CreateWorkflowAsync("Session ends");
        await page.AddActivityAsync("Write Line", 80, 120);

        await page.Page.Context.ClearCookiesAsync();
        var added = page.AddActivityAsync("Write Line", 420, 120, saved: false);
        await page.Page.GetByText("Your session has ended").WaitForAsync();
        await added;
        await page.SavedByAsync(() => page.FillSignInAsync(studio.Server.Password));

        await page.Page.ReloadAsync();
        await page.WaitForCanvasAsync(activities: 2);
    });

    [Fact]
    public Task A_change_that_was_not_saved_is_said_guarded_and_saved_again() => studio.PlayAsync(async page =>
    {
        page.Expect("status of 409|409 \\(Conflict\\)");
        await page.SignInAsync("/studio/definitions");
        await page.DefinitionsShownAsync();
        await page.CreateWorkflowAsync("Refused once");
        var banner = page.Page.Locator(".pf-banner");

        await page.Page.RouteAsync(SaveAddress, route => route.FulfillAsync(new() { Status = 409, ContentType = "application/problem+json", Body = """{"title":"Somebody else is editing."}""" }));
        await page.AddActivityAsync("Write Line", 80, 120, saved: false);
        await Assertions.Expect(banner).ToContainTextAsync("Somebody else is editing.");

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Workflows" }).First.ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Stay" }).ClickAsync();
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("/studio/definitions/."));
        await page.Page.GoBackAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Stay" }).ClickAsync();
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("/studio/definitions/."));
        await Assertions.Expect(page.Page.Locator(".x6-node")).ToHaveCountAsync(1);

        await page.Page.UnrouteAsync(SaveAddress);
        await page.SavedByAsync(() => page.Page.GetByRole(AriaRole.Button, new() { Name = "Save again" }).ClickAsync());
        await Assertions.Expect(banner).ToBeHiddenAsync();
    });

    [Fact]
    public Task A_change_made_just_before_leaving_is_saved() => studio.PlayAsync(async page =>
    {
        await page.SignInAsync("/studio/definitions");
        await page.DefinitionsShownAsync();
        var definition = await page.CreateWorkflowAsync("Left at once");
        var node = await page.AddActivityAsync("Write Line", 80, 120);
        await page.SelectAsync(node);
        await page.Page.Locator(".mud-tab-panel .mud-form input:visible").First.FillAsync("Typed and left");
        await page.OpenDefinitionsAsync();

        await page.OpenAsync($"/workflows/definitions/{Uri.EscapeDataString(definition)}/edit");
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("/studio/definitions/."));
        await page.WaitForCanvasAsync(activities: 1);
        await page.SelectAsync(node);
        await Assertions.Expect(page.Page.Locator(".mud-tab-panel .mud-form input:visible").First).ToHaveValueAsync("Typed and left");
    });

    [Fact]
    public Task Going_back_and_forward_shows_the_pages_one_was_at() => studio.PlayAsync(async page =>
    {
        await page.SignInAsync("/studio/definitions");
        await page.DefinitionsShownAsync();
        await page.CreateWorkflowAsync("Back and forward");
        await page.OpenInstancesAsync();

        await page.Page.GoBackAsync();
        await Assertions.Expect(page.Page.Locator(".pf-crumb-here")).ToHaveTextAsync("Runs");
        await page.Page.GoBackAsync();
        await page.WaitForCanvasAsync();
        await Assertions.Expect(page.Page.Locator(".pf-crumb-here")).ToHaveTextAsync("Back and forward");
        await page.Page.GoBackAsync();
        await page.DefinitionsShownAsync();
        await page.Page.GoForwardAsync();
        await page.WaitForCanvasAsync();
        // Elsa Studio leaves a key handler of every editor behind; only the living one may answer.
        await page.SaveAsync();

        await page.Page.GetByRole(AriaRole.Banner).GetByRole(AriaRole.Link, new() { Name = "Runs" }).ClickAsync();
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("/studio/runs\\?definition="));
        await page.Page.GetByText("No entry fits what you filter by.").WaitForAsync();
    });

    [Fact]
    public Task Every_page_of_the_navigation_opens_in_both_themes_is_accessible_and_fits_a_phone() => studio.PlayAsync(async page =>
    {
        await page.SignInAsync("/studio/home");
        var links = page.Page.Locator(".pf-nav a");
        await links.First.WaitForAsync();
        (await links.CountAsync()).ShouldBeGreaterThanOrEqualTo(4);
        foreach (var theme in (string[])["Dark", "Light"])
        {
            await page.ChooseThemeAsync(theme);
            for (var index = 0; index < await links.CountAsync(); index++)
            {
                var link = links.Nth(index);
                await link.ClickAsync();
                await Assertions.Expect(page.Page.Locator(".pf-crumb-here")).ToHaveTextAsync(await link.InnerTextAsync());
                await page.Page.Locator(".pf-splash").WaitForAsync(new() { State = WaitForSelectorState.Detached });
                await Assertions.Expect(page.Page.Locator(".pf-skeleton")).ToHaveCountAsync(0);
                await Assertions.Expect(page.Page.Locator(".pf-notice")).ToHaveCountAsync(0);
                await Assertions.Expect(page.Page.Locator(".pf-failure")).ToHaveCountAsync(0);
                await page.ShouldBeAccessibleAsync();
                await page.PictureAsync($"page-{new Uri(page.Page.Url).Segments[^1]}-{theme.ToLowerInvariant()}");
            }
        }

        await page.Page.SetViewportSizeAsync(360, 740);
        for (var index = 0; index < await links.CountAsync(); index++)
        {
            await links.Nth(index).ClickAsync();
            await Assertions.Expect(page.Page.Locator(".pf-skeleton")).ToHaveCountAsync(0);
            // A table may be moved by itself; the page may not.
            var widths = await page.Page.EvaluateAsync<int[]>("[document.querySelector('.pf-main').scrollWidth, document.querySelector('.pf-main').clientWidth]");
            widths[0].ShouldBe(widths[1], page.Page.Url);
        }

        await page.Page.ReloadAsync();
        await Assertions.Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
    });

    [Fact]
    public Task A_menu_of_a_row_opens_beside_its_button() => studio.PlayAsync(async page =>
    {
        await page.SignInAsync();
        await page.DefinitionsShownAsync();
        await page.CreateWorkflowAsync("With a menu");
        await page.OpenDefinitionsAsync();
        var row = await page.FindDefinitionAsync("With a menu");
        await Assertions.Expect(page.Page.Locator(".mud-table-body tr")).ToHaveCountAsync(1);
        var button = row.Locator(".mud-menu button");
        await button.ClickAsync();
        var menu = page.Page.Locator(".mud-popover-open", new() { HasText = "Duplicate" });
        await menu.WaitForAsync();

        var at = await button.BoundingBoxAsync();
        var shown = await menu.BoundingBoxAsync();
        Math.Abs(shown!.X - at!.X).ShouldBeLessThan(200);
        (shown.X + shown.Width).ShouldBeLessThan(1440);
    });

    [Fact]
    public Task What_does_not_exist_is_said_to_be_missing() => studio.PlayAsync(async page =>
    {
        page.Expect("status of 404");
        await page.SignInAsync("/studio/definitions/there-is-no-such-definition");
        await page.Page.GetByText("This workflow does not exist").WaitForAsync();
        await page.OpenAsync("/studio/instances/there-is-no-such-instance");
        await page.Page.GetByText("This instance does not exist").WaitForAsync();
        await page.OpenAsync("/studio/there-is-no-such-page");
        await page.Page.GetByRole(AriaRole.Heading, new() { Name = "Nothing here" }).Last.WaitForAsync();
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Go home" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Heading, new() { Name = "Needs you" }).WaitForAsync();
    });
}
