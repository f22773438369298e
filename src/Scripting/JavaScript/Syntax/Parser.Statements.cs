namespace Platform.Scripting.JavaScript;

/// <summary>Statements and declarations.</summary>
internal sealed partial class Parser
{
    private Statement ParseStatementListItem()
    {
        if (_token is { Kind: TokenKind.Keyword, HasEscapes: false })
        {
            switch (_token.Text)
            {
                case "function":
                    return ParseFunctionDeclaration(isAsync: false);
                case "class":
                    return ParseClassDeclaration();
                case "const":
                    return ParseLexicalDeclaration(BindingKind.Const);
                default:
                    break;
            }
        }

        if (_token.IsWord("let") && IsLetDeclaration())
            return ParseLexicalDeclaration(BindingKind.Let);
        if (_token.IsWord("async") && PeekNext() is { AfterLineBreak: false } next && next.IsKeyword("function"))
        {
            Next();
            return ParseFunctionDeclaration(isAsync: true);
        }

        return ParseStatement();
    }

    private bool IsLetDeclaration()
    {
        var next = PeekNext();
        return next.Kind is TokenKind.BracketOpen or TokenKind.BraceOpen || (next.Kind == TokenKind.Identifier && !next.IsWord("of"))
            || (next.Kind == TokenKind.Keyword && next.Text is not ("in" or "instanceof"));
    }

    private Statement ParseStatement(List<string>? ownLabels = null)
    {
        Nest();
        try
        {
            switch (_token.Kind)
            {
                case TokenKind.BraceOpen:
                    return ParseBlock();
                case TokenKind.Semicolon:
                    Next();
                    return new EmptyStatement();
                case TokenKind.Keyword when !_token.HasEscapes:
                    return ParseKeywordStatement(ownLabels ?? []);
                case TokenKind.Identifier when PeekNext().Kind == TokenKind.Colon && IsBindingName(_token):
                    return ParseLabelled(ownLabels ?? []);
                default:
                    return ParseExpressionStatement();
            }
        }
        finally
        {
            Unnest();
        }
    }

    private Statement ParseKeywordStatement(List<string> labels)
    {
        switch (_token.Text)
        {
            case "var":
                return ParseVar();
            case "if":
                return ParseIf();
            case "for":
                return ParseFor([.. labels]);
            case "while":
                return ParseWhile([.. labels]);
            case "do":
                return ParseDoWhile([.. labels]);
            case "return":
                return ParseReturn();
            case "break" or "continue":
                return ParseJump();
            case "throw":
                return ParseThrow();
            case "try":
                return ParseTry();
            case "switch":
                return ParseSwitch();
            case "debugger":
                Next();
                ExpectStatementEnd();
                return new EmptyStatement();
            case "with":
                throw Error("Strict mode code may not include a with statement", _token.Start);
            case "import" or "export":
                throw Error("Cannot use import and export statements in a script", _token.Start);
            case "function" or "class" or "const":
                throw Unexpected();
            default:
                return ParseExpressionStatement();
        }
    }

    private ExpressionStatement ParseExpressionStatement()
    {
        var start = _token.Start;
        var expression = ParseExpression();
        ExpectStatementEnd();
        var statement = new ExpressionStatement(expression, _function.IsScript) { Position = start };
        if (_function.IsScript)
            _valueStatements.Add(statement);
        return statement;
    }

    private BlockStatement ParseBlock()
    {
        Expect(TokenKind.BraceOpen);
        var scope = PushScope();
        var statements = ParseStatementsToBrace();
        PopScope();
        return new BlockStatement(statements, scope);
    }

    private Statement[] ParseStatementsToBrace()
    {
        var statements = new List<Statement>();
        while (!Is(TokenKind.BraceClose))
        {
            if (Is(TokenKind.End))
                throw Unexpected();
            statements.Add(ParseStatementListItem());
        }

        Next();
        return [.. statements];
    }

    private DeclarationStatement ParseVar()
    {
        Next();
        var statement = ParseDeclarators(BindingKind.Var);
        ExpectStatementEnd();
        return statement;
    }

    private DeclarationStatement ParseLexicalDeclaration(BindingKind kind)
    {
        Next();
        var statement = ParseDeclarators(kind);
        ExpectStatementEnd();
        return statement;
    }

    private DeclarationStatement ParseDeclarators(BindingKind kind)
    {
        var start = _token.Start;
        var declarations = new List<(TargetNode, Node?)>();
        do
        {
            var mark = _scope.Bindings.Count;
            var target = ParseBindingTarget(kind);
            declarations.Add((target, ParseDeclaratorValue(kind, target)));
            if (kind != BindingKind.Var)
                MarkDeclared(_scope, mark, _previousEnd);
        }
        while (Eat(TokenKind.Comma));
        return new DeclarationStatement([.. declarations], kind == BindingKind.Var) { Position = start };
    }

    private Node? ParseDeclaratorValue(BindingKind kind, TargetNode target)
    {
        if (Eat(TokenKind.Assign))
            return ParseAssignment();
        if (target is not IdentifierNode)
            throw Error("Missing initializer in destructuring declaration", _token.Start);
        if (kind == BindingKind.Const)
            throw Error("Missing initializer in const declaration", _token.Start);
        return null;
    }

    private IfStatement ParseIf()
    {
        var start = _token.Start;
        Next();
        Expect(TokenKind.ParenOpen);
        var test = ParseExpression();
        Expect(TokenKind.ParenClose);
        var then = ParseStatement();
        var otherwise = EatKeyword("else") ? ParseStatement() : null;
        return new IfStatement(test, then, otherwise) { Position = start };
    }

