namespace Platform.Runtime.Telemetry;

/// <summary>Limits of the runtime's metrics; the host reads them from its own section.</summary>
public sealed class RuntimeMetricsOptions
{
    /// <summary>Most definitions that have a label of their own; runs of further ones count as <c>other</c>. Default: 100.</summary>
    public int DefinitionsMax { get; init; } = 100;
}
