using System.Text;

namespace Platform.Scripting.JavaScript;

/// <summary>A constant.</summary>
internal sealed class LiteralNode(JsValue value) : Node
{
    public JsValue Value { get; } = value;

    public override JsValue Evaluate(Frame frame) => Value;
}

/// <summary>A regular expression; every evaluation makes a new object over the shared, compiled expression.</summary>
internal sealed class RegexNode(string pattern, string flags) : Node
{
    public override JsValue Evaluate(Frame frame)
    {
        frame.Position = Position;
        return new JsRegExp(frame.Realm, pattern, flags);
    }
}

/// <summary>A template literal.</summary>
internal sealed class TemplateNode : Node
{
    private readonly string[] _texts;
    private readonly Node[] _parts;

    public TemplateNode(string[] texts, Node[] parts)
    {
        _texts = texts;
        _parts = parts;
        Suspends = Any(parts);
    }

    public override JsValue Evaluate(Frame frame)
    {
        if (_parts.Length == 1)
        {
            var only = Text(frame, _parts[0].Evaluate(frame));
            return Join(frame, _texts[0].Length + (long)only.Length + _texts[1].Length) ?? string.Concat(_texts[0], only, _texts[1]);
        }

        var pieces = new string[_texts.Length + _parts.Length];
        long length = _texts[0].Length;
        pieces[0] = _texts[0];
        for (var i = 0; i < _parts.Length; i++)
        {
            var text = Text(frame, _parts[i].Evaluate(frame));
            pieces[(2 * i) + 1] = text;
            pieces[(2 * i) + 2] = _texts[i + 1];
            length += text.Length + _texts[i + 1].Length;
        }

        return Join(frame, length) ?? string.Concat(pieces);
    }

    public override async Step<JsValue> EvaluateAsync(Frame frame)
    {
        var result = new StringBuilder(_texts[0]);
        for (var i = 0; i < _parts.Length; i++)
        {
            result.Append(Text(frame, await _parts[i].Step(frame))).Append(_texts[i + 1]);
            frame.Realm.CheckStringLength(result.Length);
        }

        Join(frame, result.Length);
        return result.ToString();
    }

    private string Text(Frame frame, JsValue value)
    {
        if (value.IsString)
            return value.AsString();
        frame.Position = Position;
        return Coerce.ToText(value);
    }

    // Charges the joined text; always null, so that the caller can go on with ??.
    private static string? Join(Frame frame, long length)
    {
        frame.Realm.CheckStringLength(length);
        frame.Realm.Allocate(24 + (length * 2));
        return null;
    }
}

/// <summary>A call whose arguments are the parts of a template.</summary>
internal sealed class TaggedTemplateNode : Node
{
    private readonly Node _tag;
    private readonly string?[] _cooked;
    private readonly string[] _raw;
    private readonly Node[] _parts;

    public TaggedTemplateNode(Node tag, string?[] cooked, string[] raw, Node[] parts)
    {
        _tag = tag;
        _cooked = cooked;
        _raw = raw;
        _parts = parts;
        Suspends = tag.Suspends || Any(parts);
    }

    public override JsValue Evaluate(Frame frame)
    {
        var (function, receiver) = CallNode.EvaluateCallee(_tag, frame);
        var args = new JsValue[_parts.Length + 1];
        args[0] = Strings(frame.Realm);
        for (var i = 0; i < _parts.Length; i++)
            args[i + 1] = _parts[i].Evaluate(frame);
        frame.Position = Position;
        return CallNode.Invoke(frame, _tag, function, receiver, args);
    }

    public override async Step<JsValue> EvaluateAsync(Frame frame)
    {
        var (function, receiver) = await CallNode.EvaluateCalleeAsync(_tag, frame);
        var args = new JsValue[_parts.Length + 1];
        args[0] = Strings(frame.Realm);
        for (var i = 0; i < _parts.Length; i++)
            args[i + 1] = await _parts[i].Step(frame);
        frame.Position = Position;
        return CallNode.Invoke(frame, _tag, function, receiver, args);
    }

    // The language promises the same array at every evaluation of the same place.
    private JsValue Strings(Realm realm)
    {
        if (realm.TemplateObjects.TryGetValue(this, out var known))
            return known;
        var strings = JsArray.From(realm, [.. _cooked.Select(JsValue.OfOrUndefined)]);
        var raw = JsArray.From(realm, [.. _raw.Select(r => JsValue.Of(r))]);
        raw.Harden(freeze: true);
        strings.CreateOwn(PropertyKey.Named("raw"), raw, PropertyFlags.None);
        strings.Harden(freeze: true);
        realm.TemplateObjects[this] = strings;
        return strings;
    }
}

/// <summary><c>...x</c> among arguments or array elements; its parent spreads it.</summary>
internal sealed class SpreadNode : Node
{
    public SpreadNode(Node inner)
    {
        Inner = inner;
        Suspends = inner.Suspends;
    }

    public Node Inner { get; }

    public override JsValue Evaluate(Frame frame) => Inner.Evaluate(frame);

    public override Step<JsValue> EvaluateAsync(Frame frame) => Inner.EvaluateAsync(frame);
}

/// <summary>An array literal; a null element is a hole.</summary>
internal sealed class ArrayNode : Node
{
    private readonly bool _isPlain;

    public ArrayNode(Node?[] elements)
    {
        Elements = elements;
        Suspends = Any(elements);
        _isPlain = elements.All(e => e is not null and not SpreadNode);
    }

    public Node?[] Elements { get; }

    /// <summary>True when something other than a pattern's elements follows a spread, so this can be no pattern.</summary>
    public bool HasTrailingCommaAfterSpread { get; init; }

    public override JsValue Evaluate(Frame frame)
    {
        var items = new JsValue[Elements.Length];
        if (_isPlain)
        {
            for (var i = 0; i < items.Length; i++)
                items[i] = Elements[i]!.Evaluate(frame);
            return new JsArray(frame.Realm, items, items.Length);
        }

        var array = new JsArray(frame.Realm);
        frame.Realm.PushRoot(array);
        foreach (var element in Elements)
            Append(frame, array, element, element is null ? JsValue.Hole : element.Evaluate(frame));
        frame.Realm.PopRoot();
        return array;
    }

    public override async Step<JsValue> EvaluateAsync(Frame frame)
    {
        var array = new JsArray(frame.Realm);
        foreach (var element in Elements)
            Append(frame, array, element, element is null ? JsValue.Hole : await element.Step(frame));
        return array;
    }

    private static void Append(Frame frame, JsArray array, Node? element, JsValue value)
    {
        if (element is null)
        {
            array.SetLength(array.Length + 1);
            return;
        }

        if (element is not SpreadNode spread)
        {
            array.Push(value);
            return;
        }

        frame.Position = spread.Position;
        Iteration.Each(frame.Realm, value, item =>
        {
            array.Push(item);
            return true;
        });
    }
}

/// <summary>Several expressions of which the last is the value.</summary>
internal sealed class SequenceNode : Node
{
    public SequenceNode(Node[] parts)
    {
        Parts = parts;
        Suspends = Any(parts);
    }

    public Node[] Parts { get; }

    public override JsValue Evaluate(Frame frame)
    {
        for (var i = 0; i < Parts.Length - 1; i++)
            Parts[i].Evaluate(frame);
        return Parts[^1].Evaluate(frame);
    }

    public override async Step<JsValue> EvaluateAsync(Frame frame)
    {
        for (var i = 0; i < Parts.Length - 1; i++)
            await Parts[i].Step(frame);
        return await Parts[^1].Step(frame);
    }
}
