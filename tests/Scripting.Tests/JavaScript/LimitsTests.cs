using Platform.Scripting.JavaScript;

namespace Platform.Scripting.Tests.JavaScript;

public sealed class LimitsTests
{
    private static readonly JsLimits s_small = new()
    {
        StepsMax = 3_000_000,
        TimeMax = TimeSpan.FromSeconds(20),
        MemoryBytesMax = 8 * 1024 * 1024,
        StringLengthMax = 1_000_000,
        ArrayLengthMax = 200_000,
        DepthMax = 300,
        RegexTimeMax = TimeSpan.FromMilliseconds(150),
    };

    [Theory]
    [InlineData("for (;;) {}", JsLimitKind.Steps)]
    [InlineData("while (true);", JsLimitKind.Steps)]
    [InlineData("const f = () => Promise.resolve().then(f); f()", JsLimitKind.Steps)]
    [InlineData("(async () => { for (;;) await null; })()", JsLimitKind.Steps)]
    [InlineData("function* g() { for (;;) yield 1; } for (const x of g());", JsLimitKind.Steps)]
    [InlineData("Array.prototype.indexOf.call({ length: 1e9 }, 1)", JsLimitKind.Steps)]
    [InlineData("new Array(1e9).forEach(x => x)", JsLimitKind.Steps)]
    [InlineData("'x'.repeat(1e9)", JsLimitKind.StringLength)]
    [InlineData("'x'.padStart(1e9)", JsLimitKind.StringLength)]
    [InlineData("'x'.padEnd(1e9, 'abc')", JsLimitKind.StringLength)]
    [InlineData("let s = 'ab'; for (;;) s += s", JsLimitKind.StringLength)]
    [InlineData("let s = 'ab'; for (;;) s = `${s}${s}`", JsLimitKind.StringLength)]
    [InlineData("let s = 'aa'; for (;;) s = s.replaceAll('a', 'aa')", JsLimitKind.StringLength)]
    [InlineData("let s = 'aa'; for (;;) s = s.replace(/a/g, '$&$&')", null)]
    [InlineData("new Array(5000).fill('x'.repeat(5000)).join('')", JsLimitKind.StringLength)]
    [InlineData("let o = 'x'.repeat(1000); JSON.stringify(new Array(5000).fill(o))", JsLimitKind.StringLength)]
    [InlineData("'a'.repeat(1000000).concat('b')", JsLimitKind.StringLength)]
    [InlineData("encodeURIComponent('\\u20ac'.repeat(900000))", JsLimitKind.StringLength)]
    [InlineData("new Array(1e9).fill(1)", null)]
    [InlineData("Array.from({ length: 1e9 })", null)]
    [InlineData("let a = [1]; for (;;) a = a.concat(a)", null)]
    [InlineData("let a = [1]; for (;;) a.push(...a)", null)]
    [InlineData("function* g() { for (;;) yield 1; } [...g()]", null)]
    [InlineData("const [...a] = (function* () { for (;;) yield 'abc'; })();", null)]
    [InlineData("const m = new Map(); for (let i = 0; ; i++) m.set(i, i)", null)]
    [InlineData("const o = {}; for (let i = 0; ; i++) o['k' + i] = i", null)]
    [InlineData("const a = []; for (let i = 0; ; i++) a[i * 1000] = i", null)]
    [InlineData("const a = []; for (let i = 0; ; i++) a.push('x'.repeat(1000) + i)", JsLimitKind.Memory)]
    [InlineData("let l = null; for (;;) l = { l, a: [1, 2, 3] }", JsLimitKind.Memory)]
    [InlineData("let f = () => 0; for (;;) { const g = f; f = () => g; }", JsLimitKind.Memory)]
    [InlineData("new Uint8Array(1e9)", JsLimitKind.Memory)]
    [InlineData("const a = []; for (;;) a.push(new ArrayBuffer(100000))", JsLimitKind.Memory)]
    [InlineData("const w = new WeakMap(), a = []; for (;;) { const k = {}; a.push(k); w.set(k, 'y'.repeat(999)) }", JsLimitKind.Memory)]
    [InlineData("const a = []; for (let i = 0n; ; i++) a.push(2n ** 20000n + i)", JsLimitKind.Memory)]
    [InlineData("Object.fromEntries((function* () { for (let i = 0; ; i++) yield ['k' + i, 'v'.repeat(100)]; })())", JsLimitKind.Memory)]
    [InlineData("function f() { return f(); } f()", JsLimitKind.Depth)]
    [InlineData("const o = { get x() { return this.x; } }; o.x", JsLimitKind.Depth)]
    [InlineData("const o = { toString() { return `${this}`; } }; `${o}`", JsLimitKind.Depth)]
    [InlineData("const a = []; a[0] = a; a.flat(Infinity)", JsLimitKind.Depth)]
    [InlineData("let o = {}; for (let i = 0; i < 5000; i++) o = { o }; JSON.stringify(o)", JsLimitKind.Depth)]
    [InlineData("let o = {}; for (let i = 0; i < 5000; i++) o = { o }; o", JsLimitKind.Depth)]
    [InlineData("let o = {}; for (let i = 0; i < 5000; i++) o = { o }; structuredClone(o)", JsLimitKind.Depth)]
    [InlineData("let p = {}; for (let i = 0; i < 5000; i++) p = new Proxy(p, {}); p.x", JsLimitKind.Depth)]
    [InlineData("let f = () => 1; for (let i = 0; i < 5000; i++) f = f.bind(); f()", JsLimitKind.Depth)]
    [InlineData("class A { constructor() { new A(); } } new A()", JsLimitKind.Depth)]
    [InlineData("function* g() { yield* g(); } [...g()]", JsLimitKind.Depth)]
    [InlineData("async function f() { await f(); } f()", JsLimitKind.Depth)]
    [InlineData("[1, 2].sort(function c() { return [2, 1].sort(c); })", JsLimitKind.Depth)]
    [InlineData("JSON.parse('['.repeat(50000))", JsLimitKind.Depth)]
    [InlineData("/(a+)+b/.test('a'.repeat(40))", JsLimitKind.RegexTime)]
    [InlineData("/(x+x+)+y/.exec('x'.repeat(40))", JsLimitKind.RegexTime)]
    public async Task A_hostile_script_ends_at_a_limit(string source, JsLimitKind? kind)
    {
        var exception = await Should.ThrowAsync<JsLimitException>(async () => await Run(source));
        if (kind is { } expected)
            exception.Kind.ShouldBe(expected, exception.Message);
    }

