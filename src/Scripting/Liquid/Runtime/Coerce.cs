using System.Globalization;
using System.Text;

namespace Platform.Scripting.Liquid;

/// <summary>Conversions and comparisons between values.</summary>
internal static class Coerce
{
    public static bool IsNil(object? value) => value is null or Undefined;

    public static bool IsNumber(object? value) => value is double or decimal;

    public static object? ToValue(object? value) => value is Drop drop ? drop.Value : value;

    /// <summary>Only nil and false are false.</summary>
    public static bool IsTruthy(object? value) => ToValue(value) is not (null or Undefined or false);

    /// <summary>False, nil, zero, NaN and the empty text are false: the rule of ECMAScript.</summary>
    public static bool IsTruthyInScript(object? value) => value switch
    {
        null or Undefined or false or "" => false,
        double number => number != 0 && !double.IsNaN(number),
        decimal number => number != 0,
        _ => true,
    };

    public static double ToNumber(RenderContext context, object? value)
    {
        switch (ToValue(value))
        {
            case null:
                return 0;
            case double number:
                return number;
            case decimal number:
                return (double)number;
            case bool truth:
                return truth ? 1 : 0;
            case string text:
                context.Budget.Steps(text.Length / 64);
                return NumberText.Parse(text);
            case DateTimeOffset time:
                return time.ToUnixTimeMilliseconds();
            case LiquidList list:
                return list.Count > 1 ? double.NaN : NumberText.Parse(ToScriptText(context, list));
            default:
                return double.NaN;
        }
    }

    public static double ToNumberOrZero(RenderContext context, object? value)
    {
        var number = ToNumber(context, value);
        return double.IsNaN(number) ? 0 : number;
    }

    /// <summary>The text that an output shows: nil is nothing, the items of a list follow each other.</summary>
    public static string ToText(RenderContext context, object? value)
    {
        value = ToValue(value);
        if (value is not LiquidList list)
            return IsNil(value) ? "" : ToScriptText(context, value);
        return Join(context, list, "", ToText);
    }

    /// <summary>The text that ECMAScript's String function gives: the items of a list have commas between them.</summary>
    public static string ToScriptText(RenderContext context, object? value) => ToValue(value) switch
    {
        string text => text,
        null => "null",
        Undefined => "undefined",
        true => "true",
        false => "false",
        double or decimal => NumberText.Format(ToValue(value)!),
        DateTimeOffset time => time.UtcDateTime.ToString("u", CultureInfo.InvariantCulture),
        LiquidBytes bytes => bytes.Text,
        LiquidList list => Join(context, list, ",", (c, item) => IsNil(item) ? "" : ToScriptText(c, item)),
        _ => "[object Object]",
    };

    public static string Join(RenderContext context, LiquidList list, string separator, Func<RenderContext, object?, string> itemText)
    {
        context.Budget.Enter();
        var text = new StringBuilder();
        for (var i = 0; i < list.Count; i++)
        {
            context.Budget.Step();
            var item = itemText(context, list[i]);
            context.Budget.Text(item.Length + separator.Length);
            if (i > 0)
                text.Append(separator);
            text.Append(item);
        }

        context.Budget.Leave();
        return text.ToString();
    }

    /// <summary>The values that a for block visits: a text is one value, a map is its pairs.</summary>
    public static LiquidList ToEnumerable(RenderContext context, object? value)
    {
        switch (ToValue(value))
        {
            case LiquidList list:
                return list;
            case string { Length: > 0 } text:
                return new ValueList([text]);
            case LiquidMap map:
                var keys = map.Keys;
                context.Budget.List(keys.Count * 3.0);
                return new ValueList([.. keys.Select(key => new ValueList([key, map.Get(key)]))]);
            default:
                return ValueList.Empty;
        }
    }

    /// <summary>The values that an array filter works on: anything but a list is a list of itself.</summary>
    public static LiquidList ToList(object? value) => ToValue(value) switch
    {
        null or Undefined => ValueList.Empty,
        LiquidList list => list,
        var single => new ValueList([single]),
    };

    public static bool AreEqual(RenderContext context, object? left, object? right)
    {
        context.Budget.Step();
        if (left is LiteralDrop leftDrop)
            return leftDrop.EqualTo(right);
        if (right is LiteralDrop rightDrop)
            return rightDrop.EqualTo(left);
        left = ToValue(left);
        right = ToValue(right);
        if (left is not LiquidList leftList)
            return AreSame(left, right);
        if (right is not LiquidList rightList || leftList.Count != rightList.Count)
            return false;
        context.Budget.Enter();
        var equal = true;
        for (var i = 0; equal && i < leftList.Count; i++)
            equal = AreEqual(context, leftList[i], rightList[i]);
        context.Budget.Leave();
        return equal;
    }

    public static bool AreSame(object? left, object? right) => (left, right) switch
    {
        (double a, double b) => a == b,
        (decimal a, decimal b) => a == b,
        (string a, string b) => a == b,
        (bool a, bool b) => a == b,
        (DateTimeOffset a, DateTimeOffset b) => a.UtcTicks == b.UtcTicks,
        _ => ReferenceEquals(left, right),
    };

    /// <summary>Less than zero, zero or more for values in order; null when they have none.</summary>
    public static int? Compare(RenderContext context, object? left, object? right)
    {
        left = ToPrimitive(context, left);
        right = ToPrimitive(context, right);
        if (left is string a && right is string b)
        {
            context.Budget.Steps(Math.Min(a.Length, b.Length) / 64);
            return string.CompareOrdinal(a, b);
        }

        if (left is decimal or double && right is decimal or double && (left is decimal || right is decimal))
            return CompareExactly(left, right);
        var x = ToNumber(context, left);
        var y = ToNumber(context, right);
        return double.IsNaN(x) || double.IsNaN(y) ? null : x.CompareTo(y == 0 ? x == 0 ? x : 0 : y);
    }

    private static int? CompareExactly(object left, object right)
    {
        if (left is double d && !(Math.Abs(d) < 1e28))
            return double.IsNaN(d) ? null : Math.Sign(d);
        if (right is double e && !(Math.Abs(e) < 1e28))
            return double.IsNaN(e) ? null : -Math.Sign(e);
        return Convert.ToDecimal(left, CultureInfo.InvariantCulture).CompareTo(Convert.ToDecimal(right, CultureInfo.InvariantCulture));
    }

    private static object? ToPrimitive(RenderContext context, object? value) => ToValue(value) switch
    {
        LiquidList or LiquidMap or LiquidBytes => ToScriptText(context, value),
        var primitive => primitive,
    };
}
