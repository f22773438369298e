using System.Runtime.CompilerServices;

namespace Platform.Scripting.JavaScript;

/// <summary>How a suspended function goes on.</summary>
internal enum ResumeMode
{
    Next,
    Throw,
    Return,
}

/// <summary>The execution of one generator or async function, which can stop at <c>yield</c> and <c>await</c> and go on later.</summary>
internal sealed class Coroutine(Realm realm, Frame frame, FunctionCode code) : INotifyCompletion
{
    private Action? _continuation;
    private Step<JsValue> _body;
    private bool _isStarted;
    private ResumeMode _mode;
    private JsValue _sent;

    public bool IsAsyncGenerator => code is { IsAsync: true, IsGenerator: true };

    public bool IsStarted => _isStarted;

    public bool IsRunning { get; private set; }

    /// <summary>True when the last suspension was a yield and not an await.</summary>
    public bool IsAtYield { get; private set; }

    /// <summary>What the last yield gave out.</summary>
    public JsValue Yielded { get; private set; }

    /// <summary>True when what was yielded is a whole iterator result, as <c>yield*</c> passes on.</summary>
    public bool YieldedResult { get; private set; }

    /// <summary>Called when the coroutine stops running, for the kinds that run detached from a caller.</summary>
    public Action<Coroutine>? OnPaused { get; set; }

    public Frame Frame => frame;

    public bool IsDone => _isStarted && !IsRunning && _body.IsCompleted;

    // The awaiter of the compiler's pattern: never completed at once, so every yield and await suspends.
    public bool IsCompleted => false;

    public static JsValue StartFunction(JsScriptFunction function, JsValue thisValue, ReadOnlySpan<JsValue> args)
    {
        var realm = function.Realm;
        var code = function.Code;
        var frame = new Frame(realm) { Slots = new JsValue[code.SlotCount] };
        var coroutine = new Coroutine(realm, frame, code);
        frame.Coroutine = coroutine;
        realm.Allocate(200 + (code.SlotCount * 16));
        if (!code.IsAsync)
        {
            PrepareIn(realm, function, frame, thisValue, args);
            return new JsGenerator(realm, Realm.PrototypeFrom(function, realm.GeneratorPrototype), coroutine);
        }

        if (code.IsGenerator)
        {
            PrepareIn(realm, function, frame, thisValue, args);
            return new JsAsyncGenerator(realm, Realm.PrototypeFrom(function, realm.AsyncGeneratorPrototype), coroutine);
        }

        var promise = new JsPromise(realm);
        try
        {
            PrepareIn(realm, function, frame, thisValue, args);
        }
        catch (JsThrow error)
        {
            promise.Reject(realm.ValueOf(error));
            return promise;
        }

        coroutine.RunAsync(promise);
        return promise;
    }

    /// <summary>Runs as an async function whose end settles a promise.</summary>
    public void RunAsync(JsPromise promise)
    {
        OnPaused = self =>
        {
            if (!self.IsDone)
                return;
            try
            {
                promise.Resolve(self.Result());
            }
            catch (JsThrow error)
            {
                promise.Reject(realm.ValueOf(error));
            }
        };
        Resume(ResumeMode.Next, JsValue.Undefined);
    }

    public Coroutine GetAwaiter() => this;

    public Coroutine Yield(JsValue value)
    {
        IsAtYield = true;
        Yielded = value;
        YieldedResult = false;
        return this;
    }

    /// <summary>Yields an iterator result object as it is.</summary>
    public Coroutine YieldResult(JsValue result)
    {
        _ = Yield(result);
        YieldedResult = true;
        return this;
    }

    public Coroutine Await(JsValue value)
    {
        IsAtYield = false;
        var promise = JsPromise.ResolveValue(realm, value);
        realm.NoteSuspended(this);
        promise.Observe(
            result => Resume(ResumeMode.Next, result),
            error => Resume(ResumeMode.Throw, error));
        return this;
    }

    public void OnCompleted(Action continuation) => _continuation = continuation;

    public JsValue GetResult() => _mode switch
    {
        ResumeMode.Next => _sent,
        ResumeMode.Throw => throw new JsThrow(_sent),
        _ => throw new GeneratorReturn(_sent),
    };

    /// <summary>Goes on until the next suspension or the end.</summary>
    public void Resume(ResumeMode mode, JsValue value)
    {
        var caller = realm.EnterCoroutine(frame);
        realm.NoteResumed(this);
        _mode = mode;
        _sent = value;
        IsRunning = true;
        if (_isStarted)
        {
            var continuation = _continuation!;
            _continuation = null;
            continuation();
        }
        else
        {
            _isStarted = true;
            _body = RunBody();
        }

        IsRunning = false;
        realm.LeaveCoroutine(caller);
        OnPaused?.Invoke(this);
    }

    /// <summary>The value that the body returned; throws what it threw.</summary>
    public JsValue Result()
    {
        try
        {
            return _body.Result();
        }
        catch (GeneratorReturn returned)
        {
            return returned.Value;
        }
    }

    private static void PrepareIn(Realm realm, JsScriptFunction function, Frame frame, JsValue thisValue, ReadOnlySpan<JsValue> args)
    {
        var caller = realm.EnterCoroutine(frame);
        function.Prepare(frame, thisValue, JsValue.Undefined, args);
        realm.LeaveCoroutine(caller);
    }

    private async Step<JsValue> RunBody()
    {
        if (code.Expression is { } expression)
            return await expression.Step(frame);
        foreach (var statement in code.Body)
        {
            if (await statement.Step(frame) == Completion.Return)
                return frame.Result;
        }

        return code.IsScript ? frame.LastValue : JsValue.Undefined;
    }
}