    [Theory]
    [InlineData("try { for (;;) {} } catch { 'caught' }")]
    [InlineData("try { 'x'.repeat(1e9) } catch { 'caught' } finally { 'finally' }")]
    [InlineData("const f = () => { try { f() } catch { return 1 } finally { return 2 } }; f()")]
    [InlineData("(async () => { try { for (;;) await 1 } catch { return 'caught' } })()")]
    [InlineData("new Promise(r => { for (;;) {} }).catch(() => 'caught')")]
    [InlineData("[1].map(() => { try { 'x'.repeat(1e9) } catch { return 1 } })")]
    [InlineData("function* g() { try { for (;;) {} } finally { yield 5 } } g().next()")]
    public async Task A_limit_cannot_be_caught(string source) =>
        await Should.ThrowAsync<JsLimitException>(async () => await Run(source));

    [Theory]
    [InlineData("let n = 0; for (let i = 0; i < 200000; i++) { const o = { a: i, b: [i, 'x' + i] }; n += o.b.length; } n", 400000)]
    [InlineData("let s = ''; for (let i = 0; i < 100000; i++) { s = 'x'.repeat(500); } s.length", 500)]
    [InlineData("let a; for (let i = 0; i < 2000; i++) { a = new Array(1000).fill(i); } a[0]", 1999)]
    [InlineData("const q = new Set(); for (let i = 0; i < 110000; i++) { q.add({ i }); if (i > 5) q.delete(q.values().next().value); } q.size", 6)]
    public async Task Garbage_does_not_count_as_memory(string source, int expected) => (await Run(source)).ShouldBe(expected);

    [Fact]
    public async Task The_step_limit_is_exact()
    {
        var limits = s_small with { StepsMax = 1000 };
        (await Run("let i = 0; while (i < 990) i++; i", limits)).ShouldBe(990);
        (await Should.ThrowAsync<JsLimitException>(async () => await Run("let i = 0; while (i < 1001) i++; i", limits))).Kind.ShouldBe(JsLimitKind.Steps);
    }

