namespace Platform.Engine.Activities;

/// <summary>An activity whose completion ends the container it is in.</summary>
public interface ITerminalNode;

/// <summary>An activity at which a flowchart prefers to start.</summary>
public interface IStartNode;

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

/// <summary>An item of a plain list property that holds activities, such as a case of a switch.</summary>
public interface IActivityHolder
{
    /// <summary>The activities, each with the name of the port it stands for.</summary>
    IEnumerable<HeldActivity> HeldActivities { get; }
}

/// <summary>An activity of an <see cref="IActivityHolder"/>.</summary>
/// <param name="PortName">Name of the port it stands for.</param>
/// <param name="Activity">The activity; null when the place is empty.</param>
public readonly record struct HeldActivity(string PortName, IActivity? Activity);
