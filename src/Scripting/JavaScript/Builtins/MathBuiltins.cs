using System.Numerics;

namespace Platform.Scripting.JavaScript;

/// <summary><c>Math</c>.</summary>
internal static class MathBuiltins
{
    public static readonly BuiltinTemplate Template = Functions(Constants(new BuiltinTemplate("Math")))
        .Method("atan2", 2, (_, _, args) => Math.Atan2(args.NumberAt(0), args.NumberAt(1)))
        .Method("hypot", 2, Hypot)
        .Method("imul", 2, (_, _, args) => unchecked((int)Coerce.ToUint32(args.NumberAt(0)) * (int)Coerce.ToUint32(args.NumberAt(1))))
        .Method("max", 2, Max)
        .Method("min", 2, Min)
        .Method("pow", 2, (_, _, args) => Operators.Power(args.NumberAt(0), args.NumberAt(1)))
        .Method("random", 0, (realm, _, _) => realm.NextRandom())
        .Tag("Math");

    private static BuiltinTemplate Constants(BuiltinTemplate template) => template
        .Constant("E", Math.E)
        .Constant("LN10", 2.302585092994046)
        .Constant("LN2", 0.6931471805599453)
        .Constant("LOG10E", 0.4342944819032518)
        .Constant("LOG2E", 1.4426950408889634)
        .Constant("PI", Math.PI)
        .Constant("SQRT1_2", 0.7071067811865476)
        .Constant("SQRT2", 1.4142135623730951);

    private static BuiltinTemplate Functions(BuiltinTemplate template)
    {
        Unary(template, "abs", Math.Abs);
        Unary(template, "acos", Math.Acos);
        Unary(template, "acosh", Math.Acosh);
        Unary(template, "asin", Math.Asin);
        Unary(template, "asinh", x => x == 0 ? x : Math.Asinh(x));
        Unary(template, "atan", Math.Atan);
        Unary(template, "atanh", Math.Atanh);
        Unary(template, "cbrt", Cbrt);
        Unary(template, "ceil", Math.Ceiling);
        Unary(template, "clz32", x => BitOperations.LeadingZeroCount(Coerce.ToUint32(x)));
        Unary(template, "cos", Math.Cos);
        Unary(template, "cosh", Math.Cosh);
        Unary(template, "exp", Math.Exp);
        Unary(template, "expm1", Expm1);
        Unary(template, "floor", Math.Floor);
        Unary(template, "fround", x => (float)x);
        Unary(template, "log", Math.Log);
        Unary(template, "log10", Math.Log10);
        Unary(template, "log1p", Log1p);
        Unary(template, "log2", Math.Log2);
        Unary(template, "round", Round);
        Unary(template, "sign", x => double.IsNaN(x) || x == 0 ? x : Math.Sign(x));
        Unary(template, "sin", Math.Sin);
        Unary(template, "sinh", Math.Sinh);
        Unary(template, "sqrt", Math.Sqrt);
        Unary(template, "tan", Math.Tan);
        Unary(template, "tanh", Math.Tanh);
        Unary(template, "trunc", Math.Truncate);
        return template;
    }

    private static void Unary(BuiltinTemplate template, string name, Func<double, double> function) =>
        template.Method(name, 1, (_, _, args) => function(args.NumberAt(0)));

    // Halves go up, also below zero, and -0.5 to -0.
    private static double Round(double x)
    {
        if (!double.IsFinite(x) || Math.Abs(x) >= 4503599627370496d)
            return x;
        var floor = Math.Floor(x);
        var rounded = x - floor >= 0.5 ? floor + 1 : floor;
        return rounded == 0 && (x < 0 || double.IsNegative(x)) ? -0d : rounded;
    }

    // The framework's root is one unit off for some cubes; one Newton step puts it right.
    private static double Cbrt(double x)
    {
        var root = Math.Cbrt(x);
        return root == 0 || !double.IsFinite(root) ? root : root - (((root * root * root) - x) / (3 * root * root));
    }

    private static double Expm1(double x) => Math.Abs(x) < 1e-5 ? x + (x * x / 2) + (x * x * x / 6) : Math.Exp(x) - 1;

    private static double Log1p(double x) => Math.Abs(x) < 1e-5 ? x - (x * x / 2) + (x * x * x / 3) : Math.Log(1 + x);

    private static JsValue Max(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var result = double.NegativeInfinity;
        foreach (var arg in args)
            result = Math.Max(result, Coerce.ToNumber(arg));
        return result;
    }

    private static JsValue Min(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var result = double.PositiveInfinity;
        foreach (var arg in args)
            result = Math.Min(result, Coerce.ToNumber(arg));
        return result;
    }

    private static JsValue Hypot(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        double max = 0;
        var numbers = new double[args.Length];
        var hasNaN = false;
        for (var i = 0; i < args.Length; i++)
        {
            numbers[i] = Math.Abs(args.NumberAt(i));
            hasNaN |= double.IsNaN(numbers[i]);
            max = Math.Max(max, double.IsNaN(numbers[i]) ? 0 : numbers[i]);
        }

        if (double.IsInfinity(max))
            return max;
        if (hasNaN)
            return double.NaN;
        if (max == 0)
            return 0;
        double sum = 0;
        double compensation = 0;
        foreach (var number in numbers)
        {
            var ratio = number / max;
            var summand = (ratio * ratio) - compensation;
            var next = sum + summand;
            compensation = next - sum - summand;
            sum = next;
        }

        return Math.Sqrt(sum) * max;
    }
}
