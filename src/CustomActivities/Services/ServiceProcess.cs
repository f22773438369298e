using System.ComponentModel.DataAnnotations;

namespace Platform.CustomActivities.Services;

/// <summary>When a service that was started counts as running.</summary>
public enum Readiness
{
    /// <summary>Its health check at the first address says that it is healthy or degraded.</summary>
    Health,

    /// <summary>The port of its first address takes connections.</summary>
    Port,

    /// <summary>The program was started.</summary>
    Started,
}

/// <summary>Whether a service that ended by itself is started again.</summary>
public enum RestartMode
{
    /// <summary>However it ended.</summary>
    Always,

    /// <summary>When its exit code is not zero, or it did not become ready in time.</summary>
    OnFailure,

    /// <summary>Never: it stays as it ended.</summary>
    Never,
}

/// <summary>
/// How a service is started by the server itself, section <c>Services:{name}:Process</c>: a program and its arguments, never a line for a
/// shell. It has to stay in the foreground: when it ends, the service has ended.
/// </summary>
public sealed class ServiceProcess
{
    /// <summary>
    /// The program. A name without a slash is looked for in <c>PATH</c>; a path that is relative begins at <see cref="WorkingDirectory"/>. Required.
    /// </summary>
    [Required(ErrorMessage = "is missing. Name the program that is to be started, for example dotnet.")]
    [StringLength(1000, ErrorMessage = "is longer than 1000 characters.")]
    public string Executable { get; set; } = "";

    /// <summary>The arguments, each as the program gets it: nothing is split, expanded or quoted. At most 200. Default: none.</summary>
    [MaxLength(200, ErrorMessage = "has more than 200 arguments.")]
    public List<string> Arguments { get; set; } = [];

    /// <summary>Where it works; relative to the folder of <c>services.yaml</c> when it stands there, else to the server's program. Default: that folder.</summary>
    [StringLength(1000, ErrorMessage = "is longer than 1000 characters.")]
    public string? WorkingDirectory { get; set; }

    /// <summary>Environment variables. At most 200. Default: none besides the ordinary ones, see <see cref="Inherit"/>.</summary>
    [MaxLength(200, ErrorMessage = "has more than 200 variables.")]
    public Dictionary<string, string> Environment { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Environment variables whose value is a secret of the server: the variable, and the name of the secret. At most 50. Default: none.</summary>
    [MaxLength(50, ErrorMessage = "has more than 50 variables.")]
    public Dictionary<string, string> Secrets { get; set; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Variables that it gets from the server's own environment besides the ordinary ones (PATH, HOME, language, time zone, temporary
    /// folder, place of .NET). Everything else stays with the server, for it may hold its passwords. Default: none.
    /// </summary>
    [MaxLength(200, ErrorMessage = "has more than 200 names.")]
    public List<string> Inherit { get; set; } = [];

    /// <summary>When it counts as running: Health, Port or Started. Default: Health.</summary>
    public Readiness Ready { get; set; }

    /// <summary>How long it may take to become ready; then it is ended and counts as failed. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00", ErrorMessage = "must lie between 00:00:00.100 and 01:00:00.")]
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it may take to end after it was asked to; then it is killed. Default: 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00", ErrorMessage = "must lie between 00:00:00 and 00:10:00.")]
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether the server starts it when it starts itself. What somebody started or stopped since counts more. Default: true.</summary>
    public bool StartsWithServer { get; set; } = true;

    /// <summary>What happens when it ends by itself.</summary>
    public RestartRules Restart { get; set; } = new();

    /// <summary>Most bytes of one file of its output; then the next one is begun. Default: 5,000,000.</summary>
    [Range(10_000, 1_000_000_000, ErrorMessage = "must lie between 10000 and 1000000000.")]
    public long LogBytesMax { get; set; } = 5_000_000;

    /// <summary>Files of its output that are kept. Default: 5.</summary>
    [Range(1, 100, ErrorMessage = "must lie between 1 and 100.")]
    public int LogFiles { get; set; } = 5;
}

/// <summary>What happens when a service ends by itself.</summary>
public sealed class RestartRules
{
    /// <summary>Whether it is started again: Always, OnFailure or Never. Default: Always.</summary>
    public RestartMode Mode { get; set; }

    /// <summary>Wait before the first restart. Default: 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00", ErrorMessage = "must lie between 00:00:00 and 01:00:00.")]
    public TimeSpan InitialDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>By how much the wait grows with each restart in the <see cref="Window"/>. Default: 2.</summary>
    [Range(1.0, 100.0, ErrorMessage = "must lie between 1 and 100.")]
    public double Factor { get; set; } = 2;

    /// <summary>Longest wait. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00", ErrorMessage = "must lie between 00:00:00 and 1.00:00:00.")]
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Most restarts within the <see cref="Window"/>. When one more would be needed, the service is quarantined. Default: 5.</summary>
    [Range(0, 1000, ErrorMessage = "must lie between 0 and 1000.")]
    public int MaxRestarts { get; set; } = 5;

    /// <summary>The stretch of time in which restarts are counted. Default: 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00", ErrorMessage = "must lie between 00:00:01 and 7.00:00:00.")]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The wait before a restart.</summary>
    /// <param name="number">How many restarts the window holds with this one, from 1 up.</param>
    public TimeSpan DelayOf(int number)
    {
        var seconds = InitialDelay.TotalSeconds * Math.Pow(Factor, number - 1);
        return seconds < MaxDelay.TotalSeconds ? TimeSpan.FromSeconds(seconds) : MaxDelay;
    }
}

/// <summary>Finds what is wrong with a start command beyond the limits of single values.</summary>
internal static class ProcessRules
{
    /// <summary>Checks a start command.</summary>
    /// <param name="process">The start command.</param>
    /// <param name="path">Its section.</param>
    /// <param name="problems">Where to tell what is wrong.</param>
    public static void Check(ServiceProcess process, string path, ICollection<string> problems)
    {
        // The shell is the usual mistake: with it, whoever sets an argument could run anything.
        if (process.Executable.Length > 0 && process.Executable.Trim() != process.Executable)
            problems.Add($"{path}:Executable begins or ends with a blank. Give the program alone; its arguments stand in Arguments.");
        if (HasNull(process.Executable) || process.Arguments.Exists(HasNull) || HasNull(process.WorkingDirectory))
            problems.Add($"{path} holds a character with the code 0, which no program can be given.");
        if (process.Restart.InitialDelay > process.Restart.MaxDelay)
            problems.Add($"{path}:Restart:InitialDelay is longer than MaxDelay. Make one of them fit the other.");
        foreach (var name in process.Environment.Keys.Concat(process.Secrets.Keys).Concat(process.Inherit).Where(name => name.Length == 0 || name.Contains('=') || HasNull(name)))
            problems.Add($"{path}: '{name}' cannot be the name of an environment variable.");
        foreach (var name in process.Environment.Keys.Where(process.Secrets.ContainsKey))
            problems.Add($"{path} sets the variable '{name}' in Environment and in Secrets. Keep one of them.");
        foreach (var name in process.Secrets.Where(secret => secret.Value.Length == 0).Select(secret => secret.Key))
            problems.Add($"{path}:Secrets:{name} names no secret. Give the name of a secret of this server.");
    }

    private static bool HasNull(string? text) => text?.Contains('\0') == true;
}
