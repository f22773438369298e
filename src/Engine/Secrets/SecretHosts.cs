using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Platform.Engine.Secrets;

/// <summary>
/// Knows the secrets that may go to certain hosts only, and finds their values in what is about to be sent: as they are, as JSON and as
/// addresses write them. It does not find a value that a script has changed beyond that. Costs nothing while no secret is bound.
/// Safe for concurrent use.
/// </summary>
public sealed class SecretHosts
{
    private volatile Bound[] _bound = [];

    /// <summary>Whether no secret is bound to hosts.</summary>
    public bool IsEmpty => _bound.Length == 0;

    /// <summary>Replaces what is known.</summary>
    /// <param name="secrets">The secrets that are bound.</param>
    public void Set(IEnumerable<BoundSecret> secrets) => _bound =
    [
        .. secrets.Select(secret => new Bound(
            secret.Name,
            [.. secret.Hosts],
            [.. FormsOf(secret.Value).Distinct(StringComparer.Ordinal).Select(form => (form, Encoding.UTF8.GetBytes(form)))])),
    ];

    /// <summary>Whether one of several patterns means a host: its name, or <c>*.</c> and what it ends with.</summary>
    /// <param name="patterns">The patterns.</param>
    /// <param name="host">The host.</param>
    public static bool Allow(IEnumerable<string> patterns, string host) => patterns.Any(pattern => pattern.StartsWith("*.", StringComparison.Ordinal)
        ? host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)
        : host.Equals(pattern, StringComparison.OrdinalIgnoreCase));

    /// <summary>The name of a secret that a text holds and that may not go to a host; null when there is none.</summary>
    /// <param name="host">The host.</param>
    /// <param name="text">What is sent.</param>
    public string? FindForeign(string host, string text) =>
        Array.Find(_bound, secret => !Allow(secret.Hosts, host) && Array.Exists(secret.Forms, form => text.Contains(form.Text, StringComparison.Ordinal)))?.Name;

    /// <summary>The name of a secret that a body holds and that may not go to a host; null when there is none.</summary>
    /// <param name="host">The host.</param>
    /// <param name="body">What is sent, UTF-8 where it is text.</param>
    public string? FindForeign(string host, ReadOnlySpan<byte> body)
    {
        foreach (var secret in _bound)
        {
            if (Allow(secret.Hosts, host))
                continue;
            foreach (var (_, bytes) in secret.Forms)
            {
                if (body.IndexOf(bytes) >= 0)
                    return secret.Name;
            }
        }

        return null;
    }

    private static IEnumerable<string> FormsOf(string value) =>
    [
        value, JsonEncodedText.Encode(value).Value, JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value, Uri.EscapeDataString(value),
    ];

    private sealed record Bound(string Name, string[] Hosts, (string Text, byte[] Bytes)[] Forms);
}

/// <summary>A secret that may go to certain hosts only.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Hosts">The hosts.</param>
/// <param name="Value">Its value.</param>
public sealed record BoundSecret(string Name, IReadOnlyList<string> Hosts, string Value)
{
    /// <summary>The name alone: the value must not get into a log by chance.</summary>
    public override string ToString() => Name;
}
