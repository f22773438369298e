namespace Platform.Engine;

/// <content>
/// Activities that run outside of their instance's bursts. The instance is stored as waiting; a copy of it executes the activity,
/// while other branches of the instance may go on; what the activity did is then applied to the instance.
/// </content>
public static partial class Interpreter
{
    /// <summary>Name of the bookmark at which an instance waits for a background activity.</summary>
    public const string BackgroundBookmarkName = "BackgroundActivity";

    /// <summary>Executes a background activity in a copy of its instance.</summary>
    /// <param name="copy">A loaded instance that nobody else uses. Its cancellation token ends the activity.</param>
    /// <param name="bookmarkId">The bookmark at which the instance waits for the activity.</param>
    /// <returns>What the activity did; null when the instance does not wait for it any more.</returns>
    /// <exception cref="OperationCanceledException">The copy's token was cancelled; nothing counts as done.</exception>
    public static async ValueTask<BackgroundResult?> ExecuteInBackgroundAsync(WorkflowExecutionContext copy, string bookmarkId)
    {
        if (FindWaiting(copy, bookmarkId) is not var (context, bookmark) || copy.Status == WorkflowStatus.Finished)
            return null;
        copy.BeginBurst();
        copy.Bookmarks.Remove(bookmark);
        context.BookmarkCount--;
        copy.CurrentSequence = context.Sequence;
        var result = new BackgroundResult(context);
        try
        {
            if (context.InputValues is null)
                await EvaluateInputsAsync(context);
            await context.Activity.InvokeAsync(context);
        }
        catch (OperationCanceledException) when (copy.CancellationToken.IsCancellationRequested)
        {
            throw;
        }
        // Activities are foreign code: whatever they throw is their fault, in the workflow's sense of the word.
        catch (Exception exception)
        {
            result.Fault = exception;
        }

        return result;
    }

    /// <summary>Applies what a background activity did, and runs the burst that follows.</summary>
    /// <param name="workflow">The instance.</param>
    /// <param name="bookmarkId">The bookmark at which it waits for the activity.</param>
    /// <param name="result">What the activity did in the copy.</param>
    /// <returns>False when the instance does not wait for it any more; nothing happened then.</returns>
    public static async ValueTask<bool> ApplyBackgroundAsync(WorkflowExecutionContext workflow, string bookmarkId, BackgroundResult result)
    {
        if (FindWaiting(workflow, bookmarkId) is not var (context, bookmark) || workflow.Status == WorkflowStatus.Finished)
            return false;
        workflow.BeginBurst();
        workflow.IsCheckpointRequested = false;
        workflow.Bookmarks.Remove(bookmark);
        context.BookmarkCount--;
        workflow.CurrentSequence = context.Sequence;
        workflow.Log?.Resumed(context);
        workflow.Pump.Enter();
        try
        {
            result.ApplyTo(context);
            await (result.Fault is { } fault ? FaultAsync(context, fault) : ApplyAsync(context));
        }
        finally
        {
            workflow.Pump.Exit();
        }

        await LoopAsync(workflow);
        return true;
    }

    /// <summary>Leaves an activity to the background: the instance waits for it at a bookmark of its own.</summary>
    private static void SendToBackground(ActivityExecutionContext context)
    {
        var bookmark = CreateBookmark(context, new CreateBookmarkArgs { BookmarkName = BackgroundBookmarkName });
        context.Send(new BackgroundRequest(bookmark.Id));
    }

    private static (ActivityExecutionContext Context, Bookmark Bookmark)? FindWaiting(WorkflowExecutionContext workflow, string bookmarkId)
    {
        var bookmark = workflow.Bookmarks.Find(candidate => string.Equals(candidate.Id, bookmarkId, StringComparison.Ordinal));
        var context = bookmark is null
            ? null
            : workflow.ActivityExecutionContexts.FirstOrDefault(candidate => candidate.Sequence == bookmark.ActivitySequence);
        return context is null ? null : (context, bookmark!);
    }
}

