using Platform.Runtime.Store;

namespace Platform.Server.Operations;

/// <summary>Tells whoever watches the process whether it lives, and whether to send it requests. Open to all, so it tells no more.</summary>
internal static class Health
{
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Maps <c>/health/live</c> and <c>/health/ready</c>.</summary>
    /// <param name="routes">Where to.</param>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/health").WithTags("Health").AllowAnonymous();
        group.MapGet("/live", () => TypedResults.Text("""{"status":"live"}""", "application/json"));
        group.MapGet("/ready", ReadyAsync);
    }

    private static async Task<IResult> ReadyAsync(
        IWorkflowStore store, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<IWorkflowStore> logger, CancellationToken cancellationToken)
    {
        // Recovery is part of the start: the process is not started before every interrupted instance is queued again.
        var isStarted = lifetime.ApplicationStarted.IsCancellationRequested && !lifetime.ApplicationStopping.IsCancellationRequested;
        var storeAnswers = await AnswersAsync(store, clock, logger, cancellationToken);
        var body = $$"""
            {"status":"{{(isStarted && storeAnswers ? "ready" : "notReady")}}","store":{{(storeAnswers ? "true" : "false")}},"recovery":{{(isStarted ? "true" : "false")}}}
            """;
        return TypedResults.Text(body, "application/json", statusCode: isStarted && storeAnswers ? 200 : 503);
    }

    private static async Task<bool> AnswersAsync(IWorkflowStore store, TimeProvider clock, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            await store.FindDocumentAsync("health", "probe", cancellationToken).AsTask().WaitAsync(StoreTimeout, clock, cancellationToken);
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        // A probe asks whether it works; any failure is the answer no.
        catch (Exception exception)
        {
            Log.StoreNotReady(logger, exception);
            return false;
        }
    }
}
