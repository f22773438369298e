using System.Globalization;

namespace Platform.Scripting.JavaScript;

/// <summary>A property name in canonical form: an array index, or a text that is not one, or a symbol.</summary>
internal readonly struct PropertyKey : IEquatable<PropertyKey>
{
    public PropertyKey(uint index)
    {
        Name = null;
        Index = index;
    }

    private PropertyKey(object name)
    {
        Name = name;
        Index = 0;
    }

    /// <summary>The <see cref="string"/> or <see cref="JsSymbol"/>; null for an array index.</summary>
    public object? Name { get; }

    public uint Index { get; }

    public bool IsIndex => Name is null;
    public bool IsSymbol => Name is JsSymbol;
    public bool IsPrivate => Name is JsSymbol { IsPrivate: true };

    /// <summary>A text known not to be an array index.</summary>
    public static PropertyKey Named(string name) => new((object)name);

    public static PropertyKey Of(JsSymbol symbol) => new(symbol);

    public static PropertyKey Of(string text) => TryParseIndex(text, out var index) ? new PropertyKey(index) : new PropertyKey((object)text);

    public static implicit operator PropertyKey(JsSymbol symbol) => new(symbol);

    public static PropertyKey Of(JsValue value)
    {
        if (value.IsNumber)
        {
            var number = value.Number;
            var index = (uint)number;
            if (index == number && index != uint.MaxValue)
                return new PropertyKey(index);
            return Named(NumberText.ToString(number));
        }

        if (value.IsString)
            return Of(value.AsString());
        if (value.IsSymbol)
            return new PropertyKey(value.Symbol);
        var primitive = value.IsObject ? Coerce.ToPrimitive(value, PrimitiveHint.String) : value;
        return primitive.IsSymbol ? new PropertyKey(primitive.Symbol) : Of(Coerce.ToText(primitive));
    }

    public static bool TryParseIndex(string text, out uint index)
    {
        index = 0;
        if (text.Length is 0 or > 10 || !char.IsAsciiDigit(text[0]) || (text[0] == '0' && text.Length > 1))
            return false;
        ulong number = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
                return false;
            number = (number * 10) + (ulong)(c - '0');
        }

        index = (uint)number;
        return number < uint.MaxValue;
    }

    /// <summary>The key as the script sees it: a text or a symbol.</summary>
    public JsValue ToValue() => Name switch
    {
        null => Index.ToString(CultureInfo.InvariantCulture),
        JsSymbol symbol => symbol,
        var name => (string)name,
    };

    /// <summary>The key as a text; a symbol gives its description in brackets, for function names and messages.</summary>
    public string ToText() => Name switch
    {
        null => Index.ToString(CultureInfo.InvariantCulture),
        JsSymbol { IsPrivate: true } symbol => symbol.Description ?? "",
        JsSymbol symbol => symbol.Description is null ? "" : $"[{symbol.Description}]",
        var name => (string)name,
    };

    public bool Equals(PropertyKey other) => Index == other.Index && KeyEquals(Name, other.Name);

    public override bool Equals(object? obj) => obj is PropertyKey other && Equals(other);

    public override int GetHashCode() => Name is null ? (int)Index : Name.GetHashCode();

    public override string ToString() => Name is JsSymbol symbol ? symbol.ToString() : ToText();

    public static bool KeyEquals(object? left, object? right) =>
        ReferenceEquals(left, right) || (left is string a && right is string b && a == b);
}
