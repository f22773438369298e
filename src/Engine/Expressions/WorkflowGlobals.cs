using Platform.Engine.Activities;
using Platform.Engine.Values;
using Platform.Scripting.JavaScript;

namespace Platform.Engine.Expressions;

/// <summary>
/// What a script sees of its workflow, by global name: Elsa's functions, the variables, and an accessor per variable, input and
/// output. Names are looked up when a script first uses them.
/// </summary>
internal sealed class WorkflowGlobals(
    ActivityExecutionContext context, IReadOnlyDictionary<string, object?>? arguments, ScriptSurroundings surroundings) : IJsGlobals
{
    /// <summary>Most bytes of a stream that a script reads: as much as it may hold in memory.</summary>
    private const int StreamBytesMax = 64 * 1024 * 1024;

    private WorkflowExecutionContext Workflow => context.WorkflowExecutionContext;

    public bool TryGet(string name, out object? value)
    {
        value = name switch
        {
            "variables" => new ScopeVariables(context),
            "args" => Arguments(),
            "getVariable" => (Func<string, object?>)(key => context.FindVariableByName(key)?.Value),
            "setVariable" => (Action<string, object?>)((key, item) => context.SetVariable(key, NamedValues.Plain(item))),
            "getInput" => (Func<string, object?>)GetInput,
            "getOutputFrom" => (Func<string, string?, object?>)new WorkflowValues(context).GetOutput,
            "getLastResult" => (Func<object?>)(() => Workflow.LastResult),
            "getWorkflowDefinitionId" => (Func<object?>)(() => Workflow.Plan.Definition.DefinitionId),
            "getWorkflowDefinitionVersionId" => (Func<object?>)(() => Workflow.Plan.Definition.Id),
            "getWorkflowDefinitionVersion" => (Func<object?>)(() => Workflow.Plan.Definition.Version),
            "getWorkflowInstanceId" => (Func<object?>)(() => Workflow.Id),
            "getCorrelationId" => (Func<object?>)(() => Workflow.CorrelationId),
            "setCorrelationId" => (Action<string?>)(id => Workflow.CorrelationId = id),
            "getWorkflowInstanceName" => (Func<object?>)(() => Workflow.Name),
            "setWorkflowInstanceName" => (Action<string?>)(text => Workflow.Name = text),
            "setOutcome" when context.Activity is RunScript => (Action<string>)(outcome => context.RequestedOutcomes = [outcome]),
            "setOutcomes" when context.Activity is RunScript => (Action<string[]>)(outcomes => context.RequestedOutcomes = outcomes),
            "getConfig" => (Func<string, object?>)(key => surroundings.Configuration is { } settings ? settings.Get(key) : throw ScriptConfiguration.NotOpen(key)),
            _ => Text(name) ?? Id(name) ?? Encoding(name) ?? Accessor(name) ?? Function(name) ?? Type(name),
        };
        return value is not null;
    }

    public bool TrySet(string name, object? value) => false;

    private static object? Text(string name) => name switch
    {
        "isNullOrWhiteSpace" => (Func<string?, object?>)(text => string.IsNullOrWhiteSpace(text)),
        "isNullOrEmpty" => (Func<string?, object?>)(text => string.IsNullOrEmpty(text)),
        "toJson" => (Func<object?, object?>)(item => DynamicJson.ToText(item)),
        _ => null,
    };

    private static object? Encoding(string name) => name switch
    {
        "bytesToString" => (Func<byte[], object?>)System.Text.Encoding.UTF8.GetString,
        "bytesFromString" => (Func<string, object?>)System.Text.Encoding.UTF8.GetBytes,
        "bytesToBase64" => (Func<byte[], object?>)Convert.ToBase64String,
        "bytesFromBase64" => (Func<string, object?>)Convert.FromBase64String,
        "stringToBase64" => (Func<string, object?>)(text => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text))),
        "stringFromBase64" => (Func<string, object?>)(text => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(text))),
        "streamToBytes" => (Func<Stream, object?>)Bytes,
        "streamToBase64" => (Func<Stream, object?>)(stream => Convert.ToBase64String(Bytes(stream))),
        _ => null,
    };

    /// <summary>The bytes of a stream from its beginning, when it can go back there.</summary>
    private static byte[] Bytes(Stream? stream)
    {
        if (stream is null)
            throw new ExpressionException("There is no stream: it is null.");
        if (stream.CanSeek)
            stream.Position = 0;
        using var content = new MemoryStream();
        var buffer = new byte[81_920];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            if (content.Length + read > StreamBytesMax)
                throw new ExpressionException($"The stream has more than {StreamBytesMax:N0} bytes. Scripts read smaller ones only.");
            content.Write(buffer, 0, read);
        }

        return content.ToArray();
    }

    private Delegate? Function(string name) => surroundings.Functions.TryGetValue(name, out var make) ? make(context) : null;

    private object? Type(string name) => surroundings.Types.TryGetValue(name, out var type) ? ScriptTypes.Of(type) : ScriptTypes.Find(name, context);

    private object? Id(string name) => name switch
    {
        "newGuid" => (Func<object?>)(() => NewGuid()),
        "newGuidString" or "getGuidString" => (Func<object?>)(() => NewGuid().ToString()),
        "newShortGuid" or "getShortGuid" => (Func<object?>)(() => Convert.ToBase64String(NewGuid().ToByteArray())[..22].Replace('/', '_').Replace('+', '-')),
        "parseGuid" => (Func<string, object?>)(text => Guid.Parse(text)),
        _ => null,
    };

    private Guid NewGuid() => Guid.CreateVersion7(Workflow.Host.Clock.GetUtcNow());

    private object? Arguments() => arguments?.ToDictionary(
        argument => char.ToLowerInvariant(argument.Key[0]) + argument.Key[1..], argument => argument.Value, StringComparer.Ordinal);

    private object? GetInput(string key) => context.FindInput(key);

    private object? Accessor(string name)
    {
        if (name.Length < 4 || !char.IsUpper(name[3]))
            return null;
        if (name.StartsWith("get", StringComparison.Ordinal))
            return Getter(name[3..]);
        if (name.StartsWith("set", StringComparison.Ordinal) && FindVariable(name[3..]) is { } target)
            return (Action<object?>)(value => target.Value = value);
        return null;
    }

    private object? Getter(string name)
    {
        if (arguments?.FirstOrDefault(argument => AccessorNames.Pascal(argument.Key) == name) is { Key: not null } given)
            return (Func<object?>)(() => given.Value);
        if (FindVariable(name) is { } variable)
            return (Func<object?>)(() => variable.Value);
        foreach (var input in Workflow.Plan.Content.Inputs)
        {
            if (AccessorNames.Pascal(input.Name) == name)
                return (Func<object?>)(() => GetInput(input.Name));
        }

        if (AccessorNames.FindOutput(context, name) is var (node, output))
            return (Func<object?>)(() => WorkflowValues.ReadOutput(context, node, output));
        return null;
    }

    private VariableInstance? FindVariable(string pascalName)
    {
        for (var scope = context; scope is not null; scope = scope.ParentActivityExecutionContext)
        {
            foreach (var variable in scope.Variables ?? [])
            {
                if (AccessorNames.Pascal(variable.Definition.Name) == pascalName)
                    return variable;
            }
        }

        return null;
    }
}