    [Fact]
    public async Task Time_is_that_of_the_time_provider()
    {
        var options = JsOptions.Default with { Limits = s_small, TimeProvider = new HastyTime() };
        var exception = await Should.ThrowAsync<JsLimitException>(async () =>
            await JsScript.Compile("for (let i = 0; i < 1e6; i++) {}").RunAsync(JsGlobals.Empty, options, CancellationToken.None));
        exception.Kind.ShouldBe(JsLimitKind.Time);
    }

    [Fact]
    public void Cancellation_ends_a_run_and_is_not_an_error_of_the_script()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Should.Throw<OperationCanceledException>(() =>
            JsScript.Compile("try { for (;;) {} } catch {}").Run(JsGlobals.Empty, JsOptions.Default, source.Token));
    }

    [Fact]
    public async Task A_task_that_never_ends_does_not_outlive_the_time_limit()
    {
        var globals = new JsGlobals();
        globals["never"] = (Func<object?>)(() => new TaskCompletionSource().Task);
        var limits = s_small with { TimeMax = TimeSpan.FromMilliseconds(50) };
        var exception = await Should.ThrowAsync<JsLimitException>(async () =>
            await JsScript.Compile("await never()").RunAsync(globals, JsOptions.Default with { Limits = limits }, CancellationToken.None));
        exception.Kind.ShouldBe(JsLimitKind.Time);
    }

    [Theory]
    [InlineData("(", ")", 5000)]
    [InlineData("[", "]", 5000)]
    [InlineData("{", "}", 5000)]
    [InlineData("!", "1", 20000)]
    [InlineData("a=>", "1", 5000)]
    [InlineData("if(1)", ";", 5000)]
    [InlineData("`${", "}`", 3000)]
    [InlineData("new ", "X", 5000)]
    [InlineData("1?", ":1", 5000)]
    public void A_deeply_nested_source_is_refused(string open, string close, int count)
    {
        var source = string.Concat(Enumerable.Repeat(open, count)) + string.Concat(Enumerable.Repeat(close, count));
        Should.Throw<JsSyntaxException>(() => JsScript.Compile(source));
    }

    [Fact]
    public async Task A_long_flat_source_is_fine()
    {
        (await Run("1" + string.Concat(Enumerable.Repeat("+1", 10000)))).ShouldBe(10001);
        (await Run("const o = { f() { return o } }; o" + string.Concat(Enumerable.Repeat(".f()", 3000)) + " === o")).ShouldBe(true);
        (await Run("[" + string.Concat(Enumerable.Repeat("1,", 20000)) + "].length")).ShouldBe(20000);
        (await Run("let s = 0;" + string.Concat(Enumerable.Repeat("s += 1;", 20000)) + "s")).ShouldBe(20000);
    }

    [Fact]
    public void A_source_that_is_too_long_is_refused() =>
        Should.Throw<JsSyntaxException>(() => JsScript.Compile(new string(' ', 101), new JsCompileOptions { SourceLengthMax = 100 }));

    [Fact]
    public async Task The_machine_stack_holds_even_when_the_depth_limit_does_not()
    {
        var limits = s_small with { DepthMax = 100_000 };
        foreach (var source in new[]
                 {
                     "function f() { return [1].map(() => f()); } f()",
                     "const o = { get x() { return JSON.stringify({ toJSON: () => this.x }); } }; o.x",
                     "async function f() { return await `${[await f()]}`; } f()",
                     "function f(a) { return f(f(f(f(a)))) } f(1)",
                     "const p = new Proxy({}, { get(t, k, r) { return r[k]; } }); p.x",
                 })
        {
            (await Should.ThrowAsync<JsLimitException>(async () => await Run(source, limits))).Kind.ShouldBe(JsLimitKind.Depth);
        }
    }

    private static ValueTask<object?> Run(string source, JsLimits? limits = null) =>
        JsScript.Compile(source).RunAsync(JsGlobals.Empty, JsOptions.Default with { Limits = limits ?? s_small }, CancellationToken.None);

    // Every look at this clock costs a second.
    private sealed class HastyTime : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _seconds++;
    }
}
