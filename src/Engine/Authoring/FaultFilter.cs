using Platform.Engine.Activities.Resilience;

namespace Platform.Engine;

/// <summary>Which faults a container is there for, as the inputs of <see cref="TryCatch"/> say it. For containers of modules.</summary>
/// <param name="ErrorTypes">Names of exception types, of base types of them, or category or type of <c>Fault</c>; empty for all.</param>
/// <param name="ErrorCodes">Codes; empty for all.</param>
/// <param name="Message">A part of the message, or a pattern for the whole of it with * and ?; empty for all.</param>
public sealed record FaultFilter(ICollection<string>? ErrorTypes = null, ICollection<string>? ErrorCodes = null, string? Message = null)
{
    /// <summary>Whether it lets a fault through. All that it says has to match.</summary>
    /// <param name="faulted">The execution that faulted.</param>
    /// <param name="exception">What was thrown.</param>
    public bool Matches(ActivityExecutionContext faulted, Exception exception) =>
        FaultDetails.Of(faulted, exception).Matches(ErrorTypes, ErrorCodes, Message);

    /// <summary>The message of a fault with its secrets masked, as it may be kept.</summary>
    /// <param name="faulted">The execution that faulted.</param>
    /// <param name="exception">What was thrown.</param>
    public static string MessageOf(ActivityExecutionContext faulted, Exception exception) => FaultDetails.Of(faulted, exception).Message;
}
