namespace Platform.Scripting.JavaScript;

/// <summary>How a variable was declared.</summary>
internal enum BindingKind
{
    Parameter,
    Var,
    Function,
    Let,
    Const,
    Class,
    CatchParameter,

    /// <summary>The name of a function expression inside itself: reads work, writes fail.</summary>
    SelfName,

    /// <summary>What the language provides: this, arguments, new.target, the running function.</summary>
    Implicit,

    /// <summary>A private name of a class; its value is the private symbol.</summary>
    Private,
}

/// <summary>One variable. It becomes a slot of its function's frame, holding a box when closures share it.</summary>
internal sealed class Binding(string name, BindingKind kind, Scope scope)
{
    public string Name { get; } = name;
    public BindingKind Kind { get; set; } = kind;
    public Scope Scope { get; set; } = scope;
    public int Slot { get; set; } = -1;
    public bool IsCaptured { get; set; }

    /// <summary>Where in the source the variable is initialised; reads before it are checked.</summary>
    public int DeclarationEnd { get; set; } = int.MaxValue;

    /// <summary>True when some read may come before the initialisation, so the slot must be marked on entry.</summary>
    public bool NeedsMark { get; set; }

    /// <summary>True for parameters that are not plain: defaults before them must not read them.</summary>
    public bool IsLateParameter { get; set; }

    public bool IsLexical => Kind is BindingKind.Let or BindingKind.Const or BindingKind.Class;
    public bool IsReadOnly => Kind is BindingKind.Const or BindingKind.SelfName or BindingKind.Private;
}

/// <summary>A region of the source with its own names. Built while parsing, resolved once, then used on entry.</summary>
internal sealed class Scope
{
    public Scope(Scope? parent, FunctionCode function)
    {
        Parent = parent;
        Function = function;
        parent?.Children.Add(this);
    }

    public Scope? Parent { get; set; }
    public FunctionCode Function { get; set; }
    public List<Scope> Children { get; } = [];
    public List<IdentifierNode> References { get; } = [];
    public Dictionary<string, Binding> Names { get; } = [];
    public List<Binding> Bindings { get; } = [];

    /// <summary>Functions declared in this scope; they exist from its entry on.</summary>
    public List<(Binding Binding, FunctionNode Function)> HoistedFunctions { get; } = [];

    /// <summary>Names of <c>var</c> declarations inside that belong to the function; they must not meet a <c>let</c> here.</summary>
    public HashSet<string> VarsThrough { get; } = [];

    public bool IsFunctionScope { get; init; }

    /// <summary>The cases of a switch share a scope in which a declaration may be jumped over.</summary>
    public bool IsSwitch { get; init; }

    /// <summary>Slots that get a fresh box on entry.</summary>
    public int[] BoxedSlots { get; private set; } = [];

    /// <summary>For each of <see cref="BoxedSlots"/> whether it starts uninitialised.</summary>
    public bool[] BoxedMarks { get; private set; } = [];

    /// <summary>Slots that are marked uninitialised on entry.</summary>
    public int[] MarkedSlots { get; private set; } = [];

    /// <summary>True when entering this scope does anything at run time.</summary>
    public bool HasEntry { get; private set; }

    public Binding? Find(string name) => Names.GetValueOrDefault(name);

    public Binding Add(string name, BindingKind kind)
    {
        var binding = new Binding(name, kind, this);
        Names[name] = binding;
        Bindings.Add(binding);
        return binding;
    }

    /// <summary>Moves what was parsed since the marks into a scope that turned out to enclose it (arrow parameters).</summary>
    public void MoveTailTo(Scope inner, int referenceMark, int childMark)
    {
        inner.References.AddRange(References.Skip(referenceMark));
        References.RemoveRange(referenceMark, References.Count - referenceMark);
        foreach (var child in Children.Skip(childMark).Where(c => !ReferenceEquals(c, inner)).ToList())
        {
            Children.Remove(child);
            inner.Children.Add(child);
            child.Parent = inner;
            child.MoveToFunction(inner.Function, Function);
        }
    }

    public void Freeze()
    {
        var boxed = Bindings.Where(b => b.IsCaptured).ToList();
        BoxedSlots = [.. boxed.Select(b => b.Slot)];
        BoxedMarks = [.. boxed.Select(b => b.IsLexical || b is { IsLateParameter: true, NeedsMark: true })];
        MarkedSlots = [.. Bindings.Where(b => !b.IsCaptured && b.NeedsMark).Select(b => b.Slot)];
        HasEntry = BoxedSlots.Length > 0 || MarkedSlots.Length > 0 || HoistedFunctions.Count > 0;
    }

    /// <summary>Makes the variables of this scope as they are when control enters it.</summary>
    public void Enter(Frame frame)
    {
        var slots = frame.Slots;
        for (var i = 0; i < BoxedSlots.Length; i++)
        {
            var slot = BoxedSlots[i];
            var initial = BoxedMarks[i] ? JsValue.Hole : IsFunctionScope ? slots[slot] : JsValue.Undefined;
            slots[slot] = JsValue.Of(new JsBox(initial));
        }

        foreach (var slot in MarkedSlots)
            slots[slot] = JsValue.Hole;
        foreach (var (binding, function) in HoistedFunctions)
            frame.Initialize(binding.Slot, binding.IsCaptured, function.Evaluate(frame));
    }

    /// <summary>Gives every captured variable a new box with the same value: the next iteration of a loop.</summary>
    public void Renew(Frame frame)
    {
        foreach (var slot in BoxedSlots)
            frame.Slots[slot] = JsValue.Of(new JsBox(frame.Slots[slot].Box.Value));
    }

    private void MoveToFunction(FunctionCode function, FunctionCode from)
    {
        if (IsFunctionScope)
        {
            Function.Parent = function;
            return;
        }

        if (!ReferenceEquals(Function, from))
            return;
        Function = function;
        foreach (var child in Children)
            child.MoveToFunction(function, from);
    }
}
