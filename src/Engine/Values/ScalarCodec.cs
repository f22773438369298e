using System.Globalization;
using System.Text.Json;

namespace Platform.Engine.Values;

/// <summary>
/// The stored form of scalars where their type is known from elsewhere: from the tag before them, or from the collection
/// around them. Texts are not among them; they describe themselves.
/// </summary>
internal static class ScalarCodec
{
    /// <summary>Whether values of this type have a bare form.</summary>
    /// <param name="type">Any type but a nullable one.</param>
    public static bool Includes(Type type) =>
        type.IsEnum
        || (type.IsPrimitive && type != typeof(nint) && type != typeof(nuint))
        || type == typeof(decimal) || type == typeof(Guid) || type == typeof(DateTime) || type == typeof(DateTimeOffset)
        || type == typeof(DateOnly) || type == typeof(TimeOnly) || type == typeof(TimeSpan) || type == typeof(Uri)
        || type == typeof(Version) || type == typeof(byte[]);

    /// <summary>Writes the bare form.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="value">A value of a type for which <see cref="Includes"/> is true.</param>
    public static void Write(Utf8JsonWriter writer, object value)
    {
        switch (value)
        {
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case char letter:
                // As a number, because half of a surrogate pair is a char but not a text.
                writer.WriteNumberValue(letter);
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case float number when float.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case decimal number:
                writer.WriteNumberValue(number);
                break;
            case ulong number:
                writer.WriteNumberValue(number);
                break;
            case sbyte or byte or short or ushort or int or uint or long when value is not Enum:
                writer.WriteNumberValue(((IConvertible)value).ToInt64(provider: null));
                break;
            case byte[] bytes:
                writer.WriteBase64StringValue(bytes);
                break;
            default:
                writer.WriteStringValue(ValueText.OfScalar(value));
                break;
        }
    }

    /// <summary>Reads the bare form.</summary>
    /// <param name="reader">A reader that stands on it.</param>
    /// <param name="type">A type for which <see cref="Includes"/> is true.</param>
    /// <exception cref="JsonException">It is not the bare form of such a value.</exception>
    public static object Read(ref Utf8JsonReader reader, Type type)
    {
        try
        {
            if (type.IsEnum)
                return Enum.Parse(type, DynamicJsonReader.ReadText(ref reader));
            if (type == typeof(byte[]))
                return reader.GetBytesFromBase64();
            return type.IsPrimitive || type == typeof(decimal)
                ? ReadPrimitive(ref reader, Type.GetTypeCode(type))
                : ReadText(DynamicJsonReader.ReadText(ref reader), type);
        }
        catch (Exception exception)
            when (exception is FormatException or OverflowException or ArgumentException or InvalidOperationException)
        {
            throw new JsonException($"The stored value is not a {type.Name}.", exception);
        }
    }

    private static object ReadPrimitive(ref Utf8JsonReader reader, TypeCode code) => code switch
    {
        TypeCode.Boolean => Boxes.Of(reader.GetBoolean()),
        TypeCode.Char => (char)reader.GetUInt16(),
        TypeCode.SByte => reader.GetSByte(),
        TypeCode.Byte => reader.GetByte(),
        TypeCode.Int16 => reader.GetInt16(),
        TypeCode.UInt16 => reader.GetUInt16(),
        TypeCode.Int32 => Boxes.Of(reader.GetInt32()),
        TypeCode.UInt32 => reader.GetUInt32(),
        TypeCode.Int64 => reader.GetInt64(),
        TypeCode.UInt64 => reader.GetUInt64(),
        TypeCode.Decimal => reader.GetDecimal(),
        _ => ReadFloating(ref reader, code),
    };

    private static object ReadFloating(ref Utf8JsonReader reader, TypeCode code)
    {
        if (reader.TokenType != JsonTokenType.String)
            return code == TypeCode.Single ? (object)reader.GetSingle() : reader.GetDouble();
        var special = double.Parse(DynamicJsonReader.ReadText(ref reader), NumberStyles.Float, CultureInfo.InvariantCulture);
        return code == TypeCode.Single ? (object)(float)special : special;
    }

    private static object ReadText(string text, Type type)
    {
        var culture = CultureInfo.InvariantCulture;
        if (type == typeof(Guid))
            return Guid.ParseExact(text, "D");
        if (type == typeof(DateTime))
            return DateTime.ParseExact(text, "O", culture, DateTimeStyles.RoundtripKind);
        if (type == typeof(DateTimeOffset))
            return DateTimeOffset.ParseExact(text, "O", culture, DateTimeStyles.RoundtripKind);
        if (type == typeof(DateOnly))
            return DateOnly.ParseExact(text, "O", culture);
        if (type == typeof(TimeOnly))
            return TimeOnly.ParseExact(text, "O", culture);
        if (type == typeof(TimeSpan))
            return TimeSpan.ParseExact(text, "c", culture);
        return type == typeof(Uri) ? new Uri(text, UriKind.RelativeOrAbsolute) : Version.Parse(text);
    }
}
