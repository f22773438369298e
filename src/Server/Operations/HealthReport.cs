using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Server.Operations;

/// <summary>How one thing is that the server needs.</summary>
internal enum CheckStatus
{
    /// <summary>It works.</summary>
    Ok,

    /// <summary>It works, and somebody should look at it.</summary>
    Degraded,

    /// <summary>It does not work.</summary>
    Failed,
}

/// <summary>One check.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Status">How it is.</param>
/// <param name="SinceUtc">Since when it is so, as far as this process knows.</param>
/// <param name="Detail">Why, in a sentence. Only for those who may read it.</param>
internal sealed record HealthCheck(string Name, CheckStatus Status, DateTimeOffset SinceUtc, string? Detail);

/// <summary>All checks, and what follows from them.</summary>
/// <param name="Status">In one word.</param>
/// <param name="Checks">The checks.</param>
internal sealed record HealthReport(string Status, IReadOnlyList<HealthCheck> Checks)
{
    /// <summary>The report without what strangers must not know.</summary>
    public HealthReport WithoutDetails() => this with { Checks = [.. Checks.Select(check => check with { Detail = null })] };
}

/// <summary>Writes reports.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(CheckStatusConverter)])]
[JsonSerializable(typeof(HealthReport))]
internal sealed partial class HealthJson : JsonSerializerContext;

/// <summary>Statuses in lower case, as the word for the whole is.</summary>
internal sealed class CheckStatusConverter() : JsonStringEnumConverter<CheckStatus>(JsonNamingPolicy.CamelCase);
