using System.Dynamic;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Scripting.Liquid.Tests;

public sealed class LiquidHostTests
{
    [Theory]
    [InlineData("{{ order.Customer.Name }} {{ order.customer.name }} {{ order.Total }}", "Ann Ann 12.5")]
    [InlineData("{{ order.Lines.size }} {{ order.lines[0].sku }} {{ order.lines | map: 'sku' | join }}", "2 s1 s1 s2")]
    [InlineData("{{ order.ToString }}{{ order.GetType }}{{ order.Secret }}{{ order.customer.GetHashCode }}", "")]
    [InlineData("{{ order.Type }}{{ order.Work }}{{ order.Method }}{{ order.Stream }}", "")]
    [InlineData("{{ order.Kind }} {{ order.Id }}", "Express 6f9619ff-8b86-d011-b42d-00c04fc964ff")]
    [InlineData("{{ order.At }} {{ order.At | date: '%H:%M' }} {{ order.Day }} {{ order.Span }}", "2026-11-21 09:30:00Z 09:30 2026-11-21 01:30:00")]
    [InlineData("{{ order | keys | first }}", "customer")]
    public void Properties_of_host_objects_can_be_read_and_nothing_else(string template, string expected) => Render(template).ShouldBe(expected);

    [Theory]
    [InlineData("{{ map.a }} {{ map['b c'] }} {{ map.size }} {{ map | keys | join: ',' }}", "1 2 2 a,b c")]
    [InlineData("{{ plain.one }} {{ numbers[3] }} {{ expando.x }}", "1 three 5")]
    [InlineData("{{ json.list[1].v }} {{ json.text }} {{ json.none }} {{ json.list | size }}", "2 t  2")]
    [InlineData("{{ node.list[1].v }} {{ node.text }} {{ node.number | plus: 1 }}", "2 t 8")]
    [InlineData("{{ list | join: '-' }} {{ set | sort | join: '-' }} {{ query | last }}", "1-2-3 a-b 4")]
    [InlineData("{{ json == json }}{{ json.list == json.list }}{{ map == map }}{{ json.list[0] == json.list[0] }}", "truetruetruetrue")]
    [InlineData("{{ bytes }} {{ bytes | base64 }} {{ bytes | base64_encode }}", "AQID AQID AQID")]
    [InlineData("{% for p in map %}{{ p[0] }}={{ p[1] }} {% endfor %}", "a=1 b c=2 ")]
    public void Containers_of_the_host_are_lists_and_maps(string template, string expected) => Render(template).ShouldBe(expected);

    [Theory]
    [InlineData("{{ long }}", "9007199254740993")]
    [InlineData("{{ long | plus: 1 }}", "9007199254740994")]
    [InlineData("{{ money }} {{ exact }}", "12.5 0.1234567890123456789")]
    [InlineData("{{ exact > 0.1 }} {{ long == long }} {{ exact | json }}", "true true 0.1234567890123456789")]
    [InlineData("{{ float }} {{ byte }} {{ json.big }}", "0.1 7 9007199254740993")]
    public void Numbers_of_the_host_stay_exact(string template, string expected) => Render(template).ShouldBe(expected);

    [Fact]
    public void The_filter_base64_of_Elsa_encodes_objects_as_JSON()
    {
        Render("{{ list | base64 | base64_decode }} {{ map | base64 | base64_decode }} {{ 'é' | base64 }}").ShouldBe("[1,2,3] {\"a\":1,\"b c\":2} w6k=");
        Should.Throw<LiquidException>(() => Render("{{ 5 | keys }}")).Detail.ShouldContain("objects");
    }

    [Fact]
    public void Filters_of_the_host_get_and_give_host_objects()
    {
        var seen = new List<object?>();
        var options = new LiquidOptions
        {
            Filters = new Dictionary<string, LiquidFilter>
            {
                ["see"] = (input, arguments) =>
                {
                    seen.Add(input);
                    for (var i = 0; i < arguments.Count; i++)
                        seen.Add(arguments[i]);
                    seen.Add(arguments.Named("k"));
                    return new { Value = arguments.Text(0), Number = arguments.Number(1) };
                },
                ["upcase"] = (input, _) => $"<{input}>",
                ["fail"] = (_, _) => throw new InvalidOperationException("no such thing"),
            },
        };
        Render("{% assign r = order | see: 'x', k: 2.5, 7 %}{{ r.value }} {{ r.number }} {{ 'a' | upcase }}", options).ShouldBe("x 7 <a>");
        seen.ShouldBe([s_order, "x", 7, 2.5]);
        var error = Should.Throw<LiquidException>(() => Render("a\n {{ 1 | fail }}", options));
        error.InnerException.ShouldBeOfType<InvalidOperationException>();
        (error.Line, error.Column).ShouldBe((2, 2));
    }

    [Fact]
    public void A_property_that_throws_is_an_error_of_the_template()
    {
        var error = Should.Throw<LiquidException>(() => Render("{{ order.Broken }}"));
        error.InnerException.ShouldBeOfType<NotSupportedException>();
    }

    [Fact]
    public void Without_other_templates_the_tags_that_need_them_say_so()
    {
        foreach (var tag in new[] { "{% render 'x' %}", "{% include 'x' %}", "{% layout 'x' %}" })
            Should.Throw<LiquidException>(() => Render(tag)).Detail.ShouldBe("Template 'x' is not available: templates cannot use other templates here");
    }

