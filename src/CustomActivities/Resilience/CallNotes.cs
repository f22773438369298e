using System.Globalization;

namespace Platform.CustomActivities.Resilience;

/// <summary>The notes that are taken of one call, for the journal of its activity.</summary>
/// <param name="note">Takes a note: event, sentence, details.</param>
public sealed class CallNotes(Action<string, string, object?> note)
{
    /// <summary>Attempts so far.</summary>
    public int Attempts { get; private set; }

    /// <summary>Takes a note.</summary>
    /// <param name="eventName">Event, for example <c>Fallback</c>.</param>
    /// <param name="message">A sentence.</param>
    /// <param name="payload">Details, or null.</param>
    public void Add(string eventName, string message, object? payload = null) => note(eventName, message, payload);

    /// <summary>Counts an attempt.</summary>
    /// <returns>Its number, from 1.</returns>
    internal int Begin() => ++Attempts;

    /// <summary>Notes how an attempt ended.</summary>
    internal void AddAttempt(int number, int? statusCode, string? error, TimeSpan duration)
    {
        var what = statusCode is { } status ? string.Create(CultureInfo.InvariantCulture, $"status {status}") : error ?? "done";
        note(
            "Attempt",
            string.Create(CultureInfo.InvariantCulture, $"Attempt {number}: {what} after {duration.TotalMilliseconds:0} ms."),
            new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["attempt"] = number,
                ["statusCode"] = statusCode,
                ["error"] = error,
                ["durationMs"] = Math.Round(duration.TotalMilliseconds, 1),
            });
    }

    /// <summary>Notes that another attempt follows.</summary>
    internal void AddRetry(int number, TimeSpan delay, int? statusCode, string? error) => note(
        "Retry",
        string.Create(CultureInfo.InvariantCulture, $"Attempt {number} follows in {delay.TotalMilliseconds:0} ms."),
        new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["attempt"] = number,
            ["delayMs"] = delay.TotalMilliseconds,
            ["statusCode"] = statusCode,
            ["error"] = error,
        });

    /// <summary>Notes that a call opened the circuit.</summary>
    internal void AddOpened(string service, BreakerSnapshot opened)
    {
        var duration = opened.NextProbeAt - opened.Since;
        note(
            "CircuitOpened",
            $"The service '{service}' failed too often: no call is sent to it for {duration}.",
            new Dictionary<string, object?>(StringComparer.Ordinal) { ["service"] = service, ["breakMs"] = duration?.TotalMilliseconds });
    }
}
