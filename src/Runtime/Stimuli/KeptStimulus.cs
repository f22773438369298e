using System.Text.Json.Serialization;

namespace Platform.Runtime.Stimuli;

/// <summary>A stimulus that reached nothing, as stored.</summary>
public sealed record KeptStimulus
{
    /// <summary>Id, time-ordered.</summary>
    public required string Id { get; init; }

    /// <summary>Stimulus name, for example <c>Elsa.Event</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it is matched by, as JSON text, or null.</summary>
    public string? Payload { get; init; }

    /// <summary>Hash over name and payload.</summary>
    public required string Hash { get; init; }

    /// <summary>Correlation id it is meant for, or null.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Instance it is meant for, or null.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Activity execution it is meant for, or null.</summary>
    public string? ActivityInstanceId { get; init; }

    /// <summary>The stimulus with its inputs, in the form of queued work.</summary>
    public required string Work { get; init; }

    /// <summary>When it happened, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Until when it waits for a bookmark; once it is dead, until when it can be replayed. UTC.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Why it is a dead letter, in a sentence; null while it waits.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it is a dead letter.</summary>
    [JsonIgnore]
    public bool IsDead => Reason is not null;
}

/// <summary>The JSON of stored stimuli.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KeptStimulus))]
internal sealed partial class KeptStimulusJson : JsonSerializerContext;
