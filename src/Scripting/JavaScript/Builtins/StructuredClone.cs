namespace Platform.Scripting.JavaScript;

/// <summary><c>structuredClone</c>: a deep copy that keeps cycles and refuses functions.</summary>
internal static class StructuredClone
{
    public static JsValue Clone(Realm realm, JsValue value) => Clone(realm, value, new Dictionary<JsObject, JsObject>(ReferenceEqualityComparer.Instance));

    private static JsValue Clone(Realm realm, JsValue value, Dictionary<JsObject, JsObject> seen)
    {
        if (value.IsSymbol)
            throw Refused(value);
        if (!value.IsObject)
            return value;
        var source = value.Object;
        if (seen.TryGetValue(source, out var known))
            return known;
        realm.EnterNative();
        var copy = CloneObject(realm, source, seen);
        realm.LeaveNative();
        return copy;
    }

    private static JsObject CloneObject(Realm realm, JsObject source, Dictionary<JsObject, JsObject> seen)
    {
        switch (source)
        {
            case JsFunction or JsPromise or JsWeakCollection or JsProxy:
                throw Refused(source);
            case JsDate date:
                return Seen(seen, source, new JsDate(realm, date.Time));
            case JsRegExp regex:
                return Seen(seen, source, new JsRegExp(realm, regex.Source, regex.Flags));
            case JsWrapper wrapper:
                return Seen(seen, source, new JsWrapper(realm, wrapper.Primitive));
            case JsError error:
                return CloneError(realm, error, seen);
            case JsCollection collection:
                return CloneCollection(realm, collection, seen);
            case JsTypedArray typed:
                return Seen(seen, source, typed.CopyOf());
            case JsArrayBuffer buffer:
                return Seen(seen, source, new JsArrayBuffer(realm, (byte[])buffer.Bytes.Clone()));
            default:
                return CopyProperties(realm, source, Coerce.IsArray(source) ? JsArray.WithLength(realm, (uint)Coerce.LengthOf(source)) : realm.NewObject(), seen);
        }
    }

    private static JsObject Seen(Dictionary<JsObject, JsObject> seen, JsObject source, JsObject copy)
    {
        seen[source] = copy;
        return copy;
    }

    private static JsObject CopyProperties(Realm realm, JsObject source, JsObject copy, Dictionary<JsObject, JsObject> seen)
    {
        seen[source] = copy;
        foreach (var key in source.OwnKeys())
        {
            realm.Step();
            if (!key.IsSymbol && source.TryGetOwn(key, out var slot) && slot.Enumerable)
                copy.CreateOwn(key, Clone(realm, source.Get(key), seen));
        }

        return copy;
    }

    private static JsObject CloneError(Realm realm, JsError error, Dictionary<JsObject, JsObject> seen)
    {
        var name = Coerce.ToText(error.Get("name"));
        var kind = Enum.TryParse<JsErrorKind>(name, out var known) ? known : JsErrorKind.Error;
        var copy = Seen(seen, error, realm.NewError(kind, Coerce.ToText(error.Get("message"))));
        if (error.HasOwn(PropertyKey.Named("cause")))
            copy.CreateOwn(PropertyKey.Named("cause"), Clone(realm, error.Get("cause"), seen), PropertyFlags.Hidden);
        return copy;
    }

    private static JsObject CloneCollection(Realm realm, JsCollection source, Dictionary<JsObject, JsObject> seen)
    {
        var prototype = realm.Intrinsic(source.IsMap ? IntrinsicId.MapPrototype : IntrinsicId.SetPrototype);
        var copy = new JsCollection(realm, prototype, source.IsMap);
        seen[source] = copy;
        foreach (var (key, value) in source.Live().ToList())
            copy.Put(Clone(realm, key, seen), Clone(realm, value, seen));
        return copy;
    }

    private static JsThrow Refused(JsValue value) => JsThrow.Of(JsErrorKind.Error, $"{Coerce.Describe(value)} could not be cloned.");
}
