using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.CustomActivities.Resilience;
using State = Platform.CustomActivities.Resilience.BreakerState;

namespace Platform.Server.Orchestration;

/// <summary>A circuit breaker as it is stored. One that lets calls through to see is stored as open: after a restart it does so again.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(BreakerSnapshot))]
internal sealed partial class BreakerDocument : JsonSerializerContext
{
    /// <summary>Kind of the documents; their id is the service.</summary>
    public const string Kind = "breaker";

    /// <summary>Writes a state.</summary>
    /// <param name="snapshot">The state.</param>
    public static string Write(BreakerSnapshot snapshot) => JsonSerializer.Serialize(
        snapshot.NextProbeAt is null && snapshot.State != State.Open ? snapshot : snapshot with { State = State.Open }, Default.BreakerSnapshot);

    /// <summary>Reads a state; null when it cannot be read, which is as if the service had never failed.</summary>
    /// <param name="json">What was written.</param>
    public static BreakerSnapshot? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Default.BreakerSnapshot);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
