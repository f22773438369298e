using System.Reflection;
using Platform.Runtime.Store;

namespace Platform.Runtime.Tests;

/// <summary>A store that stops to commit at a moment, as when the process ends: what was committed before stays.</summary>
internal sealed class StoppingStore
{
    private int _commitsLeft = int.MaxValue;
    private volatile bool _hasStopped;

    /// <summary>Lets so many commits of instances through from now on; what the queue commits beside them is not counted.</summary>
    public void StopAfter(int commits) => _commitsLeft = commits;

    public void GoOn()
    {
        _commitsLeft = int.MaxValue;
        _hasStopped = false;
    }

    public IWorkflowStore Around(IWorkflowStore store)
    {
        var proxy = DispatchProxy.Create<IWorkflowStore, Proxy>();
        ((Proxy)(object)proxy).Set(store, this);
        return proxy;
    }

    /// <summary>From the first refused commit on nothing is read either: what the process does then is no part of the test.</summary>
    private void Calling(bool isCommit)
    {
        _hasStopped |= isCommit && Interlocked.Decrement(ref _commitsLeft) < 0;
        if (_hasStopped)
            throw new IOException("The store has stopped.");
    }

    internal class Proxy : DispatchProxy
    {
        private IWorkflowStore _store = null!;
        private StoppingStore _owner = null!;

        public void Set(IWorkflowStore store, StoppingStore owner) => (_store, _owner) = (store, owner);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            _owner.Calling(targetMethod!.Name == nameof(IWorkflowStore.CommitAsync) && args![0] is Commit { Instances: not null });
            return targetMethod.Invoke(_store, args);
        }
    }
}
