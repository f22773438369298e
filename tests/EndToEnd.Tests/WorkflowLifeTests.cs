using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Platform.EndToEnd.Tests;

/// <summary>What Elsa Studio does to a workflow as a whole, by its tabs, keys and menus; the server is asked what came of it.</summary>
[Collection(Studio.Name)]
public sealed class WorkflowLifeTests(Studio.Fixture studio) : IDisposable
{
    const string Activity = """{"type":"Elsa.WriteLine","version":1,"id":"one","name":"One","text":{"typeName":"String","expression":{"type":"Literal","value":"Kept"} },"metadata":{"designer":{"position":{"x":140,"y":60} } } }""";

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("platform-life-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public Task Variables_inputs_outputs_and_settings_are_kept_and_a_step_is_taken_back_and_done_again() => studio.PlayAsync(async page =>
    {
        await OpenAsync(page, "life-settings");
        await page.ShowTabAsync("Variables");
        await page.AddMemberAsync("Add variable", "Total", "Int32");
        await page.ShowTabAsync("Input/Output");
        await page.AddMemberAsync("Add input", "Amount", "Decimal");
        await page.AddMemberAsync("Add output", "Sum", "Decimal");
        await page.ShowTabAsync("Properties");
        await page.DescribeAsync("What it is for");
        await page.ChooseSettingAsync("Activation strategy", "Singleton");
        await page.DeleteAsync("one");
        (await FindAsync("life-settings"))["root"]!["activities"]!.AsArray().ShouldBeEmpty();
        await page.SavedByAsync(() => page.Page.Keyboard.PressAsync("Control+z"));
        await page.Node("one").WaitForAsync();
        TextOf(await FindAsync("life-settings")).ShouldBe("Kept");
        await page.SavedByAsync(() => page.Page.Keyboard.PressAsync("Control+y"));
        await Assertions.Expect(page.Node("one")).ToHaveCountAsync(0);
        (await FindAsync("life-settings"))["root"]!["activities"]!.AsArray().ShouldBeEmpty();
        await page.SavedByAsync(() => page.Page.Keyboard.PressAsync("Control+z"));

        var stored = await FindAsync("life-settings");
        TextOf(stored).ShouldBe("Kept");
        stored["description"]!.GetValue<string>().ShouldBe("What it is for");
        stored["options"]!["activationStrategyType"]!.GetValue<string>().ShouldContain("Singleton");
        Member(stored, "variables")["name"]!.GetValue<string>().ShouldBe("Total");
        Member(stored, "variables")["typeName"]!.GetValue<string>().ShouldBe("Int32");
        Member(stored, "inputs")["name"]!.GetValue<string>().ShouldBe("Amount");
        Member(stored, "inputs")["type"]!.GetValue<string>().ShouldBe("Decimal");
        Member(stored, "outputs")["name"]!.GetValue<string>().ShouldBe("Sum");
        (stored["version"]!.GetValue<int>(), stored["isPublished"]!.GetValue<bool>()).ShouldBe((2, false), "A change of a published version is a draft.");
    });

    [Fact]
    public Task Versions_are_published_taken_back_exported_imported_and_reverted() => studio.PlayAsync(async page =>
    {
        await OpenAsync(page, "life-versions");
        var file = await page.ExportAsync(folder.FullName);
        var exported = JsonNode.Parse(await File.ReadAllTextAsync(file))!.AsObject();
        exported["definitionId"]!.GetValue<string>().ShouldBe("life-versions");
        TextOf(exported).ShouldBe("Kept");

        await page.SelectAsync("one");
        await page.EditTextAsync("Text", "Changed");
        await page.PublishAsync();
        var second = await FindAsync("life-versions", "Published");
        (second["version"]!.GetValue<int>(), TextOf(second)).ShouldBe((2, "Changed"));
        await page.RetractAsync();
        (await VersionsAsync("life-versions")).ShouldNotContain(version => version.IsPublished);

        await page.ShowTabAsync("Version history");
        await page.RevertAsync(1);
        var reverted = await FindAsync("life-versions");
        TextOf(reverted).ShouldBe("Kept");
        (await VersionsAsync("life-versions")).Count.ShouldBeGreaterThanOrEqualTo(2);
        await page.WaitForCanvasAsync(activities: 1);
        await page.DeleteAsync("one");
        await page.ImportHereAsync(file);
        await page.Node("one").WaitForAsync();
        TextOf(await FindAsync("life-versions")).ShouldBe("Kept");
    });

    static string TextOf(JsonObject definition) => definition["root"]!["activities"]!.AsArray().ShouldHaveSingleItem()!["text"]!["expression"]!["value"]!.GetValue<string>();

    static JsonNode Member(JsonObject definition, string members) => definition[members]!.AsArray().ShouldHaveSingleItem()!;

    async Task OpenAsync(StudioPage page, string id)
    {
        await studio.Server.PublishAsync(id, Activity);
        await page.SignInAsync("/studio/definitions/" + id);
        await page.WaitForCanvasAsync(activities: 1);
    }

    async Task<JsonObject> FindAsync(string id, string version = "Latest")
    {
        using var client = studio.Server.CreateClient();
        return (await client.GetFromJsonAsync<JsonObject>($"elsa/api/workflow-definitions/by-definition-id/{id}?versionOptions={version}"))!;
    }

    async Task<IReadOnlyList<(int Version, bool IsPublished)>> VersionsAsync(string id)
    {
        using var client = studio.Server.CreateClient();
        var versions = (await client.GetFromJsonAsync<JsonObject>($"elsa/api/workflow-definitions?versionOptions=AllVersions&definitionIds={id}"))!["items"]!.AsArray();
        return [.. versions.Select(version => (version!["version"]!.GetValue<int>(), version["isPublished"]!.GetValue<bool>()))];
    }
}
