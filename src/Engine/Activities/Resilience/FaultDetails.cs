namespace Platform.Engine.Activities.Resilience;

/// <summary>
/// What is kept of a fault that a container handled: small, storable, matched by filters, readable in expressions as the variable
/// <c>Exception</c>, and enough to be thrown again.
/// </summary>
/// <param name="Type">Name of the exception type.</param>
/// <param name="Message">Message, with secrets masked.</param>
/// <param name="ActivityId">The activity that faulted.</param>
internal sealed record FaultDetails(string Type, string Message, string ActivityId)
{
    /// <summary>Name, and id, of the variable under which containers give it to their branches.</summary>
    public const string VariableName = "Exception";

    private static readonly Variable Definition = new(VariableName) { Id = VariableName };

    /// <summary>The code of <c>Fault</c>, or of the message when that begins with one; null for none.</summary>
    public string? Code { get; init; }

    /// <summary>Name of the activity that faulted, or its id.</summary>
    public string ActivityName { get; init; } = ActivityId;

    /// <summary>What else a filter of types matches: base types, category and type of <c>Fault</c>.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>The details of what was thrown; those of an earlier fault when that was thrown again.</summary>
    public static FaultDetails Of(ActivityExecutionContext faulted, Exception exception)
    {
        if (exception is RethrownException rethrown)
            return rethrown.Fault;
        var mask = faulted.WorkflowExecutionContext.Host.Secrets;
        // An input that throws is as good as what it threw.
        var cause = exception is InputEvaluationException { InnerException: { } inner } ? inner : exception;
        return new FaultDetails(exception.GetType().Name, mask.Apply(exception.Message), faulted.Activity.Id)
        {
            Code = (cause as FaultException)?.Code ?? CodeIn(cause.Message),
            ActivityName = faulted.Activity.Name ?? faulted.Activity.Id,
            Kinds = [.. KindsOf(exception, cause)],
        };
    }

    /// <summary>As a value of the instance: what expressions see.</summary>
    public Dictionary<string, object?> ToValue() => new(StringComparer.Ordinal)
    {
        ["type"] = Type,
        ["message"] = Message,
        ["code"] = Code,
        ["activityId"] = ActivityId,
        ["activityName"] = ActivityName,
        ["kinds"] = Kinds.ToList<object?>(),
    };

    /// <summary>From <see cref="ToValue"/>; null when there is none.</summary>
    public static FaultDetails? FromValue(object? value)
    {
        if (value is not IDictionary<string, object?> members || members.GetValue<string>("type") is not { } type)
            return null;
        return new FaultDetails(type, members.GetValue<string>("message") ?? "", members.GetValue<string>("activityId") ?? "")
        {
            Code = members.GetValue<string>("code"),
            ActivityName = members.GetValue<string>("activityName") ?? "",
            Kinds = members.TryGetValue("kinds", out var kinds) && kinds is IEnumerable<object?> names ? [.. names.OfType<string>()] : [],
        };
    }

    /// <summary>Runs an embedded activity of a container that handled a fault, with the fault as a variable.</summary>
    public static void Schedule(ActivityExecutionContext context, IActivity activity, object? fault, ActivityCompletionCallback callback) =>
        Interpreter.Schedule(context, ((Activity)activity).PlanNode!, callback).Variables = [new VariableInstance(Definition, fault)];

    /// <summary>Whether a container whose filters are these handles the fault. An empty filter lets everything through.</summary>
    /// <param name="types">Names of exception types, of base types of them, or category or type of <c>Fault</c>.</param>
    /// <param name="codes">Codes.</param>
    /// <param name="message">A part of the message, or a pattern for all of it with * and ?.</param>
    public bool Matches(ICollection<string>? types, ICollection<string>? codes, string? message)
    {
        if (types is { Count: > 0 } && !types.Any(type => Same(type, Type) || Kinds.Any(kind => Same(type, kind))))
            return false;
        if (codes is { Count: > 0 } && !(Code is { } code && codes.Any(candidate => Same(candidate, code))))
            return false;
        if (string.IsNullOrEmpty(message))
            return true;
        return message.AsSpan().IndexOfAny('*', '?') < 0
            ? Message.Contains(message, StringComparison.OrdinalIgnoreCase)
            : System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(message, Message);
    }

    private static bool Same(string wanted, string actual) => string.Equals(wanted.Trim(), actual, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> KindsOf(Exception exception, Exception cause)
    {
        if (cause is FaultException fault)
        {
            yield return fault.Category;
            yield return fault.FaultType;
        }

        if (!ReferenceEquals(exception, cause))
            yield return cause.GetType().Name;
        for (var type = cause.GetType().BaseType; type is not null && type != typeof(Exception) && type != typeof(object); type = type.BaseType)
            yield return type.Name;
    }

    /// <summary>The product's own faults begin with their code: <c>WF2101: ...</c>.</summary>
    private static string? CodeIn(string message) =>
        message.Length > 7 && message.StartsWith("WF", StringComparison.Ordinal) && message[6] == ':' && message.AsSpan(2, 4).ContainsAnyExceptInRange('0', '9') == false
            ? message[..6]
            : null;
}
