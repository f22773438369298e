using System.Collections.Concurrent;
using Platform.Engine.Plans;
using Platform.Scripting.JavaScript;

namespace Platform.Engine.Expressions;

/// <summary>
/// The types that scripts know by name: dates, times, ids, chance, and the types of the variables in scope. Time and ids come from the
/// host of the run, as everywhere in the engine.
/// </summary>
internal static class ScriptTypes
{
    private static readonly ConcurrentDictionary<Type, JsHostType> Known = new();

    private static readonly JsHostType TimeSpanType = new(typeof(TimeSpan));

    /// <summary>The methods of instances that scripts may call.</summary>
    public static IReadOnlySet<string> AllowedMethods { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "System.Random.Next", "System.Random.NextDouble", "System.Random.NextInt64", "System.Random.NextSingle",
    };

    /// <summary>A type by its name; null when scripts do not know it.</summary>
    /// <param name="name">Name.</param>
    /// <param name="context">The execution whose variables are in scope.</param>
    public static object? Find(string name, ActivityExecutionContext context)
    {
        var clock = context.WorkflowExecutionContext.Host.Clock;
        return name switch
        {
            "DateTime" => new JsHostType(typeof(DateTime), new Dictionary<string, JsHostCallback>(StringComparer.Ordinal)
            {
                ["UtcNow"] = _ => clock.GetUtcNow().UtcDateTime,
                ["Now"] = _ => clock.GetLocalNow().DateTime,
                ["Today"] = _ => clock.GetLocalNow().Date,
            }),
            "DateTimeOffset" => new JsHostType(typeof(DateTimeOffset), new Dictionary<string, JsHostCallback>(StringComparer.Ordinal)
            {
                ["UtcNow"] = _ => clock.GetUtcNow(),
                ["Now"] = _ => clock.GetLocalNow(),
            }),
            "TimeSpan" => TimeSpanType,
            "Guid" => new JsHostType(typeof(Guid), new Dictionary<string, JsHostCallback>(StringComparer.Ordinal) { ["NewGuid"] = _ => Guid.CreateVersion7(clock.GetUtcNow()) }),
            "Random" => Of(typeof(Random)),
            "LogPersistenceMode" => Of(typeof(LogPersistenceMode)),
            _ => VariableType(name, context),
        };
    }

    /// <summary>A type as scripts see it, made once.</summary>
    /// <param name="type">The type.</param>
    public static JsHostType Of(Type type) => Known.GetOrAdd(type, static type => new JsHostType(type));

    private static JsHostType? VariableType(string name, ActivityExecutionContext context)
    {
        // Nearly every name that comes here is a function of the language, so this must be cheap.
        for (var scope = context; scope is not null; scope = scope.ParentActivityExecutionContext)
        {
            foreach (var variable in scope.Variables ?? [])
            {
                var type = Nullable.GetUnderlyingType(variable.Definition.Type) ?? variable.Definition.Type;
                if (type.Name == name && IsOpen(type))
                    return Of(type);
            }
        }

        return null;
    }

    /// <summary>Types of the base library other than enums stay closed: scripts have the language's own values for them.</summary>
    private static bool IsOpen(Type type) =>
        type.IsEnum || (type is { IsClass: true, IsAbstract: false, IsVisible: true } && type.GetConstructor(Type.EmptyTypes) is not null
            && type.Namespace?.StartsWith("System", StringComparison.Ordinal) != true);
}
