using System.Diagnostics.CodeAnalysis;

namespace Platform.Engine.Values;

/// <summary>Between numbers, truth values and enums. Nothing is thrown and nothing allocated but the box of the result.</summary>
internal static class NumberConversion
{
    // The first double above the range, because the largest long itself is not a double.
    private const double LongEnd = 9223372036854775808d;
    private const double DecimalEnd = 79228162514264337593543950335d;

    /// <summary>Converts a number or truth value. Fractions are rounded to the nearest whole number, halves to the even one.</summary>
    /// <param name="value">Any value.</param>
    /// <param name="target">Any type.</param>
    /// <param name="result">The converted number, or null.</param>
    /// <returns>False when either is not a number, or the number does not fit.</returns>
    public static bool TryConvert(object value, Type target, [NotNullWhen(true)] out object? result)
    {
        result = null;
        if (value is Enum name)
            value = System.Convert.ChangeType(name, Enum.GetUnderlyingType(value.GetType()), provider: null);
        if (!IsNumber(value))
            return false;
        if (target.IsEnum)
        {
            if (!TryConvert(value, Enum.GetUnderlyingType(target), out var number))
                return false;
            result = Enum.ToObject(target, number);
            return true;
        }

        var code = Type.GetTypeCode(target);
        return code switch
        {
            TypeCode.Boolean => Succeeds(ToBoolean(value), out result),
            TypeCode.Single or TypeCode.Double => TryToFloating(value, code, out result),
            TypeCode.Decimal => TryToDecimal(value, out var exact) && Succeeds(exact, out result),
            TypeCode.UInt64 => TryToUInt64(value, out result),
            >= TypeCode.Char and <= TypeCode.Int64 => TryToLong(value, out var whole) && TryNarrow(whole, code, out result),
            _ => false,
        };
    }

    /// <summary>Gives a whole number the width that is asked for.</summary>
    /// <param name="whole">The number.</param>
    /// <param name="code">An integer type.</param>
    /// <param name="result">The boxed number, or null.</param>
    /// <returns>False when it does not fit.</returns>
    public static bool TryNarrow(long whole, TypeCode code, [NotNullWhen(true)] out object? result)
    {
        result = code switch
        {
            TypeCode.Int32 when whole is >= int.MinValue and <= int.MaxValue => Boxes.Of((int)whole),
            TypeCode.Int64 => whole,
            TypeCode.Int16 when whole is >= short.MinValue and <= short.MaxValue => (short)whole,
            TypeCode.SByte when whole is >= sbyte.MinValue and <= sbyte.MaxValue => (sbyte)whole,
            TypeCode.Byte when whole is >= byte.MinValue and <= byte.MaxValue => (byte)whole,
            TypeCode.UInt16 when whole is >= ushort.MinValue and <= ushort.MaxValue => (ushort)whole,
            TypeCode.UInt32 when whole is >= uint.MinValue and <= uint.MaxValue => (uint)whole,
            TypeCode.UInt64 when whole >= 0 => (ulong)whole,
            _ => null,
        };
        return result is not null;
    }

    private static bool IsNumber(object value) =>
        Type.GetTypeCode(value.GetType()) is TypeCode.Boolean or (>= TypeCode.SByte and <= TypeCode.Decimal);

    private static bool Succeeds(object value, [NotNullWhen(true)] out object? result)
    {
        result = value;
        return true;
    }

    private static object ToBoolean(object value) => value switch
    {
        int number => Boxes.Of(number != 0),
        double number => Boxes.Of(number != 0),
        _ => Boxes.Of(((IConvertible)value).ToBoolean(provider: null)),
    };

    private static bool TryToFloating(object value, TypeCode code, [NotNullWhen(true)] out object? result)
    {
        var number = value switch
        {
            double wide => wide,
            int whole => whole,
            _ => ((IConvertible)value).ToDouble(provider: null),
        };
        if (code == TypeCode.Double)
            result = number;
        else
            result = float.IsInfinity((float)number) && double.IsFinite(number) ? null : (float)number;
        return result is not null;
    }

    private static bool TryToDecimal(object value, out decimal exact)
    {
        exact = 0;
        if (value is double or float)
        {
            var number = value is float narrow ? narrow : (double)value;
            if (!(Math.Abs(number) < DecimalEnd))
                return false;
        }

        exact = ((IConvertible)value).ToDecimal(provider: null);
        return true;
    }

    private static bool TryToUInt64(object value, [NotNullWhen(true)] out object? result)
    {
        result = null;
        if (value is ulong same)
            result = same;
        else if (TryToDecimal(value, out var exact))
        {
            var rounded = Math.Round(exact);
            if (rounded is >= ulong.MinValue and <= ulong.MaxValue)
                result = (ulong)rounded;
        }

        return result is not null;
    }

    private static bool TryToLong(object value, out long whole)
    {
        whole = 0;
        switch (value)
        {
            case int number:
                whole = number;
                return true;
            case long number:
                whole = number;
                return true;
            case double or float:
                var rounded = Math.Round(value is float narrow ? narrow : (double)value);
                if (!(rounded is >= -LongEnd and < LongEnd))
                    return false;
                whole = (long)rounded;
                return true;
            case decimal number:
                var nearest = Math.Round(number);
                if (nearest is < long.MinValue or > long.MaxValue)
                    return false;
                whole = (long)nearest;
                return true;
            case ulong number:
                whole = unchecked((long)number);
                return number <= long.MaxValue;
            default:
                whole = ((IConvertible)value).ToInt64(provider: null);
                return true;
        }
    }
}
