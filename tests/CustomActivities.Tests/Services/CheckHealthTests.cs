using Microsoft.AspNetCore.Http;

namespace Platform.CustomActivities.Tests.Services;

public sealed class CheckHealthTests
{
    private readonly ManualClock _clock = new();

    [Theory]
    [InlineData(200, "", "Healthy")]
    [InlineData(200, "Healthy", "Healthy")]
    [InlineData(204, "", "Healthy")]
    [InlineData(200, "Degraded", "Degraded")]
    [InlineData(200, """{"status":"Degraded"}""", "Degraded")]
    [InlineData(200, """{"Status":"unhealthy"}""", "Unhealthy")]
    [InlineData(503, "Unhealthy", "Unhealthy")]
    [InlineData(404, "", "Unhealthy")]
    [InlineData(200, "7", "Healthy")]
    public async Task A_service_is_what_it_says_with_its_status(int status, string body, string expected)
    {
        await using var service = await TestService.StartAsync((context, _) =>
        {
            context.Response.StatusCode = status;
            return body.Length > 0 ? context.Response.WriteAsync(body) : Task.CompletedTask;
        });
        var harness = ServiceHarness.Create(_clock, ("Services:one:BaseAddress", service.Address), ("Services:one:HealthPath", "/alive"));

        var run = await harness.RunAsync("Platform.CheckHealth", new() { ["service"] = "one" });

        run.Record.Outcomes.ShouldBe([expected]);
        service.Requests.ShouldHaveSingleItem().Path.ShouldBe("/alive");
        var report = run.Record.OutputValues!.Value.GetProperty("Report").GetProperty("one");
        (report.GetProperty("name").GetString(), report.GetProperty("status").GetString(), report.GetProperty("statusCode").GetInt32()).ShouldBe(("one", expected, status));
    }

    [Fact]
    public async Task All_services_are_asked_at_the_same_time_and_the_worst_decides()
    {
        var arrivals = new CountdownEvent(3);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Func<HttpContext, int, Task> Say(string status) => async (context, _) =>
        {
            if (arrivals.Signal())
                all.SetResult();
            await all.Task.WaitAsync(TimeSpan.FromSeconds(30));
            await context.Response.WriteAsync(status);
        };
        await using var one = await TestService.StartAsync(Say("Healthy"));
        await using var two = await TestService.StartAsync(Say("Degraded"));
        await using var three = await TestService.StartAsync(Say("Healthy"));
        var harness = ServiceHarness.Create(
            _clock, ("Services:one:BaseAddress", one.Address), ("Services:two:BaseAddress", two.Address), ("Services:three:BaseAddress", three.Address));

        var run = await harness.RunAsync("Platform.CheckHealth", []);

        run.Record.Outcomes.ShouldBe(["Degraded"]);
        run.Record.OutputValues!.Value.GetProperty("Report").EnumerateObject().Select(member => member.Name).ShouldBe(["one", "three", "two"]);
    }

    [Fact]
    public async Task A_service_that_does_not_answer_in_time_or_at_all_is_unhealthy()
    {
        await using var slow = await TestService.StartAsync((context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        var gone = await TestService.AnsweringAsync(200);
        var harness = ServiceHarness.Create(_clock, ("Services:slow:BaseAddress", slow.Address), ("Services:gone:BaseAddress", gone.Address));
        await gone.DisposeAsync();

        var running = harness.RunAsync("Platform.CheckHealth", new() { ["timeout"] = "00:00:04" });
        await _clock.WaitsAsync(TimeSpan.FromSeconds(4));
        _clock.Advance(TimeSpan.FromSeconds(4));
        var run = await running;

        run.Record.Outcomes.ShouldBe(["Unhealthy"]);
        var report = run.Record.OutputValues!.Value.GetProperty("Report");
        report.GetProperty("slow").GetProperty("detail").GetString().ShouldBe("No answer within 4 s.");
        report.GetProperty("gone").GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Without_services_there_is_nothing_unhealthy() =>
        (await ServiceHarness.Create(_clock).RunAsync("Platform.CheckHealth", [])).Record.Outcomes.ShouldBe(["Healthy"]);
}
