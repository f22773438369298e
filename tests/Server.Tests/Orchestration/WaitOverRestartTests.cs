using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Store;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Orchestration;

/// <summary>A wait for a service goes on in the next process, with the deadline that it began with.</summary>
public sealed class WaitOverRestartTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly SteppingClock _clock = new();

    [Theory]
    [InlineData(30, true, "Healthy")]
    [InlineData(30, false, null)]
    [InlineData(601, false, "TimedOut")]
    public async Task A_wait_for_a_service_goes_on_after_a_restart(int secondsLater, bool isWell, string? outcome)
    {
        var answersWell = false;
        using var shop = await TestService.StartAsync(context =>
        {
            context.Response.StatusCode = answersWell ? 200 : 503;
            return Task.CompletedTask;
        });
        var store = new InMemoryStore();
        await using (var first = Start(store, shop))
        {
            await first.PublishAsync("wait", Flow.Of(Flow.Endpoint("wait"), Flow.Step("healthy", "Platform.WaitUntilHealthy", ("service", "Literal", "shop"))));
            await first.Client.GetAsync("/workflows/wait");
            (await first.OnlyInstanceAsync("wait")).SubStatus.ShouldBe("Suspended");
        }

        answersWell = isWell;
        _clock.Advance(TimeSpan.FromSeconds(secondsLater));
        await using var next = Start(store, shop);
        using var patience = new CancellationTokenSource(Patience);
        while (shop.Requests < 2 || (outcome is not null && (await next.OnlyInstanceAsync("wait")).Status != "Finished"))
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        shop.Requests.ShouldBe(2);
        if (outcome is not null)
            (await next.LogAsync("wait")).ShouldContain($"\"{outcome}\"");
    }

    private HttpTestServer Start(IWorkflowStore store, TestService shop) => HttpTestServer.Start(
        services => services.AddSingleton(store).AddSingleton<TimeProvider>(_clock), ("Services:shop:BaseAddress", shop.Address.AbsoluteUri));
}
