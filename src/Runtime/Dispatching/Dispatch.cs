namespace Platform.Runtime.Dispatching;

/// <summary>What decides whether and when starts begin.</summary>
/// <param name="rules">Limits and pauses.</param>
/// <param name="gate">Lets starts pass, or holds them.</param>
/// <param name="withdrawals">Queued starts that are taken back.</param>
/// <param name="intake">How much may come in.</param>
public sealed class Dispatch(DispatchRules rules, StartGate gate, Withdrawals withdrawals, Intake intake)
{
    /// <summary>Limits and pauses.</summary>
    public DispatchRules Rules => rules;

    /// <summary>Lets starts pass, or holds them.</summary>
    public StartGate Gate => gate;

    /// <summary>Queued starts that are taken back.</summary>
    public Withdrawals Withdrawals => withdrawals;

    /// <summary>How much may come in.</summary>
    public Intake Intake => intake;

    /// <summary>A worker is done with an item, whatever became of it.</summary>
    /// <param name="work">The item.</param>
    /// <param name="hasFailed">Whether it failed.</param>
    internal void End(Store.StoredWork work, bool hasFailed)
    {
        if (!hasFailed && !gate.IsHeld(work))
            intake.Done(work);
        withdrawals.End(work.Id);
        gate.End(work, hasFailed);
    }
}
