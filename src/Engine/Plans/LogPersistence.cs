using Platform.Engine.Activities;
using Platform.Engine.Expressions;

namespace Platform.Engine.Plans;

/// <summary>Whether a value is kept in the record of an activity execution.</summary>
public enum LogPersistenceMode
{
    /// <summary>As the next wider setting says: the activity's, then the workflow's, then the host's.</summary>
    Inherit,

    /// <summary>It is kept.</summary>
    Include,

    /// <summary>It is left out.</summary>
    Exclude,
}

/// <summary>
/// What the records of one activity keep: a rule per input and output, and one for the activity's own state. Made when the workflow is
/// compiled, from the settings of the activity and of the workflows around it.
/// </summary>
internal sealed class LogPersistence
{
    private readonly LogRule?[] _inputs;
    private readonly LogRule?[] _outputs;
    private readonly LogRule? _internalState;

    private LogPersistence(LogRule?[] inputs, LogRule?[] outputs, LogRule? internalState)
    {
        _inputs = inputs;
        _outputs = outputs;
        _internalState = internalState;
    }

    /// <summary>The rules of a node; null when nobody set any, so that the host's default applies to everything.</summary>
    public static LogPersistence? Of(PlanNode node, ExpressionLanguages languages)
    {
        var settings = new LogSettings(node.Activity, languages);
        var surrounding = Surrounding(node, languages);
        if (settings.IsEmpty && surrounding is null)
            return null;
        var own = settings.Default(surrounding);
        return new LogPersistence(
            [.. node.Type.Inputs.Select(input => settings.Input(input.WireName, own))],
            [.. node.Type.Outputs.Select(output => settings.Output(output.WireName, own))],
            settings.InternalState);
    }

    public bool KeepsInput(int index, ActivityExecutionContext context, LogPersistenceMode host) => Keeps(_inputs[index], context, host);

    public bool KeepsOutput(int index, ActivityExecutionContext context, LogPersistenceMode host) => Keeps(_outputs[index], context, host);

    /// <summary>Whether the activity's own state is kept. Only when its own setting says so.</summary>
    public bool KeepsInternalState(ActivityExecutionContext context) => Keeps(_internalState, context, LogPersistenceMode.Exclude);

    private static bool Keeps(LogRule? rule, ActivityExecutionContext context, LogPersistenceMode host)
    {
        for (; rule is not null; rule = rule.Next)
        {
            if (rule.ModeFor(context) is not LogPersistenceMode.Inherit and var mode)
                return mode == LogPersistenceMode.Include;
        }

        return host != LogPersistenceMode.Exclude;
    }

    /// <summary>The defaults of the workflows around a node, the nearest first.</summary>
    private static LogRule? Surrounding(PlanNode node, ExpressionLanguages languages)
    {
        if (node.Parent is not { } holder)
            return null;
        var wider = Surrounding(holder, languages);
        return holder.Activity is Workflow or WorkflowDefinitionActivity ? new LogSettings(holder.Activity, languages).Default(wider) : wider;
    }
}

/// <summary>One setting, and the wider one that applies when it leaves the matter open.</summary>
/// <param name="mode">The setting when there is no expression.</param>
/// <param name="expression">Gives the setting at each execution; null for a fixed one.</param>
/// <param name="next">The wider setting, or null for the host's.</param>
internal sealed class LogRule(LogPersistenceMode mode, CompiledExpression? expression, LogRule? next)
{
    public LogRule? Next { get; } = next;

    /// <summary>The setting for an execution. An expression that fails keeps nothing: what is not recorded cannot leak.</summary>
    public LogPersistenceMode ModeFor(ActivityExecutionContext context)
    {
        if (expression is null)
            return mode;
        try
        {
            return LogSettings.ModeOf(expression.Evaluate(context)) ?? LogPersistenceMode.Exclude;
        }
        catch (ExpressionException)
        {
            return LogPersistenceMode.Exclude;
        }
    }
}

/// <summary>The log persistence settings in the custom properties of an activity or workflow, in Elsa's current and former form.</summary>
internal readonly struct LogSettings(Activity activity, ExpressionLanguages languages)
{
    private readonly IReadOnlyDictionary<string, object?>? _current = Members(activity.CustomProperties.TryGetValue("logPersistenceConfig", out var value) ? value : null);
    private readonly IReadOnlyDictionary<string, object?>? _former = Members(activity.CustomProperties.TryGetValue("logPersistenceMode", out var value) ? value : null);

    public bool IsEmpty => _current is null && _former is null;

    public LogRule? InternalState => Rule(_current?.GetValueOrDefault("internalState"), null);

    public LogRule? Default(LogRule? wider) => Rule(_current?.GetValueOrDefault("default") ?? _former?.GetValueOrDefault("default"), wider);

    public LogRule? Input(string name, LogRule? wider) => Property("inputs", name, wider);

    public LogRule? Output(string name, LogRule? wider) => Property("outputs", name, wider);

    /// <summary>A mode by its name, or by the class name of the strategy that stands for it; null when it is neither.</summary>
    public static LogPersistenceMode? ModeOf(object? value) => value switch
    {
        LogPersistenceMode mode => mode,
        string text => ClassName(text) switch
        {
            "Inherit" or "Configuration" or "" => LogPersistenceMode.Inherit,
            "Include" => LogPersistenceMode.Include,
            "Exclude" => LogPersistenceMode.Exclude,
            _ => null,
        },
        _ => null,
    };

    private static string ClassName(string typeName) => typeName.Split(',')[0].Split('.')[^1].Trim();

    private static IReadOnlyDictionary<string, object?>? Members(object? value) => value as IReadOnlyDictionary<string, object?>;

    private LogRule? Property(string group, string name, LogRule? wider) =>
        Rule(Members(_current?.GetValueOrDefault(group))?.GetValueOrDefault(name) ?? Members(_former?.GetValueOrDefault(group))?.GetValueOrDefault(name), wider);

    private LogRule? Rule(object? setting, LogRule? wider)
    {
        if (ModeOf(setting) is { } named)
            return new LogRule(named, null, wider);
        if (Members(setting) is not { } members)
            return wider;
        if (members.GetValueOrDefault("evaluationMode") as string != "Expression")
            return new LogRule(ModeOf(members.GetValueOrDefault("strategyType")) ?? LogPersistenceMode.Inherit, null, wider);
        return Members(members.GetValueOrDefault("expression")) is { } expression && expression.GetValueOrDefault("type") is string type && languages.Contains(type)
            ? new LogRule(LogPersistenceMode.Inherit, Compile(new Expression(type, expression.GetValueOrDefault("value"))), wider)
            : wider;
    }

    private CompiledExpression Compile(Expression expression)
    {
        try
        {
            return languages.Compile(expression, typeof(string));
        }
        catch (ExpressionException exception)
        {
            return new BrokenExpression(exception.Message);
        }
    }
}
