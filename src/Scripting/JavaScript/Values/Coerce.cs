using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Platform.Scripting.JavaScript;

/// <summary>What kind of primitive an operation would like from an object.</summary>
internal enum PrimitiveHint
{
    Default,
    Number,
    String,
}

/// <summary>The conversions between types that the language does by itself.</summary>
internal static partial class Coerce
{
    private const double TwoTo32 = 4294967296d;

    public static bool ToBoolean(JsValue value) => value.Tag switch
    {
        JsTag.Number => value.Number is not 0 && !double.IsNaN(value.Number),
        JsTag.True or JsTag.Object or JsTag.Symbol => true,
        JsTag.String => value.StringLength != 0,
        JsTag.BigInt => !value.BigInt.IsZero,
        _ => false,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ToNumber(JsValue value) => value.IsNumber ? value.Number : ToNumberSlow(value);

    private static double ToNumberSlow(JsValue value) => value.Tag switch
    {
        JsTag.Undefined => double.NaN,
        JsTag.Null or JsTag.False => 0,
        JsTag.True => 1,
        JsTag.String => NumberText.Parse(value.AsString()),
        JsTag.Symbol => throw JsThrow.Type("Cannot convert a Symbol value to a number"),
        JsTag.BigInt => throw JsThrow.Type("Cannot convert a BigInt value to a number"),
        JsTag.Object => ToNumber(ToPrimitive(value, PrimitiveHint.Number)),
        _ => double.NaN,
    };

    /// <summary>A number or a BigInt.</summary>
    public static JsValue ToNumeric(JsValue value)
    {
        if (value.IsNumber || value.IsBigInt)
            return value;
        var primitive = value.IsObject ? ToPrimitive(value, PrimitiveHint.Number) : value;
        return primitive.IsBigInt ? primitive : ToNumber(primitive);
    }

    public static string ToText(JsValue value) => value.Tag switch
    {
        JsTag.String => value.AsString(),
        JsTag.Number => NumberText.ToString(value.Number),
        JsTag.Undefined => "undefined",
        JsTag.Null => "null",
        JsTag.True => "true",
        JsTag.False => "false",
        JsTag.Symbol => throw JsThrow.Type("Cannot convert a Symbol value to a string"),
        JsTag.BigInt => value.BigInt.ToString(CultureInfo.InvariantCulture),
        JsTag.Object => ToText(ToPrimitive(value, PrimitiveHint.String)),
        _ => "undefined",
    };

    /// <summary>The text as a value; keeps a concatenation unjoined.</summary>
    public static JsValue ToTextValue(JsValue value) => value.IsString ? value : ToText(value);

    public static JsValue ToPrimitive(JsValue value, PrimitiveHint hint)
    {
        if (!value.IsObject)
            return value;
        var target = value.Object;
        var exotic = target.GetMethod(JsSymbol.ToPrimitive);
        if (exotic is not null)
        {
            var name = hint switch { PrimitiveHint.Number => "number", PrimitiveHint.String => "string", PrimitiveHint.Default => "default" };
            var result = exotic.Call(value, [name]);
            return result.IsObject ? throw JsThrow.Type("Cannot convert object to primitive value") : result;
        }

        var (first, second) = hint == PrimitiveHint.String ? ("toString", "valueOf") : ("valueOf", "toString");
        return TryOrdinary(target, first, out var primitive) || TryOrdinary(target, second, out primitive)
            ? primitive
            : throw JsThrow.Type("Cannot convert object to primitive value");
    }

    public static JsObject ToObject(Realm realm, JsValue value)
    {
        if (value.IsObject)
            return value.Object;
        return value.IsNullish ? throw JsThrow.Type("Cannot convert undefined or null to object") : new JsWrapper(realm, value);
    }

    /// <summary>The object whose properties a primitive value has.</summary>
    public static JsObject PrototypeOf(Realm realm, JsValue value) => value.Tag switch
    {
        JsTag.String => realm.StringPrototype,
        JsTag.Number => realm.NumberPrototype,
        JsTag.True or JsTag.False => realm.BooleanPrototype,
        JsTag.Symbol => realm.SymbolPrototype,
        JsTag.BigInt => realm.BigIntPrototype,
        JsTag.Object => value.Object,
        _ => throw JsThrow.Type("Cannot convert undefined or null to object"),
    };

    /// <summary>An integer, with NaN as zero; may be infinite.</summary>
    public static double ToInteger(JsValue value)
    {
        var number = ToNumber(value);
        return double.IsNaN(number) ? 0 : Math.Truncate(number) + 0d;
    }

    public static uint ToUint32(double number)
    {
        var direct = (uint)number;
        if (direct == number)
            return direct;
        return double.IsFinite(number) ? ToUint32Slow(number) : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ToInt32(double number)
    {
        var direct = (int)number;
        return direct == number ? direct : unchecked((int)ToUint32(number));
    }

    public static int ToInt32(JsValue value) => ToInt32(ToNumber(value));

    /// <summary>A length: an integer from 0 to 2^53 - 1.</summary>
    public static double ToLength(JsValue value) => Math.Clamp(ToInteger(value), 0, 9007199254740991d);

    /// <summary>The <c>length</c> of an array-like object.</summary>
    public static double LengthOf(JsObject value) => value is JsArray array ? array.Length : ToLength(value.Get("length"));

    /// <summary>An index relative to a length, where negative values count from the end.</summary>
    public static double RelativeIndex(JsValue value, double length, double whenUndefined)
    {
        if (value.IsUndefined)
            return whenUndefined;
        var index = ToInteger(value);
        return index < 0 ? Math.Max(length + index, 0) : Math.Min(index, length);
    }

    public static BigInteger ToBigInt(JsValue value)
    {
        var primitive = ToPrimitive(value, PrimitiveHint.Number);
        switch (primitive.Tag)
        {
            case JsTag.BigInt:
                return primitive.BigInt;
            case JsTag.True:
                return BigInteger.One;
            case JsTag.False:
                return BigInteger.Zero;
            case JsTag.String:
                return NumberText.TryParseBigInt(primitive.AsString(), out var parsed)
                    ? parsed
                    : throw JsThrow.Syntax($"Cannot convert {primitive.AsString()} to a BigInt");
            default:
                throw JsThrow.Type($"Cannot convert {Describe(primitive)} to a BigInt");
        }
    }

    public static JsFunction? AsMethod(JsValue value, PropertyKey key)
    {
        if (value.IsNullish)
            return null;
        return value.AsFunction() ?? throw JsThrow.Type($"{Describe(value)} returned for property '{key}' of object is not a function");
    }

    public static JsFunction ToFunction(JsValue value) =>
        value.AsFunction() ?? throw JsThrow.Type($"{Describe(value)} is not a function");

    public static JsFunction ToConstructor(JsValue value) =>
        value.AsFunction() is { IsConstructor: true } function ? function : throw JsThrow.Type($"{Describe(value)} is not a constructor");

    public static bool IsArray(JsValue value)
    {
        if (!value.IsObject)
            return false;
        if (value.Object is JsProxy proxy)
            return IsArray(proxy.LiveTarget);
        return value.Object is JsArray or JsHostList;
    }

    /// <summary>A short text for error messages; never runs script code.</summary>
    public static string Describe(JsValue value) => value.Tag switch
    {
        JsTag.String => Quoted(value),
        JsTag.Symbol => value.Symbol.ToString(),
        JsTag.Object when value.Object is JsArray => "[object Array]",
        JsTag.Object when value.Object is JsFunction function => Clipped(function.SourceText),
        JsTag.Object => $"#<{ConstructorName(value.Object)}>",
        JsTag.Hole or JsTag.Accessor or JsTag.Lazy or JsTag.Box => "undefined",
        JsTag.BigInt => value.BigInt.ToString(CultureInfo.InvariantCulture),
        _ => ToText(value),
    };

    private static string Quoted(JsValue value) => value.StringLength > 200 ? "\"(long text)\"" : $"\"{value.AsString()}\"";

    private static string Clipped(string text) => text.Length > 100 ? text[..100] + "..." : text;

    private static string ConstructorName(JsObject value)
    {
        // Looks without calling getters: a message must not have side effects.
        for (var o = value.PrototypeSlot; o is { IsProxy: false }; o = o.PrototypeSlot)
        {
            if (o.TryGetOwn(PropertyKey.Named("constructor"), out var slot))
                return slot.Value.AsFunction()?.DisplayName ?? "Object";
        }

        return value.ClassName;
    }

    private static bool TryOrdinary(JsObject target, string method, out JsValue primitive)
    {
        primitive = default;
        if (target.Get(method).AsFunction() is not { } function)
            return false;
        primitive = function.Call(target, []);
        return !primitive.IsObject;
    }

    private static uint ToUint32Slow(double number)
    {
        var rest = Math.Truncate(number) % TwoTo32;
        return (uint)(long)(rest < 0 ? rest + TwoTo32 : rest);
    }
}
