namespace Platform.Engine.Activities;

/// <summary>The workflow itself: holds the root activity and the workflow's variables. Never written inside a document's root.</summary>
[Activity("Elsa", "Workflows", "The workflow.")]
[Browsable(false)]
public sealed class Workflow : Activity<object>, IVariableContainer, IComposite
{
    /// <summary>Type name of the wrapper.</summary>
    public const string TypeName = "Elsa.Workflow";

    private readonly ActivityCompletionCallback _onRootCompleted;

    /// <summary>Makes an empty workflow.</summary>
    public Workflow() => _onRootCompleted = OnRootCompletedAsync;

    /// <summary>The activity the workflow runs.</summary>
    [Port]
    [Browsable(false)]
    public IActivity? Root { get; set; }

    /// <summary>Variables of the workflow.</summary>
    public ICollection<Variable> Variables { get; } = [];

    /// <summary>The workflow of a definition as an activity.</summary>
    internal static Workflow Of(string id, Definitions.WorkflowDefinition definition, Definitions.DefinitionContent content)
    {
        var workflow = new Workflow { Id = id, Type = TypeName, Name = definition.Name, Root = content.Root };
        foreach (var variable in content.Variables)
            workflow.Variables.Add(variable);
        foreach (var (name, value) in content.CustomProperties)
            workflow.CustomProperties[name] = value;
        return workflow;
    }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => context.ScheduleActivityAsync(Root, _onRootCompleted);

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) => _onRootCompleted;

    private ValueTask OnRootCompletedAsync(ActivityCompletedContext context) => context.TargetContext.CompleteActivityAsync();
}
