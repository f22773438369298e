namespace Platform.Scripting.JavaScript;

/// <summary>Array and object literals, binding patterns, and the conversion of the former into the latter.</summary>
internal sealed partial class Parser
{
    private ArrayNode ParseArrayLiteral()
    {
        var start = _token.Start;
        Next();
        var elements = new List<Node?>();
        var commaAfterSpread = false;
        while (!Is(TokenKind.BracketClose))
        {
            if (Eat(TokenKind.Comma))
            {
                elements.Add(null);
                continue;
            }

            elements.Add(ParseSpreadable());
            if (Is(TokenKind.BracketClose))
                break;
            commaAfterSpread |= elements[^1] is SpreadNode;
            Expect(TokenKind.Comma);
        }

        Next();
        return new ArrayNode([.. elements]) { Position = start, HasTrailingCommaAfterSpread = commaAfterSpread };
    }

    private ObjectNode ParseObjectLiteral()
    {
        var start = _token.Start;
        Next();
        var parts = new List<ObjectPart>();
        while (!Is(TokenKind.BraceClose))
        {
            parts.Add(ParseObjectPart());
            if (!Is(TokenKind.BraceClose))
                Expect(TokenKind.Comma);
        }

        Next();
        if (parts.Count(p => p.Kind == ObjectPartKind.Prototype) > 1)
            throw Error("Duplicate __proto__ fields are not allowed in object literals", start);
        return new ObjectNode([.. parts]) { Position = start };
    }

    private ObjectPart ParseObjectPart()
    {
        if (Eat(TokenKind.Ellipsis))
            return new ObjectPart(ObjectPartKind.Spread, null, default, ParseAssignment());
        var start = _token.Start;
        var modifiers = ParseModifiers();
        var first = _token;
        var key = ParsePropertyName();
        if (modifiers.IsAccessor)
        {
            var kind = modifiers.IsGetter ? FunctionKind.Getter : FunctionKind.Setter;
            var accessor = ParseFunctionTail(key.Text, kind, false, false, start, null);
            CheckAccessor(accessor.Code);
            return new ObjectPart(modifiers.IsGetter ? ObjectPartKind.Getter : ObjectPartKind.Setter, key.Computed, key.Key, accessor);
        }

        if (Is(TokenKind.ParenOpen) || modifiers.IsAsync || modifiers.IsGenerator)
        {
            var method = ParseFunctionTail(key.Text, FunctionKind.Method, modifiers.IsAsync, modifiers.IsGenerator, start, null);
            return new ObjectPart(ObjectPartKind.Method, key.Computed, key.Key, method);
        }

        if (Eat(TokenKind.Colon))
        {
            var isPrototype = key.Computed is null && key.Text == "__proto__";
            return new ObjectPart(isPrototype ? ObjectPartKind.Prototype : ObjectPartKind.Value, key.Computed, key.Key, ParseAssignment());
        }

        return ParseShorthand(first, key);
    }

    private ObjectPart ParseShorthand(Token first, PropertyName key)
    {
        if (key.Computed is not null || first.Kind != TokenKind.Identifier)
            throw Unexpected();
        if (!IsBindingName(first))
            throw Error($"Unexpected reserved word '{first.Text}'", first.Start);
        var reference = Refer(first.Text, first.Start);
        if (!Is(TokenKind.Assign))
            return new ObjectPart(ObjectPartKind.Value, null, key.Key, reference) { IsShorthand = true };
        if (_coverError < 0)
            _coverError = _token.Start;
        var position = _coverError;
        Next();
        var value = ParseAssignment();
        _coverError = position;
        return new ObjectPart(ObjectPartKind.Value, null, key.Key, reference) { IsShorthand = true, ShorthandDefault = value };
    }

    private void CheckAccessor(FunctionCode code)
    {
        var count = code.PlainParameterCount + code.OtherParameters.Length + (code.RestParameter is null ? 0 : 2);
        if (code.Kind == FunctionKind.Getter && count != 0)
            throw Error("Getter must not have any formal parameters.", code.SourceStart);
        if (code.Kind == FunctionKind.Setter && count != 1)
            throw Error("Setter must have exactly one formal parameter.", code.SourceStart);
    }

    /// <summary>Reads <c>async</c>, <c>*</c>, <c>get</c> and <c>set</c> where they are not themselves the name.</summary>
    private MemberModifiers ParseModifiers()
    {
        var modifiers = default(MemberModifiers);
        if (Is(TokenKind.Identifier) && !_token.HasEscapes && _token.Text is "async" or "get" or "set" && StartsName(PeekNext(), _token.Text == "async"))
        {
            modifiers = new MemberModifiers(_token.Text == "async", false, _token.Text == "get", _token.Text == "set");
            Next();
        }

        if (!modifiers.IsAccessor && Eat(TokenKind.Star))
            modifiers = modifiers with { IsGenerator = true };
        return modifiers;
    }

