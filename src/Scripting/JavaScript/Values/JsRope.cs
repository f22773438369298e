namespace Platform.Scripting.JavaScript;

/// <summary>
/// A string made by concatenation whose text is joined only when somebody reads it, so that building a long text piece by
/// piece costs what its length is and not its square.
/// </summary>
internal sealed class JsRope
{
    /// <summary>Below this length copying is cheaper than keeping a tree.</summary>
    public const int LengthMin = 128;

    private object? _left;
    private object? _right;
    private string? _flat;

    private readonly Realm _realm;

    private JsRope(Realm realm, object left, object right, int length)
    {
        _realm = realm;
        _left = left;
        _right = right;
        Length = length;
    }

    public int Length { get; }

    public static JsValue Concat(Realm realm, JsValue left, JsValue right)
    {
        var leftLength = left.StringLength;
        var rightLength = right.StringLength;
        if (leftLength == 0)
            return right;
        if (rightLength == 0)
            return left;
        var length = (long)leftLength + rightLength;
        if (length > realm.Limits.StringLengthMax)
            throw realm.StringTooLong(length);
        if (length < LengthMin)
        {
            realm.Allocate(24 + (length * 2));
            return string.Concat(left.AsString(), right.AsString());
        }

        // The text itself is charged when it is joined; until then a rope costs its node.
        realm.Allocate(72);
        return JsValue.Of(new JsRope(realm, left.Reference!, right.Reference!, (int)length));
    }

    public string Flatten()
    {
        if (_flat is not null)
            return _flat;
        _realm.Allocate(24 + (Length * 2L));
        _flat = string.Create(Length, this, static (span, rope) => rope.CopyTo(span));
        _left = null;
        _right = null;
        return _flat;
    }

    /// <summary>The bytes this rope keeps alive by itself, for the memory estimate.</summary>
    public void AddPieces(Stack<object> pending, out long bytes)
    {
        bytes = 56;
        if (_flat is not null)
        {
            bytes += 24 + (Length * 2L);
            return;
        }

        if (_left is not null)
            pending.Push(_left);
        if (_right is not null)
            pending.Push(_right);
    }

    private void CopyTo(Span<char> target)
    {
        // Filled from the end: text grows to the right in practice, so the pending stack stays shallow.
        var pending = new Stack<object>();
        pending.Push(this);
        var end = target.Length;
        while (pending.TryPop(out var piece))
        {
            if (piece is JsRope { _flat: null } rope)
            {
                pending.Push(rope._left!);
                pending.Push(rope._right!);
                continue;
            }

            var text = piece as string ?? ((JsRope)piece)._flat!;
            end -= text.Length;
            text.CopyTo(target[end..]);
        }
    }
}
