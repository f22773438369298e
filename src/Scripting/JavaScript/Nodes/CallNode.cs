namespace Platform.Scripting.JavaScript;

/// <summary>A call.</summary>
internal sealed class CallNode : Node
{
    private readonly Node _callee;
    private readonly AccessNode? _access;
    private readonly Node[] _args;
    private readonly bool _hasSpread;

    public CallNode(Node callee, Node[] args)
    {
        _callee = callee;
        _access = callee as AccessNode;
        _args = args;
        _hasSpread = args.Any(a => a is SpreadNode);
        Suspends = callee.Suspends || Any(args);
    }

    /// <summary>True for <c>f?.()</c>.</summary>
    public bool IsOptional { get; init; }

    public static (JsValue Function, JsValue Receiver) EvaluateCallee(Node callee, Frame frame)
    {
        if (callee is AccessNode access)
        {
            var function = access.EvaluateWithReceiver(frame, out var receiver);
            return (function, receiver);
        }

        return callee is OptionalChainNode chain ? chain.EvaluateCallee(frame) : (callee.Evaluate(frame), JsValue.Undefined);
    }

    public static async Step<(JsValue Function, JsValue Receiver)> EvaluateCalleeAsync(Node callee, Frame frame)
    {
        if (!callee.Suspends)
            return EvaluateCallee(callee, frame);
        return callee is AccessNode access
            ? await access.EvaluateWithReceiverAsync(frame)
            : (await callee.EvaluateAsync(frame), JsValue.Undefined);
    }

    /// <summary>Calls what the callee evaluated to, or says in the words of the source that it is no function.</summary>
    public static JsValue Invoke(Frame frame, Node callee, JsValue function, JsValue receiver, ReadOnlySpan<JsValue> args)
    {
        if (function.AsFunction() is { } target)
            return target.Call(receiver, args);
        throw JsThrow.Type($"{NodeText.Of(callee)} is not a function");
    }

    public override JsValue Evaluate(Frame frame)
    {
        var realm = frame.Realm;
        JsValue function;
        JsValue receiver;
        if (_access is not null)
            function = _access.EvaluateWithReceiver(frame, out receiver);
        else if (_callee is IdentifierNode name)
            (function, receiver) = (name.Evaluate(frame), default);
        else
            (function, receiver) = EvaluateCallee(_callee, frame);
        if (function.IsHole || (IsOptional && function.IsNullish))
            return JsValue.Hole;
        if (_hasSpread)
            return Apply(frame, function, receiver, Arguments.Spread(frame, _args));
        var start = realm.ArgTop;
        foreach (var arg in _args)
            realm.PushArg(IdentifierNode.Operand(arg, frame));
        var result = Apply(frame, function, receiver, realm.ArgsFrom(start));
        realm.DropArgs(start);
        return result;
    }

    public override async Step<JsValue> EvaluateAsync(Frame frame)
    {
        var (function, receiver) = await EvaluateCalleeAsync(_callee, frame);
        if (function.IsHole || (IsOptional && function.IsNullish))
            return JsValue.Hole;
        var args = await Arguments.EvaluateAsync(frame, _args);
        return Apply(frame, function, receiver, args);
    }

    private JsValue Apply(Frame frame, JsValue function, JsValue receiver, ReadOnlySpan<JsValue> args)
    {
        frame.Position = Position;
        if (function.IsObject && function.Reference is JsScriptFunction script)
            return script.Call(receiver, args);
        return function.IsObject && function.Reference is JsFunction target
            ? target.Call(receiver, args)
            : Invoke(frame, _callee, function, receiver, args);
    }
}

/// <summary>Evaluation of argument lists in the ways that need an array.</summary>
internal static class Arguments
{
    public static JsValue[] Spread(Frame frame, Node[] nodes)
    {
        var args = new List<JsValue>(nodes.Length + 8);
        foreach (var node in nodes)
            Append(frame, args, node, node.Evaluate(frame));
        return [.. args];
    }

    public static async Step<JsValue[]> EvaluateAsync(Frame frame, Node[] nodes)
    {
        var args = new List<JsValue>(nodes.Length);
        foreach (var node in nodes)
            Append(frame, args, node, await node.Step(frame));
        return [.. args];
    }

