using System.Text;
using Platform.Engine;
using Platform.Engine.Secrets;

namespace Platform.Server.Http;

/// <summary>Keeps secrets that are bound to hosts from being sent to others, whatever way they got into a request.</summary>
internal static class OutgoingSecrets
{
    /// <summary>Looks through a request before it is sent.</summary>
    /// <param name="hosts">Knows the secrets that are bound.</param>
    /// <param name="request">The request, with its content in memory.</param>
    /// <param name="cancellationToken">Ends the reading of the content.</param>
    /// <exception cref="FaultException">It would send a secret to a host that the secret does not name.</exception>
    public static async ValueTask CheckAsync(SecretHosts hosts, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (hosts.IsEmpty || request.RequestUri is not { IsAbsoluteUri: true } address)
            return;
        var host = address.IdnHost;
        var found = hosts.FindForeign(host, address.OriginalString);
        foreach (var (_, values) in request.Headers.NonValidated)
            found ??= values.Select(value => hosts.FindForeign(host, value) ?? hosts.FindForeign(host, Decoded(value))).FirstOrDefault(name => name is not null);
        if (found is null && request.Content is { } content)
        {
            foreach (var (_, values) in content.Headers.NonValidated)
                found ??= values.Select(value => hosts.FindForeign(host, value)).FirstOrDefault(name => name is not null);
            found ??= hosts.FindForeign(host, await content.ReadAsByteArrayAsync(cancellationToken));
        }

        if (found is not null)
        {
            throw new FaultException(
                "SecretNotForHost", "HTTP", "System", $"WF4765: The secret '{found}' was kept from '{host}': it is bound to other hosts. Nothing was sent there. Add '{host}' to the hosts of the secret if it is meant to get it.");
        }
    }

    /// <summary>What a header of basic authentication says in plain text.</summary>
    private static string Decoded(string header)
    {
        const string scheme = "Basic ";
        if (!header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            return "";
        var bytes = new byte[header.Length];
        return Convert.TryFromBase64String(header[scheme.Length..].Trim(), bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : "";
    }
}
