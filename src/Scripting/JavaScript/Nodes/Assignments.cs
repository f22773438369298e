namespace Platform.Scripting.JavaScript;

/// <summary><c>target = value</c>.</summary>
internal sealed class AssignNode : Node
{
    private readonly TargetNode _target;
    private readonly Node _value;

    public AssignNode(TargetNode target, Node value)
    {
        _target = target;
        _value = value;
        Suspends = target.Suspends || value.Suspends;
    }

    public TargetNode Target => _target;

    public Node Value => _value;

    public override JsValue Evaluate(Frame frame)
    {
        JsValue value;
        switch (_target)
        {
            case IdentifierNode name:
                value = _value.IsAnonymousFunction ? _value.EvaluateNamed(frame, PropertyKey.Named(name.Name)) : _value.Evaluate(frame);
                name.Store(frame, value, initialize: false);
                return value;
            case MemberNode member:
                var holder = member.Target.Evaluate(frame);
                value = _value.Evaluate(frame);
                member.Write(frame, holder, value);
                return value;
            case IndexNode index:
                var (array, key) = index.Parts(frame);
                value = _value.Evaluate(frame);
                index.Write(frame, array, key, value);
                return value;
            case AccessNode access:
                var reference = access.Resolve(frame);
                value = _value.Evaluate(frame);
                reference.Set(frame, value);
                return value;
            default:
                value = _value.Evaluate(frame);
                _target.Store(frame, value, initialize: false);
                return value;
        }
    }

    public override async Step<JsValue> EvaluateAsync(Frame frame)
    {
        JsValue value;
        if (_target is AccessNode access)
        {
            var reference = await access.ResolveAsync(frame);
            value = await _value.Step(frame);
            reference.Set(frame, value);
            return value;
        }

        value = _target is IdentifierNode name && _value.IsAnonymousFunction
            ? _value.EvaluateNamed(frame, PropertyKey.Named(name.Name))
            : await _value.Step(frame);
        await _target.StoreAsync(frame, value, initialize: false);
        return value;
    }
}

/// <summary><c>target op= value</c>, including the logical forms that assign only sometimes.</summary>
internal sealed class CompoundAssignNode : Node
{
    private readonly TokenKind _op;
    private readonly TargetNode _target;
    private readonly Node _value;
    private readonly bool _isLogical;

    public CompoundAssignNode(TokenKind op, TargetNode target, Node value)
    {
        _target = target;
        _value = value;
        _isLogical = op is TokenKind.AndAndAssign or TokenKind.OrOrAssign or TokenKind.CoalesceAssign;
        _op = _isLogical ? op : OperatorOf(op);
        Suspends = target.Suspends || value.Suspends;
    }

    public override JsValue Evaluate(Frame frame)
    {
        if (_target is IdentifierNode name)
        {
            if (name.PlainSlot >= 0 && !_isLogical)
                return ChangeLocal(frame, name.PlainSlot);
            var old = name.Evaluate(frame);
            if (_isLogical && LogicalNode.Stops(_op, old))
                return old;
            var result = Combine(frame, old, _isLogical && _value.IsAnonymousFunction
                ? _value.EvaluateNamed(frame, PropertyKey.Named(name.Name))
                : _value.Evaluate(frame));
            name.Store(frame, result, initialize: false);
            return result;
        }

        var reference = ((AccessNode)_target).Resolve(frame);
        var current = reference.Get(frame);
        if (_isLogical && LogicalNode.Stops(_op, current))
            return current;
        var combined = Combine(frame, current, _value.Evaluate(frame));
        reference.Set(frame, combined);
        return combined;
    }

    public override async Step<JsValue> EvaluateAsync(Frame frame)
    {
        if (_target is IdentifierNode name)
        {
            var old = name.Evaluate(frame);
            if (_isLogical && LogicalNode.Stops(_op, old))
                return old;
            var result = Combine(frame, old, await _value.Step(frame));
            name.Store(frame, result, initialize: false);
            return result;
        }

        var reference = await ((AccessNode)_target).ResolveAsync(frame);
        var current = reference.Get(frame);
        if (_isLogical && LogicalNode.Stops(_op, current))
            return current;
        var combined = Combine(frame, current, await _value.Step(frame));
        reference.Set(frame, combined);
        return combined;
    }

    private JsValue ChangeLocal(Frame frame, int slot)
    {
        var old = frame.Slots[slot];
        var right = IdentifierNode.Operand(_value, frame);
        if (!old.IsNumber || !right.IsNumber)
            return frame.Slots[slot] = Combine(frame, old, right);
        var number = _op == TokenKind.Plus ? old.Number + right.Number : Operators.OfNumbers(_op, old.Number, right.Number);
        JsValue.StoreNumber(ref frame.Slots[slot], number);
        return number;
    }

