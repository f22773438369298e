namespace Platform.Scripting.JavaScript;

/// <summary>What calling a generator function returns.</summary>
internal sealed class JsGenerator(Realm realm, JsObject prototype, Coroutine coroutine) : JsObject(realm, prototype)
{
    private bool _isFinished;

    public override string ClassName => "Generator";

    public JsValue Resume(ResumeMode mode, JsValue value)
    {
        if (coroutine.IsRunning)
            throw JsThrow.Type("Generator is already running");
        if (!coroutine.IsStarted && mode != ResumeMode.Next)
            _isFinished = true;
        if (_isFinished)
        {
            return mode switch
            {
                ResumeMode.Throw => throw new JsThrow(value),
                ResumeMode.Return => Iteration.Result(Realm, value, done: true),
                _ => Iteration.Result(Realm, JsValue.Undefined, done: true),
            };
        }

        coroutine.Resume(mode, value);
        if (!coroutine.IsDone)
            return coroutine.YieldedResult ? coroutine.Yielded : Iteration.Result(Realm, coroutine.Yielded, done: false);
        _isFinished = true;
        return Iteration.Result(Realm, coroutine.Result(), done: true);
    }

    public override long Trace(MemoryTrace trace)
    {
        if (!_isFinished)
            trace.Add(coroutine.Frame);
        return base.Trace(trace) + 200;
    }
}

/// <summary>What calling an async generator function returns: requests queue up while the body awaits.</summary>
internal sealed class JsAsyncGenerator : JsObject
{
    private readonly Coroutine _coroutine;
    private readonly Queue<(ResumeMode Mode, JsValue Value, JsPromise Promise)> _requests = new();
    private bool _isFinished;
    private bool _isBusy;

    public JsAsyncGenerator(Realm realm, JsObject prototype, Coroutine coroutine)
        : base(realm, prototype)
    {
        _coroutine = coroutine;
        coroutine.OnPaused = Paused;
    }

    public override string ClassName => "AsyncGenerator";

    public JsPromise Request(ResumeMode mode, JsValue value)
    {
        var promise = new JsPromise(Realm);
        _requests.Enqueue((mode, value, promise));
        Realm.Allocate(64);
        if (!_isBusy)
            Pump();
        return promise;
    }

    public override long Trace(MemoryTrace trace)
    {
        if (!_isFinished)
            trace.Add(_coroutine.Frame);
        return base.Trace(trace) + 200 + (_requests.Count * 64L);
    }

    private void Pump()
    {
        while (!_isBusy && _requests.TryPeek(out var request))
        {
            Realm.Step();
            if (!_coroutine.IsStarted && request.Mode != ResumeMode.Next)
                _isFinished = true;
            if (!_isFinished)
            {
                _isBusy = true;
                _coroutine.Resume(request.Mode, request.Value);
            }
            else if (request.Mode == ResumeMode.Return)
            {
                AwaitReturn(request.Value);
            }
            else
            {
                _requests.Dequeue();
                if (request.Mode == ResumeMode.Throw)
                    request.Promise.Reject(request.Value);
                else
                    request.Promise.Resolve(Iteration.Result(Realm, JsValue.Undefined, done: true));
            }
        }
    }

    private void AwaitReturn(JsValue value)
    {
        _isBusy = true;
        JsPromise.ResolveValue(Realm, value).Observe(
            result => Answer(p => p.Resolve(Iteration.Result(Realm, result, done: true))),
            reason => Answer(p => p.Reject(reason)));
    }

    private void Paused(Coroutine coroutine)
    {
        if (coroutine.IsDone)
        {
            _isFinished = true;
            try
            {
                var result = coroutine.Result();
                Answer(p => p.Resolve(Iteration.Result(Realm, result, done: true)));
            }
            catch (JsThrow error)
            {
                var reason = Realm.ValueOf(error);
                Answer(p => p.Reject(reason));
            }
        }
        else if (coroutine.IsAtYield)
        {
            Answer(p => p.Resolve(Iteration.Result(Realm, coroutine.Yielded, done: false)));
        }
    }

    private void Answer(Action<JsPromise> settle)
    {
        var (_, _, promise) = _requests.Dequeue();
        settle(promise);
        _isBusy = false;
        Pump();
    }
}

/// <summary>A synchronous iterator seen through the asynchronous protocol.</summary>
internal sealed class JsAsyncFromSyncIterator(Realm realm, JsObject inner)
    : JsObject(realm, realm.Intrinsic(IntrinsicId.AsyncFromSyncIteratorPrototype))
{
    public JsValue Step(string method, JsValue value)
    {
        var promise = new JsPromise(Realm);
        var state = Realm.Save();
        try
        {
            var function = inner.GetMethod(PropertyKey.Named(method));
            if (function is null)
            {
                if (method == "throw")
                    throw JsThrow.Type("The iterator does not provide a 'throw' method");
                promise.Resolve(Iteration.Result(Realm, value, done: true));
                return promise;
            }

            var result = function.Call(inner, [value]);
            if (!result.IsObject)
                throw JsThrow.Type($"Iterator result {Coerce.Describe(result)} is not an object");
            var done = Coerce.ToBoolean(result.Object.Get("done"));
            JsPromise.ResolveValue(Realm, result.Object.Get("value")).Observe(
                item => promise.Resolve(Iteration.Result(Realm, item, done)),
                promise.Reject);
        }
        catch (JsThrow error)
        {
            var reason = Realm.ValueOf(error);
            Realm.Restore(state);
            promise.Reject(reason);
        }

        return promise;
    }
}
