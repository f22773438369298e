namespace Platform.Scripting.JavaScript;

/// <summary>The three kinds of <c>for</c>.</summary>
internal sealed partial class Parser
{
    private Statement ParseFor(string[] labels)
    {
        Next();
        var isAwait = false;
        if (_token.IsWord("await"))
        {
            RequireAwaitAllowed();
            isAwait = true;
            Next();
        }

        Expect(TokenKind.ParenOpen);
        var scope = PushScope();
        try
        {
            if (Eat(TokenKind.Semicolon))
                return ParseForRest(null, scope, labels);
            var kind = DeclarationKind();
            return kind is { } declared
                ? ParseForDeclaration(declared, scope, isAwait, labels)
                : ParseForExpression(scope, isAwait, labels);
        }
        finally
        {
            PopScope();
        }
    }

    private BindingKind? DeclarationKind()
    {
        if (_token.IsKeyword("var"))
            return BindingKind.Var;
        if (_token.IsKeyword("const"))
            return BindingKind.Const;
        return _token.IsWord("let") && IsLetDeclaration() ? BindingKind.Let : null;
    }

    private Statement ParseForDeclaration(BindingKind kind, Scope scope, bool isAwait, string[] labels)
    {
        var start = _token.Start;
        Next();
        var mark = scope.Bindings.Count;
        var target = ParseBindingTarget(kind);
        if (_token.IsWord("of") || Is(TokenKind.In))
        {
            var loop = ParseForEach(target, declares: true, scope, isAwait, labels);
            return loop;
        }

        if (isAwait)
            throw Unexpected();
        var declarations = new List<(TargetNode, Node?)>();
        _noIn = true;
        while (true)
        {
            declarations.Add((target, ParseDeclaratorValue(kind, target)));
            if (kind != BindingKind.Var)
                MarkDeclared(scope, mark, _previousEnd);
            if (!Eat(TokenKind.Comma))
                break;
            mark = scope.Bindings.Count;
            target = ParseBindingTarget(kind);
        }

        _noIn = false;
        Expect(TokenKind.Semicolon);
        return ParseForRest(new DeclarationStatement([.. declarations], kind == BindingKind.Var) { Position = start }, scope, labels);
    }

    private Statement ParseForExpression(Scope scope, bool isAwait, string[] labels)
    {
        var start = _token.Start;
        if (_token.IsWord("let"))
            throw Unexpected();
        var isBareAsync = _token.IsWord("async") && !isAwait;
        _noIn = true;
        // What begins with an operator is no target, and only the rest of the parser can read it.
        var first = BeginsWithOperator() ? null : ParseLeftHandSide();
        if (first is not null && ((_token.IsWord("of") && !(isBareAsync && first is IdentifierNode)) || Is(TokenKind.In)))
        {
            _noIn = false;
            return ParseForEach(ToTarget(first, start), declares: false, scope, isAwait, labels);
        }

        var expression = ParseExpressionAfter(first, start);
        _noIn = false;
        Expect(TokenKind.Semicolon);
        return ParseForRest(new ExpressionStatement(expression, isScriptCode: false), scope, labels);
    }

    private bool BeginsWithOperator() => _token.Kind switch
    {
        TokenKind.Exclamation or TokenKind.Minus or TokenKind.Plus or TokenKind.Tilde or TokenKind.PlusPlus or TokenKind.MinusMinus => true,
        TokenKind.Keyword => !_token.HasEscapes && _token.Text is "typeof" or "void" or "delete",
        _ => (_token.IsWord("await") && IsAwaitHere()) || (_token.IsWord("yield") && _function.IsGenerator),
    };

    private Statement ParseForEach(TargetNode target, bool declares, Scope scope, bool isAwait, string[] labels)
    {
        var isOf = _token.IsWord("of");
        if (isAwait && !isOf)
            throw Unexpected();
        Next();
        var position = _token.Start;
        var source = isOf ? ParseAssignment() : ParseExpression();
        MarkDeclared(scope, 0, _token.Start);
        Expect(TokenKind.ParenClose);
        var body = ParseLoopBody();
        return isOf
            ? new ForOfStatement(target, declares, source, body, scope, isAwait, labels) { Position = position }
            : new ForInStatement(target, declares, source, body, scope, labels) { Position = position };
    }

    private ForStatement ParseForRest(Statement? init, Scope scope, string[] labels)
    {
        var test = Is(TokenKind.Semicolon) ? null : ParseExpression();
        Expect(TokenKind.Semicolon);
        var update = Is(TokenKind.ParenClose) ? null : ParseExpression();
        Expect(TokenKind.ParenClose);
        return new ForStatement(init, test, update, ParseLoopBody(), scope, labels);
    }
}
