namespace Platform.Scripting.JavaScript;

/// <summary>An expression as a statement. In the outermost code of a script its value is remembered as the script's.</summary>
internal sealed class ExpressionStatement : Statement
{
    private readonly Node _expression;
    private readonly bool _isScriptCode;

    public ExpressionStatement(Node expression, bool isScriptCode)
    {
        _expression = expression;
        _isScriptCode = isScriptCode;
        Suspends = expression.Suspends;
    }

    public override Completion Execute(Frame frame)
    {
        var value = _expression.Evaluate(frame);
        if (_isScriptCode)
            frame.LastValue = value;
        return Completion.Normal;
    }

    public override async Step<Completion> ExecuteAsync(Frame frame)
    {
        var value = await _expression.EvaluateAsync(frame);
        if (_isScriptCode)
            frame.LastValue = value;
        return Completion.Normal;
    }
}

/// <summary>A statement that does nothing: an empty one, or a declaration that was hoisted.</summary>
internal sealed class EmptyStatement : Statement
{
    public override Completion Execute(Frame frame) => Completion.Normal;
}

/// <summary>One declared variable or pattern with its first value.</summary>
internal sealed class DeclarationStatement : Statement
{
    private readonly (TargetNode Target, Node? Value)[] _declarations;
    private readonly bool _isVar;

    public DeclarationStatement((TargetNode Target, Node? Value)[] declarations, bool isVar)
    {
        _declarations = declarations;
        _isVar = isVar;
        Suspends = declarations.Any(d => d.Target.Suspends || d.Value is { Suspends: true });
    }

    public override Completion Execute(Frame frame)
    {
        foreach (var (target, value) in _declarations)
        {
            if (value is not null)
                target.Store(frame, Named(frame, target, value), initialize: true);
            else if (!_isVar)
                target.Store(frame, JsValue.Undefined, initialize: true);
        }

        return Completion.Normal;
    }

    public override async Step<Completion> ExecuteAsync(Frame frame)
    {
        foreach (var (target, value) in _declarations)
        {
            if (value is not null)
                await target.StoreAsync(frame, value.Suspends ? await value.EvaluateAsync(frame) : Named(frame, target, value), initialize: true);
            else if (!_isVar)
                target.Store(frame, JsValue.Undefined, initialize: true);
        }

        return Completion.Normal;
    }

    private static JsValue Named(Frame frame, TargetNode target, Node value) => target is IdentifierNode name && value.IsAnonymousFunction
        ? value.EvaluateNamed(frame, PropertyKey.Named(name.Name))
        : value.Evaluate(frame);
}

/// <summary>Statements in braces, with the scope of what they declare.</summary>
internal sealed class BlockStatement : Statement
{
    private readonly Statement[] _statements;
    private readonly Scope _scope;

    public BlockStatement(Statement[] statements, Scope scope)
    {
        _statements = statements;
        _scope = scope;
        Suspends = statements.Any(s => s.Suspends);
    }

    public override Completion Execute(Frame frame)
    {
        if (_scope.HasEntry)
            _scope.Enter(frame);
        foreach (var statement in _statements)
        {
            var completion = statement.Execute(frame);
            if (completion != Completion.Normal)
                return completion;
        }

        return Completion.Normal;
    }

    public override async Step<Completion> ExecuteAsync(Frame frame)
    {
        if (_scope.HasEntry)
            _scope.Enter(frame);
        foreach (var statement in _statements)
        {
            var completion = await statement.Step(frame);
            if (completion != Completion.Normal)
                return completion;
        }

        return Completion.Normal;
    }
}

/// <summary><c>if</c> with its optional <c>else</c>.</summary>
internal sealed class IfStatement : Statement
{
    private readonly Node _test;
    private readonly Statement _then;
    private readonly Statement? _otherwise;

    public IfStatement(Node test, Statement then, Statement? otherwise)
    {
        _test = test;
        _then = then;
        _otherwise = otherwise;
        Suspends = test.Suspends || then.Suspends || otherwise is { Suspends: true };
    }

    public override Completion Execute(Frame frame)
    {
        if (_test.Test(frame))
        {
            frame.LastValue = default;
            return _then.Execute(frame);
        }

        frame.LastValue = default;
        return _otherwise is null ? Completion.Normal : _otherwise.Execute(frame);
    }

    public override async Step<Completion> ExecuteAsync(Frame frame)
    {
        var test = Coerce.ToBoolean(await _test.Step(frame));
        frame.LastValue = default;
        if (test)
            return await _then.Step(frame);
        return _otherwise is null ? Completion.Normal : await _otherwise.Step(frame);
    }
}

/// <summary><c>return</c>.</summary>
internal sealed class ReturnStatement : Statement
{
    private readonly Node? _value;

