using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Server.Monitoring.Alerts;
using Platform.Server.Monitoring.Remedies;
using Platform.Server.Monitoring.Stopping;

namespace Platform.Server.Monitoring;

/// <summary>What the monitor stores. It tolerates members that it does not know, so that two versions can run one after the other.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Alert))]
[JsonSerializable(typeof(AlertRule))]
[JsonSerializable(typeof(Silence))]
[JsonSerializable(typeof(Remedy))]
[JsonSerializable(typeof(RemedyRun))]
[JsonSerializable(typeof(StopState))]
internal sealed partial class MonitorJson : JsonSerializerContext
{
    /// <summary>The context that leaves other languages than English readable.</summary>
    public static MonitorJson Readable => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
