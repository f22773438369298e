using System.Collections;
using Platform.Engine;
using Platform.Engine.Values;

namespace Platform.Server.Supervision;

/// <summary>
/// Runs a program of the server's machine and waits until it ends. Off unless <c>Supervision:Commands:Enabled</c>; then only what
/// <c>Supervision:Commands:Executables</c> lists, without a shell, and no longer than <c>Supervision:Commands:TimeoutMax</c>. Ends with
/// <c>Done</c> when its exit code is among the good ones, with <c>Failed</c> when it is not or the program cannot be started, and with
/// <c>TimedOut</c> when it took too long; then it was ended with all that it started. At least once: after a crash of the server it runs
/// again, with the same value of the variable <c>PLATFORM_IDEMPOTENCY_KEY</c>. Faults when it may not be run.
/// </summary>
[Activity("Platform", "Services", "Run a program that the server allows, without a shell.", DisplayName = "Execute Command", Kind = ActivityKind.Task)]
[FlowNode("Done", "Failed", "TimedOut")]
public sealed class ExecuteCommand : Activity
{
    /// <summary>The program, written as the server's list has it.</summary>
    [Input(Description = "The program; it must be one that the server allows.", Order = 0)]
    public Input<string> Executable { get; set; } = new("");

    /// <summary>Its arguments, a list: each as the program gets it. Masked in records.</summary>
    [Input(Description = "The arguments as a list; nothing in them is split or expanded.", UIHint = InputUIHints.JsonEditor, CanContainSecrets = true, Order = 1)]
    public Input<object?> Arguments { get; set; } = new((object?)null);

    /// <summary>What it reads from its standard input.</summary>
    [Input(DisplayName = "Standard Input", Description = "The text that it reads from its standard input.", UIHint = InputUIHints.MultiLine, CanContainSecrets = true, Order = 2)]
    public Input<string?> StandardInput { get; set; } = new((string?)null);

    /// <summary>How long it may take, within the server's limit. Default: 1 minute.</summary>
    [Input(Description = "How long it may take, as hours:minutes:seconds; the server has a limit of its own.", DefaultValue = "00:01:00", Order = 3)]
    public Input<TimeSpan> Timeout { get; set; } = new(TimeSpan.FromMinutes(1));

    /// <summary>Where it works. Default: where the server does.</summary>
    [Input(DisplayName = "Working Directory", Description = "The directory that it works in.", Category = "Advanced", Order = 4)]
    public Input<string?> WorkingDirectory { get; set; } = new((string?)null);

    /// <summary>Environment variables by name. Masked in records.</summary>
    [Input(DisplayName = "Environment", Description = "Environment variables by name.", UIHint = InputUIHints.Dictionary, CanContainSecrets = true, Category = "Advanced", Order = 5)]
    public Input<IDictionary<string, object>?> Variables { get; set; } = new((IDictionary<string, object>?)null);

    /// <summary>Exit codes that are good. Default: 0.</summary>
    [Input(DisplayName = "Good Exit Codes", Description = "The exit codes that count as good, a list; 0 when empty.", UIHint = InputUIHints.JsonEditor, Category = "Advanced", Order = 6)]
    public Input<object?> GoodExitCodes { get; set; } = new((object?)null);

    /// <summary>Its exit code; -1 when it was not started.</summary>
    [Output(DisplayName = "Exit Code", Description = "The exit code; -1 when it was not started.")]
    public Output<int>? ExitCode { get; set; }

    /// <summary>What it wrote to its standard output, as far as the server keeps it.</summary>
    [Output(DisplayName = "Standard Output", Description = "What it wrote to its standard output.")]
    public Output<string>? StandardOutput { get; set; }

    /// <summary>What it wrote to its standard error, as far as the server keeps it.</summary>
    [Output(DisplayName = "Standard Error", Description = "What it wrote to its standard error.")]
    public Output<string>? StandardError { get; set; }

    /// <summary>Whether some of its output was left out, because it was more than the server keeps.</summary>
    [Output(DisplayName = "Output Is Cut", Description = "Whether some of its output was left out.")]
    public Output<bool>? OutputIsCut { get; set; }

    /// <summary>How long it took.</summary>
    [Output(Description = "How long it took.")]
    public Output<TimeSpan>? Duration { get; set; }

    /// <summary>What went wrong, in a sentence; empty when nothing did.</summary>
    [Output(Description = "What went wrong; empty when nothing did.")]
    public Output<string>? Error { get; set; }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var timeout = context.Get(Timeout) is var given && given > TimeSpan.Zero ? given : TimeSpan.FromMinutes(1);
        var variables = (context.Get(Variables) ?? new Dictionary<string, object>(StringComparer.Ordinal))
            .ToDictionary(variable => variable.Key, variable => ValueConverter.Convert<string>(variable.Value) ?? "", StringComparer.Ordinal);
        variables["PLATFORM_IDEMPOTENCY_KEY"] = context.IdempotencyKey;
        var command = new Command(
            context.Get(Executable) ?? "", [.. ItemsOf(context.Get(Arguments)).Select(item => ValueConverter.Convert<string>(item) ?? "")], context.Get(WorkingDirectory), variables, context.Get(StandardInput), timeout);
        CommandResult result;
        try
        {
            result = await context.GetRequiredService<Commands>().RunAsync(command, context.CancellationToken);
        }
        catch (ProcessStartException exception)
        {
            context.Set(ExitCode, -1);
            await EndAsync(context, exception.Message, "Failed");
            return;
        }

        context.Set(ExitCode, result.ExitCode);
        context.Set(StandardOutput, result.Output);
        context.Set(StandardError, result.ErrorOutput);
        context.Set(OutputIsCut, result.IsCut);
        context.Set(Duration, result.Duration);
        var good = ItemsOf(context.Get(GoodExitCodes)).Select(item => ValueConverter.Convert<int>(item)).DefaultIfEmpty(0);
        if (result.IsLate)
            await EndAsync(context, $"It took longer than it may, {timeout:c} or the server's limit, and was ended.", "TimedOut");
        else if (!good.Contains(result.ExitCode))
            await EndAsync(context, $"It ended with exit code {result.ExitCode}.", "Failed");
        else
            await EndAsync(context, "", "Done");
    }

    private async ValueTask EndAsync(ActivityExecutionContext context, string error, string outcome)
    {
        context.Set(Error, error);
        if (error.Length > 0)
            context.AddExecutionLogEntry(outcome, error);
        await context.CompleteActivityWithOutcomesAsync(outcome);
    }

    /// <summary>A list, also one that is written as JSON; a single value is a list of one.</summary>
    private static IEnumerable<object?> ItemsOf(object? value) => value switch
    {
        null or "" => [],
        string text when text.TrimStart().StartsWith('[') && DynamicJson.TryParse(text, out var parsed) && parsed is IEnumerable items => items.Cast<object?>(),
        string or IDictionary => [value],
        IEnumerable items => items.Cast<object?>(),
        _ => [value],
    };
}
