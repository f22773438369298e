using Platform.Server.Operations;

namespace Platform.Server.Api;

/// <summary>Pages of lists.</summary>
internal static class Paging
{
    private const int TakeMax = 1_000;

    /// <summary>Whether a page can be asked for.</summary>
    /// <param name="skip">Rows to leave out in front.</param>
    /// <param name="take">Most rows.</param>
    /// <param name="wrong">The refusal, when it cannot.</param>
    public static bool IsRight(int skip, int take, out Problem wrong)
    {
        wrong = Problem.Unreadable with { Detail = FormattableString.Invariant($"'skip' is a number from 0 up, 'take' one from 0 to {TakeMax}.") };
        return skip >= 0 && take is >= 0 and <= TakeMax;
    }
}
