using Platform.Runtime.Execution;

namespace Platform.Server.Elsa.Definitions;

/// <summary>The header with which a caller says that a repeated request means the same instance.</summary>
internal static class IdempotencyKey
{
    /// <summary>Name of the header.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>The key of a request, or null when it has none.</summary>
    public static string? Of(HttpRequest request, StartRequest start, ref IResult? refusal)
    {
        if (!request.Headers.TryGetValue(Header, out var values))
            return null;
        if (values is not [{ } key] || !KeyedStarts.IsKey(key))
            refusal = Problems.Invalid("WF4520", "$", $"{Header} must be sent once, as 1 to {KeyedStarts.KeyLengthMax} visible ASCII characters.");
        else if (start.InstanceId is not null)
            refusal = Problems.Invalid("WF4520", "$.instanceId", $"Send an instance id or the header {Header}, not both.");
        else
            return key;
        return null;
    }

    /// <summary>422: the key stands for another request.</summary>
    public static IResult Reused(string definitionId) => Problems.Status(
        StatusCodes.Status422UnprocessableEntity,
        "WF4521",
        $"The workflow '{definitionId}' was started with this {Header} and another request. Use a new key for a new run.");
}
