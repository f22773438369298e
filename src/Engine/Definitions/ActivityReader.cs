using System.Globalization;
using System.Text.Json;
using Platform.Engine.Activities;
using Platform.Engine.Expressions;
using Platform.Engine.Plans;
using Platform.Engine.Values;

namespace Platform.Engine.Definitions;

/// <summary>Reads activities of one document: inputs by the activity's type, never by the type names in the document.</summary>
internal sealed class ActivityReader(ActivityCatalog catalog, TypeAliases aliases, ExpressionLanguages languages, OutputBindingReader outputs)
{
    private const int NestingMax = 64;
    private readonly Dictionary<string, int> _generatedIds = new(StringComparer.Ordinal);
    private readonly List<DefinitionProblem> _problems = [];
    private readonly List<DefinitionProblem> _unfinished = [];
    private readonly List<DefinitionProblem> _warnings = [];
    private int _depth;

    public IReadOnlyList<DefinitionProblem> Problems => _problems;

    public IReadOnlyList<DefinitionProblem> Unfinished => _unfinished;

    public IReadOnlyList<DefinitionProblem> Warnings => _warnings;

    public void AddProblem(string path, string code, string message) => _problems.Add(new DefinitionProblem(path, code, message));

    public void AddUnfinished(string path, string code, string message) => _unfinished.Add(new DefinitionProblem(path, code, message));

    public void AddWarning(string path, string code, string message) => _warnings.Add(new DefinitionProblem(path, code, message));

    public Type? TypeOf(string alias) => aliases.TryGetType(alias, out var type) ? type : null;

    /// <summary>Reads one activity and everything inside it.</summary>
    public Activity Read(JsonElement element, string path)
    {
        if (++_depth > NestingMax)
        {
            _depth--;
            AddProblem(path, "WF1005", $"Activities are nested more than {NestingMax} deep. Split the workflow into several.");
            return new Sequence { Type = "Elsa.Sequence", Id = "tooDeep" };
        }

        var activity = Resolve(element, path, out var type);
        activity.Type = type.TypeName;
        activity.Version = type.Version;
        activity.Id = Text(element, "id") is { Length: > 0 } id ? id : GenerateId(type);
        activity.Name = Text(element, "name");
        activity.DocumentPath = path;
        ReadCustomProperties(activity, element, path);
        if (FlowTokens.ParseMergeMode(activity.CustomPropertyOrNull("mergeMode")) is null)
        {
            AddWarning($"{path}.customProperties.mergeMode", "WF1110",
                $"The merge mode is not known and taken as Stream. Use one of: None, {string.Join(", ", Enum.GetNames<MergeMode>())}.");
        }

        foreach (var input in type.Inputs)
            ReadInput(activity, input, element, $"{path}.{input.WireName}");
        foreach (var output in type.Outputs)
            outputs.Read(activity, output, element, path, this);
        foreach (var port in type.Ports)
            ReadPort(activity, port, element, $"{path}.{port.WireName}");
        if (activity is IVariableContainer container)
            ReadContainerVariables(container, element, path);
        if (activity is Flowchart flowchart)
            new ConnectionReader(this).Read(flowchart, element, path);
        if (activity is For { Body: null })
            AddWarning(path + ".body", "WF1106", "The loop has no body, so it completes at once; Elsa waits for ever here. Give it a body, or take it out.");
        if (activity is RunScript { FixedScript: { } script })
            Examine(script, $"{path}.script.expression.value");
        _depth--;
        return activity;
    }

    /// <summary>Reads a workflow-level variable; null when its type is unknown, which drops it as Elsa does.</summary>
    public Variable? ReadWorkflowVariable(JsonElement element, string path)
    {
        var members = DefinitionReader.Members(element);
        var alias = DefinitionReader.Text(members.GetValueOrDefault("typeName")) ?? "Object";
        if (members.GetValueOrDefault("isArray").ValueKind == JsonValueKind.True)
            alias += "[]";
        if (TypeOf(alias) is not null)
            return ReadVariable(element, path);
        AddWarning(path, "WF1101", $"The variable is left out: its type '{alias}' is not known. Choose a type from the list of variable types.");
        return null;
    }

