namespace Platform.Scripting.JavaScript;

/// <summary>One of the operators with one operand: not, minus, plus, tilde, void, typeof.</summary>
internal sealed class UnaryNode : Node
{
    private readonly string _op;
    private readonly Node _operand;

    public UnaryNode(string op, Node operand)
    {
        _op = op;
        _operand = operand;
        Suspends = operand.Suspends;
        if (op == "typeof" && operand is IdentifierNode name)
            name.IsTypeOf = true;
    }

    public override JsValue Evaluate(Frame frame) => Apply(frame, _operand.Evaluate(frame));

    public override async Step<JsValue> EvaluateAsync(Frame frame) => Apply(frame, await _operand.EvaluateAsync(frame));

    public override bool Test(Frame frame) => _op == "!" && !Suspends ? !_operand.Test(frame) : base.Test(frame);

    private JsValue Apply(Frame frame, JsValue value)
    {
        frame.Position = Position;
        return _op switch
        {
            "!" => !Coerce.ToBoolean(value),
            "-" => value.IsNumber ? -value.Number : Operators.Negate(value),
            "+" => Coerce.ToNumber(value),
            "~" => Operators.BitwiseNot(value),
            "typeof" => Operators.TypeOf(value),
            _ => JsValue.Undefined,
        };
    }
}

/// <summary>An operator with two operands that are both always evaluated.</summary>
internal abstract class BinaryNode : Node
{
    protected BinaryNode(Node left, Node right)
    {
        Left = left;
        Right = right;
        Suspends = left.Suspends || right.Suspends;
    }

    protected Node Left { get; }

    protected Node Right { get; }

    public static Node Create(TokenKind op, Node left, Node right, int position) => op switch
    {
        TokenKind.Plus => new AddNode(left, right) { Position = position },
        TokenKind.Less or TokenKind.Greater or TokenKind.LessEqual or TokenKind.GreaterEqual =>
            new CompareNode(op, left, right) { Position = position },
        TokenKind.EqualEqual or TokenKind.NotEqual or TokenKind.StrictEqual or TokenKind.StrictNotEqual =>
            new EqualityNode(op, left, right) { Position = position },
        TokenKind.In or TokenKind.InstanceOf => new RelationNode(op, left, right) { Position = position },
        _ => new ArithmeticNode(op, left, right) { Position = position },
    };

    public override JsValue Evaluate(Frame frame)
    {
        var left = Left.Evaluate(frame);
        return Apply(frame, left, Right.Evaluate(frame));
    }

    public override async Step<JsValue> EvaluateAsync(Frame frame)
    {
        var left = await Left.Step(frame);
        return Apply(frame, left, await Right.Step(frame));
    }

    protected abstract JsValue Apply(Frame frame, JsValue left, JsValue right);
}

/// <summary>Addition and concatenation.</summary>
internal sealed class AddNode(Node leftNode, Node rightNode) : BinaryNode(leftNode, rightNode)
{
    public override JsValue Evaluate(Frame frame)
    {
        var left = IdentifierNode.Operand(Left, frame);
        var right = IdentifierNode.Operand(Right, frame);
        return left.IsNumber && right.IsNumber ? left.Number + right.Number : Apply(frame, left, right);
    }

    protected override JsValue Apply(Frame frame, JsValue left, JsValue right)
    {
        frame.Position = Position;
        return Operators.Add(frame.Realm, left, right);
    }
}

/// <summary>The arithmetic and bitwise operators except addition.</summary>
internal sealed class ArithmeticNode(TokenKind op, Node leftNode, Node rightNode) : BinaryNode(leftNode, rightNode)
{
    public override JsValue Evaluate(Frame frame)
    {
        var left = IdentifierNode.Operand(Left, frame);
        var right = IdentifierNode.Operand(Right, frame);
        if (!left.IsNumber || !right.IsNumber)
            return Apply(frame, left, right);
        return op switch
        {
            TokenKind.Minus => left.Number - right.Number,
            TokenKind.Star => left.Number * right.Number,
            _ => Operators.OfNumbers(op, left.Number, right.Number),
        };
    }

    protected override JsValue Apply(Frame frame, JsValue left, JsValue right)
    {
        if (left.IsNumber && right.IsNumber)
            return Operators.OfNumbers(op, left.Number, right.Number);

        frame.Position = Position;
        return Operators.Arithmetic(frame.Realm, op, left, right);
    }
}

/// <summary>The four orderings.</summary>
internal sealed class CompareNode(TokenKind op, Node leftNode, Node rightNode) : BinaryNode(leftNode, rightNode)
{
    public override JsValue Evaluate(Frame frame)
    {
        var left = IdentifierNode.Operand(Left, frame);
        return Compare(frame, left, IdentifierNode.Operand(Right, frame));
    }

    public override bool Test(Frame frame) => Suspends ? base.Test(frame) : Holds(frame);

    /// <summary>Evaluates as a condition, in code that does not suspend.</summary>
    public bool Holds(Frame frame)
    {
        var left = IdentifierNode.Operand(Left, frame);
        return Compare(frame, left, IdentifierNode.Operand(Right, frame));
    }

    protected override JsValue Apply(Frame frame, JsValue left, JsValue right) => Compare(frame, left, right);

    private bool Compare(Frame frame, JsValue left, JsValue right)
    {
        if (left.IsNumber && right.IsNumber)
        {
            return op switch
            {
                TokenKind.Less => left.Number < right.Number,
                TokenKind.Greater => left.Number > right.Number,
                TokenKind.LessEqual => left.Number <= right.Number,
                _ => left.Number >= right.Number,
            };
        }

        frame.Position = Position;
        return op switch
        {
            TokenKind.Less => Operators.Less(left, right, leftFirst: true) == true,
            TokenKind.Greater => Operators.Less(right, left, leftFirst: false) == true,
            TokenKind.LessEqual => Operators.Less(right, left, leftFirst: false) == false,
            _ => Operators.Less(left, right, leftFirst: true) == false,
        };
    }
}

