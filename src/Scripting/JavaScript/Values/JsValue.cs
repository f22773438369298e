using System.Numerics;
using System.Runtime.CompilerServices;

namespace Platform.Scripting.JavaScript;

/// <summary>The kinds of a <see cref="JsValue"/>. Numbers have no tag of their own: every bit pattern above the tags is one.</summary>
internal enum JsTag : ulong
{
    Undefined = 0,
    Null = 1,
    False = 2,
    True = 3,
    String = 4,
    Symbol = 5,
    BigInt = 6,
    Object = 7,

    /// <summary>Not a value of the language: an array hole, a variable before its declaration, an absent property.</summary>
    Hole = 8,

    /// <summary>Not a value of the language: a property slot that holds a getter and setter.</summary>
    Accessor = 9,

    /// <summary>Not a value of the language: a built-in that is made at first use.</summary>
    Lazy = 10,

    /// <summary>Not a value of the language: a variable slot that holds the box shared with closures.</summary>
    Box = 11,
    Number = 15,
}

/// <summary>
/// A value of the script in 16 bytes. A double is kept as its complemented bits, so that the all-zero struct is
/// <c>undefined</c> and small bit patterns (complements of NaNs that no arithmetic produces) are free for tags.
/// </summary>
internal readonly struct JsValue
{
    private const ulong TagMax = 15;

    private readonly object? _ref;
    private readonly ulong _bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private JsValue(object? reference, JsTag tag)
    {
        _ref = reference;
        _bits = (ulong)tag;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public JsValue(double number)
    {
        _ref = null;
        _bits = ~BitConverter.DoubleToUInt64Bits(number);
    }

    public static JsValue Undefined => default;
    public static JsValue Null => new(null, JsTag.Null);
    public static JsValue True => new(null, JsTag.True);
    public static JsValue False => new(null, JsTag.False);
    public static JsValue Hole => new(null, JsTag.Hole);
    public static JsValue NaN => new(double.NaN);
    public static JsValue Zero => new(0d);
    public static JsValue EmptyString => new("", JsTag.String);

    public JsTag Tag => _bits <= TagMax ? (JsTag)_bits : JsTag.Number;
    public bool IsNumber => _bits > TagMax;
    public bool IsUndefined => _bits == (ulong)JsTag.Undefined;
    public bool IsNull => _bits == (ulong)JsTag.Null;
    public bool IsNullish => _bits <= (ulong)JsTag.Null;
    public bool IsString => _bits == (ulong)JsTag.String;
    public bool IsObject => _bits == (ulong)JsTag.Object;
    public bool IsSymbol => _bits == (ulong)JsTag.Symbol;
    public bool IsBigInt => _bits == (ulong)JsTag.BigInt;
    public bool IsBoolean => _bits is (ulong)JsTag.True or (ulong)JsTag.False;
    public bool IsTrue => _bits == (ulong)JsTag.True;
    public bool IsFalse => _bits == (ulong)JsTag.False;
    public bool IsHole => _bits == (ulong)JsTag.Hole;
    public bool IsLazy => _bits == (ulong)JsTag.Lazy;
    public bool IsAccessor => _bits == (ulong)JsTag.Accessor;

    /// <summary>True for what must never reach a script: holes, accessors, lazy built-ins and boxes.</summary>
    public bool IsInternal => _bits is >= (ulong)JsTag.Hole and <= TagMax;

    public double Number => BitConverter.UInt64BitsToDouble(~_bits);
    public object? Reference => _ref;
    public ulong Bits => _bits;

    public JsObject Object => Unsafe.As<JsObject>(_ref!);
    public JsSymbol Symbol => Unsafe.As<JsSymbol>(_ref!);
    public BigInteger BigInt => Unsafe.As<JsBigInt>(_ref!).Value;
    public JsBox Box => Unsafe.As<JsBox>(_ref!);
    public JsAccessor Accessor => Unsafe.As<JsAccessor>(_ref!);
    public LazyBuiltin Lazy => Unsafe.As<LazyBuiltin>(_ref!);

    /// <summary>The text of a string value; joins it first when it was built by concatenation.</summary>
    public string AsString() => _ref as string ?? Unsafe.As<JsRope>(_ref!).Flatten();

    public int StringLength => _ref is string text ? text.Length : Unsafe.As<JsRope>(_ref!).Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static JsValue Bool(bool value) => new(null, value ? JsTag.True : JsTag.False);

    public static JsValue Of(string text) => new(text, JsTag.String);
    public static JsValue Of(JsRope rope) => new(rope, JsTag.String);
    public static JsValue Of(JsSymbol symbol) => new(symbol, JsTag.Symbol);
    public static JsValue Of(BigInteger number) => new(new JsBigInt(number), JsTag.BigInt);
    public static JsValue Of(JsBox box) => new(box, JsTag.Box);
    public static JsValue Of(JsAccessor accessor) => new(accessor, JsTag.Accessor);
    public static JsValue Of(LazyBuiltin builtin) => new(builtin, JsTag.Lazy);
    public static JsValue OfOrNull(JsObject? value) => value is null ? Null : new(value, JsTag.Object);
    public static JsValue OfOrUndefined(string? text) => text is null ? default : Of(text);

    public static implicit operator JsValue(double number) => new(number);
    public static implicit operator JsValue(int number) => new((double)number);
    public static implicit operator JsValue(bool value) => Bool(value);
    public static implicit operator JsValue(string text) => new(text, JsTag.String);
    public static implicit operator JsValue(JsObject value) => new(value, JsTag.Object);
    public static implicit operator JsValue(JsSymbol value) => new(value, JsTag.Symbol);

    /// <summary>
    /// Stores a number in a place on the heap. When the place held no reference only the bits are written: that needs no write barrier,
    /// which otherwise costs more than the arithmetic.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreNumber(ref JsValue place, double number)
    {
        if (place._ref is null)
            Unsafe.AsRef(in place._bits) = ~BitConverter.DoubleToUInt64Bits(number);
        else
            place = new JsValue(number);
    }

    /// <summary>The value as a function, or null when it cannot be called.</summary>
    public JsFunction? AsFunction() => IsObject ? _ref as JsFunction : null;

    public bool TryGetObject<T>([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? value)
        where T : class
    {
        value = IsObject ? _ref as T : null;
        return value is not null;
    }

    public override string ToString() => Coerce.Describe(this);
}

/// <summary>A variable that closures share with the function that declares it.</summary>
internal sealed class JsBox(JsValue value)
{
    public JsValue Value = value;
}

/// <summary>An arbitrary-precision integer on the heap.</summary>
internal sealed class JsBigInt(BigInteger value)
{
    public BigInteger Value { get; } = value;
}

/// <summary>The getter and setter of one property; replaced as a whole when either changes.</summary>
internal sealed class JsAccessor(JsObject? get, JsObject? set)
{
    public JsObject? Get { get; } = get;
    public JsObject? Set { get; } = set;
}

/// <summary>A symbol. Private class members are keyed by symbols that no reflection lists.</summary>
internal sealed class JsSymbol(string? description, bool isPrivate = false)
{
    public static readonly JsSymbol Iterator = new("Symbol.iterator");
    public static readonly JsSymbol AsyncIterator = new("Symbol.asyncIterator");
    public static readonly JsSymbol ToPrimitive = new("Symbol.toPrimitive");
    public static readonly JsSymbol HasInstance = new("Symbol.hasInstance");
    public static readonly JsSymbol ToStringTag = new("Symbol.toStringTag");
    public static readonly JsSymbol Species = new("Symbol.species");
    public static readonly JsSymbol IsConcatSpreadable = new("Symbol.isConcatSpreadable");
    public static readonly JsSymbol Unscopables = new("Symbol.unscopables");
    public static readonly JsSymbol Match = new("Symbol.match");
    public static readonly JsSymbol MatchAll = new("Symbol.matchAll");
    public static readonly JsSymbol Replace = new("Symbol.replace");
    public static readonly JsSymbol Search = new("Symbol.search");
    public static readonly JsSymbol Split = new("Symbol.split");

    public string? Description { get; } = description;
    public bool IsPrivate { get; } = isPrivate;

    public override string ToString() => IsPrivate ? Description ?? "" : $"Symbol({Description})";
}
