using System.Globalization;

namespace Platform.CustomActivities.Services;

/// <summary>One call of a service: how to make its request, and the notes that are taken of it.</summary>
/// <param name="makeRequest">Makes the request; called once per attempt.</param>
/// <param name="note">Takes a note: event, sentence, details.</param>
internal sealed class ServiceCall(Func<HttpRequestMessage> makeRequest, Action<string, string, object> note)
{
    private long _openedForTicks;

    /// <summary>Attempts so far.</summary>
    public int Attempts { get; set; }

    public HttpRequestMessage MakeRequest() => makeRequest();

    public void Note(string eventName, string message, object payload) => note(eventName, message, payload);

    public void NoteAttempt(int? statusCode, string? error, TimeSpan duration)
    {
        var what = statusCode is { } status ? string.Create(CultureInfo.InvariantCulture, $"status {status}") : error;
        note(
            "Attempt",
            string.Create(CultureInfo.InvariantCulture, $"Attempt {Attempts}: {what} after {duration.TotalMilliseconds:0} ms."),
            new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["attempt"] = Attempts,
                ["statusCode"] = statusCode,
                ["error"] = error,
                ["durationMs"] = Math.Round(duration.TotalMilliseconds, 1),
            });
    }

    /// <summary>Leaves word that this call opened the circuit. Safe from any thread.</summary>
    public void OpenedFor(TimeSpan duration) => Interlocked.Exchange(ref _openedForTicks, duration.Ticks);

    /// <summary>Notes that this call opened the circuit, once.</summary>
    public void NoteOpened(string service)
    {
        var ticks = Interlocked.Exchange(ref _openedForTicks, 0);
        if (ticks == 0)
            return;
        var duration = TimeSpan.FromTicks(ticks);
        note(
            "CircuitOpened",
            $"The service '{service}' failed too often: no call is sent to it for {duration}.",
            new Dictionary<string, object?>(StringComparer.Ordinal) { ["service"] = service, ["breakMs"] = duration.TotalMilliseconds });
    }
}
