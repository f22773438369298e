namespace Platform.Scripting.JavaScript;

/// <summary><c>Object</c>.</summary>
internal static class ObjectBuiltins
{
    public static readonly BuiltinTemplate Prototype = new BuiltinTemplate("Object")
        .Link("constructor", IntrinsicId.Object)
        .Method("hasOwnProperty", 1, (realm, self, args) =>
        {
            var key = PropertyKey.Of(args.At(0));
            return Coerce.ToObject(realm, self).HasOwn(key);
        })
        .Method("isPrototypeOf", 1, IsPrototypeOf)
        .Method("propertyIsEnumerable", 1, (realm, self, args) =>
        {
            var key = PropertyKey.Of(args.At(0));
            return Coerce.ToObject(realm, self).TryGetOwn(key, out var slot) && slot.Enumerable;
        })
        .Method("toLocaleString", 0, (realm, self, _) =>
            Coerce.ToFunction(PropertyAccess.Get(realm, self, PropertyKey.Named("toString"), self)).Call(self, []))
        .Method("toString", 0, ToText)
        .Method("valueOf", 0, (realm, self, _) => Coerce.ToObject(realm, self))
        .Method("__defineGetter__", 2, (realm, self, args) => DefineHalf(realm, self, args, isGetter: true))
        .Method("__defineSetter__", 2, (realm, self, args) => DefineHalf(realm, self, args, isGetter: false))
        .Method("__lookupGetter__", 1, (realm, self, args) => LookupHalf(realm, self, args, isGetter: true))
        .Method("__lookupSetter__", 1, (realm, self, args) => LookupHalf(realm, self, args, isGetter: false))
        .Getter("__proto__", (realm, self, _) => JsValue.OfOrNull(Coerce.ToObject(realm, self).GetPrototype()), SetProto);

    public static readonly BuiltinTemplate Statics = new BuiltinTemplate("Object")
        .Method("assign", 2, Assign)
        .Method("create", 2, Create)
        .Method("defineProperty", 3, DefineProperty)
        .Method("defineProperties", 2, (realm, _, args) => DefineProperties(realm, RequireObject(args.At(0), "Object.defineProperties"), args.At(1)))
        .Method("entries", 1, (realm, _, args) => Listing(realm, args.At(0), ListIteratorKind.Entries))
        .Method("freeze", 1, (_, _, args) => Harden(args.At(0), freeze: true))
        .Method("fromEntries", 1, FromEntries)
        .Method("getOwnPropertyDescriptor", 2, (realm, _, args) =>
        {
            var target = Coerce.ToObject(realm, args.At(0));
            return target.TryGetOwn(PropertyKey.Of(args.At(1)), out var slot) ? FromSlot(realm, slot) : JsValue.Undefined;
        })
        .Method("getOwnPropertyDescriptors", 1, GetOwnPropertyDescriptors)
        .Method("getOwnPropertyNames", 1, (realm, _, args) => Names(realm, args.At(0), symbols: false))
        .Method("getOwnPropertySymbols", 1, (realm, _, args) => Names(realm, args.At(0), symbols: true))
        .Method("getPrototypeOf", 1, (realm, _, args) => JsValue.OfOrNull(Coerce.ToObject(realm, args.At(0)).GetPrototype()))
        .Method("groupBy", 2, GroupBy)
        .Method("hasOwn", 2, (realm, _, args) => Coerce.ToObject(realm, args.At(0)).HasOwn(PropertyKey.Of(args.At(1))))
        .Method("is", 2, (_, _, args) => Coerce.SameValue(args.At(0), args.At(1)))
        .Method("isExtensible", 1, (_, _, args) => args.At(0).IsObject && ReflectBuiltins.IsExtensible(args.At(0).Object))
        .Method("isFrozen", 1, (_, _, args) => IsHardened(args.At(0), frozen: true))
        .Method("isSealed", 1, (_, _, args) => IsHardened(args.At(0), frozen: false))
        .Method("keys", 1, (realm, _, args) => Listing(realm, args.At(0), ListIteratorKind.Keys))
        .Method("preventExtensions", 1, (_, _, args) =>
        {
            if (args.At(0).IsObject && !args.At(0).Object.PreventExtensions())
                throw JsThrow.Type("Cannot prevent extensions");
            return args.At(0);
        })
        .Method("seal", 1, (_, _, args) => Harden(args.At(0), freeze: false))
        .Method("setPrototypeOf", 2, SetPrototypeOf)
        .Method("values", 1, (realm, _, args) => Listing(realm, args.At(0), ListIteratorKind.Values));

    public static JsValue Call(Realm realm, JsValue self, ReadOnlySpan<JsValue> args) =>
        args.At(0).IsNullish ? realm.NewObject() : Coerce.ToObject(realm, args.At(0));

    public static JsValue Construct(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget)
    {
        if (!ReferenceEquals(newTarget, realm.ExistingIntrinsic(IntrinsicId.Object)))
            return new JsObject(realm, Realm.PrototypeFrom(newTarget, realm.ObjectPrototype));
        return Call(realm, default, args);
    }

