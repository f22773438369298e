using System.Globalization;
using System.Text;

namespace Platform.Scripting.JavaScript;

/// <summary>The names that every script finds without the host: constructors, namespaces and the global functions.</summary>
internal static class GlobalBuiltins
{
    private const string UriReserved = ";/?:@&=+$,";
    private const string UriUnescaped = "-_.!~*'()";

    private static readonly Dictionary<string, IntrinsicId> s_objects = CreateObjects();

    private static readonly Dictionary<string, LazyFunction> s_functions = new LazyFunction[]
    {
        new("parseInt", 2, (_, _, args) => ParseInt(args)),
        new("parseFloat", 1, (_, _, args) => NumberText.ParsePrefix(args.TextAt(0))),
        new("isNaN", 1, (_, _, args) => double.IsNaN(args.NumberAt(0))),
        new("isFinite", 1, (_, _, args) => double.IsFinite(args.NumberAt(0))),
        new("encodeURIComponent", 1, (realm, _, args) => Encode(realm, args.TextAt(0), "")),
        new("encodeURI", 1, (realm, _, args) => Encode(realm, args.TextAt(0), UriReserved + "#")),
        new("decodeURIComponent", 1, (realm, _, args) => Decode(realm, args.TextAt(0), "")),
        new("decodeURI", 1, (realm, _, args) => Decode(realm, args.TextAt(0), UriReserved + "#")),
        new("escape", 1, (realm, _, args) => Escape(realm, args.TextAt(0))),
        new("unescape", 1, (realm, _, args) => Unescape(realm, args.TextAt(0))),
        new("btoa", 1, (realm, _, args) => ToBase64(realm, args.TextAt(0))),
        new("atob", 1, (realm, _, args) => FromBase64(realm, args.TextAt(0))),
        new("structuredClone", 1, (realm, _, args) => StructuredClone.Clone(realm, args.At(0))),
        new("eval", 1, (_, _, _) => throw JsThrow.Of(JsErrorKind.EvalError, "Code generation from strings disallowed for this context")),
        new("queueMicrotask", 1, (realm, _, args) =>
        {
            var callback = Coerce.ToFunction(args.At(0));
            realm.EnqueueJob(() => callback.Call(JsValue.Undefined, []));
            return JsValue.Undefined;
        }),
    }.ToDictionary(f => f.Name);

    /// <summary>The value of a built-in name, or a hole.</summary>
    public static JsValue Find(Realm realm, string name)
    {
        if (s_objects.TryGetValue(name, out var id))
            return realm.Intrinsic(id);
        if (s_functions.TryGetValue(name, out var function))
            return realm.GlobalFunction(function);
        return name switch
        {
            "undefined" => JsValue.Undefined,
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "globalThis" => realm.GlobalObject,
            _ => JsValue.Hole,
        };
    }

    public static bool IsKnown(string name) =>
        s_objects.ContainsKey(name) || s_functions.ContainsKey(name) || name is "undefined" or "NaN" or "Infinity" or "globalThis";

    private static Dictionary<string, IntrinsicId> CreateObjects()
    {
        IntrinsicId[] plain =
        [
            IntrinsicId.Object, IntrinsicId.Function, IntrinsicId.Array, IntrinsicId.String, IntrinsicId.Number, IntrinsicId.Boolean,
            IntrinsicId.Symbol, IntrinsicId.BigInt, IntrinsicId.Math, IntrinsicId.Reflect, IntrinsicId.Proxy, IntrinsicId.Intl, IntrinsicId.Date,
            IntrinsicId.RegExp, IntrinsicId.Promise, IntrinsicId.Map, IntrinsicId.Set, IntrinsicId.WeakMap, IntrinsicId.WeakSet, IntrinsicId.WeakRef,
            IntrinsicId.FinalizationRegistry, IntrinsicId.ArrayBuffer, IntrinsicId.DataView, IntrinsicId.Int8Array, IntrinsicId.Uint8Array,
            IntrinsicId.Uint8ClampedArray, IntrinsicId.Int16Array, IntrinsicId.Uint16Array, IntrinsicId.Int32Array, IntrinsicId.Uint32Array,
            IntrinsicId.Float32Array, IntrinsicId.Float64Array, IntrinsicId.BigInt64Array, IntrinsicId.BigUint64Array, IntrinsicId.Error,
            IntrinsicId.TypeError, IntrinsicId.RangeError, IntrinsicId.ReferenceError, IntrinsicId.SyntaxError, IntrinsicId.EvalError,
            IntrinsicId.AggregateError,
        ];
        var objects = plain.ToDictionary(id => id.ToString());
        objects["JSON"] = IntrinsicId.Json;
        objects["URIError"] = IntrinsicId.UriError;
        objects["console"] = IntrinsicId.Console;
        return objects;
    }

