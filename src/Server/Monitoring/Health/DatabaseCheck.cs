using Platform.Runtime.Store;
using Platform.Server.Monitoring.Series;

namespace Platform.Server.Monitoring.Health;

/// <summary>Writes and reads something small, and takes the time. A write that hangs is not followed by another one.</summary>
/// <param name="store">The store.</param>
/// <param name="options">What is slow.</param>
/// <param name="clock">Time.</param>
internal sealed class DatabaseCheck(IWorkflowStore store, MonitorOptions options, TimeProvider clock)
{
    private const string Kind = "health";
    private const string Id = "monitor";
    private Task<(double Write, double Read)>? _trial;

    /// <summary>From where on a write takes too long.</summary>
    public Thresholds Thresholds { get; } = new(options.DatabaseSlowAfter.TotalMilliseconds, options.DatabaseTimeout.TotalMilliseconds);

    /// <summary>Tries it. Not to be called twice at once.</summary>
    /// <param name="bytes">Size of the database; null when it is not known.</param>
    public async ValueTask<Observation> RunAsync(long? bytes)
    {
        _trial ??= TryAsync();
        try
        {
            var (write, read) = await _trial.WaitAsync(options.DatabaseTimeout, clock);
            _trial = null;
            var slowest = Math.Max(write, read);
            var status = Thresholds.Judge(slowest);
            List<Figure> figures = [new(MetricCatalog.DatabaseWrite, write), new(MetricCatalog.DatabaseRead, read)];
            if (bytes is { } known)
                figures.Add(new(MetricCatalog.DatabaseBytes, known));
            return new Observation(status, status == SubjectStatus.Healthy ? null : FormattableString.Invariant($"A small write took {write} ms, a read {read} ms."), figures);
        }
        catch (TimeoutException) when (_trial is { IsCompleted: false })
        {
            return new Observation(SubjectStatus.Unhealthy, $"It has not answered for more than {options.DatabaseTimeout}.", []);
        }
        // Whatever it is, it tells how the database is.
        catch (Exception exception)
        {
            _trial = null;
            return new Observation(SubjectStatus.Unhealthy, $"It refuses to write or to read: {exception.Message}", []);
        }
    }

    private async Task<(double Write, double Read)> TryAsync()
    {
        var begunAt = clock.GetTimestamp();
        await store.CommitAsync(new Commit { Documents = [new StoredDocument(Kind, Id, $$"""{"at":"{{clock.GetUtcNow():O}}"}""")] }, CancellationToken.None);
        var writtenAt = clock.GetTimestamp();
        await store.FindDocumentAsync(Kind, Id, CancellationToken.None);
        return (Round(clock.GetElapsedTime(begunAt, writtenAt)), Round(clock.GetElapsedTime(writtenAt)));
    }

    private static double Round(TimeSpan span) => Math.Round(span.TotalMilliseconds, 2);
}
