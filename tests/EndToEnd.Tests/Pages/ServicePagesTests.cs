using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Platform.EndToEnd.Tests.Pages;

/// <summary>Services: registering one, seeing how it is, holding calls back, its process and its log, and the policies that they share.</summary>
[Collection(Studio.Name)]
public sealed class ServicePagesTests(Studio.Fixture studio)
{
    [Fact]
    public Task A_service_is_registered_found_on_the_map_asked_and_its_breaker_opened_and_closed() => studio.PlayAsync(async page =>
    {
        await RegisterAsync("e2e-map-shop");
        await page.SignInAsync("/studio/services");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Register" }).First.ClickAsync();
        await page.Page.GetByLabel("Name").FillAsync("e2e-map-front");
        await page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Addresses" }).FillAsync(studio.Server.Address);
        await page.Page.GetByLabel("Path of the health check").FillAsync("/health/live");
        await page.Page.GetByLabel("e2e-map-shop").CheckAsync();
        await page.ShouldBeAccessibleAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Register" }).ClickAsync();
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("/studio/services/e2e-map-front"));

        await page.OpenAsync("/studio/services?text=e2e-map");
        var map = page.Page.GetByRole(AriaRole.Region, new() { Name = "Map of services" });
        await map.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("e2e-map-front.*Needs e2e-map-shop") }).WaitForAsync();
        await Assertions.Expect(map.GetByRole(AriaRole.Link)).ToHaveCountAsync(2);
        await Assertions.Expect(map.Locator("path[data-from='e2e-map-front'][data-to='e2e-map-shop']")).ToHaveCountAsync(1);
        await page.ShouldBeAccessibleAsync();

        await map.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^e2e-map-shop") }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Check now" }).ClickAsync();
        await page.Page.GetByText("Answered 200").WaitForAsync();
        await page.ShouldBeAccessibleAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Open the breaker" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Open the breaker" }).ClickAsync();
        await page.Page.GetByText("admin, by hand").WaitForAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Close the breaker" }).ClickAsync();
        await page.Page.GetByText("Calls go through.").WaitForAsync();
    });

    [Fact]
    public Task A_mistake_in_the_configuration_is_told_where_it_stands_and_what_was_typed_survives_a_reload() => studio.PlayAsync(async page =>
    {
        page.Expect("status of 400");
        await RegisterAsync("e2e-settings");
        await page.SignInAsync("/studio/services/e2e-settings?tab=settings");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "JSON" }).ClickAsync();
        var text = page.Page.GetByRole(AriaRole.Textbox, new() { Name = "JSON" });
        await text.FillAsync($"{{\n  \"baseAddresses\": [\"{studio.Server.Address}\"],\n  \"owner\": \"ann\",\n  \"policy\": {{\n    \"retry\": {{ \"maxAttempts\": 99 }}\n  }}\n}}");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Line 5" }).WaitForAsync();
        await Assertions.Expect(page.Page.Locator(".pf-problems")).ToContainTextAsync("policy.retry.maxAttempts must lie between 1 and 20.");
        await page.ShouldBeAccessibleAsync();

        await page.Page.ReloadAsync();
        await page.Page.GetByText("is here again").WaitForAsync();
        await Assertions.Expect(page.Page.GetByLabel("Owner")).ToHaveValueAsync("ann");
        await page.Page.GetByRole(AriaRole.Tab, new() { Name = "Policy" }).ClickAsync();
        await page.Page.GetByLabel("Attempts in all").FillAsync("7");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.Page.GetByText("e2e-settings is saved").WaitForAsync();
        await page.Page.GetByRole(AriaRole.Tab, new() { Name = "Overview" }).ClickAsync();
        await page.Page.GetByText("7 attempts, first after 1 s").WaitForAsync();
    });

    [Fact]
    public Task A_policy_is_made_and_a_service_takes_it() => studio.PlayAsync(async page =>
    {
        await RegisterAsync("e2e-with-policy");
        await page.SignInAsync("/studio/policies");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "New policy" }).First.ClickAsync();
        await page.Page.GetByLabel("Name").FillAsync("e2e-patient");
        await page.Page.GetByLabel("Attempts in all").FillAsync("9");
        await page.Page.GetByLabel("First delay").FillAsync("250 ms");
        await page.Page.GetByRole(AriaRole.Checkbox, new() { Name = "Cache" }).CheckAsync();
        await page.Page.GetByLabel("Kept for").FillAsync("5 min");
        await page.ShouldBeAccessibleAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await page.Page.Locator(".pf-row", new() { HasText = "e2e-patient" }).WaitForAsync();
        await page.ShouldBeAccessibleAsync();

        await page.OpenAsync("/studio/services/e2e-with-policy?tab=policy");
        await page.Page.GetByLabel("Which policy counts").SelectOptionAsync("e2e-patient");
        await page.Page.GetByText("9 attempts, first after 250 ms").WaitForAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Use e2e-patient" }).ClickAsync();
        await page.Page.GetByText("e2e-with-policy is saved").WaitForAsync();
        await page.OpenAsync("/studio/policies");
        await Assertions.Expect(page.Page.Locator(".pf-row", new() { HasText = "e2e-patient" })).ToContainTextAsync("e2e-with-policy");
    });

    [Fact]
    public Task The_operations_of_a_document_can_be_called_by_name() => studio.PlayAsync(async page =>
    {
        page.Expect("status of 400");
        await RegisterAsync("e2e-described");
        await page.SignInAsync("/studio/services/e2e-described?tab=operations");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Import OpenAPI" }).ClickAsync();
        var form = page.Page.GetByRole(AriaRole.Dialog);
        await form.GetByLabel("Document", new() { Exact = false }).First.FillAsync("no document");
        await form.GetByRole(AriaRole.Button, new() { Name = "Import" }).ClickAsync();
        await Assertions.Expect(form.GetByRole(AriaRole.Alert)).ToContainTextAsync("WF4806");
        await form.Locator("textarea").FillAsync("""{"openapi":"3.0.0","info":{"title":"t","version":"1"},"paths":{"/stock/{id}":{"get":{"operationId":"readStock","parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}}],"responses":{"200":{"description":"ok"}}}}}}""");
        await form.GetByRole(AriaRole.Button, new() { Name = "Import" }).ClickAsync();
        await Assertions.Expect(page.Page.Locator(".pf-row", new() { HasText = "readStock" })).ToContainTextAsync("/stock/{id}");
        await page.ShouldBeAccessibleAsync();
    });

    [Fact]
    public Task A_process_is_stopped_and_started_and_its_log_searched_and_followed() => studio.PlayAsync(async page =>
    {
        await studio.Server.RestartAsync(
            ("Services__e2e-ticker__BaseAddress", "http://127.0.0.1:9"),
            ("Services__e2e-ticker__Process__Executable", "sh"),
            ("Services__e2e-ticker__Process__Arguments__0", "-c"),
            ("Services__e2e-ticker__Process__Arguments__1", "i=0; while true; do i=$((i+1)); echo tick $i; echo trouble $i >&2; sleep 1; done"),
            ("Services__e2e-ticker__Process__Ready", "Started"));
        await page.SignInAsync("/studio/services/e2e-ticker?tab=logs");
        var log = page.Page.GetByRole(AriaRole.Log);
        await Assertions.Expect(log).ToContainTextAsync("tick 1");
        await Assertions.Expect(log).ToContainTextAsync("tick 3");
        await page.ShouldBeAccessibleAsync();
        await page.Page.GetByLabel("Stream").SelectOptionAsync("Error");
        await page.Page.GetByLabel("Search in the log").FillAsync("trouble 1");
        await Assertions.Expect(log.Locator("mark").First).ToHaveTextAsync("trouble 1");
        await Assertions.Expect(log).Not.ToContainTextAsync("tick");
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("stream=Error"));

        await page.Page.GetByRole(AriaRole.Tab, new() { Name = "Overview" }).ClickAsync();
        var stop = page.Page.GetByRole(AriaRole.Button, new() { Name = "Stop", Exact = true });
        var start = page.Page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true });
        await stop.ClickAsync();
        await start.ClickAsync();
        await stop.ClickAsync();
        await start.WaitForAsync();
    });

    // What answers is the server itself.
    async Task RegisterAsync(string name)
    {
        using var client = studio.Server.CreateClient();
        using var made = await client.PostAsJsonAsync("api/services", new JsonObject { ["name"] = name, ["baseAddress"] = studio.Server.Address, ["healthPath"] = "/health/live" });
        made.EnsureSuccessStatusCode();
    }
}
