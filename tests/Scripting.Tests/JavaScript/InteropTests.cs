using System.Dynamic;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Scripting.JavaScript;

namespace Platform.Scripting.Tests.JavaScript;

public sealed class InteropTests
{
    public enum Colour
    {
        Red,
        DarkBlue,
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("-0", 0)]
    [InlineData("2147483648", 2147483648L)]
    [InlineData("2 ** 53", 9007199254740992L)]
    [InlineData("2 ** 60", 1152921504606846976d)]
    [InlineData("0.5", 0.5)]
    [InlineData("NaN", double.NaN)]
    [InlineData("'a' + 1", "a1")]
    [InlineData("true", true)]
    [InlineData("null", null)]
    [InlineData("undefined", null)]
    [InlineData("10n ** 18n", 1000000000000000000L)]
    public void Primitives_come_out_as_the_nearest_type(string source, object? expected) => Run(source).ShouldBe(expected);

    [Fact]
    public void Objects_come_out_as_dictionaries_and_lists()
    {
        var result = Run("({ b: 1, a: [1, 'x', { c: null }], [Symbol()]: 1, m: new Map([['k', 1]]), s: new Set([1, 2]), d: new Date(0), e: new Error('x') })")
            .ShouldBeOfType<Dictionary<string, object?>>();
        result.Keys.ShouldBe(["b", "a", "m", "s", "d", "e"]);
        result["a"].ShouldBeOfType<List<object?>>().Count.ShouldBe(3);
        result["m"].ShouldBeOfType<Dictionary<string, object?>>()["k"].ShouldBe(1);
        result["s"].ShouldBeOfType<List<object?>>().ShouldBe([1, 2]);
        result["d"].ShouldBe(DateTimeOffset.UnixEpoch);
        result["e"].ShouldBeOfType<Dictionary<string, object?>>()["message"].ShouldBe("x");
        Run("new Uint8Array([1, 2])").ShouldBe(new byte[] { 1, 2 });
        var cyclic = Run("const o = {}; o.self = o; o").ShouldBeOfType<Dictionary<string, object?>>();
        cyclic["self"].ShouldBeSameAs(cyclic);
    }

    [Fact]
    public void Dictionaries_are_used_in_place()
    {
        IDictionary<string, object?> expando = new ExpandoObject();
        expando["a"] = 1;
        expando["n"] = new Dictionary<string, object?> { ["x"] = "y" };
        Run("v.a += 1; v.b = [1, { c: 2 }]; v.n.x = v.n.x + '!'; delete v.zzz; v.list = []; v.list.push(5); 'a' in v && !('q' in v)", ("v", expando)).ShouldBe(true);
        expando["a"].ShouldBe(2);
        expando["b"].ShouldBeOfType<List<object?>>()[1].ShouldBeOfType<Dictionary<string, object?>>()["c"].ShouldBe(2);
        ((IDictionary<string, object?>)expando["n"]!)["x"].ShouldBe("y!");
        expando["list"].ShouldBeOfType<List<object?>>().ShouldBe([5]);
        Run("delete v.a; Object.keys(v).join() + JSON.stringify(v.n) + JSON.stringify({ ...v.n }) + Object.entries(v.n).flat().join()", ("v", expando))
            .ShouldBe("n,b,list{\"x\":\"y!\"}{\"x\":\"y!\"}x,y!");
        Run("v", ("v", expando)).ShouldBeSameAs(expando);
        Run("v.n === v.n", ("v", expando)).ShouldBe(true);
        Run("({ inner: v })", ("v", expando)).ShouldBeOfType<Dictionary<string, object?>>()["inner"].ShouldBeSameAs(expando);
        Run("const r = []; for (const k in v) r.push(k); r.join()", ("v", expando)).ShouldBe("n,b,list");
        var typed = new Dictionary<string, int> { ["k"] = 1 };
        Run("d.k++; d.z = '7'; d.k", ("d", typed)).ShouldBe(2);
        typed["z"].ShouldBe(7);
    }

