using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Platform.EndToEnd.Tests.Crashes;

/// <summary>One call of a step, as the outside world saw it.</summary>
/// <param name="Subject">What the step belongs to: an instance, or an event.</param>
/// <param name="Step">Name of the step.</param>
/// <param name="Instance">The instance that called.</param>
/// <param name="Key">Its idempotency key.</param>
/// <param name="Life">Number of the server process that called.</param>
/// <param name="Order">Position among all calls.</param>
public sealed record StepCall(string Subject, string Step, string Instance, string Key, int Life, long Order);

/// <summary>
/// A service outside of the server that outlives it and writes down every call of a step with its idempotency key. Each server process gets
/// an address of its own, so that a late call of a killed one is known as such.
/// </summary>
public sealed class StepLedger : IAsyncDisposable
{
    readonly WebApplication app;
    readonly ConcurrentQueue<StepCall> calls = new();
    long order;
    TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    long reachedAt = long.MaxValue;

    StepLedger(WebApplication app) => this.app = app;

    public IReadOnlyCollection<StepCall> Calls => calls;

    public long Count => Interlocked.Read(ref order);

    public static async Task<StepLedger> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var ledger = new StepLedger(app);
        app.MapPost("/{life:int}/{step}/{subject}/{instance}", ledger.Note);
        await app.StartAsync();
        return ledger;
    }

    /// <summary>The address for one server process.</summary>
    public string AddressOf(int life) => $"{app.Urls.First()}/{life}";

    /// <summary>Completes when so many more calls have come.</summary>
    public Task MoreAsync(int count)
    {
        reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref reachedAt, Count + count);
        return reached.Task;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    IResult Note(HttpRequest request, int life, string step, string subject, string instance)
    {
        var number = Interlocked.Increment(ref order);
        calls.Enqueue(new StepCall(subject, step, instance, request.Headers["Idempotency-Key"].ToString(), life, number));
        if (number >= Interlocked.Read(ref reachedAt)) reached.TrySetResult();
        return Results.NoContent();
    }
}
