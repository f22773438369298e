using System.Globalization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Platform.Server.Http;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Instances;

/// <summary>What the links that workflows send out have in common: where they lead, and until when they can be used.</summary>
/// <param name="options">Knows the address that links get.</param>
/// <param name="server">Knows where the server listens.</param>
/// <param name="proxy">Knows under which path people reach it.</param>
/// <param name="clock">Time.</param>
internal sealed class LinkTerms(HttpOptions options, IServer server, ProxyOptions proxy, TimeProvider clock)
{
    /// <summary>The longest time that a link can be used.</summary>
    public static readonly TimeSpan LifetimeMax = TimeSpan.FromDays(365);

    /// <summary>Where links begin.</summary>
    public string Origin =>
        options.PublicUrl?.TrimEnd('/')
        ?? (server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost").TrimEnd('/') + proxy.PathBase;

    /// <summary>Now, UTC.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>When a link expires.</summary>
    /// <param name="function">Who asks, for the message.</param>
    /// <param name="lifetimeOrExpiry">A time span, or a moment.</param>
    /// <exception cref="ArgumentException">It is neither, or it is over, or too long.</exception>
    public DateTimeOffset ExpiryOf(string function, object? lifetimeOrExpiry)
    {
        var now = Now;
        var expiresAt = lifetimeOrExpiry switch
        {
            TimeSpan lifetime when lifetime <= LifetimeMax => now + lifetime,
            DateTimeOffset moment => moment,
            DateTime moment => new DateTimeOffset(DateTime.SpecifyKind(moment, DateTimeKind.Utc)),
            string text when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var lifetime) && lifetime <= LifetimeMax => now + lifetime,
            string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) => moment,
            _ => throw new ArgumentException(
                $"{function} needs a lifetime of at most 365 days, for example TimeSpan.FromHours(8) or '08:00:00', or the moment at which the link expires.",
                nameof(lifetimeOrExpiry)),
        };
        return expiresAt > now && expiresAt <= now + LifetimeMax
            ? expiresAt
            : throw new ArgumentException($"The link of {function} must expire in the future, within 365 days.", nameof(lifetimeOrExpiry));
    }
}
