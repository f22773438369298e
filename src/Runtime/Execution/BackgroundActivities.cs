using System.Collections.Concurrent;
using Platform.Engine;
using Platform.Runtime.Store;
using Platform.Runtime.Telemetry;

namespace Platform.Runtime.Execution;

/// <summary>
/// Executes activities outside of their instances' bursts, so that other branches go on meanwhile. At least once: the queued work is
/// deleted in the commit that applies what the activity did.
/// </summary>
/// <param name="runner">Loads instances and runs bursts.</param>
/// <param name="store">Where work is kept.</param>
public sealed class BackgroundActivities(InstanceRunner runner, IWorkflowStore store)
{
    private readonly ConcurrentDictionary<string, (string InstanceId, CancellationTokenSource Cancellation)> _running = new(StringComparer.Ordinal);

    /// <summary>Number of activities that execute right now.</summary>
    public int RunningCount => _running.Count;

    /// <summary>Executes the activity that a bookmark waits for, and goes on with its instance.</summary>
    /// <param name="work">The queued work; its payload is the bookmark's id.</param>
    /// <param name="cancellationToken">Ends the activity; it is executed again later.</param>
    internal async ValueTask ExecuteAsync(StoredWork work, CancellationToken cancellationToken)
    {
        var instanceId = work.InstanceId ?? throw new InvalidOperationException($"The background work '{work.Id}' names no instance.");
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _running[work.Id] = (instanceId, cancellation);
        try
        {
            if (runner.Watch.Refusal(instanceId) is not null)
            {
                if (await QuarantineAsync(instanceId, work, cancellationToken))
                    return;
            }
            else if (await ExecuteCopyAsync(instanceId, work.Payload, cancellation.Token) is { } result
                && await ApplyAsync(instanceId, work, result, cancellationToken))
                return;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The instance was cancelled: nobody waits for the activity any more.
        }
        finally
        {
            _running.TryRemove(work.Id, out _);
        }

        await store.CommitAsync(new Commit { DeletedWork = [work.Id] }, CancellationToken.None);
    }

    /// <summary>Ends the background activities of an instance that is being cancelled.</summary>
    internal void Cancel(string instanceId)
    {
        foreach (var (_, (id, cancellation)) in _running)
        {
            if (id == instanceId)
                cancellation.Cancel();
        }
    }

    private async ValueTask<BackgroundResult?> ExecuteCopyAsync(string instanceId, string bookmarkId, CancellationToken cancellationToken)
    {
        // A burst of the instance may still have to be committed; its bookmark exists once the gate is free.
        using (await runner.Gate.EnterAsync(instanceId, cancellationToken))
        {
        }

        if (await runner.LoadAsync(instanceId, cancellationToken) is not var (copy, _))
            return null;
        copy.CancellationToken = cancellationToken;
        using var span = RuntimeTrace.Background(copy, bookmarkId);
        var seat = runner.Watch.Enter(instanceId);
        try
        {
            var result = await Interpreter.ExecuteInBackgroundAsync(copy, bookmarkId);
            RuntimeTrace.End(span, result);
            return result;
        }
        finally
        {
            runner.Watch.Leave(seat);
        }
    }

    private ValueTask<bool> QuarantineAsync(string instanceId, StoredWork work, CancellationToken cancellationToken) =>
        GoOnAsync(instanceId, work, runner.UnlessQuarantined(instanceId, work.Payload, static _ => ValueTask.FromResult(false)), cancellationToken);

    private ValueTask<bool> ApplyAsync(string instanceId, StoredWork work, BackgroundResult result, CancellationToken cancellationToken) =>
        GoOnAsync(instanceId, work, target => Interpreter.ApplyBackgroundAsync(target, work.Payload, result), cancellationToken);

    private async ValueTask<bool> GoOnAsync(
        string instanceId, StoredWork work, Func<WorkflowExecutionContext, ValueTask<bool>> run, CancellationToken cancellationToken)
    {
        using var _ = await runner.Gate.EnterAsync(instanceId, cancellationToken);
        return await runner.LoadAsync(instanceId, cancellationToken) is var (workflow, header)
            && await runner.ContinueAsync(workflow, header, run, [work.Id]) is not null;
    }
}
