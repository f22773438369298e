using Platform.Engine.Expressions;
using Platform.Engine.Values;

namespace Platform.Engine.Secrets;

/// <summary>
/// The value of a secret, by its name: <c>{"name": "..."}</c>, or the name alone. What an activity gets this way is never stored with
/// its instance; it is read anew when the activity goes on.
/// </summary>
/// <param name="read">Gives the value of a secret to an execution; throws when there is none.</param>
public sealed class SecretLanguage(Func<ActivityExecutionContext, string, string> read) : IExpressionLanguage
{
    /// <inheritdoc />
    public string Type => "Secret";

    /// <inheritdoc />
    public CompiledExpression Compile(object? value, Type target) => NameOf(value) is { } name ? new SecretExpression(read, name) : new ConstantExpression(null);

    private static string? NameOf(object? value)
    {
        var name = value switch
        {
            Dictionary<string, object?> members => members.GetValueOrDefault("name") as string,
            string text when DynamicJson.TryParse(text, out var parsed) && parsed is Dictionary<string, object?> members => members.GetValueOrDefault("name") as string,
            _ => value as string,
        };
        return string.IsNullOrWhiteSpace(name) ? null : name;
    }

    private sealed class SecretExpression(Func<ActivityExecutionContext, string, string> read, string name) : CompiledExpression
    {
        public override object? Evaluate(ActivityExecutionContext context, IReadOnlyDictionary<string, object?>? arguments = null)
        {
            context.HoldsSecrets = true;
            return read(context, name);
        }
    }
}
