using System.Net;
using System.Net.Sockets;

namespace Platform.Server.Security;

/// <summary>
/// Limits guessing: counts failed sign-ins per user and per address in a window that the first failure opens. An attempt is counted
/// before its password is checked, so that attempts at once cannot slip past the limit. Names that do not exist are counted alike.
/// </summary>
/// <param name="options">The limits.</param>
/// <param name="clock">Time.</param>
internal sealed class SignInThrottle(SecurityOptions options, TimeProvider clock)
{
    /// <summary>Most counters in memory; beyond, the ones that end soonest are forgotten.</summary>
    private const int CountersMax = 10_000;

    /// <summary>Bytes of an IPv6 address that one subscriber owns; the rest is theirs to vary.</summary>
    private const int NetworkBytes = 8;
    private readonly Dictionary<string, Counter> _counters = new(StringComparer.Ordinal);
    private readonly Lock _sync = new();

    /// <summary>Number of counters in memory.</summary>
    public int Count
    {
        get
        {
            lock (_sync)
                return _counters.Count;
        }
    }

    /// <summary>Counts an attempt, or refuses it.</summary>
    /// <param name="userId">Who signs in.</param>
    /// <param name="address">From where; null when not known.</param>
    /// <returns>How long to wait when it is refused, else null.</returns>
    public TimeSpan? Begin(string userId, IPAddress? address)
    {
        var now = clock.GetUtcNow();
        lock (_sync)
        {
            var user = Find_NeedsLock(UserKey(userId), now);
            var network = Find_NeedsLock(AddressKey(address), now);
            var endsAt = DateTimeOffset.MinValue;
            if (user.Count >= options.SignInFailuresPerUserMax)
                endsAt = user.EndsAt;
            if (network.Count >= options.SignInFailuresPerAddressMax && network.EndsAt > endsAt)
                endsAt = network.EndsAt;
            if (endsAt > now)
                return endsAt - now;
            user.Count++;
            network.Count++;
            return null;
        }
    }

    /// <summary>Takes back what <see cref="Begin"/> counted, and forgets the user's failures.</summary>
    /// <param name="userId">Who signed in.</param>
    /// <param name="address">From where.</param>
    public void Succeed(string userId, IPAddress? address)
    {
        lock (_sync)
        {
            _counters.Remove(UserKey(userId));
            if (_counters.TryGetValue(AddressKey(address), out var network) && network.Count > 0)
                network.Count--;
        }
    }

    private static string UserKey(string userId) => "user " + userId;

    private static string AddressKey(IPAddress? address)
    {
        if (address is { IsIPv4MappedToIPv6: true })
            address = address.MapToIPv4();
        return address is { AddressFamily: AddressFamily.InterNetworkV6 }
            ? "network " + Convert.ToHexString(address.GetAddressBytes().AsSpan(0, NetworkBytes))
            : "address " + address;
    }

    private Counter Find_NeedsLock(string key, DateTimeOffset now)
    {
        if (_counters.TryGetValue(key, out var counter) && counter.EndsAt > now)
            return counter;
        if (_counters.Count >= CountersMax)
            MakeRoom_NeedsLock(now);
        return _counters[key] = new Counter(now + options.SignInWindow);
    }

    private void MakeRoom_NeedsLock(DateTimeOffset now)
    {
        foreach (var (key, counter) in _counters)
        {
            if (counter.EndsAt <= now)
                _counters.Remove(key);
        }

        // A tenth at once, so that a flood of made-up names sorts the counters rarely.
        if (_counters.Count < CountersMax)
            return;
        foreach (var (key, _) in _counters.OrderBy(pair => pair.Value.EndsAt).Take(CountersMax / 10).ToList())
            _counters.Remove(key);
    }

    private sealed class Counter(DateTimeOffset endsAt)
    {
        public DateTimeOffset EndsAt { get; } = endsAt;

        public int Count { get; set; }
    }
}
