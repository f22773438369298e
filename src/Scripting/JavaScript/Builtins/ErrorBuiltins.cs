namespace Platform.Scripting.JavaScript;

/// <summary><c>Error</c> and its kinds.</summary>
internal static class ErrorBuiltins
{
    private static readonly BuiltinTemplate[] s_prototypes = [.. Enum.GetValues<JsErrorKind>().Select(CreatePrototype)];

    public static BuiltinTemplate PrototypeOf(JsErrorKind kind) => s_prototypes[(int)kind];

    public static JsObject MakeConstructor(Realm realm, JsErrorKind kind)
    {
        BuiltinConstructor construct = (r, args, newTarget) => Construct(r, kind, args, newTarget);
        JsObject? self = null;
        var parent = kind == JsErrorKind.Error ? realm.FunctionPrototype : realm.Intrinsic(IntrinsicId.Error);
        var length = kind == JsErrorKind.AggregateError ? 2 : 1;
        var function = new JsBuiltinFunction(realm, kind.ToString(), length, (r, _, args) => Construct(r, kind, args, self!), construct, parent);
        self = function;
        function.OwnKeys();
        function.AddNamed("prototype", realm.ErrorPrototype(kind), PropertyFlags.None);
        if (kind == JsErrorKind.Error)
        {
            function.AddNamed("captureStackTrace", new JsBuiltinFunction(realm, "captureStackTrace", 2, CaptureStackTrace), PropertyFlags.Hidden);
            function.AddNamed("stackTraceLimit", 10);
        }

        return function;
    }

    private static BuiltinTemplate CreatePrototype(JsErrorKind kind)
    {
        var template = new BuiltinTemplate("Object")
            .Link("constructor", IntrinsicId.Error + (int)kind)
            .Value("name", kind.ToString())
            .Value("message", "");
        return kind == JsErrorKind.Error ? template.Method("toString", 0, ToText) : template;
    }

    private static JsValue Construct(Realm realm, JsErrorKind kind, ReadOnlySpan<JsValue> args, JsObject newTarget)
    {
        var error = new JsError(realm, Realm.PrototypeFrom(newTarget, realm.ErrorPrototype(kind)));
        var first = kind == JsErrorKind.AggregateError ? 1 : 0;
        var message = "";
        if (!args.At(first).IsUndefined)
        {
            message = args.TextAt(first);
            error.AddNamed("message", message, PropertyFlags.Hidden);
        }

        if (args.At(first + 1).IsObject && args[first + 1].Object.Has(PropertyKey.Named("cause")))
            error.AddNamed("cause", args[first + 1].Object.Get("cause"), PropertyFlags.Hidden);
        if (kind == JsErrorKind.AggregateError)
            error.AddNamed("errors", JsArray.From(realm, Iteration.ToList(realm, args.At(0))), PropertyFlags.Hidden);
        realm.CaptureStack(error, NameOf(error) + (message.Length > 0 ? ": " + message : ""));
        return error;
    }

    private static string NameOf(JsError error)
    {
        var name = error.Get("name");
        return name.IsString ? name.AsString() : "Error";
    }

    private static JsValue CaptureStackTrace(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        if (args.At(0).IsObject)
            args[0].Object.CreateOwn(PropertyKey.Named("stack"), realm.NewError(JsErrorKind.Error, "").Get("stack"), PropertyFlags.Hidden);
        return JsValue.Undefined;
    }

    private static JsValue ToText(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        if (!self.IsObject)
            throw JsThrow.Type("Error.prototype.toString requires that 'this' be an Object");
        var name = self.Object.Get("name");
        var message = self.Object.Get("message");
        var nameText = name.IsUndefined ? "Error" : Coerce.ToText(name);
        var messageText = message.IsUndefined ? "" : Coerce.ToText(message);
        if (nameText.Length == 0)
            return messageText;
        return messageText.Length == 0 ? nameText : nameText + ": " + messageText;
    }
}
