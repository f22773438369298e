using Platform.Scripting.JavaScript;

namespace Platform.Scripting.Tests.JavaScript;

public sealed class JsScriptTests
{
    [Fact]
    public void FreeNames_are_what_the_script_mentions_and_does_not_declare()
    {
        var script = JsScript.Compile("const a = 1; function f(p) { return p + a + q + this.z; } f(variables.x) + (y => y)(1); typeof w; ({ s: 1, t }).s; async (u) => v;");
        script.FreeNames.Order().ShouldBe(["q", "t", "v", "variables", "w"]);
        script.MentionsName("variables").ShouldBeTrue();
        script.MentionsName("a").ShouldBeFalse();
        script.MentionsName("s").ShouldBeFalse();
    }

    [Theory]
    [InlineData("return 5", 5)]
    [InlineData("if (true) return 'a'; return 'b'", "a")]
    [InlineData("for (const x of [1, 2]) if (x > 1) return x", 2)]
    [InlineData("1; 2; 3", 3)]
    [InlineData("let x = 4; x * 2", 8)]
    [InlineData("return", null)]
    [InlineData("", null)]
    [InlineData("const f = () => 7; f()", 7)]
    public void A_script_returns_or_ends_with_its_value(string source, object? expected) =>
        Run(source).ShouldBe(expected);

    [Fact]
    public async Task Await_is_allowed_at_the_top()
    {
        var script = JsScript.Compile("const x = await Promise.resolve(20); for await (const y of [1, 2]) { } return x + await 1");
        script.IsAsync.ShouldBeTrue();
        (await script.RunAsync(JsGlobals.Empty, JsOptions.Default, CancellationToken.None)).ShouldBe(21);
        script.Run(JsGlobals.Empty, JsOptions.Default, CancellationToken.None).ShouldBe(21);
        JsScript.Compile("Promise.resolve(1)").IsAsync.ShouldBeFalse();
    }

    [Fact]
    public async Task A_promise_that_nobody_settles_is_an_error() =>
        (await Should.ThrowAsync<JsException>(async () => await JsScript.Compile("await new Promise(() => {})").RunAsync(JsGlobals.Empty, JsOptions.Default, CancellationToken.None)))
            .Detail.ShouldContain("cannot be settled");

    [Theory]
    [InlineData("let a = 1;\nlet b = ;", 2, 9, "Unexpected token ';'")]
    [InlineData("foo(", 1, 5, "Unexpected end of input")]
    [InlineData("x = 'abc", 1, 5, "Invalid or unexpected token")]
    [InlineData("a\nb\nlet c c", 3, 7, "Unexpected identifier 'c'")]
    public void A_syntax_error_says_where(string source, int line, int column, string message)
    {
        var exception = Should.Throw<JsSyntaxException>(() => JsScript.Compile(source));
        (exception.Line, exception.Column, exception.Detail).ShouldBe((line, column, message));
    }

    [Theory]
    [InlineData("const o = {};\no.a.b", "TypeError", "Cannot read properties of undefined (reading 'b')", 2, 5)]
    [InlineData("\n\n  missing()", "ReferenceError", "missing is not defined", 3, 3)]
    [InlineData("const o = { f: 1 };\no.f()", "TypeError", "o.f is not a function", 2, 3)]
    [InlineData("function g() {\n  throw new RangeError('deep');\n}\ng()", "RangeError", "deep", 2, 9)]
    [InlineData("throw { code: 5 }", "", "{\"code\":5}", 1, 1)]
    [InlineData("throw 'text'", "", "\"text\"", 1, 1)]
    [InlineData("const c = 1;\nc = 2", "TypeError", "Assignment to constant variable.", 2, 1)]
    public void A_runtime_error_says_what_and_where(string source, string name, string detail, int line, int column)
    {
        var exception = Should.Throw<JsException>(() => Run(source));
        (exception.ErrorName, exception.Detail, exception.Line, exception.Column).ShouldBe((name, detail, line, column));
    }

    [Fact]
    public void A_stack_trace_names_the_functions()
    {
        var exception = Should.Throw<JsException>(() => Run("function inner() { null.x }\nconst outer = () => inner();\nouter()"));
        exception.ScriptStack.Split('\n').ShouldBe(
        [
            "TypeError: Cannot read properties of null (reading 'x')", "    at inner (1:25)", "    at outer (2:21)", "    at script (3:1)",
        ]);
    }

