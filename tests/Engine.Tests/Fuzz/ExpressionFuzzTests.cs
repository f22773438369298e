using System.Text.Json.Nodes;
using Platform.Engine.Expressions;
using Platform.Engine.Plans;
using Platform.Engine.Values;
using Platform.Scripting.JavaScript;
using Platform.Scripting.Liquid;

namespace Platform.Engine.Tests.Fuzz;

/// <summary>Random and damaged expressions of every language into inputs of every type: a value, or one of the documented exceptions.</summary>
public sealed class ExpressionFuzzTests
{
    private const int Expressions = 6_000;
    private const long AllocatedBytesMax = 100_000_000;

    private static readonly string[] _scripts =
    [
        "variables.Count + 1", "getCount() > 2 ? 'a' : `b${variables.Name}`", "(() => { let s = 0; for (let i = 0; i < 10; i++) s += i; return s; })()",
        "variables.Items.map(x => x * 2).filter(Boolean).join(',')", "JSON.stringify({ a: [1, { b: null }], d: new Date(0) })", "getOutputFrom('w', 'Result')",
        "'abc'.replace(/(a)(b)/g, (m, x, y) => y + x)", "const { a, ...rest } = { a: 1, b: 2 }; rest.b ?? a", "class A { #x = 1; get x() { return this.#x; } } new A().x",
        "async function f() { await null; return 5; } f()", "[...'héllo😀'].length", "toJson(variables)", "setVariable('Count', 5); getVariable('Count')",
        "try { null.x } catch (e) { e.message } finally { 1 }", "new Map([[1, { a: 1 }]])", "Symbol('x')", "10n ** 20n", "function* g() { yield* [1, 2]; } [...g()]",
        "while (true) {}", "'x'.repeat(1e9)", "(function f() { f(); })()", "let a = []; for (;;) a.push(a)", "/(x+x+)+y/.test('x'.repeat(40))", "return variables.Name",
        "const o = {}; o.o = o; o", "new Proxy({}, { get() { return 1; } })", "Array(1e6).fill().map((_, i) => i)", "new Uint8Array(8)", "NaN", "-0", "undefined",
    ];

    private static readonly string[] _templates =
    [
        "Hello {{ Variables.Name | upcase }}", "{% for i in (1..5) %}{{ i }},{% endfor %}", "{% if Variables.Count > 2 %}a{% else %}b{% endif %}", "{{ Variables.Items | map: 'x' | join: '-' }}",
        "{% assign a = 'x' %}{{ a | append: a }}", "{{ 'now' | date: '%Y' }}", "{% for i in (1..100000000) %}x{% endfor %}", "{% capture c %}{{ Input.X }}{% endcapture %}{{ c }}",
        "{% case Variables.Name %}{% when 'a' %}1{% endcase %}", "{{ Variables.Deep.a.b[0] | json }}", "{% raw %}{{{% endraw %}", "{% tablerow i in Variables.Items %}{{ i }}{% endtablerow %}",
    ];

    private static readonly string[] _texts =
    [
        "", " ", "5", "-1e400", "true", "00:00:05", "99999999.00:00:00", "2026-02-30", "{\"a\":1}", "[1,[2]]", "[[[[", "{\"$id\":\"1\",\"a\":{\"$ref\":\"1\"}}", "x", "\0", "\ud83d\ude00", "WaitAll", "aGVsbG8=",
        "{\"id\":\"count\",\"name\":\"Count\"}", "{\"type\":\"JavaScript\",\"value\":\"1\"}", "http://[::1", "{\"k\":{\"type\":\"JavaScript\",\"value\":\"variables.Count\"}}", "1,2,3", "{\"a\":1,\"a\":2}",
    ];

    private readonly Random _random = new(20_260_101);

    [Fact]
    public async Task Random_expressions_give_values_or_documented_exceptions()
    {
        var engine = new EngineHarness();
        var languages = Languages();
        var targets = TargetTypes(engine.Catalog);
        targets.Count.ShouldBeGreaterThan(10);
        var context = await WaitingAsync(engine);
        var (values, refused) = (0, 0);
        for (var i = 0; i < Expressions; i++)
        {
            var expression = Next();
            var target = targets[_random.Next(targets.Count)];
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                await EvaluateAsync(languages, expression, target, context);
                values++;
            }
            catch (Exception exception) when (exception is ExpressionException or ValueConversionException or ValueTooDeepException or ValueTooLargeException)
            {
                exception.Message.Length.ShouldBeGreaterThan(5);
                refused++;
            }
            catch (Exception exception)
            {
                Assert.Fail($"Number {i}, {expression.Type} for {target}: {exception}\n{expression.Value}");
            }

            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(AllocatedBytesMax, $"Number {i}, {expression.Type} for {target}:\n{expression.Value}");
        }

