namespace Platform.Scripting.JavaScript;

/// <summary>Operators, from the loosest to the tightest.</summary>
internal sealed partial class Parser
{
    private Node ParseExpression() => ParseExpressionAfter(null, _token.Start);

    // Goes on after a left-hand side that the caller has read already, as the head of a for statement must.
    private Node ParseExpressionAfter(Node? first, int start)
    {
        var expression = first is null ? ParseAssignment() : ParseAssignmentAfter(first, start);
        if (!Is(TokenKind.Comma))
            return expression;
        var parts = new List<Node> { expression };
        while (Eat(TokenKind.Comma))
            parts.Add(ParseAssignment());
        return new SequenceNode([.. parts]) { Position = start };
    }

    private Node ParseAssignment()
    {
        Nest();
        try
        {
            var start = _token.Start;
            if (_token.IsWord("yield") && _function.IsGenerator)
                return ParseYield();
            if (TryParseSimpleArrow() is { } arrow)
                return arrow;
            var left = ParseConditional();
            return IsBareArrow(left) ? left : FinishAssignment(left, start);
        }
        finally
        {
            Unnest();
        }
    }

    private Node ParseAssignmentAfter(Node leftHandSide, int start)
    {
        var left = ParseConditionalAfter(ParseBinaryAfter(ParseUpdateAfter(leftHandSide, start), 0, start), start);
        return FinishAssignment(left, start);
    }

    private Node FinishAssignment(Node left, int start)
    {
        if (_token.Kind < TokenKind.Assign)
            return left;
        var op = _token.Kind;
        var position = _token.Start;
        var target = op == TokenKind.Assign ? ToTarget(left, start) : ToSimpleTarget(left, start);
        Next();
        var value = ParseAssignment();
        return op == TokenKind.Assign
            ? new AssignNode(target, value) { Position = position }
            : new CompoundAssignNode(op, target, value) { Position = position };
    }

    private Node ParseYield()
    {
        var start = _token.Start;
        Next();
        if (!_token.AfterLineBreak && Eat(TokenKind.Star))
            return YieldStarNode.Create(ParseAssignment(), start);
        var isBare = _token.AfterLineBreak || _token.Kind is TokenKind.ParenClose or TokenKind.BracketClose or TokenKind.BraceClose
            or TokenKind.Comma or TokenKind.Semicolon or TokenKind.Colon or TokenKind.End or TokenKind.In;
        return YieldNode.Create(isBare ? null : ParseAssignment(), start);
    }

    private Node ParseConditional()
    {
        var start = _token.Start;
        var test = ParseBinary();
        return IsBareArrow(test) ? test : ParseConditionalAfter(test, start);
    }

    private Node ParseConditionalAfter(Node test, int start)
    {
        if (!Eat(TokenKind.Question))
            return test;
        var noIn = _noIn;
        _noIn = false;
        var then = ParseAssignment();
        _noIn = noIn;
        Expect(TokenKind.Colon);
        var otherwise = ParseAssignment();
        return new ConditionalNode(test, then, otherwise) { Position = start };
    }

    private Node ParseBinary()
    {
        var start = _token.Start;
        if (Is(TokenKind.PrivateName))
            return ParseBinaryAfter(ParsePrivateIn(), 0, start);
        var left = ParseUnary();
        return IsBareArrow(left) ? left : ParseBinaryAfter(left, 0, start);
    }

    private PrivateInNode ParsePrivateIn()
    {
        var name = Refer(_token.Text, _token.Start);
        Next();
        if (!Is(TokenKind.In))
            throw Unexpected();
        var position = _token.Start;
        Next();
        var start = _token.Start;
        var right = ParseBinaryAfter(ParseUnary(), Precedence(TokenKind.ShiftLeft), start);
        return new PrivateInNode(name, right) { Position = position };
    }

    private Node ParseBinaryAfter(Node left, int minimum, int start)
    {
        var chain = 0;
        while (true)
        {
            var op = _token.Kind;
            var precedence = Precedence(op);
            if (precedence == 0 || precedence < minimum || (op == TokenKind.In && _noIn))
                return left;
            if (++chain > ChainLengthMax)
                throw Error("The expression is too long", _token.Start);
            if (chain % GuardInterval == 0)
                left = new StackGuardNode(left);
            var position = _token.Start;
            Next();
            var rightStart = _token.Start;
            Nest();
            var right = ParseUnary();

            // ** binds to the right, everything else to the left.
            var tighter = op == TokenKind.StarStar ? precedence : precedence + 1;
            right = ParseBinaryAfter(right, tighter, rightStart);
            Unnest();
            left = Combine(op, left, right, position);
        }
    }

    private Node Combine(TokenKind op, Node left, Node right, int position)
    {
        switch (op)
        {
            case TokenKind.AndAnd or TokenKind.OrOr:
                if (IsBare(left, TokenKind.Coalesce) || IsBare(right, TokenKind.Coalesce))
                    throw Error("Cannot mix ?? with && or || without parentheses", position);
                return new LogicalNode(op, left, right) { Position = position };
            case TokenKind.Coalesce:
                if (IsBare(left, TokenKind.AndAnd) || IsBare(left, TokenKind.OrOr) || IsBare(right, TokenKind.AndAnd) || IsBare(right, TokenKind.OrOr))
                    throw Error("Cannot mix ?? with && or || without parentheses", position);
                return new LogicalNode(op, left, right) { Position = position };
            case TokenKind.StarStar when left is UnaryNode or AwaitNode or DeleteNode && !_parenthesized.Contains(left):
                throw Error("Unary operator used immediately before exponentiation expression. Parenthesis must be used to disambiguate operator precedence", position);
            default:
                return BinaryNode.Create(op, left, right, position);
        }
    }

