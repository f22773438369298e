namespace Platform.Scripting.JavaScript;

/// <summary>A function of the script: compiled code with the variables it closes over.</summary>
internal sealed class JsScriptFunction : JsFunction
{
    private readonly string _name;
    private readonly JsBox[] _captures;

    public JsScriptFunction(Realm realm, FunctionCode code, JsBox[] captures, string name)
        : base(realm, realm.PrototypeForFunction(code))
    {
        Code = code;
        _captures = captures;
        _name = name;
        realm.Allocate(64 + (captures.Length * 8));
    }

    public FunctionCode Code { get; }

    /// <summary>Where <c>super</c> starts looking: the object that the method was defined on.</summary>
    public JsObject? HomeObject { get; init; }

    /// <summary>The prototype object of a class, made before the constructor's own properties are.</summary>
    public JsObject? ClassPrototype { get; set; }

    /// <summary>What instances get before the constructor body runs.</summary>
    public ClassField[] Fields { get; set; } = [];

    public override bool IsConstructor => Code.IsConstructor;
    public override string SourceText => Code.Source[Code.SourceStart..Code.SourceEnd];
    protected override string FunctionName => _name;
    protected override int FunctionLength => Code.ExpectedCount;

    public override JsValue Call(JsValue thisValue, ReadOnlySpan<JsValue> args)
    {
        if (Code.IsClassConstructor)
            throw JsThrow.Type($"Class constructor {DisplayName} cannot be invoked without 'new'");
        return Code.IsAsync || Code.IsGenerator
            ? Coroutine.StartFunction(this, thisValue, args)
            : Run(thisValue, JsValue.Undefined, args, out _);
    }

    public override JsValue Construct(ReadOnlySpan<JsValue> args, JsObject newTarget)
    {
        if (!IsConstructor)
            return base.Construct(args, newTarget);
        if (Code.IsDerivedConstructor)
        {
            var result = Run(JsValue.Hole, newTarget, args, out var self);
            if (result.IsObject)
                return result;
            if (!result.IsUndefined)
                throw JsThrow.Type("Derived constructors may only return object or undefined");
            return self.IsHole
                ? throw JsThrow.Reference("Must call super constructor in derived class before accessing 'this' or returning from derived constructor")
                : self;
        }

        var instance = new JsObject(Realm, Realm.PrototypeFrom(newTarget, Realm.ObjectPrototype));
        InitializeFields(instance);
        var returned = Run(instance, newTarget, args, out _);
        return returned.IsObject ? returned : instance;
    }

    /// <summary>Creates the fields and private methods of a class on a new instance.</summary>
    public void InitializeFields(JsObject instance)
    {
        foreach (var field in Fields)
            InitializeField(instance, field);
    }

    public static void InitializeField(JsObject instance, ClassField field)
    {
        if (field.Key.IsPrivate && instance.HasOwn(field.Key))
            throw JsThrow.Type("Cannot initialize " + field.Key + " twice on the same object");
        if (field.IsMethod)
        {
            instance.AddOwn(field.Key, field.Method, PropertyFlags.None);
            return;
        }

        var value = field.Initializer is null ? JsValue.Undefined : field.Initializer.Call(instance, []);
        if (field.Key.IsPrivate)
            instance.AddOwn(field.Key, value, PropertyFlags.Writable);
        else if (!instance.CreateOwn(field.Key, value))
            throw JsThrow.Type($"Cannot define property {field.Key}, object is not extensible");
    }

