using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Platform.CustomActivities.Services;
using Platform.Engine;

namespace Platform.CustomActivities.Tests.Services;

public sealed class CallServiceTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task A_call_sends_what_it_is_given_and_gives_back_what_it_gets()
    {
        await using var service = await TestService.StartAsync(async (context, _) =>
        {
            context.Response.StatusCode = 201;
            context.Response.Headers["X-Answer"] = "yes";
            await context.Response.WriteAsJsonAsync(new { id = 5, tags = new[] { "a" } });
        });
        var harness = Harness(service.Address + "/base");

        var run = await harness.RunAsync("Platform.CallService", new()
        {
            ["service"] = "shop",
            ["method"] = "POST",
            ["path"] = "/orders",
            ["query"] = new JsonObject { ["q"] = "a b", ["n"] = new JsonArray(1, 2) },
            ["headers"] = new JsonObject { ["X-Key"] = "secret-value" },
            ["body"] = new JsonObject { ["amount"] = 3 },
        });

        run.Record.Outcomes.ShouldBe(["Done"]);
        var request = service.Requests.ShouldHaveSingleItem();
        (request.Method, request.Path, request.Body, request.ContentType).ShouldBe(("POST", "/base/orders?q=a%20b&n=1&n=2", """{"amount":3}""", "application/json"));
        request.Headers["X-Key"].ShouldBe("secret-value");
        request.Headers["Idempotency-Key"].ShouldBe(run.Record.Id);
        var outputs = run.Record.OutputValues!.Value;
        outputs.GetProperty("StatusCode").GetInt32().ShouldBe(201);
        outputs.GetProperty("Result").GetProperty("id").GetInt32().ShouldBe(5);
        outputs.GetProperty("ResponseHeaders").GetProperty("x-answer").GetString().ShouldBe("yes");
        outputs.GetProperty("Attempts").GetInt32().ShouldBe(1);
        run.Record.ActivityState!.Value.GetRawText().ShouldNotContain("secret-value");
    }

    [Fact]
    public async Task Failed_attempts_are_repeated_with_growing_delays_and_the_same_key()
    {
        await using var service = await TestService.AnsweringAsync(503, 500, 200);
        var harness = Harness(service.Address, ("Policy:Retry:MaxAttempts", "4"), ("Policy:Retry:Delay", "00:00:01"));

        var running = harness.RunAsync("Platform.CallService", new() { ["service"] = "shop", ["method"] = "PUT", ["path"] = "x" });
        await _clock.WaitsAsync(TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(1));
        await _clock.WaitsAsync(TimeSpan.FromSeconds(2));
        service.Requests.Count.ShouldBe(2);
        _clock.Advance(TimeSpan.FromSeconds(2));
        var run = await running;

        run.Record.Outcomes.ShouldBe(["Done"]);
        run.Notes.ShouldBe(
        [
            "Attempt: Attempt 1: status 503 after 0 ms.",
            "Retry: Attempt 2 follows in 1000 ms.",
            "Attempt: Attempt 2: status 500 after 0 ms.",
            "Retry: Attempt 3 follows in 2000 ms.",
            "Attempt: Attempt 3: status 200 after 0 ms.",
        ]);
        service.Requests.Select(request => request.Headers["Idempotency-Key"]).Distinct().ShouldBe([run.Record.Id]);
        run.Record.OutputValues!.Value.GetProperty("Attempts").GetInt32().ShouldBe(3);
        run.Record.OutputValues.Value.GetProperty("Duration").GetString().ShouldBe("00:00:03");
    }

    [Fact]
    public async Task The_services_own_wish_for_a_delay_counts_up_to_the_limit()
    {
        await using var service = await TestService.StartAsync((context, number) =>
        {
            context.Response.StatusCode = number < 3 ? 429 : 200;
            context.Response.Headers.RetryAfter = number == 1 ? "7" : "1000";
            return Task.CompletedTask;
        });
        var harness = Harness(service.Address, ("Policy:Retry:MaxDelay", "00:00:20"));

        var running = harness.RunAsync("Platform.CallService", new() { ["service"] = "shop" });
        await _clock.WaitsAsync(TimeSpan.FromSeconds(7));
        _clock.Advance(TimeSpan.FromSeconds(7));
        await _clock.WaitsAsync(TimeSpan.FromSeconds(20));
        _clock.Advance(TimeSpan.FromSeconds(20));

        (await running).Record.Outcomes.ShouldBe(["Done"]);
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_is_given_up_and_repeated()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var service = await TestService.StartAsync((context, number) =>
        {
            reached.TrySetResult();
            return number == 1 ? Task.Delay(Timeout.Infinite, context.RequestAborted) : Task.CompletedTask;
        });
        var harness = Harness(service.Address, ("Policy:TimeoutPerAttempt", "00:00:05"), ("Policy:Retry:Delay", "00:00:03"));

        var running = harness.RunAsync("Platform.CallService", new() { ["service"] = "shop" });
        await reached.Task;
        _clock.Advance(TimeSpan.FromSeconds(5));
        await _clock.WaitsAsync(TimeSpan.FromSeconds(3));
        _clock.Advance(TimeSpan.FromSeconds(3));
        var run = await running;

        run.Record.Outcomes.ShouldBe(["Done"]);
        run.Notes[0].ShouldBe("Attempt: Attempt 1: no answer in time after 5000 ms.");
    }

    [Fact]
    public async Task The_whole_call_has_a_limit_of_its_own()
    {
        await using var service = await TestService.AnsweringAsync(503);
        var harness = Harness(service.Address, ("Policy:Retry:Delay", "00:00:30"));

        var running = harness.RunAsync("Platform.CallService", new() { ["service"] = "shop", ["timeout"] = "00:00:10" });
        await _clock.WaitsAsync(TimeSpan.FromSeconds(30));
        _clock.Advance(TimeSpan.FromSeconds(10));
        var run = await running;

        run.Record.Outcomes.ShouldBe(["Failed"]);
        run.Record.OutputValues!.Value.GetProperty("Error").GetString().ShouldBe("The service 'shop' gave no answer in time.");
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(302)]
    public async Task An_answer_that_repeating_cannot_mend_fails_at_once(int status)
    {
        await using var service = await TestService.AnsweringAsync(status, 200);
        var harness = Harness(service.Address);

        var run = await harness.RunAsync("Platform.CallService", new() { ["service"] = "shop" });

        run.Record.Outcomes.ShouldBe(["Failed"]);
        run.Record.OutputValues!.Value.GetProperty("StatusCode").GetInt32().ShouldBe(status);
        service.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_service_that_cannot_be_reached_fails_with_its_reason()
    {
        var service = await TestService.AnsweringAsync(200);
        var harness = Harness(service.Address, ("Policy:Retry:MaxAttempts", "1"));
        await service.DisposeAsync();

        var run = await harness.RunAsync("Platform.CallService", new() { ["service"] = "shop" });

        run.Record.Outcomes.ShouldBe(["Failed"]);
        run.Record.OutputValues!.Value.GetProperty("StatusCode").GetInt32().ShouldBe(0);
        run.Record.OutputValues.Value.GetProperty("Error").GetString()!.ShouldStartWith("The service 'shop' could not be reached: ");
    }

    [Fact]
    public async Task The_breaker_opens_after_failures_in_a_row_lets_one_call_through_and_closes()
    {
        await using var service = await TestService.AnsweringAsync(200, 500, 500, 200, 500, 500, 500, 500, 200);
        var harness = Harness(
            service.Address, ("Policy:Retry:MaxAttempts", "1"), ("Policy:CircuitBreaker:Failures", "3"), ("Policy:CircuitBreaker:BreakDuration", "00:00:30"));

        (await OutcomesAsync(harness, 6)).ShouldBe("Done,Failed,Failed,Done,Failed,Failed");
        var opening = await CallAsync(harness);
        opening.Record.Outcomes.ShouldBe(["Failed"]);
        opening.Notes.ShouldBe(
        [
            "Attempt: Attempt 1: status 500 after 0 ms.",
            "CircuitOpened: The service 'shop' failed too often: no call is sent to it for 00:00:30.",
        ]);

        var refused = await CallAsync(harness);
        refused.Record.Outcomes.ShouldBe(["CircuitOpen"]);
        refused.Notes.ShouldHaveSingleItem().ShouldStartWith("CircuitOpen: The service 'shop' failed too often lately");
        service.Requests.Count.ShouldBe(7);

        _clock.Advance(TimeSpan.FromSeconds(31));
        (await OutcomesAsync(harness, 2)).ShouldBe("Failed,CircuitOpen");
        _clock.Advance(TimeSpan.FromSeconds(31));
        (await OutcomesAsync(harness, 3)).ShouldBe("Done,Done,Done");
    }

    [Fact]
    public async Task A_breaker_may_count_a_share_of_the_calls()
    {
        await using var service = await TestService.AnsweringAsync(200, 500, 200, 500);
        var harness = Harness(
            service.Address,
            ("Policy:Retry:MaxAttempts", "1"),
            ("Policy:CircuitBreaker:FailureRatio", "0.5"),
            ("Policy:CircuitBreaker:MinimumThroughput", "4"));

        (await OutcomesAsync(harness, 5)).ShouldBe("Done,Failed,Done,Failed,CircuitOpen");
    }

    [Theory]
    [InlineData("../admin")]
    [InlineData("a/../../admin")]
    [InlineData("%2e%2e/admin")]
    public async Task A_path_cannot_leave_the_service(string path)
    {
        await using var service = await TestService.AnsweringAsync(200);
        var harness = Harness(service.Address + "/base");

        var run = await harness.RunAsync("Platform.CallService", new() { ["service"] = "shop", ["path"] = path });

        run.Workflow.Incidents.ShouldHaveSingleItem().Message.ShouldContain("leads out of the service 'shop'");
        service.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("//evil.example/x")]
    [InlineData("http://evil.example/x")]
    [InlineData("@evil.example/x")]
    public async Task A_path_that_looks_like_another_host_stays_a_path(string path)
    {
        await using var service = await TestService.AnsweringAsync(200);
        var harness = Harness(service.Address);

        (await harness.RunAsync("Platform.CallService", new() { ["service"] = "shop", ["path"] = path })).Record.Outcomes.ShouldBe(["Done"]);

        service.Requests.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_unknown_service_faults_and_names_the_nearest()
    {
        var run = await Harness("http://127.0.0.1:1").RunAsync("Platform.CallService", new() { ["service"] = "shpo" });

        run.Workflow.Incidents.ShouldHaveSingleItem().Message.ShouldContain("Did you mean 'shop'?");
    }

    [Fact]
    public async Task A_run_that_is_stopped_does_not_count_as_a_failure()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var service = await TestService.StartAsync(async (context, _) =>
        {
            reached.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using var stop = new CancellationTokenSource();
        var running = Harness(service.Address).RunAsync("Platform.CallService", new() { ["service"] = "shop" }, stop.Token);
        await reached.Task;

        await stop.CancelAsync();
        var run = await running;

        run.Workflow.SubStatus.ShouldBe(WorkflowSubStatus.Interrupted);
        run.Workflow.Incidents.ShouldBeEmpty();
    }

    private ActivityHarness Harness(string address, params (string Key, string Value)[] settings) => ServiceHarness.Create(
        _clock, [("Services:shop:BaseAddress", address), ("Services:shop:Policy:Retry:UseJitter", "false"), .. settings.Select(setting => ("Services:shop:" + setting.Key, setting.Value))]);

    private static Task<RunResult> CallAsync(ActivityHarness harness) => harness.RunAsync("Platform.CallService", new() { ["service"] = "shop" });

    private static async Task<string> OutcomesAsync(ActivityHarness harness, int calls)
    {
        var outcomes = new List<string>();
        for (var i = 0; i < calls; i++)
            outcomes.AddRange((await CallAsync(harness)).Record.Outcomes);
        return string.Join(',', outcomes);
    }
}
