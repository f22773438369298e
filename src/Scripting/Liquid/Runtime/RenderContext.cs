namespace Platform.Scripting.Liquid;

/// <summary>The names from outside of a template, and the counters that increment and decrement keep among them.</summary>
internal sealed class RenderEnvironment(ILiquidScope? scope, LiquidMap? item = null)
{
    private readonly Dictionary<string, object?> _known = [];

    public bool TryGet(RenderContext context, string name, out object? value)
    {
        if (_known.TryGetValue(name, out value))
            return value != (object)Undefined.Value;
        var found = false;
        if (item is not null)
            found = item.TryGet(name, out value);
        else if (scope is not null && context.Host.Guard(() => (scope.TryGet(name, out var raw), raw)) is (true, var raw))
            (found, value) = (true, context.Host.Convert(raw));
        _known[name] = found ? value : Undefined.Value;
        return found;
    }

    public void Set(string name, object? value) => _known[name] = value;
}

/// <summary>What is known while a template is being rendered. Partial templates and filter expressions may have one of their own.</summary>
internal sealed class RenderContext
{
    private readonly List<Dictionary<string, object?>> _scopes = [[]];
    private readonly RenderEnvironment _environment;
    private readonly RenderContext? _parent;
    private Func<double>? _random;
    private Dictionary<string, Expression>? _expressions;

    public RenderContext(LiquidOptions options, RenderBudget budget, RenderEnvironment environment)
    {
        Options = options;
        Budget = budget;
        Host = new HostValues(budget);
        _environment = environment;
    }

    private RenderContext(RenderContext parent, RenderEnvironment environment)
    {
        _parent = parent;
        Options = parent.Options;
        Budget = parent.Budget;
        Host = parent.Host;
        _environment = environment;
    }

    public LiquidOptions Options { get; }

    public RenderBudget Budget { get; }

    public HostValues Host { get; }

    public bool BreakCalled { get; set; }

    public bool ContinueCalled { get; set; }

    public Dictionary<string, int> Cycles { get; } = [];

    public Dictionary<string, double> Continuations { get; } = [];

    public LayoutBlocks Blocks { get; set; } = new();

    public Dictionary<string, object?> Bottom => _scopes[0];

    public double Random() => _parent is not null ? _parent.Random() : (_random ??= Options.Random ?? new Random().NextDouble)();

    /// <summary>A context that sees nothing of this one, only the members of an item.</summary>
    public RenderContext Spawn(LiquidMap? item = null) => new(this, new RenderEnvironment(null, item));

    public void Push(Dictionary<string, object?> scope) => _scopes.Add(scope);

    public void Pop() => _scopes.RemoveAt(_scopes.Count - 1);

    /// <summary>The value of a name: the innermost scope that has it, then the host's.</summary>
    public object? Lookup(string name)
    {
        for (var i = _scopes.Count - 1; i >= 0; i--)
        {
            if (_scopes[i].TryGetValue(name, out var value))
                return value;
        }

        return _environment.TryGet(this, name, out var known) ? known : Undefined.Value;
    }

    /// <summary>Adds to a counter and gives its value before that. Counters hide names of the host but not assigned ones.</summary>
    public double Count(string name, int change)
    {
        var value = _environment.TryGet(this, name, out var known) && Coerce.IsNumber(known) ? Coerce.ToNumber(this, known) : 0;
        _environment.Set(name, Numbers.Box(value + change));
        return value;
    }

    /// <summary>An expression that a filter got as text, parsed once per render.</summary>
    public Expression Compile(string text)
    {
        if (_parent is not null)
            return _parent.Compile(text);
        _expressions ??= [];
        if (_expressions.TryGetValue(text, out var known))
            return known;
        Budget.Memory(text.Length * 16.0);
        try
        {
            return _expressions[text] = new Tokenizer(text, LiquidParseOptions.Default.NestingMax).ReadFilteredValue();
        }
        catch (LiquidSyntaxException error)
        {
            throw new LiquidFault($"'{text}' is not an expression: {error.Detail}", error);
        }
    }

    public string Text(object? value) => Coerce.ToText(this, value);

    public void RenderAll(Node[] nodes, TextOutput output)
    {
        Budget.Enter();
        foreach (var node in nodes)
        {
            Budget.Step();
            try
            {
                node.Render(this, output);
            }
            catch (LiquidFault fault)
            {
                throw new LiquidException(fault.Message, node.Position.Line, node.Position.Column, fault.InnerException);
            }

            if (BreakCalled || ContinueCalled)
                break;
        }

        Budget.Leave();
    }

    public string Capture(Node[] nodes)
    {
        var output = new TextOutput(Budget, isResult: false);
        RenderAll(nodes, output);
        return output.ToString();
    }
}