/// <summary>Asks the host to execute an activity outside of the instance's bursts, by <see cref="Interpreter.ExecuteInBackgroundAsync"/>.</summary>
/// <param name="BookmarkId">The bookmark at which the instance waits for it.</param>
public sealed record BackgroundRequest(string BookmarkId);

/// <summary>What an activity did in the background: outputs, outcomes, journal entries, bookmarks, scheduled children, variables.</summary>
public sealed class BackgroundResult
{
    private readonly ActivityExecutionContext _copy;
    private readonly List<(VariableInstance Variable, long Scope, object? Before)> _variables = [];
    private readonly Dictionary<string, object?> _outputBefore;

    internal BackgroundResult(ActivityExecutionContext copy)
    {
        _copy = copy;
        copy.WorkflowExecutionContext.HeldEntries = [];
        _outputBefore = new(copy.WorkflowExecutionContext.Output, StringComparer.Ordinal);
        for (var scope = copy; scope is not null; scope = scope.ParentActivityExecutionContext)
        {
            foreach (var variable in scope.Variables ?? [])
                _variables.Add((variable, scope.Sequence, variable.Value));
        }
    }

    /// <summary>What the activity threw; null when it ended well.</summary>
    public Exception? Fault { get; internal set; }

    internal void ApplyTo(ActivityExecutionContext context)
    {
        var workflow = context.WorkflowExecutionContext;
        var copy = _copy.WorkflowExecutionContext;
        foreach (var (eventName, message, source, payload) in copy.HeldEntries ?? [])
            context.AddExecutionLogEntry(eventName, message, source, payload);
        if (Fault is not null)
            return;
        context.JournalDataOrNull = _copy.JournalDataOrNull;
        context.PropertiesOrNull = _copy.PropertiesOrNull;
        context.RequestedOutcomes = _copy.RequestedOutcomes;
        ApplyVariables(context);
        foreach (var (name, value) in copy.OutputOrNull ?? [])
        {
            if (!_outputBefore.TryGetValue(name, out var before) || !Equals(before, value))
                workflow.Output[name] = value;
        }

        for (var i = 0; i < (_copy.OutputValues?.Length ?? 0); i++)
        {
            if (_copy.OutputValues![i] is { } value)
                context.SetOutput(i, context.Node.Outputs[i].Output?.TargetId, value);
        }

        foreach (var bookmark in copy.Bookmarks.Where(bookmark => bookmark.ActivitySequence == context.Sequence))
        {
            workflow.Bookmarks.Add(bookmark);
            workflow.Log?.Waiting(context);
            context.BookmarkCount++;
            context.HasWaited = true;
        }

        for (var child = _copy.FirstChild; child is not null; child = child.NextSibling)
            ApplyChild(context, child);
        foreach (var message in copy.Outbox)
            workflow.Outbox.Add(message);
    }

    private void ApplyVariables(ActivityExecutionContext context)
    {
        foreach (var (variable, scopeSequence, before) in _variables)
        {
            if (ReferenceEquals(variable.Value, before) || Equals(variable.Value, before))
                continue;
            for (var scope = context; scope is not null; scope = scope.ParentActivityExecutionContext)
            {
                if (scope.Sequence == scopeSequence && scope.FindVariable(variable.Definition.Id) is { } target)
                    target.Value = variable.Value;
            }
        }
    }

    private static void ApplyChild(ActivityExecutionContext context, ActivityExecutionContext child)
    {
        // The plan may have been compiled anew in the meantime.
        if (context.WorkflowExecutionContext.Plan.FindByNodeId(child.Node.NodeId) is not { } node)
            return;
        var scheduled = Interpreter.Schedule(context, node, null);
        scheduled.CompletionCallbackName = child.CompletionCallbackMethodName;
        scheduled.Tag = child.Tag;
        foreach (var variable in child.Variables ?? [])
            scheduled.AddVariable(variable.Definition, variable.Value);
    }
}