    private static void Append(Frame frame, List<JsValue> args, Node node, JsValue value)
    {
        if (node is not SpreadNode)
        {
            args.Add(value);
            return;
        }

        frame.Position = node.Position;
        var realm = frame.Realm;
        Iteration.Each(realm, value, item =>
        {
            if (args.Count >= realm.Limits.ArrayLengthMax)
                throw realm.ArrayTooLong(args.Count + 1L);
            realm.Allocate(16);
            args.Add(item);
            return true;
        });
    }
}

/// <summary><c>new X(...)</c>.</summary>
internal sealed class NewNode : Node
{
    private readonly Node _callee;
    private readonly Node[] _args;

    public NewNode(Node callee, Node[] args)
    {
        _callee = callee;
        _args = args;
        Suspends = callee.Suspends || Any(args);
    }

    public override JsValue Evaluate(Frame frame)
    {
        var constructor = _callee.Evaluate(frame);
        return Construct(frame, constructor, Arguments.Spread(frame, _args));
    }

    public override async Step<JsValue> EvaluateAsync(Frame frame)
    {
        var constructor = await _callee.Step(frame);
        return Construct(frame, constructor, await Arguments.EvaluateAsync(frame, _args));
    }

    private JsValue Construct(Frame frame, JsValue constructor, JsValue[] args)
    {
        frame.Position = Position;
        return constructor.AsFunction() is { IsConstructor: true } function
            ? function.Construct(args, function)
            : throw JsThrow.Type($"{NodeText.Of(_callee)} is not a constructor");
    }
}

/// <summary><c>super(...)</c> in a derived constructor or an arrow function inside one.</summary>
internal sealed class SuperCallNode : Node
{
    private readonly IdentifierNode _self;
    private readonly IdentifierNode _function;
    private readonly IdentifierNode _newTarget;
    private readonly Node[] _args;

    public SuperCallNode(IdentifierNode self, IdentifierNode function, IdentifierNode newTarget, Node[] args)
    {
        _self = self;
        _function = function;
        _newTarget = newTarget;
        _args = args;
        Suspends = Any(args);
    }

    public override JsValue Evaluate(Frame frame) => Construct(frame, Arguments.Spread(frame, _args));

    public override async Step<JsValue> EvaluateAsync(Frame frame) => Construct(frame, await Arguments.EvaluateAsync(frame, _args));

    private JsValue Construct(Frame frame, JsValue[] args)
    {
        frame.Position = Position;
        var active = (JsScriptFunction)_function.Evaluate(frame).Object;
        if (active.GetPrototype() is not JsFunction { IsConstructor: true } parent)
            throw JsThrow.Type("Super constructor is not a constructor");
        var instance = parent.Construct(args, _newTarget.Evaluate(frame).Object);
        _self.InitializeThis(frame, instance);
        active.InitializeFields(instance.Object);
        return instance;
    }
}

/// <summary>The end of a chain with <c>?.</c> in it, where a cut-off chain becomes undefined.</summary>
internal sealed class OptionalChainNode : Node
{
    public OptionalChainNode(Node inner)
    {
        Inner = inner;
        Suspends = inner.Suspends;
    }

    public Node Inner { get; }

    public override JsValue Evaluate(Frame frame)
    {
        var value = Inner.Evaluate(frame);
        return value.IsHole ? JsValue.Undefined : value;
    }

    public override async Step<JsValue> EvaluateAsync(Frame frame)
    {
        var value = await Inner.EvaluateAsync(frame);
        return value.IsHole ? JsValue.Undefined : value;
    }

    /// <summary>For <c>(a?.b)()</c>, where the call still gets its receiver.</summary>
    public (JsValue Function, JsValue Receiver) EvaluateCallee(Frame frame)
    {
        var (function, receiver) = CallNode.EvaluateCallee(Inner, frame);
        return (function.IsHole ? JsValue.Undefined : function, receiver);
    }
}

/// <summary>An expression in the words of an error message.</summary>
internal static class NodeText
{
    public static string Of(Node node) => node switch
    {
        IdentifierNode name => name.Name,
        MemberNode member => $"{Of(member.Target)}.{member.Name}",
        IndexNode index => $"{Of(index.Target)}[...]",
        SuperMemberNode => "(intermediate value).super",
        CallNode => "(intermediate value)(...)",
        OptionalChainNode chain => Of(chain.Inner),
        LiteralNode literal => Coerce.Describe(literal.Value),
        StackGuardNode => "(expression)",
        _ => "(intermediate value)",
    };
}
