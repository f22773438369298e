using System.Text.RegularExpressions;

namespace Platform.EndToEnd.Tests;

// Each kind of field that Elsa Studio shows for an input of the selected activity, filled as a person fills it.
public sealed partial class StudioPage
{
    /// <summary>Chooses in a list: a dropdown, or a picker of variables, inputs, outputs or workflows.</summary>
    public Task PickAsync(string label, string option) => SavedByAsync(async () =>
    {
        await Field(label).Locator(".mud-select-input-extended").First.ClickAsync();
        await Popover.GetByText(option, new() { Exact = true }).Last.ClickAsync();
    });

    /// <summary>Switches an input to a language or to a variable or input.</summary>
    public async Task ChooseLanguageAsync(string label, string language)
    {
        await InputRow(label).Locator(".mud-menu button").First.ClickAsync();
        await Popover.GetByText(language, new() { Exact = true }).ClickAsync();
        await Assertions.Expect(InputRow(label).Locator(".mud-menu button").First).ToContainTextAsync(language);
    }

    /// <summary>Ticks or unticks an entry of a check list.</summary>
    public Task TickAsync(string label, string option) =>
        SavedByAsync(() => InputRow(label).GetByText(option, new() { Exact = true }).ClickAsync());

    /// <summary>Ticks or unticks a check box.</summary>
    public Task TickAsync(string label) =>
        SavedByAsync(() => Form.Locator("label.mud-checkbox", new() { HasText = label }).First.ClickAsync());

    /// <summary>Types several lines.</summary>
    public Task EditLinesAsync(string label, string text) => SavedByAsync(async () =>
    {
        var field = InputRow(label).Locator("textarea:visible").First;
        await field.FillAsync(text);
        await field.PressAsync("Tab");
    });

    /// <summary>
    /// Types into the code editor of an input, of whatever language, and stays there until it is saved: what was typed within the
    /// last half second before an activity is left, Elsa Studio's editor of JSON throws away.
    /// </summary>
    public async Task EditCodeAsync(string label, string text)
    {
        var editor = Field(label).Or(InputRow(label)).Locator(".monaco-editor").First;
        await editor.Locator(".view-lines").ClickAsync();
        await Assertions.Expect(editor).ToHaveClassAsync(new Regex(@"\bfocused\b"));
        await Page.Keyboard.PressAsync("Control+A");
        await SavedByAsync(() => Page.Keyboard.InsertTextAsync(text));
    }

    /// <summary>
    /// Adds a row to a table: an entry of a dictionary, or a case of a switch. It comes first of what is done to an activity,
    /// since Elsa Studio drops a row that is being edited when the answer to an earlier save draws the form again.
    /// </summary>
    public async Task AddRowAsync(string button, string first, string language, string expression)
    {
        await Form.GetByText(button, new() { Exact = true }).ClickAsync();
        var row = Form.Locator("tbody tr").Filter(new() { Has = Page.Locator("input") }).First;
        await row.Locator(".mud-select-input").First.ClickAsync();
        await Popover.GetByText(language, new() { Exact = true }).ClickAsync();
        await row.Locator("input").First.FillAsync(first);
        await row.Locator("input").Nth(1).FillAsync(expression);
        await row.Locator("input").Nth(1).PressAsync("Tab");
        await SavedByAsync(() => row.Locator("button").First.ClickAsync());
    }

    /// <summary>Runs with the button of our shell, which asks for the inputs; answers the id of the run whose page opens.</summary>
    public async Task<string> RunWithAsync(string label, string value)
    {
        await Page.GetByRole(AriaRole.Banner).GetByRole(AriaRole.Button, new() { Name = "Run", Exact = true }).ClickAsync();
        var dialog = Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel(label).FillAsync(value);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Run", Exact = true }).ClickAsync();
        await Page.WaitForURLAsync(new Regex("/studio/runs/[^?/]+"));
        return Uri.UnescapeDataString(new Uri(Page.Url).Segments[^1]);
    }

    ILocator Form => Page.Locator(".mud-tab-panel .mud-form");

    ILocator Popover => Page.Locator(".mud-popover-open");
}
