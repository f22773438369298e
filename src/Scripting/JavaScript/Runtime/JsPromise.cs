namespace Platform.Scripting.JavaScript;

/// <summary>Whether a promise has its result.</summary>
internal enum PromiseState
{
    Pending,
    Fulfilled,
    Rejected,
}

/// <summary>A promise.</summary>
internal sealed class JsPromise : JsObject
{
    private List<(Action<JsValue> Fulfilled, Action<JsValue> Rejected)>? _reactions;
    private bool _isResolved;

    public JsPromise(Realm realm, JsObject? prototype = null)
        : base(realm, prototype ?? realm.PromisePrototype)
    {
    }

    public override string ClassName => "Promise";

    public PromiseState State { get; private set; }

    /// <summary>The value or the reason.</summary>
    public JsValue Result { get; private set; }

    /// <summary>The value as a promise of the run: itself when it is one.</summary>
    public static JsPromise ResolveValue(Realm realm, JsValue value)
    {
        if (value.TryGetObject<JsPromise>(out var known) && ReferenceEquals(known.PrototypeSlot, realm.PromisePrototype))
            return known;
        var promise = new JsPromise(realm);
        promise.Resolve(value);
        return promise;
    }

    /// <summary>Settles the promise, or ties it to another thenable; only the first call counts.</summary>
    public void Resolve(JsValue value)
    {
        if (_isResolved)
            return;
        _isResolved = true;
        if (!value.IsObject)
        {
            Settle(PromiseState.Fulfilled, value);
            return;
        }

        if (ReferenceEquals(value.Object, this))
        {
            Settle(PromiseState.Rejected, Realm.NewError(JsErrorKind.TypeError, "Chaining cycle detected for promise #<Promise>"));
            return;
        }

        JsValue then;
        var state = Realm.Save();
        try
        {
            then = value.Object.Get("then");
        }
        catch (JsThrow error)
        {
            Settle(PromiseState.Rejected, Realm.ValueOf(error));
            Realm.Restore(state);
            return;
        }

        if (then.AsFunction() is not { } function)
        {
            Settle(PromiseState.Fulfilled, value);
            return;
        }

        Realm.EnqueueJob(() => Follow(value, function));
    }

    public void Reject(JsValue reason)
    {
        if (_isResolved)
            return;
        _isResolved = true;
        Settle(PromiseState.Rejected, reason);
    }

    /// <summary>Calls back, as a job, when the promise is settled.</summary>
    public void Observe(Action<JsValue> fulfilled, Action<JsValue> rejected)
    {
        switch (State)
        {
            case PromiseState.Pending:
                (_reactions ??= []).Add((fulfilled, rejected));
                break;
            case PromiseState.Fulfilled:
                Realm.EnqueueJob(() => fulfilled(Result));
                break;
            default:
                Realm.EnqueueJob(() => rejected(Result));
                break;
        }
    }

    /// <summary>The <c>then</c> of the language, settling a capability with what the handlers return.</summary>
    public void Then(JsFunction? onFulfilled, JsFunction? onRejected, PromiseCapability? result) => Observe(
        value => React(onFulfilled, value, result, isRejection: false),
        reason => React(onRejected, reason, result, isRejection: true));

    public override long Trace(MemoryTrace trace)
    {
        trace.Add(Result);
        return base.Trace(trace) + 40 + ((_reactions?.Count ?? 0) * 120L);
    }

    private void React(JsFunction? handler, JsValue argument, PromiseCapability? result, bool isRejection)
    {
        var state = Realm.Save();
        try
        {
            if (handler is null)
            {
                if (isRejection)
                    result?.Reject(argument);
                else
                    result?.Resolve(argument);
                return;
            }

            var value = handler.Call(JsValue.Undefined, [argument]);
            result?.Resolve(value);
        }
        catch (JsThrow error)
        {
            var reason = Realm.ValueOf(error);
            Realm.Restore(state);
            result?.Reject(reason);
        }
    }

