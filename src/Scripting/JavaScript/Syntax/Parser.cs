using System.Runtime.CompilerServices;

namespace Platform.Scripting.JavaScript;

/// <summary>
/// Reads a script into executable nodes in one pass. Scopes are built on the way; what could still turn out to be the
/// parameters of an arrow function or a destructuring pattern is read as an expression and converted.
/// </summary>
internal sealed partial class Parser
{
    private const int NestingMax = 250;
    private const int ChainLengthMax = 20_000;
    private const int GuardInterval = 40;

    private readonly Lexer _lexer;
    private readonly HashSet<Node> _parenthesized = [];
    private Token _token;
    private int _previousEnd;
    private Scope _scope;
    private FunctionCode _function;
    private int _nesting;
    private bool _noIn;
    private int _coverError = -1;
    private List<string> _labels = [];
    private int _loops;
    private int _switches;

    public Parser(string source)
    {
        _lexer = new Lexer(source);
        _function = new FunctionCode("", FunctionKind.Script, null) { Source = source, SourceEnd = source.Length };
        _scope = new Scope(null, _function) { IsFunctionScope = true };
        _function.Scope = _scope;
        _token = _lexer.Next();
    }

    /// <summary>True when the script begins with "use strict": then assigning to an unknown name is an error.</summary>
    public bool IsStrict { get; private set; }

    /// <summary>The names that the script mentions and does not declare.</summary>
    public string[] GlobalNames { get; private set; } = [];

    /// <summary>The expression statements outside of functions: one of them gives the script its value.</summary>
    private readonly List<ExpressionStatement> _valueStatements = [];

    public FunctionCode Parse()
    {
        var statements = new List<Statement>();
        ReadDirectives();
        while (_token.Kind != TokenKind.End)
            statements.Add(ParseStatementListItem());
        _function.Body = [.. statements];
        // A script that ends with an expression or a return has the value of that: no other has to be kept.
        if (statements is [.., ExpressionStatement or ReturnStatement])
        {
            foreach (var statement in _valueStatements)
                statement.KeepsValue = ReferenceEquals(statement, statements[^1]);
        }

        var resolver = new ScopeResolver((message, position) => _lexer.Error(message, position));
        resolver.Resolve(_function.Scope);
        GlobalNames = [.. resolver.GlobalNames];
        return _function;
    }

    private void ReadDirectives()
    {
        // Only looks; the directive is still an expression statement, and may be the value of the script.
        if (_token is { Kind: TokenKind.String, HasEscapes: false, Text: "use strict" })
            IsStrict = true;
    }

    private void Next()
    {
        _previousEnd = _token.End;
        _token = _lexer.Next();
    }

    private Token PeekNext()
    {
        var position = _lexer.Position;
        var token = _lexer.Next();
        _lexer.Position = position;
        return token;
    }

    private bool Is(TokenKind kind) => _token.Kind == kind;

    private bool Eat(TokenKind kind)
    {
        if (_token.Kind != kind)
            return false;
        Next();
        return true;
    }

    private bool EatKeyword(string word)
    {
        if (!_token.IsKeyword(word))
            return false;
        Next();
        return true;
    }

    private void Expect(TokenKind kind)
    {
        if (_token.Kind != kind)
            throw Unexpected();
        Next();
    }

    private void ExpectKeyword(string word)
    {
        if (!EatKeyword(word))
            throw Unexpected();
    }

    private JsSyntaxException Unexpected() => _token.Kind switch
    {
        TokenKind.End => Error("Unexpected end of input", _token.Start),
        TokenKind.Number or TokenKind.BigInt => Error("Unexpected number", _token.Start),
        TokenKind.String => Error("Unexpected string", _token.Start),
        TokenKind.Template => Error("Unexpected template string", _token.Start),
        TokenKind.Identifier => Error($"Unexpected identifier '{_token.Text}'", _token.Start),
        _ => Error($"Unexpected token '{_lexer.Source[_token.Start.._token.End]}'", _token.Start),
    };

    private JsSyntaxException Error(string message, int position) => _lexer.Error(message, position);

    /// <summary>Ends a statement: a semicolon, or a place where the language inserts one.</summary>
    private void ExpectStatementEnd()
    {
        if (_coverError >= 0)
            throw Error("Invalid shorthand property initializer", _coverError);
        if (Eat(TokenKind.Semicolon) || Is(TokenKind.BraceClose) || Is(TokenKind.End) || _token.AfterLineBreak)
            return;
        throw Unexpected();
    }

    private void Nest()
    {
        if (++_nesting > NestingMax || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Error("The script is nested too deeply", _token.Start);
    }

    private void Unnest() => _nesting--;

    private Scope PushScope(bool isSwitch = false)
    {
        _scope = new Scope(_scope, _function) { IsSwitch = isSwitch };
        return _scope;
    }

    private void PopScope() => _scope = _scope.Parent!;

    private IdentifierNode Refer(string name, int position)
    {
        var node = new IdentifierNode(name) { Position = position };
        _scope.References.Add(node);
        return node;
    }

    /// <summary>Declares a name and returns the node that stores into it.</summary>
    private IdentifierNode Declare(string name, BindingKind kind, int position)
    {
        var binding = kind switch
        {
            BindingKind.Var => DeclareVar(name, position),
            BindingKind.Function when _scope.IsFunctionScope => DeclareVar(name, position),
            _ => DeclareLexical(name, kind, position),
        };
        if (kind == BindingKind.Function)
            binding.Kind = BindingKind.Function;
        return Refer(name, position);
    }

    private Binding DeclareVar(string name, int position)
    {
        var scope = _scope;
        while (!scope.IsFunctionScope)
        {
            if (scope.Find(name) is { Kind: not BindingKind.CatchParameter })
                throw Redeclared(name, position);
            scope.VarsThrough.Add(name);
            scope = scope.Parent!;
        }

        return scope.Find(name) is not { } known ? scope.Add(name, BindingKind.Var) : known.IsLexical ? throw Redeclared(name, position) : known;
    }

    private Binding DeclareLexical(string name, BindingKind kind, int position)
    {
        if (_scope.Find(name) is not null || _scope.VarsThrough.Contains(name))
            throw Redeclared(name, position);
        if (name == "let" && kind is BindingKind.Let or BindingKind.Const)
            throw Error("let is disallowed as a lexically bound name", position);
        return _scope.Add(name, kind);
    }

    private JsSyntaxException Redeclared(string name, int position) => Error($"Identifier '{name}' has already been declared", position);

    /// <summary>From here on the names declared by a pattern have values.</summary>
    private static void MarkDeclared(Scope scope, int from, int position)
    {
        for (var i = from; i < scope.Bindings.Count; i++)
            scope.Bindings[i].DeclarationEnd = position;
    }

    private string ExpectBindingName()
    {
        if (!IsBindingName(_token))
            throw Unexpected();
        var name = _token.Text;
        if (name is "eval" or "arguments")
            throw Error("Unexpected eval or arguments in strict mode", _token.Start);
        Next();
        return name;
    }

    private bool IsBindingName(Token token)
    {
        if (token.Kind != TokenKind.Identifier)
            return false;
        return token.Text switch
        {
            "yield" => !_function.IsGenerator && !IsStrict,
            "await" => !_function.IsAsync && !_function.IsScript,
            "static" or "implements" or "interface" or "package" or "private" or "protected" or "public" => false,
            _ => true,
        };
    }
}