    private static JsValue ParseInt(ReadOnlySpan<JsValue> args)
    {
        var text = args.TextAt(0).AsSpan().TrimStart(JsWhiteSpace.All);
        var sign = 1;
        if (text.Length > 0 && text[0] is '+' or '-')
        {
            sign = text[0] == '-' ? -1 : 1;
            text = text[1..];
        }

        var radix = Coerce.ToInt32(args.At(1));
        if (radix != 0 && radix is < 2 or > 36)
            return double.NaN;
        if (radix is 0 or 16 && text.Length > 1 && text[0] == '0' && text[1] is 'x' or 'X')
        {
            text = text[2..];
            radix = 16;
        }

        return sign * NumberText.ParseDigits(text, radix == 0 ? 10 : radix, out _);
    }

    private static JsValue Encode(Realm realm, string text, string kept)
    {
        realm.AllocateText(text.Length * 3.0);
        var result = new StringBuilder(text.Length + 16);
        Span<byte> bytes = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsAsciiLetterOrDigit(c) || UriUnescaped.Contains(c, StringComparison.Ordinal) || kept.Contains(c, StringComparison.Ordinal))
            {
                result.Append(c);
                continue;
            }

            if (!Rune.TryGetRuneAt(text, i, out var rune))
                throw JsThrow.Of(JsErrorKind.URIError, "URI malformed");
            i += rune.Utf16SequenceLength - 1;
            var count = rune.EncodeToUtf8(bytes);
            foreach (var b in bytes[..count])
                result.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }

        return result.ToString();
    }

    private static JsValue Decode(Realm realm, string text, string kept)
    {
        realm.AllocateText(text.Length);
        var result = new StringBuilder(text.Length);
        Span<byte> bytes = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                result.Append(text[i]);
                continue;
            }

            var start = i;
            var first = HexByte(text, i);
            i += 2;
            var count = first switch { < 0x80 => 1, >= 0xC2 and < 0xE0 => 2, >= 0xE0 and < 0xF0 => 3, >= 0xF0 and < 0xF5 => 4, _ => throw Malformed() };
            bytes[0] = first;
            for (var j = 1; j < count; j++)
            {
                bytes[j] = HexByte(text, i + 1);
                i += 3;
            }

            if (Rune.DecodeFromUtf8(bytes[..count], out var rune, out _) != System.Buffers.OperationStatus.Done)
                throw Malformed();
            if (rune.IsBmp && kept.Contains((char)rune.Value, StringComparison.Ordinal))
                result.Append(text, start, i - start + 1);
            else
                result.Append(rune.ToString());
        }

        return result.ToString();
    }

    private static JsThrow Malformed() => JsThrow.Of(JsErrorKind.URIError, "URI malformed");

    private static byte HexByte(string text, int i) =>
        i + 2 < text.Length && text[i] == '%' && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Malformed();

    private static JsValue Escape(Realm realm, string text)
    {
        realm.AllocateText(text.Length * 6.0);
        var result = new StringBuilder();
        foreach (var c in text)
        {
            if (char.IsAsciiLetterOrDigit(c) || "@*_+-./".Contains(c, StringComparison.Ordinal))
                result.Append(c);
            else if (c < 256)
                result.Append('%').Append(((int)c).ToString("X2", CultureInfo.InvariantCulture));
            else
                result.Append("%u").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture));
        }

        return result.ToString();
    }

    private static JsValue Unescape(Realm realm, string text)
    {
        realm.AllocateText(text.Length);
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var digits = i + 1 < text.Length && text[i + 1] == 'u' ? 4 : 2;
            var start = digits == 4 ? i + 2 : i + 1;
            if (text[i] == '%' && start + digits <= text.Length
                && ushort.TryParse(text.AsSpan(start, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                result.Append((char)code);
                i = start + digits - 1;
            }
            else
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }

    private static JsValue ToBase64(Realm realm, string text)
    {
        realm.AllocateText(text.Length * 1.5);
        var bytes = new byte[text.Length];
        for (var i = 0; i < text.Length; i++)
            bytes[i] = text[i] < 256 ? (byte)text[i] : throw JsThrow.Of(JsErrorKind.Error, "Invalid character");
        return Convert.ToBase64String(bytes);
    }

    private static JsValue FromBase64(Realm realm, string text)
    {
        realm.AllocateText(text.Length);
        var compact = string.Concat(text.Where(c => !JsWhiteSpace.Contains(c)));
        if (compact.Length % 4 == 0)
            compact = compact.EndsWith("==", StringComparison.Ordinal) ? compact[..^2] : compact.EndsWith('=') ? compact[..^1] : compact;
        if (compact.Length % 4 == 1 || compact.Contains('=', StringComparison.Ordinal))
            throw JsThrow.Of(JsErrorKind.Error, "The string to be decoded is not correctly encoded.");
        try
        {
            var bytes = Convert.FromBase64String(compact.PadRight((compact.Length + 3) / 4 * 4, '='));
            return string.Create(bytes.Length, bytes, static (span, source) =>
            {
                for (var i = 0; i < source.Length; i++)
                    span[i] = (char)source[i];
            });
        }
        catch (FormatException)
        {
            throw JsThrow.Of(JsErrorKind.Error, "The string to be decoded is not correctly encoded.");
        }
    }
}
