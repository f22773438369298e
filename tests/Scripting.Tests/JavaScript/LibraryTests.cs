using System.Diagnostics;
using System.Text.Json;
using Platform.Scripting.JavaScript;
using Platform.Scripting.Liquid.Tests;

namespace Platform.Scripting.Tests.JavaScript;

/// <summary>Libraries as Node loads them give scripts the same as Node.</summary>
public sealed class LibraryTests
{
    private static readonly string[] s_expressions =
    [
        "lodash.chunk([1, 2, 3, 4, 5], 2)",
        "lodash.groupBy([6.1, 4.2, 6.3], Math.floor)",
        "lodash.keyBy([{ id: 'a', n: 1 }, { id: 'b', n: 2 }], 'id')",
        "lodash.orderBy([{ u: 'f', a: 48 }, { u: 'b', a: 34 }, { u: 'f', a: 40 }], ['u', 'a'], ['asc', 'desc'])",
        "lodash.get({ a: [{ b: { c: 3 } }] }, 'a[0].b.c', 'none')",
        "lodash.set({}, 'a[0].b.c', 4)",
        "lodash.merge({ a: [{ b: 2 }, { d: 4 }] }, { a: [{ c: 3 }, { e: 5 }] })",
        "lodash.cloneDeep({ a: [1, { b: new Date(0) }] })",
        "lodash.isEqual({ a: [1, 2] }, { a: [1, 2] })",
        "lodash.uniqBy([2.1, 1.2, 2.3], Math.floor)",
        "lodash.difference([2, 1], [2, 3]).concat(lodash.intersection([2, 1], [2, 3]))",
        "lodash.zipObject(['a', 'b'], [1, 2])",
        "lodash.camelCase('__FOO_BAR__') + lodash.kebabCase('fooBar') + lodash.startCase('--foo-bar--') + lodash.deburr('déjà vu')",
        "lodash.padStart('7', 3, '0') + lodash.truncate('hi-diddly-ho there, neighborino', { length: 12 })",
        "lodash([1, 2, 3, 4]).filter(n => n % 2 === 0).map(n => n * n).value()",
        "lodash.sumBy([{ n: 4 }, { n: 2 }], 'n') + lodash.meanBy([{ n: 4 }, { n: 2 }], o => o.n)",
        "lodash.pick({ a: 1, b: 2, c: 3 }, ['a', 'c'])",
        "lodash.omit({ a: 1, b: 2, c: { d: 4 } }, ['a', 'c.d'])",
        "lodash.range(0, 20, 5).concat(lodash.times(3, lodash.constant(0)))",
        "lodash.flattenDeep([1, [2, [3, [4]], 5]])",
        "lodash.memoize(n => n * 2)(21) + lodash.curry((a, b, c) => a + b + c)(1)(2)(3)",
        "lodash.partition([1, 2, 3, 4], n => n % 2)",
        "lodash.words('fred, barney, & pebbles', /[^, ]+/g)",
        "lodash.isPlainObject({}) && lodash.isDate(new Date()) && lodash.isRegExp(/x/) && lodash.isFunction(lodash.map) && !lodash.isArguments([])",
        "lodash.invert({ a: 1, b: 2 })",
        "lodash.debounce(() => 1) !== undefined",
        "moment.utc('2026-02-28T10:20:30Z').add(1, 'day').format('YYYY-MM-DD HH:mm:ss')",
        "moment.utc('2026-01-31').add(1, 'month').toISOString()",
        "moment.utc('13/02/2026', 'DD/MM/YYYY').format('dddd, MMMM Do YYYY')",
        "moment.utc('2026-03-01').diff(moment.utc('2026-01-01'), 'days')",
        "moment.duration(90, 'minutes').humanize() + moment.duration('PT1H30M').asMinutes()",
        "moment.utc('2026-11-27').startOf('week').isoWeekday() + '/' + moment.utc('2026-11-27').isoWeek()",
        "moment.utc('not a date', 'YYYY', true).isValid()",
        "moment.utc([2026, 1, 3]).from(moment.utc([2026, 0, 1]))",
        "moment.utc('2026-01-01').isBefore('2026-01-02') && moment.isMoment(moment())",
        "moment.utc('2026-06-15T12:00:00+09:00').unix()",
    ];

