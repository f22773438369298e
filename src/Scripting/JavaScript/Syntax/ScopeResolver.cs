namespace Platform.Scripting.JavaScript;

/// <summary>
/// Binds every name to a slot, a captured variable or a global, once per script. After it the tree is immutable.
/// </summary>
internal sealed class ScopeResolver(Func<string, int, JsSyntaxException> error)
{
    private readonly List<(IdentifierNode Node, Binding Binding, bool IsInner)> _resolved = [];
    private readonly List<Scope> _scopes = [];
    private readonly Dictionary<string, int> _globals = [];

    /// <summary>The names that nothing in the script declares, in the order of their slots.</summary>
    public IEnumerable<string> GlobalNames => _globals.OrderBy(g => g.Value).Select(g => g.Key);

    public void Resolve(Scope root)
    {
        Collect(root);
        foreach (var scope in _scopes)
        {
            foreach (var reference in scope.References)
                ResolveReference(scope, reference);
        }

        foreach (var (node, binding, isInner) in _resolved)
            Bind(node, binding, isInner);
        foreach (var scope in _scopes)
            scope.Freeze();
    }

    // Parameters come first so that arguments are copied to the slots they are numbered by.
    private void Collect(Scope root)
    {
        var pending = new Stack<Scope>();
        pending.Push(root);
        while (pending.TryPop(out var scope))
        {
            _scopes.Add(scope);
            foreach (var binding in scope.Bindings)
                binding.Slot = scope.Function.SlotCount++;
            for (var i = scope.Children.Count - 1; i >= 0; i--)
                pending.Push(scope.Children[i]);
        }
    }

    private void ResolveReference(Scope start, IdentifierNode node)
    {
        for (var scope = start; scope is not null; scope = scope.Parent)
        {
            var binding = scope.Find(node.Name) ?? (scope.IsFunctionScope ? ImplicitBinding(scope, node.Name) : null);
            if (binding is null)
                continue;
            var isInner = !ReferenceEquals(binding.Scope.Function, start.Function);
            if (isInner)
            {
                binding.IsCaptured = true;
                node.CaptureIndex = start.Function.CaptureIndexOf(binding);
            }

            _resolved.Add((node, binding, isInner));
            return;
        }

        if (node.Name[0] == '#')
            throw error($"Private field '{node.Name}' must be declared in an enclosing class", node.Position);
        if (!_globals.TryGetValue(node.Name, out var index))
            _globals[node.Name] = index = _globals.Count;
        node.BindGlobal(index);
    }

    private static Binding? ImplicitBinding(Scope scope, string name)
    {
        var function = scope.Function;
        if (name == function.SelfName)
            return Implicit(scope, name, BindingKind.SelfName);
        if (function.IsArrow)
            return null;
        return name switch
        {
            "this" or "new.target" or "%function" => Implicit(scope, name, BindingKind.Implicit),
            "arguments" when !function.IsScript => Implicit(scope, name, BindingKind.Implicit),
            _ => null,
        };
    }

    private static Binding Implicit(Scope scope, string name, BindingKind kind)
    {
        var binding = scope.Add(name, kind);
        binding.Slot = scope.Function.SlotCount++;
        binding.DeclarationEnd = -1;
        scope.Function.ImplicitBindings.Add(binding);
        return binding;
    }

    private static void Bind(IdentifierNode node, Binding binding, bool isInner)
    {
        // "this" of a derived constructor is uninitialised until super() returns.
        var isLateThis = binding is { Kind: BindingKind.Implicit, Name: "this" } && binding.Scope.Function.IsDerivedConstructor;
        var mayBeEarly = isLateThis || (binding.IsLexical
            && (isInner || binding.Scope.IsSwitch || node.Position < binding.DeclarationEnd));
        mayBeEarly |= binding.IsLateParameter && node.Position < binding.DeclarationEnd;
        if (mayBeEarly)
            binding.NeedsMark = true;
        node.BindVariable(binding, isInner, mayBeEarly);
    }
}
