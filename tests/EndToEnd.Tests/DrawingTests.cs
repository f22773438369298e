using System.Text.Json;

namespace Platform.EndToEnd.Tests;

/// <summary>What the product is for, done as a person does it.</summary>
[Collection(Studio.Name)]
public sealed class DrawingTests(Studio.Fixture studio)
{
    [Fact]
    public Task A_person_draws_a_workflow_publishes_and_runs_it_and_sees_its_instance() => studio.PlayAsync(async page =>
    {
        await page.SignInAsync();
        await page.DefinitionsShownAsync();
        var name = "Drawn by a person";
        await page.CreateWorkflowAsync(name);

        var first = await page.AddActivityAsync("Write Line", 80, 120);
        var second = await page.AddActivityAsync("Write Line", 420, 120);
        await page.ConnectAsync(first, "Done", second);
        await page.SelectAsync(first);
        await page.EditTextAsync("Text", "Hello from the canvas");
        await page.SelectAsync(second);
        await page.EditExpressionAsync("Text", "JavaScript", "'2 + 2 = ' + (2 + 2)");
        await page.SaveAsync();
        await page.PublishAsync();

        var instance = await page.RunAsync();
        await Assertions.Expect(page.Detail("Sub status")).ToHaveTextAsync("Finished");
        await Assertions.Expect(page.Detail("Incidents")).ToHaveTextAsync("0");
        var journal = await page.JournalAsync();
        journal.Count(line => line.EndsWith("Write Line - Completed", StringComparison.Ordinal)).ShouldBe(2, string.Join('\n', journal));

        // A link of Elsa Studio's own that leads to the root of the host: it must stay inside the page.
        await page.Page.EvaluateAsync("window.notReloaded = true");
        await page.Detail("Definition ID").GetByRole(AriaRole.Link).ClickAsync();
        await page.WaitForCanvasAsync(activities: 2);
        (await page.Page.EvaluateAsync<bool>("window.notReloaded === true")).ShouldBeTrue();

        await page.OpenInstancesAsync();
        await Assertions.Expect(page.Row(instance)).ToContainTextAsync(name);
        await page.OpenDefinitionsAsync();
        await Assertions.Expect(await page.FindDefinitionAsync(name)).ToBeVisibleAsync();
    });

    [Fact]
    public Task What_was_drawn_is_there_after_a_reload() => studio.PlayAsync(async page =>
    {
        await page.SignInAsync("/studio/definitions");
        await page.DefinitionsShownAsync();
        await page.CreateWorkflowAsync("Drawn and reloaded");
        var node = await page.AddActivityAsync("Write Line", 160, 120);
        await page.SelectAsync(node);
        await page.EditTextAsync("Text", "Still here");

        await page.Page.ReloadAsync();
        await page.WaitForCanvasAsync(activities: 1);
        await page.SelectAsync(node);
        await Assertions.Expect(page.Page.Locator(".mud-tab-panel .mud-form input:visible").First).ToHaveValueAsync("Still here");
    });

    [Fact]
    public Task A_shipped_workflow_opens_on_the_canvas() => studio.PlayAsync(async page =>
    {
        var folder = ServerProcess.Metadata("WorkflowsDirectory");
        var file = Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).FirstOrDefault();
        file.ShouldNotBeNull($"{folder} holds no workflow.");
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        var name = document.RootElement.GetProperty("name").GetString().ShouldNotBeNull();
        var activities = document.RootElement.GetProperty("root").GetProperty("activities").GetArrayLength();

        await page.SignInAsync();
        await page.DefinitionsShownAsync();
        await page.ImportAsync(file);
        await page.OpenDefinitionAsync(name);
        await page.WaitForCanvasAsync(activities);
        await Assertions.Expect(page.Page.Locator(".x6-node")).ToHaveCountAsync(activities);
    });
}
