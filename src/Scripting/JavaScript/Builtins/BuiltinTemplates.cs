namespace Platform.Scripting.JavaScript;

/// <summary>The list of all built-in objects: for each its template, its prototype, and how its constructor works.</summary>
internal static class BuiltinTemplates
{
    private static readonly Func<Realm, JsObject>?[] s_makers = CreateMakers();

    public static JsObject Make(Realm realm, IntrinsicId id)
    {
        var maker = s_makers[(int)id] ?? throw new InvalidOperationException($"The built-in {id} has no recipe.");
        return maker(realm);
    }

    private static Func<Realm, JsObject>?[] CreateMakers()
    {
        var makers = new Func<Realm, JsObject>?[(int)IntrinsicId.Count];
        makers[(int)IntrinsicId.ObjectPrototype] = realm => ObjectBuiltins.Prototype.Instantiate(realm, null);
        makers[(int)IntrinsicId.FunctionPrototype] = realm => new JsFunctionPrototype(realm);
        AddLanguage(makers);
        AddIteration(makers);
        AddCollections(makers);
        AddErrors(makers);
        AddBinary(makers);
        AddIntl(makers);
        return makers;
    }

    private static void AddLanguage(Func<Realm, JsObject>?[] makers)
    {
        Constructor(makers, IntrinsicId.Object, "Object", 1, ObjectBuiltins.Call, ObjectBuiltins.Construct, ObjectBuiltins.Statics, IntrinsicId.ObjectPrototype);
        Constructor(makers, IntrinsicId.Function, "Function", 1, FunctionBuiltins.Call, FunctionBuiltins.Construct, null, IntrinsicId.FunctionPrototype);
        makers[(int)IntrinsicId.ArrayPrototype] = realm => Watched(ArrayBuiltins.Prototype.Instantiate(realm, realm.ObjectPrototype));
        Constructor(makers, IntrinsicId.Array, "Array", 1, ArrayBuiltins.Call, ArrayBuiltins.Construct, ArrayBuiltins.Statics, IntrinsicId.ArrayPrototype);
        Type(makers, IntrinsicId.StringPrototype, StringBuiltins.Prototype);
        Constructor(makers, IntrinsicId.String, "String", 1, StringBuiltins.Call, StringBuiltins.Construct, StringBuiltins.Statics, IntrinsicId.StringPrototype);
        Type(makers, IntrinsicId.NumberPrototype, NumberBuiltins.Prototype);
        Constructor(makers, IntrinsicId.Number, "Number", 1, NumberBuiltins.Call, NumberBuiltins.Construct, NumberBuiltins.Statics, IntrinsicId.NumberPrototype);
        Type(makers, IntrinsicId.BooleanPrototype, PrimitiveBuiltins.BooleanPrototype);
        Constructor(makers, IntrinsicId.Boolean, "Boolean", 1, PrimitiveBuiltins.CallBoolean, PrimitiveBuiltins.ConstructBoolean, null, IntrinsicId.BooleanPrototype);
        Type(makers, IntrinsicId.SymbolPrototype, PrimitiveBuiltins.SymbolPrototype);
        Constructor(makers, IntrinsicId.Symbol, "Symbol", 0, PrimitiveBuiltins.CallSymbol, PrimitiveBuiltins.RefuseNew("Symbol"), PrimitiveBuiltins.SymbolStatics, IntrinsicId.SymbolPrototype);
        Type(makers, IntrinsicId.BigIntPrototype, PrimitiveBuiltins.BigIntPrototype);
        Constructor(makers, IntrinsicId.BigInt, "BigInt", 1, PrimitiveBuiltins.CallBigInt, PrimitiveBuiltins.RefuseNew("BigInt"), PrimitiveBuiltins.BigIntStatics, IntrinsicId.BigIntPrototype);
        Type(makers, IntrinsicId.Math, MathBuiltins.Template);
        Type(makers, IntrinsicId.Json, JsonBuiltins.Template);
        Type(makers, IntrinsicId.Reflect, ReflectBuiltins.Template);
        Type(makers, IntrinsicId.Console, ConsoleBuiltins.Template);
        Constructor(makers, IntrinsicId.Proxy, "Proxy", 2, RequireNew("Proxy"), ReflectBuiltins.ConstructProxy, ReflectBuiltins.ProxyStatics, null);
        Type(makers, IntrinsicId.DatePrototype, DateBuiltins.Prototype);
        Constructor(makers, IntrinsicId.Date, "Date", 7, DateBuiltins.Call, DateBuiltins.Construct, DateBuiltins.Statics, IntrinsicId.DatePrototype);
        makers[(int)IntrinsicId.HostDatePrototype] = realm => HostDates.DatePrototype.Instantiate(realm, realm.Intrinsic(IntrinsicId.DatePrototype));
        Type(makers, IntrinsicId.HostTimeSpanPrototype, HostDates.TimeSpanPrototype);
        Type(makers, IntrinsicId.RegExpPrototype, RegExpBuiltins.Prototype);
        Constructor(makers, IntrinsicId.RegExp, "RegExp", 2, RegExpBuiltins.Call, RegExpBuiltins.Construct, RegExpBuiltins.Statics, IntrinsicId.RegExpPrototype);
        Type(makers, IntrinsicId.PromisePrototype, PromiseBuiltins.Prototype);
        Constructor(makers, IntrinsicId.Promise, "Promise", 1, RequireNew("Promise"), PromiseBuiltins.Construct, PromiseBuiltins.Statics, IntrinsicId.PromisePrototype);
    }

