using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Platform.EndToEnd.Tests;

/// <summary>A workflow that is used as an activity, as a person uses it.</summary>
[Collection(Studio.Name)]
public sealed class WorkflowAsActivityTests(Studio.Fixture studio)
{
    [Fact]
    public Task A_person_uses_a_workflow_as_an_activity_and_looks_into_it_in_the_viewer() => studio.PlayAsync(async page =>
    {
        await PublishAsync(JsonNode.Parse("""
            {
              "definitionId": "e2e-greeting", "name": "E2E Greeting",
              "options": {"usableAsActivity": true},
              "inputs": [{"name": "Who", "type": "String", "displayName": "Who", "uiHint": "singleline"}],
              "root": {"id": "flow", "type": "Elsa.Flowchart", "version": 1, "connections": [], "activities": [
                {"id": "say", "type": "Elsa.SetName", "version": 1, "metadata": {"designer": {"position": {"x": 100, "y": 100}}},
                 "value": {"typeName": "String", "expression": {"type": "JavaScript", "value": "'Hello ' + getWho()"}}}]}
            }
            """)!.AsObject());
        await page.SignInAsync();
        await page.DefinitionsShownAsync();
        await page.CreateWorkflowAsync("Uses a greeting");
        var node = await page.AddActivityAsync("E2E Greeting", 160, 120);
        await page.SelectAsync(node);
        await page.EditTextAsync("Who", "Ada");
        await page.SaveAsync();
        await page.PublishAsync();

        await page.RunAsync();

        await Assertions.Expect(page.Detail("Sub status")).ToHaveTextAsync("Finished");
        await Assertions.Expect(page.Page.GetByText("Hello Ada").First).ToBeVisibleAsync();
        await page.Page.Locator(".x6-node").First.DblClickAsync();
        await Assertions.Expect(page.Page.Locator(".x6-node[data-cell-id='say']")).ToBeVisibleAsync();
        // The way back, without which Elsa Studio ends in an error.
        await Assertions.Expect(page.Page.GetByText(new Regex(": Root$"))).ToBeVisibleAsync();
    });

    private async Task PublishAsync(JsonObject model)
    {
        using var client = new HttpClient { BaseAddress = new Uri(studio.Server.Address) };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"ApiKey {studio.Server.ApiKey}");
        using var response = await client.PostAsJsonAsync("/elsa/api/workflow-definitions", new JsonObject { ["model"] = model, ["publish"] = true });
        response.EnsureSuccessStatusCode();
    }
}
