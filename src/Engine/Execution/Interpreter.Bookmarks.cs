using Platform.Engine.Execution;
using Platform.Engine.Plans;

namespace Platform.Engine;

/// <content>Waiting and going on.</content>
public static partial class Interpreter
{
    /// <summary>Goes on at a bookmark and runs the burst that follows.</summary>
    /// <param name="workflow">The instance.</param>
    /// <param name="bookmarkId">The bookmark.</param>
    /// <param name="input">Inputs that come with the stimulus, or null.</param>
    /// <returns>False when the instance has no such bookmark any more; nothing happened then.</returns>
    public static async ValueTask<bool> ResumeAsync(WorkflowExecutionContext workflow, string bookmarkId, IReadOnlyDictionary<string, object?>? input)
    {
        if (FindWaiting(workflow, bookmarkId) is not var (context, bookmark) || workflow.Status == WorkflowStatus.Finished)
            return false;
        workflow.ResumeInput = input;
        workflow.BeginBurst();
        if (bookmark.AutoBurn)
        {
            workflow.Bookmarks.Remove(bookmark);
            context.BookmarkCount--;
        }

        workflow.IsCheckpointRequested = false;
        BeginResume(context, bookmark);
        await LoopAsync(workflow);
        return true;
    }

    /// <summary>
    /// Goes on at the timeouts whose moment has passed while other steps of the burst wait for something in this process, so that nobody
    /// from outside can resume the instance. To be called between two parts of a burst; <see cref="RunAsync"/> goes on with it.
    /// </summary>
    /// <param name="workflow">The instance.</param>
    public static void FireTimeouts(WorkflowExecutionContext workflow)
    {
        if (!workflow.Plan.MayTimeOut)
            return;
        var now = workflow.Host.Clock.GetUtcNow();
        foreach (var due in workflow.Bookmarks.Where(bookmark => bookmark.Name == Activities.Resilience.Timeout.BookmarkName && bookmark.DueAt <= now).ToList())
        {
            if (FindWaiting(workflow, due.Id) is not var (context, bookmark))
                continue;
            workflow.Bookmarks.Remove(bookmark);
            context.BookmarkCount--;
            BeginResume(context, bookmark);
        }
    }

    /// <summary>
    /// Evaluates the inputs of a trigger without an instance and asks it what it waits for. Variables and workflow inputs are absent.
    /// </summary>
    /// <param name="plan">The workflow.</param>
    /// <param name="node">A node whose activity is an <see cref="ITrigger"/>.</param>
    /// <param name="host">What the host offers.</param>
    /// <returns>The stimulus name and the payloads, one trigger each.</returns>
    /// <exception cref="Exception">An input could not be evaluated, or the activity refused its inputs.</exception>
    public static async ValueTask<(string Name, IReadOnlyList<object> Payloads)> GetTriggerPayloadsAsync(WorkflowPlan plan, PlanNode node, EngineHost host)
    {
        var trigger = (ITrigger)node.Activity;
        var context = new ActivityExecutionContext(new WorkflowExecutionContext(plan, "", host), node, null, 0);
        await EvaluateInputsAsync(context);
        var indexing = new TriggerIndexingContext(context);
        var payloads = (await trigger.GetTriggerPayloadsAsync(indexing)).ToList();
        return ((trigger as Trigger)?.StimulusName ?? indexing.TriggerName, payloads);
    }

    internal static Bookmark CreateBookmark(ActivityExecutionContext context, CreateBookmarkArgs args)
    {
        var workflow = context.WorkflowExecutionContext;
        var name = args.BookmarkName ?? context.Activity.Type;
        var payload = StimulusHash.ToJson(args.Stimulus);
        var bookmark = new Bookmark
        {
            Id = args.BookmarkId ?? workflow.Host.NewId(),
            Name = name,
            Hash = StimulusHash.Compute(name, payload, args.IncludeActivityInstanceId ? context.Id : null),
            Payload = payload,
            ActivitySequence = context.Sequence,
            CreatedAt = workflow.Host.Clock.GetUtcNow(),
            DueAt = args.DueAt,
            AutoBurn = args.AutoBurn,
            AutoComplete = args.AutoComplete,
            CallbackMethodName = Callbacks.NameOf(args.Callback, context),
            Metadata = args.Metadata,
        };
        workflow.Bookmarks.Add(bookmark);
        workflow.Log?.Waiting(context);
        context.BookmarkCount++;
        context.HasWaited = true;
        return bookmark;
    }

    internal static void RemoveBookmarks(ActivityExecutionContext context)
    {
        if (context.BookmarkCount == 0)
            return;
        context.WorkflowExecutionContext.Bookmarks.RemoveAll(bookmark => bookmark.ActivitySequence == context.Sequence);
        context.BookmarkCount = 0;
    }

    /// <summary>Runs the callback on the burst's pump, like any other step.</summary>
    private static void BeginResume(ActivityExecutionContext context, Bookmark bookmark)
    {
        var workflow = context.WorkflowExecutionContext;
        workflow.Pump.Enter();
        try
        {
            var step = ResumeActivityAsync(context, bookmark);
            if (step.IsCompletedSuccessfully)
                return;
            workflow.InFlight++;
            _ = TrackAsync(context, CountAsync(workflow, step));
        }
        finally
        {
            workflow.Pump.Exit();
        }
    }

    private static async ValueTask ResumeActivityAsync(ActivityExecutionContext context, Bookmark bookmark)
    {
        var workflow = context.WorkflowExecutionContext;
        workflow.CurrentSequence = context.Sequence;
        context.ResumedBookmark = bookmark;
        workflow.Log?.Resumed(context);
        try
        {
            if (context.InputValues is null)
                await EvaluateInputsAsync(context);
            workflow.Log?.Observer?.Invoke(context, ActivityMoment.Entering, null);
            if (Callbacks.Resume(context, bookmark.CallbackMethodName) is { } callback)
                await callback(context);
            else if (bookmark.AutoComplete)
                await context.CompleteActivityAsync();
        }
        catch (Exception exception)
        {
            await FaultAsync(context, exception);
            return;
        }
        finally
        {
            context.ResumedBookmark = null;
        }

        await ApplyAsync(context);
    }
}