    private WhileStatement ParseWhile(string[] labels)
    {
        Next();
        Expect(TokenKind.ParenOpen);
        var test = ParseExpression();
        Expect(TokenKind.ParenClose);
        return new WhileStatement(test, ParseLoopBody(), bodyFirst: false, labels);
    }

    private WhileStatement ParseDoWhile(string[] labels)
    {
        Next();
        var body = ParseLoopBody();
        ExpectKeyword("while");
        Expect(TokenKind.ParenOpen);
        var test = ParseExpression();
        Expect(TokenKind.ParenClose);
        Eat(TokenKind.Semicolon);
        return new WhileStatement(test, body, bodyFirst: true, labels);
    }

    private Statement ParseLoopBody()
    {
        _loops++;
        var body = ParseStatement();
        _loops--;
        return body;
    }

    private ReturnStatement ParseReturn()
    {
        var start = _token.Start;
        if (_function.Kind == FunctionKind.Initializer)
            throw Error("Illegal return statement", start);
        Next();
        Node? value = null;
        if (!Is(TokenKind.Semicolon) && !Is(TokenKind.BraceClose) && !Is(TokenKind.End) && !_token.AfterLineBreak)
            value = ParseExpression();
        ExpectStatementEnd();
        return value is not null && _function is { IsAsync: true, IsGenerator: true }
            ? ReturnStatement.Awaiting(value, start)
            : new ReturnStatement(value) { Position = start };
    }

    private JumpStatement ParseJump()
    {
        var start = _token.Start;
        var isBreak = _token.Text == "break";
        Next();
        string? label = null;
        if (Is(TokenKind.Identifier) && !_token.AfterLineBreak)
        {
            label = _token.Text;
            if (!_labels.Contains(label))
                throw Error($"Undefined label '{label}'", _token.Start);
            Next();
        }
        else if (_loops == 0 && (!isBreak || _switches == 0))
        {
            throw Error(isBreak ? "Illegal break statement" : "Illegal continue statement: no surrounding iteration statement", start);
        }

        ExpectStatementEnd();
        return new JumpStatement(isBreak ? Completion.Break : Completion.Continue, label) { Position = start };
    }

    private ThrowStatement ParseThrow()
    {
        var start = _token.Start;
        Next();
        if (_token.AfterLineBreak)
            throw Error("Illegal newline after throw", _token.Start);
        var value = ParseExpression();
        ExpectStatementEnd();
        return new ThrowStatement(value) { Position = start };
    }

    private TryStatement ParseTry()
    {
        var start = _token.Start;
        Next();
        var body = ParseBlock();
        Statement? handler = null;
        TargetNode? parameter = null;
        Scope? handlerScope = null;
        if (EatKeyword("catch"))
        {
            handlerScope = PushScope();
            if (Eat(TokenKind.ParenOpen))
            {
                parameter = ParseBindingTarget(Is(TokenKind.Identifier) ? BindingKind.CatchParameter : BindingKind.Let);
                MarkDeclared(handlerScope, 0, _previousEnd);
                Expect(TokenKind.ParenClose);
            }

            // The body shares the scope of its parameter, so that redeclaring the parameter is found.
            Expect(TokenKind.BraceOpen);
            var statements = ParseStatementsToBrace();
            PopScope();
            handler = new BlockStatement(statements, new Scope(null, _function));
        }

        var finalizer = EatKeyword("finally") ? ParseBlock() : null;
        if (handler is null && finalizer is null)
            throw Error("Missing catch or finally after try", _token.Start);
        return new TryStatement(body, handler, parameter, handlerScope, finalizer) { Position = start };
    }

    private SwitchStatement ParseSwitch()
    {
        Next();
        Expect(TokenKind.ParenOpen);
        var subject = ParseExpression();
        Expect(TokenKind.ParenClose);
        Expect(TokenKind.BraceOpen);
        var scope = PushScope(isSwitch: true);
        _switches++;
        var cases = new List<(Node?, Statement[])>();
        var hasDefault = false;
        while (!Eat(TokenKind.BraceClose))
        {
            Node? test = null;
            if (EatKeyword("case"))
            {
                test = ParseExpression();
            }
            else
            {
                if (hasDefault)
                    throw Error("More than one default clause in switch statement", _token.Start);
                ExpectKeyword("default");
                hasDefault = true;
            }

            Expect(TokenKind.Colon);
            var body = new List<Statement>();
            while (!Is(TokenKind.BraceClose) && !_token.IsKeyword("case") && !_token.IsKeyword("default"))
                body.Add(ParseStatementListItem());
            cases.Add((test, [.. body]));
        }

        _switches--;
        PopScope();
        return new SwitchStatement(subject, [.. cases], scope);
    }

    private Statement ParseLabelled(List<string> labels)
    {
        var label = _token.Text;
        if (_labels.Contains(label))
            throw Error($"Label '{label}' has already been declared", _token.Start);
        Next();
        Next();
        _labels.Add(label);
        labels.Add(label);
        var isLoop = _token.Kind == TokenKind.Keyword && _token.Text is "for" or "while" or "do";
        var isLabel = Is(TokenKind.Identifier) && PeekNext().Kind == TokenKind.Colon;
        if (_token.IsKeyword("function"))
            throw Error("In strict mode code, functions can only be declared at top level or inside a block.", _token.Start);
        var body = ParseStatement(isLoop || isLabel ? labels : null);
        _labels.Remove(label);
        return isLoop ? body : new LabelledStatement(label, body);
    }
}
