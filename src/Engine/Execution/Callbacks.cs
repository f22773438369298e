using System.Reflection;

namespace Platform.Engine.Execution;

/// <summary>
/// Callbacks are stored by method name, because an instance outlives the process. Only instance methods of the activity's own class
/// with the right signature are ever called.
/// </summary>
internal static class Callbacks
{
    public static string? NameOf(Delegate? callback, ActivityExecutionContext context)
    {
        if (callback is null)
            return null;
        if (!ReferenceEquals(callback.Target, context.Activity))
        {
            throw new InvalidOperationException(
                $"The callback '{callback.Method.Name}' given by '{context.Activity.Type}' is not one of its own instance methods. "
                + "Lambdas and methods of other objects cannot be found again after a restart.");
        }

        return callback.Method.Name;
    }

    public static ActivityCompletionCallback? Completion(ActivityExecutionContext owner, string? name) =>
        (ActivityCompletionCallback?)Find(owner.Activity, name, typeof(ActivityCompletionCallback));

    public static ExecuteActivityDelegate? Resume(ActivityExecutionContext context, string? name) =>
        (ExecuteActivityDelegate?)Find(context.Activity, name, typeof(ExecuteActivityDelegate));

    private static Delegate? Find(Activity activity, string? name, Type delegateType)
    {
        if (name is null)
            return null;
        if (activity.ResolvedCallbacks.TryGetValue(name, out var known))
            return known;
        for (var type = activity.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            const BindingFlags Flags = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
            foreach (var method in type.GetMethods(Flags))
            {
                if (method.Name == name && Delegate.CreateDelegate(delegateType, activity, method, throwOnBindFailure: false) is { } found)
                    return activity.ResolvedCallbacks.GetOrAdd(name, found);
            }
        }

        throw new InvalidOperationException(
            $"The activity type '{activity.Type}' has no method '{name}' any more, which a waiting instance wants to call. "
            + "Bring the method back, or cancel the instance.");
    }
}
