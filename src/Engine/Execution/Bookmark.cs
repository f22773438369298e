namespace Platform.Engine;

/// <summary>A place where an instance waits for a stimulus or a moment.</summary>
public sealed record Bookmark
{
    /// <summary>Id, unique over all instances.</summary>
    public required string Id { get; init; }

    /// <summary>Stimulus name; a stimulus must have the same one.</summary>
    public required string Name { get; init; }

    /// <summary>Hash over name and payload, upper-case hexadecimal SHA-256.</summary>
    public required string Hash { get; init; }

    /// <summary>Payload as JSON text, or null.</summary>
    public string? Payload { get; init; }

    /// <summary>Number of the activity execution that waits, inside its instance.</summary>
    public required long ActivitySequence { get; init; }

    /// <summary>When it was created, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it resumes by itself, UTC; null for never.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Whether resuming removes it. Default: true.</summary>
    public bool AutoBurn { get; init; } = true;

    /// <summary>Method of the activity that resuming calls; null to call none.</summary>
    public string? CallbackMethodName { get; init; }

    /// <summary>Whether resuming without a callback completes the activity. Default: true.</summary>
    public bool AutoComplete { get; init; } = true;

    /// <summary>Free data about the bookmark, or null.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

/// <summary>What an activity asks for when it creates a bookmark.</summary>
public sealed class CreateBookmarkArgs
{
    /// <summary>Id to give. Default: a new one.</summary>
    public string? BookmarkId { get; set; }

    /// <summary>Stimulus name. Default: the activity's type name.</summary>
    public string? BookmarkName { get; set; }

    /// <summary>Payload that a stimulus must equal; serialised as JSON. Null for none.</summary>
    public object? Stimulus { get; set; }

    /// <summary>Instance method of the activity to call on resuming. Default: none, the activity completes.</summary>
    public ExecuteActivityDelegate? Callback { get; set; }

    /// <summary>Whether resuming removes it. Default: true.</summary>
    public bool AutoBurn { get; set; } = true;

    /// <summary>Whether the activity execution's id is part of the hash, so that only a stimulus for it matches. Default: true.</summary>
    public bool IncludeActivityInstanceId { get; set; } = true;

    /// <summary>Whether resuming without callback completes the activity. Default: true.</summary>
    public bool AutoComplete { get; set; } = true;

    /// <summary>When it resumes by itself, UTC. Default: never.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>Free data. Default: none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; set; }
}

/// <summary>An activity faulted. Either nobody handled it, or a container did and is named.</summary>
/// <param name="ActivityId">The activity.</param>
/// <param name="ActivityNodeId">Its node.</param>
/// <param name="ActivityType">Its type.</param>
/// <param name="ActivitySequence">Number of the execution inside the instance.</param>
/// <param name="Message">What happened.</param>
/// <param name="Exception">The cause, or null.</param>
/// <param name="Timestamp">When, UTC.</param>
public sealed record Incident(
    string ActivityId,
    string ActivityNodeId,
    string ActivityType,
    long ActivitySequence,
    string Message,
    ExceptionState? Exception,
    DateTimeOffset Timestamp)
{
    /// <summary>Id of the container that handled it; null when nobody did.</summary>
    public string? HandledBy { get; init; }
}

/// <summary>An exception as it is stored.</summary>
/// <param name="Type">Name of the exception type; informative, never used to create anything.</param>
/// <param name="Message">Message.</param>
/// <param name="StackTrace">Stack trace, or null.</param>
/// <param name="Inner">Cause, or null.</param>
public sealed record ExceptionState(string Type, string Message, string? StackTrace, ExceptionState? Inner)
{
    private const int NestingMax = 8;
    private const int TextLengthMax = 8_000;

    /// <summary>Takes what is stored from an exception: at most 8 causes deep and 8,000 characters per text.</summary>
    /// <param name="exception">The exception.</param>
    public static ExceptionState From(Exception exception) => From(exception, 0);

    private static ExceptionState From(Exception exception, int depth) => new(
        exception is RethrownException rethrown ? rethrown.Fault.Type : exception.GetType().Name,
        Cut(exception.Message),
        exception.StackTrace is { } trace ? Cut(trace) : null,
        exception.InnerException is { } inner && depth < NestingMax ? From(inner, depth + 1) : null);

    private static string Cut(string text) => text.Length <= TextLengthMax ? text : string.Concat(text.AsSpan(0, TextLengthMax), "…");
}

/// <summary>Thrown by an activity to fault with a code. The <c>Fault</c> activity throws it.</summary>
/// <param name="code">Code chosen by the author.</param>
/// <param name="category">Category, for example <c>HTTP</c>.</param>
/// <param name="faultType">Type, for example <c>System</c> or <c>Business</c>.</param>
/// <param name="message">What happened.</param>
/// <param name="inner">Cause, or null.</param>
public sealed class FaultException(string code, string category, string faultType, string? message, Exception? inner = null)
    : Exception(string.IsNullOrEmpty(message) ? $"Fault {code}" : message, inner)
{
    /// <summary>Code chosen by the author.</summary>
    public string Code { get; } = code;

    /// <summary>Category.</summary>
    public string Category { get; } = category;

    /// <summary>Type.</summary>
    public string FaultType { get; } = faultType;
}