    /// <summary>Reads a variable; unknown types count as Object.</summary>
    public Variable ReadVariable(JsonElement element, string path)
    {
        var members = DefinitionReader.Members(element);
        var name = DefinitionReader.Text(members.GetValueOrDefault("name")) ?? "Variable" + NextNumber("Variable");
        var alias = DefinitionReader.Text(members.GetValueOrDefault("typeName")) ?? "Object";
        if (members.GetValueOrDefault("isArray").ValueKind == JsonValueKind.True)
            alias += "[]";
        var variable = new Variable(name) { Type = TypeOf(alias) ?? typeof(object) };
        if (DefinitionReader.Text(members.GetValueOrDefault("id")) is { Length: > 0 } id)
            variable.Id = id;
        var value = members.GetValueOrDefault("value");
        if (value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null) && !string.IsNullOrWhiteSpace(DefinitionReader.Text(value) ?? "x"))
            variable.Value = Convert(value, variable.Type, path + ".value");
        variable.Storage = ReadStorage(DefinitionReader.Text(members.GetValueOrDefault("storageDriverTypeName")));
        if (variable.Storage == VariableStorage.Burst)
        {
            AddWarning(path, "WF1102", $"The variable '{name}' is kept in memory only: it loses its value when the workflow waits. "
                + "Choose the storage 'Workflow Instance' to keep it.");
        }