    private static void AddIteration(Func<Realm, JsObject>?[] makers)
    {
        Type(makers, IntrinsicId.IteratorPrototype, IterationBuiltins.IteratorPrototype);
        Type(makers, IntrinsicId.AsyncIteratorPrototype, IterationBuiltins.AsyncIteratorPrototype);
        ListIterator(makers, IntrinsicId.ArrayIteratorPrototype, "Array Iterator");
        ListIterator(makers, IntrinsicId.StringIteratorPrototype, "String Iterator");
        ListIterator(makers, IntrinsicId.MapIteratorPrototype, "Map Iterator");
        ListIterator(makers, IntrinsicId.SetIteratorPrototype, "Set Iterator");
        ListIterator(makers, IntrinsicId.RegExpStringIteratorPrototype, "RegExp String Iterator");
        Type(makers, IntrinsicId.GeneratorPrototype, IterationBuiltins.GeneratorPrototype, IntrinsicId.IteratorPrototype);
        Type(makers, IntrinsicId.AsyncGeneratorPrototype, IterationBuiltins.AsyncGeneratorPrototype, IntrinsicId.AsyncIteratorPrototype);
        Type(makers, IntrinsicId.AsyncFromSyncIteratorPrototype, IterationBuiltins.AsyncFromSyncIteratorPrototype, IntrinsicId.AsyncIteratorPrototype);
        Type(makers, IntrinsicId.GeneratorFunctionPrototype, IterationBuiltins.GeneratorFunctionPrototype, IntrinsicId.FunctionPrototype);
        Type(makers, IntrinsicId.AsyncFunctionPrototype, IterationBuiltins.AsyncFunctionPrototype, IntrinsicId.FunctionPrototype);
        Type(makers, IntrinsicId.AsyncGeneratorFunctionPrototype, IterationBuiltins.AsyncGeneratorFunctionPrototype, IntrinsicId.FunctionPrototype);
    }

    private static void AddCollections(Func<Realm, JsObject>?[] makers)
    {
        Type(makers, IntrinsicId.MapPrototype, CollectionBuiltins.MapPrototype);
        Constructor(makers, IntrinsicId.Map, "Map", 0, RequireNew("Map"), CollectionBuiltins.ConstructMap, CollectionBuiltins.MapStatics, IntrinsicId.MapPrototype);
        Type(makers, IntrinsicId.SetPrototype, CollectionBuiltins.SetPrototype);
        Constructor(makers, IntrinsicId.Set, "Set", 0, RequireNew("Set"), CollectionBuiltins.ConstructSet, CollectionBuiltins.SpeciesStatics, IntrinsicId.SetPrototype);
        Type(makers, IntrinsicId.WeakMapPrototype, WeakBuiltins.WeakMapPrototype);
        Constructor(makers, IntrinsicId.WeakMap, "WeakMap", 0, RequireNew("WeakMap"), WeakBuiltins.ConstructWeakMap, null, IntrinsicId.WeakMapPrototype);
        Type(makers, IntrinsicId.WeakSetPrototype, WeakBuiltins.WeakSetPrototype);
        Constructor(makers, IntrinsicId.WeakSet, "WeakSet", 0, RequireNew("WeakSet"), WeakBuiltins.ConstructWeakSet, null, IntrinsicId.WeakSetPrototype);
        Type(makers, IntrinsicId.WeakRefPrototype, WeakBuiltins.WeakRefPrototype);
        Constructor(makers, IntrinsicId.WeakRef, "WeakRef", 1, RequireNew("WeakRef"), WeakBuiltins.ConstructWeakRef, null, IntrinsicId.WeakRefPrototype);
        Type(makers, IntrinsicId.FinalizationRegistryPrototype, WeakBuiltins.FinalizationRegistryPrototype);
        Constructor(makers, IntrinsicId.FinalizationRegistry, "FinalizationRegistry", 1, RequireNew("FinalizationRegistry"), WeakBuiltins.ConstructFinalizationRegistry, null, IntrinsicId.FinalizationRegistryPrototype);
    }

    private static void AddErrors(Func<Realm, JsObject>?[] makers)
    {
        foreach (var kind in Enum.GetValues<JsErrorKind>())
        {
            var prototype = IntrinsicId.ErrorPrototype + (int)kind;
            var template = ErrorBuiltins.PrototypeOf(kind);
            makers[(int)prototype] = realm => template.Instantiate(realm, kind == JsErrorKind.Error ? realm.ObjectPrototype : realm.Intrinsic(IntrinsicId.ErrorPrototype));
            var constructor = IntrinsicId.Error + (int)kind;
            makers[(int)constructor] = realm => ErrorBuiltins.MakeConstructor(realm, kind);
        }
    }

