using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Store;
using Platform.Server.Api;
using Platform.Server.Supervision;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Supervision;

/// <summary>Services as real processes: started, watched, restarted and ended.</summary>
public sealed class SupervisorTests
{
    private const string Sleeps = "echo up; exec sleep 1000";

    [Fact]
    public async Task What_is_needed_is_ready_before_what_needs_it_is_started_and_ends_after_it()
    {
        var isWell = false;
        using var health = await TestService.StartAsync(context =>
        {
            context.Response.StatusCode = Volatile.Read(ref isWell) ? 200 : 503;
            return Task.CompletedTask;
        });
        await using var server = SupervisedServer.Start(
        [
            .. SupervisedServer.Script("base", Sleeps, ("BaseAddress", health.Address.AbsoluteUri), ("Process:Ready", "Health")),
            .. SupervisedServer.Script("top", "trap 'sleep 0.3; exit 0' TERM; echo up; while :; do sleep 0.05; done", ("Dependencies:0", "base")),
        ]);

        (await server.Client.PostAsync("/api/services/top/start", null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await server.UntilAsync("base", now => now is { State: ProcessState.Starting, Pid: not null } && health.Requests > 1);
        server.Supervisor.Find("top").ShouldBe(server.Supervisor.Find("top")! with { State = ProcessState.Starting, Pid = null }, "what it needs is not ready");
        server.Supervisor.IsStarting("top").ShouldBeTrue();
        Volatile.Write(ref isWell, true);
        await server.UntilAsync("top", now => now.State == ProcessState.Running);
        server.Supervisor.Find("base")!.State.ShouldBe(ProcessState.Running);
        server.Supervisor.IsStarting("top").ShouldBeFalse();
        await server.LineAsync("top", "up");

        (await server.Client.PostAsJsonAsync("/api/services/stop-all", new { })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await server.UntilAsync("top", now => now.State == ProcessState.Stopping);
        server.Supervisor.Find("base")!.State.ShouldBe(ProcessState.Running, "what needs it has not ended yet");
        await server.UntilAsync("base", now => now.State == ProcessState.Stopped);
        server.Supervisor.Find("top").ShouldSatisfyAllConditions(now => now!.State.ShouldBe(ProcessState.Stopped), now => now!.LastExitCode.ShouldBe(0));
    }

    [Fact]
    public async Task Pages_hear_of_it_when_a_process_changes_its_state()
    {
        await using var server = SupervisedServer.Start([.. SupervisedServer.Script("shop", Sleeps), ("Monitor:Enabled", "false")]);
        using var listener = server.Http.Services.GetRequiredService<PageNews>().Listen();

        await server.PostAsync("/api/services/shop/start");

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!(await listener.NextAsync(patience.Token)).ShouldNotBeNull().Contains(PageNews.Monitor))
            patience.Token.ThrowIfCancellationRequested();
    }

    [Fact]
    public async Task One_after_the_other_means_that_the_second_waits_for_the_first()
    {
        var isWell = false;
        using var health = await TestService.StartAsync(context =>
        {
            context.Response.StatusCode = Volatile.Read(ref isWell) ? 200 : 503;
            return Task.CompletedTask;
        });
        await using var server = SupervisedServer.Start(
        [
            .. SupervisedServer.Script("a", Sleeps, ("BaseAddress", health.Address.AbsoluteUri), ("Process:Ready", "Health")),
            .. SupervisedServer.Script("b", Sleeps),
        ]);

        await server.PostAsync("/api/services/start-all", new { mode = "Sequential" });
        await server.UntilAsync("a", now => now.Pid is not null && health.Requests > 1);
        server.Supervisor.Find("b")!.State.ShouldBe(ProcessState.Stopped);
        server.Supervisor.DesiredOf("b").ShouldBe(DesiredState.Running, "the wish is there already");
        server.Supervisor.IsAtRest("b").ShouldBeFalse("it waits for its turn");
        Volatile.Write(ref isWell, true);
        await server.UntilAsync("b", now => now.State == ProcessState.Running);
    }

    [Fact]
    public async Task What_cannot_have_what_it_needs_fails_and_says_so()
    {
        await using var server = SupervisedServer.Start(
        [
            .. SupervisedServer.Script("base", Sleeps, ("Process:Executable", "no-such-program")),
            .. SupervisedServer.Script("top", Sleeps, ("Dependencies:0", "base")),
        ]);

        var top = (await server.PostAsync("/api/services/top/start"))["process"]!;

        (await server.ProcessAsync("base"))["state"]!.GetValue<string>().ShouldBe("Failed");
        (top["state"]!.GetValue<string>(), top["pid"]).ShouldBe(("Failed", null));
        top["lastError"]!.GetValue<string>().ShouldBe("It needs the service 'base', which is Failed. Start that one first; it says what is wrong with it.");
    }

    [Fact]
    public async Task A_service_that_dies_is_started_again_and_tells_how_it_ended()
    {
        await using var server = SupervisedServer.Start(SupervisedServer.Script("shop", "echo oh dear >&2; exec sleep 1000"));
        var first = (await server.PostAsync("/api/services/shop/start"))["process"]!["pid"]!.GetValue<int>();
        await server.LineAsync("shop", "oh dear");

        ProcessTree.Kill(first);
        var now = await server.UntilAsync("shop", now => now is { State: ProcessState.Running, Restarts: 1 });

        now.Pid.ShouldNotBe(first);
        now.LastExitCode.ShouldBe(137);
        now.LastError.ShouldBe("It ended by itself with exit code 137, by signal 9. It said last: oh dear");
    }

    [Fact]
    public async Task One_that_flaps_is_quarantined_which_is_audited_told_to_workflows_and_kept_until_somebody_starts_it()
    {
        var store = new InMemoryStore();
        var flapping = SupervisedServer.Script("shop", "exit 3", ("Process:Restart:MaxRestarts", "2"), ("Process:StartsWithServer", "true"));
        await using (var server = SupervisedServer.StartOn(store, flapping))
        {
            await server.Http.PublishAsync("told", Flow.Of(Flow.Starts(Flow.Step("event", "Elsa.Event", ("eventName", "Literal", SupervisorParts.QuarantinedEvent)))));
            await server.PostAsync("/api/services/shop/start");
            var now = await server.UntilAsync("shop", now => now.State == ProcessState.Quarantined);
            (now.Restarts, now.LastExitCode, now.Pid).ShouldBe((2, 3, null));
            now.LastError!.ShouldStartWith("It was restarted 2 times within 00:05:00 and ended again, so it is not restarted any more.");
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            while (await server.Http.CountInstancesAsync("told") == 0)
                await Task.Delay(10, patience.Token);
        }

        (await store.ListAuditAsync(new AuditFilter { TargetKind = "service" }, CancellationToken.None))
            .ShouldContain(entry => entry.Action == "service.quarantine" && entry.ActorKind == "system" && entry.TargetId == "shop");
        await using var next = SupervisedServer.StartOn(store, flapping);
        (await next.ProcessAsync("shop"))["state"]!.GetValue<string>().ShouldBe("Quarantined", "a new server makes it no better");
        await next.PostAsync("/api/services/shop/stop");
        (await next.ProcessAsync("shop"))["state"]!.GetValue<string>().ShouldBe("Stopped");
    }

    [Fact]
    public async Task The_wait_before_a_restart_grows_up_to_its_limit()
    {
        var rules = new CustomActivities.Services.RestartRules { InitialDelay = TimeSpan.FromSeconds(1), Factor = 3, MaxDelay = TimeSpan.FromSeconds(10) };
        Enumerable.Range(1, 4).Select(number => rules.DelayOf(number).TotalSeconds).ShouldBe([1, 3, 9, 10]);

        await using var server = SupervisedServer.Start(SupervisedServer.Script(
            "shop", "exit 1", ("Process:Restart:InitialDelay", "00:30:00"), ("Process:Restart:MaxDelay", "00:30:00")));
        await server.Client.PostAsync("/api/services/shop/start", null);
        var now = await server.UntilAsync("shop", now => now.State == ProcessState.BackingOff);
        now.NextStartAt!.Value.ShouldBe(now.Since + TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(1));

        (await server.PostAsync("/api/services/shop/stop"))["process"]!["state"]!.GetValue<string>().ShouldBe("Stopped", "it does not wait for the restart");
    }

    [Theory]
    [InlineData("OnFailure", "exit 0", ProcessState.Stopped)]
    [InlineData("OnFailure", "exit 1", ProcessState.Quarantined)]
    [InlineData("Never", "exit 0", ProcessState.Stopped)]
    [InlineData("Never", "exit 1", ProcessState.Failed)]
    public async Task The_rules_say_whether_it_is_started_again(string mode, string script, object state)
    {
        await using var server = SupervisedServer.Start(SupervisedServer.Script("shop", script, ("Process:Restart:Mode", mode), ("Process:Restart:MaxRestarts", "0")));

        await server.Client.PostAsync("/api/services/shop/start", null);

        (await server.UntilAsync("shop", now => now.LastExitCode is not null && now.IsAtRest && now.Pid is null)).State.ShouldBe((ProcessState)state);
    }

    [Fact]
    public async Task Who_ends_when_asked_ends_well_and_who_does_not_is_killed_after_the_stop_timeout()
    {
        await using var server = SupervisedServer.Start(
        [
            .. SupervisedServer.Script("polite", "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done"),
            .. SupervisedServer.Script("stubborn", "trap '' TERM; echo up; while :; do sleep 0.05; done", ("Process:StopTimeout", "00:00:00.300")),
        ]);
        await server.PostAsync("/api/services/start-all");
        await server.LineAsync("polite", "up");
        await server.LineAsync("stubborn", "up");

        await server.PostAsync("/api/services/stop-all");

        (await server.ProcessAsync("polite"))["lastExitCode"]!.GetValue<int>().ShouldBe(0);
        (await server.LineAsync("polite", "bye")).ShouldBe("bye");
        (await server.ProcessAsync("stubborn"))["lastExitCode"]!.GetValue<int>().ShouldBe(137);
    }

    [Theory]
    [InlineData("sleep 1000 & echo child $!; wait")]
    [InlineData("setsid sleep 1000 & echo child $!; wait")]
    [InlineData("(sleep 1000 & echo child $!) ; sleep 1000")]
    [InlineData("env -i sleep 1000 & echo child $!; wait")]
    public async Task Its_processes_end_as_a_whole(string script)
    {
        await using var server = SupervisedServer.Start(SupervisedServer.Script("shop", script));
        await server.PostAsync("/api/services/shop/start");
        var child = int.Parse((await server.LineAsync("shop", "child")).Split(' ')[1], CultureInfo.InvariantCulture);
        Living.IsAlive(child).ShouldBeTrue();

        await server.PostAsync("/api/services/shop/stop");

        Living.IsAlive(child).ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_left_of_a_process_that_died_ends_before_it_is_started_again()
    {
        await using var server = SupervisedServer.Start(SupervisedServer.Script("shop", "sleep 1000 & echo child $!; wait"));
        var pid = (await server.PostAsync("/api/services/shop/start"))["process"]!["pid"]!.GetValue<int>();
        var child = int.Parse((await server.LineAsync("shop", "child")).Split(' ')[1], CultureInfo.InvariantCulture);

        ProcessTree.Kill(pid);
        await server.UntilAsync("shop", now => now is { State: ProcessState.Running, Restarts: 1 });

        Living.IsAlive(child).ShouldBeFalse();
    }

    [Fact]
    public async Task One_that_is_not_ready_in_time_is_ended_and_counts_as_failed()
    {
        await using var server = SupervisedServer.Start(SupervisedServer.Script(
            "shop", Sleeps, ("Process:Ready", "Port"), ("Process:StartTimeout", "00:00:00.300"), ("Process:Restart:MaxRestarts", "0")));
        await server.Client.PostAsync("/api/services/shop/start", null);

        var now = await server.UntilAsync("shop", now => now.State == ProcessState.Quarantined);

        now.LastError!.ShouldContain("It was not ready within 0.3 s: its port took no connection.");
        now.LastExitCode.ShouldBe(143);
    }

    [Theory]
    [InlineData("Process:Executable", "no-such-program", "There is no program 'no-such-program' in PATH.")]
    [InlineData("Process:Executable", "./no-such-program", "There is no program '")]
    [InlineData("Process:WorkingDirectory", "/no/such/folder", "There is no working directory '/no/such/folder'.")]
    [InlineData("Process:Secrets:TOKEN", "no-such-secret", "The variable 'TOKEN' needs the secret 'no-such-secret', which is not there")]
    public async Task What_cannot_be_started_says_why_and_is_not_tried_again_and_again(string key, string value, string expected)
    {
        await using var server = SupervisedServer.Start(SupervisedServer.Script("shop", Sleeps, (key, value)));

        var process = (await server.PostAsync("/api/services/shop/start"))["process"]!;

        (process["state"]!.GetValue<string>(), process["restarts"]!.GetValue<int>()).ShouldBe(("Failed", 0));
        process["lastError"]!.GetValue<string>().ShouldContain(expected);
    }

    [Fact]
    public async Task What_somebody_wants_of_a_service_survives_a_restart_of_the_server()
    {
        var store = new InMemoryStore();
        (string, string)[] settings =
        [
            .. SupervisedServer.Script("always", Sleeps, ("Process:StartsWithServer", "true")),
            .. SupervisedServer.Script("stopped", Sleeps, ("Process:StartsWithServer", "true")),
            .. SupervisedServer.Script("started", Sleeps),
            .. SupervisedServer.Script("never", Sleeps),
        ];
        int pid;
        await using (var server = SupervisedServer.StartOn(store, settings))
        {
            await server.UntilAsync("stopped", now => now.State == ProcessState.Running);
            await server.PostAsync("/api/services/stopped/stop");
            pid = (await server.PostAsync("/api/services/started/start"))["process"]!["pid"]!.GetValue<int>();
        }

        Living.IsAlive(pid).ShouldBeFalse("services end with the server");
        await using var next = SupervisedServer.StartOn(store, settings);
        await next.UntilAsync("always", now => now.State == ProcessState.Running);
        await next.UntilAsync("started", now => now.State == ProcessState.Running);
        next.Supervisor.Find("stopped")!.State.ShouldBe(ProcessState.Stopped);
        next.Supervisor.Find("never")!.State.ShouldBe(ProcessState.Stopped);
    }

    [Fact]
    public async Task A_process_gets_its_own_variables_and_secrets_and_nothing_else_of_the_server()
    {
        Environment.SetEnvironmentVariable("SERVER_ONLY", "server-password");
        Environment.SetEnvironmentVariable("HANDED_ON", "handed-on-value");
        await using var server = SupervisedServer.Start(SupervisedServer.Script(
            "shop",
            "echo \"[$PLAIN|$TOKEN|$SERVER_ONLY|$HANDED_ON]\"; exec sleep 1000",
            ("Process:Environment:PLAIN", "plain-value"),
            ("Process:Secrets:TOKEN", "shop-token"),
            ("Process:Inherit:0", "HANDED_ON")));
        (await server.Client.PostAsJsonAsync("/elsa/api/secrets", new { name = "shop-token", value = "very-secret-token" })).IsSuccessStatusCode.ShouldBeTrue();

        await server.PostAsync("/api/services/shop/start");

        (await server.LineAsync("shop", "[plain-value")).ShouldBe("[plain-value|***||handed-on-value]", "it has the secret, and what it writes is masked");
    }

    [Fact]
    public async Task A_service_that_loses_its_start_command_loses_its_process()
    {
        await using var server = SupervisedServer.Start(("Supervision:StartCommandsByRest", "true"));
        var body = new { name = "shop", baseAddress = "http://127.0.0.1:9", process = new { executable = "sleep", arguments = new[] { "1000" }, ready = "Started", startsWithServer = false } };
        (await server.Client.PostAsJsonAsync("/api/services", body)).StatusCode.ShouldBe(HttpStatusCode.Created);
        var pid = (await server.PostAsync("/api/services/shop/start"))["process"]!["pid"]!.GetValue<int>();

        (await server.Client.DeleteAsync("/api/services/shop")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await Living.EndedAsync(pid);
    }

    [Fact]
    public void A_process_that_is_known_by_number_and_time_alone_is_ended_only_when_both_fit()
    {
        using var process = System.Diagnostics.Process.Start("sleep", "1000");

        RecordedProcess.End(process.Id, DateTimeOffset.UtcNow.AddHours(-1)).ShouldBeFalse("its number was given to another one");
        process.HasExited.ShouldBeFalse();
        RecordedProcess.End(process.Id, new DateTimeOffset(process.StartTime)).ShouldBeTrue();
        process.WaitForExit(60_000).ShouldBeTrue();
        RecordedProcess.End(process.Id, new DateTimeOffset(process.StartTime)).ShouldBeFalse();
    }
}