    [Fact]
    public void Lists_and_arrays_are_arrays()
    {
        var list = new List<object?> { 3, 1, 2 };
        Run("Array.isArray(l) && l.length === 3 && l.map(x => x * 2).join() === '6,2,4' && l.includes(2)", ("l", list)).ShouldBe(true);
        Run("l.push(9); l.sort(); l[0] = 'first'; l.splice(1, 1); l.unshift(0); [...l].length + JSON.stringify(l)", ("l", list)).ShouldBe("4[0,\"first\",3,9]");
        list.ShouldBe([0, "first", 3, 9]);
        Run("l.length = 1; l.pop(); l.concat([1]).length + l.at(-1)", ("l", list)).ShouldBe(double.NaN);
        list.ShouldBeEmpty();
        var ints = new[] { 1, 2, 3 };
        Run("a[1] = 5; let s = 0; for (const x of a) s += x; s", ("a", ints)).ShouldBe(9);
        Should.Throw<JsException>(() => Run("a.push(1)", ("a", ints))).ErrorName.ShouldBe("TypeError");
        Should.Throw<JsException>(() => Run("a[0] = 'x'", ("a", ints))).ErrorName.ShouldBe("TypeError");
        Run("[...e].join('-') + Array.from(e).length", ("e", Enumerable.Range(1, 3))).ShouldBe("1-2-33");
        Run("a", ("a", ints)).ShouldBeSameAs(ints);
        var strings = new List<string> { "b", "a" };
        Run("s.sort().join()", ("s", strings)).ShouldBe("a,b");
        strings.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void Json_is_read_and_written_in_place()
    {
        using var document = JsonDocument.Parse("{\"a\":[1,{\"b\":true}],\"s\":\"x\",\"n\":null}");
        Run("j.a[1].b && j.s + j.a.length + j.n + JSON.stringify(j)", ("j", document.RootElement)).ShouldBe("x2null{\"a\":[1,{\"b\":true}],\"s\":\"x\",\"n\":null}");
        Should.Throw<JsException>(() => Run("j.s = 1", ("j", document.RootElement))).ErrorName.ShouldBe("TypeError");
        var node = JsonNode.Parse("{\"a\":[1,2],\"o\":{\"x\":1}}")!;
        Run("j.a.push({ z: [3] }); j.o.y = 'new'; delete j.o.x; j.d = j.a.map(x => x); j.a[0]", ("j", node)).ShouldBe(1);
        node.ToJsonString().ShouldBe("{\"a\":[1,2,{\"z\":[3]}],\"o\":{\"y\":\"new\"},\"d\":[1,2,{\"z\":[3]}]}");
        Run("j", ("j", node)).ShouldBeSameAs(node);
    }

    [Fact]
    public void Objects_show_their_properties_and_nothing_else()
    {
        var order = new Order("A1", new Customer("Ann", Colour.DarkBlue), [new Line(2, 1.5m)]);
        Run("o.id + o.Id + o.customer.name + o.customer.colour + o.lines[0].quantity * o.lines[0].price", ("o", order)).ShouldBe("A1A1AnnDarkBlue3");
        Run("JSON.stringify(o)", ("o", order)).ShouldBe("{\"id\":\"A1\",\"customer\":{\"name\":\"Ann\",\"colour\":\"DarkBlue\"},\"lines\":[{\"quantity\":2,\"price\":1.5}]}");
        Run("typeof o.GetType + typeof o.getType + typeof o.Secret + typeof o.ToString + typeof o.Describe + typeof o.type", ("o", order))
            .ShouldBe("undefinedundefinedundefinedundefinedundefinedundefined");
        Should.Throw<JsException>(() => Run("o.id = 'B'", ("o", order))).ErrorName.ShouldBe("TypeError");
        Run("o", ("o", order)).ShouldBeSameAs(order);
        Should.Throw<JsException>(() => Run("o.broken", ("o", new Faulty()))).InnerException.ShouldBeOfType<InvalidOperationException>();
        Run("typeof t + typeof o.service", ("t", typeof(string)), ("o", new { Service = (IServiceProvider?)null })).ShouldBe("undefinedobject");
    }

    [Fact]
    public void Allowed_methods_can_be_called()
    {
        var options = JsOptions.Default with { AllowedMethods = new HashSet<string> { typeof(Order).FullName + ".Describe" } };
        var globals = new JsGlobals();
        globals["o"] = new Order("A1", new Customer("Ann", Colour.Red), []);
        JsScript.Compile("o.describe('x', 2) + o.Describe('y')").Run(globals, options, CancellationToken.None).ShouldBe("A1x2A1y1");
    }

    [Fact]
    public void Dates_spans_and_guids_are_usable()
    {
        var date = new DateTime(2024, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        Run("new Date(d).toISOString() + '|' + d + '|' + d.Year + d.getFullYear() + '|' + JSON.stringify(d)", ("d", date))
            .ShouldBe("2024-02-03T04:05:06.000Z|2024-02-03T04:05:06.0000000Z|20242024|\"2024-02-03T04:05:06.0000000Z\"");
        Run("d", ("d", date)).ShouldBe(date);
        Run("d.addDays(1)", ("d", date)).ShouldBe(date.AddDays(1));
        Run("d.AddHours(2) - d", ("d", date)).ShouldBe(7200000);
        Run("d > new Date(2000, 1) && d instanceof Date", ("d", new DateTimeOffset(date))).ShouldBe(true);
        Run("t.TotalMinutes + t.hours + `${t}`", ("t", TimeSpan.FromMinutes(90))).ShouldBe("91" + "01:30:00");
        Run("t", ("t", TimeSpan.FromMinutes(90))).ShouldBe(TimeSpan.FromMinutes(90));
        var id = Guid.Parse("00000000-0000-0000-0000-000000000001");
        Run("g === '00000000-0000-0000-0000-000000000001'", ("g", id)).ShouldBe(true);
        Run("c", ("c", Colour.DarkBlue)).ShouldBe("DarkBlue");
        Run("typeof m + m + l", ("m", 1.5m), ("l", 5L)).ShouldBe("number1.55");
        Run("b[0] = 9; b.length + b.join()", ("b", new byte[] { 1, 2 })).ShouldBe("29,2");
    }

    [Fact]
    public void Bytes_are_used_in_place()
    {
        var bytes = new byte[] { 1, 2 };
        Run("b[0] = 9; b", ("b", bytes)).ShouldBeSameAs(bytes);
        bytes[0].ShouldBe((byte)9);
    }

    [Fact]
    public void Host_functions_take_and_give_values()
    {
        Run("f(2, 3)", ("f", (Func<int, int, int>)((a, b) => a * b))).ShouldBe(6);
        Run("f('a')", ("f", (Func<string, int, string>)((a, b) => a + b))).ShouldBe("a0");
        Run("f(1, 2, 3)", ("f", (Func<object?[], object?>)(all => all.Length))).ShouldBe(3);
        Run("f({ a: 1 }).a", ("f", (Func<object?, object?>)(o => o))).ShouldBe(1);
        Run("f([1, 2])", ("f", (Func<List<int>, int>)(l => l.Sum()))).ShouldBe(3);
        var seen = new List<object?>();
        Run("f(1); f('x'); f()", ("f", (Action<object?>)(seen.Add))).ShouldBeNull();
        seen.ShouldBe([1, "x", null]);
        Run("f(x => x + 1)", ("f", (Func<object?, object?>)(g => ((Func<object?[], object?>)g!)([41])))).ShouldBe(42);
        Run("f.name + typeof f", ("f", new JsHostFunction("named", args => args.Count))).ShouldBe("namedfunction");
    }

    [Fact]
    public void Exceptions_of_the_host_are_errors_of_the_script()
    {
        Func<object?> fail = () => throw new InvalidOperationException("host failed");
        Run("try { f() } catch (e) { e instanceof Error && e.message }", ("f", fail)).ShouldBe("host failed");
        var exception = Should.Throw<JsException>(() => Run("1;\n  f()", ("f", fail)));
        exception.InnerException.ShouldBeOfType<InvalidOperationException>();
        (exception.Line, exception.Column).ShouldBe((2, 3));
    }

    [Fact]
    public async Task Tasks_of_the_host_are_awaited()
    {
        var globals = new JsGlobals();
        var source = new TaskCompletionSource<object?>();
        globals["now"] = (Func<object?>)(() => Task.FromResult<object?>(5));
        globals["value"] = (Func<object?>)(() => new ValueTask<int>(6));
        globals["later"] = (Func<object?>)(() => source.Task);
        globals["failing"] = (Func<Task>)(async () =>
        {
            await Task.Yield();
            throw new InvalidOperationException("late");
        });
        var run = JsScript.Compile("const all = await Promise.all([now(), value(), later()]); let m; try { await failing() } catch (e) { m = e.message } [...all, m]")
            .RunAsync(globals, JsOptions.Default, CancellationToken.None);
        run.IsCompleted.ShouldBeFalse();
        source.SetResult("done");
        (await run).ShouldBeOfType<List<object?>>().ShouldBe([5, 6, "done", "late"]);
        (await JsScript.Compile("now()").RunAsync(globals, JsOptions.Default, CancellationToken.None)).ShouldBe(5);
        JsScript.Compile("now()").Run(globals, JsOptions.Default, CancellationToken.None).ShouldBe(5);
    }

    [Fact]
    public void Globals_are_asked_once_and_told_of_assignments()
    {
        var globals = new CountingGlobals();
        JsScript.Compile("x + x + x; x = 7; y = 1; typeof z + x + globalThis.x").Run(globals, JsOptions.Default, CancellationToken.None).ShouldBe("undefined77");
        globals.Asked.Count(n => n == "z").ShouldBe(1);
        globals.Value.ShouldBe(7);
    }

    [Theory]
    [InlineData("f.constructor('return 1')()")]
    [InlineData("(() => {}).constructor('return 1')()")]
    [InlineData("(async () => {}).constructor('return 1')()")]
    [InlineData("(function* () {}).constructor('yield 1')()")]
    [InlineData("new Function('a', 'return a')")]
    [InlineData("Reflect.construct(Function, ['return 1'])")]
    [InlineData("globalThis.eval('1')")]
    public void No_code_is_made_from_text(string source) =>
        Should.Throw<JsException>(() => Run(source, ("f", (Func<object?>)(() => 1)))).ErrorName.ShouldBe("EvalError");

    private static object? Run(string source, params (string Name, object? Value)[] globals) =>
        JsScript.Compile(source).Run(new JsGlobals(globals.ToDictionary(g => g.Name, g => g.Value)), JsOptions.Default, CancellationToken.None);

    public sealed record Line(int Quantity, decimal Price);

    public sealed record Customer(string Name, Colour Colour);

    public sealed class Order(string id, Customer customer, List<Line> lines)
    {
        public string Id { get; } = id;

        public Customer Customer { get; } = customer;

        public List<Line> Lines { get; } = lines;

        internal string Secret => "secret";

        public string Describe(string text, int count = 1) => Id + text + count;
    }

    public sealed class Faulty
    {
        public string Broken => throw new InvalidOperationException("broken");
    }

    private sealed class CountingGlobals : IJsGlobals
    {
        public List<string> Asked { get; } = [];

        public object? Value { get; private set; } = 5;

        public bool TryGet(string name, out object? value)
        {
            Asked.Add(name);
            value = Value;
            return name == "x";
        }

        public bool TrySet(string name, object? value)
        {
            Value = value;
            return true;
        }
    }
}
