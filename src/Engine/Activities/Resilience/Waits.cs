using System.Security.Cryptography;
using System.Text;

namespace Platform.Engine.Activities.Resilience;

/// <summary>How the delays between attempts grow.</summary>
public enum BackOff
{
    /// <summary>They do not: each is the first one.</summary>
    Constant,

    /// <summary>By the first delay each time: 1, 2, 3, 4 times it.</summary>
    Linear,

    /// <summary>They double each time: 1, 2, 4, 8 times it.</summary>
    Exponential,
}

/// <summary>Moments until which containers wait.</summary>
internal static class Waits
{
    /// <summary>A moment after a time span, kept inside the calendar.</summary>
    public static DateTimeOffset Until(ActivityExecutionContext context, TimeSpan span)
    {
        var now = context.WorkflowExecutionContext.Host.Clock.GetUtcNow();
        if (span <= TimeSpan.Zero)
            return now;
        return span > DateTimeOffset.MaxValue - now ? DateTimeOffset.MaxValue : now + span;
    }

    /// <summary>The delay after an attempt that failed.</summary>
    /// <param name="first">The first delay.</param>
    /// <param name="backOff">How delays grow.</param>
    /// <param name="max">Longest delay; zero for no limit.</param>
    /// <param name="failed">Number of attempts so far, from 1.</param>
    public static TimeSpan After(TimeSpan first, BackOff backOff, TimeSpan max, int failed)
    {
        if (first <= TimeSpan.Zero)
            return TimeSpan.Zero;
        var factor = backOff switch
        {
            BackOff.Linear => failed,
            BackOff.Exponential => Math.Pow(2, Math.Min(failed - 1, 62)),
            _ => 1,
        };
        var ticks = Math.Min(first.Ticks * factor, TimeSpan.FromDays(3650).Ticks);
        return max > TimeSpan.Zero && ticks > max.Ticks ? max : TimeSpan.FromTicks((long)ticks);
    }

    /// <summary>
    /// A delay made longer or shorter by up to a share of itself. Which one follows from the execution and the attempt alone: the same
    /// instance waits as long when it does the same again, while others wait differently.
    /// </summary>
    public static TimeSpan Jittered(TimeSpan delay, double share, ActivityExecutionContext context, int failed)
    {
        if (share <= 0 || delay <= TimeSpan.Zero)
            return delay;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{context.Id}/{failed}"));
        var unit = BitConverter.ToUInt32(hash) / (double)uint.MaxValue;
        return TimeSpan.FromTicks((long)(delay.Ticks * (1 + (Math.Min(share, 1) * ((2 * unit) - 1)))));
    }
}
