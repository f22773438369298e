using Platform.Engine.Values;

namespace Platform.Runtime.Activities;

/// <summary>The names that the types of the runtime's activities have in documents and in stored state.</summary>
public static class RuntimeTypes
{
    /// <summary>Adds them.</summary>
    /// <param name="aliases">The names so far.</param>
    public static TypeAliases WithRuntimeTypes(this TypeAliases aliases) => aliases.With(typeof(ExecuteWorkflowResult), "ExecuteWorkflowResult");
}