    public ReturnStatement(Node? value)
    {
        _value = value;
        Suspends = value is { Suspends: true };
    }

    public override Completion Execute(Frame frame)
    {
        frame.Result = _value is null ? JsValue.Undefined : _value.Evaluate(frame);
        return Completion.Return;
    }

    public override async Step<Completion> ExecuteAsync(Frame frame)
    {
        var value = await _value!.EvaluateAsync(frame);
        if (frame.Coroutine is { IsAsyncGenerator: true } coroutine)
            value = await coroutine.Await(value);
        frame.Result = value;
        return Completion.Return;
    }

    /// <summary>The return of an async generator, which awaits its value.</summary>
    public static ReturnStatement Awaiting(Node value, int position) => new(value) { Position = position, Suspends = true };
}

/// <summary><c>throw</c>.</summary>
internal sealed class ThrowStatement : Statement
{
    private readonly Node _value;

    public ThrowStatement(Node value)
    {
        _value = value;
        Suspends = value.Suspends;
    }

    public override Completion Execute(Frame frame)
    {
        var value = _value.Evaluate(frame);
        frame.Position = Position;
        throw new JsThrow(value) { Position = Position };
    }

    public override async Step<Completion> ExecuteAsync(Frame frame)
    {
        var value = await _value.EvaluateAsync(frame);
        frame.Position = Position;
        throw new JsThrow(value) { Position = Position };
    }
}

/// <summary><c>break</c> and <c>continue</c>, with or without a label.</summary>
internal sealed class JumpStatement(Completion completion, string? label) : Statement
{
    public override Completion Execute(Frame frame)
    {
        frame.Label = label;
        return completion;
    }
}

/// <summary>A labelled statement that is not a loop; loops know their labels themselves.</summary>
internal sealed class LabelledStatement : Statement
{
    private readonly string _label;
    private readonly Statement _body;

    public LabelledStatement(string label, Statement body)
    {
        _label = label;
        _body = body;
        Suspends = body.Suspends;
    }

    public override Completion Execute(Frame frame) => After(frame, _body.Execute(frame));

    public override async Step<Completion> ExecuteAsync(Frame frame) => After(frame, await _body.ExecuteAsync(frame));

    private Completion After(Frame frame, Completion completion)
    {
        if (completion != Completion.Break || frame.Label != _label)
            return completion;
        frame.Label = null;
        return Completion.Normal;
    }
}

/// <summary><c>switch</c>.</summary>
internal sealed class SwitchStatement : Statement
{
    private readonly Node _subject;
    private readonly (Node? Test, Statement[] Body)[] _cases;
    private readonly Scope _scope;

    public SwitchStatement(Node subject, (Node? Test, Statement[] Body)[] cases, Scope scope)
    {
        _subject = subject;
        _cases = cases;
        _scope = scope;
        Suspends = subject.Suspends || cases.Any(c => c.Test is { Suspends: true } || c.Body.Any(s => s.Suspends));
    }

    public override Completion Execute(Frame frame)
    {
        var subject = _subject.Evaluate(frame);
        frame.LastValue = default;
        _scope.Enter(frame);
        var start = -1;
        for (var i = 0; i < _cases.Length && start < 0; i++)
        {
            if (_cases[i].Test is { } test && Operators.StrictEquals(subject, test.Evaluate(frame)))
                start = i;
        }

        for (var i = start < 0 ? DefaultIndex() : start; i < _cases.Length; i++)
        {
            foreach (var statement in _cases[i].Body)
            {
                var completion = statement.Execute(frame);
                if (completion != Completion.Normal)
                    return Leave(frame, completion);
            }
        }

        return Completion.Normal;
    }

    public override async Step<Completion> ExecuteAsync(Frame frame)
    {
        var subject = await _subject.Step(frame);
        frame.LastValue = default;
        _scope.Enter(frame);
        var start = -1;
        for (var i = 0; i < _cases.Length && start < 0; i++)
        {
            if (_cases[i].Test is { } test && Operators.StrictEquals(subject, await test.Step(frame)))
                start = i;
        }

        for (var i = start < 0 ? DefaultIndex() : start; i < _cases.Length; i++)
        {
            foreach (var statement in _cases[i].Body)
            {
                var completion = await statement.Step(frame);
                if (completion != Completion.Normal)
                    return Leave(frame, completion);
            }
        }

        return Completion.Normal;
    }

    private static Completion Leave(Frame frame, Completion completion) =>
        completion == Completion.Break && frame.Label is null ? Completion.Normal : completion;

    private int DefaultIndex()
    {
        var index = Array.FindIndex(_cases, c => c.Test is null);
        return index < 0 ? _cases.Length : index;
    }
}

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
