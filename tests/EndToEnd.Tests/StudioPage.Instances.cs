namespace Platform.EndToEnd.Tests;

// Elsa Studio's list of instances, and its trial of one activity.
public sealed partial class StudioPage
{
    ILocator Instances => Page.Locator(".instances-table");

    /// <summary>Tries the activity that is selected, and waits until the result holds a text.</summary>
    public async Task TryActivityAsync(string expected)
    {
        await ShowTabAsync("Test");
        var tried = await Page.RunAndWaitForResponseAsync(
            () => Page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync(),
            response => new Uri(response.Url).AbsolutePath.EndsWith("/tests/activities", StringComparison.Ordinal));
        tried.Status.ShouldBe(200);
        await Page.Locator(".mud-tab-panel:visible").GetByText(expected).First.WaitForAsync();
    }

    /// <summary>Searches the list of instances.</summary>
    public async Task SearchInstancesAsync(string text)
    {
        var field = Instances.GetByPlaceholder("Search on");
        await field.FillAsync(text);
        await ListedAsync(() => field.PressAsync("Enter"));
    }

    /// <summary>Ticks a value of one of the filters of the list.</summary>
    public async Task FilterInstancesAsync(string filter, string value)
    {
        var field = Instances.Locator(".mud-select-extended .mud-input-control", new() { Has = Page.Locator("legend").GetByText(filter, new() { Exact = true }) }).First;
        var choice = Popover.GetByText(value, new() { Exact = true });
        // The list is drawn again when an answer comes, every ten seconds too, and that closes what was just opened.
        for (var attempt = 0; attempt < 3 && !await choice.IsVisibleAsync(); attempt++)
        {
            await field.Locator(".mud-select-input-extended").First.ClickAsync();
            try
            {
                await choice.WaitForAsync(new() { Timeout = 3_000 });
            }
            catch (TimeoutException)
            {
                // it was closed; once more
            }
        }

        await ListedAsync(() => choice.ClickAsync());
        await Page.Mouse.ClickAsync(1_000, 860);
        await Assertions.Expect(Popover).ToHaveCountAsync(0);
    }

    /// <summary>Ticks instances and does something to all of them.</summary>
    public async Task ActOnInstancesAsync(string action, string path, params string[] instances)
    {
        foreach (var instance in instances) await Row(instance).Locator("input[type=checkbox]").CheckAsync(new() { Force = true });
        await Instances.GetByRole(AriaRole.Button, new() { Name = "Bulk actions" }).ClickAsync();
        await Popover.GetByText(action, new() { Exact = true }).ClickAsync();
        await AnsweredAsync(path, () => Dialog.GetByRole(AriaRole.Button).Last.ClickAsync());
    }

    Task ListedAsync(Func<Task> action) => AnsweredAsync("/elsa/api/workflow-instances", action);
}
