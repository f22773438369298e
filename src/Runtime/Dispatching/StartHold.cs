namespace Platform.Runtime.Dispatching;

/// <summary>Why a start may not begin now.</summary>
public enum HoldKind
{
    /// <summary>The definition is paused; starts wait in the queue.</summary>
    Paused,

    /// <summary>The definition is paused and drops starts.</summary>
    Dropped,

    /// <summary>As many runs of the definition are in progress as there may be.</summary>
    Concurrency,

    /// <summary>As many runs with the same concurrency key are in progress as there may be.</summary>
    KeyConcurrency,

    /// <summary>As many runs were started lately as there may be.</summary>
    Rate,
}

/// <summary>A start may not begin now.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="RetryAfter">When it is worth asking again; null when it is not.</param>
public sealed record StartHold(HoldKind Kind, string Reason, TimeSpan? RetryAfter)
{
    /// <summary>Nobody knows when a run ends or a person resumes; it costs little to ask again.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Later = TimeSpan.FromMinutes(1);

    internal static StartHold Of(string definitionId, DefinitionPause pause)
    {
        var resume = $"POST /api/definitions/{Uri.EscapeDataString(definitionId)}/resume lets it start again.";
        var who = $"The workflow '{definitionId}' was paused by {pause.By} at {Explanations.Durations.Text(pause.At)}";
        return pause.Mode == PauseMode.Queue
            ? new(HoldKind.Paused, $"{who}. {resume}", Later)
            : new(HoldKind.Dropped, $"{who} and takes no new starts. {resume}", null);
    }

    internal static StartHold Full(int most) => new(
        HoldKind.Concurrency, $"{most} of its runs {Are(most)} in progress, and more may not be at once (maxConcurrent).", Soon);

    internal static StartHold FullKey(string key, int most) => new(
        HoldKind.KeyConcurrency,
        $"{most} of its runs with the concurrency key '{key}' {Are(most)} in progress, and more may not be at once (maxConcurrentPerKey).",
        Soon);

    internal static StartHold TooFast(StartRate rate, TimeSpan wait) => new(
        HoldKind.Rate, $"It was started {rate.Count} times within {Explanations.Durations.Text(rate.Per)}, and more is not allowed (rate).", wait);

    private static string Are(int count) => count == 1 ? "is" : "are";
}
