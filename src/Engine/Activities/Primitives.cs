using Platform.Engine.Expressions;

namespace Platform.Engine.Activities;

/// <summary>Writes a line of text to the host's text writer.</summary>
[Activity("Elsa", "Console", "Write a line of text to the console.")]
public sealed class WriteLine : CodeActivity
{
    /// <summary>Writes an empty line until <see cref="Text"/> is set.</summary>
    public WriteLine()
    {
    }

    /// <summary>Writes a text. Code-authored activities only.</summary>
    /// <param name="text">The text.</param>
    public WriteLine(string text) => Text = new(text);

    /// <summary>Writes the text that a function gives at each execution. Code-authored activities only.</summary>
    /// <param name="text">The function.</param>
    public WriteLine(Func<ExpressionExecutionContext, string> text) => Text = new(text);

    /// <summary>Writes the value of a variable. Code-authored activities only.</summary>
    /// <param name="text">The variable.</param>
    public WriteLine(Variable text) => Text = new(text);

    /// <summary>The text.</summary>
    [Input(Description = "The text to write.")]
    public Input<string> Text { get; set; } = new("");

    /// <inheritdoc />
    protected override void Execute(ActivityExecutionContext context) => context.GetService<TextWriter>()?.WriteLine(Text.GetOrDefault(context));
}

/// <summary>
/// Reads a line from the host's text reader, and waits until there is one. Faults when the host has no reader, as servers without somebody
/// at their terminal have none, and when nothing more will come.
/// </summary>
[Activity("Elsa", "Console", "Read a line of text from the console.")]
public sealed class ReadLine : CodeActivity<string>
{
    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var reader = context.GetService<TextReader>() ?? throw Fault(
            "NoStandardInput",
            "WF2102: This server does not read its standard input. Ask people through an HTTP endpoint or an event, "
            + "or start it at a terminal or pipe with Runtime:ReadsStandardInput set to true.");
        var line = await reader.ReadLineAsync(context.CancellationToken);
        context.Set(Result, line ?? throw Fault("EndOfInput", "WF2103: There is no further line: the standard input has ended."));
    }

    private static FaultException Fault(string code, string message) => new(code, "Console", "System", message);
}

/// <summary>Sets a variable in scope.</summary>
[Activity("Elsa", "Primitives", "Assign a value to a workflow variable.")]
public sealed class SetVariable : CodeActivity
{
    /// <summary>The variable.</summary>
    [Input(UIHint = InputUIHints.VariablePicker, Description = "The variable to assign the value to.")]
    public Variable? Variable { get; set; }

    /// <summary>The value; converted to the variable's type.</summary>
    [Input(Description = "The value to assign.")]
    public Input<object> Value { get; set; } = new((object)null!);

    /// <inheritdoc />
    protected override void Execute(ActivityExecutionContext context)
    {
        if (Variable is null)
            throw new InvalidOperationException("No variable is chosen. Choose one in the input 'Variable'.");
        var found = context.FindVariable(Variable.Id) ?? throw new InvalidOperationException(
            $"Variable '{Variable.Name}' not found. It was renamed or removed, or belongs to another scope; choose it again.");
        found.Value = Value.GetOrDefault(context);
    }
}

/// <summary>Names the instance.</summary>
[Activity("Elsa", "Primitives", "Set the name of the workflow instance to a specified value.")]
public sealed class SetName : CodeActivity
{
    /// <summary>The name.</summary>
    [Input(Description = "The value to set as the workflow instance's name.", DefaultValue = "")]
    public Input<string> Value { get; set; } = new("");

    /// <inheritdoc />
    protected override void Execute(ActivityExecutionContext context) => context.WorkflowExecutionContext.Name = Value.GetOrDefault(context);
}

/// <summary>Sets the instance's correlation id.</summary>
[Activity("Elsa", "Primitives", "Set the correlation id of the workflow to a given value.")]
public sealed class Correlate : CodeActivity
{
    /// <summary>The correlation id.</summary>
    [Input(Description = "The correlation id to set.")]
    public Input<string> CorrelationId { get; set; } = new("");

    /// <inheritdoc />
    protected override void Execute(ActivityExecutionContext context) =>
        context.WorkflowExecutionContext.CorrelationId = CorrelationId.GetOrDefault(context);
}

/// <summary>Faults with a code and a message.</summary>
[Activity("Elsa", "Primitives", "Faults the workflow.")]
public sealed class Fault : Activity
{
    /// <summary>Code chosen by the author. Default: 0.</summary>
    [Input(Description = "Code to categorize the fault.", DefaultValue = "0")]
    public Input<string> Code { get; set; } = new("0");

    /// <summary>Category. Default: General.</summary>
    [Input(Description = "Category to categorize the fault, for example HTTP or Alteration.", DefaultValue = "General")]
    public Input<string> Category { get; set; } = new("General");

