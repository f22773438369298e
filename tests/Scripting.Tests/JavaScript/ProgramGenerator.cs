using System.Globalization;
using System.Text;

namespace Platform.Scripting.Tests.JavaScript;

/// <summary>Makes random programs whose every step has a defined result, from a seed, so that a failure can be repeated.</summary>
internal sealed class ProgramGenerator(int seed)
{
    private static readonly string[] s_literals =
    [
        "0", "1", "-1", "2", "0.5", "-0", "1e21", "1e-7", "123456789", "NaN", "Infinity", "true", "false", "null", "undefined", "''", "'a'", "'12'",
        "' 7 '", "'abc'", "'0x1f'", "'\\u00e9'", "[]", "[1,2,3]", "[3,,1]", "{}", "{a:1,b:'x'}", "10n", "-3n", "'z'", "2147483648", "4294967295",
        "[['k',1],['l',2]]", "'a,b,c'", "/b+/g", "new Date(86400000)", "new Map([[1,2]])", "new Set('aab')", "x=>x", "Symbol.iterator",
    ];

    private static readonly string[] s_binary =
    [
        "+", "-", "*", "/", "%", "**", "&", "|", "^", "<<", ">>", ">>>", "==", "!=", "===", "!==", "<", ">", "<=", ">=", "&&", "||", "??", ",",
    ];

    private static readonly string[] s_calls =
    [
        ".toString()", ".length", ".slice(1)", ".concat(1)", ".indexOf('a')", ".includes(2)", ".at(-1)", ".toFixed(2)", ".valueOf()", ".join('-')",
        ".map(x => typeof x)", ".split('')", ".padStart(5, '*')", ".charCodeAt(0)", ".toUpperCase()", ".repeat(2)", ".constructor.name", "[0]",
        "['a']", "?.a", "?.[1]", ".reverse()", ".sort()", ".filter(Boolean)", ".keys", ".trim()", ".replace('a', 'b')", ".toString(2)", ".flat()",
    ];

    private static readonly string[] s_functions =
    [
        "String", "Number", "Boolean", "parseInt", "parseFloat", "Array.isArray", "Object.keys", "Object.entries", "JSON.stringify", "typeof ",
        "Math.round", "Math.floor", "Math.max", "isNaN", "Array.from", "!", "-", "+", "~", "void ", "Number.isInteger", "Object.values", "encodeURIComponent",
    ];

    private readonly Random _random = new(seed);

    public string Next()
    {
        var program = new StringBuilder("let a = 1, b = 'x', c = [1, 2, 3], d = { p: 1, q: [2] }, n = 0;\n");
        var count = _random.Next(1, 5);
        for (var i = 0; i < count; i++)
            program.AppendLine(Statement(2));
        program.Append("show(a, b, c, d, n);");
        return program.ToString();
    }

    private string Statement(int depth)
    {
        switch (_random.Next(depth > 0 ? 14 : 5))
        {
            case 0:
                return $"show(attempt(() => ({Expression(3)})));";
            case 1:
                return $"a = attempt(() => ({Expression(3)}));";
            case 2:
                return $"try {{ d.{Pick(["p", "q", "r"])} = {Expression(2)}; }} catch (e) {{ show(e.name); }}";
            case 3:
                return $"n {Pick(["+=", "-=", "*=", "??=", "||="])} {Number()};";
            case 4:
                return $"show(attempt(() => {{ const {Pattern()} = {Pick(["c", "d", "[d, c]", "'xyz'", "{ p: c, q: d }", "[[1], { p: 2 }]"])}; return [u, v]; }}));";
            case 5:
                return $"if (attempt(() => ({Expression(2)}))) {{ {Statement(depth - 1)} }} else {{ {Statement(depth - 1)} }}";
            case 6:
                return $"for (let i = 0; i < {_random.Next(1, 4)}; i++) {{ {Statement(depth - 1)} {Pick(["", "if (i) continue;", "if (i > 1) break;"])} n += i; }}";
            case 7:
                return $"for (const x of {Pick(["c.slice()", "'héllo'", "Object.entries(d)", "new Set([1, 1, 2])", "(function* () { yield 1; yield* [2, 3]; })()"])}) {{ show(x); {Statement(depth - 1)} }}";
            case 8:
                return $"try {{ {Statement(depth - 1)} {Pick(["", "throw new TypeError('t');", "null.x;", "throw 5;"])} }} catch (e) {{ show(e instanceof Error ? e.name : e); }} finally {{ n++; }}";
            case 9:
                return $"switch (attempt(() => ({Expression(1)}))) {{ case 1: {Statement(depth - 1)} case 'x': n += 10; break; default: n -= 1; case null: {Statement(depth - 1)} }}";
            case 10:
                return $"show(attempt(() => (({Pick(["u", "u = 2", "...u", "{ u } = { u: 3 }", "[u] = [4]"])}) => {{ let v = 1; {Pick(["return u;", "return [u, v];", "return () => u;", ""])} }})({Expression(1)})));";
            case 11:
                return $"show(attempt(() => {{ class K {{ #s = {Number()}; static t = {Number()}; get s() {{ return this.#s; }} set s(v) {{ this.#s = v; }} m(x) {{ return this.s + x; }} }} class L extends K {{ m(x) {{ return super.m(x) * 2; }} }} const o = new L(); o.s {Pick(["=", "+=", "-="])} {Number()}; return [o.m({Number()}), K.t, o]; }}));";
            case 12:
                return $"{{ const fs = []; for ({Pick(["let", "var"])} i = 0; i < 3; i++) fs.push(() => i); show(fs.map(f => f())); }}";
            default:
                return $"Promise.resolve({Pick(["1", "Promise.reject(new RangeError('r'))", "{ then(f) { f(7); } }", "undefined"])}).then(x => {{ show('then', x); {Statement(depth - 1)} }}).catch(e => show('catch', e instanceof Error ? e.name : e));";
        }
    }

    private string Pattern() => Pick(["[u, v]", "{ p: u, q: v }", "[u, ...v]", "{ p: u, ...v }", "[[u], { p: v = 9 }]", "{ u = 1, v = 2 }", "[u = 5, , v = n]"]);

    private string Expression(int depth)
    {
        if (depth == 0)
            return Atom();
        return _random.Next(9) switch
        {
            0 => Atom(),
            1 => $"({Expression(depth - 1)}){Pick(s_calls)}",
            2 => $"{Pick(s_functions)}({Expression(depth - 1)})",
            3 => $"({Expression(depth - 1)}) ? ({Expression(depth - 1)}) : ({Expression(depth - 1)})",
            4 => $"`{Pick(["", "<"])}${{{Expression(depth - 1)}}}${{{Atom()}}}`",
            5 => $"[{Expression(depth - 1)}, ...({Pick(["c", "'ab'", "[]"])})]",
            6 => $"{{ p: {Expression(depth - 1)}, ...({Atom()}), [{Atom()}]: 1 }}",
            _ => $"({Expression(depth - 1)}) {Pick(s_binary)} ({Expression(depth - 1)})",
        };
    }

    private string Atom() => _random.Next(3) == 0 ? Pick(["a", "b", "c", "d", "n"]) : Pick(s_literals) is var text && text[0] == '{' ? $"({text})" : text;

    private string Number() => _random.Next(-20, 20).ToString(CultureInfo.InvariantCulture);

    private string Pick(string[] choices) => choices[_random.Next(choices.Length)];
}
