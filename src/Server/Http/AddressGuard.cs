using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Platform.Server.Http;

/// <summary>
/// Decides which addresses activities may reach. Asked for every connection, after the name was resolved, so neither a name that
/// resolves to a private address nor a redirect gets around it.
/// </summary>
public sealed partial class AddressGuard
{
    // Networks that are not the public Internet: this host, private, carrier, link-local with the clouds' metadata, reserved, multicast.
    private static readonly IPNetwork[] PrivateNetworks =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/128", "100::/64", "2001::/32", "2001:db8::/32", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    private readonly Func<string, int, bool>? _isRegistered;
    private readonly bool _allowLoopback;
    private readonly List<(string Host, int? Port)> _hosts = [];
    private readonly List<IPNetwork> _networks = [];

    /// <summary>Makes a guard.</summary>
    /// <param name="options">What is allowed beyond public addresses; validated.</param>
    /// <param name="isRegistered">Whether a host and port belong to a registered service; null when there are none.</param>
    public AddressGuard(HttpOptions options, Func<string, int, bool>? isRegistered = null)
    {
        _isRegistered = isRegistered;
        _allowLoopback = options.AllowLoopback;
        foreach (var entry in options.AllowedHosts)
            Allow(entry.Trim());
    }

    /// <summary>Whether an entry of the allowed hosts can be understood.</summary>
    /// <param name="entry">The entry.</param>
    public static bool IsReadable(string entry) =>
        IPNetwork.TryParse(entry.Trim(), out _) || IPAddress.TryParse(entry.Trim().Trim('[', ']'), out _) || HostPattern().IsMatch(entry.Trim());

    /// <summary>Why an address may not be reached; null when it may.</summary>
    /// <param name="host">The host as the request named it.</param>
    /// <param name="port">The port.</param>
    /// <param name="address">What it resolved to.</param>
    public string? RefusalOf(string host, int port, IPAddress address)
    {
        if (_hosts.Exists(allowed => (allowed.Port is null || allowed.Port == port) && Matches(allowed.Host, host)))
            return null;
        // Whoever registered a service said that workflows may reach it.
        if (_isRegistered?.Invoke(host, port) == true)
            return null;
        var plain = Unwrap(address);
        if (_networks.Exists(network => network.BaseAddress.AddressFamily == plain.AddressFamily && network.Contains(plain)))
            return null;
        if (IPAddress.IsLoopback(plain))
            return _allowLoopback ? null : $"{plain} is a loopback address of the server itself";
        foreach (var network in PrivateNetworks)
        {
            if (network.BaseAddress.AddressFamily == plain.AddressFamily && network.Contains(plain))
                return $"{plain} is not a public address ({network})";
        }

        return null;
    }

    /// <summary>The IPv4 address inside the forms of IPv6 that carry one: the packet ends up there.</summary>
    private static IPAddress Unwrap(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        ReadOnlySpan<byte> translation = [0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];
        if (bytes[..12].SequenceEqual(translation) || (!bytes[..12].ContainsAnyExcept((byte)0) && !IPAddress.IsLoopback(address) && !address.Equals(IPAddress.IPv6Any)))
            return new IPAddress(bytes[12..]);
        return bytes[0] == 0x20 && bytes[1] == 0x02 ? new IPAddress(bytes[2..6]) : address;
    }

    private static bool Matches(string pattern, string host) =>
        pattern.StartsWith("*.", StringComparison.Ordinal)
            ? host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)
            : host.Trim('[', ']').Equals(pattern, StringComparison.OrdinalIgnoreCase);

    private void Allow(string entry)
    {
        if (IPNetwork.TryParse(entry, out var network))
        {
            _networks.Add(network);
        }
        else if (IPAddress.TryParse(entry.Trim('[', ']'), out var address))
        {
            _networks.Add(new IPNetwork(Unwrap(address), Unwrap(address).AddressFamily == AddressFamily.InterNetwork ? 32 : 128));
        }
        else if (HostPattern().Match(entry) is { Success: true } match)
        {
            int? port = match.Groups["port"].Success ? int.Parse(match.Groups["port"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) : null;
            _hosts.Add((match.Groups["host"].Value, port));
        }
    }

    [GeneratedRegex(@"^(?<host>(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?)(:(?<port>[0-9]{1,5}))?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HostPattern();
}

/// <summary>An activity wanted to reach an address that is not allowed.</summary>
/// <param name="host">The host as the request named it.</param>
/// <param name="reason">What is wrong with its address.</param>
public sealed class AddressBlockedException(string host, string reason) : Exception(
    $"WF4101: The request to '{host}' was blocked: {reason}. If it is meant, add '{host}' to Http:AllowedHosts, or register the service under Services.")
{
    /// <summary>The host as the request named it.</summary>
    public string Host { get; } = host;

    /// <summary>What is wrong with its address.</summary>
    public string Reason { get; } = reason;
}
