using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.CustomActivities.Services;
using Platform.Runtime.Store;
using Platform.Server.Monitoring;
using Platform.Server.Monitoring.Health;
using Platform.Server.Monitoring.Series;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Monitoring;

/// <summary>A real service that is slowed, failed and killed, watched by a clock that the test moves.</summary>
public sealed class ServiceWatchTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private readonly InMemoryStore _store = new();
    private readonly MonitorOptions _options = new();
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<HttpContext, Task> _answer = context => context.Response.WriteAsync("Healthy");
    private TestService _service = null!;
    private ServiceRegistry _registry = null!;
    private HealthMonitor _monitor = null!;
    private ServiceWatch _watch = null!;
    private SampleHistory _history = null!;

    public async Task InitializeAsync()
    {
        await _store.InitializeAsync(CancellationToken.None);
        _service = await TestService.StartAsync(context => _answer(context));
        var settings = new Dictionary<string, string?> { ["Services:shop:BaseAddress"] = _service.Address.AbsoluteUri };
        _registry = new ServiceRegistry(ServiceConfiguration.ReadAll(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()), _clock);
        _history = new SampleHistory(_store, _options, _clock);
        _monitor = new HealthMonitor(_history, _options, _clock, NullLogger<HealthMonitor>.Instance);
        _watch = new ServiceWatch(_registry, _monitor, _options, _clock);
    }

    public Task DisposeAsync()
    {
        _service.Dispose();
        _registry.Dispose();
        _history.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_service_that_answers_is_healthy_at_once()
    {
        await CheckAsync();

        var view = View();
        (view.Status, view.Detail).ShouldBe((SubjectStatus.Healthy, null));
        view.Main!.Value.Metric.ShouldBe(MetricCatalog.ServiceResponse);
        _history.Recent(new SeriesKey(MetricCatalog.ServiceResponse, "service:shop"), _clock.GetUtcNow()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_slow_service_is_degraded_after_two_slow_answers()
    {
        await CheckAsync();

        await CheckSlowlyAsync();
        View().Status.ShouldBe(SubjectStatus.Healthy);
        await CheckSlowlyAsync();

        var view = View();
        view.Status.ShouldBe(SubjectStatus.Degraded);
        view.Detail.ShouldBe("It answered after 1500 ms; from 1000 ms on it is slow.");
        view.Main!.Value.Value.ShouldBe(1500);
    }

    [Fact]
    public async Task A_service_that_fails_or_dies_is_unhealthy_and_gets_well_again()
    {
        await CheckAsync();
        _answer = context => Fail(context, 500, "broken");
        await CheckAsync();
        View().Status.ShouldBe(SubjectStatus.Healthy);
        await CheckAsync();
        View().Status.ShouldBe(SubjectStatus.Unhealthy);
        View().Detail.ShouldBe("Status 500. broken");

        _answer = context => context.Response.WriteAsync("Healthy");
        await CheckAsync();
        View().Status.ShouldBe(SubjectStatus.Unhealthy);
        await CheckAsync();
        View().Status.ShouldBe(SubjectStatus.Healthy);

        _service.Dispose();
        await CheckAsync();
        await CheckAsync();
        View().Status.ShouldBe(SubjectStatus.Unhealthy);
        View().Points.Select(point => point.Status).ShouldBe(
            [SubjectStatus.Healthy, SubjectStatus.Healthy, SubjectStatus.Unhealthy, SubjectStatus.Unhealthy, SubjectStatus.Healthy, SubjectStatus.Healthy, SubjectStatus.Unhealthy]);

        static Task Fail(HttpContext context, int status, string text)
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(text);
        }
    }

    [Fact]
    public async Task A_service_that_hangs_times_out()
    {
        _answer = async context =>
        {
            _arrived.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        var check = _watch.CheckAsync(CancellationToken.None);
        await _arrived.Task.WaitAsync(TimeSpan.FromSeconds(30));
        _clock.Advance(_options.ProbeTimeout);
        await check;

        View().Status.ShouldBe(SubjectStatus.Unhealthy);
        View().Detail.ShouldBe("No answer within 5 s.");
    }

    [Fact]
    public async Task A_service_that_is_starting_is_not_down_until_its_start_time_is_over()
    {
        var isStarting = true;
        var watch = new ServiceWatch(_registry, _monitor, _options, _clock) { IsStarting = name => isStarting && name == "shop" };
        _answer = context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };

        for (var i = 0; i < 3; i++)
            await watch.CheckAsync(CancellationToken.None);
        (View().Status, View().Detail).ShouldBe((SubjectStatus.Unknown, "It is starting."));
        View().FindFigure(MetricCatalog.Status).ShouldBeNull("no rule sees a figure");
        isStarting = false;
        await watch.CheckAsync(CancellationToken.None);

        View().Status.ShouldBe(SubjectStatus.Unhealthy);
    }

    [Fact]
    public async Task A_service_that_is_registered_no_more_is_watched_no_more()
    {
        await CheckAsync();
        _registry.Replace(ServiceSet.Empty);
        await CheckAsync();

        _monitor.Find("service:shop").ShouldBeNull();
    }

    private SubjectView View() => _monitor.Find("SERVICE:Shop").ShouldNotBeNull();

    private async Task CheckAsync()
    {
        _clock.Advance(_options.ServiceInterval);
        await _watch.CheckAsync(CancellationToken.None);
    }

    private async Task CheckSlowlyAsync()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _answer = async context =>
        {
            arrived.SetResult();
            await go.Task;
            await context.Response.WriteAsync("Healthy");
        };
        _clock.Advance(_options.ServiceInterval);
        var check = _watch.CheckAsync(CancellationToken.None);
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(30));
        _clock.Advance(TimeSpan.FromMilliseconds(1500));
        go.SetResult();
        await check;
    }
}
