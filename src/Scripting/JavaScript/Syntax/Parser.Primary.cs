using System.Globalization;
using System.Numerics;

namespace Platform.Scripting.JavaScript;

/// <summary>Calls, accesses and what expressions are made of.</summary>
internal sealed partial class Parser
{
    private Node ParseLeftHandSide()
    {
        var start = _token.Start;
        var mark = (_scope.References.Count, _scope.Children.Count);
        var node = _token.IsKeyword("new") ? ParseNew() : ParsePrimary();
        return IsBareArrow(node) ? node : ParseTail(node, start, mark, allowCalls: true);
    }

    private Node ParseTail(Node node, int start, (int References, int Children) mark, bool allowCalls)
    {
        var isOptionalChain = false;
        for (var chain = 1; ; chain++)
        {
            if (chain > ChainLengthMax)
                throw Error("The expression is too long", _token.Start);
            if (chain % GuardInterval == 0 && node is not AccessNode)
                node = new StackGuardNode(node);
            switch (_token.Kind)
            {
                case TokenKind.Dot:
                    Next();
                    node = ParseMember(node, isOptional: false);
                    break;
                case TokenKind.QuestionDot when allowCalls:
                    isOptionalChain = true;
                    Next();
                    node = ParseOptional(node);
                    break;
                case TokenKind.BracketOpen:
                    node = ParseIndex(node, isOptional: false);
                    break;
                case TokenKind.ParenOpen when allowCalls:
                    var position = _token.Start;
                    var args = ParseArguments();
                    if (Is(TokenKind.Arrow) && !_token.AfterLineBreak && node is IdentifierNode { Name: "async" } && chain == 1)
                        return ParseAsyncArrow((IdentifierNode)node, args, start, mark);
                    node = new CallNode(node, args) { Position = CallPosition(node, position) };
                    break;
                case TokenKind.Template:
                    if (isOptionalChain)
                        throw Error("Invalid tagged template on optional chain", _token.Start);
                    node = ParseTemplate(node);
                    break;
                default:
                    return isOptionalChain ? new OptionalChainNode(node) { Position = start } : node;
            }
        }
    }

    // Errors in a call are shown at the name that is called.
    private static int CallPosition(Node callee, int parenthesis) => callee is MemberNode or IdentifierNode ? callee.Position : parenthesis;

    private Node ParseOptional(Node target)
    {
        switch (_token.Kind)
        {
            case TokenKind.ParenOpen:
                var position = _token.Start;
                return new CallNode(target, ParseArguments()) { IsOptional = true, Position = position };
            case TokenKind.BracketOpen:
                return ParseIndex(target, isOptional: true);
            case TokenKind.Template:
                throw Error("Invalid tagged template on optional chain", _token.Start);
            default:
                return ParseMember(target, isOptional: true);
        }
    }

    private AccessNode ParseMember(Node target, bool isOptional)
    {
        var position = _token.Start;
        var name = _token.Text;
        if (Is(TokenKind.PrivateName))
        {
            Next();
            return new PrivateMemberNode(target, Refer(name, position)) { IsOptional = isOptional, Position = position };
        }

        if (!_token.IsName)
            throw Unexpected();
        Next();
        return new MemberNode(target, name) { IsOptional = isOptional, Position = position };
    }

    private IndexNode ParseIndex(Node target, bool isOptional)
    {
        var position = _token.Start;
        Next();
        var key = WithIn(ParseExpression);
        Expect(TokenKind.BracketClose);
        return new IndexNode(target, key) { IsOptional = isOptional, Position = position };
    }

    private Node[] ParseArguments()
    {
        Expect(TokenKind.ParenOpen);
        var noIn = _noIn;
        _noIn = false;
        var args = new List<Node>();
        while (!Is(TokenKind.ParenClose))
        {
            args.Add(ParseSpreadable());
            if (!Is(TokenKind.ParenClose))
                Expect(TokenKind.Comma);
        }

        Next();
        _noIn = noIn;
        return [.. args];
    }

