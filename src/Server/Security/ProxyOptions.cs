using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Platform.Server.Security;

/// <summary>What stands in front of the server, section <c>Proxy</c>.</summary>
internal sealed class ProxyOptions : IValidatableObject
{
    /// <summary>
    /// The path under which people reach the server, when it is not the root of its host: <c>/flows</c>. The proxy may take it away or
    /// leave it. Default: none.
    /// </summary>
    [RegularExpression("^(/[A-Za-z0-9._~-]+)+$", ErrorMessage = "Give a path that begins with a slash and ends without one, for example /flows.")]
    public string? PathBase { get; set; }

    /// <summary>
    /// Addresses and networks of the proxies whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are believed. What anybody else
    /// sends in these headers is ignored. Default: none.
    /// </summary>
    public List<string> Trusted { get; set; } = [];

    /// <summary>How many proxies stand one behind the other; of longer lists the last entries count. Default: 1.</summary>
    [Range(1, 10)]
    public int HopsMax { get; set; } = 1;

    /// <summary>The trusted networks; a single address is a network of one.</summary>
    internal IEnumerable<IPNetwork> Networks => Trusted.Select(entry => Read(entry) ?? throw new InvalidOperationException($"'{entry}' was not checked."));

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Trusted.Where(entry => Read(entry) is null)
        .Select(entry => new ValidationResult($"The entry '{entry}' is no address. Write one, for example 10.0.0.5, or a network such as 10.0.0.0/24.", [nameof(Trusted)]));

    private static IPNetwork? Read(string entry)
    {
        if (IPNetwork.TryParse(entry, out var network))
            return network;
        return IPAddress.TryParse(entry, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8) : null;
    }
}
