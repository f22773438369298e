namespace Platform.CustomActivities.Resilience;

/// <summary>What an attempt gave.</summary>
/// <param name="Value">The result, for example a response; disposed when another attempt follows.</param>
/// <param name="Status">Status of an HTTP answer; null for anything else.</param>
/// <param name="RetryAfter">After what time the service wants to be asked again; null when it does not say.</param>
public sealed record AttemptResult(object? Value, int? Status = null, TimeSpan? RetryAfter = null) : IDisposable
{
    /// <inheritdoc />
    public void Dispose() => (Value as IDisposable)?.Dispose();
}
