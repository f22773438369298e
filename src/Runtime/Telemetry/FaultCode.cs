using Platform.Engine;

namespace Platform.Runtime.Telemetry;

/// <summary>The code by which telemetry names a fault: never its message.</summary>
internal static class FaultCode
{
    private const int LengthMax = 64;
    private const int OwnLength = 6;

    /// <summary>Our own code (<c>WF4101</c>) when the message begins with one, else the code that a fault was given, else the kind of exception.</summary>
    /// <param name="exception">What was thrown.</param>
    public static string Of(Exception exception)
    {
        var message = exception.Message;
        if (message.Length > OwnLength && message[OwnLength] == ':' && message.StartsWith("WF", StringComparison.Ordinal) && IsDigits(message.AsSpan(2, OwnLength - 2)))
            return message[..OwnLength];
        // Codes of authors may be computed: only what looks like a code is one.
        return exception is FaultException fault && IsCode(fault.Code) ? fault.Code : exception.GetType().Name;
    }

    private static bool IsDigits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');

    private static bool IsCode(string? code) => code is { Length: > 0 and <= LengthMax } && code.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.');
}
