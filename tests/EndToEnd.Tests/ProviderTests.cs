using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Platform.Server.Tests.Security;

namespace Platform.EndToEnd.Tests;

/// <summary>A person who signs in, and out, by an OpenID provider: a real one, small, in this process.</summary>
[Collection(Studio.Name)]
public sealed class ProviderTests(Studio.Fixture studio) : IAsyncLifetime
{
    OpenIdProvider provider = null!;

    public async Task InitializeAsync()
    {
        provider = await OpenIdProvider.StartAsync(TimeProvider.System);
        await studio.Server.RestartAsync(
            ("Security__Oidc__Authority", provider.Address),
            ("Security__Oidc__ClientId", OpenIdProvider.ClientId),
            ("Security__Oidc__ClientSecret", OpenIdProvider.ClientSecret),
            ("Security__Oidc__DisplayName", "Example Corp"),
            ("Security__Oidc__AutoProvision", "true"),
            ("Security__Oidc__DefaultRole", "reader"));
    }

    public async Task DisposeAsync()
    {
        await studio.Server.RestartAsync();
        await provider.DisposeAsync();
    }

    [Fact]
    public Task A_person_comes_in_by_the_providers_button_and_signing_out_ends_the_session_at_both() => studio.PlayAsync(async page =>
    {
        // The provider is the one other host that the browser may go to.
        page.Expect($"^request to another host: {Regex.Escape(provider.Address)}/(authorize|logout)\\?");
        await page.OpenAsync("/studio/runs?status=Finished");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in with Example Corp" }).ClickAsync();
        await page.Page.Locator(".pf-top").WaitForAsync();
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("/studio/runs\\?status=Finished$"));
        using var client = studio.Server.CreateClient();
        var user = (await client.GetFromJsonAsync<JsonObject>("api/users/ann"))!;
        (user["displayName"]!.GetValue<string>(), user["hasPassword"]!.GetValue<bool>()).ShouldBe(("Ann Example", false));

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Account of" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Sign out" }).ClickAsync();
        await page.Page.GetByLabel("Password").WaitForAsync();
        provider.SignedOut!["id_token_hint"].ToString().ShouldBe(provider.LastToken);
        provider.SignedOut["post_logout_redirect_uri"].ToString().ShouldBe(studio.Server.Address + "/api/session/oidc/signed-out");

        await page.OpenAsync("/studio/runs");
        await page.Page.GetByLabel("Password").WaitForAsync();
    });
}
