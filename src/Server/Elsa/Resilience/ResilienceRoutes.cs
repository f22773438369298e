using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.CustomActivities.Services;
using Platform.Engine.Execution;
using Platform.Runtime.Store;
using Platform.Server.Audit;
using Platform.Server.Elsa.Instances;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Resilience;

/// <summary>What Studio's resilience panel offers, and the attempts that an activity made.</summary>
internal static class ResilienceRoutes
{
    private const string StrategyType = "HttpResilienceStrategy";

    /// <summary>Maps the routes.</summary>
    /// <param name="api">The API.</param>
    public static void MapResilience(this IEndpointRouteBuilder api)
    {
        var resilience = api.MapGroup("/resilience").NotAudited("It only reads.");
        resilience.MapGet("/strategies", ListStrategies).RequirePermission("read:resilience", "read:resilience:strategies");
        resilience.MapGet("/retries/{activityInstanceId}", ListRetriesAsync).RequirePermission("read:resilience", "read:resilience:retries");
    }

    /// <summary>The named policies. They fit every category: what of a policy has no meaning for an activity does nothing there.</summary>
    private static IResult ListStrategies(ServiceRegistry registry) => Wire.Json(new Listing<ResilienceStrategyModel>(
    [
        .. registry.Set.Policies.OrderBy(policy => policy.Key, StringComparer.OrdinalIgnoreCase).Select(policy => new ResilienceStrategyModel(
            StrategyType,
            policy.Key,
            policy.Value.Description is { Length: > 0 } description ? $"{policy.Key}: {description}" : policy.Key,
            policy.Value.Retry.MaxAttempts - 1,
            policy.Value.Retry.UseJitter,
            policy.Value.Retry.Delay,
            policy.Value.Retry.BackoffType.ToString())),
    ]));

    private static async Task<IResult> ListRetriesAsync(string activityInstanceId, IWorkflowStore store, CancellationToken cancellationToken)
    {
        if (await ActivityRecords.FindAsync(store, activityInstanceId, cancellationToken) is not var (instanceId, history, record))
            return Problems.NotFound("activity execution", activityInstanceId);
        var retries = history.Journal.Where(entry => entry.Execution.Id == record.Id && entry.EventName == ActivityExecutionRecord.RetryEvent);
        return Wire.Json(new Listing<RetryAttemptModel>([.. retries.Select((entry, index) => ToModel(instanceId, entry, index + 1))]));
    }

    private static RetryAttemptModel ToModel(string instanceId, JournalEntry entry, int number)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal);
        var delay = TimeSpan.Zero;
        if (entry.Payload is { ValueKind: JsonValueKind.Object } payload)
        {
            if (payload.TryGetProperty("delayMs", out var milliseconds) && milliseconds.ValueKind == JsonValueKind.Number)
                delay = TimeSpan.FromMilliseconds(milliseconds.GetDouble());
            if (payload.TryGetProperty("statusCode", out var status) && status.ValueKind == JsonValueKind.Number)
                details["StatusCode"] = status.GetInt32().ToString(CultureInfo.InvariantCulture);
            if (payload.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.String)
                details["Error"] = error.GetString() ?? "";
        }

        if (entry.Message is { Length: > 0 } message)
            details["Message"] = message;
        return new RetryAttemptModel(entry.Id, entry.Execution.Id, entry.Execution.ActivityId, instanceId, number, delay, details);
    }
}

/// <summary>A strategy that the author of an activity can choose.</summary>
internal sealed record ResilienceStrategyModel(
    [property: JsonPropertyName("$type")] string Type,
    string Id,
    string DisplayName,
    int MaxRetryAttempts,
    bool UseJitter,
    TimeSpan Delay,
    string BackoffType);

/// <summary>An activity that tried again: which time, after what delay, and why.</summary>
internal sealed record RetryAttemptModel(
    string Id, string ActivityInstanceId, string ActivityId, string WorkflowInstanceId, int AttemptNumber, TimeSpan RetryDelay, Dictionary<string, string> Details);