    private void Follow(JsValue thenable, JsFunction then)
    {
        var (resolve, reject) = ResolvingFunctions();
        var state = Realm.Save();
        try
        {
            then.Call(thenable, [resolve, reject]);
        }
        catch (JsThrow error)
        {
            var reason = Realm.ValueOf(error);
            Realm.Restore(state);
            reject.Call(JsValue.Undefined, [reason]);
        }
    }

    /// <summary>The pair of functions that a promise's executor receives; together they work once.</summary>
    public (JsFunction Resolve, JsFunction Reject) ResolvingFunctions()
    {
        var called = false;
        var resolve = new JsBuiltinFunction(Realm, "", 1, (_, _, args) =>
        {
            if (called)
                return JsValue.Undefined;
            called = true;
            _isResolved = false;
            Resolve(args.At(0));
            return JsValue.Undefined;
        });
        var reject = new JsBuiltinFunction(Realm, "", 1, (_, _, args) =>
        {
            if (called)
                return JsValue.Undefined;
            called = true;
            _isResolved = false;
            Reject(args.At(0));
            return JsValue.Undefined;
        });
        return (resolve, reject);
    }

    private void Settle(PromiseState state, JsValue result)
    {
        State = state;
        Result = result;
        if (_reactions is not { } reactions)
            return;
        _reactions = null;
        foreach (var (fulfilled, rejected) in reactions)
        {
            var reaction = state == PromiseState.Fulfilled ? fulfilled : rejected;
            Realm.EnqueueJob(() => reaction(result));
        }
    }
}

/// <summary>A promise made by any constructor, with the functions that settle it.</summary>
internal sealed class PromiseCapability
{
    private readonly JsFunction? _resolve;
    private readonly JsFunction? _reject;

    public PromiseCapability(JsPromise promise)
    {
        Promise = promise;
    }

    private PromiseCapability(JsObject promise, JsFunction resolve, JsFunction reject)
    {
        Promise = promise;
        _resolve = resolve;
        _reject = reject;
    }

    public JsObject Promise { get; }

    public static PromiseCapability Create(Realm realm, JsValue constructor)
    {
        if (constructor.IsObject && ReferenceEquals(constructor.Object, realm.ExistingIntrinsic(IntrinsicId.Promise)))
            return new PromiseCapability(new JsPromise(realm));
        var function = Coerce.ToConstructor(constructor);
        JsValue resolve = default;
        JsValue reject = default;
        var executor = new JsBuiltinFunction(realm, "", 2, (_, _, args) =>
        {
            if (!resolve.IsUndefined || !reject.IsUndefined)
                throw JsThrow.Type("Promise executor has already been invoked with non-undefined arguments");
            resolve = args.At(0);
            reject = args.At(1);
            return JsValue.Undefined;
        });
        var promise = function.Construct([executor], function);
        if (resolve.AsFunction() is not { } onResolve || reject.AsFunction() is not { } onReject)
            throw JsThrow.Type("Promise resolve or reject function is not callable");
        return new PromiseCapability(promise.Object, onResolve, onReject);
    }

    public void Resolve(JsValue value)
    {
        if (_resolve is not null)
            _resolve.Call(JsValue.Undefined, [value]);
        else
            ((JsPromise)Promise).Resolve(value);
    }

    public void Reject(JsValue reason)
    {
        if (_reject is not null)
            _reject.Call(JsValue.Undefined, [reason]);
        else
            ((JsPromise)Promise).Reject(reason);
    }
}

/// <summary>Reading arguments that may be missing.</summary>
internal static class ArgumentAccess
{
    public static JsValue At(this ReadOnlySpan<JsValue> args, int index) => index < args.Length ? args[index] : JsValue.Undefined;

    public static string TextAt(this ReadOnlySpan<JsValue> args, int index) => Coerce.ToText(args.At(index));

    public static double NumberAt(this ReadOnlySpan<JsValue> args, int index) => Coerce.ToNumber(args.At(index));

    public static double IntegerAt(this ReadOnlySpan<JsValue> args, int index) => Coerce.ToInteger(args.At(index));
}