    private bool IsBare(Node node, TokenKind op) => node is LogicalNode logical && logical.Operator == op && !_parenthesized.Contains(node);

    private static int Precedence(TokenKind op) => op switch
    {
        TokenKind.Coalesce => 1,
        TokenKind.OrOr => 2,
        TokenKind.AndAnd => 3,
        TokenKind.Pipe => 4,
        TokenKind.Caret => 5,
        TokenKind.Ampersand => 6,
        TokenKind.EqualEqual or TokenKind.NotEqual or TokenKind.StrictEqual or TokenKind.StrictNotEqual => 7,
        TokenKind.Less or TokenKind.Greater or TokenKind.LessEqual or TokenKind.GreaterEqual or TokenKind.In or TokenKind.InstanceOf => 8,
        TokenKind.ShiftLeft or TokenKind.ShiftRight or TokenKind.ShiftRightUnsigned => 9,
        TokenKind.Plus or TokenKind.Minus => 10,
        TokenKind.Star or TokenKind.Slash or TokenKind.Percent => 11,
        TokenKind.StarStar => 12,
        _ => 0,
    };

    private Node ParseUnary()
    {
        var start = _token.Start;
        switch (_token.Kind)
        {
            case TokenKind.Exclamation:
                return ParseUnaryOperator("!", start);
            case TokenKind.Minus:
                return ParseUnaryOperator("-", start);
            case TokenKind.Plus:
                return ParseUnaryOperator("+", start);
            case TokenKind.Tilde:
                return ParseUnaryOperator("~", start);
            case TokenKind.PlusPlus or TokenKind.MinusMinus:
                return ParsePrefixUpdate(start);
            case TokenKind.Keyword when !_token.HasEscapes && _token.Text is "typeof" or "void":
                return ParseUnaryOperator(_token.Text, start);
            case TokenKind.Keyword when _token.IsKeyword("delete"):
                return ParseDelete(start);
            case TokenKind.Identifier when _token.IsWord("await") && IsAwaitHere():
                return ParseAwait(start);
            default:
                var operand = ParseLeftHandSide();
                return IsBareArrow(operand) ? operand : ParseUpdateAfter(operand, start);
        }
    }

    private Node ParseUnaryOperator(string op, int start)
    {
        Nest();
        Next();
        var operand = ParseUnary();
        Unnest();
        if (op == "-" && operand is LiteralNode { Value.IsNumber: true } literal)
            return MarkedUnary(new LiteralNode(-literal.Value.Number) { Position = start });
        return new UnaryNode(op, operand) { Position = start };
    }

    // -2 ** 2 is an error even though -2 is folded to a constant here.
    private LiteralNode MarkedUnary(LiteralNode literal)
    {
        if (Is(TokenKind.StarStar))
            throw Error("Unary operator used immediately before exponentiation expression. Parenthesis must be used to disambiguate operator precedence", _token.Start);
        return literal;
    }

    private UpdateNode ParsePrefixUpdate(int start)
    {
        var delta = Is(TokenKind.PlusPlus) ? 1 : -1;
        Nest();
        Next();
        var operandStart = _token.Start;
        var operand = ParseUnary();
        Unnest();
        return new UpdateNode(ToSimpleTarget(operand, operandStart), delta, isPrefix: true) { Position = start };
    }

    private DeleteNode ParseDelete(int start)
    {
        Nest();
        Next();
        var operand = ParseUnary();
        Unnest();
        if (operand is IdentifierNode)
            throw Error("Delete of an unqualified identifier in strict mode.", start);
        if (operand is PrivateMemberNode)
            throw Error("Private fields can not be deleted", start);
        return new DeleteNode(operand) { Position = start };
    }

    private AwaitNode ParseAwait(int start)
    {
        RequireAwaitAllowed();
        Nest();
        Next();
        var operand = ParseUnary();
        Unnest();
        return AwaitNode.Create(operand, start);
    }

    private bool IsAwaitHere() => _function.IsAsync || _function.IsScript;

    private void RequireAwaitAllowed()
    {
        if (_function.IsScript)
            _function.IsAsync = true;
        else if (!_function.IsAsync)
            throw Error("await is only valid in async functions and the top level of a script", _token.Start);
    }

    private Node ParseUpdateAfter(Node operand, int start)
    {
        if (_token.Kind is not (TokenKind.PlusPlus or TokenKind.MinusMinus) || _token.AfterLineBreak)
            return operand;
        var delta = Is(TokenKind.PlusPlus) ? 1 : -1;
        var target = ToSimpleTarget(operand, start);
        Next();
        return new UpdateNode(target, delta, isPrefix: false) { Position = start };
    }

    private bool IsBareArrow(Node node) => node is FunctionNode { Code.IsArrow: true } && !_parenthesized.Contains(node);
}