        return variable;
    }

    /// <summary>A value as the engine holds it; null, and a problem, when it is nested too deep for that.</summary>
    public object? ValueOf(JsonElement element, string path)
    {
        try
        {
            return DynamicJson.FromElement(element);
        }
        catch (ValueTooDeepException exception)
        {
            AddProblem(path, "WF1008", exception.Message);
            return null;
        }
    }

    /// <summary>A value of a type; null, and a problem, when it is nested too deep.</summary>
    public object? Convert(JsonElement element, Type type, string path)
    {
        try
        {
            return ValueConverter.Convert(ValueOf(element, path), type);
        }
        catch (ValueTooDeepException exception)
        {
            AddProblem(path, "WF1008", exception.Message);
            return null;
        }
    }

    /// <summary>Reads an expression object <c>{type, value}</c>; null when absent.</summary>
    public Expression? ReadExpression(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object || Text(element, "type") is not { Length: > 0 } type)
            return null;
        var expression = new Expression(type, element.TryGetProperty("value", out var value) ? ValueOf(value, path + ".value") : null);
        if (languages.Contains(type))
        {
            Examine(expression, path + ".value");
            return expression;
        }

        AddWarning(path + ".type", "WF1003",
            $"The expression type '{type}' is not known here. The workflow can be edited and published; what needs the expression faults. Known are: "
            + $"{string.Join(", ", languages.Types.Order(StringComparer.Ordinal))}.");
        return expression;
    }

    private void Examine(Expression expression, string path)
    {
        if (languages.Examine(expression) is { } warning)
            AddWarning(path, warning.Code, warning.Message);
    }

    private static VariableStorage ReadStorage(string? driver) =>
        driver is not null && (driver.Contains("WorkflowInstanceStorageDriver", StringComparison.Ordinal)
            || driver.Contains("WorkflowStorageDriver", StringComparison.Ordinal))
            ? VariableStorage.Instance
            : VariableStorage.Burst;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private Activity Resolve(JsonElement element, string path, out ActivityType type)
    {
        var typeName = Text(element, "type");
        int? version = element.TryGetProperty("version", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var parsed) ? parsed : null;
        if (typeName is null)
            AddProblem(path + ".type", "WF1001", "An activity needs a type. Add a member 'type', for example \"Elsa.WriteLine\".");
        else if (typeName == NotFoundActivity.TypeName && Text(element, "originalActivityJson") is { } original)
            return Restore(original, path, out type);
        else if (catalog.Resolve(typeName, version, Text(element, WorkflowActivityType.VersionIdName), Text(element, WorkflowActivityType.DefinitionIdName)) is { } known)
            return (type = known).Create();
        type = catalog.Find(NotFoundActivity.TypeName) ?? throw new InvalidOperationException("The catalog lacks the placeholder activity.");
        if (typeName is not null)
        {
            AddWarning(path, "WF1103", $"The activity type '{typeName}' is not known here. The workflow can be edited and published; "
                + "running this activity faults.");
        }

        return new NotFoundActivity
        {
            MissingTypeName = typeName ?? "",
            MissingTypeVersion = version ?? 0,
            OriginalActivityJson = element.GetRawText(),
        };
    }

    private Activity Restore(string original, string path, out ActivityType type)
    {
        try
        {
            using var document = JsonDocument.Parse(original);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new JsonException("An activity is a JSON object.");
            var restored = Read(document.RootElement, path);
            type = catalog.Find(restored.Type, restored.Version)!;
            return restored;
        }
        catch (JsonException)
        {
            AddProblem(path + ".originalActivityJson", "WF1006", "The placeholder does not hold the JSON of the activity it stands for.");
            type = catalog.Find(NotFoundActivity.TypeName)!;
            return new NotFoundActivity();
        }
    }

    private string GenerateId(ActivityType type) => type.Name + NextNumber(type.Name);

    private string NextNumber(string name)
    {
        _generatedIds.TryGetValue(name, out var count);
        _generatedIds[name] = ++count;
        return count.ToString(CultureInfo.InvariantCulture);
    }

    private void ReadCustomProperties(Activity activity, JsonElement element, string path)
    {
        var custom = element.TryGetProperty("customProperties", out var value) ? value : default;
        activity.CanStartWorkflow = IsTrue(custom, "canStartWorkflow") || IsTrue(element, "canStartWorkflow");
        activity.RunAsynchronously = IsTrue(custom, "runAsynchronously") || IsTrue(element, "runAsynchronously");
        if (custom.ValueKind != JsonValueKind.Object)
            return;
        foreach (var member in custom.EnumerateObject())
        {
            if (ValueOf(member.Value, $"{path}.customProperties.{member.Name}") is { } item)
                activity.CustomProperties[member.Name] = item;
        }

        static bool IsTrue(JsonElement holder, string name) =>
            holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty(name, out var flag) && flag.ValueKind == JsonValueKind.True;
    }

    private void ReadInput(Activity activity, InputProperty input, JsonElement element, string path)
    {
        if (!element.TryGetProperty(input.WireName, out var value) || value.ValueKind == JsonValueKind.Null)
            return;
        if (!input.IsWrapped)
        {
            input.Set(activity, new PlainValueReader(this).Read(value, input.ValueType, path));
            return;
        }

        Expression? expression;
        if (value.ValueKind != JsonValueKind.Object)
            expression = new Expression("Literal", ValueOf(value, path));
        else if (value.TryGetProperty("expression", out var inner) && inner.ValueKind == JsonValueKind.Object)
            expression = ReadExpression(inner, path + ".expression");
        else
            return;
        if (expression is not null)
            input.Set(activity, Activator.CreateInstance(typeof(Input<>).MakeGenericType(input.ValueType), expression));
    }

    private void ReadPort(Activity activity, PortProperty port, JsonElement element, string path)
    {
        if (!element.TryGetProperty(port.WireName, out var value))
            return;
        if (value.ValueKind == JsonValueKind.Object && typeof(IActivity).IsAssignableFrom(port.Property.PropertyType))
        {
            port.Property.SetValue(activity, Read(value, path));
            return;
        }

        if (value.ValueKind != JsonValueKind.Array || port.Property.GetValue(activity) is not ICollection<IActivity> list)
            return;
        var index = 0;
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in value.EnumerateArray())
        {
            var itemPath = string.Create(CultureInfo.InvariantCulture, $"{path}[{index++}]");
            if (item.ValueKind != JsonValueKind.Object)
                continue;
            var child = Read(item, itemPath);
            list.Add(child);
            if (!ids.Add(child.Id))
                AddProblem(itemPath + ".id", "WF1002", $"The id '{child.Id}' is used twice in this container. Give each activity its own id.");
        }
    }

    private void ReadContainerVariables(IVariableContainer container, JsonElement element, string path)
    {
        if (!element.TryGetProperty("variables", out var variables) || variables.ValueKind != JsonValueKind.Array)
            return;
        var index = 0;
        foreach (var item in variables.EnumerateArray())
            container.Variables.Add(ReadVariable(item, string.Create(CultureInfo.InvariantCulture, $"{path}.variables[{index++}]")));
    }
}
