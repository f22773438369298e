namespace Platform.Scripting.JavaScript;

/// <summary>Functions of every kind.</summary>
internal sealed partial class Parser
{
    private EmptyStatement ParseFunctionDeclaration(bool isAsync)
    {
        var start = _token.Start;
        Next();
        var isGenerator = Eat(TokenKind.Star);
        var position = _token.Start;
        var name = ExpectBindingName();
        var outer = _scope;
        Declare(name, BindingKind.Function, position);
        var function = ParseFunctionTail(name, FunctionKind.Normal, isAsync, isGenerator, start, selfName: null);
        var binding = outer.Find(name) ?? throw Error($"Cannot declare {name} here", position);
        outer.HoistedFunctions.RemoveAll(h => ReferenceEquals(h.Binding, binding));
        outer.HoistedFunctions.Add((binding, function));
        return new EmptyStatement();
    }

    private FunctionNode ParseFunctionExpression(bool isAsync)
    {
        var start = _token.Start;
        Next();
        var isGenerator = Eat(TokenKind.Star);
        string? name = null;
        if (Is(TokenKind.Identifier))
        {
            name = _token.Text;
            if (name is "eval" or "arguments" || (name == "await" && isAsync) || (name == "yield" && isGenerator))
                throw Unexpected();
            Next();
        }

        return ParseFunctionTail(name ?? "", FunctionKind.Normal, isAsync, isGenerator, start, selfName: name);
    }

    /// <summary>Reads parameters and body of everything that has both in the usual form.</summary>
    private FunctionNode ParseFunctionTail(string name, FunctionKind kind, bool isAsync, bool isGenerator, int start, string? selfName)
    {
        var code = BeginFunction(name, kind, isAsync, isGenerator, start, selfName, out var outer);
        Expect(TokenKind.ParenOpen);
        ParseParameters(code);
        Expect(TokenKind.BraceOpen);
        if (_token is { Kind: TokenKind.String, HasEscapes: false, Text: "use strict" } && code.OtherParameters.Length > 0)
            throw Error("Illegal 'use strict' directive in function with non-simple parameter list", _token.Start);
        code.Body = ParseStatementsToBrace();
        EndFunction(code, outer);
        return new FunctionNode(code) { Position = start };
    }

    private FunctionCode BeginFunction(string name, FunctionKind kind, bool isAsync, bool isGenerator, int start, string? selfName, out ParserState outer)
    {
        Nest();
        outer = new ParserState(_scope, _function, _noIn, _labels, _loops, _switches, _coverError);
        _coverError = -1;
        var code = new FunctionCode(name, kind, _function)
        {
            IsAsync = isAsync,
            IsGenerator = isGenerator,
            SelfName = selfName,
            Source = _lexer.Source,
            SourceStart = start,
        };
        code.Scope = new Scope(_scope, code) { IsFunctionScope = true };
        (_scope, _function, _noIn, _labels, _loops, _switches) = (code.Scope, code, false, [], 0, 0);
        return code;
    }

    private void EndFunction(FunctionCode code, ParserState outer)
    {
        code.SourceEnd = _previousEnd;
        (_scope, _function, _noIn, _labels, _loops, _switches) =
            (outer.Scope, outer.Function, outer.NoIn, outer.Labels, outer.Loops, outer.Switches);
        if (_coverError >= 0)
            throw Error("Invalid shorthand property initializer", _coverError);
        _coverError = outer.CoverError;
        Unnest();
    }

    private void ParseParameters(FunctionCode code)
    {
        var targets = new List<TargetNode>();
        TargetNode? rest = null;
        while (!Is(TokenKind.ParenClose))
        {
            if (Eat(TokenKind.Ellipsis))
            {
                rest = ParseBindingTarget(BindingKind.Parameter);
                break;
            }

            targets.Add(ParseBindingElement(BindingKind.Parameter));
            if (!Is(TokenKind.ParenClose))
                Expect(TokenKind.Comma);
        }

        Expect(TokenKind.ParenClose);
        SetParameters(code, targets, rest);
    }

