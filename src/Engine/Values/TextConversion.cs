using System.Collections.Concurrent;
using System.Globalization;

namespace Platform.Engine.Values;

/// <summary>From text to any type, and from any value to text.</summary>
internal static class TextConversion
{
    private delegate object? Parser(string text);

    private static readonly ConcurrentDictionary<Type, Parser?> Parsers = new();

    /// <summary>Reads text as the type that is asked for.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="target">Any type but text.</param>
    /// <param name="conversion">The rules for the parts.</param>
    /// <param name="result">The value, or null.</param>
    /// <returns>False when the text has no meaning as that type.</returns>
    public static bool TryConvert(string text, Type target, Conversion conversion, out object? result)
    {
        if (LooksLikeJson(text) && !IsScalar(target) && JsonConversion.TryFromText(text, target, conversion, out result))
            return true;
        if (target == typeof(byte[]))
            return TryDecode(text, out result);
        if (DateConversion.TryParse(text, target, out result))
            return true;
        if (string.IsNullOrWhiteSpace(text))
        {
            result = ValueConverter.DefaultOf(target);
            return true;
        }

        if (target.IsEnum)
            return Enum.TryParse(target, text, ignoreCase: true, out result);
        if (target.IsPrimitive || target == typeof(decimal))
            return TryParsePrimitive(text, target, out result);
        if (target == typeof(Uri))
            return Succeeds(Uri.TryCreate(text.Trim(), UriKind.RelativeOrAbsolute, out var uri) ? uri : null, out result);
        if (target == typeof(Version))
            return Succeeds(Version.TryParse(text.Trim(), out var version) ? version : null, out result);
        if (JsonConversion.IsDom(target))
            return JsonConversion.TryToDom(text, target, out result);
        if (!DictionaryConversion.IsDictionary(target) && CollectionConversion.TryConvertSingleText(text, target, out result))
            return true;
        return Succeeds(Parsers.GetOrAdd(target, FindParser)?.Invoke(text.Trim()), out result);
    }

    /// <summary>The text of a value: its own for a scalar, JSON for anything with parts.</summary>
    /// <param name="value">Any value.</param>
    /// <param name="result">The text, or null.</param>
    /// <returns>False for values that have no text, such as streams, and for those that are too deep or too large.</returns>
    public static bool TryToText(object value, out object? result)
    {
        result = ValueText.OfScalar(value);
        if (result is not null)
            return true;
        if (OpaqueValues.Includes(value.GetType()))
            return false;
        try
        {
            result = value is Exception exception ? exception.Message : DynamicJson.ToText(value);
            return true;
        }
        catch (Exception exception) when (ValueJson.IsFailure(exception))
        {
            return false;
        }
    }

    private static bool LooksLikeJson(string text)
    {
        var start = text.AsSpan().TrimStart();
        return start.Length > 0 && start[0] is '{' or '[';
    }

    private static bool IsScalar(Type target) => target.IsPrimitive || target.IsEnum || target == typeof(decimal);

    private static bool TryDecode(string text, out object? result)
    {
        result = null;
        var bytes = new byte[(text.Length * 3L / 4) + 3];
        if (!System.Convert.TryFromBase64String(text, bytes, out var length))
            return false;
        result = bytes.AsSpan(0, length).ToArray();
        return true;
    }

    private static bool TryParsePrimitive(string text, Type target, out object? result)
    {
        var culture = CultureInfo.InvariantCulture;
        result = null;
        switch (Type.GetTypeCode(target))
        {
            case TypeCode.Boolean:
                return bool.TryParse(text, out var flag) && Succeeds(Boxes.Of(flag), out result);
            case TypeCode.Char:
                return text.Length == 1 && Succeeds(text[0], out result);
            case TypeCode.Double:
                return double.TryParse(text, NumberStyles.Float, culture, out var wide) && Succeeds(wide, out result);
            case TypeCode.Single:
                return float.TryParse(text, NumberStyles.Float, culture, out var narrow) && Succeeds(narrow, out result);
            case TypeCode.Decimal:
                return decimal.TryParse(text, NumberStyles.Float, culture, out var exact) && Succeeds(exact, out result);
            default:
                return TryParseWhole(text, target, out result);
        }
    }

    private static bool TryParseWhole(string text, Type target, out object? result)
    {
        result = null;
        if (long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var whole))
            return NumberConversion.TryNarrow(whole, Type.GetTypeCode(target), out result);

        // "4.0" is a whole number as well; "4.5" is not, and text is not rounded.
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)
            && decimal.IsInteger(exact) && NumberConversion.TryConvert(exact, target, out result);
    }

    private static bool Succeeds(object? value, out object? result)
    {
        result = value;
        return value is not null;
    }

    /// <summary>Types that read themselves: Guid, TimeOnly, big numbers, and whatever a host brings along.</summary>
    private static Parser? FindParser(Type target)
    {
        var parsable = Array.Exists(target.GetInterfaces(), face =>
            face.IsConstructedGenericType
            && face.GetGenericTypeDefinition() == typeof(IParsable<>)
            && face.GetGenericArguments()[0] == target);
        return parsable ? GenericMethod.Bind<Parser>(typeof(TextConversion), nameof(ParseAs), target) : null;
    }

    private static object? ParseAs<T>(string text)
        where T : IParsable<T> => T.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : null;
}
