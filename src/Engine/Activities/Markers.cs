namespace Platform.Engine.Activities;

/// <summary>An activity whose completion ends the container it is in.</summary>
internal interface ITerminal;

/// <summary>An activity at which a flowchart prefers to start.</summary>
internal interface IStartMarker;

/// <summary>An activity that <c>Break</c> ends.</summary>
internal interface ILoop;

/// <summary>An activity that <c>Complete</c> and <c>SetOutput</c> address: a workflow, a composite or a workflow used as an activity.</summary>
internal interface IComposite;

/// <summary>An activity with a canvas and variables of its own.</summary>
internal interface IVariableContainer
{
    /// <summary>Variables that the activities inside see.</summary>
    ICollection<Variable> Variables { get; }
}

/// <summary>An item of a plain list property that holds an activity, such as a case of a switch.</summary>
public interface IActivityHolder
{
    /// <summary>The activity, or null.</summary>
    IActivity? Activity { get; }

    /// <summary>Name of the port it stands for.</summary>
    string PortName { get; }
}
