using Microsoft.AspNetCore.Connections;
using Platform.Storage;

namespace Platform.Server.Composition;

/// <summary>The server cannot start, for a reason that its operator can mend.</summary>
/// <param name="code">Code of the reason, a heading in <c>docs/errors.md</c>.</param>
/// <param name="message">What is wrong and what to do.</param>
internal sealed class StartFailedException(string code, string message) : Exception(message)
{
    /// <summary>What to tell the operator about a failed start; null when it is a bug, whose stack trace is then wanted.</summary>
    /// <param name="exception">Why it failed.</param>
    public static string? Explain(Exception exception) => exception switch
    {
        ConfigurationMistakesException => Describe("WF4600", exception.Message),
        CustomActivities.Services.OptionsProblemException => Describe("WF4600", exception.Message),
        StorageException => Describe("WF4602", exception.Message),
        StartFailedException failed => Describe(failed._code, exception.Message),
        IOException { InnerException: AddressInUseException } => Describe("WF4601", $"{exception.Message} Stop what listens there, or choose another address: --urls http://localhost:5051"),
        _ => null,
    };

    private readonly string _code = code;

    private static string Describe(string code, string message) => $"Platform cannot start ({code}). {message}";
}