    private void SetParameters(FunctionCode code, List<TargetNode> targets, TargetNode? rest)
    {
        var plain = targets.TakeWhile(t => t is IdentifierNode).Count();
        code.PlainParameterCount = plain;
        foreach (var binding in code.Scope.Bindings.Skip(plain))
        {
            binding.IsLateParameter = true;
            binding.DeclarationEnd = _previousEnd;
        }

        code.OtherParameters = [.. targets.Skip(plain)];
        code.RestParameter = rest;
        code.ExpectedCount = targets.TakeWhile(t => t is not DefaultNode).Count();
        if (code.OtherParameters.Any(p => p.Suspends) || rest is { Suspends: true })
            throw Error("Yield and await are not allowed in parameters", code.SourceStart);
    }

    private Node? TryParseSimpleArrow()
    {
        if (!Is(TokenKind.Identifier))
            return null;
        var start = _token.Start;
        var next = PeekNext();
        if (next.Kind == TokenKind.Arrow && !next.AfterLineBreak && IsBindingName(_token))
            return ParseOneParameterArrow(start, isAsync: false);
        if (!_token.IsWord("async") || next.Kind != TokenKind.Identifier || next.AfterLineBreak)
            return null;
        Next();
        if (PeekNext().Kind != TokenKind.Arrow)
            throw Unexpected();
        return ParseOneParameterArrow(start, isAsync: true);
    }

    private FunctionNode ParseOneParameterArrow(int start, bool isAsync)
    {
        var code = BeginFunction("", FunctionKind.Arrow, isAsync, false, start, null, out var outer);
        var position = _token.Start;
        var parameter = Declare(ExpectBindingName(), BindingKind.Parameter, position);
        SetParameters(code, [parameter], null);
        return FinishArrow(code, outer);
    }

    /// <summary>Turns what was read in parentheses into the parameters of an arrow function.</summary>
    private FunctionNode ParseArrow(List<Node> items, TargetNode? rest, int start, (int References, int Children) mark, bool isAsync)
    {
        var code = BeginFunction("", FunctionKind.Arrow, isAsync, false, start, null, out var outer);
        outer.Scope.MoveTailTo(code.Scope, mark.References, mark.Children);
        var targets = items.ConvertAll(item => ToBindingElement(item, start));
        foreach (var target in rest is null ? targets : [.. targets, rest])
            DeclarePattern(target, BindingKind.Parameter);
        if (outer.CoverError >= start)
            outer = outer with { CoverError = -1 };
        SetParameters(code, targets, rest);
        return FinishArrow(code, outer);
    }

    private FunctionNode ParseAsyncArrow(IdentifierNode async, Node[] args, int start, (int References, int Children) mark)
    {
        _scope.References.Remove(async);
        TargetNode? rest = null;
        var items = args.ToList();
        if (items.Count > 0 && items[^1] is SpreadNode spread)
        {
            rest = ToTarget(spread.Inner, spread.Position);
            items.RemoveAt(items.Count - 1);
        }

        // The word "async" itself was read as a name before the marks were taken, and is gone now.
        return ParseArrow(items, rest, start, mark, isAsync: true);
    }

    private FunctionNode FinishArrow(FunctionCode code, ParserState outer)
    {
        Expect(TokenKind.Arrow);
        if (Eat(TokenKind.BraceOpen))
        {
            code.Body = ParseStatementsToBrace();
        }
        else
        {
            _noIn = outer.NoIn;
            code.Expression = ParseAssignment();
        }

        EndFunction(code, outer);
        return new FunctionNode(code) { Position = code.SourceStart };
    }

    private readonly record struct ParserState(Scope Scope, FunctionCode Function, bool NoIn, List<string> Labels, int Loops, int Switches, int CoverError);
}
