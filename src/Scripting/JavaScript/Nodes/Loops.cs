using System.Runtime.CompilerServices;

namespace Platform.Scripting.JavaScript;

/// <summary>A loop: knows its labels and what a break or continue in its body means.</summary>
internal abstract class LoopStatement(Statement body, string[] labels) : Statement
{
    protected Statement Body { get; } = body;

    /// <summary>True when the loop goes on; otherwise <paramref name="completion"/> is how it ends.</summary>
    protected bool GoesOn(Frame frame, ref Completion completion)
    {
        switch (completion)
        {
            case Completion.Normal:
                return true;
            case Completion.Continue when IsOurs(frame):
                frame.Label = null;
                completion = Completion.Normal;
                return true;
            case Completion.Break when IsOurs(frame):
                frame.Label = null;
                completion = Completion.Normal;
                return false;
            default:
                return false;
        }
    }

    private bool IsOurs(Frame frame) => frame.Label is null || Array.IndexOf(labels, frame.Label) >= 0;
}

/// <summary><c>while</c> and <c>do ... while</c>.</summary>
internal sealed class WhileStatement : LoopStatement
{
    private readonly Node _test;
    private readonly bool _bodyFirst;

    public WhileStatement(Node test, Statement body, bool bodyFirst, string[] labels)
        : base(body, labels)
    {
        _test = test;
        _bodyFirst = bodyFirst;
        Suspends = test.Suspends || body.Suspends;
    }

    // A loop that runs long would otherwise stay in the form that was compiled in a hurry when it began.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override Completion Execute(Frame frame)
    {
        frame.LastValue = default;
        var skipTest = _bodyFirst;
        while (skipTest || _test.Test(frame))
        {
            skipTest = false;
            frame.Realm.Step();
            var completion = Body.Execute(frame);
            if (completion != Completion.Normal && !GoesOn(frame, ref completion))
                return completion;
        }

        return Completion.Normal;
    }

    public override async Step<Completion> ExecuteAsync(Frame frame)
    {
        frame.LastValue = default;
        var skipTest = _bodyFirst;
        while (skipTest || Coerce.ToBoolean(await _test.Step(frame)))
        {
            skipTest = false;
            frame.Realm.Step();
            var completion = await Body.Step(frame);
            if (completion != Completion.Normal && !GoesOn(frame, ref completion))
                return completion;
        }

        return Completion.Normal;
    }
}

/// <summary><c>for (init; test; update)</c>. Captured loop variables are fresh in every iteration.</summary>
internal sealed class ForStatement : LoopStatement
{
    private readonly Statement? _init;
    private readonly Node? _test;
    private readonly Node? _update;
    private readonly Scope _scope;

    // Nearly every loop compares and counts: known types are called directly.
    private readonly CompareNode? _comparison;
    private readonly UpdateNode? _counting;

    public ForStatement(Statement? init, Node? test, Node? update, Statement body, Scope scope, string[] labels)
        : base(body, labels)
    {
        _init = init;
        _test = test;
        _comparison = test as CompareNode;
        _update = update;
        _counting = update as UpdateNode;
        _scope = scope;
        Suspends = init is { Suspends: true } || test is { Suspends: true } || update is { Suspends: true } || body.Suspends;
    }

    // As in the loop above.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override Completion Execute(Frame frame)
    {
        frame.LastValue = default;
        if (_scope.HasEntry)
            _scope.Enter(frame);
        _init?.Execute(frame);
        var renews = _scope.BoxedSlots.Length > 0;
        var realm = frame.Realm;
        while (_comparison is not null ? _comparison.Holds(frame) : _test is null || _test.Test(frame))
        {
            realm.Step();
            var completion = Body.Execute(frame);
            if (completion != Completion.Normal && !GoesOn(frame, ref completion))
                return completion;
            if (renews)
                _scope.Renew(frame);
            if (_counting is not null)
                _counting.Count(frame);
            else
                _update?.Evaluate(frame);
        }

        return Completion.Normal;
    }

    public override async Step<Completion> ExecuteAsync(Frame frame)
    {
        frame.LastValue = default;
        _scope.Enter(frame);
        if (_init is not null)
            await _init.Step(frame);
        while (_test is null || Coerce.ToBoolean(await _test.Step(frame)))
        {
            frame.Realm.Step();
            var completion = await Body.Step(frame);
            if (completion != Completion.Normal && !GoesOn(frame, ref completion))
                return completion;
            _scope.Renew(frame);
            if (_update is not null)
                await _update.Step(frame);
        }

        return Completion.Normal;
    }
}

/// <summary><c>for (x in object)</c>.</summary>
internal sealed class ForInStatement : LoopStatement
{
    private readonly TargetNode _target;
    private readonly bool _declares;
    private readonly Node _source;
    private readonly Scope _scope;

    public ForInStatement(TargetNode target, bool declares, Node source, Statement body, Scope scope, string[] labels)
        : base(body, labels)
    {
        _target = target;
        _declares = declares;
        _source = source;
        _scope = scope;
        Suspends = target.Suspends || source.Suspends || body.Suspends;
    }

    public override Completion Execute(Frame frame)
    {
        frame.LastValue = default;
        if (_scope.HasEntry)
            _scope.Enter(frame);
        foreach (var key in Keys(frame, _source.Evaluate(frame)))
        {
            frame.Realm.Step();
            if (_scope.HasEntry)
                _scope.Enter(frame);
            _target.Store(frame, key, _declares);
            var completion = Body.Execute(frame);
            if (completion != Completion.Normal && !GoesOn(frame, ref completion))
                return completion;
        }

        return Completion.Normal;
    }

