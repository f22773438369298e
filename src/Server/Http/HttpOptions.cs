using System.ComponentModel.DataAnnotations;

namespace Platform.Server.Http;

/// <summary>Options of HTTP activities and workflow endpoints, section <c>Http</c>.</summary>
public sealed class HttpOptions : IValidatableObject
{
    /// <summary>Path under which workflows answer. Starts with a slash and does not end with one. Default: /workflows.</summary>
    [Required, RegularExpression("(/[A-Za-z0-9._~-]+)+", ErrorMessage = "BasePath must start with a slash, must not end with one and must not be empty, for example /workflows.")]
    public string BasePath { get; set; } = "/workflows";

    /// <summary>
    /// Address under which people reach this server, for links that workflows send out, for example https://flows.example.org.
    /// Default: the address at which it listens.
    /// </summary>
    [Url]
    public string? PublicUrl { get; set; }

    /// <summary>Largest request body that an endpoint reads when it has no limit of its own, in bytes. Default: 10 MiB.</summary>
    [Range(0, long.MaxValue)]
    public long RequestBodyBytesMax { get; set; } = 10 * 1024 * 1024;

    /// <summary>Largest response body that an activity reads or makes, in bytes. A larger one fails the request. Default: 10 MiB.</summary>
    [Range(1, int.MaxValue)]
    public long ResponseBodyBytesMax { get; set; } = 10 * 1024 * 1024;

    /// <summary>How long an outgoing request may take, from connecting to the last byte of the response. Default: 100 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>Most bytes of the files that are kept so that downloads can be resumed. Default: 64 MiB; 0 keeps none.</summary>
    [Range(0, int.MaxValue)]
    public long KeptDownloadsBytesMax { get; set; } = 64 * 1024 * 1024;

    /// <summary>How long such a file is kept. Default: 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan KeptDownloadsFor { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Hosts and networks that activities may reach although their addresses are private: a host name, <c>host:port</c>,
    /// <c>*.suffix</c>, an address or a network such as <c>10.1.0.0/16</c>. Default: none.
    /// </summary>
    public List<string> AllowedHosts { get; set; } = [];

    /// <summary>Whether activities may reach this machine through its loopback addresses. Default: false.</summary>
    public bool AllowLoopback { get; set; }

    /// <summary>Whether the answer of a faulted workflow says what went wrong. Default: false, because callers may be strangers.</summary>
    public bool DetailedErrors { get; set; }

    /// <summary>The limit of a response that is made in memory.</summary>
    internal ByteLimit ResponseLimit => new(ResponseBodyBytesMax, "Http:ResponseBodyBytesMax");

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => AllowedHosts
        .Where(entry => !AddressGuard.IsReadable(entry))
        .Select(entry => new ValidationResult(
            $"The entry '{entry}' is no host. Write a name, name:port, *.suffix, an address or a network such as 10.1.0.0/16.",
            [nameof(AllowedHosts)]));
}
