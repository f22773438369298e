using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Store;
using Platform.Server.Orchestration;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Orchestration;

/// <summary>Circuit breakers of workflows in the server: shared, stored, shown and set by hand.</summary>
public sealed class BreakerBookTests
{
    private readonly SteppingClock _clock = new();
    private readonly InMemoryStore _store = new();

    [Fact]
    public async Task It_is_shared_by_workflows_outlives_the_process_and_closes_by_a_probe()
    {
        await using (var first = Start())
        {
            await PublishAsync(first, "bad", Boom);
            await PublishAsync(first, "good", Answer);
            await first.Client.GetAsync("/workflows/bad");
            (await first.Client.GetStringAsync("/workflows/good")).ShouldBe("fallback");
        }

        await using var next = Start();
        (await next.Client.GetStringAsync("/workflows/good")).ShouldBe("fallback");
        _clock.Advance(TimeSpan.FromSeconds(60));
        (await next.Client.GetStringAsync("/workflows/good")).ShouldBe("body");

        (await _store.ListDocumentsAsync(BreakerBook.Kind, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task It_is_listed_and_opened_and_closed_by_hand_and_all_of_it_is_audited()
    {
        await using var server = Start();
        await PublishAsync(server, "good", Answer);
        await server.Client.GetAsync("/workflows/good");
        using var client = server.Authorized();

        (await client.GetFromJsonAsync<JsonObject>("/api/breakers"))!["items"]![0]!["name"]!.ToString().ShouldBe("bank");
        var opened = await client.PostAsJsonAsync("/api/breakers/BANK/open", new { duration = "00:05:00" });
        opened.StatusCode.ShouldBe(HttpStatusCode.OK, await opened.Content.ReadAsStringAsync());
        (await server.Client.GetStringAsync("/workflows/good")).ShouldBe("fallback");
        (await client.PostAsync("/api/breakers/bank/close", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await server.Client.GetStringAsync("/workflows/good")).ShouldBe("body");
        await (await client.PostAsJsonAsync("/api/breakers/bank/open", new { duration = "soon" })).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "WF4805");

        var audit = await server.Store.ListAuditAsync(new AuditFilter { TargetKind = "breaker" }, CancellationToken.None);
        audit.Where(entry => entry.TargetId == "bank").Select(entry => entry.Action).Distinct().Order(StringComparer.Ordinal).ShouldBe(["breaker.close", "breaker.open"]);
    }

    private static JsonObject Boom => Flow.Step("boom", "Elsa.Fault", ("message", "Literal", "down"));

    private static JsonObject Answer => Flow.Respond("body", "body");

    private HttpTestServer Start() => HttpTestServer.Start(services => services.AddSingleton<IWorkflowStore>(_store).AddSingleton<TimeProvider>(_clock));

    private static Task PublishAsync(HttpTestServer server, string name, JsonObject body) => server.PublishAsync(name, Flow.Of(
        Flow.Endpoint(name),
        Flow.Step("breaker", "Platform.CircuitBreaker", ("key", "Literal", "bank"), ("failures", "Literal", 1))
            .With("body", body).With("fallback", Flow.Respond("fallback", "instead"))));
}
