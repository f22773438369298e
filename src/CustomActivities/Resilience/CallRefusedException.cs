namespace Platform.CustomActivities.Resilience;

/// <summary>A call was not sent, because the caller's own policy allows no more at the moment: its rate limit or its bulkhead.</summary>
/// <param name="message">Which limit, in a sentence.</param>
public sealed class CallRefusedException(string message) : Exception(message);
