namespace Platform.Scripting.JavaScript;

/// <summary>What kind of function a body belongs to.</summary>
internal enum FunctionKind
{
    Normal,
    Arrow,
    Method,
    Getter,
    Setter,
    ClassConstructor,
    DerivedConstructor,

    /// <summary>A class field initialiser or static block.</summary>
    Initializer,
    Script,
}

/// <summary>A function as compiled: shared by all closures made from it and by all runs.</summary>
internal sealed class FunctionCode(string name, FunctionKind kind, FunctionCode? parent)
{
    private readonly List<Binding> _captures = [];
    private readonly List<(bool FromSlot, int Index)> _captureSources = [];

    public string Name { get; set; } = name;
    public FunctionKind Kind { get; } = kind;
    public FunctionCode? Parent { get; set; } = parent;
    public bool IsAsync { get; set; }
    public bool IsGenerator { get; init; }
    public bool IsArrow => Kind == FunctionKind.Arrow;
    public bool IsScript => Kind == FunctionKind.Script;
    public bool IsDerivedConstructor => Kind == FunctionKind.DerivedConstructor;
    public bool IsClassConstructor => Kind is FunctionKind.ClassConstructor or FunctionKind.DerivedConstructor;
    public bool IsConstructor => IsClassConstructor || (Kind == FunctionKind.Normal && !IsAsync && !IsGenerator);

    /// <summary>The name under which a function expression sees itself; null for declarations.</summary>
    public string? SelfName { get; init; }

    public Scope Scope { get; set; } = null!;

    /// <summary>How many leading parameters are plain names; their arguments are copied without further work.</summary>
    public int PlainParameterCount { get; set; }

    /// <summary>The parameters after the plain ones: patterns and defaults, by position.</summary>
    public TargetNode[] OtherParameters { get; set; } = [];

    public TargetNode? RestParameter { get; set; }

    /// <summary>The <c>length</c> of the function.</summary>
    public int ExpectedCount { get; set; }

    public Statement[] Body { get; set; } = [];

    /// <summary>The expression of an arrow function without braces.</summary>
    public Node? Expression { get; set; }

    public int SlotCount { get; set; }

    /// <summary>this, arguments and so on, as far as the function mentions them.</summary>
    public List<Binding> ImplicitBindings { get; } = [];

    public int SourceStart { get; set; }

    public int SourceEnd { get; set; }

    /// <summary>The whole source; functions show their part of it.</summary>
    public string Source { get; init; } = "";

    /// <summary>The index of a variable among the boxes that closures of this function carry.</summary>
    public int CaptureIndexOf(Binding binding)
    {
        var index = _captures.IndexOf(binding);
        if (index >= 0)
            return index;
        var outer = Parent ?? throw new InvalidOperationException($"No function around this one declares {binding.Name}.");
        var source = ReferenceEquals(binding.Scope.Function, outer) ? (true, -1) : (false, outer.CaptureIndexOf(binding));
        _captures.Add(binding);
        _captureSources.Add(source);
        return _captures.Count - 1;
    }

    /// <summary>The boxes for a closure created in a frame of the enclosing function.</summary>
    public JsBox[] Capture(Frame frame)
    {
        if (_captures.Count == 0)
            return [];
        var boxes = new JsBox[_captures.Count];
        for (var i = 0; i < boxes.Length; i++)
        {
            var (fromSlot, index) = _captureSources[i];
            boxes[i] = fromSlot ? frame.Slots[_captures[i].Slot].Box : frame.Captures[index];
        }

        return boxes;
    }
}