    /// <summary>A property descriptor object as a request.</summary>
    public static PropertyRequest ToRequest(JsValue value)
    {
        if (!value.IsObject)
            throw JsThrow.Type($"Property description must be an object: {Coerce.Describe(value)}");
        var source = value.Object;
        var request = new PropertyRequest
        {
            Enumerable = Flag(source, "enumerable"),
            Configurable = Flag(source, "configurable"),
        };
        if (source.Has(PropertyKey.Named("value")))
            request.Value = source.Get("value");
        request.Writable = Flag(source, "writable");
        if (source.Has(PropertyKey.Named("get")))
            request.Get = Accessor(source.Get("get"), "Getter");
        if (source.Has(PropertyKey.Named("set")))
            request.Set = Accessor(source.Get("set"), "Setter");
        if (request.IsAccessor && request.IsData)
            throw JsThrow.Type("Invalid property descriptor. Cannot both specify accessors and a value or writable attribute");
        return request;
    }

    public static JsValue FromSlot(Realm realm, PropertySlot slot)
    {
        var result = realm.NewObject();
        if (slot.IsAccessor)
        {
            result.AddNamed("get", slot.Value.Accessor.Get is { } get ? get : JsValue.Undefined);
            result.AddNamed("set", slot.Value.Accessor.Set is { } set ? set : JsValue.Undefined);
        }
        else
        {
            result.AddNamed("value", slot.Value);
            result.AddNamed("writable", slot.Writable);
        }

        result.AddNamed("enumerable", slot.Enumerable);
        result.AddNamed("configurable", slot.Configurable);
        return result;
    }

    public static JsObject RequireObject(JsValue value, string caller) =>
        value.IsObject ? value.Object : throw JsThrow.Type($"{caller} called on non-object");

    private static bool? Flag(JsObject source, string name) =>
        source.Has(PropertyKey.Named(name)) ? Coerce.ToBoolean(source.Get(name)) : null;

    private static JsValue Accessor(JsValue value, string kind) =>
        value.IsUndefined || value.AsFunction() is not null ? value : throw JsThrow.Type($"{kind} must be a function: {Coerce.Describe(value)}");

    private static JsValue ToText(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        if (self.IsNullish)
            return self.IsNull ? "[object Null]" : "[object Undefined]";
        var target = Coerce.ToObject(realm, self);
        var tag = target.Get(JsSymbol.ToStringTag);
        return $"[object {(tag.IsString ? tag.AsString() : KnownTag(target))}]";
    }

    private static string KnownTag(JsObject target)
    {
        if (Coerce.IsArray(target))
            return "Array";
        return target switch
        {
            JsFunction => "Function",
            _ => target.ClassName is "Error" or "Boolean" or "Number" or "String" or "Date" or "RegExp" or "Arguments" ? target.ClassName : "Object",
        };
    }

    private static JsValue IsPrototypeOf(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        if (!args.At(0).IsObject)
            return false;
        var target = Coerce.ToObject(realm, self);
        for (var p = args.At(0).Object.GetPrototype(); p is not null; p = p.GetPrototype())
        {
            realm.Step();
            if (ReferenceEquals(p, target))
                return true;
        }

        return false;
    }

    private static JsValue DefineHalf(Realm realm, JsValue self, ReadOnlySpan<JsValue> args, bool isGetter)
    {
        var request = new PropertyRequest { Enumerable = true, Configurable = true };
        if (isGetter)
            request.Get = Coerce.ToFunction(args.At(1));
        else
            request.Set = Coerce.ToFunction(args.At(1));
        Coerce.ToObject(realm, self).Define(PropertyKey.Of(args.At(0)), request);
        return JsValue.Undefined;
    }

    private static JsValue LookupHalf(Realm realm, JsValue self, ReadOnlySpan<JsValue> args, bool isGetter)
    {
        var key = PropertyKey.Of(args.At(0));
        for (JsObject? o = Coerce.ToObject(realm, self); o is not null; o = o.GetPrototype())
        {
            if (!o.TryGetOwn(key, out var slot))
                continue;
            var half = slot.IsAccessor ? (isGetter ? slot.Value.Accessor.Get : slot.Value.Accessor.Set) : null;
            return half is null ? JsValue.Undefined : half;
        }

        return JsValue.Undefined;
    }

    private static JsValue SetProto(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var value = args.At(0);
        if (self.IsObject && (value.IsObject || value.IsNull) && !self.Object.SetPrototype(value.Reference as JsObject))
            throw JsThrow.Type("Cyclic __proto__ value");
        return JsValue.Undefined;
    }

    private static JsValue Assign(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var target = Coerce.ToObject(realm, args.At(0));
        for (var i = 1; i < args.Length; i++)
        {
            if (args[i].IsNullish)
                continue;
            var source = Coerce.ToObject(realm, args[i]);
            foreach (var key in source.OwnKeys())
            {
                realm.Step();
                if (source.TryGetOwn(key, out var slot) && slot.Enumerable)
                    target.Put(key, source.Get(key));
            }
        }

        return target;
    }