    private Node ParseSpreadable()
    {
        var start = _token.Start;
        return Eat(TokenKind.Ellipsis) ? new SpreadNode(ParseAssignment()) { Position = start } : ParseAssignment();
    }

    private T WithIn<T>(Func<T> parse)
    {
        var noIn = _noIn;
        _noIn = false;
        var result = parse();
        _noIn = noIn;
        return result;
    }

    private Node ParseNew()
    {
        var start = _token.Start;
        Next();
        if (Eat(TokenKind.Dot))
        {
            if (!_token.IsWord("target") || _function.IsScript)
                throw Unexpected();
            Next();
            return Refer("new.target", start);
        }

        Nest();
        var calleeStart = _token.Start;
        var mark = (_scope.References.Count, _scope.Children.Count);
        var callee = _token.IsKeyword("new") ? ParseNew() : ParsePrimary();
        callee = ParseTail(callee, calleeStart, mark, allowCalls: false);
        Unnest();
        if (Is(TokenKind.QuestionDot))
            throw Error("Invalid optional chain from new expression", _token.Start);
        var args = Is(TokenKind.ParenOpen) ? ParseArguments() : [];
        return new NewNode(callee, args) { Position = start };
    }

    private Node ParsePrimary()
    {
        var token = _token;
        switch (token.Kind)
        {
            case TokenKind.Number:
                Next();
                return new LiteralNode(token.Number) { Position = token.Start };
            case TokenKind.String:
                Next();
                return new LiteralNode(token.Text) { Position = token.Start };
            case TokenKind.BigInt:
                Next();
                return new LiteralNode(JsValue.Of(BigInteger.Parse(token.Text, CultureInfo.InvariantCulture))) { Position = token.Start };
            case TokenKind.Template:
                return ParseTemplate(null);
            case TokenKind.Slash or TokenKind.SlashAssign:
                return ParseRegex();
            case TokenKind.ParenOpen:
                return ParseParenthesized();
            case TokenKind.BracketOpen:
                return WithIn(ParseArrayLiteral);
            case TokenKind.BraceOpen:
                return WithIn(ParseObjectLiteral);
            case TokenKind.Keyword when !token.HasEscapes:
                return ParseKeywordPrimary();
            case TokenKind.Identifier:
                return ParseIdentifier();
            default:
                throw Unexpected();
        }
    }

    private Node ParseIdentifier()
    {
        var token = _token;
        if (token.IsWord("async") && PeekNext() is { AfterLineBreak: false } next && next.IsKeyword("function"))
        {
            Next();
            return ParseFunctionExpression(isAsync: true);
        }

        if (!IsBindingName(token) && !(token.Text == "await" && !_function.IsAsync))
            throw token.Text is "yield" or "await" || token.HasEscapes ? Unexpected() : Error("Unexpected strict mode reserved word", token.Start);
        Next();
        return Refer(token.Text, token.Start);
    }

    private Node ParseKeywordPrimary()
    {
        var token = _token;
        switch (token.Text)
        {
            case "true" or "false":
                Next();
                return new LiteralNode(JsValue.Bool(token.Text == "true")) { Position = token.Start };
            case "null":
                Next();
                return new LiteralNode(JsValue.Null) { Position = token.Start };
            case "this":
                Next();
                return Refer("this", token.Start);
            case "function":
                return ParseFunctionExpression(isAsync: false);
            case "class":
                return ParseClass(isDeclaration: false);
            case "super":
                return ParseSuper();
            default:
                throw token.Text is "import" or "export" ? Error("Cannot use import and export in a script", token.Start) : Unexpected();
        }
    }

