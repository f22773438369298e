namespace Platform.Scripting.JavaScript;

/// <summary>Classes.</summary>
internal sealed partial class Parser
{
    private DeclarationStatement ParseClassDeclaration()
    {
        var start = _token.Start;
        var next = PeekNext();
        var scope = _scope;
        var target = Declare(next.Text, BindingKind.Class, start);
        var node = ParseClass(isDeclaration: true);
        scope.Find(next.Text)!.DeclarationEnd = _previousEnd;
        return new DeclarationStatement([(target, node)], isVar: false) { Position = start };
    }

    private ClassNode ParseClass(bool isDeclaration)
    {
        var start = _token.Start;
        Nest();
        Next();
        var scope = PushScope();
        IdentifierNode? innerName = null;
        var name = "";
        if (isDeclaration || (Is(TokenKind.Identifier) && !_token.IsKeyword("extends")))
        {
            var position = _token.Start;
            name = ExpectBindingName();
            innerName = Declare(name, BindingKind.Const, position);
        }

        var heritage = EatKeyword("extends") ? ParseLeftHandSide() : null;
        var body = ParseClassBody(heritage is not null);
        MarkDeclared(scope, 0, _previousEnd);
        var privateNames = scope.Bindings.Where(b => b.Kind == BindingKind.Private).Select(b => Refer(b.Name, start)).ToArray();
        PopScope();
        Unnest();
        var constructor = body.Constructor ?? DefaultConstructor(scope, heritage is not null, start);
        constructor.Code.Name = name;
        return new ClassNode(name, heritage, ClassSource(constructor, start), [.. body.Members], scope, innerName, privateNames) { Position = start };
    }

    // A class shows its whole text, not that of its constructor.
    private FunctionNode ClassSource(FunctionNode constructor, int start)
    {
        constructor.Code.SourceStart = start;
        constructor.Code.SourceEnd = _previousEnd;
        return constructor;
    }

    private (FunctionNode? Constructor, List<ClassMember> Members) ParseClassBody(bool isDerived)
    {
        Expect(TokenKind.BraceOpen);
        FunctionNode? constructor = null;
        var members = new List<ClassMember>();
        while (!Eat(TokenKind.BraceClose))
        {
            if (Eat(TokenKind.Semicolon))
                continue;
            var isConstructor = IsConstructorName(_token) && PeekNext().Kind == TokenKind.ParenOpen;
            if (!isConstructor)
            {
                members.Add(ParseClassMember());
                continue;
            }

            if (constructor is not null)
                throw Error("A class may only have one constructor", _token.Start);
            var start = _token.Start;
            Next();
            var kind = isDerived ? FunctionKind.DerivedConstructor : FunctionKind.ClassConstructor;
            constructor = ParseFunctionTail("", kind, false, false, start, null);
        }

        return (constructor, members);
    }

    private static bool IsConstructorName(Token token) =>
        token.IsWord("constructor") || token is { Kind: TokenKind.String, Text: "constructor" };

    private ClassMember ParseClassMember()
    {
        var start = _token.Start;
        var isStatic = false;
        if (_token.IsWord("static") && PeekNext().Kind is not (TokenKind.ParenOpen or TokenKind.Assign or TokenKind.Semicolon or TokenKind.BraceClose))
        {
            Next();
            isStatic = true;
            if (Is(TokenKind.BraceOpen))
                return ParseStaticBlock(start);
        }

        var modifiers = ParseModifiers();
        var nameToken = _token;
        IdentifierNode? privateName = null;
        PropertyName key;
        if (Is(TokenKind.PrivateName))
        {
            key = new PropertyName(default, null, nameToken.Text);
            Next();
            privateName = Refer(nameToken.Text, nameToken.Start);
        }
        else
        {
            key = ParsePropertyName();
        }

        var isMethod = modifiers.IsAccessor || modifiers.IsAsync || modifiers.IsGenerator || Is(TokenKind.ParenOpen);
        if (privateName is not null)
            DeclarePrivate(nameToken, modifiers, isStatic);
        if (key.Computed is null && privateName is null)
            CheckMemberName(key.Text, isMethod, isStatic, modifiers, nameToken.Start);
        return isMethod
            ? ParseMethod(modifiers, isStatic, key, privateName, start)
            : ParseField(isStatic, key, privateName);
    }

