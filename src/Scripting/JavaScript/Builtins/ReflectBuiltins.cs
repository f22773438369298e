namespace Platform.Scripting.JavaScript;

/// <summary><c>Reflect</c> and <c>Proxy</c>.</summary>
internal static class ReflectBuiltins
{
    public static readonly BuiltinTemplate Template = new BuiltinTemplate("Reflect")
        .Method("apply", 3, (realm, _, args) => Coerce.ToFunction(args.At(0)).Call(args.At(1), FunctionBuiltins.ArgumentList(realm, args.At(2))))
        .Method("construct", 2, (realm, _, args) => Coerce.ToConstructor(args.At(0)).Construct(
            FunctionBuiltins.ArgumentList(realm, args.At(1)), args.Length > 2 ? Coerce.ToConstructor(args[2]) : args[0].Object))
        .Method("defineProperty", 3, (_, _, args) => Target(args).Define(PropertyKey.Of(args.At(1)), ObjectBuiltins.ToRequest(args.At(2))))
        .Method("deleteProperty", 2, (_, _, args) => Target(args).Delete(PropertyKey.Of(args.At(1))))
        .Method("get", 2, (_, _, args) => Target(args).Get(PropertyKey.Of(args.At(1)), args.Length > 2 ? args[2] : args[0]))
        .Method("getOwnPropertyDescriptor", 2, (realm, _, args) => Target(args).TryGetOwn(PropertyKey.Of(args.At(1)), out var slot) ? ObjectBuiltins.FromSlot(realm, slot) : JsValue.Undefined)
        .Method("getPrototypeOf", 1, (_, _, args) => JsValue.OfOrNull(Target(args).GetPrototype()))
        .Method("has", 2, (_, _, args) => Target(args).Has(PropertyKey.Of(args.At(1))))
        .Method("isExtensible", 1, (_, _, args) => IsExtensible(Target(args)))
        .Method("ownKeys", 1, (realm, _, args) => JsArray.From(realm, [.. Target(args).OwnKeys().Select(k => k.ToValue())]))
        .Method("preventExtensions", 1, (_, _, args) => Target(args).PreventExtensions())
        .Method("set", 3, (_, _, args) => Target(args).Set(PropertyKey.Of(args.At(1)), args.At(2), args.Length > 3 ? args[3] : args[0]))
        .Method("setPrototypeOf", 2, (_, _, args) => args.At(1).IsObject || args.At(1).IsNull
            ? Target(args).SetPrototype(args.At(1).Reference as JsObject)
            : throw JsThrow.Type("Object prototype may only be an Object or null"))
        .Tag("Reflect");

    public static readonly BuiltinTemplate ProxyStatics = new BuiltinTemplate("Proxy")
        .Method("revocable", 2, (realm, _, args) =>
        {
            var proxy = JsProxy.Create(realm, args.At(0), args.At(1));
            var result = realm.NewObject();
            result.AddNamed("proxy", proxy.Self);
            result.AddNamed("revoke", new JsBuiltinFunction(realm, "", 0, (_, _, _) =>
            {
                proxy.Revoke();
                return JsValue.Undefined;
            }));
            return result;
        });

    public static JsValue ConstructProxy(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget) =>
        JsProxy.Create(realm, args.At(0), args.At(1)).Self;

    public static bool IsExtensible(JsObject target) => JsProxy.Of(target)?.AskExtensible() ?? target.IsExtensible;

    private static JsObject Target(ReadOnlySpan<JsValue> args) =>
        args.At(0).IsObject ? args[0].Object : throw JsThrow.Type("Reflect method called on non-object");
}
