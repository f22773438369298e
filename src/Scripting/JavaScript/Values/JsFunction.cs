namespace Platform.Scripting.JavaScript;

/// <summary>The body of a built-in function.</summary>
internal delegate JsValue BuiltinCode(Realm realm, JsValue thisValue, ReadOnlySpan<JsValue> args);

/// <summary>The body of a built-in constructor; <paramref name="newTarget"/> is the constructor that <c>new</c> named.</summary>
internal delegate JsValue BuiltinConstructor(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget);

/// <summary>An object that can be called.</summary>
internal abstract class JsFunction : JsObject
{
    private bool _hasOwn;

    protected JsFunction(Realm realm, JsObject? prototype)
        : base(realm, prototype, isExotic: true)
    {
    }

    public override string ClassName => "Function";

    // Own names appear when somebody looks at them, so until then nothing about this object may be cached.
    public override bool HasExoticNames => !_hasOwn;

    public virtual bool IsConstructor => false;

    protected abstract string FunctionName { get; }

    protected abstract int FunctionLength { get; }

    public abstract JsValue Call(JsValue thisValue, ReadOnlySpan<JsValue> args);

    public virtual JsValue Construct(ReadOnlySpan<JsValue> args, JsObject newTarget) =>
        throw JsThrow.Type($"{DisplayName} is not a constructor");

    public string DisplayName => FunctionName.Length == 0 ? "anonymous" : FunctionName;

    /// <summary>What Function.prototype.toString shows.</summary>
    public virtual string SourceText => $"function {FunctionName}() {{ [native code] }}";

    public override bool TryGetOwn(PropertyKey key, out PropertySlot slot)
    {
        EnsureOwn();
        return base.TryGetOwn(key, out slot);
    }

    public override bool Define(PropertyKey key, in PropertyRequest request)
    {
        EnsureOwn();
        return base.Define(key, request);
    }

    public override List<PropertyKey> OwnKeys()
    {
        EnsureOwn();
        return base.OwnKeys();
    }

    public override bool Harden(bool freeze)
    {
        EnsureOwn();
        return base.Harden(freeze);
    }

    /// <summary>Adds the own properties that this kind of function is born with, beyond length and name.</summary>
    protected virtual void AddOwnProperties()
    {
    }

    private void EnsureOwn()
    {
        if (_hasOwn)
            return;
        _hasOwn = true;
        AddOwn(PropertyKey.Named("length"), FunctionLength, PropertyFlags.Configurable);
        AddOwn(PropertyKey.Named("name"), FunctionName, PropertyFlags.Configurable);
        AddOwnProperties();
    }
}

/// <summary>A built-in that exists once per process and becomes a function object of a run when the run looks at it.</summary>
internal abstract class LazyBuiltin
{
    public abstract JsValue Create(Realm realm, JsObject holder);
}

/// <summary>A built-in method before its first use.</summary>
internal sealed class LazyFunction(string name, int length, BuiltinCode code) : LazyBuiltin
{
    public string Name { get; } = name;
    public int Length { get; } = length;
    public BuiltinCode Code { get; } = code;

    public override JsValue Create(Realm realm, JsObject holder) => new JsBuiltinFunction(realm, Name, Length, Code);
}

/// <summary>A built-in value that needs the run, such as a reference to another intrinsic.</summary>
internal sealed class LazyValue(Func<Realm, JsValue> create) : LazyBuiltin
{
    public override JsValue Create(Realm realm, JsObject holder) => create(realm);
}

/// <summary>A built-in accessor before its first use.</summary>
internal sealed class LazyAccessor(string name, BuiltinCode? get, BuiltinCode? set) : LazyBuiltin
{
    public override JsValue Create(Realm realm, JsObject holder) => JsValue.Of(new JsAccessor(
        get is null ? null : new JsBuiltinFunction(realm, "get " + name, 0, get),
        set is null ? null : new JsBuiltinFunction(realm, "set " + name, 1, set)));
}

/// <summary>A built-in function or constructor of one run.</summary>
internal sealed class JsBuiltinFunction : JsFunction
{
    private readonly string _name;
    private readonly int _length;
    private readonly BuiltinCode _code;
    private readonly BuiltinConstructor? _construct;

    public JsBuiltinFunction(Realm realm, string name, int length, BuiltinCode code, BuiltinConstructor? construct = null, JsObject? prototype = null)
        : base(realm, prototype ?? realm.FunctionPrototype)
    {
        _name = name;
        _length = length;
        _code = code;
        _construct = construct;
    }

    public BuiltinCode Code => _code;
    public override bool IsConstructor => _construct is not null;
    protected override string FunctionName => _name;
    protected override int FunctionLength => _length;

    public override JsValue Call(JsValue thisValue, ReadOnlySpan<JsValue> args)
    {
        Realm.EnterNative();
        var result = _code(Realm, thisValue, args);
        Realm.LeaveNative();
        return result;
    }

    public override JsValue Construct(ReadOnlySpan<JsValue> args, JsObject newTarget)
    {
        if (_construct is null)
            return base.Construct(args, newTarget);
        Realm.EnterNative();
        var result = _construct(Realm, args, newTarget);
        Realm.LeaveNative();
        return result;
    }
}

/// <summary>What Function.prototype.bind returns.</summary>
internal sealed class JsBoundFunction(Realm realm, JsFunction target, JsValue thisValue, JsValue[] bound, string name, double length)
    : JsFunction(realm, target.GetPrototype())
{
    public JsFunction Target { get; } = target;
    public override bool IsConstructor => Target.IsConstructor;
    protected override string FunctionName => name;
    protected override int FunctionLength => (int)Math.Clamp(length, 0, int.MaxValue);

    public override JsValue Call(JsValue thisArgument, ReadOnlySpan<JsValue> args)
    {
        Realm.EnterNative();
        var result = Target.Call(thisValue, [.. bound, .. args]);
        Realm.LeaveNative();
        return result;
    }

    public override JsValue Construct(ReadOnlySpan<JsValue> args, JsObject newTarget) =>
        Target.Construct([.. bound, .. args], ReferenceEquals(newTarget, this) ? Target : newTarget);

    public override long Trace(MemoryTrace trace)
    {
        trace.Add(Target);
        trace.Add(thisValue);
        foreach (var value in bound)
            trace.Add(value);
        return base.Trace(trace) + (bound.Length * 16L);
    }
}