    private void CheckMemberName(string name, bool isMethod, bool isStatic, MemberModifiers modifiers, int position)
    {
        if (name == "constructor" && (!isStatic || !isMethod))
        {
            throw Error(!isMethod ? "Classes may not have a field named 'constructor'"
                : modifiers.IsAccessor ? "Class constructor may not be an accessor" : "Class constructor may not be a generator or async", position);
        }

        if (name == "prototype" && isStatic)
            throw Error("Classes may not have a static property named 'prototype'", position);
    }

    private ClassMember ParseMethod(MemberModifiers modifiers, bool isStatic, PropertyName key, IdentifierNode? privateName, int start)
    {
        var kind = modifiers switch
        {
            { IsGetter: true } => FunctionKind.Getter,
            { IsSetter: true } => FunctionKind.Setter,
            _ => FunctionKind.Method,
        };
        var function = ParseFunctionTail(key.Text, kind, modifiers.IsAsync, modifiers.IsGenerator, start, null);
        CheckAccessor(function.Code);
        var memberKind = kind switch
        {
            FunctionKind.Getter => ClassMemberKind.Getter,
            FunctionKind.Setter => ClassMemberKind.Setter,
            _ => ClassMemberKind.Method,
        };
        return new ClassMember(memberKind, isStatic, key.Computed, key.Key, privateName, function);
    }

    private ClassMember ParseField(bool isStatic, PropertyName key, IdentifierNode? privateName)
    {
        FunctionNode? value = null;
        if (Eat(TokenKind.Assign))
        {
            var code = BeginFunction("", FunctionKind.Initializer, false, false, _token.Start, null, out var outer);
            code.Expression = new FieldValueNode(ParseAssignment());
            EndFunction(code, outer);
            value = new FunctionNode(code);
        }

        ExpectStatementEnd();
        return new ClassMember(ClassMemberKind.Field, isStatic, key.Computed, key.Key, privateName, value);
    }

    private ClassMember ParseStaticBlock(int start)
    {
        var code = BeginFunction("", FunctionKind.Initializer, false, false, start, null, out var outer);
        Expect(TokenKind.BraceOpen);
        code.Body = ParseStatementsToBrace();
        EndFunction(code, outer);
        return new ClassMember(ClassMemberKind.StaticBlock, true, null, default, null, new FunctionNode(code));
    }

    private void DeclarePrivate(Token name, MemberModifiers modifiers, bool isStatic)
    {
        if (name.Text == "#constructor")
            throw Error("Classes may not have a private field named '#constructor'", name.Start);

        // A getter and a setter may share a name, once each.
        var half = modifiers.IsGetter ? "get" : modifiers.IsSetter ? "set" : "";
        var key = $"{name.Text} {(isStatic ? "static" : "")}{half}";
        var existing = _scope.Find(name.Text);
        if (existing is not null && (half.Length == 0 || !_scope.VarsThrough.Contains(OtherHalf(name.Text, half, isStatic)) || !_scope.VarsThrough.Add(key)))
            throw Redeclared(name.Text, name.Start);
        if (existing is not null)
            return;
        _scope.VarsThrough.Add(key);
        _scope.Add(name.Text, BindingKind.Private);
    }

    private static string OtherHalf(string name, string half, bool isStatic) => $"{name} {(isStatic ? "static" : "")}{(half == "get" ? "set" : "get")}";

    private FunctionNode DefaultConstructor(Scope classScope, bool isDerived, int start)
    {
        var outerScope = _scope;
        _scope = classScope;
        var kind = isDerived ? FunctionKind.DerivedConstructor : FunctionKind.ClassConstructor;
        var code = BeginFunction("", kind, false, false, start, null, out var outer);
        if (isDerived)
        {
            var args = Declare("args", BindingKind.Parameter, start);
            SetParameters(code, [], args);
            var call = new SuperCallNode(
                Refer("this", start), Refer("%function", start), Refer("new.target", start), [new SpreadNode(Refer("args", start))])
            { Position = start };
            code.Body = [new ExpressionStatement(call, isScriptCode: false)];
        }

        EndFunction(code, outer);
        _scope = outerScope;
        return new FunctionNode(code) { Position = start };
    }
}
