namespace Platform.Scripting.JavaScript;

/// <summary>The equalities that treat NaN as equal to itself.</summary>
internal static partial class Coerce
{
    public static bool SameValue(JsValue left, JsValue right)
    {
        if (left.IsNumber && right.IsNumber)
            return left.Bits == right.Bits || (double.IsNaN(left.Number) && double.IsNaN(right.Number));
        return Operators.StrictEquals(left, right);
    }

    /// <summary>Like <see cref="SameValue"/> with both zeros equal; the equality of Map, Set and includes.</summary>
    public static bool SameValueZero(JsValue left, JsValue right) =>
        left.IsNumber && right.IsNumber
            ? left.Number == right.Number || (double.IsNaN(left.Number) && double.IsNaN(right.Number))
            : Operators.StrictEquals(left, right);
}

/// <summary>Hashes script values by <see cref="Coerce.SameValueZero"/>.</summary>
internal sealed class SameValueZeroComparer : IEqualityComparer<JsValue>
{
    public static readonly SameValueZeroComparer Instance = new();

    public bool Equals(JsValue x, JsValue y) => Coerce.SameValueZero(x, y);

    public int GetHashCode(JsValue obj) => obj.Tag switch
    {
        JsTag.Number => obj.Number == 0 ? 0 : obj.Number.GetHashCode(),
        JsTag.String => obj.AsString().GetHashCode(StringComparison.Ordinal),
        JsTag.BigInt => obj.BigInt.GetHashCode(),
        JsTag.Undefined or JsTag.Null or JsTag.True or JsTag.False => (int)obj.Tag,
        _ => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(obj.Reference),
    };
}