    [Fact]
    public void Lodash_and_moment_give_what_they_give_in_Node()
    {
        var libraries = Libraries();
        var expected = InNode();

        for (var i = 0; i < s_expressions.Length; i++)
            Json(s_expressions[i], libraries).ShouldBe(expected[i], s_expressions[i]);
    }

    [Fact]
    public void A_library_is_there_only_for_scripts_that_mention_it_and_each_run_has_its_own()
    {
        var library = new JsLibrary("counter", "let n = 0; module.exports = { next: () => ++n };");

        Run("counter.next() + counter.next()", library).ShouldBe(3);
        Run("counter.next()", library).ShouldBe(1);
        Run("typeof other", library).ShouldBe("undefined");
        Run("const counter = 7; counter", library).ShouldBe(7);
        Run("1 + 1", new JsLibrary("broken", "throw new Error('loaded')")).ShouldBe(2);
        Should.Throw<JsException>(() => Run("broken", new JsLibrary("broken", "throw new Error('loaded')"))).Message.ShouldContain("loaded");
    }

    [Fact]
    public void A_script_with_a_library_has_its_own_value_lines_and_limits()
    {
        var library = new JsLibrary("tools", "exports.fail = () => { throw new Error('inside') };\nexports.loop = () => { for (;;); };");

        Run("tools;\n'last'", library).ShouldBe("last");
        Run("if (tools) return 'returned';\n1", library).ShouldBe("returned");
        var own = Should.Throw<JsException>(() => Run("tools;\n  null.x", library));
        (own.Line, own.Column).ShouldBe((2, 8));
        Should.Throw<JsException>(() => Run("tools.fail()", library)).Line.ShouldBe(0);
        Should.Throw<JsLimitException>(() => Run("tools.loop()", library));
        Should.Throw<JsSyntaxException>(() => JsScript.Compile("tools +", [library])).Line.ShouldBe(1);
    }

    [Theory]
    [InlineData("1st")]
    [InlineData("")]
    [InlineData("a b")]
    public void A_name_that_scripts_cannot_use_is_refused(string name) => Should.Throw<ArgumentException>(() => new JsLibrary(name, ""));

    private static object? Run(string source, params JsLibrary[] libraries) =>
        JsScript.Compile(source, libraries).Run(new JsGlobals(), JsOptions.Default with { Limits = JsLimits.Default with { StepsMax = 200_000 } }, CancellationToken.None);

    private static string Json(string expression, JsLibrary[] libraries) => (string)JsScript.Compile($"String(JSON.stringify({expression}))", libraries)
        .Run(new JsGlobals(), JsOptions.Default with { Limits = JsLimits.Default with { TimeMax = TimeSpan.FromSeconds(20) } }, CancellationToken.None)!;

    private static JsLibrary[] Libraries()
    {
        var modules = Path.Combine(LiquidReference.InstalledFolder, "node_modules");
        return
        [
            new JsLibrary("lodash", File.ReadAllText(Path.Combine(modules, "lodash", "lodash.min.js"))),
            new JsLibrary("moment", File.ReadAllText(Path.Combine(modules, "moment", "min", "moment.min.js"))),
        ];
    }

    private static string[] InNode()
    {
        var program = $"const lodash = require('lodash'), moment = require('moment'); process.stdout.write(JSON.stringify([{string.Join(",\n", s_expressions.Select(x => $"String(JSON.stringify({x}))"))}]))";
        var start = new ProcessStartInfo("node", ["-e", program])
        {
            WorkingDirectory = LiquidReference.InstalledFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["TZ"] = "UTC" },
        };
        using var node = Process.Start(start)!;
        var errors = node.StandardError.ReadToEndAsync();
        var output = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        node.ExitCode.ShouldBe(0, errors.Result);
        return JsonSerializer.Deserialize<string[]>(output)!;
    }
}
