namespace Platform.Server.Audit;

/// <summary>
/// Keeps somebody who may do nothing from filling the audit log, and the disk, with refusals: so many a minute from each, and the next
/// one that is written tells how many were not.
/// </summary>
/// <param name="clock">Time.</param>
internal sealed class DenialLimit(TimeProvider clock)
{
    /// <summary>Refusals that are written for each actor or address in a minute.</summary>
    public const int PerMinute = 60;

    /// <summary>Actors and addresses that are told apart in a minute; all others count as one.</summary>
    private const int KnownMax = 1_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);
    private readonly Lock _sync = new();
    private DateTimeOffset _endsAt;
    private int _leftOut;

    /// <summary>Counts a refusal.</summary>
    /// <param name="from">Whose it is.</param>
    /// <param name="leftOut">How many were not written since the last one that was.</param>
    /// <returns>Whether to write it.</returns>
    public bool TryTake(string from, out int leftOut)
    {
        lock (_sync)
        {
            var now = clock.GetUtcNow();
            if (now >= _endsAt)
            {
                _taken.Clear();
                _endsAt = now + Window;
            }

            if (!_taken.ContainsKey(from) && _taken.Count >= KnownMax)
                from = "";
            var count = _taken.GetValueOrDefault(from) + 1;
            _taken[from] = count;
            leftOut = count <= PerMinute ? _leftOut : 0;
            _leftOut = count <= PerMinute ? 0 : _leftOut + 1;
            return count <= PerMinute;
        }
    }
}
