using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Platform.Runtime.Store;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Api;

public sealed class ServiceApiTests
{
    [Fact]
    public async Task A_service_is_created_changed_and_deleted_while_the_server_runs_and_all_of_it_is_audited()
    {
        using var first = await TestService.StartAsync(context => context.Response.WriteAsync("\"first\""));
        using var second = await TestService.StartAsync(context => context.Response.WriteAsync("\"second\""));
        await using var server = HttpTestServer.Start();
        await PublishCallAsync(server);
        using var client = Authorized(server);

        var created = await client.PostAsJsonAsync("/api/services", new { name = "shop", baseAddress = first.Address.AbsoluteUri, owner = "ann", tags = new[] { "a" } });
        created.StatusCode.ShouldBe(HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
        (await server.Client.GetStringAsync("/workflows/call")).ShouldBe("\"first\"");
        var changed = await client.PutAsJsonAsync("/api/services/shop", new { baseAddress = second.Address.AbsoluteUri });
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await server.Client.GetStringAsync("/workflows/call")).ShouldBe("\"second\"");
        (await client.DeleteAsync("/api/services/shop")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await client.GetAsync("/api/services/shop")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "WF4801");

        var audit = await server.Store.ListAuditAsync(new AuditFilter { TargetKind = "service" }, CancellationToken.None);
        audit.Select(entry => entry.Action).Order(StringComparer.Ordinal).ShouldBe(["service.change", "service.create", "service.delete"]);
        audit.ShouldAllBe(entry => entry.TargetId == "shop");
    }

    [Fact]
    public async Task What_was_stored_counts_over_the_configuration_until_it_is_taken_back()
    {
        await using var server = HttpTestServer.Start(("Services:shop:BaseAddress", "http://configured"));
        using var client = Authorized(server);

        (await AddressAsync()).ShouldBe("configuration http://configured/");
        await client.PutAsJsonAsync("/api/services/shop", new { baseAddress = "http://stored" });
        (await AddressAsync()).ShouldBe("store http://stored/");
        (await client.DeleteAsync("/api/services/shop")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await AddressAsync()).ShouldBe("configuration http://configured/");
        await (await client.DeleteAsync("/api/services/shop")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "WF4804");

        async Task<string> AddressAsync()
        {
            var service = await (await client.GetAsync("/api/services/SHOP")).JsonAsync();
            return $"{service["source"]} {service["baseAddresses"]![0]!["address"]}";
        }
    }

