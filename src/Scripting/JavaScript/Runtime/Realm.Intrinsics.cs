namespace Platform.Scripting.JavaScript;

/// <summary>The built-in objects of a run, made when first needed from templates that all runs share.</summary>
internal sealed partial class Realm
{
    private JsObject?[]? _intrinsics;
    private JsObject? _objectPrototype;

    // Short expressions need this one and no other, and the table of all is as large as everything else of their run.
    public JsObject ObjectPrototype => _objectPrototype ??= BuiltinTemplates.Make(this, IntrinsicId.ObjectPrototype);
    public JsObject FunctionPrototype => Intrinsic(IntrinsicId.FunctionPrototype);
    public JsObject ArrayPrototype => Intrinsic(IntrinsicId.ArrayPrototype);
    public JsObject StringPrototype => Intrinsic(IntrinsicId.StringPrototype);
    public JsObject NumberPrototype => Intrinsic(IntrinsicId.NumberPrototype);
    public JsObject BooleanPrototype => Intrinsic(IntrinsicId.BooleanPrototype);
    public JsObject SymbolPrototype => Intrinsic(IntrinsicId.SymbolPrototype);
    public JsObject BigIntPrototype => Intrinsic(IntrinsicId.BigIntPrototype);
    public JsObject PromisePrototype => Intrinsic(IntrinsicId.PromisePrototype);
    public JsObject GeneratorPrototype => Intrinsic(IntrinsicId.GeneratorPrototype);
    public JsObject AsyncGeneratorPrototype => Intrinsic(IntrinsicId.AsyncGeneratorPrototype);

    public JsObject Intrinsic(IntrinsicId id)
    {
        if (id == IntrinsicId.ObjectPrototype)
            return ObjectPrototype;
        _intrinsics ??= new JsObject?[(int)IntrinsicId.Count];
        return _intrinsics[(int)id] ?? MakeIntrinsic(id);
    }

    /// <summary>The intrinsic if it exists in this run already.</summary>
    public JsObject? ExistingIntrinsic(IntrinsicId id) => id == IntrinsicId.ObjectPrototype ? _objectPrototype : _intrinsics?[(int)id];

    public JsObject PrototypeForFunction(FunctionCode code) => (code.IsAsync, code.IsGenerator) switch
    {
        (false, false) => FunctionPrototype,
        (true, false) => Intrinsic(IntrinsicId.AsyncFunctionPrototype),
        (false, true) => Intrinsic(IntrinsicId.GeneratorFunctionPrototype),
        (true, true) => Intrinsic(IntrinsicId.AsyncGeneratorFunctionPrototype),
    };

    public JsObject ErrorPrototype(JsErrorKind kind) => Intrinsic(IntrinsicId.ErrorPrototype + (int)kind);

    private JsObject MakeIntrinsic(IntrinsicId id)
    {
        var made = BuiltinTemplates.Make(this, id);
        _intrinsics![(int)id] ??= made;
        return _intrinsics[(int)id]!;
    }
}

/// <summary>The built-in objects that other built-ins or literals refer to. Error kinds follow each other in their own order.</summary>
internal enum IntrinsicId
{
    ObjectPrototype,
    Object,
    FunctionPrototype,
    Function,
    ArrayPrototype,
    Array,
    StringPrototype,
    String,
    NumberPrototype,
    Number,
    BooleanPrototype,
    Boolean,
    SymbolPrototype,
    Symbol,
    BigIntPrototype,
    BigInt,
    Math,
    Json,
    Reflect,
    Proxy,
    Console,
    Intl,
    Atomics,
    DatePrototype,
    Date,
    RegExpPrototype,
    RegExp,
    RegExpStringIteratorPrototype,
    PromisePrototype,
    Promise,
    MapPrototype,
    Map,
    SetPrototype,
    Set,
    WeakMapPrototype,
    WeakMap,
    WeakSetPrototype,
    WeakSet,
    WeakRefPrototype,
    WeakRef,
    FinalizationRegistryPrototype,
    FinalizationRegistry,
    IteratorPrototype,
    AsyncIteratorPrototype,
    ArrayIteratorPrototype,
    StringIteratorPrototype,
    MapIteratorPrototype,
    SetIteratorPrototype,
    AsyncFromSyncIteratorPrototype,
    GeneratorFunctionPrototype,
    GeneratorPrototype,
    AsyncFunctionPrototype,
    AsyncGeneratorFunctionPrototype,
    AsyncGeneratorPrototype,
    ArrayBufferPrototype,
    ArrayBuffer,
    DataViewPrototype,
    DataView,
    TypedArrayPrototype,
    TypedArray,
    Int8ArrayPrototype,
    Uint8ArrayPrototype,
    Uint8ClampedArrayPrototype,
    Int16ArrayPrototype,
    Uint16ArrayPrototype,
    Int32ArrayPrototype,
    Uint32ArrayPrototype,
    Float32ArrayPrototype,
    Float64ArrayPrototype,
    BigInt64ArrayPrototype,
    BigUint64ArrayPrototype,
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
    NumberFormatPrototype,
    NumberFormat,
    DateTimeFormatPrototype,
    DateTimeFormat,
    CollatorPrototype,
    Collator,
    PluralRulesPrototype,
    PluralRules,
    ErrorPrototype,
    TypeErrorPrototype,
    RangeErrorPrototype,
    ReferenceErrorPrototype,
    SyntaxErrorPrototype,
    EvalErrorPrototype,
    UriErrorPrototype,
    AggregateErrorPrototype,
    Error,
    TypeError,
    RangeError,
    ReferenceError,
    SyntaxError,
    EvalError,
    UriError,
    AggregateError,
    HostDatePrototype,
    HostTimeSpanPrototype,
    Count,
}
