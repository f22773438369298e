using Platform.Engine.Activities.Resilience;

namespace Platform.Engine;

/// <summary>A fault that a container had handled and that goes on outwards: the same type, code and message as far as filters are concerned.</summary>
public sealed class RethrownException : Exception
{
    internal RethrownException(FaultDetails fault)
        : base(fault.Message) => Fault = fault;

    /// <summary>Code of the fault, or null.</summary>
    public string? Code => Fault.Code;

    /// <summary>The activity that faulted first.</summary>
    public string ActivityId => Fault.ActivityId;

    internal FaultDetails Fault { get; }
}
