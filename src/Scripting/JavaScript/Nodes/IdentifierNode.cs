using System.Runtime.CompilerServices;

namespace Platform.Scripting.JavaScript;

/// <summary>A name: a local slot, a box shared with closures, or a global of the run. Bound by <see cref="ScopeResolver"/>.</summary>
internal sealed class IdentifierNode(string name) : TargetNode
{
    private Access _access;
    private int _index;
    private bool _isReadOnly;

    private enum Access
    {
        Local,
        CheckedLocal,
        Boxed,
        Captured,
        Global,
    }

    public string Name { get; } = name;

    public int CaptureIndex { get; set; }

    /// <summary>True inside <c>typeof</c>, where an unknown name is no error.</summary>
    public bool IsTypeOf { get; set; }

    public bool IsGlobal => _access == Access.Global;

    /// <summary>The slot when the name is a plain local variable that needs no check; otherwise -1.</summary>
    public int PlainSlot => _access == Access.Local && !_isReadOnly ? _index : -1;

    public void BindVariable(Binding binding, bool isInner, bool mayBeEarly)
    {
        _isReadOnly = binding.IsReadOnly;
        _index = isInner ? CaptureIndex : binding.Slot;
        if (isInner)
            _access = Access.Captured;
        else if (binding.IsCaptured)
            _access = Access.Boxed;
        else
            _access = mayBeEarly ? Access.CheckedLocal : Access.Local;
    }

    public void BindGlobal(int index)
    {
        _access = Access.Global;
        _index = index;
    }

    /// <summary>Evaluates an operand; local variables and constants, which most are, without a virtual call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static JsValue Operand(Node node, Frame frame)
    {
        if (node is IdentifierNode { _access: Access.Local } name)
            return frame.Slots[name._index];
        return node is LiteralNode literal ? literal.Value : node.Evaluate(frame);
    }

    public override JsValue Evaluate(Frame frame)
    {
        JsValue value;
        switch (_access)
        {
            case Access.Local:
                return frame.Slots[_index];
            case Access.CheckedLocal:
                value = frame.Slots[_index];
                break;
            case Access.Boxed:
                value = frame.Slots[_index].Box.Value;
                break;
            case Access.Captured:
                value = frame.Captures[_index].Value;
                break;
            default:
                return EvaluateGlobal(frame);
        }

        return value.IsHole ? throw Early(frame) : value;
    }

    public override void Store(Frame frame, JsValue value, bool initialize)
    {
        if (_access == Access.Local && value.IsNumber && (initialize || !_isReadOnly))
        {
            JsValue.StoreNumber(ref frame.Slots[_index], value.Number);
            return;
        }

        if (_access == Access.Global)
        {
            frame.Position = Position;
            frame.Realm.SetGlobal(_index, value);
            return;
        }

        if (!initialize)
        {
            if (_isReadOnly || _access != Access.Local)
            {
                // Reading first finds variables that are not initialised yet.
                Evaluate(frame);
            }

            if (_isReadOnly)
            {
                frame.Position = Position;
                throw JsThrow.Type("Assignment to constant variable.");
            }
        }

        switch (_access)
        {
            case Access.Boxed:
                frame.Slots[_index].Box.Value = value;
                break;
            case Access.Captured:
                frame.Captures[_index].Value = value;
                break;
            default:
                frame.Slots[_index] = value;
                break;
        }
    }

    /// <summary>Gives <c>this</c> its value when super() returns; it must not have one yet.</summary>
    public void InitializeThis(Frame frame, JsValue value)
    {
        var current = _access switch
        {
            Access.Boxed => frame.Slots[_index].Box.Value,
            Access.Captured => frame.Captures[_index].Value,
            _ => frame.Slots[_index],
        };
        if (!current.IsHole)
            throw JsThrow.Reference("Super constructor may only be called once");
        Store(frame, value, initialize: true);
    }

    private JsValue EvaluateGlobal(Frame frame)
    {
        var value = frame.Realm.GlobalSlots[_index];
        if (!value.IsHole)
            return value;
        value = frame.Realm.LoadGlobal(_index);
        if (!value.IsHole)
            return value;
        if (IsTypeOf)
            return JsValue.Undefined;
        frame.Position = Position;
        throw JsThrow.Reference($"{Name} is not defined");
    }

    private JsThrow Early(Frame frame)
    {
        frame.Position = Position;
        return JsThrow.Reference(Name == "this"
            ? "Must call super constructor in derived class before accessing 'this' or returning from derived constructor"
            : $"Cannot access '{Name}' before initialization");
    }
}
