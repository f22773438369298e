using System.Text;

namespace Platform.Runtime.Store;

/// <summary>
/// How every store sorts names in any case: no name first, then by code point, with the letters A to Z as a to z. It is the order that
/// an index of SQLite can have (NOCASE), so that lists by name need no sorting there. Zero does not mean that two names are the same.
/// </summary>
public sealed class NameOrder : IComparer<string?>
{
    /// <summary>The one instance.</summary>
    public static NameOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
            return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        var left = x.EnumerateRunes();
        var right = y.EnumerateRunes();
        while (true)
        {
            var hasLeft = left.MoveNext();
            var hasRight = right.MoveNext();
            if (!hasLeft || !hasRight)
                return (hasLeft ? 1 : 0) - (hasRight ? 1 : 0);
            var order = Fold(left.Current) - Fold(right.Current);
            if (order != 0)
                return order;
        }
    }

    private static int Fold(Rune rune) => rune.Value is >= 'A' and <= 'Z' ? rune.Value + ('a' - 'A') : rune.Value;
}