    [Theory]
    [InlineData("""{"name": "a b", "baseAddress": "http://x"}""", "cannot be a name")]
    [InlineData("""{"baseAddress": "http://x"}""", "cannot be a name")]
    [InlineData("""{"name": "x:y", "baseAddress": "http://x"}""", "The name 'x:y' cannot be used")]
    [InlineData("""{"name": "x"}""", "baseAddress is missing.")]
    [InlineData("""{"name": "x", "baseAddress": "ftp://x"}""", "baseAddress is 'ftp://x', which is no address.")]
    [InlineData("""{"name": "x", "baseAddress": "http://x", "baseAdress": 1}""", "baseAdress is not known. Did you mean 'BaseAddress'?")]
    [InlineData("""{"name": "x", "baseAddress": "http://x", "policy": {"retry": {"maxAttempts": 0}}}""", "policy.retry.maxAttempts must lie between 1 and 20.")]
    [InlineData("""{"name": "x", "baseAddress": "http://x", "dependencies": ["nobody"]}""", "depends on the service 'nobody', which is not registered")]
    [InlineData("""{"name": "x", "baseAddress": "http://x", "dependencies": ["x"]}""", "in a circle: x -> x")]
    [InlineData("""{"name": "x", "baseAddress": "http://x", "policyName": "none"}""", "names the policy 'none', which is not there")]
    public async Task A_service_that_cannot_be_used_is_refused_with_all_reasons(string body, string expected)
    {
        await using var server = HttpTestServer.Start();
        using var client = Authorized(server);

        var answer = await client.PostAsync("/api/services", new StringContent(body, null, "application/json"));

        (await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "WF4800"))["detail"]!.GetValue<string>().ShouldContain(expected);
    }

    [Fact]
    public async Task A_policy_is_shared_and_what_is_needed_stays()
    {
        await using var server = HttpTestServer.Start();
        using var client = Authorized(server);

        (await client.PostAsJsonAsync("/api/policies", new { name = "strict", retry = new { maxAttempts = 1 } })).StatusCode.ShouldBe(HttpStatusCode.Created);
        await (await client.PostAsJsonAsync("/api/policies", new { name = "STRICT" })).ShouldBeProblemAsync(HttpStatusCode.Conflict, "WF4802");
        await client.PostAsJsonAsync("/api/services", new { name = "base", baseAddress = "http://base", policyName = "strict" });
        await client.PostAsJsonAsync("/api/services", new { name = "top", baseAddress = "http://top", dependencies = new[] { "base" } });

        await (await client.DeleteAsync("/api/policies/strict")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "WF4803");
        await (await client.DeleteAsync("/api/services/base")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "WF4803");
        (await (await client.GetAsync("/api/policies/strict")).JsonAsync())["services"]![0]!.GetValue<string>().ShouldBe("base");
        (await client.PutAsJsonAsync("/api/policies/strict", new { retry = new { maxAttempts = 7 } })).StatusCode.ShouldBe(HttpStatusCode.OK);
        var service = await (await client.GetAsync("/api/services/base")).JsonAsync();
        service["policy"]!["retry"]!["maxAttempts"]!.GetValue<int>().ShouldBe(7);
        service["dependents"]![0]!.GetValue<string>().ShouldBe("top");
        (await (await client.GetAsync("/api/services?tag=none")).JsonAsync())["totalCount"]!.GetValue<int>().ShouldBe(0);
        (await (await client.GetAsync("/api/policies")).JsonAsync())["items"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Services_policies_and_open_breakers_are_there_again_after_the_process_died()
    {
        using var shop = await TestService.StartAsync(context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        });
        var store = new InMemoryStore();
        await using var dying = HttpTestServer.StartOn(store);
        await PublishCallAsync(dying);
        using (var client = Authorized(dying))
        {
            await client.PostAsJsonAsync("/api/policies", new { name = "quick", retry = new { maxAttempts = 1 }, circuitBreaker = new { failures = 2 } });
            await client.PostAsJsonAsync("/api/services", new { name = "shop", baseAddress = shop.Address.AbsoluteUri, policyName = "quick" });
            for (var i = 0; i < 3; i++)
                await dying.Client.GetAsync("/workflows/call");
        }

        // The first server is not stopped: what the second one knows was stored when it happened.
        await using var next = HttpTestServer.StartOn(store);
        using var again = Authorized(next);
        var breaker = (await (await again.GetAsync("/api/services/shop")).JsonAsync())["breaker"]!;

        shop.Requests.ShouldBe(2);
        (breaker["state"]!.GetValue<string>(), breaker["failures"]!.GetValue<int>()).ShouldBe(("Open", 2));
        breaker["nextProbeAt"]!.GetValue<DateTimeOffset>().ShouldBe(dying.Clock.GetUtcNow() + TimeSpan.FromSeconds(60));
        await next.Client.GetAsync("/workflows/call");
        shop.Requests.ShouldBe(2, "the breaker is still open");
        next.Clock.Advance(TimeSpan.FromSeconds(60));
        await next.Client.GetAsync("/workflows/call");
        await next.Client.GetAsync("/workflows/call");
        shop.Requests.ShouldBe(3, "one probe was let through, and failed");
    }

    [Fact]
    public async Task A_breaker_is_opened_and_closed_by_hand_which_is_audited_and_stored()
    {
        using var shop = await TestService.StartAsync(context => context.Response.WriteAsync("\"yes\""));
        var store = new InMemoryStore();
        await using var server = HttpTestServer.StartOn(store);
        await PublishCallAsync(server);
        using var client = Authorized(server);
        await client.PostAsJsonAsync("/api/services", new { name = "shop", baseAddress = shop.Address.AbsoluteUri });

        await (await client.PostAsJsonAsync("/api/services/shop/breaker/open", new { duration = "soon" })).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "WF4805");
        var opened = await (await client.PostAsync("/api/services/shop/breaker/open", null)).JsonAsync();
        (opened["breaker"]!["state"]!.GetValue<string>(), opened["breaker"]!["nextProbeAt"]).ShouldBe(("Open", null));
        opened["breaker"]!["by"]!.GetValue<string>().ShouldNotBeEmpty();
        await server.Client.GetAsync("/workflows/call");
        shop.Requests.ShouldBe(0);
        await using (var next = HttpTestServer.StartOn(store))
        {
            using var other = Authorized(next);
            (await (await other.GetAsync("/api/services/shop")).JsonAsync())["breaker"]!["state"]!.GetValue<string>().ShouldBe("Open");
        }

        await client.PostAsync("/api/services/shop/breaker/close", null);
        (await server.Client.GetStringAsync("/workflows/call")).ShouldBe("\"yes\"");
        var audit = await store.ListAuditAsync(new AuditFilter { TargetKind = "service" }, CancellationToken.None);
        audit.Select(entry => entry.Action).ShouldContain("breaker.open");
        audit.Select(entry => entry.Action).ShouldContain("breaker.close");
    }

    [Fact]
    public async Task A_registration_lets_the_http_activity_reach_the_service_too()
    {
        using var shop = await TestService.StartAsync(context => context.Response.WriteAsync("yes"));
        await using var server = HttpTestServer.Start();
        using var client = Authorized(server);
        await server.PublishAsync("send", Flow.Of(
            Flow.Endpoint("send"), Flow.Step("send", "Elsa.SendHttpRequest", ("url", "Literal", shop.Address.AbsoluteUri)), Flow.Respond("sent")));

        await server.Client.GetAsync("/workflows/send");
        shop.Requests.ShouldBe(0, "it is an address of this machine");
        await client.PostAsJsonAsync("/api/services", new { name = "shop", baseAddress = shop.Address.AbsoluteUri });
        (await server.Client.GetStringAsync("/workflows/send")).ShouldBe("sent");
        shop.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task The_health_of_a_service_is_asked_for_at_once()
    {
        using var shop = await TestService.StartAsync(context => context.Response.WriteAsJsonAsync(new { status = "degraded" }));
        await using var server = HttpTestServer.Start(("Services:shop:BaseAddress", shop.Address.AbsoluteUri));
        using var client = Authorized(server);

        var health = await (await client.GetAsync("/api/services/shop/health")).JsonAsync();

        (health["status"]!.GetValue<string>(), health["statusCode"]!.GetValue<int>()).ShouldBe(("Degraded", 200));
        health["breaker"]!["state"]!.GetValue<string>().ShouldBe("Closed");
    }

    private static HttpClient Authorized(HttpTestServer server) => server.Authorized();

    /// <summary>GET /workflows/call calls the service 'shop' and answers with what it answered.</summary>
    private static Task PublishCallAsync(HttpTestServer server) => server.PublishAsync("call", Flow.Of(
        Flow.Endpoint("call"),
        Flow.Step("shop", "Platform.CallService", ("service", "Literal", "shop")).Bind("result", "answer"),
        Flow.RespondWith("answer")).Variables("answer"));
}