    private JsValue Combine(Frame frame, JsValue left, JsValue right)
    {
        if (_isLogical)
            return right;
        if (left.IsNumber && right.IsNumber)
            return _op == TokenKind.Plus ? left.Number + right.Number : Operators.OfNumbers(_op, left.Number, right.Number);
        frame.Position = Position;
        return _op == TokenKind.Plus ? Operators.Add(frame.Realm, left, right) : Operators.Arithmetic(frame.Realm, _op, left, right);
    }

    private static TokenKind OperatorOf(TokenKind assignment) => assignment switch
    {
        TokenKind.PlusAssign => TokenKind.Plus,
        TokenKind.MinusAssign => TokenKind.Minus,
        TokenKind.StarAssign => TokenKind.Star,
        TokenKind.SlashAssign => TokenKind.Slash,
        TokenKind.PercentAssign => TokenKind.Percent,
        TokenKind.StarStarAssign => TokenKind.StarStar,
        TokenKind.ShiftLeftAssign => TokenKind.ShiftLeft,
        TokenKind.ShiftRightAssign => TokenKind.ShiftRight,
        TokenKind.ShiftRightUnsignedAssign => TokenKind.ShiftRightUnsigned,
        TokenKind.AmpersandAssign => TokenKind.Ampersand,
        TokenKind.PipeAssign => TokenKind.Pipe,
        TokenKind.CaretAssign => TokenKind.Caret,
        _ => throw new ArgumentOutOfRangeException(nameof(assignment), assignment, "Not a compound assignment."),
    };
}

/// <summary><c>++</c> and <c>--</c>, before or after their target.</summary>
internal sealed class UpdateNode : Node
{
    private readonly TargetNode _target;
    private readonly int _delta;
    private readonly bool _isPrefix;

    public UpdateNode(TargetNode target, int delta, bool isPrefix)
    {
        _target = target;
        _delta = delta;
        _isPrefix = isPrefix;
        Suspends = target.Suspends;
    }

    public override JsValue Evaluate(Frame frame)
    {
        if (_target is not IdentifierNode name)
            return Update(frame, ((AccessNode)_target).Resolve(frame));
        var slot = name.PlainSlot;
        if (slot >= 0 && frame.Slots[slot] is { IsNumber: true } number)
        {
            JsValue.StoreNumber(ref frame.Slots[slot], number.Number + _delta);
            return _isPrefix ? number.Number + _delta : number;
        }

        var old = Numeric(frame, name.Evaluate(frame));
        var changed = Changed(old);
        name.Store(frame, changed, initialize: false);
        return _isPrefix ? changed : old;
    }

    /// <summary>Evaluates where nobody wants the value.</summary>
    public void Count(Frame frame)
    {
        if (_target is IdentifierNode { PlainSlot: >= 0 and var slot } && frame.Slots[slot] is { IsNumber: true } number)
            JsValue.StoreNumber(ref frame.Slots[slot], number.Number + _delta);
        else
            Evaluate(frame);
    }

    public override async Step<JsValue> EvaluateAsync(Frame frame) => Update(frame, await ((AccessNode)_target).ResolveAsync(frame));

    private JsValue Update(Frame frame, Reference reference)
    {
        var old = Numeric(frame, reference.Get(frame));
        var changed = Changed(old);
        reference.Set(frame, changed);
        return _isPrefix ? changed : old;
    }

    private JsValue Numeric(Frame frame, JsValue value)
    {
        frame.Position = Position;
        return Coerce.ToNumeric(value);
    }

    private JsValue Changed(JsValue old) => old.IsNumber ? old.Number + _delta : JsValue.Of(old.BigInt + _delta);
}

/// <summary><c>delete target.key</c>.</summary>
internal sealed class DeleteNode : Node
{
    private readonly Node _operand;

    public DeleteNode(Node operand)
    {
        _operand = operand;
        Suspends = operand.Suspends;
    }

    public override JsValue Evaluate(Frame frame)
    {
        var target = _operand is OptionalChainNode chain ? chain.Inner : _operand;
        if (target is not AccessNode access)
        {
            _operand.Evaluate(frame);
            return true;
        }

        if (access is SuperMemberNode)
            throw JsThrow.Reference("Unsupported reference to 'super'");
        return Apply(frame, access, access.Resolve(frame));
    }

    public override async Step<JsValue> EvaluateAsync(Frame frame)
    {
        var target = _operand is OptionalChainNode chain ? chain.Inner : _operand;
        if (target is AccessNode access)
            return Apply(frame, access, await access.ResolveAsync(frame));
        await _operand.EvaluateAsync(frame);
        return true;
    }

    private JsValue Apply(Frame frame, AccessNode access, Reference reference)
    {
        frame.Position = Position;
        if (access.IsOptional && reference.Target.IsNullish)
            return true;
        return access.Delete(frame, reference.Target, PropertyKey.Of(reference.Key));
    }
}