    private static bool StartsName(Token token, bool afterAsync)
    {
        if (afterAsync && token.AfterLineBreak)
            return false;
        return token.IsName || token.Kind is TokenKind.String or TokenKind.Number or TokenKind.BigInt or TokenKind.BracketOpen or TokenKind.PrivateName
            || (afterAsync && token.Kind == TokenKind.Star);
    }

    private PropertyName ParsePropertyName()
    {
        var token = _token;
        switch (token.Kind)
        {
            case TokenKind.BracketOpen:
                Next();
                var computed = WithIn(ParseAssignment);
                Expect(TokenKind.BracketClose);
                return new PropertyName(default, computed, "");
            case TokenKind.String:
                Next();
                return new PropertyName(PropertyKey.Of(token.Text), null, token.Text);
            case TokenKind.Number:
                Next();
                var key = PropertyKey.Of(token.Number);
                return new PropertyName(key, null, key.ToText());
            case TokenKind.BigInt:
                Next();
                return new PropertyName(PropertyKey.Of(token.Text), null, token.Text);
            default:
                if (!token.IsName)
                    throw Unexpected();
                Next();
                return new PropertyName(PropertyKey.Named(token.Text), null, token.Text);
        }
    }

    private TargetNode ParseBindingElement(BindingKind kind)
    {
        var start = _token.Start;
        var target = ParseBindingTarget(kind);
        return Eat(TokenKind.Assign) ? new DefaultNode(target, WithIn(ParseAssignment)) { Position = start } : target;
    }

    private TargetNode ParseBindingTarget(BindingKind kind)
    {
        var start = _token.Start;
        Nest();
        TargetNode target = _token.Kind switch
        {
            TokenKind.BracketOpen => ParseArrayPattern(kind),
            TokenKind.BraceOpen => ParseObjectPattern(kind),
            _ => Declare(ExpectBindingName(), kind, start),
        };
        Unnest();
        return target;
    }

    private ArrayPatternNode ParseArrayPattern(BindingKind kind)
    {
        var start = _token.Start;
        Next();
        var elements = new List<TargetNode?>();
        TargetNode? rest = null;
        while (!Is(TokenKind.BracketClose))
        {
            if (Eat(TokenKind.Comma))
            {
                elements.Add(null);
                continue;
            }

            if (Eat(TokenKind.Ellipsis))
            {
                rest = ParseBindingTarget(kind);
                break;
            }

            elements.Add(ParseBindingElement(kind));
            if (!Is(TokenKind.BracketClose))
                Expect(TokenKind.Comma);
        }

        Expect(TokenKind.BracketClose);
        return new ArrayPatternNode([.. elements], rest) { Position = start };
    }

    private ObjectPatternNode ParseObjectPattern(BindingKind kind)
    {
        var start = _token.Start;
        Next();
        var properties = new List<PatternProperty>();
        TargetNode? rest = null;
        while (!Is(TokenKind.BraceClose))
        {
            if (Eat(TokenKind.Ellipsis))
            {
                var position = _token.Start;
                rest = Declare(ExpectBindingName(), kind, position);
                break;
            }

            properties.Add(ParsePatternProperty(kind));
            if (!Is(TokenKind.BraceClose))
                Expect(TokenKind.Comma);
        }

        Expect(TokenKind.BraceClose);
        return new ObjectPatternNode([.. properties], rest) { Position = start };
    }

    private PatternProperty ParsePatternProperty(BindingKind kind)
    {
        var first = _token;
        var key = ParsePropertyName();
        if (Eat(TokenKind.Colon))
            return new PatternProperty(key.Computed, key.Key, ParseBindingElement(kind));
        if (key.Computed is not null || first.Kind != TokenKind.Identifier || !IsBindingName(first))
            throw Unexpected();
        TargetNode target = Declare(first.Text, kind, first.Start);
        if (Eat(TokenKind.Assign))
            target = new DefaultNode(target, WithIn(ParseAssignment)) { Position = first.Start };
        return new PatternProperty(null, key.Key, target);
    }

    private readonly record struct MemberModifiers(bool IsAsync, bool IsGenerator, bool IsGetter, bool IsSetter)
    {
        public bool IsAccessor => IsGetter || IsSetter;
    }

    private readonly record struct PropertyName(PropertyKey Key, Node? Computed, string Text);
}
