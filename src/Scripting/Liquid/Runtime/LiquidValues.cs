namespace Platform.Scripting.Liquid;

// A value of a template is one of: null, Undefined, bool, double, decimal (a number that a double cannot hold exactly), string,
// DateTimeOffset, LiquidBytes, LiquidList, LiquidMap, or a Drop. HostValues makes them from anything else.

/// <summary>The value of what is not there; unlike null it is not equal to a null that the host passed.</summary>
internal sealed class Undefined
{
    public static readonly Undefined Value = new();

    private Undefined()
    {
    }
}

/// <summary>The error of a template that is being rendered, before its position is known.</summary>
#pragma warning disable CA1032, RCS1194 // Becomes a LiquidException at the tag or output where it happened.
internal sealed class LiquidFault(string message, Exception? inner = null) : Exception(message, inner);
#pragma warning restore CA1032, RCS1194

/// <summary>Bytes of the host; as text they are base64.</summary>
internal sealed record LiquidBytes(byte[] Bytes)
{
    public string Text => Convert.ToBase64String(Bytes);
}

/// <summary>Values by position.</summary>
internal abstract class LiquidList
{
    public abstract int Count { get; }

    public abstract object? this[int index] { get; }

    /// <summary>The host object behind it, if there is one.</summary>
    public virtual object? Target => null;
}

/// <summary>A list that the template made.</summary>
internal sealed class ValueList(object?[] items) : LiquidList
{
    public static readonly ValueList Empty = new([]);

    public override int Count => items.Length;

    public override object? this[int index] => items[index];
}

/// <summary>Numbers that follow each other; made when they are read.</summary>
internal sealed class RangeList(double from, int count) : LiquidList
{
    /// <summary>More than any other limit lets a template visit.</summary>
    public const int CountMax = 1_000_000_000;

    public override int Count => count;

    public override object? this[int index] => Numbers.Box(from + index);
}

/// <summary>An argument with a name; filters that do not expect one see the pair, as in LiquidJS.</summary>
internal sealed class NamedArgument(string name, object? value) : LiquidList
{
    public string Name => name;

    public object? Value => value;

    public override int Count => 2;

    public override object? this[int index] => index == 0 ? name : value;
}

/// <summary>Values by name.</summary>
internal abstract class LiquidMap
{
    public abstract IReadOnlyCollection<string> Keys { get; }

    /// <summary>The host object behind it, if there is one.</summary>
    public virtual object? Target => null;

    public abstract bool TryGet(string key, out object? value);

    public object? Get(string key) => TryGet(key, out var value) ? value : Undefined.Value;
}

/// <summary>A map that a filter made.</summary>
internal sealed class ValueMap(params KeyValuePair<string, object?>[] items) : LiquidMap
{
    public override IReadOnlyCollection<string> Keys => Array.ConvertAll(items, i => i.Key);

    public override bool TryGet(string key, out object? value)
    {
        foreach (var item in items)
        {
            if (item.Key == key)
            {
                value = item.Value;
                return true;
            }
        }

        value = null;
        return false;
    }
}

/// <summary>A value that stands for something else; <see cref="Coerce.ToValue"/> gives what it stands for.</summary>
internal abstract class Drop
{
    public abstract object? Value { get; }

    public virtual object? Get(string key) => Undefined.Value;
}

/// <summary>The literals nil, empty and blank, which compare in their own ways.</summary>
internal sealed class LiteralDrop : Drop
{
    public static readonly LiteralDrop Nil = new();
    public static readonly LiteralDrop Empty = new();
    public static readonly LiteralDrop Blank = new();

    private LiteralDrop()
    {
    }

    public override object? Value => this == Nil ? null : "";

    public bool EqualTo(object? other)
    {
        if (this == Nil)
            return Coerce.IsNil(Coerce.ToValue(other));
        if (this == Blank && other is false)
            return true;
        if (other is LiteralDrop drop && drop != Nil)
            return false;
        var value = Coerce.ToValue(other);
        if (this == Blank && (Coerce.IsNil(value) || (value is string text && TextRules.IsBlank(text))))
            return true;
        return value switch
        {
            string plain => plain.Length == 0,
            LiquidList list => list.Count == 0,
            LiquidMap map => map.Keys.Count == 0,
            _ => false,
        };
    }
}

/// <summary>What a for block says about its progress.</summary>
internal class ForLoop(int length, string collection, string variable, ForLoop? parent) : Drop
{
    public int Index0 { get; set; }

    public int Length => length;

    public override object Value => $$"""{"i":{{Index0}},"length":{{length}},"name":{{JsonText.Quote(Name)}}{{Extra}}}""";

    protected virtual string Extra => "";

    private string Name => $"{variable}-{collection}";

    public override object? Get(string key) => key switch
    {
        "index" => Numbers.Box(Index0 + 1),
        "index0" or "i" => Numbers.Box(Index0),
        "first" => Index0 == 0,
        "last" => Index0 == length - 1,
        "rindex" => Numbers.Box(length - Index0),
        "rindex0" => Numbers.Box(length - Index0 - 1),
        "length" => Numbers.Box(length),
        "name" => Name,
        "parentloop" => parent ?? (object)Undefined.Value,
        _ => Undefined.Value,
    };
}

/// <summary>What a tablerow block says about its progress.</summary>
internal sealed class TableRowLoop(int length, double columns, string collection, string variable) : ForLoop(length, collection, variable, null)
{
    public double Row => Math.Floor(Index0 / columns) + 1;

    public double Column0 => Index0 % columns;

    protected override string Extra => $",\"cols\":{NumberText.Format(columns)}";

    public override object? Get(string key) => key switch
    {
        "row" => Row,
        "col0" => Column0,
        "col" => Column0 + 1,
        "col_first" => Column0 == 0,
        "col_last" => Column0 + 1 == columns,
        "cols" => columns,
        _ => base.Get(key),
    };
}

/// <summary>The <c>block</c> of a layout block: its only member renders what the block would have been without the override.</summary>
internal sealed class BlockDrop(Func<string>? renderParent) : Drop
{
    public override object Value => "[object Object]";

    public override object? Get(string key) => key == "super" ? renderParent?.Invoke() ?? "" : Undefined.Value;
}
