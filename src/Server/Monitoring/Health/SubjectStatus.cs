using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Server.Monitoring.Health;

/// <summary>How a monitored thing is. Ordered: the higher, the worse; what is not known stands aside.</summary>
[JsonConverter(typeof(SubjectStatusConverter))]
internal enum SubjectStatus
{
    /// <summary>It was not looked at yet. The first check moves it on.</summary>
    Unknown,

    /// <summary>It works. Several worse checks in a row move it on.</summary>
    Healthy,

    /// <summary>It works, but slowly or near its limits. Several better or worse checks in a row move it on.</summary>
    Degraded,

    /// <summary>It does not work, or is beyond its limits. Several better checks in a row move it on.</summary>
    Unhealthy,
}

/// <summary>Statuses in lower case on the wire.</summary>
internal sealed class SubjectStatusConverter() : JsonStringEnumConverter<SubjectStatus>(JsonNamingPolicy.CamelCase);
