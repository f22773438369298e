using System.ComponentModel.DataAnnotations;

namespace Platform.Server.Supervision;

/// <summary>How the server starts and watches services, and what commands workflows may run, section <c>Supervision</c>.</summary>
internal sealed class SupervisionOptions
{
    /// <summary>
    /// Whether a start command can be set over REST. It executes programs with the rights of the server: whoever may manage services could
    /// then do whatever the server's user can. Default: false; start commands come from the configuration and <c>services.yaml</c> alone.
    /// </summary>
    public bool StartCommandsByRest { get; set; }

    /// <summary>
    /// Directory of the output of services and of the server's own log, relative to the working directory. Default: <c>logs</c> in the data
    /// directory; with data in memory a temporary directory that goes with the server, and no log of the server.
    /// </summary>
    public string? LogDirectory { get; set; }

    /// <summary>Most bytes of one file of the server's own log. Default: 5,000,000.</summary>
    [Range(10_000, 1_000_000_000)]
    public long ServerLogBytesMax { get; set; } = 5_000_000;

    /// <summary>Files of the server's own log that are kept. Default: 5.</summary>
    [Range(1, 100)]
    public int ServerLogFiles { get; set; } = 5;

    /// <summary>How long all services together may take to end when the server ends; then they are killed. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What <c>Execute Command</c> may do.</summary>
    public CommandOptions Commands { get; set; } = new();
}

/// <summary>What workflows may run, section <c>Supervision:Commands</c>.</summary>
internal sealed class CommandOptions
{
    /// <summary>Whether workflows may run programs at all. Default: false.</summary>
    public bool Enabled { get; set; }

    /// <summary>The programs that they may run: names that are looked for in PATH, or whole paths. A shell here allows everything. Default: none.</summary>
    public List<string> Executables { get; set; } = [];

    /// <summary>Longest time that a command may take, whatever its activity asks for. Default: 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan TimeoutMax { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Most bytes of each of its two outputs that are kept; the rest is left out. Default: 1,000,000.</summary>
    [Range(0, 10_000_000)]
    public int OutputBytesMax { get; set; } = 1_000_000;

    /// <summary>Most commands that run at once; others wait for their turn. Default: 4.</summary>
    [Range(1, 1000)]
    public int ConcurrentMax { get; set; } = 4;
}
