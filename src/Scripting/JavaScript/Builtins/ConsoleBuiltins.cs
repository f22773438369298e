using System.Text;

namespace Platform.Scripting.JavaScript;

/// <summary><c>console</c>: texts for the host.</summary>
internal static class ConsoleBuiltins
{
    public static readonly BuiltinTemplate Template = new BuiltinTemplate("console")
        .Methods(0, Level, "debug", "error", "info", "log", "trace", "warn")
        .Method("assert", 0, (realm, _, args) =>
        {
            if (!Coerce.ToBoolean(args.At(0)))
                Write(realm, "error", "Assertion failed" + (args.Length > 1 ? ": " + Text(realm, args[1..]) : ""));
            return JsValue.Undefined;
        })
        .Methods(0, _ => (_, _, _) => JsValue.Undefined, "group", "groupEnd", "table", "time", "timeEnd", "count", "dir")
        .Tag("console");

    private static BuiltinCode Level(string name) => (realm, _, args) =>
    {
        Write(realm, name, Text(realm, args));
        return JsValue.Undefined;
    };

    private static void Write(Realm realm, string level, string text) => realm.Options.Console?.Invoke(level, text);

    private static string Text(Realm realm, ReadOnlySpan<JsValue> args)
    {
        var text = new StringBuilder();
        foreach (var arg in args)
        {
            if (text.Length > 0)
                text.Append(' ');
            text.Append(Shown(realm, arg));
            realm.CheckStringLength(text.Length);
        }

        return text.ToString();
    }

    private static string Shown(Realm realm, JsValue value)
    {
        if (value.IsString)
            return value.AsString();
        if (!value.IsObject)
            return value.IsSymbol ? value.Symbol.ToString() : Coerce.ToText(value);
        if (value.Object is JsFunction function)
            return $"[Function: {function.DisplayName}]";
        if (value.Object is JsError)
            return Coerce.ToText(value);
        try
        {
            var json = JsonWriter.Write(realm, value, JsValue.Undefined, JsValue.Undefined);
            return json.IsString ? json.AsString() : Coerce.Describe(value);
        }
        catch (JsThrow)
        {
            return Coerce.Describe(value);
        }
    }
}