    [Fact]
    public void What_one_run_does_to_the_built_ins_is_not_seen_by_another()
    {
        var script = JsScript.Compile("""
            const before = [typeof [].leak, typeof Object.prototype.leak, typeof Math.leak, typeof globalThis.leak, [3].map(x => x).length, JSON.stringify({}), new Set([1]).size];
            Array.prototype.leak = 1; Object.prototype.leak = 2; Math.leak = 3; globalThis.leak = 4; leak2 = 5;
            Array.prototype.map = () => []; JSON.stringify = () => 'patched'; Object.defineProperty(Set.prototype, 'size', { get: () => 99 });
            Array.prototype[Symbol.iterator] = function* () { yield 'patched'; }; Symbol.iterator.leak; delete String.prototype.trim; Date.now = () => 0;
            Object.freeze(Number.prototype); Promise.prototype.then = null; Function.prototype.call = null; Error.prototype.name = 'Patched';
            Object.setPrototypeOf(Array.prototype, null);
            before.join()
            """.Replace("before.join()", "JSON.stringify = null; before[0] + before[1] + before[2] + before[3] + before[4] + before[5] + before[6] + typeof leak2 + typeof ''.trim", StringComparison.Ordinal));
        for (var i = 0; i < 3; i++)
        {
            script.Run(JsGlobals.Empty, JsOptions.Default, CancellationToken.None)
                .ShouldBe("undefinedundefinedundefinedundefined1{}1numberundefined");
        }

        Run("[...[1, 2]].map(x => x + 1).join() + ' a '.trim() + JSON.stringify([1])").ShouldBe("2,3a[1]");
    }

    [Fact]
    public async Task A_script_runs_on_many_threads_at_once()
    {
        var script = JsScript.Compile("const o = { n: n, m: { k: [n] } }; let s = 0; for (const x of [1, 2, 3]) { s += x * o.m.k[0]; } class A { #v = s; get v() { return this.#v + o.n } } new A().v");
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            var globals = new JsGlobals();
            for (var i = 0; i < 500; i++)
            {
                globals["n"] = i;
                if (!Equals(script.Run(globals, JsOptions.Default, CancellationToken.None), i * 7))
                    return false;
            }

            return true;
        })));
        results.ShouldAllBe(r => r);
    }

    [Fact]
    public void Time_zone_clock_and_random_are_the_options()
    {
        var options = JsOptions.Default with
        {
            TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"),
            TimeProvider = new FixedTime(new DateTimeOffset(2024, 7, 1, 12, 0, 0, TimeSpan.Zero)),
            Random = () => 0.25,
        };
        JsScript.Compile("[new Date().getHours(), new Date().getTimezoneOffset(), Math.random(), new Date(2024, 0, 1).toISOString(), new Date(2024, 2, 31, 2, 30).getTime(), new Date(2024, 9, 27, 2, 30).toISOString()].join()")
            .Run(JsGlobals.Empty, options, CancellationToken.None)
            .ShouldBe("14,-120,0.25,2023-12-31T23:00:00.000Z,1711848600000,2024-10-27T00:30:00.000Z");
    }

    [Fact]
    public void Console_goes_to_the_host()
    {
        var lines = new List<string>();
        var options = JsOptions.Default with { Console = (level, text) => lines.Add(level + ": " + text) };
        JsScript.Compile("console.log('a', 1, { b: [2] }, null); console.error(new Error('x')); console.warn()").Run(JsGlobals.Empty, options, CancellationToken.None);
        lines.ShouldBe(["log: a 1 {\"b\":[2]} null", "error: Error: x", "warn: "]);
    }

    [Theory]
    [InlineData("x1 = 5; x1 + 1", 6)]
    [InlineData("'use strict'; try { x2 = 5 } catch (e) { e.name }", "ReferenceError")]
    [InlineData("typeof nothing", "undefined")]
    [InlineData("globalThis.made = 3; made", 3)]
    [InlineData("later = 1; globalThis.later = 2; later", 2)]
    [InlineData("this === globalThis", true)]
    public void Unknown_names_are_created_by_assignment_outside_strict_scripts(string source, object expected) => Run(source).ShouldBe(expected);

    [Theory]
    [InlineData("JSON.stringify(Object.groupBy([1, 2, 3], x => x % 2 ? 'odd' : 'even'))", "{\"odd\":[1,3],\"even\":[2]}")]
    [InlineData("[...Map.groupBy([1, 2, 3], x => x % 2)].join('|')", "1,1,3|0,2")]
    [InlineData("const c = structuredClone({ a: [1, new Date(5), new Map([[1, { b: 2 }]])] }); c.a[1].getTime() + c.a[2].get(1).b", 7)]
    [InlineData("Function('return this')() === globalThis", true)]
    public void Things_that_Node_20_lacks_or_does_across_contexts(string source, object expected) => Run(source).ShouldBe(expected);

    private static object? Run(string source) => JsScript.Compile(source).Run(JsGlobals.Empty, JsOptions.Default, CancellationToken.None);

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