    private static void AddBinary(Func<Realm, JsObject>?[] makers)
    {
        Type(makers, IntrinsicId.ArrayBufferPrototype, BufferBuiltins.ArrayBufferPrototype);
        Constructor(makers, IntrinsicId.ArrayBuffer, "ArrayBuffer", 1, RequireNew("ArrayBuffer"), BufferBuiltins.ConstructArrayBuffer, BufferBuiltins.ArrayBufferStatics, IntrinsicId.ArrayBufferPrototype);
        Type(makers, IntrinsicId.DataViewPrototype, BufferBuiltins.DataViewPrototype);
        Constructor(makers, IntrinsicId.DataView, "DataView", 1, RequireNew("DataView"), BufferBuiltins.ConstructDataView, null, IntrinsicId.DataViewPrototype);
        Type(makers, IntrinsicId.TypedArrayPrototype, TypedArrayBuiltins.Prototype);
        Constructor(makers, IntrinsicId.TypedArray, "TypedArray", 0, RequireNew("TypedArray"), TypedArrayBuiltins.RefuseConstruct, TypedArrayBuiltins.Statics, IntrinsicId.TypedArrayPrototype);
        foreach (var kind in Enum.GetValues<TypedArrayKind>())
        {
            var prototype = IntrinsicId.Int8ArrayPrototype + (int)kind;
            var template = TypedArrayBuiltins.PrototypeOf(kind);
            makers[(int)prototype] = realm => template.Instantiate(realm, realm.Intrinsic(IntrinsicId.TypedArrayPrototype));
            makers[(int)(IntrinsicId.Int8Array + (int)kind)] = realm => TypedArrayBuiltins.MakeConstructor(realm, kind);
        }
    }

    private static void AddIntl(Func<Realm, JsObject>?[] makers)
    {
        Type(makers, IntrinsicId.Intl, IntlBuiltins.Template);
        Type(makers, IntrinsicId.NumberFormatPrototype, IntlBuiltins.NumberFormatPrototype);
        Constructor(makers, IntrinsicId.NumberFormat, "NumberFormat", 0, IntlBuiltins.CallNumberFormat, IntlBuiltins.ConstructNumberFormat, IntlBuiltins.LocaleStatics, IntrinsicId.NumberFormatPrototype);
        Type(makers, IntrinsicId.DateTimeFormatPrototype, IntlBuiltins.DateTimeFormatPrototype);
        Constructor(makers, IntrinsicId.DateTimeFormat, "DateTimeFormat", 0, IntlBuiltins.CallDateTimeFormat, IntlBuiltins.ConstructDateTimeFormat, IntlBuiltins.LocaleStatics, IntrinsicId.DateTimeFormatPrototype);
        Type(makers, IntrinsicId.CollatorPrototype, IntlBuiltins.CollatorPrototype);
        Constructor(makers, IntrinsicId.Collator, "Collator", 0, IntlBuiltins.CallCollator, IntlBuiltins.ConstructCollator, IntlBuiltins.LocaleStatics, IntrinsicId.CollatorPrototype);
        Type(makers, IntrinsicId.PluralRulesPrototype, IntlBuiltins.PluralRulesPrototype);
        Constructor(makers, IntrinsicId.PluralRules, "PluralRules", 0, RequireNew("Intl.PluralRules"), IntlBuiltins.ConstructPluralRules, IntlBuiltins.LocaleStatics, IntrinsicId.PluralRulesPrototype);
    }

    private static void Type(Func<Realm, JsObject>?[] makers, IntrinsicId id, BuiltinTemplate template, IntrinsicId parent = IntrinsicId.ObjectPrototype) =>
        makers[(int)id] = realm => template.Instantiate(realm, realm.Intrinsic(parent));

    private static void ListIterator(Func<Realm, JsObject>?[] makers, IntrinsicId id, string tag)
    {
        var template = IterationBuiltins.ListIteratorPrototype(tag);
        makers[(int)id] = realm => Watched(template.Instantiate(realm, realm.Intrinsic(IntrinsicId.IteratorPrototype)));
    }

    private static void Constructor(
        Func<Realm, JsObject>?[] makers,
        IntrinsicId id,
        string name,
        int length,
        BuiltinCode call,
        BuiltinConstructor construct,
        BuiltinTemplate? statics,
        IntrinsicId? prototype)
    {
        makers[(int)id] = realm =>
        {
            var function = new JsBuiltinFunction(realm, name, length, call, construct);
            function.OwnKeys();
            if (prototype is { } known)
                function.AddNamed("prototype", realm.Intrinsic(known), PropertyFlags.None);
            statics?.AddTo(function);
            return function;
        };
    }

    private static JsObject Watched(JsObject value)
    {
        value.IsWatched = true;
        return value;
    }

    private static BuiltinCode RequireNew(string name) => (_, _, _) => throw JsThrow.Type($"Class constructor {name} cannot be invoked without 'new'");
}
