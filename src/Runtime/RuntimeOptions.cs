using System.ComponentModel.DataAnnotations;
using Platform.Engine.Plans;

namespace Platform.Runtime;

/// <summary>Options of the runtime, section <c>Runtime</c>.</summary>
public sealed class RuntimeOptions
{
    /// <summary>How long a burst runs before its progress is stored for the first time, so that it is visible and survives a crash. Default: 100 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan FirstCheckpointAfter { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often progress of a long burst is stored after that. Default: 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Whether the records of activity executions keep inputs and outputs when neither the activity nor the workflow says. Inherit is
    /// the same as Include. Default: Include.
    /// </summary>
    public LogPersistenceMode LogPersistence { get; set; } = LogPersistenceMode.Include;

    /// <summary>Queued runs that are executed at once. Default: 32.</summary>
    [Range(1, 10_000)]
    public int WorkersMax { get; set; } = 32;

    /// <summary>Most queued work in the store; what asks for more from outside is refused (429). Default: 1,000,000.</summary>
    [Range(1, 1_000_000_000)]
    public int QueueMax { get; set; } = 1_000_000;

    /// <summary>Most requests from outside that run workflows at once; further ones are refused (503). Default: 10,000.</summary>
    [Range(1, 1_000_000)]
    public int BurstsMax { get; set; } = 10_000;

    /// <summary>Activities that execute in the background at once; further ones wait. Default: 64.</summary>
    [Range(1, 10_000)]
    public int BackgroundActivitiesMax { get; set; } = 64;

    /// <summary>Most workflows that one step dispatches at once. Default: 10,000.</summary>
    [Range(1, 1_000_000)]
    public int BulkDispatchMax { get; set; } = 10_000;

    /// <summary>Most instances that one alteration plan changes, and that a filter for activities looks into. Default: 10,000.</summary>
    [Range(1, 100_000)]
    public int AlterationInstancesMax { get; set; } = 10_000;

    /// <summary>Most instances that one bulk job works on. Default: 50,000.</summary>
    [Range(1, 1_000_000)]
    public int BulkInstancesMax { get; set; } = 50_000;

    /// <summary>
    /// Whether 'Read Line' takes lines from the standard input of the server. Only for a server that somebody sits at or that a pipe feeds:
    /// the workflow waits until a line comes. Default: false, then the activity faults.
    /// </summary>
    public bool ReadsStandardInput { get; set; }

    /// <summary>How often the store is asked for due work that no signal announced; the safety net only. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SafetyPollInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How late a tick of a schedule may be taken before it counts as missed. Default: 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ScheduleMissedAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Most missed ticks that one schedule with the misfire policy All starts at once; the latest ones. Default: 1,000.</summary>
    [Range(1, 10_000)]
    public int ScheduleCatchUpMax { get; set; } = 1_000;

    /// <summary>Most ticks of one schedule with the overlap policy Queue that wait; later ones are left out. Default: 100.</summary>
    [Range(1, 10_000)]
    public int ScheduleQueueMax { get; set; } = 100;

    /// <summary>Most ticks that one backfill of a schedule starts. Default: 1,000.</summary>
    [Range(1, 10_000)]
    public int ScheduleBackfillMax { get; set; } = 1_000;

    /// <summary>How long a stimulus that reached nothing waits for a bookmark before it is a dead letter. Default: 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan StimulusKeepTime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a dead letter can be replayed before it is deleted. Default: 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan DeadLetterKeepTime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Most stimuli that wait for a bookmark; of more the oldest are dead letters at once. All are held in memory, some 500 bytes each. Default: 10,000.</summary>
    [Range(1, 1_000_000)]
    public int KeptStimuliMax { get; set; } = 10_000;

    /// <summary>Most dead letters; of more the oldest are deleted. Default: 10,000.</summary>
    [Range(1, 1_000_000)]
    public int DeadLettersMax { get; set; } = 10_000;

    /// <summary>
    /// How long whoever cancels an instance waits for what it is doing to stop. After that the instance is cancelled without it, and
    /// what it still does is not stored. Default: 30 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan CancelTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an emergency stop lets what runs end by itself before it is interrupted where it is. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a shutdown waits for running bursts before it leaves them to the next start. Default: 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often the process may end without stopping while an instance executes, before that instance is set aside with an incident.
    /// Default: 3.
    /// </summary>
    [Range(1, 1_000)]
    public int CrashesMax { get; set; } = 3;

    /// <summary>
    /// How often a queued item is tried before it is a dead letter. While the store itself fails, it is tried until the store works again.
    /// Default: 5.
    /// </summary>
    [Range(1, 100)]
    public int AttemptsMax { get; set; } = 5;
}
