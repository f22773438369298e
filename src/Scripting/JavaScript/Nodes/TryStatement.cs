namespace Platform.Scripting.JavaScript;

/// <summary><c>try</c> with <c>catch</c>, <c>finally</c> or both.</summary>
internal sealed class TryStatement : Statement
{
    private readonly Statement _body;
    private readonly Statement? _handler;
    private readonly TargetNode? _parameter;
    private readonly Scope? _handlerScope;
    private readonly Statement? _finalizer;

    public TryStatement(Statement body, Statement? handler, TargetNode? parameter, Scope? handlerScope, Statement? finalizer)
    {
        _body = body;
        _handler = handler;
        _parameter = parameter;
        _handlerScope = handlerScope;
        _finalizer = finalizer;
        Suspends = body.Suspends || handler is { Suspends: true } || parameter is { Suspends: true } || finalizer is { Suspends: true };
    }

    public override Completion Execute(Frame frame)
    {
        frame.LastValue = default;
        if (_finalizer is null)
            return Guarded(frame);
        var state = frame.Realm.Save();
        Completion completion;
        try
        {
            completion = Guarded(frame);
        }
        catch (Exception exception) when (exception is JsThrow or GeneratorReturn)
        {
            frame.Realm.Fix(exception);
            frame.Realm.Restore(state);
            var end = _finalizer.Execute(frame);
            if (end != Completion.Normal)
                return end;
            throw;
        }

        var (result, label, last) = (frame.Result, frame.Label, frame.LastValue);
        var final = _finalizer.Execute(frame);
        if (final != Completion.Normal)
            return final;
        (frame.Result, frame.Label, frame.LastValue) = (result, label, last);
        return completion;
    }

    public override async Step<Completion> ExecuteAsync(Frame frame)
    {
        frame.LastValue = default;
        if (_finalizer is null)
            return await GuardedAsync(frame);
        Completion completion;
        try
        {
            completion = await GuardedAsync(frame);
        }
        catch (Exception exception) when (exception is JsThrow or GeneratorReturn)
        {
            frame.Realm.Fix(exception);
            frame.Realm.RestoreIn(frame);
            var end = await _finalizer.Step(frame);
            if (end != Completion.Normal)
                return end;
            throw;
        }

        var (result, label, last) = (frame.Result, frame.Label, frame.LastValue);
        var final = await _finalizer.Step(frame);
        if (final != Completion.Normal)
            return final;
        (frame.Result, frame.Label, frame.LastValue) = (result, label, last);
        return completion;
    }

    private Completion Guarded(Frame frame)
    {
        if (_handler is null)
            return _body.Execute(frame);
        var state = frame.Realm.Save();
        JsValue error;
        try
        {
            return _body.Execute(frame);
        }
        catch (JsThrow thrown)
        {
            error = frame.Realm.ValueOf(thrown);
            frame.Realm.Restore(state);
        }

        frame.LastValue = default;
        _handlerScope!.Enter(frame);
        _parameter?.Store(frame, error, initialize: true);
        return _handler.Execute(frame);
    }

    private async Step<Completion> GuardedAsync(Frame frame)
    {
        if (_handler is null)
            return await _body.Step(frame);
        JsValue error;
        try
        {
            return await _body.Step(frame);
        }
        catch (JsThrow thrown)
        {
            error = frame.Realm.ValueOf(thrown);
            frame.Realm.RestoreIn(frame);
        }

        frame.LastValue = default;
        _handlerScope!.Enter(frame);
        if (_parameter is not null)
            await _parameter.StoreAsync(frame, error, initialize: true);
        return await _handler.Step(frame);
    }
}
