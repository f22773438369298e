using System.Runtime.CompilerServices;

namespace Platform.Scripting.JavaScript;

/// <summary>
/// One run of one script: its globals, built-ins, call stack, jobs and budgets. Nothing in it is shared with another run.
/// </summary>
internal sealed partial class Realm
{
    private readonly IJsGlobals _globals;
    private readonly string[] _globalNames;
    private readonly bool _isStrict;
    private List<JsObject>? _roots;
    private readonly int _depthMax;
    private JsValue[] _args = [];
    private JsGlobalObject? _globalObject;
    private Dictionary<object, JsValue>? _templateObjects;
    private HashSet<JsObject>? _joining;

    public Realm(JsScript script, IJsGlobals globals, JsOptions options, CancellationToken cancellationToken)
    {
        Script = script;
        Options = options;
        Limits = options.Limits;
        _depthMax = Limits.DepthMax;
        Shapes = script.Shapes;
        _globals = globals;
        _globalNames = script.GlobalNames;
        _isStrict = script.IsStrict;
        _cancellation = cancellationToken;
        _startedAt = options.TimeProvider.GetTimestamp();
        _stepsLeft = Limits.StepsMax;
        StartChunk();
        _memoryCheckAt = Limits.MemoryBytesMax;
        GlobalSlots = new JsValue[_globalNames.Length];
        Array.Fill(GlobalSlots, JsValue.Hole);
    }

    public JsScript Script { get; }
    public JsOptions Options { get; }
    public JsLimits Limits { get; }
    public ShapeSet Shapes { get; }

    /// <summary>The globals that the script mentions, by their compiled index; holes until first used.</summary>
    public JsValue[] GlobalSlots { get; }

    public Frame? CurrentFrame { get; private set; }

    public int Depth { get; private set; }

    public int ArgTop { get; private set; }

    /// <summary>True once a script has touched how arrays are iterated; then loops over arrays take the long way.</summary>
    public bool ArrayIterationIsPatched { get; set; }

    /// <summary>The array that each tagged template passes to its tag.</summary>
    public Dictionary<object, JsValue> TemplateObjects => _templateObjects ??= [];

    public CancellationToken Cancellation => _cancellation;

    /// <summary>The arrays whose join is running, to cut cycles.</summary>
    public HashSet<JsObject> Joining => _joining ??= [];

    public JsGlobalObject GlobalObject => _globalObject ??= new JsGlobalObject(this);

    public JsObject NewObject() => new(this, ObjectPrototype);

    public static JsValue CharText(char c) => c < 128 ? s_chars[c] : c.ToString();

    /// <summary>The value of a global on its first use: from the script itself, the host, or the built-ins. A hole when unknown.</summary>
    public JsValue LoadGlobal(int index)
    {
        var name = _globalNames[index];
        var value = FindGlobal(name);
        if (!value.IsHole)
            GlobalSlots[index] = value;
        return value;
    }

    public JsValue FindGlobal(string name)
    {
        if (_globalObject?.TryGetOwnStored(name, out var stored) == true)
            return stored;
        if (_globals.TryGet(name, out var hostValue))
            return HostValue.ToScript(this, hostValue);
        return GlobalBuiltins.Find(this, name);
    }

    public void SetGlobal(int index, JsValue value)
    {
        var name = _globalNames[index];
        if (name is "undefined" or "NaN" or "Infinity")
            throw JsThrow.Type($"Cannot assign to read only property '{name}' of object '#<Object>'");
        if (_isStrict && GlobalSlots[index].IsHole && LoadGlobal(index).IsHole)
            throw JsThrow.Reference($"{name} is not defined");
        GlobalSlots[index] = value;
        if (_globals.TryGet(name, out _))
            _globals.TrySet(name, HostValue.ToHost(this, value));
    }

    public int SlotOfGlobal(string name) => Array.IndexOf(_globalNames, name);

