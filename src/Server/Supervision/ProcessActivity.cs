using Platform.Engine;

namespace Platform.Server.Supervision;

/// <summary>
/// What the activities that start and stop services have in common: the wish is stored at once, then the instance waits without a thread,
/// also over a restart of the server, until nothing is under way any more or the deadline passes. The deadline is fixed when the wait begins.
/// What was asked of the services goes on when it has passed.
/// </summary>
public abstract class ProcessActivity : Activity
{
    private const string DeadlineKey = "Deadline";
    private const string LooksKey = "Looks";
    private static readonly TimeSpan _shortest = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait; zero for no deadline. Default: 2 minutes.</summary>
    [Input(Description = "The longest wait, as hours:minutes:seconds; 00:00:00 waits for ever.", DefaultValue = "00:02:00", Order = 10)]
    public Input<TimeSpan> Deadline { get; set; } = new(TimeSpan.FromMinutes(2));

    /// <summary>What went wrong, in sentences; empty when nothing did.</summary>
    [Output(Description = "What went wrong; empty when nothing did.")]
    public Output<string>? Error { get; set; }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var deadline = context.Get(Deadline);
        context.SetProperty(LooksKey, 0);
        context.SetProperty(DeadlineKey, deadline > TimeSpan.Zero ? (object)(context.GetRequiredService<TimeProvider>().GetUtcNow() + deadline) : null);
        await AskAsync(context, context.GetRequiredService<Supervisor>());
        await LookAsync(context);
    }

    /// <summary>Asks for it.</summary>
    /// <param name="context">The activity.</param>
    /// <param name="supervisor">Who does it.</param>
    private protected abstract Task AskAsync(ActivityExecutionContext context, Supervisor supervisor);

    /// <summary>Looks how far it is: null while it is under way, otherwise what went wrong, which is nothing when the text is empty.</summary>
    /// <param name="context">The activity.</param>
    /// <param name="supervisor">Who does it.</param>
    private protected abstract ValueTask<string?> ResultAsync(ActivityExecutionContext context, Supervisor supervisor);

    /// <summary>The name of a service that can be started.</summary>
    /// <param name="supervisor">Who starts it.</param>
    /// <param name="name">Its name in any case.</param>
    /// <exception cref="FaultException">It is not registered, or has no start command.</exception>
    private protected static string Known(Supervisor supervisor, string? name)
    {
        var service = supervisor.Registry.Get(name);
        return supervisor.HasCommand(service.Name) ? service.Name : throw new FaultException(
            "NoStartCommand", "Services", "System", $"WF4821: The service '{service.Name}' has no start command, so this server cannot start or stop it. Give it one in the configuration or in services.yaml: 'process'.");
    }

    /// <summary>Why a service does not run; empty when it does, null while something is under way.</summary>
    /// <param name="supervisor">Who knows it.</param>
    /// <param name="name">The service.</param>
    private protected static string? WhyNotRunning(Supervisor supervisor, string name)
    {
        if (!supervisor.IsAtRest(name) || supervisor.Find(name) is not { } now)
            return supervisor.HasBegun && !supervisor.HasCommand(name) ? $"The service '{name}' has no start command any more." : null;
        return now.State == ProcessState.Running ? "" : $"The service '{name}' is {now.State}. {now.LastError}".TrimEnd();
    }

    private async ValueTask LookAsync(ActivityExecutionContext context)
    {
        if (await ResultAsync(context, context.GetRequiredService<Supervisor>()) is { } error)
        {
            context.Set(Error, error);
            if (error.Length > 0)
                context.AddExecutionLogEntry("Failed", error);
            await context.CompleteActivityWithOutcomesAsync(error.Length == 0 ? "Done" : "Failed");
            return;
        }

        var now = context.GetRequiredService<TimeProvider>().GetUtcNow();
        var deadline = context.GetProperty<DateTimeOffset?>(DeadlineKey);
        if (deadline <= now)
        {
            context.Set(Error, "It was not done before the deadline; it goes on.");
            await context.CompleteActivityWithOutcomesAsync("TimedOut");
            return;
        }

        var looks = context.GetProperty<int>(LooksKey);
        context.SetProperty(LooksKey, looks + 1);
        var pause = _shortest * Math.Pow(1.5, Math.Min(looks, 20));
        pause = pause < _longest ? pause : _longest;
        context.DelayFor(deadline is { } end && end - now < pause ? end - now : pause, LookAsync);
    }
}