    public override async Step<Completion> ExecuteAsync(Frame frame)
    {
        frame.LastValue = default;
        _scope.Enter(frame);
        foreach (var key in Keys(frame, await _source.Step(frame)))
        {
            frame.Realm.Step();
            _scope.Enter(frame);
            await _target.StoreAsync(frame, key, _declares);
            var completion = await Body.Step(frame);
            if (completion != Completion.Normal && !GoesOn(frame, ref completion))
                return completion;
        }

        return Completion.Normal;
    }

    // Names of the object and its prototypes, each once, skipping what was deleted on the way.
    private IEnumerable<JsValue> Keys(Frame frame, JsValue source)
    {
        if (source.IsNullish)
            yield break;
        frame.Position = Position;
        var seen = new HashSet<PropertyKey>();
        for (var holder = Coerce.ToObject(frame.Realm, source); holder is not null; holder = holder.GetPrototype())
        {
            frame.Realm.Step();
            foreach (var key in holder.OwnKeys())
            {
                if (key.IsSymbol || !holder.TryGetOwn(key, out var slot) || !seen.Add(key) || !slot.Enumerable)
                    continue;
                yield return key.ToValue();
            }
        }
    }
}

/// <summary><c>for (x of iterable)</c> and <c>for await</c>.</summary>
internal sealed class ForOfStatement : LoopStatement
{
    private readonly TargetNode _target;
    private readonly bool _declares;
    private readonly Node _source;
    private readonly Scope _scope;
    private readonly bool _isAwait;

    public ForOfStatement(TargetNode target, bool declares, Node source, Statement body, Scope scope, bool isAwait, string[] labels)
        : base(body, labels)
    {
        _target = target;
        _declares = declares;
        _source = source;
        _scope = scope;
        _isAwait = isAwait;
        Suspends = isAwait || target.Suspends || source.Suspends || body.Suspends;
    }

    // As in the loops above.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override Completion Execute(Frame frame)
    {
        frame.LastValue = default;
        if (_scope.HasEntry)
            _scope.Enter(frame);
        var source = _source.Evaluate(frame);
        frame.Position = Position;
        var iterator = Iteration.Start(frame.Realm, source);
        try
        {
            for (var item = iterator.Next(); !item.IsHole; item = iterator.Next())
            {
                frame.Realm.Step();
                if (_scope.HasEntry)
                    _scope.Enter(frame);
                _target.Store(frame, item, _declares);
                var completion = Body.Execute(frame);
                if (GoesOn(frame, ref completion))
                    continue;
                Close(frame, iterator);
                return completion;
            }
        }
        catch (JsThrow error) when (!iterator.IsDone)
        {
            frame.Realm.Fix(error);
            iterator.CloseQuietly();
            throw;
        }

        return Completion.Normal;
    }

    public override Step<Completion> ExecuteAsync(Frame frame) => _isAwait ? ExecuteAwaiting(frame) : ExecuteResumable(frame);

    private async Step<Completion> ExecuteResumable(Frame frame)
    {
        frame.LastValue = default;
        _scope.Enter(frame);
        var source = await _source.Step(frame);
        frame.Position = Position;
        var iterator = Iteration.Start(frame.Realm, source);
        try
        {
            for (var item = iterator.Next(); !item.IsHole; item = iterator.Next())
            {
                frame.Realm.Step();
                _scope.Enter(frame);
                await _target.StoreAsync(frame, item, _declares);
                var completion = await Body.Step(frame);
                if (GoesOn(frame, ref completion))
                    continue;
                Close(frame, iterator);
                return completion;
            }
        }
        catch (Exception exception) when (exception is JsThrow or GeneratorReturn && !iterator.IsDone)
        {
            frame.Realm.Fix(exception);
            if (exception is GeneratorReturn)
                iterator.Close();
            else
                iterator.CloseQuietly();
            throw;
        }

        return Completion.Normal;
    }

    private async Step<Completion> ExecuteAwaiting(Frame frame)
    {
        frame.LastValue = default;
        _scope.Enter(frame);
        var source = await _source.Step(frame);
        frame.Position = Position;
        var coroutine = frame.Coroutine!;
        var iterator = Iteration.GetAsyncIterator(frame.Realm, source);
        var next = Coerce.ToFunction(iterator.Get("next"));
        while (true)
        {
            frame.Realm.Step();
            var result = await coroutine.Await(next.Call(iterator, []));
            if (!result.IsObject)
                throw JsThrow.Type($"Iterator result {Coerce.Describe(result)} is not an object");
            if (Coerce.ToBoolean(result.Object.Get("done")))
                return Completion.Normal;
            var item = result.Object.Get("value");
            Completion completion;
            try
            {
                _scope.Enter(frame);
                await _target.StoreAsync(frame, item, _declares);
                completion = await Body.Step(frame);
            }
            catch (Exception exception) when (exception is JsThrow or GeneratorReturn)
            {
                frame.Realm.Fix(exception);
                await CloseAsync(coroutine, iterator, quietly: exception is JsThrow);
                throw;
            }

            if (GoesOn(frame, ref completion))
                continue;
            var kept = frame.Result;
            await CloseAsync(coroutine, iterator, quietly: false);
            frame.Result = kept;
            return completion;
        }
    }

    private static async Step<JsValue> CloseAsync(Coroutine coroutine, JsObject iterator, bool quietly)
    {
        try
        {
            if (iterator.GetMethod(PropertyKey.Named("return")) is { } method)
                return await coroutine.Await(method.Call(iterator, []));
        }
        catch (JsThrow) when (quietly)
        {
            // The error that ended the loop is the one to report.
        }

        return JsValue.Undefined;
    }

    // Closing may run script code, which must not disturb the value being returned.
    private static void Close(Frame frame, LoopIterator iterator)
    {
        var kept = frame.Result;
        iterator.Close();
        frame.Result = kept;
    }
}
