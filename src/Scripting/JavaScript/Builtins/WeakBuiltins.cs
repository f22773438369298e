using System.Runtime.CompilerServices;

namespace Platform.Scripting.JavaScript;

/// <summary>A WeakMap or WeakSet.</summary>
internal sealed class JsWeakCollection(Realm realm, JsObject prototype, string className) : JsObject(realm, prototype)
{
    private readonly ConditionalWeakTable<object, JsBox> _entries = [];

    public override string ClassName { get; } = className;

    public bool TryGet(JsValue key, out JsValue value)
    {
        if (CanBeHeld(key) && _entries.TryGetValue(key.Reference!, out var box))
        {
            value = box.Value;
            return true;
        }

        value = default;
        return false;
    }

    public bool Has(JsValue key) => CanBeHeld(key) && _entries.TryGetValue(key.Reference!, out _);

    public void Put(JsValue key, JsValue value)
    {
        if (!CanBeHeld(key))
            throw JsThrow.Type($"Invalid value used in weak collection: {Coerce.Describe(key)}");
        Realm.Allocate(100);
        _entries.AddOrUpdate(key.Reference!, new JsBox(value));
    }

    public bool Remove(JsValue key) => CanBeHeld(key) && _entries.Remove(key.Reference!);

    public override long Trace(MemoryTrace trace)
    {
        long bytes = 0;
        foreach (var (_, box) in _entries)
        {
            trace.Add(box.Value);
            bytes += 100;
        }

        return base.Trace(trace) + bytes;
    }

    public static bool CanBeHeld(JsValue key) => key.IsObject || key.IsSymbol;
}

/// <summary>A WeakRef. Runs are short, so it simply holds its target.</summary>
internal sealed class JsWeakRef(Realm realm, JsObject prototype, JsValue target) : JsObject(realm, prototype)
{
    public JsValue Target { get; } = target;
}

/// <summary><c>WeakMap</c>, <c>WeakSet</c>, <c>WeakRef</c> and a <c>FinalizationRegistry</c> that never calls back.</summary>
internal static class WeakBuiltins
{
    public static readonly BuiltinTemplate WeakMapPrototype = new BuiltinTemplate("WeakMap")
        .Link("constructor", IntrinsicId.WeakMap)
        .Method("delete", 1, (_, self, args) => This(self, "WeakMap").Remove(args.At(0)))
        .Method("get", 1, (_, self, args) => This(self, "WeakMap").TryGet(args.At(0), out var value) ? value : JsValue.Undefined)
        .Method("set", 2, (_, self, args) =>
        {
            This(self, "WeakMap").Put(args.At(0), args.At(1));
            return self;
        })
        .Method("has", 1, (_, self, args) => This(self, "WeakMap").Has(args.At(0)))
        .Tag("WeakMap");

    public static readonly BuiltinTemplate WeakSetPrototype = new BuiltinTemplate("WeakSet")
        .Link("constructor", IntrinsicId.WeakSet)
        .Method("delete", 1, (_, self, args) => This(self, "WeakSet").Remove(args.At(0)))
        .Method("has", 1, (_, self, args) => This(self, "WeakSet").Has(args.At(0)))
        .Method("add", 1, (_, self, args) =>
        {
            This(self, "WeakSet").Put(args.At(0), JsValue.True);
            return self;
        })
        .Tag("WeakSet");

    public static readonly BuiltinTemplate WeakRefPrototype = new BuiltinTemplate("WeakRef")
        .Link("constructor", IntrinsicId.WeakRef)
        .Method("deref", 0, (_, self, _) => self.TryGetObject<JsWeakRef>(out var reference) ? reference.Target : throw JsThrow.Type("WeakRef.prototype.deref requires a WeakRef"))
        .Tag("WeakRef");

    public static readonly BuiltinTemplate FinalizationRegistryPrototype = new BuiltinTemplate("FinalizationRegistry")
        .Link("constructor", IntrinsicId.FinalizationRegistry)
        .Method("register", 2, (_, _, _) => JsValue.Undefined)
        .Method("unregister", 1, (_, _, _) => false)
        .Tag("FinalizationRegistry");

    public static JsValue ConstructWeakMap(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget)
    {
        var map = new JsWeakCollection(realm, Realm.PrototypeFrom(newTarget, realm.Intrinsic(IntrinsicId.WeakMapPrototype)), "WeakMap");
        if (args.At(0).IsNullish)
            return map;
        Iteration.Each(realm, args[0], entry =>
        {
            if (!entry.IsObject)
                throw JsThrow.Type($"Iterator value {Coerce.Describe(entry)} is not an entry object");
            map.Put(entry.Object.Get(new PropertyKey(0)), entry.Object.Get(new PropertyKey(1)));
            return true;
        });
        return map;
    }

    public static JsValue ConstructWeakSet(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget)
    {
        var set = new JsWeakCollection(realm, Realm.PrototypeFrom(newTarget, realm.Intrinsic(IntrinsicId.WeakSetPrototype)), "WeakSet");
        if (args.At(0).IsNullish)
            return set;
        Iteration.Each(realm, args[0], item =>
        {
            set.Put(item, JsValue.True);
            return true;
        });
        return set;
    }

    public static JsValue ConstructWeakRef(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget) => JsWeakCollection.CanBeHeld(args.At(0))
        ? new JsWeakRef(realm, Realm.PrototypeFrom(newTarget, realm.Intrinsic(IntrinsicId.WeakRefPrototype)), args[0])
        : throw JsThrow.Type("WeakRef: target must be an object");

    public static JsValue ConstructFinalizationRegistry(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget)
    {
        Coerce.ToFunction(args.At(0));
        return new JsObject(realm, Realm.PrototypeFrom(newTarget, realm.Intrinsic(IntrinsicId.FinalizationRegistryPrototype)));
    }

    private static JsWeakCollection This(JsValue self, string kind) =>
        self.TryGetObject<JsWeakCollection>(out var collection) && collection.ClassName == kind
            ? collection
            : throw JsThrow.Type($"Method {kind}.prototype called on incompatible receiver {Coerce.Describe(self)}");
}
