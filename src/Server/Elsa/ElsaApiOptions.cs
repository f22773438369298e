using System.ComponentModel.DataAnnotations;

namespace Platform.Server.Elsa;

/// <summary>Options of the Elsa-compatible API, section <c>ElsaApi</c>.</summary>
internal sealed class ElsaApiOptions
{
    /// <summary>Largest request body in bytes; Studio refuses larger files as well. Larger ones are refused while they are read. Default: 10 MiB.</summary>
    [Range(1_024, 1_073_741_824)]
    public int BodyBytesMax { get; set; } = 10 * 1_024 * 1_024;

    /// <summary>Deepest nesting of JSON in a request; a workflow needs about two levels per nested container. Default: 128.</summary>
    [Range(16, 200)]
    public int JsonDepthMax { get; set; } = 128;
}
