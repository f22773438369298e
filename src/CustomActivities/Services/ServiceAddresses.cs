namespace Platform.CustomActivities.Services;

/// <summary>Chooses the address of a service for each attempt. An address that failed is passed over for a while. Thread-safe.</summary>
/// <param name="addresses">The addresses, each with a slash at its end.</param>
/// <param name="balancing">How they share the calls.</param>
/// <param name="clock">Time.</param>
internal sealed class ServiceAddresses(IReadOnlyList<Uri> addresses, Balancing balancing, TimeProvider clock)
{
    /// <summary>Long enough that most calls do not run into a dead address, short enough that a mended one is soon used again.</summary>
    private static readonly TimeSpan PassedOverFor = TimeSpan.FromSeconds(10);

    private readonly long[] _usableFrom = new long[addresses.Count];
    private int _turn = -1;

    /// <summary>The addresses.</summary>
    public IReadOnlyList<Uri> All => addresses;

    /// <summary>Chooses an address: one that did not fail lately and was not tried for this call, if there is one.</summary>
    /// <param name="tried">Those that this call tried.</param>
    public Uri Choose(ICollection<Uri> tried)
    {
        if (addresses.Count == 1)
            return addresses[0];
        var turn = balancing == Balancing.RoundRobin ? (uint)Interlocked.Increment(ref _turn) : 0;
        return Find(i => IsUsable(i) && !tried.Contains(addresses[i])) ?? Find(i => !tried.Contains(addresses[i])) ?? Find(IsUsable) ?? Find(_ => true)!;

        Uri? Find(Func<int, bool> isFit)
        {
            var fit = Enumerable.Range(0, addresses.Count).Where(isFit).ToList();
            return fit.Count == 0 ? null : addresses[fit[(int)(turn % (uint)fit.Count)]];
        }
    }

    /// <summary>Counts how an attempt at an address ended.</summary>
    /// <param name="address">The address.</param>
    /// <param name="isAlive">Whether it answered with a status below 500.</param>
    public void Report(Uri address, bool isAlive)
    {
        for (var i = 0; i < addresses.Count; i++)
        {
            if (addresses[i] == address)
                Volatile.Write(ref _usableFrom[i], isAlive ? 0 : (clock.GetUtcNow() + PassedOverFor).UtcTicks);
        }
    }

    /// <summary>Whether an address is passed over at the moment.</summary>
    /// <param name="index">Its number.</param>
    public bool IsUsable(int index) => Volatile.Read(ref _usableFrom[index]) <= clock.GetUtcNow().UtcTicks;
}
