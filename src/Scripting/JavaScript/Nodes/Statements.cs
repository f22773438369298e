namespace Platform.Scripting.JavaScript;

/// <summary>An expression as a statement. In the outermost code of a script its value is remembered as the script's.</summary>
internal sealed class ExpressionStatement : Statement
{
    private readonly Node _expression;
    public ExpressionStatement(Node expression, bool isScriptCode)
    {
        _expression = expression;
        KeepsValue = isScriptCode;
        Suspends = expression.Suspends;
    }

    /// <summary>Whether the value may be the value of the script. The parser clears it where another statement always gives it.</summary>
    public bool KeepsValue { get; set; }

    public override Completion Execute(Frame frame)
    {
        var value = _expression.Evaluate(frame);
        if (KeepsValue)
            frame.LastValue = value;
        return Completion.Normal;
    }

    public override async Step<Completion> ExecuteAsync(Frame frame)
    {
        var value = await _expression.EvaluateAsync(frame);
        if (KeepsValue)
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
