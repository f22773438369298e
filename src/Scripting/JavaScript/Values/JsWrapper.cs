namespace Platform.Scripting.JavaScript;

/// <summary>A primitive value as an object, such as <c>new String("x")</c>.</summary>
internal sealed class JsWrapper(Realm realm, JsValue primitive, JsObject? prototype = null)
    : JsObject(realm, prototype ?? Coerce.PrototypeOf(realm, primitive), isExotic: true)
{
    public JsValue Primitive { get; } = primitive;

    public override bool HasExoticNames => Primitive.IsString;

    public override string ClassName => Primitive.Tag switch
    {
        JsTag.String => "String",
        JsTag.Number => "Number",
        JsTag.True or JsTag.False => "Boolean",
        JsTag.Symbol => "Symbol",
        _ => "BigInt",
    };

    public override bool TryGetOwn(PropertyKey key, out PropertySlot slot)
    {
        if (Primitive.IsString)
        {
            var text = Primitive.AsString();
            if (key.IsIndex && key.Index < (uint)text.Length)
            {
                slot = new PropertySlot(Realm.CharText(text[(int)key.Index]), PropertyFlags.Enumerable);
                return true;
            }

            if (key.Name is "length")
            {
                slot = new PropertySlot(text.Length, PropertyFlags.None);
                return true;
            }
        }

        return base.TryGetOwn(key, out slot);
    }

    public override bool Define(PropertyKey key, in PropertyRequest request)
    {
        if (Primitive.IsString && (key.Name is "length" || (key.IsIndex && key.Index < (uint)Primitive.StringLength)))
            return TryGetOwn(key, out var slot) && request.MayChange(slot);
        return base.Define(key, request);
    }

    public override List<PropertyKey> OwnKeys()
    {
        if (!Primitive.IsString)
            return base.OwnKeys();
        var keys = new List<PropertyKey>();
        Realm.Step(Primitive.StringLength);
        for (uint i = 0; i < Primitive.StringLength; i++)
            keys.Add(new PropertyKey(i));
        AddIndexKeys(keys);
        keys.Add(PropertyKey.Named("length"));
        AddNamedKeys(keys);
        return keys;
    }
}
