namespace Platform.Scripting.Liquid.Tests;

/// <summary>Writes templates at random, the same ones for the same seed. Some are wrong on purpose.</summary>
public sealed class TemplateGenerator(int seed)
{
    private static readonly string[] s_values =
    [
        "n", "zero", "negative", "pi", "numeric", "text", "spaces", "html", "a", "words", "mixed", "nested", "empty_list", "empty_text", "o", "o.x", "o.y.list",
        "o.y.z", "products", "products[0]", "products[1].title", "yes", "no", "nothing", "missing", "a[0]", "a[-1]", "a.first", "words.last", "o.size", "text.size",
        "1", "0", "-3", "2.5", "\"ab\"", "'x y'", "\"\"", "true", "false", "(1..3)", "(0..index)", "unicode", "lines", "x", "v",
    ];

    // Only for conditions: as JSON, LiquidJS shows the objects that stand for them, and we show null and an empty text.
    private static readonly string[] s_literals = ["nil", "empty", "blank"];

    private static readonly string[] s_filters =
    [
        "upcase", "downcase", "capitalize", "size", "strip", "lstrip", "rstrip", "reverse", "first", "last", "join", "join: ', '", "plus: 1", "minus: 2", "times: 1.5",
        "divided_by: 4", "modulo: 3", "abs", "ceil", "floor", "round", "round: 1", "at_least: 2", "at_most: 2", "append: 'z'", "prepend: n", "replace: 'l', 'L'",
        "remove: 'o'", "replace_first: 'a', 'b'", "remove_last: 'a'", "split: ' '", "split: ''", "escape", "escape_once", "strip_html", "newline_to_br", "strip_newlines",
        "truncate: 5", "truncatewords: 1", "slice: 1", "slice: -2, 2", "sort", "sort_natural", "uniq", "compact", "map: 'title'", "map: 'size'", "where: 'available'",
        "where: 'type', 'food'", "concat: a", "push: 1", "unshift: 0", "pop", "shift", "sum", "default: 'd'", "json", "url_encode", "slugify", "squish",
        "number_of_words", "array_to_sentence_string", "base64_encode", "nope", "date: '%Y'", "to_integer", "where_exp: 'i', 'i > 1'", "find_index: 'type', 'food'",
    ];

    private static readonly string[] s_operators = ["==", "!=", ">", "<", ">=", "<=", "contains", "and", "or"];

    private readonly Random _random = new(seed);

    public string Next()
    {
        var text = Body(3);
        if (_random.Next(12) != 0 || text.Length < 3)
            return text;
        var at = _random.Next(text.Length - 1);
        return _random.Next(2) == 0 ? text.Remove(at, 1) : text.Insert(at, Pick("%", "}", "{{", "|", "'", ":", "(", "]", "-"));
    }

    private string Body(int depth) => string.Concat(Enumerable.Range(0, 1 + _random.Next(3)).Select(_ => Part(depth)));

    private string Part(int depth) => _random.Next(depth > 0 ? 12 : 4) switch
    {
        0 => Pick(" ", "text", " a\n ", "<b>"),
        1 or 2 or 3 => $"{Open("{{")} {Filtered()} {Close("}}")}",
        4 => $"{Open("{%")} assign v = {Filtered()} {Close("%}")}",
        5 => $"{Open("{%")} if {Condition()} {Close("%}")}{Body(depth - 1)}{Tag(Pick("else", "elsif " + Condition()))}{Body(depth - 1)}{Tag("endif")}",
        6 => $"{Tag("unless " + Condition())}{Body(depth - 1)}{Tag("endunless")}",
        7 => $"{Tag($"for x in {Operand()}{Pick("", " limit:2", " offset:1", " reversed", " limit:3 reversed")}")}{Body(depth - 1)}{Pick("", "{% break %}", "{% else %}none")}{Tag("endfor")}",
        8 => $"{Tag("case " + Filtered())}{Tag($"when {Operand()}, {Operand()}")}{Body(depth - 1)}{Tag("else")}{Body(depth - 1)}{Tag("endcase")}",
        9 => $"{Tag("capture v")}{Body(depth - 1)}{Tag("endcapture")}{{{{ v }}}}",
        10 => Tag(Pick("increment c", "decrement c", "cycle 'a', 'b'", $"echo {Filtered()}", "comment %}x{% endcomment", "raw %}{{ x }}{% endraw")),
        _ => $"{Tag($"tablerow x in {Value()} cols:2")}{Body(depth - 1)}{Tag("endtablerow")}",
    };

    private string Tag(string content) => $"{Open("{%")} {content} {Close("%}")}";

    private string Open(string text) => _random.Next(8) == 0 && text == "{%" ? "{%-" : text;

    private string Close(string text) => _random.Next(8) == 0 ? "-" + text : text;

    private string Filtered() => Value() + string.Concat(Enumerable.Range(0, _random.Next(4)).Select(_ => " | " + Pick(s_filters)));

    private string Condition() => _random.Next(3) switch
    {
        0 => Operand(),
        1 => $"{Operand()} {Pick(s_operators)} {Operand()}",
        _ => $"{Operand()} {Pick(s_operators)} {Operand()} {Pick("and", "or")} {Operand()}",
    };

    private string Operand() => _random.Next(6) == 0 ? Pick(s_literals) : Value();

    private string Value() => Pick(s_values);

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];
}