    private static JsValue Create(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var prototype = args.At(0);
        if (!prototype.IsObject && !prototype.IsNull)
            throw JsThrow.Type($"Object prototype may only be an Object or null: {Coerce.Describe(prototype)}");
        var result = new JsObject(realm, prototype.Reference as JsObject);
        return args.At(1).IsUndefined ? result : DefineProperties(realm, result, args.At(1));
    }

    private static JsValue DefineProperty(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var target = RequireObject(args.At(0), "Object.defineProperty");
        var key = PropertyKey.Of(args.At(1));
        if (!target.Define(key, ToRequest(args.At(2))))
            throw JsThrow.Type(target.HasOwn(key) ? $"Cannot redefine property: {key}" : $"Cannot define property {key}, object is not extensible");
        return target;
    }

    private static JsObject DefineProperties(Realm realm, JsObject target, JsValue properties)
    {
        var source = Coerce.ToObject(realm, properties);
        var requests = new List<(PropertyKey, PropertyRequest)>();
        foreach (var key in source.OwnKeys())
        {
            if (source.TryGetOwn(key, out var slot) && slot.Enumerable)
                requests.Add((key, ToRequest(source.Get(key))));
        }

        foreach (var (key, request) in requests)
        {
            if (!target.Define(key, request))
                throw JsThrow.Type($"Cannot redefine property: {key}");
        }

        return target;
    }

    private static JsArray Listing(Realm realm, JsValue value, ListIteratorKind kind)
    {
        var source = Coerce.ToObject(realm, value);
        var result = new JsArray(realm);
        realm.PushRoot(result);
        foreach (var key in source.OwnKeys())
        {
            realm.Step();
            if (key.IsSymbol || !source.TryGetOwn(key, out var slot) || !slot.Enumerable)
                continue;
            if (kind == ListIteratorKind.Keys)
            {
                result.Push(key.ToValue());
                continue;
            }

            var item = slot.IsAccessor || source.IsProxy ? source.Get(key) : slot.Value;
            result.Push(kind == ListIteratorKind.Values ? item : new JsArray(realm, [key.ToValue(), item], 2));
        }

        realm.PopRoot();
        return result;
    }

    private static JsArray Names(Realm realm, JsValue value, bool symbols)
    {
        var result = new JsArray(realm);
        foreach (var key in Coerce.ToObject(realm, value).OwnKeys())
        {
            if (key.IsSymbol == symbols)
                result.Push(key.ToValue());
        }

        return result;
    }

    private static JsValue GetOwnPropertyDescriptors(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var source = Coerce.ToObject(realm, args.At(0));
        var result = realm.NewObject();
        foreach (var key in source.OwnKeys())
        {
            if (source.TryGetOwn(key, out var slot))
                result.CreateOwn(key, FromSlot(realm, slot));
        }

        return result;
    }

    private static JsValue FromEntries(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var result = realm.NewObject();
        realm.PushRoot(result);
        Iteration.Each(realm, args.At(0), entry =>
        {
            if (!entry.IsObject)
                throw JsThrow.Type($"Iterator value {Coerce.Describe(entry)} is not an entry object");
            var key = PropertyKey.Of(entry.Object.Get(new PropertyKey(0)));
            result.CreateOwn(key, entry.Object.Get(new PropertyKey(1)));
            return true;
        });
        realm.PopRoot();
        return result;
    }

    private static JsValue GroupBy(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var callback = Coerce.ToFunction(args.At(1));
        var result = new JsObject(realm, null);
        realm.PushRoot(result);
        var index = 0;
        Iteration.Each(realm, args.At(0), item =>
        {
            var key = PropertyKey.Of(callback.Call(JsValue.Undefined, [item, index++]));
            if (result.TryGetOwn(key, out var slot))
                ((JsArray)slot.Value.Object).Push(item);
            else
                result.CreateOwn(key, new JsArray(realm, [item], 1));
            return true;
        });
        realm.PopRoot();
        return result;
    }

    private static JsValue Harden(JsValue value, bool freeze)
    {
        if (value.IsObject && !value.Object.Harden(freeze))
            throw JsThrow.Type(freeze ? "Cannot freeze" : "Cannot seal");
        return value;
    }

    private static JsValue IsHardened(JsValue value, bool frozen)
    {
        if (!value.IsObject)
            return true;
        var target = value.Object;
        if (ReflectBuiltins.IsExtensible(target))
            return false;
        foreach (var key in target.OwnKeys())
        {
            if (target.TryGetOwn(key, out var slot) && (slot.Configurable || (frozen && !slot.IsAccessor && slot.Writable)))
                return false;
        }

        return true;
    }

    private static JsValue SetPrototypeOf(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var (target, prototype) = (args.At(0), args.At(1));
        if (target.IsNullish)
            throw JsThrow.Type("Object.setPrototypeOf called on null or undefined");
        if (!prototype.IsObject && !prototype.IsNull)
            throw JsThrow.Type($"Object prototype may only be an Object or null: {Coerce.Describe(prototype)}");
        if (target.IsObject && !target.Object.SetPrototype(prototype.Reference as JsObject))
            throw JsThrow.Type(ReflectBuiltins.IsExtensible(target.Object) ? "Cyclic __proto__ value" : "#<Object> is not extensible");
        return target;
    }
}