    [Fact]
    public void Dates_use_the_clock_and_the_time_zone_of_the_options()
    {
        var options = new LiquidOptions { TimeProvider = new FixedClock(), TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo") };
        Render("{{ 'now' | date: '%F %Y-%m-%d %H:%M %z' }}", options).ShouldBe("%F 2026-11-21 19:00 +0900");
        Render("{{ '2026-01-01 00:00' | date: '%s' }}", options).ShouldBe("1767193200");
        Render("{{ 0 | date: '%H %z', '+05:30' }}", options).ShouldBe("05 +0530");
        Should.Throw<LiquidException>(() => Render("{{ 0 | date: '%H', '../../etc/passwd' }}")).Detail.ShouldContain("Invalid time zone");
    }

    [Fact]
    public void The_host_is_asked_once_per_name_and_never_written_to()
    {
        var scope = new CountingScope();
        LiquidTemplate.Parse("{{ n }}{{ n }}{% increment n %}{{ n }}{% assign n = 'x' %}{{ n }}{{ z }}{{ z }}").Render(scope, LiquidOptions.Default, CancellationToken.None)
            .ShouldBe("1112x");
        scope.Asked.ShouldBe(["n", "z"]);
    }

    [Fact]
    public void What_a_render_assigns_is_not_seen_by_the_next_one()
    {
        var template = LiquidTemplate.Parse("{{ v }}{% assign v = 1 %}{% increment c %}{% cycle 'a', 'b' %}");
        for (var i = 0; i < 3; i++)
            template.Render(LiquidScope.Empty, LiquidOptions.Default, CancellationToken.None).ShouldBe("0a");
    }

    [Fact]
    public void Positions_of_syntax_errors_are_lines_and_columns()
    {
        var error = Should.Throw<LiquidSyntaxException>(() => LiquidTemplate.Parse("a\nb {{ x | }} {% nope %}"));
        (error.Line, error.Column, error.Detail).ShouldBe((2, 13, "tag \"nope\" not found"));
        Should.Throw<LiquidException>(() => Render("{{ list | where_exp: 'x', '(' }}")).Detail.ShouldContain("is not an expression");
    }

    [Fact]
    public void A_raw_block_may_be_closed_with_white_space_control() => Render("{% raw %}{{ x }}{%- endraw -%} b").ShouldBe("{{ x }}b");

    [Fact]
    public void A_loop_knows_the_loop_around_it() =>
        Render("{% for x in list %}{% for y in list %}{{ forloop.parentloop.index }}{% endfor %}{% endfor %}").ShouldBe("111222333");

    private static readonly Order s_order = new();

    private static string Render(string template, LiquidOptions? options = null)
    {
        IDictionary<string, object?> expando = new ExpandoObject();
        expando["x"] = 5;
        var names = new Dictionary<string, object?>
        {
            ["order"] = s_order,
            ["map"] = new Dictionary<string, object?> { ["a"] = 1, ["b c"] = 2 },
            ["plain"] = new Dictionary<string, int> { ["one"] = 1 },
            ["numbers"] = new Dictionary<int, string> { [3] = "three" },
            ["expando"] = expando,
            ["list"] = new List<int> { 1, 2, 3 },
            ["set"] = new HashSet<string> { "b", "a" },
            ["query"] = Enumerable.Range(1, 4).Where(i => i > 2),
            ["json"] = JsonDocument.Parse("""{"list":[{"v":1},{"v":2}],"text":"t","none":null,"big":9007199254740993}""").RootElement,
            ["node"] = JsonNode.Parse("""{"list":[{"v":1},{"v":2}],"text":"t","number":7}"""),
            ["bytes"] = new byte[] { 1, 2, 3 },
            ["long"] = 9007199254740993L,
            ["money"] = 12.50m,
            ["exact"] = 0.1234567890123456789m,
            ["float"] = 0.1f,
            ["byte"] = (byte)7,
        };
        return LiquidTemplate.Parse(template).Render(new LiquidScope(names), options ?? LiquidOptions.Default, CancellationToken.None);
    }

    public enum Delivery
    {
        Normal,
        Express,
    }

    public sealed record Customer(string Name);

    public sealed record Line(string Sku);

    public sealed class Order
    {
        public Customer Customer { get; } = new("Ann");
        public double Total => 12.5;
        public Line[] Lines { get; } = [new("s1"), new("s2")];
        public Delivery Kind => Delivery.Express;
        public Guid Id { get; } = Guid.Parse("6f9619ff-8b86-d011-b42d-00c04fc964ff");
        public DateTimeOffset At { get; } = new(2026, 11, 21, 10, 30, 0, TimeSpan.FromHours(1));
        public DateOnly Day => new(2026, 11, 21);
        public TimeSpan Span => TimeSpan.FromMinutes(90);
        public Type Type => typeof(string);
        public Task Work => Task.CompletedTask;
        public Func<int> Method => () => 1;
        public Stream Stream => Stream.Null;
        public string Broken => throw new NotSupportedException("broken");
        internal string Secret => "secret";
    }

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);
    }

    private sealed class CountingScope : ILiquidScope
    {
        public List<string> Asked { get; } = [];

        public bool TryGet(string name, out object? value)
        {
            Asked.Add(name);
            value = 1;
            return name == "n";
        }
    }
}