        values.ShouldBeGreaterThan(Expressions / 4);
        refused.ShouldBeGreaterThan(Expressions / 10);
    }

    private static async Task EvaluateAsync(ExpressionLanguages languages, Expression expression, Type target, ActivityExecutionContext context)
    {
        var compiled = languages.Compile(expression, target);
        var value = compiled.IsAsynchronous ? await compiled.EvaluateAsync(context) : compiled.Evaluate(context);
        ValueConverter.Convert(value, target);
    }

    private Expression Next() => _random.Next(10) switch
    {
        <= 3 => new Expression("JavaScript", Damage(Pick(_scripts))),
        <= 5 => new Expression("Liquid", Damage(Pick(_templates))),
        6 => new Expression("Object", Damage(Pick(_texts))),
        7 => new Expression("Variable", Value()),
        8 => new Expression(Pick(["Input", "Json", "Object", "JavaScript", "Liquid", "CSharp", "Klingon", ""]), Value()),
        _ => new Expression("Literal", Value()),
    };

    /// <summary>Text with characters changed, left out, put in or doubled, or joined with another one.</summary>
    private string Damage(string text)
    {
        for (var i = _random.Next(4); i > 0 && text.Length > 0; i--)
        {
            var at = _random.Next(text.Length);
            var length = Math.Min(_random.Next(1, 6), text.Length - at);
            text = _random.Next(6) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, Pick(["(", ")", "{", "}", "[", "`", "'", "\"", "/", "\\u", "...", "=>", "%}", "{{", "|", ":", "\n", "\0", "\ud800", "0x", "1e999", "//", "/*", "await ", "yield ", "new ", "?."])),
                2 => text.Insert(at, text.Substring(at, length)),
                3 => string.Concat(text.AsSpan(0, at), ((char)_random.Next(32, 127)).ToString(), text.AsSpan(at + 1)),
                4 => Pick(["(", "[", "{{", "{% if x %}", "!", "-", "(()=>"]) is var open ? string.Concat(Enumerable.Repeat(open, Pick([3, 300, 5_000]))) + text : text,
                _ => text + Pick([";", " ", "\n", ","]) + string.Concat(Pick(_scripts).Take(5)),
            };
        }

        return text;
    }

    private object? Value() => _random.Next(9) switch
    {
        0 => null,
        1 => true,
        2 => Pick<object>([0, -1L, 1.5m, double.NaN, double.MaxValue, long.MinValue, decimal.MaxValue, 3.0e-320]),
        3 => Pick(_texts),
        4 => new Dictionary<string, object?> { ["id"] = Pick<object?>(["count", null, 5, ""]), ["name"] = Pick<object?>(["Count", null, true]) },
        5 => new List<object?> { 1, "a", null, new List<object?>() },
        6 => new Dictionary<string, object?> { ["type"] = "JavaScript", ["value"] = 5 },
        7 => DynamicJson.Parse(new JsonArray(Enumerable.Range(0, 500).Select(i => (JsonNode?)i).ToArray()).ToJsonString()),
        _ => Damage(Pick(_texts)),
    };

    private static ExpressionLanguages Languages()
    {
        ExpressionLanguages? languages = null;
        var script = JsOptions.Default with { Limits = JsLimits.Default with { StepsMax = 20_000, MemoryBytesMax = 4 << 20, DepthMax = 100, StringLengthMax = 1 << 18, ArrayLengthMax = 1 << 14, RegexTimeMax = TimeSpan.FromMilliseconds(50) } };
        var liquid = LiquidOptions.Default with { Limits = LiquidLimits.Default with { StepsMax = 20_000, MemoryBytesMax = 4 << 20, OutputLengthMax = 1 << 18 } };
        languages = new ExpressionLanguages(
            new LiteralLanguage(), new ObjectLanguage("Object", () => languages!), new ObjectLanguage("Json", () => languages!), new VariableLanguage(), new InputLanguage(),
            new JavaScriptLanguage(script), new LiquidLanguage(liquid), new UnavailableLanguage("CSharp", "WF1122", "C# is off."));
        return languages;
    }

    private static List<Type> TargetTypes(ActivityCatalog catalog) => [.. catalog.Types.SelectMany(type => type.Inputs).Where(input => input.IsWrapped).Select(input => input.ValueType)
        .Concat([typeof(string), typeof(bool), typeof(int?), typeof(DateTimeOffset), typeof(Guid), typeof(Uri), typeof(byte[]), typeof(string[]), typeof(Dictionary<string, int>), typeof(JsonNode), typeof(Version), typeof(List<List<decimal>>)])
        .Distinct().OrderBy(type => type.ToString(), StringComparer.Ordinal)];

    /// <summary>An activity that waits, with variables around it.</summary>
    private static async Task<ActivityExecutionContext> WaitingAsync(EngineHarness engine)
    {
        const string variables = """
            {"id":"count","name":"Count","typeName":"Int32","value":"3"},{"id":"name","name":"Name","typeName":"String","value":"n"},
            {"id":"items","name":"Items","typeName":"List<Object>","value":"[1,2,{\"x\":1}]"},{"id":"deep","name":"Deep","typeName":"ObjectDictionary","value":"{\"a\":{\"b\":[1]}}"}
            """;
        var workflow = await engine.StartAsync(EngineHarness.Flowchart(EngineHarness.Step("w", "Test.Wait", ("key", "Literal", "k")), variables));
        return workflow.ActivityExecutionContexts.Last();
    }

    private T Pick<T>(T[] items) => items[_random.Next(items.Length)];
}