    /// <summary>Type. Default: System.</summary>
    [Input(DisplayName = "Type", Description = "The type of fault, for example System, Business or Integration.", DefaultValue = "System")]
    public Input<string> FaultType { get; set; } = new("System");

    /// <summary>What happened.</summary>
    [Input(Description = "The message to include with the fault.")]
    public Input<string?> Message { get; set; } = new((string?)null);

    /// <inheritdoc />
    protected override void Execute(ActivityExecutionContext context) => throw new FaultException(
        Code.GetOrDefault(context) ?? "0",
        Category.GetOrDefault(context) ?? "General",
        FaultType.GetOrDefault(context) ?? "System",
        Message.GetOrDefault(context));
}

/// <summary>Ends the whole instance as finished.</summary>
[Activity("Elsa", "Primitives", "Mark the workflow as finished.")]
public sealed class Finish : CodeActivity, ITerminalNode
{
    internal override ActivityExecutionContext? Completes(ActivityExecutionContext context) => context.WorkflowExecutionContext.Root;
}

/// <summary>Completes the nearest enclosing composite, workflow used as an activity, or workflow.</summary>
[Activity("Elsa", "Composition", "Signals the current composite activity to complete itself as a whole.")]
public sealed class Complete : Activity, ITerminalNode
{
    /// <summary>Outcomes of the composite: a text, a list of texts. Default: Done.</summary>
    [Input(UIHint = InputUIHints.OutcomePicker, Description = "The outcome or set of outcomes to complete the composite with.", DefaultValue = "Done")]
    public Input<object> Outcomes { get; set; } = new("Done");

    internal override ActivityExecutionContext? Completes(ActivityExecutionContext context)
    {
        for (var ancestor = context.ParentActivityExecutionContext; ancestor is not null; ancestor = ancestor.ParentActivityExecutionContext)
        {
            if (ancestor.Activity is IComposite)
                return ancestor;
        }

        return null;
    }

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var names = Values.ValueConverter.Convert<ICollection<string>>(Outcomes.GetOrDefault(context));
        return context.CompleteActivityWithOutcomesAsync(names is { Count: > 0 } ? [.. names] : Platform.Engine.Outcomes.Done);
    }
}

/// <summary>Sets an output of the nearest enclosing composite or workflow, and the variable of the same name when there is one.</summary>
[Activity("Elsa", "Composition", "Sets an output of the workflow.")]
public sealed class SetOutput : CodeActivity
{
    /// <summary>Name of the output.</summary>
    [Input(DisplayName = "Output", UIHint = InputUIHints.OutputPicker, Description = "The output to assign.")]
    public Input<string> OutputName { get; set; } = new("");

    /// <summary>The value.</summary>
    [Input(DisplayName = "Value", Description = "The value to assign.")]
    public Input<object> OutputValue { get; set; } = new((object)null!);

    /// <inheritdoc />
    protected override void Execute(ActivityExecutionContext context)
    {
        if (OutputName.GetOrDefault(context) is not { Length: > 0 } name)
            throw new InvalidOperationException("No output is chosen. Choose one in the input 'Output'.");
        var value = OutputValue.GetOrDefault(context);
        Interpreter.SetOutput(context, name, value);
        if (context.FindVariableByName(name) is { } variable)
            variable.Value = value;
    }
}

/// <summary>Marks where a flowchart starts.</summary>
[Activity("Elsa", "Flow", "Marks the start of a flowchart.")]
public sealed class Start : CodeActivity, IStartNode;

/// <summary>Ends its flowchart or sequence.</summary>
[Activity("Elsa", "Flow", "Marks the end of a flowchart, causing the flowchart to complete.")]
public sealed class End : CodeActivity, ITerminalNode;

/// <summary>Stands for an activity whose type is not known here. Executing it faults; the original is kept.</summary>
[Activity("Elsa", "System", "Stands for an activity whose type is not known here.")]
[Browsable(false)]
public sealed class NotFoundActivity : Activity
{
    /// <summary>Type name of the placeholder.</summary>
    public const string TypeName = "Elsa.NotFoundActivity";

    /// <summary>The type that is not known.</summary>
    public string MissingTypeName { get; set; } = "";

    /// <summary>Its version.</summary>
    public int MissingTypeVersion { get; set; }

    /// <summary>The activity as it was in the document.</summary>
    public string OriginalActivityJson { get; set; } = "";

    /// <inheritdoc />
    protected override void Execute(ActivityExecutionContext context) => throw new InvalidOperationException(
        $"The activity type '{MissingTypeName}' (version {MissingTypeVersion}) is not known on this server, so the step cannot run. "
        + "Install the module that brings it, or replace the step.");
}
