using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Platform.CustomActivities.Tests.Services;
using Platform.Engine.Execution;

namespace Platform.CustomActivities.Tests.Resilience;

/// <summary>What policies do, on real services of this machine.</summary>
public sealed class ServicePolicyTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task A_status_may_have_a_rule_of_its_own()
    {
        await using var service = await TestService.AnsweringAsync(404, 404, 200, 500);
        var harness = Harness(
            ("Services:shop:BaseAddress", service.Address),
            ("Services:shop:Policy:Retry:Statuses:404:Delay", "00:00:02"),
            ("Services:shop:Policy:Retry:Statuses:5xx:MaxAttempts", "1"));

        var running = CallAsync(harness);
        for (var i = 0; i < 2; i++)
        {
            await _clock.WaitsAsync(TimeSpan.FromSeconds(2));
            _clock.Advance(TimeSpan.FromSeconds(2));
        }

        (await running).Record.Outcomes.ShouldBe(["Done"]);
        (await CallAsync(harness)).Record.Outcomes.ShouldBe(["Failed"], "a 500 is never repeated here");
        service.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_wish_for_a_delay_can_be_left_out_of_account()
    {
        await using var service = await TestService.StartAsync((context, number) =>
        {
            context.Response.StatusCode = number == 1 ? 503 : 200;
            context.Response.Headers.RetryAfter = "7";
            return Task.CompletedTask;
        });
        var harness = Harness(("Services:shop:BaseAddress", service.Address), ("Services:shop:Policy:Retry:HonourRetryAfter", "false"));

        var running = CallAsync(harness);
        await _clock.WaitsAsync(TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(1));

        (await running).Record.Outcomes.ShouldBe(["Done"]);
    }

    [Fact]
    public async Task A_whole_call_that_runs_into_its_limit_counts_as_a_failure_of_the_service()
    {
        await using var service = await TestService.StartAsync((context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        var harness = Harness(
            ("Services:shop:BaseAddress", service.Address), ("Services:shop:Timeout", "00:00:04"), ("Services:shop:Policy:CircuitBreaker:Failures", "1"));

        var running = CallAsync(harness);
        await _clock.WaitsAsync(TimeSpan.FromSeconds(4));
        _clock.Advance(TimeSpan.FromSeconds(4));
        var run = await running;

        run.Record.OutputValues!.Value.GetProperty("Error").GetString().ShouldBe("The service 'shop' gave no answer in time.");
        (await CallAsync(harness)).Record.Outcomes.ShouldBe(["CircuitOpen"]);
    }

    [Fact]
    public async Task Several_addresses_share_the_calls_and_a_dead_one_is_passed_over()
    {
        await using var first = await TestService.AnsweringAsync(200);
        await using var second = await TestService.AnsweringAsync(200);
        var dead = await TestService.AnsweringAsync(200);
        var harness = Harness(
            ("Services:shop:BaseAddresses:0", first.Address), ("Services:shop:BaseAddresses:1", second.Address), ("Services:shop:BaseAddresses:2", dead.Address),
            ("Services:shop:Policy:Retry:Delay", "00:00:00"));
        await dead.DisposeAsync();

        for (var i = 0; i < 9; i++)
            (await CallAsync(harness)).Record.Outcomes.ShouldBe(["Done"]);

        first.Requests.Count.ShouldBeGreaterThanOrEqualTo(4);
        second.Requests.Count.ShouldBeGreaterThanOrEqualTo(4);
        (first.Requests.Count + second.Requests.Count).ShouldBe(9);
    }

    [Fact]
    public async Task With_failover_the_next_address_takes_over_only_while_the_first_one_fails()
    {
        await using var first = await TestService.AnsweringAsync(200, 503, 200);
        await using var second = await TestService.AnsweringAsync(200);
        var harness = Harness(
            ("Services:shop:BaseAddresses:0", first.Address), ("Services:shop:BaseAddresses:1", second.Address),
            ("Services:shop:Balancing", "Failover"), ("Services:shop:Policy:Retry:Delay", "00:00:00"));

        await CallAsync(harness);
        await CallAsync(harness);
        await CallAsync(harness);
        (first.Requests.Count, second.Requests.Count).ShouldBe((2, 2));
        _clock.Advance(TimeSpan.FromSeconds(10));
        await CallAsync(harness);

        (first.Requests.Count, second.Requests.Count).ShouldBe((3, 2));
    }

    [Fact]
    public async Task A_bulkhead_refuses_what_is_more_than_allowed()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reached = new SemaphoreSlim(0);
        await using var service = await TestService.StartAsync(async (_, _) =>
        {
            reached.Release();
            await release.Task;
        });
        var harness = Harness(
            ("Services:shop:BaseAddress", service.Address), ("Services:shop:Policy:Bulkhead:MaxConcurrent", "2"), ("Services:shop:Policy:Bulkhead:MaxQueued", "1"));

        var calls = new List<Task<RunResult>> { CallAsync(harness), CallAsync(harness) };
        await reached.WaitAsync();
        await reached.WaitAsync();
        calls.Add(CallAsync(harness));
        var refused = await CallAsync(harness);
        release.SetResult();

        refused.Record.Outcomes.ShouldBe(["Failed"]);
        refused.Record.OutputValues!.Value.GetProperty("Error").GetString()!.ShouldContain("bulkhead");
        (await Task.WhenAll(calls)).ShouldAllBe(run => run.Record.Outcomes[0] == "Done");
        service.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_rate_limit_refuses_or_delays_what_comes_too_early()
    {
        await using var service = await TestService.AnsweringAsync(200);
        var harness = Harness(
            ("Services:shop:BaseAddress", service.Address), ("Services:shop:Policy:RateLimit:Count", "1"), ("Services:shop:Policy:RateLimit:Per", "00:00:10"),
            ("Services:shop:Policy:RateLimit:MaxWait", "00:00:10"));

        await CallAsync(harness);
        var delayed = CallAsync(harness);
        await _clock.WaitsAsync(TimeSpan.FromSeconds(10));
        var refused = await CallAsync(harness);
        service.Requests.Count.ShouldBe(1);
        _clock.Advance(TimeSpan.FromSeconds(10));

        (await delayed).Record.Outcomes.ShouldBe(["Done"]);
        refused.Record.OutputValues!.Value.GetProperty("Error").GetString()!.ShouldContain("The rate limit of the service 'shop' is reached");
    }

    [Fact]
    public async Task A_slow_question_is_asked_a_second_time_beside_the_first_and_the_first_good_answer_counts()
    {
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var givenUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var service = await TestService.StartAsync(async (context, number) =>
        {
            if (number > 1)
                return;
            first.SetResult();
            await using var registration = context.RequestAborted.Register(givenUp.SetResult);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var harness = Harness(
            ("Services:shop:BaseAddress", service.Address), ("Services:shop:Policy:Hedging:Delay", "00:00:01"), ("Services:shop:Policy:CircuitBreaker:Failures", "1"));

        var running = CallAsync(harness);
        await first.Task;
        await _clock.WaitsAsync(TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(1));
        var run = await running;

        run.Record.Outcomes.ShouldBe(["Done"]);
        run.Record.OutputValues!.Value.GetProperty("Attempts").GetInt32().ShouldBe(2);
        await givenUp.Task.WaitAsync(TimeSpan.FromSeconds(30));
        (await CallAsync(harness)).Record.Outcomes.ShouldBe(["Done"], "the attempt that was given up says nothing about the service");
    }

    [Fact]
    public async Task What_changes_something_is_never_sent_twice_at_once()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var service = await TestService.StartAsync((_, _) => release.Task);
        var harness = Harness(("Services:shop:BaseAddress", service.Address), ("Services:shop:Policy:Hedging:Delay", "00:00:01"));

        var running = harness.RunAsync("Platform.CallService", new() { ["service"] = "shop", ["method"] = "POST" });
        await _clock.WaitsAsync(TimeSpan.FromSeconds(10));
        _clock.Advance(TimeSpan.FromSeconds(5));
        release.SetResult();

        (await running).Record.OutputValues!.Value.GetProperty("Attempts").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task A_fallback_asks_another_service_and_gives_a_fixed_answer_when_that_fails_too()
    {
        await using var shop = await TestService.AnsweringAsync(500);
        await using var spare = await TestService.StartAsync(async (context, number) =>
        {
            context.Response.StatusCode = number == 1 ? 200 : 500;
            await context.Response.WriteAsJsonAsync(new { from = "spare" });
        });
        var harness = Harness(
            ("Services:shop:BaseAddress", shop.Address), ("Services:shop:PolicyName", "careful"), ("Services:spare:BaseAddress", spare.Address),
            ("Services:spare:Policy:Retry:MaxAttempts", "1"),
            ("Policies:careful:Retry:MaxAttempts", "1"), ("Policies:careful:Fallback:Service", "spare"), ("Policies:careful:Fallback:Value", """{"from":"policy"}"""));

        var first = await CallAsync(harness, "/items?q=1");
        var second = await CallAsync(harness, "/items?q=1");

        Answer(first).ShouldBe("Done fallback spare");
        spare.Requests.First().Path.ShouldBe("/items?q=1");
        Answer(second).ShouldBe("Done fallback policy");
    }

    [Fact]
    public async Task A_wrong_question_is_no_case_for_the_fallback()
    {
        await using var shop = await TestService.AnsweringAsync(404);
        var harness = Harness(("Services:shop:BaseAddress", shop.Address), ("Services:shop:Policy:Fallback:Value", "{}"));

        var run = await CallAsync(harness);

        (run.Record.Outcomes[0], run.Record.OutputValues!.Value.GetProperty("StatusCode").GetInt32()).ShouldBe(("Failed", 404));
    }

    [Fact]
    public async Task A_fallback_gives_the_last_good_answer_to_the_same_question_as_long_as_it_is_not_too_old()
    {
        var fails = false;
        await using var shop = await TestService.StartAsync(async (context, _) =>
        {
            context.Response.StatusCode = fails ? 500 : 200;
            await context.Response.WriteAsJsonAsync(new { from = context.Request.Path.Value });
        });
        var harness = Harness(
            ("Services:shop:BaseAddress", shop.Address), ("Services:shop:Policy:Retry:MaxAttempts", "1"), ("Services:shop:Policy:Fallback:Cached", "true"),
            ("Services:shop:Policy:Fallback:CachedMaxAge", "01:00:00"));

        await CallAsync(harness, "/a");
        fails = true;

        Answer(await CallAsync(harness, "/a")).ShouldBe("Done fallback /a");
        (await CallAsync(harness, "/b")).Record.Outcomes.ShouldBe(["Failed"], "that was never answered");
        _clock.Advance(TimeSpan.FromHours(1));
        (await CallAsync(harness, "/a")).Record.Outcomes.ShouldBe(["Failed"]);
    }

    [Fact]
    public async Task A_cache_answers_the_same_question_for_its_time_and_asks_once_for_all()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var shop = await TestService.StartAsync(async (context, number) =>
        {
            reached.TrySetResult();
            await release.Task;
            await context.Response.WriteAsJsonAsync(new { from = number.ToString(System.Globalization.CultureInfo.InvariantCulture) });
        });
        var harness = Harness(("Services:shop:BaseAddress", shop.Address), ("Services:shop:Policy:Cache:Duration", "00:01:00"));

        var one = CallAsync(harness);
        await reached.Task;
        var other = CallAsync(harness);
        release.SetResult();

        Answer(await one).ShouldBe("Done service 1");
        Answer(await other).ShouldBe("Done cache 1");
        Answer(await CallAsync(harness)).ShouldBe("Done cache 1");
        var keyed = await harness.RunAsync("Platform.CallService", new() { ["service"] = "shop", ["path"] = "/", ["headers"] = new JsonObject { ["Authorization"] = "other" } });
        Answer(keyed).ShouldBe("Done service 2");
        _clock.Advance(TimeSpan.FromMinutes(1));
        Answer(await CallAsync(harness)).ShouldBe("Done service 3");
    }

    [Fact]
    public async Task A_service_that_is_killed_under_load_is_answered_for_by_the_fallback_and_probed_exactly_as_often_as_allowed()
    {
        var dead = false;
        TaskCompletionSource? gate = null;
        await using var shop = await TestService.StartAsync(async (context, _) =>
        {
            await (gate?.Task ?? Task.CompletedTask);
            if (dead)
                context.Abort();
            else
                await context.Response.WriteAsJsonAsync(new { from = "shop" });
        });
        var harness = Harness(
            ("Services:shop:BaseAddress", shop.Address), ("Services:shop:Policy:Retry:MaxAttempts", "1"), ("Services:shop:Policy:CircuitBreaker:Failures", "5"),
            ("Services:shop:Policy:CircuitBreaker:HalfOpenProbes", "3"), ("Services:shop:Policy:Fallback:Value", """{"from":"policy"}"""));

        (await LoadAsync(20)).ShouldAllBe(answer => answer == "Done service shop");
        dead = true;
        var before = shop.Requests.Count;
        var answers = new List<string>();
        for (var i = 0; i < 20; i++)
            answers.Add(Answer(await CallAsync(harness)));
        answers.ShouldAllBe(answer => answer == "Done fallback policy");
        (shop.Requests.Count - before).ShouldBe(5, "the breaker opened with its fifth failure");

        // While the probes are under way nobody else gets through.
        dead = false;
        gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _clock.Advance(TimeSpan.FromSeconds(60));
        before = shop.Requests.Count;
        var calls = Enumerable.Range(0, 20).Select(_ => Task.Run(() => CallAsync(harness))).ToList();
        var answered = new List<string>();
        await foreach (var call in Task.WhenEach(calls))
        {
            answered.Add(Answer(await call));
            if (answered.Count == 17)
                gate.SetResult();
        }

        answered.Take(17).ShouldAllBe(answer => answer == "Done fallback policy");
        answered.Skip(17).ShouldAllBe(answer => answer == "Done service shop");
        (shop.Requests.Count - before).ShouldBe(3, "as many probes as the policy allows");
        (await LoadAsync(10)).ShouldAllBe(answer => answer == "Done service shop");

        async Task<IReadOnlyList<string>> LoadAsync(int calls) => [.. (await Task.WhenAll(Enumerable.Range(0, calls).Select(_ => Task.Run(() => CallAsync(harness))))).Select(Answer)];
    }

    private ActivityHarness Harness(params (string Key, string Value)[] settings) => ServiceHarness.Create(_clock, [
        .. settings.Where(setting => setting.Key.EndsWith(":BaseAddress", StringComparison.Ordinal) || setting.Key.EndsWith(":BaseAddresses:0", StringComparison.Ordinal))
            .Select(setting => setting.Key.Split(':')[1])
            .Where(name => !settings.Any(setting => setting.Key == $"Services:{name}:PolicyName"))
            .Select(name => ($"Services:{name}:Policy:Retry:UseJitter", "false")),
        .. settings]);

    private static Task<RunResult> CallAsync(ActivityHarness harness, string path = "/") =>
        harness.RunAsync("Platform.CallService", new() { ["service"] = "shop", ["path"] = path });

    private static string Answer(RunResult run)
    {
        ActivityExecutionRecord record = run.Record;
        var outputs = record.OutputValues!.Value;
        return $"{record.Outcomes[0]} {outputs.GetProperty("AnsweredBy").GetString()} {outputs.GetProperty("Result").GetProperty("from").GetString()}";
    }
}
