using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Platform.EndToEnd.Tests.Pages;

/// <summary>Publishing events, seeing who waits for them, and caring for what was not delivered.</summary>
[Collection(Studio.Name)]
public sealed class EventsPageTests(Studio.Fixture studio)
{
    [Fact]
    public Task An_event_is_published_and_reaches_the_run_that_waits_for_it() => studio.PlayAsync(async page =>
    {
        await studio.Server.PublishAsync("page-on-event", Event("page-paid", canStart: false));
        await studio.Server.PublishAsync("page-by-event", Event("page-begins", canStart: true));
        var instance = await studio.Server.RunAsync("page-on-event");

        await page.SignInAsync("/studio/events");
        await page.Page.GetByLabel("Name of an event").FillAsync("page-");
        var begins = page.Page.Locator(".pf-row", new() { HasText = "page-begins" });
        await begins.GetByRole(AriaRole.Link, new() { Name = "page-by-event" }).WaitForAsync();
        var paid = page.Page.Locator(".pf-row", new() { HasText = "page-paid" });
        await Assertions.Expect(paid).ToContainTextAsync("page-on-event");
        await page.ShouldBeAccessibleAsync();

        await paid.GetByRole(AriaRole.Button, new() { Name = "Actions" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Publish this event" }).ClickAsync();
        var form = page.Page.GetByRole(AriaRole.Dialog);
        await form.GetByLabel("Payload").FillAsync("{\"amount\":");
        await form.GetByRole(AriaRole.Button, new() { Name = "Publish" }).ClickAsync();
        await Assertions.Expect(form).ToContainTextAsync("Not valid JSON");
        await page.ShouldBeAccessibleAsync();
        await form.GetByLabel("Payload").FillAsync("{\"amount\":7}");
        await form.GetByRole(AriaRole.Button, new() { Name = "Publish" }).ClickAsync();

        // The list follows by itself: nothing waits for it any more.
        await Assertions.Expect(paid).ToHaveCountAsync(0);
        await page.OpenAsync("/studio/runs/" + instance);
        await page.Page.GetByText("Finished").First.WaitForAsync();
    });

    [Fact]
    public Task What_was_not_delivered_is_looked_at_replayed_and_forgotten() => studio.PlayAsync(async page =>
    {
        await page.SignInAsync("/studio/events?tab=undelivered");
        foreach (var name in (string[])["page-nobody-1", "page-nobody-2"])
        {
            await page.Page.GetByRole(AriaRole.Button, new() { Name = "Publish an event" }).ClickAsync();
            await page.Page.GetByRole(AriaRole.Dialog).GetByLabel("Event").FillAsync(name);
            await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Publish" }).ClickAsync();
            await page.Page.GetByText(name + " is published").WaitForAsync();
        }

        await page.Page.GetByLabel("Name, payload, id or reason").FillAsync("page-nobody");
        var rows = page.Page.Locator(".pf-row");
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        await Assertions.Expect(rows.First).ToContainTextAsync("May still arrive");
        await page.ShouldBeAccessibleAsync();
        await rows.First.GetByRole(AriaRole.Button, new() { Name = "page-nobody-2" }).ClickAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Nothing waits for it yet.");
        await page.ShouldBeAccessibleAsync();
        var before = await LetterIdsAsync();
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Replay" }).ClickAsync();
        await page.Page.GetByText("1 replayed").WaitForAsync();

        // Nothing waits for it either this time: it comes back as a letter of its own.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await LetterIdsAsync() is var now && (now.Count < 2 || now.SetEquals(before)))
            patience.Token.ThrowIfCancellationRequested();
        await page.Page.ReloadAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        await page.Page.GetByLabel("Choose all on this page").CheckAsync();
        await page.Page.Locator(".pf-bulk").GetByRole(AriaRole.Button, new() { Name = "Forget" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Heading, new() { Name = "Forget 2?" }).WaitForAsync();
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Forget" }).ClickAsync();
        await page.Page.GetByText("Nothing matches").WaitForAsync();
    });

    async Task<HashSet<string>> LetterIdsAsync()
    {
        using var client = studio.Server.CreateClient();
        var letters = await client.GetFromJsonAsync<JsonObject>("api/dead-letters?search=page-nobody");
        return [.. letters!["items"]!.AsArray().Select(letter => letter!["id"]!.GetValue<string>())];
    }

    static string Event(string name, bool canStart) => $$"""
        {"type":"Elsa.Event","version":1,"id":"e","name":"Wait","customProperties":{"canStartWorkflow":{{(canStart ? "true" : "false")}} },"eventName":{"typeName":"String","expression":{"type":"Literal","value":"{{name}}"} } }
        """;
}
