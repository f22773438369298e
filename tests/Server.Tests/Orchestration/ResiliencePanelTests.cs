using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Orchestration;

/// <summary>Elsa's <c>resilienceStrategy</c>: what Studio's panel offers, what activities do with it, and what the viewer is told.</summary>
public sealed class ResiliencePanelTests
{
    [Theory]
    [InlineData("Elsa.SendHttpRequest", """{"mode": "Identifier", "strategyId": "patient"}""")]
    [InlineData("Elsa.FlowSendHttpRequest", """{"mode": "Expression", "expression": {"type": "JavaScript", "value": "'pat' + 'ient'"}}""")]
    [InlineData("Elsa.SendHttpRequest", """{"mode": "Expression", "expression": {"type": "Object", "value": "{\"id\": \"patient\"}"}}""")]
    [InlineData("Elsa.SendHttpRequest", """{"mode": "Expression", "expression": {"type": "Object", "value": "{\"maxRetryAttempts\": 3, \"delay\": \"00:00:00\"}"}}""")]
    [InlineData("Platform.CallService", """{"mode": "Identifier", "strategyId": "patient"}""")]
    public async Task An_activity_tries_again_as_its_author_chose_and_the_attempts_are_told(string type, string strategy)
    {
        using var shop = await FailingAsync(times: 3);
        await using var server = Start(shop);
        await PublishAsync(server, type, shop, strategy);

        (await server.Client.GetAsync("/workflows/go")).EnsureSuccessStatusCode();

        shop.Requests.ShouldBe(4);
        using var client = server.Authorized();
        var instance = await server.OnlyInstanceAsync("go");
        var record = (await GetAsync(client, $"activity-executions/list?workflowInstanceId={instance.Id}&activityId=call"))["items"]![0]!;
        record["metadata"]!["HasRetryAttempts"]!.GetValue<bool>().ShouldBeTrue();
        var retries = await GetAsync(client, $"resilience/retries/{record["id"]}");
        retries["count"]!.GetValue<int>().ShouldBe(3);
        retries["items"]!.AsArray().Select(item => item!["attemptNumber"]!.GetValue<int>()).ShouldBe([1, 2, 3]);
        var first = retries["items"]![0]!;
        first["retryDelay"]!.GetValue<string>().ShouldBe("00:00:00");
        first["details"]!["StatusCode"]!.GetValue<string>().ShouldBe("503");
        first["activityId"]!.GetValue<string>().ShouldBe("call");
        first["workflowInstanceId"]!.GetValue<string>().ShouldBe(instance.Id);
    }

    [Fact]
    public async Task Without_a_strategy_an_activity_tries_once_and_an_unknown_one_is_told_in_the_journal()
    {
        using var shop = await FailingAsync(times: 10);
        await using var server = Start(shop);
        await PublishAsync(server, "Elsa.SendHttpRequest", shop, """{"mode": "Identifier", "strategyId": "nobody"}""");

        (await server.Client.GetAsync("/workflows/go")).EnsureSuccessStatusCode();

        shop.Requests.ShouldBe(1);
        (await server.LogAsync("go")).ShouldContain("There is no policy 'nobody'");
    }

    [Fact]
    public async Task The_breaker_of_a_service_is_the_same_for_every_activity_that_reaches_it()
    {
        using var shop = await FailingAsync(times: 100);
        await using var server = Start(shop, ("Policies:patient:CircuitBreaker:Failures", "3"));
        await PublishAsync(server, "Elsa.SendHttpRequest", shop, """{"mode": "Identifier", "strategyId": "patient"}""");

        await server.Client.GetAsync("/workflows/go");
        await server.Client.GetAsync("/workflows/go");

        shop.Requests.ShouldBe(5, "the service's own policy allows as many failures in a row, wherever they come from");
        using var client = server.Authorized();
        (await (await client.GetAsync("/api/services/shop")).JsonAsync())["breaker"]!["state"]!.GetValue<string>().ShouldBe("Open");
    }

    [Fact]
    public async Task The_panel_offers_the_policies_and_studio_is_told_that_it_may_show_it()
    {
        using var shop = await FailingAsync(times: 0);
        await using var server = Start(shop, ("Policies:patient:Description", "For slow partners."));
        using var client = server.Authorized();
        await client.PostAsJsonAsync("/api/policies", new { name = "quick", retry = new { maxAttempts = 1 } });

        var strategies = await GetAsync(client, "resilience/strategies?category=HTTP");
        var features = await GetAsync(client, "features/installed");
        var descriptors = await GetAsync(client, "descriptors/activities?refresh=true");

        strategies["items"]!.AsArray().Select(item => $"{item!["$type"]} {item["id"]} {item["displayName"]} {item["maxRetryAttempts"]}")
            .ShouldBe(["HttpResilienceStrategy patient patient: For slow partners. 4", "HttpResilienceStrategy quick quick 0"]);
        features["items"]!.AsArray().ShouldContain(item => item!["fullName"]!.GetValue<string>() == "Elsa.Resilience");
        descriptors["items"]!.AsArray().Where(item => item!["customProperties"]!["Resilient"]?.GetValue<bool>() == true).Select(item => item!["typeName"]!.GetValue<string>())
            .ShouldBe(["Elsa.FlowSendHttpRequest", "Elsa.SendHttpRequest", "Platform.CallOperation", "Platform.CallService", "Platform.Notify", "Platform.RouteByIntent"]);
    }

    private static HttpTestServer Start(TestService shop, params (string Key, string Value)[] settings) => HttpTestServer.Start([
        ("Services:shop:BaseAddress", shop.Address.AbsoluteUri), ("Services:shop:Policy:Retry:MaxAttempts", "1"),
        ("Policies:patient:Retry:MaxAttempts", "5"), ("Policies:patient:Retry:Delay", "00:00:00"), ("Policies:patient:Retry:UseJitter", "false"), .. settings]);

    private static Task PublishAsync(HttpTestServer server, string type, TestService shop, string strategy)
    {
        var call = type == "Platform.CallService"
            ? Flow.Step("call", type, ("service", "Literal", "shop"))
            : Flow.Step("call", type, ("url", "Literal", shop.Address.AbsoluteUri));
        return server.PublishAsync("go", Flow.Of(
            Flow.Endpoint("go"), call.With("customProperties", new JsonObject { ["resilienceStrategy"] = JsonNode.Parse(strategy) }), Flow.Respond("done")));
    }

    private static async Task<JsonNode> GetAsync(HttpClient client, string path)
    {
        var answer = await client.GetAsync("/elsa/api/" + path);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return await answer.JsonAsync();
    }

    private static Task<TestService> FailingAsync(int times)
    {
        var left = times;
        return TestService.StartAsync(context =>
        {
            context.Response.StatusCode = Interlocked.Decrement(ref left) >= 0 ? 503 : 200;
            return Task.CompletedTask;
        });
    }
}