    /// <summary>The frame of the script itself, which is never pooled.</summary>
    public Frame EnterScript(int slotCount)
    {
        CheckStack();
        Depth++;
        return CurrentFrame = new Frame(this) { Slots = slotCount == 0 ? [] : new JsValue[slotCount] };
    }

    public void LeaveScript()
    {
        Depth--;
        CurrentFrame = null;
    }

    public Frame EnterFunction(int slotCount)
    {
        Step();
        if (++Depth > _depthMax)
            throw TooDeep();
        // Expressions between two calls look for themselves when they are deep, and what is held in reserve is enough for a few calls.
        if ((Depth & 3) == 0)
            CheckStack();
        var frame = CurrentFrame?.Next ?? NewFrame();
        if (frame.Slots.Length < slotCount)
            frame.Slots = new JsValue[slotCount];
        frame.Label = null;
        return CurrentFrame = frame;
    }

    public void LeaveFunction(Frame frame)
    {
        Depth--;
        frame.Result = default;
        CurrentFrame = frame.Caller;
    }

    // A frame keeps the one of the call that it made last: calls of the same depth use it one after the other.
    private Frame NewFrame()
    {
        var frame = new Frame(this) { Slots = new JsValue[8], Caller = CurrentFrame };
        if (CurrentFrame is not null)
            CurrentFrame.Next = frame;
        return frame;
    }

    /// <summary>Makes a suspended function's frame the running one; give the result back to <see cref="LeaveCoroutine"/>.</summary>
    public RunState EnterCoroutine(Frame frame)
    {
        var before = Save();
        Step();
        if (++Depth > Limits.DepthMax)
            throw TooDeep();
        CheckStack();
        frame.Caller = CurrentFrame;
        CurrentFrame = frame;
        frame.Entry = Save();
        return before;
    }

    public void LeaveCoroutine(RunState before) => Restore(before);

    /// <summary>Counts a built-in's call towards the depth, because built-ins call back.</summary>
    public void EnterNative()
    {
        Step();
        if (++Depth > Limits.DepthMax)
            throw TooDeep();
        CheckStack();
    }

    public void LeaveNative() => Depth--;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void CheckStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new JsLimitException(JsLimitKind.Depth, "The script uses more machine stack than there is");
    }

    public void PushArg(JsValue value)
    {
        if (ArgTop == _args.Length)
            Array.Resize(ref _args, Math.Max(16, _args.Length * 2));
        _args[ArgTop++] = value;
    }

    public ReadOnlySpan<JsValue> ArgsFrom(int start) => _args.AsSpan(start, ArgTop - start);

    public void DropArgs(int start) => ArgTop = start;

    /// <summary>Keeps an array that a built-in is filling visible to the memory estimate.</summary>
    public void PushRoot(JsObject value) => (_roots ??= []).Add(value);

    public void PopRoot() => _roots!.RemoveAt(_roots.Count - 1);

    /// <summary>What a catch must put back, because unwinding does not clean up after itself.</summary>
    public RunState Save() => new(CurrentFrame, Depth, ArgTop, _roots?.Count ?? 0);

    public void Restore(RunState state)
    {
        CurrentFrame = state.Frame;
        Depth = state.Depth;
        ArgTop = state.ArgTop;
        if (_roots is not null && _roots.Count > state.RootCount)
            _roots.RemoveRange(state.RootCount, _roots.Count - state.RootCount);
    }

    /// <summary>Puts back the state with which a suspended function was last resumed.</summary>
    public void RestoreIn(Frame frame) => Restore(frame.Entry);

    /// <summary>The prototype for instances made by <paramref name="newTarget"/>.</summary>
    public static JsObject PrototypeFrom(JsObject newTarget, JsObject fallback) =>
        newTarget.Get("prototype") is { IsObject: true } prototype ? prototype.Object : fallback;

    private static readonly JsValue[] s_chars = [.. Enumerable.Range(0, 128).Select(c => JsValue.Of(((char)c).ToString()))];
}

/// <summary>A point of a run to which a catch returns.</summary>
internal readonly record struct RunState(Frame? Frame, int Depth, int ArgTop, int RootCount);
