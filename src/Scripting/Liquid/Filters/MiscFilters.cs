using System.Security.Cryptography;
using System.Text;

namespace Platform.Scripting.Liquid;

/// <summary>Filters for defaults, JSON, base64 and hashes.</summary>
internal static class MiscFilters
{
    public static void AddTo(Dictionary<string, FilterCode> filters)
    {
        filters["default"] = Default;
        filters["raw"] = c => c.Input;
        filters["json"] = c => JsonText.Write(c.Context, c.Input, Indent(c), marksCircles: false);
        filters["jsonify"] = filters["json"];
        filters["inspect"] = c => JsonText.Write(c.Context, c.Input, Indent(c), marksCircles: true);
        filters["to_integer"] = c => Numbers.Box(Coerce.ToNumber(c.Context, c.Input));
        filters["keys"] = Keys;
        filters["base64"] = Base64;
        filters["base64_encode"] = c => Convert.ToBase64String(Bytes(c));
        filters["base64_decode"] = Base64Decode;
        filters["sha256"] = c => Hex(SHA256.HashData(Bytes(c)));
        filters["hmac_sha256"] = c => Hex(HMACSHA256.HashData(Encoding.UTF8.GetBytes(c.Text(0)), Bytes(c)));
    }

    private static object? Default(FilterCall call)
    {
        var value = Coerce.ToValue(call.Input);
        if (value is LiquidList or string)
            return value is LiquidList { Count: > 0 } or string { Length: > 0 } ? value : call[0];
        if (value is false)
        {
            for (var i = 1; i < call.Count; i++)
            {
                if (call[i] is NamedArgument { Name: "allow_false" } allow && Coerce.IsTruthyInScript(allow.Value))
                    return false;
            }
        }

        return Coerce.IsTruthy(value) ? value : call[0];
    }

    private static string Indent(FilterCall call)
    {
        var space = Coerce.ToValue(call[0]);
        if (space is string text)
            return text[..Math.Min(text.Length, 10)];
        return Coerce.IsNumber(space) ? new string(' ', (int)Math.Clamp(Coerce.ToNumberOrZero(call.Context, space), 0, 10)) : "";
    }

    // Elsa's filter: the names of a map, and an error for anything else.
    private static ValueList Keys(FilterCall call)
    {
        if (call.Input is not LiquidMap map)
            throw new LiquidFault("The filter keys works on objects only");
        var keys = map.Keys;
        call.Budget.List(keys.Count);
        return new ValueList([.. keys]);
    }

    // Elsa's filter: lists and maps are encoded as JSON.
    private static object? Base64(FilterCall call)
    {
        var value = Coerce.ToValue(call.Input);
        if (Coerce.IsNil(value))
            return null;
        if (value is LiquidList or LiquidMap)
            value = JsonText.Write(call.Context, value, "", marksCircles: false);
        return Convert.ToBase64String(Bytes(new FilterCall(call.Context, value, [])));
    }

    private static byte[] Bytes(FilterCall call)
    {
        if (call.Input is LiquidBytes bytes)
        {
            call.Budget.Text(bytes.Bytes.Length);
            return bytes.Bytes;
        }

        var text = call.InputText();
        call.Budget.Text(text.Length * 2.0);
        return Encoding.UTF8.GetBytes(text);
    }

    // Padding may be left out, and white space is ignored.
    private static string Base64Decode(FilterCall call)
    {
        var text = string.Concat(call.InputText().Where(c => c is not ('\t' or '\n' or '\f' or '\r' or ' ')));
        if (text.Length % 4 == 0)
            text = text.EndsWith("==", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('=') ? text[..^1] : text;
        var bytes = new byte[text.Length];
        var padded = text.PadRight((text.Length + 3) / 4 * 4, '=');
        if (text.Length % 4 == 1 || text.Contains('=') || !Convert.TryFromBase64String(padded, bytes, out var count))
            throw new LiquidFault("invalid base64 provided to base64_decode");
        return Encoding.UTF8.GetString(bytes, 0, count);
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
