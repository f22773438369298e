using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Platform.EndToEnd.Tests;

/// <summary>Runs as Elsa Studio shows them, and what one does to them there.</summary>
[Collection(Studio.Name)]
public sealed class InstancesTests(Studio.Fixture studio)
{
    [Fact]
    public Task A_single_activity_is_tried_and_instances_are_filtered_cancelled_and_deleted() => studio.PlayAsync(async page =>
    {
        await studio.Server.PublishAsync("list-tried", Step("one", "Elsa.SetName", "value", "JavaScript", "'tried ' + (40 + 2)"));
        await studio.Server.PublishAsync("list-waits", Step("wait", "Elsa.Event", "eventName", "Literal", "list-never"));
        var waiting = new List<string>();
        for (var index = 0; index < 3; index++) waiting.Add(await studio.Server.RunAsync("list-waits"));

        await page.SignInAsync("/studio/definitions/list-tried");
        await page.WaitForCanvasAsync(activities: 1);
        await page.SelectAsync("one");
        await page.TryActivityAsync("tried 42");

        await page.OpenInstancesAsync();
        var rows = page.Page.Locator(".instances-table tbody tr");
        await page.SearchInstancesAsync("list-waits");
        await Assertions.Expect(rows).ToHaveCountAsync(3);
        await page.ActOnInstancesAsync("Cancel", "/bulk-actions/cancel/workflow-instances", waiting[0], waiting[1]);
        await Assertions.Expect(page.Row(waiting[0])).ToContainTextAsync("Cancelled");
        (await StatusAsync(waiting[0]), await StatusAsync(waiting[1]), await StatusAsync(waiting[2])).ShouldBe(("Cancelled", "Cancelled", "Suspended"));

        await page.FilterInstancesAsync("Sub status", "Cancelled");
        await Assertions.Expect(page.Row(waiting[2])).ToHaveCountAsync(0);
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        await page.ActOnInstancesAsync("Delete", "/bulk-actions/delete/workflow-instances/by-id", waiting[0], waiting[1]);
        await page.Page.GetByText("No workflow instances found").WaitForAsync();
        (await StatusAsync(waiting[0]), await StatusAsync(waiting[1]), await StatusAsync(waiting[2])).ShouldBe((null, null, "Suspended"));
    });

    [Fact]
    public Task An_incident_is_read_in_the_viewer_and_tried_again_and_one_goes_from_a_run_to_the_one_it_started() => studio.PlayAsync(async page =>
    {
        await studio.Server.PublishAsync("viewed-fails", Step("check", "Elsa.RunJavaScript", "script", "Literal", "if (getSecret('viewed-stock') !== 'full') throw new Error('The stock is empty')"));
        await studio.Server.PublishAsync("viewed-child", Step("wait", "Elsa.Event", "eventName", "Literal", "viewed-never"));
        await studio.Server.PublishAsync("viewed-parent", Step("call", "Elsa.ExecuteWorkflow", "workflowDefinitionId", "Literal", "viewed-child", """ ,"waitForCompletion":{"typeName":"Boolean","expression":{"type":"Literal","value":"true"} }"""));
        var failed = await studio.Server.RunAsync("viewed-fails");
        var parent = await studio.Server.RunAsync("viewed-parent");

        await page.SignInAsync("/studio/instances/" + failed);
        await page.Page.Locator("elsa-workflow-instance-viewer .x6-node").First.WaitForAsync(new() { Timeout = 60_000 });
        await Assertions.Expect(page.Detail("Sub status")).ToHaveTextAsync("Faulted");
        (await page.JournalAsync()).ShouldContain(line => line.EndsWith("Faulted", StringComparison.Ordinal));
        await page.ShowTabAsync("Incidents");
        await Assertions.Expect(page.Page.Locator(".mud-expand-panel-header", new() { HasText = "viewed-stock" })).ToBeVisibleAsync();

        // The person puts right what was wrong, and tries again.
        await KeepSecretAsync(page, "viewed-stock", "full");
        await page.OpenAsync("/studio/runs/" + failed);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await page.Page.GetByText("It finished after").WaitForAsync();
        (await StatusAsync(failed)).ShouldBe("Finished");

        await page.OpenAsync("/studio/instances/" + parent);
        await page.Page.Locator("elsa-workflow-instance-viewer .x6-node").First.WaitForAsync(new() { Timeout = 60_000 });
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Timeline" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Option, new() { Name = "call" }).ClickAsync();
        await page.Page.Locator(".pf-card a.pf-mono").ClickAsync();
        await page.Page.GetByText("Started by").WaitForAsync();
        var child = Uri.UnescapeDataString(new Uri(page.Page.Url).Segments[^1]);
        (await FindAsync(child))!["definitionId"]!.GetValue<string>().ShouldBe("viewed-child");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = parent[^8..] }).ClickAsync();
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex(Regex.Escape(parent)));
    });

    static string Step(string id, string type, string input, string language, string value, string more = "") => new JsonObject
    {
        ["type"] = type, ["version"] = 1, ["id"] = id, ["name"] = id,
        [input] = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = language, ["value"] = value } },
        ["metadata"] = new JsonObject { ["designer"] = new JsonObject { ["position"] = new JsonObject { ["x"] = 140, ["y"] = 60 } } },
    }.ToJsonString()[..^1] + more + "}";

    static async Task KeepSecretAsync(StudioPage page, string name, string value)
    {
        await page.OpenAsync("/studio/secrets");
        await page.Page.GetByRole(AriaRole.Banner).GetByRole(AriaRole.Button, new() { Name = "New secret" }).ClickAsync();
        var form = page.Page.GetByRole(AriaRole.Dialog);
        await form.GetByLabel("Name *", new() { Exact = true }).FillAsync(name);
        await form.GetByLabel("Value").FillAsync(value);
        await form.GetByRole(AriaRole.Button, new() { Name = "Keep the secret" }).ClickAsync();
        await page.Page.GetByText($"{name} is kept").WaitForAsync();
    }

    async Task<string?> StatusAsync(string instance) => (await FindAsync(instance))?["subStatus"]!.GetValue<string>();

    async Task<JsonObject?> FindAsync(string instance)
    {
        using var client = studio.Server.CreateClient();
        using var answer = await client.GetAsync("elsa/api/workflow-instances/" + instance);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<JsonObject>() : null;
    }
}
