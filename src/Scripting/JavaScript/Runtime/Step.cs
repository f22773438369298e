using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Platform.Scripting.JavaScript;

/// <summary>
/// The result of evaluating a part of a generator or async function: there already, or there once the function has been
/// resumed. It lets the C# compiler cut our evaluation methods at <c>yield</c> and <c>await</c>, but nothing in it knows
/// threads or schedulers: a continuation runs exactly where the function is resumed.
/// </summary>
[AsyncMethodBuilder(typeof(StepBuilder<>))]
internal readonly struct Step<T>
{
    private readonly T _value;
    private readonly StepSource<T>? _source;

    public Step(T value)
    {
        _value = value;
        _source = null;
    }

    public Step(StepSource<T> source)
    {
        _value = default!;
        _source = source;
    }

    public bool IsCompleted => _source is null || _source.IsCompleted;

    public StepAwaiter<T> GetAwaiter() => new(this);

    public T Result() => _source is null ? _value : _source.Result();

    public void OnCompleted(Action continuation) => _source!.OnCompleted(continuation);
}

/// <summary>Waits for a <see cref="Step{T}"/> inside an evaluation method.</summary>
internal readonly struct StepAwaiter<T>(Step<T> step) : ICriticalNotifyCompletion
{
    public bool IsCompleted => step.IsCompleted;

    public T GetResult() => step.Result();

    public void OnCompleted(Action continuation) => step.OnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) => step.OnCompleted(continuation);
}

/// <summary>The shared state of an evaluation that did not complete at once.</summary>
internal class StepSource<T>
{
    private T _value = default!;
    private ExceptionDispatchInfo? _error;
    private Action? _continuation;

    public bool IsCompleted { get; private set; }

    public T Result()
    {
        _error?.Throw();
        return _value;
    }

    public void OnCompleted(Action continuation) => _continuation = continuation;

    public void SetResult(T value)
    {
        _value = value;
        Complete();
    }

    public void SetException(Exception exception)
    {
        _error = ExceptionDispatchInfo.Capture(exception);
        Complete();
    }

    private void Complete()
    {
        IsCompleted = true;
        var continuation = _continuation;
        _continuation = null;
        continuation?.Invoke();
    }
}

#pragma warning disable CA1822 // The compiler calls these on an instance.
/// <summary>What the compiler drives: see <see cref="Step{T}"/>.</summary>
internal struct StepBuilder<T>
{
    private StepSource<T>? _source;
    private T _value;

    public readonly Step<T> Task => _source is null ? new Step<T>(_value) : new Step<T>(_source);

    public static StepBuilder<T> Create() => default;

    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
        // Only called for boxed state machines of debug builds, which box themselves through AwaitOnCompleted here.
    }

    public void SetResult(T value)
    {
        if (_source is null)
            _value = value;
        else
            _source.SetResult(value);
    }

    public void SetException(Exception exception)
    {
        _source ??= new StepSource<T>();
        _source.SetException(exception);
    }

    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine => awaiter.OnCompleted(Box(ref stateMachine).MoveNext);

    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine => awaiter.UnsafeOnCompleted(Box(ref stateMachine).MoveNext);

    private StepBox<T, TStateMachine> Box<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
    {
        if (_source is StepBox<T, TStateMachine> known)
            return known;

        // The source must be set before the copy, because this builder is a field of the state machine being copied.
        var box = new StepBox<T, TStateMachine>();
        _source = box;
        box.StateMachine = stateMachine;
        return box;
    }
}
#pragma warning restore CA1822

/// <summary>A suspended evaluation method on the heap.</summary>
internal sealed class StepBox<T, TStateMachine> : StepSource<T>
    where TStateMachine : IAsyncStateMachine
{
    public StepBox()
    {
        MoveNext = () => StateMachine!.MoveNext();
    }

    // A field: the state machine is a struct in release builds and must be advanced in place.
    public TStateMachine? StateMachine;

    public Action MoveNext { get; }
}
