using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;

namespace Platform.Runtime.Dispatching;

/// <summary>
/// Brings queued starts of definitions with limits to the queue, as many as there are places, in their order. It sleeps until a run
/// ends, a start is queued, a rule changes or the rate allows another start; the safety poll finds what a lost signal would have told.
/// </summary>
/// <param name="dispatch">Limits, pauses and places.</param>
/// <param name="store">Where work is kept.</param>
/// <param name="signals">Announces what is released.</param>
/// <param name="options">Options.</param>
/// <param name="clock">Time.</param>
/// <param name="logger">Log.</param>
public sealed class HeldStarts(
    Dispatch dispatch, IWorkflowStore store, RuntimeSignals signals, RuntimeOptions options, TimeProvider clock, ILogger<HeldStarts> logger) : BackgroundService
{
    private static readonly TimeSpan RetryAfterFailure = TimeSpan.FromSeconds(5);
    private readonly Dictionary<string, DateTimeOffset> _lookAt = new(StringComparer.Ordinal);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        dispatch.Gate.WakeAll();
        var safetyAt = clock.GetUtcNow();
        while (!stoppingToken.IsCancellationRequested)
        {
            var (woken, wake) = dispatch.Gate.TakeWoken();
            var now = clock.GetUtcNow();
            foreach (var definitionId in woken.Union(_lookAt.Where(look => look.Value <= now).Select(look => look.Key)).ToList())
                await TryReleaseAsync(definitionId, stoppingToken);
            if (safetyAt <= now)
            {
                await TryVerifyAsync(stoppingToken);
                safetyAt = now + options.SafetyPollInterval;
            }

            await SleepAsync(wake, _lookAt.Values.Append(safetyAt).Min(), stoppingToken);
        }
    }

    private async ValueTask TryReleaseAsync(string definitionId, CancellationToken stoppingToken)
    {
        _lookAt.Remove(definitionId);
        // Nothing holds it any more: the queue reads it with everything else.
        if (dispatch.Rules.Find(definitionId) is null)
            signals.RaiseDueAdded(DateTimeOffset.MinValue);
        try
        {
            if (await ReleaseAsync(definitionId, stoppingToken) is { } next)
                _lookAt[definitionId] = next;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
        // The loop of a background duty: a failing store must not end it.
        catch (Exception exception)
        {
            Log.DutyFailed(logger, exception, nameof(HeldStarts), RetryAfterFailure);
            _lookAt[definitionId] = clock.GetUtcNow() + RetryAfterFailure;
        }
        finally
        {
            dispatch.Gate.EndRead();
        }
    }

    /// <summary>Releases what may begin of a definition, and says when it is worth looking again without a signal; null for never.</summary>
    private async ValueTask<DateTimeOffset?> ReleaseAsync(string definitionId, CancellationToken cancellationToken)
    {
        while (dispatch.Rules.Find(definitionId) is { Pause: null, Limits: { } limits })
        {
            var (room, known, fullKeys) = await dispatch.Gate.BeginReadAsync(definitionId, limits, cancellationToken);
            if (room <= 0)
                return null;
            var most = Math.Min(room + known, StoreArguments.DueRowsMax);
            var filter = new WorkFilter { Kinds = [WorkKinds.Start], DefinitionId = definitionId, ExceptConcurrencyKeys = fullKeys };
            var due = await store.DueWorkAsync(filter, clock.GetUtcNow(), most, cancellationToken);
            var (hasMoved, hold) = Release(due, limits);
            if (hold is not null)
                return hold.Kind == HoldKind.Rate ? clock.GetUtcNow() + hold.RetryAfter : null;
            // Keys that have become full stood in front of others, which the next read finds.
            if (!hasMoved || due.Count < most)
                return null;
        }

        return null;
    }

    /// <returns>Whether a further read finds others, and what holds all of the definition.</returns>
    private (bool HasMoved, StartHold? Hold) Release(IReadOnlyList<StoredWork> due, DefinitionLimits limits)
    {
        var hasMoved = false;
        foreach (var work in due)
        {
            if (dispatch.Gate.TryRelease(work, limits, out var hold))
                signals.RaiseWorkReleased(work);
            else if (hold is { Kind: HoldKind.Rate or HoldKind.Concurrency })
                return (hasMoved, hold);
            else if (hold is null)
                continue;
            hasMoved = true;
        }

        return (hasMoved, null);
    }

    private async ValueTask TryVerifyAsync(CancellationToken stoppingToken)
    {
        try
        {
            await dispatch.Intake.CountAsync(stoppingToken);
            foreach (var definitionId in dispatch.Rules.DefinitionIds)
                await dispatch.Gate.VerifyAsync(definitionId, stoppingToken);
            dispatch.Gate.WakeAll();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
        // The loop of a background duty: a failing store must not end it.
        catch (Exception exception)
        {
            Log.DutyFailed(logger, exception, nameof(HeldStarts), options.SafetyPollInterval);
        }
    }

    private async Task SleepAsync(Task wake, DateTimeOffset until, CancellationToken stoppingToken)
    {
        var span = until - clock.GetUtcNow();
        if (span <= TimeSpan.Zero)
            return;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        await Task.WhenAny(wake, Task.Delay(span, clock, ending.Token));
        await ending.CancelAsync();
    }
}
