using System.Reflection;
using Platform.Runtime.Store;

namespace Platform.Runtime.Tests;

/// <summary>A store that stops to commit at a moment, as when the process ends: what was committed before stays.</summary>
internal sealed class StoppingStore
{
    private int _commitsLeft = int.MaxValue;

    /// <summary>Lets so many commits through from now on.</summary>
    public void StopAfter(int commits) => _commitsLeft = commits;

    public void GoOn() => _commitsLeft = int.MaxValue;

    public IWorkflowStore Around(IWorkflowStore store)
    {
        var proxy = DispatchProxy.Create<IWorkflowStore, Proxy>();
        ((Proxy)(object)proxy).Set(store, this);
        return proxy;
    }

    private void Committing()
    {
        if (Interlocked.Decrement(ref _commitsLeft) < 0)
            throw new IOException("The store has stopped.");
    }

    internal class Proxy : DispatchProxy
    {
        private IWorkflowStore _store = null!;
        private StoppingStore _owner = null!;

        public void Set(IWorkflowStore store, StoppingStore owner) => (_store, _owner) = (store, owner);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name == nameof(IWorkflowStore.CommitAsync))
                _owner.Committing();
            return targetMethod.Invoke(_store, args);
        }
    }
}