    /// <summary>Fills a frame's variables from the arguments, up to the first statement of the body.</summary>
    public void Prepare(Frame frame, JsValue thisValue, JsValue newTarget, ReadOnlySpan<JsValue> args)
    {
        var code = Code;
        var slots = frame.Slots;
        frame.Function = this;
        frame.Captures = _captures;
        var plain = Math.Min(code.PlainParameterCount, args.Length);
        for (var i = 0; i < plain; i++)
        {
            if (args[i].IsNumber)
                JsValue.StoreNumber(ref slots[i], args[i].Number);
            else
                slots[i] = args[i];
        }

        if (code.SlotCount > plain)
            Array.Clear(slots, plain, code.SlotCount - plain);
        if (code.ImplicitBindings.Count > 0)
        {
            foreach (var binding in code.ImplicitBindings)
                slots[binding.Slot] = ImplicitValue(binding.Name, thisValue, newTarget, args);
        }

        if (code.Scope.HasEntry)
            code.Scope.Enter(frame);
        for (var i = 0; i < code.OtherParameters.Length; i++)
        {
            var index = code.PlainParameterCount + i;
            code.OtherParameters[i].Store(frame, index < args.Length ? args[index] : JsValue.Undefined, initialize: true);
        }

        if (code.RestParameter is null)
            return;
        var skipped = Math.Min(args.Length, code.PlainParameterCount + code.OtherParameters.Length);
        var rest = args[skipped..].ToArray();
        code.RestParameter.Store(frame, new JsArray(Realm, rest, rest.Length), initialize: true);
    }

    public override long Trace(MemoryTrace trace)
    {
        foreach (var box in _captures)
            trace.Add(box);
        if (HomeObject is not null)
            trace.Add(HomeObject);
        return base.Trace(trace) + 64 + (_captures.Length * 8);
    }

    protected override void AddOwnProperties()
    {
        if (ClassPrototype is not null)
        {
            AddNamed("prototype", ClassPrototype, PropertyFlags.None);
        }
        else if (Code.IsGenerator)
        {
            var prototype = Code.IsAsync ? Realm.AsyncGeneratorPrototype : Realm.GeneratorPrototype;
            AddNamed("prototype", new JsObject(Realm, prototype), PropertyFlags.Writable);
        }
        else if (Code.IsConstructor)
        {
            AddNamed("prototype", JsValue.Of(LazyPrototype.Instance), PropertyFlags.Writable);
        }
    }

    private JsValue ImplicitValue(string name, JsValue thisValue, JsValue newTarget, ReadOnlySpan<JsValue> args) => name switch
    {
        "this" => thisValue,
        "new.target" => newTarget,
        "arguments" => ArgumentsObject(args),
        _ => this,
    };

    private JsObject ArgumentsObject(ReadOnlySpan<JsValue> args)
    {
        var result = new JsArgumentsObject(Realm);
        for (var i = 0; i < args.Length; i++)
            result.CreateOwn(new PropertyKey((uint)i), args[i]);
        result.AddNamed("length", args.Length, PropertyFlags.Hidden);
        result.CreateOwn(JsSymbol.Iterator, Realm.ArrayPrototype.Get("values"), PropertyFlags.Hidden);
        return result;
    }

    private JsValue Run(JsValue thisValue, JsValue newTarget, ReadOnlySpan<JsValue> args, out JsValue self)
    {
        var realm = Realm;
        var frame = realm.EnterFunction(Code.SlotCount);
        Prepare(frame, thisValue, newTarget, args);
        var result = JsValue.Undefined;
        if (Code.Expression is { } expression)
        {
            result = expression.Evaluate(frame);
        }
        else
        {
            foreach (var statement in Code.Body)
            {
                if (statement.Execute(frame) != Completion.Return)
                    continue;
                result = frame.Result;
                break;
            }
        }

        self = Code.IsDerivedConstructor ? SelfOf(frame) : default;
        realm.LeaveFunction(frame);
        return result;
    }

    private JsValue SelfOf(Frame frame)
    {
        foreach (var binding in Code.ImplicitBindings)
        {
            if (binding.Name == "this")
                return binding.IsCaptured ? frame.Slots[binding.Slot].Box.Value : frame.Slots[binding.Slot];
        }

        return JsValue.Hole;
    }

    // Most functions are never used as constructors, so their prototype object waits until somebody asks.
    private sealed class LazyPrototype : LazyBuiltin
    {
        public static readonly LazyPrototype Instance = new();

        public override JsValue Create(Realm realm, JsObject holder)
        {
            var prototype = realm.NewObject();
            prototype.AddNamed("constructor", holder, PropertyFlags.Hidden);
            return prototype;
        }
    }
}

/// <summary>The <c>arguments</c> of a function.</summary>
internal sealed class JsArgumentsObject(Realm realm) : JsObject(realm, realm.ObjectPrototype)
{
    public override string ClassName => "Arguments";
}
