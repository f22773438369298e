using Platform.Server.Monitoring.Health;

namespace Platform.Server.Monitoring.Alerts;

/// <summary>Whether a condition holds, and has held for long enough.</summary>
internal enum ConditionState
{
    /// <summary>It does not hold. It moves on when the condition begins to hold.</summary>
    Quiet,

    /// <summary>It holds, but not for long enough yet. Time moves it on; one figure that does not fit moves it back.</summary>
    Pending,

    /// <summary>It has held for long enough. Several figures in a row that do not fit move it back.</summary>
    Firing,

    /// <summary>There is no new figure; it is as it was.</summary>
    Unknown,
}

/// <summary>Follows conditions over time, each by the name of who has it and by the subject. Not thread-safe.</summary>
/// <param name="betterAfter">Figures in a row that must not fit before what fired is over.</param>
internal sealed class ConditionWatch(int betterAfter)
{
    private readonly Dictionary<(string Owner, string Subject), Course> _courses = [];

    /// <summary>Looks at a subject.</summary>
    /// <param name="owner">Who has the condition.</param>
    /// <param name="condition">The condition.</param>
    /// <param name="view">The subject.</param>
    /// <param name="now">Now, UTC.</param>
    public ConditionState Look(string owner, Condition condition, SubjectView view, DateTimeOffset now)
    {
        var key = (owner, view.Id);
        if (view.FindFigure(condition.Metric) is not { } figure)
            return ConditionState.Unknown;
        var course = _courses.GetValueOrDefault(key);
        if (course is not null && course.SeenAt == view.CheckedAt && course.State != ConditionState.Pending)
            return course.State;
        if (condition.Holds(figure.Value))
            course = new Course(course?.Since ?? now, 0, course?.State == ConditionState.Firing || now - (course?.Since ?? now) >= condition.For ? ConditionState.Firing : ConditionState.Pending, view.CheckedAt);
        else if (course is { State: ConditionState.Firing } && course.Misses + 1 < betterAfter)
            course = course with { Misses = course.Misses + 1, SeenAt = view.CheckedAt };
        else
            course = null;
        if (course is null)
            _courses.Remove(key);
        else
            _courses[key] = course;
        return course?.State ?? ConditionState.Quiet;
    }

    /// <summary>Since when the condition of somebody holds for a subject, UTC; null when it does not.</summary>
    /// <param name="owner">Who has it.</param>
    /// <param name="subject">The subject.</param>
    public DateTimeOffset? SinceOf(string owner, string subject) => _courses.GetValueOrDefault((owner, subject))?.Since;

    /// <summary>Goes on with a condition that fired before the server was started.</summary>
    /// <param name="owner">Who has it.</param>
    /// <param name="subject">The subject.</param>
    /// <param name="since">Since when it holds, UTC.</param>
    public void Restore(string owner, string subject, DateTimeOffset since) => _courses[(owner, subject)] = new Course(since, 0, ConditionState.Firing, null);

    /// <summary>Forgets the course of conditions that nobody has any more, or whose subject is gone.</summary>
    /// <param name="isGone">Whether to forget.</param>
    public void Forget(Func<string, string, bool> isGone)
    {
        foreach (var key in _courses.Keys.Where(key => isGone(key.Owner, key.Subject)).ToList())
            _courses.Remove(key);
    }

    private sealed record Course(DateTimeOffset Since, int Misses, ConditionState State, DateTimeOffset? SeenAt);
}
