namespace Platform.Server.Orchestration;

/// <summary>Where services are described besides the configuration, section <c>Orchestration</c>.</summary>
internal sealed class OrchestrationOptions
{
    /// <summary>
    /// A YAML file that describes services and policies; a relative path begins beside the program. Default: services.yaml, when there is one.
    /// </summary>
    public string? ServicesFile { get; set; }

    /// <summary>The profile of that file that counts besides its common part. Default: one named as the environment, when there is one.</summary>
    public string? Profile { get; set; }
}