    private Node ParseSuper()
    {
        var start = _token.Start;
        Next();
        var owner = _function;
        while (owner is { IsArrow: true, Parent: not null })
            owner = owner.Parent;
        if (Is(TokenKind.ParenOpen))
        {
            if (!owner.IsDerivedConstructor)
                throw Error("'super' keyword unexpected here", start);
            var args = ParseArguments();
            return new SuperCallNode(Refer("this", start), Refer("%function", start), Refer("new.target", start), args) { Position = start };
        }

        if (owner.Kind is FunctionKind.Normal or FunctionKind.Script)
            throw Error("'super' keyword unexpected here", start);
        var self = Refer("this", start);
        if (Eat(TokenKind.Dot))
        {
            if (!_token.IsName)
                throw Unexpected();
            var name = new LiteralNode(_token.Text);
            Next();
            return new SuperMemberNode(self, name) { Position = start };
        }

        Expect(TokenKind.BracketOpen);
        var key = WithIn(ParseExpression);
        Expect(TokenKind.BracketClose);
        return new SuperMemberNode(self, key) { Position = start };
    }

    private RegexNode ParseRegex()
    {
        _token = _lexer.ScanRegex(_token);
        var token = _token;
        var split = token.Text.LastIndexOf('/');
        var pattern = token.Text[..split];
        var flags = token.Text[(split + 1)..];
        try
        {
            RegexTranslator.Translate(pattern, flags);
        }
        catch (JsThrow error)
        {
            throw Error(error.Message, token.Start);
        }

        Next();
        return new RegexNode(pattern, flags) { Position = token.Start };
    }

    private Node ParseTemplate(Node? tag)
    {
        var start = _token.Start;
        var cooked = new List<string?>();
        var raw = new List<string>();
        var parts = new List<Node>();
        var noIn = _noIn;
        _noIn = false;
        while (true)
        {
            var (text, rawText, isLast) = _lexer.ScanTemplatePart();
            if (text is null && tag is null)
                throw Error("Invalid escape sequence in template", start);
            cooked.Add(text);
            raw.Add(rawText);
            if (isLast)
                break;
            Next();
            parts.Add(ParseExpression());
            if (!Is(TokenKind.BraceClose))
                throw Unexpected();

            // The lexer has read the brace and stands right behind it, at the next characters of the template.
            _lexer.Position = _token.End;
        }

        _noIn = noIn;
        Next();
        if (tag is not null)
            return new TaggedTemplateNode(tag, [.. cooked], [.. raw], [.. parts]) { Position = start };
        return parts.Count == 0
            ? new LiteralNode(cooked[0]!) { Position = start }
            : new TemplateNode([.. cooked.Select(c => c!)], [.. parts]) { Position = start };
    }

    private Node ParseParenthesized()
    {
        var start = _token.Start;
        var mark = (_scope.References.Count, _scope.Children.Count);
        Next();
        var noIn = _noIn;
        _noIn = false;
        var items = new List<Node>();
        TargetNode? rest = null;
        var trailingComma = false;
        while (!Is(TokenKind.ParenClose))
        {
            trailingComma = false;
            if (Eat(TokenKind.Ellipsis))
            {
                var restStart = _token.Start;
                rest = ToTarget(ParseLeftHandSide(), restStart);
                break;
            }

            items.Add(ParseAssignment());
            if (Is(TokenKind.ParenClose))
                break;
            Expect(TokenKind.Comma);
            trailingComma = true;
        }

        Expect(TokenKind.ParenClose);
        _noIn = noIn;
        if (Is(TokenKind.Arrow) && !_token.AfterLineBreak)
            return ParseArrow(items, rest, start, mark, isAsync: false);
        if (items.Count == 0 || rest is not null || trailingComma)
            throw Unexpected();
        if (_coverError >= start)
            throw Error("Invalid shorthand property initializer", _coverError);
        var node = items.Count == 1 ? items[0] : new SequenceNode([.. items]) { Position = start };
        _parenthesized.Add(node);
        return node;
    }
}
