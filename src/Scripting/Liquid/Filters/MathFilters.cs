namespace Platform.Scripting.Liquid;

/// <summary>Filters that calculate. What is no number counts as zero; a missing argument makes the result NaN.</summary>
internal static class MathFilters
{
    private const double SafeMax = 9007199254740991;

    public static void AddTo(Dictionary<string, FilterCode> filters)
    {
        filters["abs"] = c => Numbers.Box(Math.Abs(Input(c)));
        filters["ceil"] = c => Numbers.Box(Math.Ceiling(Input(c)));
        filters["floor"] = c => Numbers.Box(Math.Floor(Input(c)));
        filters["plus"] = c => Exactly(c, (a, b) => a + b) ?? Numbers.Box(Input(c) + Argument(c));
        filters["minus"] = c => Exactly(c, (a, b) => a - b) ?? Numbers.Box(Input(c) - Argument(c));
        filters["times"] = c => Exactly(c, (a, b) => a * b) ?? Numbers.Box(Input(c) * Argument(c));
        filters["divided_by"] = DividedBy;
        filters["modulo"] = Modulo;
        filters["round"] = Round;
        filters["at_least"] = c => Extreme(c, Math.Max);
        filters["at_most"] = c => Extreme(c, Math.Min);
    }

    private static double Input(FilterCall call) => Coerce.ToNumberOrZero(call.Context, call.Input);

    private static double Argument(FilterCall call) => call.Count == 0 ? double.NaN : Coerce.ToNumberOrZero(call.Context, call[0]);

    // Numbers of the host that a double cannot hold, such as long ids, stay exact.
    private static object? Exactly(FilterCall call, Func<decimal, decimal, decimal> calculate)
    {
        if (call.Input is not decimal && call[0] is not decimal)
            return null;
        try
        {
            return ToDecimal(call.Input) is { } a && ToDecimal(call[0]) is { } b ? Numbers.From(calculate(a, b)) : null;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static decimal? ToDecimal(object? value) => value switch
    {
        decimal exact => exact,
        double number when Math.Abs(number) < 1e28 => (decimal)number,
        _ => null,
    };

    private static object DividedBy(FilterCall call)
    {
        var result = Input(call) / Argument(call);
        var isWhole = call.Count > 1 && Coerce.ToNumberOrZero(call.Context, call[1]) != 0;
        return Numbers.Box(isWhole ? Math.Floor(result) : result);
    }

    private static object Modulo(FilterCall call)
    {
        var divisor = Argument(call);
        return Numbers.Box(((Input(call) % divisor) + divisor) % divisor);
    }

    private static object Round(FilterCall call)
    {
        var number = Input(call);
        var digits = call.Count == 0 ? 0 : Coerce.ToNumberOrZero(call.Context, call[0]);
        var scaled = NumberText.Shift(Math.Abs(number), digits);
        if (!(scaled <= SafeMax))
            return Numbers.Box(number);
        var rounded = NumberText.Shift(Math.Floor(scaled + 0.5), -digits);
        return Numbers.Box(number < 0 ? -rounded : rounded);
    }

    private static object Extreme(FilterCall call, Func<double, double, double> choose)
    {
        var result = Input(call);
        for (var i = 0; i < call.Count; i++)
            result = choose(result, Coerce.ToNumberOrZero(call.Context, call[i]));
        return Numbers.Box(result);
    }
}