/// <summary>The four equalities.</summary>
internal sealed class EqualityNode(TokenKind op, Node leftNode, Node rightNode) : BinaryNode(leftNode, rightNode)
{
    public override bool Test(Frame frame)
    {
        if (Suspends)
            return base.Test(frame);
        var left = IdentifierNode.Operand(Left, frame);
        return Compare(frame, left, IdentifierNode.Operand(Right, frame));
    }

    protected override JsValue Apply(Frame frame, JsValue left, JsValue right) => Compare(frame, left, right);

    private bool Compare(Frame frame, JsValue left, JsValue right)
    {
        if (left.IsNumber && right.IsNumber)
            return (left.Number == right.Number) == op is TokenKind.StrictEqual or TokenKind.EqualEqual;
        switch (op)
        {
            case TokenKind.StrictEqual:
                return Operators.StrictEquals(left, right);
            case TokenKind.StrictNotEqual:
                return !Operators.StrictEquals(left, right);
            default:
                frame.Position = Position;
                return Operators.LooseEquals(left, right) == (op == TokenKind.EqualEqual);
        }
    }
}

/// <summary><c>in</c> and <c>instanceof</c>.</summary>
internal sealed class RelationNode(TokenKind op, Node leftNode, Node rightNode) : BinaryNode(leftNode, rightNode)
{
    protected override JsValue Apply(Frame frame, JsValue left, JsValue right)
    {
        frame.Position = Position;
        return op == TokenKind.In ? Operators.In(left, right) : Operators.InstanceOf(left, right);
    }
}

/// <summary><c>#name in object</c>.</summary>
internal sealed class PrivateInNode : Node
{
    private readonly IdentifierNode _name;
    private readonly Node _target;

    public PrivateInNode(IdentifierNode name, Node target)
    {
        _name = name;
        _target = target;
        Suspends = target.Suspends;
    }

    public override JsValue Evaluate(Frame frame) => Apply(frame, _target.Evaluate(frame));

    public override async Step<JsValue> EvaluateAsync(Frame frame) => Apply(frame, await _target.EvaluateAsync(frame));

    private JsValue Apply(Frame frame, JsValue target)
    {
        frame.Position = Position;
        return target.IsObject
            ? target.Object.HasOwn(_name.Evaluate(frame).Symbol)
            : throw JsThrow.Type($"Cannot use 'in' operator to search for '{_name.Name}' in {Coerce.Describe(target)}");
    }
}

/// <summary><c>&amp;&amp;</c>, <c>||</c> and <c>??</c>.</summary>
internal sealed class LogicalNode : Node
{
    private readonly TokenKind _op;
    private readonly Node _left;
    private readonly Node _right;

    public LogicalNode(TokenKind op, Node left, Node right)
    {
        _op = op;
        _left = left;
        _right = right;
        Suspends = left.Suspends || right.Suspends;
    }

    public TokenKind Operator => _op;

    public static bool Stops(TokenKind op, JsValue left) => op switch
    {
        TokenKind.AndAnd or TokenKind.AndAndAssign => !Coerce.ToBoolean(left),
        TokenKind.OrOr or TokenKind.OrOrAssign => Coerce.ToBoolean(left),
        _ => !left.IsNullish,
    };

    public override JsValue Evaluate(Frame frame)
    {
        var left = _left.Evaluate(frame);
        return Stops(_op, left) ? left : _right.Evaluate(frame);
    }

    public override bool Test(Frame frame) => Suspends ? base.Test(frame) : _op switch
    {
        TokenKind.AndAnd => _left.Test(frame) && _right.Test(frame),
        TokenKind.OrOr => _left.Test(frame) || _right.Test(frame),
        _ => base.Test(frame),
    };

    public override async Step<JsValue> EvaluateAsync(Frame frame)
    {
        var left = await _left.Step(frame);
        return Stops(_op, left) ? left : await _right.Step(frame);
    }
}

/// <summary><c>test ? then : otherwise</c>.</summary>
internal sealed class ConditionalNode : Node
{
    private readonly Node _test;
    private readonly Node _then;
    private readonly Node _otherwise;

    public ConditionalNode(Node test, Node then, Node otherwise)
    {
        _test = test;
        _then = then;
        _otherwise = otherwise;
        Suspends = test.Suspends || then.Suspends || otherwise.Suspends;
    }

    public override JsValue Evaluate(Frame frame) => _test.Test(frame) ? _then.Evaluate(frame) : _otherwise.Evaluate(frame);

    public override async Step<JsValue> EvaluateAsync(Frame frame) =>
        Coerce.ToBoolean(await _test.Step(frame)) ? await _then.Step(frame) : await _otherwise.Step(frame);
}

/// <summary>Looks at the remaining stack before going deeper; the parser puts one at intervals into deep expressions.</summary>
internal sealed class StackGuardNode : Node
{
    private readonly Node _inner;

    public StackGuardNode(Node inner)
    {
        _inner = inner;
        Position = inner.Position;
        Suspends = inner.Suspends;
    }

    public override JsValue Evaluate(Frame frame)
    {
        Realm.CheckStack();
        return _inner.Evaluate(frame);
    }

    public override Step<JsValue> EvaluateAsync(Frame frame)
    {
        Realm.CheckStack();
        return _inner.EvaluateAsync(frame);
    }
}
