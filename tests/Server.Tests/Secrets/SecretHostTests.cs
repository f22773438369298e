using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Platform.Engine.Secrets;
using Platform.Server.Tests.Http;
using static Platform.Server.Tests.Http.Flow;

namespace Platform.Server.Tests.Secrets;

/// <summary>Secrets that are bound to hosts: their values reach no other one.</summary>
public sealed class SecretHostTests : IAsyncLifetime
{
    private const string Value = "p@ss word/\"42\"";
    private readonly ConcurrentQueue<string> _reached = new();
    private TestService _service = null!;
    private HttpTestServer _server = null!;

    public async Task InitializeAsync()
    {
        _service = await TestService.StartAsync(context =>
        {
            _reached.Enqueue($"{context.Request.Host.Host}{context.Request.Path}");
            if (context.Request.Path == "/moves")
            {
                context.Response.StatusCode = 307;
                context.Response.Headers.Location = new Uri(_service.Address, "/arrived").ToString();
            }

            return Task.CompletedTask;
        });
        _server = HttpTestServer.Start(("Http:AllowLoopback", "true"), ("Services:shop:BaseAddress", _service.Address.ToString()));
        _server.Client.DefaultRequestHeaders.Add("X-Api-Key", TestServer.ApiKey);
        await StoreAsync(["localhost"]);
    }

    public async Task DisposeAsync()
    {
        _service.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("url", "'{0}?key=' + encodeURIComponent(getSecret('shop'))")]
    [InlineData("authorization", "'Bearer ' + getSecret('shop')")]
    [InlineData("authorization", "'Basic ' + stringToBase64('me:' + getSecret('shop'))")]
    [InlineData("requestHeaders", "({ 'X-Key': [getSecret('shop')] })")]
    [InlineData("content", "({ key: getSecret('shop') })")]
    [InlineData("content", "'before ' + getSecret('shop') + ' after'")]
    public async Task A_bound_secret_reaches_its_host_and_no_other_wherever_it_stands_in_the_request(string input, string script)
    {
        await RunAsync("own", Own("/own"), input, script);
        (await _server.OnlyInstanceAsync("own")).SubStatus.ShouldBe("Finished", await _server.LogAsync("own"));
        _reached.ShouldBe(["localhost/own"]);

        await RunAsync("foreign", new Uri(_service.Address, "/foreign"), input, script);

        _reached.Count.ShouldBe(1);
        (await _server.OnlyInstanceAsync("foreign")).SubStatus.ShouldBe("Faulted");
        var log = await _server.LogAsync("foreign");
        log.ShouldContain("WF4765: The secret 'shop' was kept from '127.0.0.1'");
        log.ShouldNotContain(Value);
    }

    [Fact]
    public async Task A_redirect_does_not_carry_it_off()
    {
        await RunAsync("moves", Own("/moves"), "requestHeaders", "({ 'X-Key': [getSecret('shop')] })");

        _reached.ShouldBe(["localhost/moves"]);
        (await _server.LogAsync("moves")).ShouldContain("WF4765");
    }

    [Fact]
    public async Task A_registered_service_gets_it_only_when_it_is_meant_for_its_host()
    {
        var call = Step("call", "Platform.CallService", ("service", "Literal", "shop"), ("path", "Literal", "orders"), ("headers", "JavaScript", "({ 'X-Key': getSecret('shop') })"));
        await _server.PublishAsync("calls", Of(Endpoint("calls"), call));

        await _server.Client.GetAsync("/workflows/calls");
        _reached.ShouldBeEmpty();
        (await _server.LogAsync("calls")).ShouldContain("WF4765");

        await _server.Client.PostAsJsonAsync("/elsa/api/secrets/shop", new { hosts = new[] { "127.0.0.1" } });
        await _server.Client.GetAsync("/workflows/calls");
        _reached.ShouldBe(["127.0.0.1/orders"]);
    }

    [Fact]
    public async Task Hosts_are_shown_kept_by_clients_that_do_not_know_them_and_audited()
    {
        var shown = await _server.Client.GetFromJsonAsync<JsonNode>("/elsa/api/secrets/shop");
        shown!["hosts"]!.ToJsonString().ShouldBe("""["localhost"]""");

        await _server.Client.PostAsJsonAsync("/elsa/api/secrets/shop", new { displayName = "Shop" });
        (await _server.Client.GetFromJsonAsync<JsonNode>("/elsa/api/secrets/shop"))!["hosts"]!.ToJsonString().ShouldBe("""["localhost"]""");
        await _server.Client.PostAsJsonAsync("/elsa/api/secrets/shop", new { hosts = Array.Empty<string>() });

        await RunAsync("free", new Uri(_service.Address, "/free"), "authorization", "'Bearer ' + getSecret('shop')");
        _reached.ShouldBe(["127.0.0.1/free"]);
        var log = await _server.Client.GetFromJsonAsync<JsonNode>("/api/audit?action=secret.update");
        log!["items"]![0]!["before"]!["hosts"]!.ToJsonString().ShouldBe("""["localhost"]""");
        log["items"]![0]!["after"]!["hosts"]!.ToJsonString().ShouldBe("[]");
    }

    [Theory]
    [InlineData("https://api.example.com")]
    [InlineData("api.example.com:443")]
    [InlineData("*")]
    [InlineData("")]
    public async Task A_host_that_is_none_is_refused(string host)
    {
        var refused = await _server.Client.PostAsJsonAsync("/elsa/api/secrets/shop", new { hosts = new[] { host } });

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("api.example.com or *.example.com");
    }

    [Theory]
    [InlineData("api.example.com", true)]
    [InlineData("API.example.com", true)]
    [InlineData("a.b.wild.org", true)]
    [InlineData("wild.org", false)]
    [InlineData("evilwild.org", false)]
    [InlineData("api.example.com.evil.org", false)]
    public void A_pattern_means_its_host_or_what_lies_below_it(string host, bool isAllowed) =>
        SecretHosts.Allow(["api.example.com", "*.wild.org"], host).ShouldBe(isAllowed);

    private Uri Own(string path) => new UriBuilder(_service.Address) { Host = "localhost", Path = path }.Uri;

    private async Task StoreAsync(string[] hosts)
    {
        var stored = await _server.Client.PostAsJsonAsync("/elsa/api/secrets", new { name = "shop", value = Value, hosts });
        stored.StatusCode.ShouldBe(HttpStatusCode.OK, await stored.Content.ReadAsStringAsync());
    }

    private async Task RunAsync(string id, Uri url, string input, string script)
    {
        var request = Step("call", "Elsa.SendHttpRequest", ("method", "Literal", "POST"), ("contentType", "Literal", script.StartsWith("'before", StringComparison.Ordinal) ? "text/plain" : "application/json"));
        foreach (var (name, expression, value) in new (string, string, string)[] { ("url", "Literal", url.ToString()), ("disableAuthorizationHeaderValidation", "Literal", "true"), (input, "JavaScript", script.Replace("{0}", url.ToString(), StringComparison.Ordinal)) })
            request[name] = new JsonObject { ["typeName"] = "Any", ["expression"] = new JsonObject { ["type"] = expression, ["value"] = value } };
        await _server.PublishAsync(id, Of(Endpoint(id), request));
        await _server.Client.GetAsync("/workflows/" + id);
    }
}
