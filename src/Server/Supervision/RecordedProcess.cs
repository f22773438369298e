using System.ComponentModel;
using System.Diagnostics;

namespace Platform.Server.Supervision;

/// <summary>A process that is known by its number and the time of its start alone, where marks cannot be read.</summary>
internal static class RecordedProcess
{
    /// <summary>How far the two clocks, the server's and the system's, may be apart.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    /// <summary>Ends it with all that it started, when it is still the same: numbers are given again.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="startedAt">When it was started.</param>
    /// <returns>Whether it was there.</returns>
    public static bool End(int id, DateTimeOffset? startedAt)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            if (startedAt is null || (process.StartTime.ToUniversalTime() - startedAt.Value.UtcDateTime).Duration() > Tolerance)
                return false;
            process.Kill(entireProcessTree: true);
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception or AggregateException)
        {
            // It is gone, or another user's and so not ours.
            return false;
        }
    }
}
