using System.Net;
using System.Net.Http.Json;
using Platform.Runtime.Store;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Supervision;

/// <summary>Processes over REST: by our own API and by the routes of the HEAL7 hub.</summary>
public sealed class ProcessApiTests
{
    private const string Sleeps = "echo up; exec sleep 1000";

    [Fact]
    public async Task A_start_command_is_refused_over_rest_unless_the_server_allows_it()
    {
        var body = new { name = "shop", baseAddress = "http://127.0.0.1:9", PROCESS = new { executable = "sleep" } };
        var store = new InMemoryStore();
        await using (var strict = SupervisedServer.StartOn(store))
            await (await strict.Client.PostAsJsonAsync("/api/services", body)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "WF4820");
        await using (var open = SupervisedServer.StartOn(store, ("Supervision:StartCommandsByRest", "true")))
        {
            (await open.Client.PostAsJsonAsync("/api/services", body)).StatusCode.ShouldBe(HttpStatusCode.Created);
            (await open.ProcessAsync("shop"))["executable"]!.GetValue<string>().ShouldBe("sleep");
        }

        await using var again = SupervisedServer.StartOn(store);
        (await again.ProcessAsync("shop")).ShouldBeNull("what was stored while it was allowed does not count any more");
        await (await again.Client.PutAsJsonAsync("/api/services/shop", body)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "WF4820");
    }

    [Fact]
    public async Task A_change_over_rest_leaves_the_configured_start_command_as_it_is()
    {
        await using var server = SupervisedServer.Start(SupervisedServer.Script("shop", Sleeps));
        var pid = (await server.PostAsync("/api/services/shop/start"))["process"]!["pid"]!.GetValue<int>();

        (await server.Client.PutAsJsonAsync("/api/services/shop", new { baseAddress = "http://127.0.0.1:10" })).StatusCode.ShouldBe(HttpStatusCode.OK);

        var process = await server.ProcessAsync("shop");
        (process["pid"]!.GetValue<int>(), process["executable"]!.GetValue<string>(), process["arguments"]![1]!.GetValue<string>()).ShouldBe((pid, "sh", Sleeps));
    }

    [Fact]
    public async Task Starting_and_stopping_is_audited_with_who_did_it()
    {
        var store = new InMemoryStore();
        await using var server = SupervisedServer.StartOn(store, SupervisedServer.Script("shop", Sleeps));

        await server.PostAsync("/api/services/shop/start");
        await server.PostAsync("/api/services/shop/restart");
        await server.PostAsync("/api/services/stop-all");

        var audit = await store.ListAuditAsync(new AuditFilter { TargetKind = "service", TargetId = "shop" }, CancellationToken.None);
        audit.Select(entry => entry.Action).Order(StringComparer.Ordinal).ShouldBe(["service.restart", "service.start", "service.stop-all"]);
        audit.ShouldAllBe(entry => entry.ActorKind == "apiKey");
    }

    [Fact]
    public async Task A_restart_gives_it_another_process_and_what_needs_it_runs_on()
    {
        await using var server = SupervisedServer.Start([.. SupervisedServer.Script("base", Sleeps), .. SupervisedServer.Script("top", Sleeps, ("Dependencies:0", "base"))]);
        await server.PostAsync("/api/services/start-all");
        var (basePid, topPid) = (await PidAsync("base"), await PidAsync("top"));

        await server.PostAsync("/api/services/base/restart");

        (await PidAsync("base")).ShouldNotBe(basePid);
        (await PidAsync("top")).ShouldBe(topPid);
        await server.PostAsync("/api/services/base/stop", new { wait = "00:01:00", withDependents = true });
        (await server.ProcessAsync("top"))["state"]!.GetValue<string>().ShouldBe("Stopped");

        async Task<int> PidAsync(string name) => (await server.ProcessAsync(name))["pid"]!.GetValue<int>();
    }

    [Fact]
    public async Task A_tag_chooses_services_and_what_they_need()
    {
        await using var server = SupervisedServer.Start(
        [
            .. SupervisedServer.Script("base", Sleeps),
            .. SupervisedServer.Script("top", Sleeps, ("Dependencies:0", "base"), ("Tags:0", "chosen")),
            .. SupervisedServer.Script("other", Sleeps),
        ]);

        var started = await server.PostAsync("/api/services/start-all", new { tag = "chosen", wait = "00:01:00" });

        started["items"]!.AsArray().Select(item => item!["name"]!.GetValue<string>()).ShouldBe(["base", "top"]);
        (await server.ProcessAsync("other"))["state"]!.GetValue<string>().ShouldBe("Stopped");
    }

    [Fact]
    public async Task The_routes_of_the_hub_answer_as_its_callers_know_them()
    {
        await using var server = SupervisedServer.Start(
            [.. SupervisedServer.Script("good", Sleeps, ("BaseAddress", "http://127.0.0.1:8012")), .. SupervisedServer.Script("bad", "exit 1", ("Process:Executable", "no-such-program"))]);

        var status = await (await server.Client.GetAsync("/orchestration/status")).JsonAsync();
        (status["orchestration_hub"]!.GetValue<string>(), status["total_services"]!.GetValue<int>(), status["running"]!.GetValue<int>()).ShouldBe(("active", 2, 0));
        status["services"]!["good"]!["port"]!.GetValue<int>().ShouldBe(8012);

        var answer = await server.Client.PostAsync("/orchestration/start-all", null);
        answer.StatusCode.ShouldBe(HttpStatusCode.MultiStatus);
        var started = await answer.JsonAsync();
        started["started"]!.AsArray().Select(name => name!.GetValue<string>()).ShouldBe(["good"]);
        started["failed"]![0]!["service"]!.GetValue<string>().ShouldBe("bad");
        started["failed"]![0]!["error"]!.GetValue<string>().ShouldContain("no-such-program");
        (await (await server.Client.GetAsync("/orchestration/status")).JsonAsync())["running"]!.GetValue<int>().ShouldBe(1);

        var stopped = await server.Client.PostAsync("/orchestration/stop-all", null);
        stopped.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await stopped.JsonAsync())["stopped"]!.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_servers_own_log_is_kept_and_searched_beside_those_of_the_services()
    {
        var folder = Directory.CreateTempSubdirectory("platform-server-log-");
        await using (var server = SupervisedServer.Start([("Supervision:LogDirectory", folder.FullName), .. SupervisedServer.Script("shop", "exit 1", ("Process:Restart:Mode", "Never"))]))
        {
            await server.Client.PostAsync("/api/services/shop/start", null);
            (await server.LineAsync("_server", "The service 'shop' failed.")).ShouldStartWith("Warning Platform.Server.Supervision.Supervisor[4483]");
            await (await server.Client.GetAsync("/api/services/_server/logs?stream=none")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "WF4823");
        }

        folder.Delete(recursive: true);
    }
}
