namespace Platform.Scripting.Liquid.Tests;

public sealed class LiquidLimitTests
{
    [Theory]
    [InlineData("{% for x in (1..3000) %}{% for y in (1..3000) %}{% for z in (1..3000) %}{% endfor %}{% endfor %}{% endfor %}", LiquidLimitKind.Steps)]
    [InlineData("{% for x in (1..100000000) %}{% endfor %}", LiquidLimitKind.Steps)]
    [InlineData("{{ (1..100000000) | reverse }}", LiquidLimitKind.Memory)]
    [InlineData("{{ (1..10000000000) }}", LiquidLimitKind.Memory)]
    [InlineData("{{ (1..1e308) | size }}{% assign x = (1..\"1e300\") %}", LiquidLimitKind.Memory)]
    [InlineData("{% assign s = 'ab' %}{% for x in (1..99) %}{% assign s = s | append: s %}{% endfor %}", LiquidLimitKind.Memory)]
    [InlineData("{% assign s = 'ab' %}{% for x in (1..99) %}{% assign s = s | replace: 'a', s %}{% endfor %}", LiquidLimitKind.Memory)]
    [InlineData("{% assign a = 'a' | split: '' %}{% for x in (1..99) %}{% assign a = a | concat: a %}{% endfor %}", LiquidLimitKind.Memory)]
    [InlineData("{% assign a = 'a' | split: '' %}{% for x in (1..90) %}{% assign b = '' | split: '' | push: a | push: a %}{% assign a = b %}{% endfor %}{{ a }}", LiquidLimitKind.Steps)]
    [InlineData("{% assign a = 'a' | split: '' %}{% for x in (1..90) %}{% assign b = '' | split: '' | push: a | push: a %}{% assign a = b %}{% endfor %}{{ a | json }}", LiquidLimitKind.Steps)]
    [InlineData("{% assign a = 'a' | split: '' %}{% for x in (1..200) %}{% assign a = '' | split: '' | push: a %}{% endfor %}{{ a | json }}", LiquidLimitKind.Depth)]
    [InlineData("{% assign a = 'a' | split: '' %}{% for x in (1..200) %}{% assign a = '' | split: '' | push: a %}{% endfor %}{{ a == a }}", LiquidLimitKind.Depth)]
    [InlineData("{% assign a = 'a' | split: '' %}{% for x in (1..200) %}{% assign a = '' | split: '' | push: a %}{% endfor %}{{ a }}", LiquidLimitKind.Depth)]
    [InlineData("{% include 'self' %}", LiquidLimitKind.Depth)]
    [InlineData("{% render 'self' %}", LiquidLimitKind.Depth)]
    [InlineData("{{ 0 | date: '%999999999Y' }}", LiquidLimitKind.Memory)]
    [InlineData("{% assign s = '0123456789' %}{% for x in (1..16) %}{% assign s = s | append: s %}{% endfor %}{% for x in (1..99) %}{{ s }}{% endfor %}", LiquidLimitKind.OutputLength)]
    [InlineData("{% assign s = '0123456789' %}{% for x in (1..16) %}{% assign s = s | append: s %}{% endfor %}{% capture c %}{% for x in (1..999) %}{{ s }}{% endfor %}{% endcapture %}", LiquidLimitKind.Memory)]
    [InlineData("{% for x in endless %}{% endfor %}", LiquidLimitKind.Steps)]
    [InlineData("{{ circle | json }}", LiquidLimitKind.Depth)]
    [InlineData("{% for x in (1..99) %}{{ list | where_exp: 'x', 'list | where_exp: \"y\", \"true\"' | size }}{% endfor %}", LiquidLimitKind.Steps)]
    public void Exceeding_a_limit_names_it(string source, LiquidLimitKind kind)
    {
        var options = new LiquidOptions
        {
            Templates = _ => LiquidTemplate.Parse(source),
            Limits = new LiquidLimits { MemoryBytesMax = 32 * 1024 * 1024, StepsMax = 2_000_000 },
        };
        var names = new Dictionary<string, object?> { ["endless"] = Endless(), ["circle"] = new Circle(), ["list"] = Enumerable.Range(0, 500).ToArray() };
        var error = Should.Throw<LiquidLimitException>(() => LiquidTemplate.Parse(source).Render(new LiquidScope(names), options, CancellationToken.None));
        error.Kind.ShouldBe(kind, error.Message);
    }

    [Fact]
    public void The_time_limit_is_measured_by_the_clock_of_the_options()
    {
        var options = new LiquidOptions { TimeProvider = new RunningClock(), Limits = new LiquidLimits { TimeMax = TimeSpan.FromSeconds(5) } };
        var template = LiquidTemplate.Parse("{% for x in (1..100000) %}{{ x }}{% endfor %}");
        Should.Throw<LiquidLimitException>(() => template.Render(LiquidScope.Empty, options, CancellationToken.None)).Kind.ShouldBe(LiquidLimitKind.Time);
    }

    [Fact]
    public void A_cancelled_render_ends()
    {
        using var source = new CancellationTokenSource();
        var options = new LiquidOptions { Filters = new Dictionary<string, LiquidFilter> { ["stop"] = (input, _) => { source.Cancel(); return input; } } };
        var template = LiquidTemplate.Parse("{{ 1 | stop }}{% for x in (1..100000) %}{{ x }}{% endfor %}");
        Should.Throw<OperationCanceledException>(() => template.Render(LiquidScope.Empty, options, source.Token));
        Should.Throw<OperationCanceledException>(() => template.Render(LiquidScope.Empty, options, source.Token));
    }

    [Theory]
    [InlineData("{% if true %}", "{% endif %}")]
    [InlineData("{% for x in a %}", "{% endfor %}")]
    [InlineData("{% liquid liquid ", "%}")]
    public void Blocks_nested_too_deeply_are_a_syntax_error(string open, string close)
    {
        var source = open.Contains("liquid", StringComparison.Ordinal)
            ? "{% " + string.Concat(Enumerable.Repeat("liquid ", 20_000)) + "%}"
            : string.Concat(Enumerable.Repeat(open, 20_000)) + string.Concat(Enumerable.Repeat(close, 20_000));
        Should.Throw<LiquidSyntaxException>(() => LiquidTemplate.Parse(source)).Detail.ShouldContain("nested");
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("(", "..1)")]
    [InlineData("not ", "")]
    [InlineData("a == ", "")]
    public void Values_nested_too_deeply_are_a_syntax_error(string open, string close)
    {
        var source = "{{ " + string.Concat(Enumerable.Repeat(open, 20_000)) + "a" + string.Concat(Enumerable.Repeat(close, 20_000)) + " }}";
        Should.Throw<LiquidSyntaxException>(() => LiquidTemplate.Parse(source)).Detail.ShouldContain("nested");
    }

    [Fact]
    public void A_long_chain_of_filters_needs_no_stack()
    {
        var source = "{{ 0" + string.Concat(Enumerable.Repeat(" | plus: 1", 20_000)) + " }}";
        LiquidTemplate.Parse(source).Render(LiquidScope.Empty, LiquidOptions.Default, CancellationToken.None).ShouldBe("20000");
    }

    [Theory]
    [InlineData("{{ '9999-12-31T24:00' | date: '%Y' }}", "9999-12-31T24:00")]
    [InlineData("{{ '9999-12-31T23:00:00Z' | date: '%Y', 'Asia/Tokyo' }}", "9999-12-31T23:00:00Z")]
    public void Dates_outside_of_the_calendar_pass_unchanged(string source, string expected) =>
        LiquidTemplate.Parse(source).Render(LiquidScope.Empty, LiquidOptions.Default, CancellationToken.None).ShouldBe(expected);

    [Theory]
    [InlineData("{% render 'x', ", "a{0}, ", " %}")]
    [InlineData("{% liquid raw\n", "x\n", "endraw %}")]
    [InlineData("{% cycle ", "{0},", "1 %}")]
    [InlineData("{{ a", "['a']", " }}")]
    [InlineData("{% case a %}{% when ", "{0}, ", "1 %}{% endcase %}")]
    [InlineData("", "{% if a %}{% endif %}", "")]
    [InlineData("{{ 'a' | append: ", "{0}, ", "1 }}")]
    public void A_long_source_is_parsed_in_time_proportional_to_its_length(string start, string part, string end)
    {
        var source = start + string.Concat(Enumerable.Range(0, 60_000).Select(i => part.Replace("{0}", $"{i}", StringComparison.Ordinal))) + end;
        var begin = TimeProvider.System.GetTimestamp();
        LiquidTemplate.Parse(source, new LiquidParseOptions { SourceLengthMax = 1 << 24 });
        TimeProvider.System.GetElapsedTime(begin).ShouldBeLessThan(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void A_source_that_is_too_long_is_a_syntax_error() =>
        Should.Throw<LiquidSyntaxException>(() => LiquidTemplate.Parse(new string('x', 11), new LiquidParseOptions { SourceLengthMax = 10 }));

    [Fact]
    public void Any_text_renders_or_fails_by_name()
    {
        var generator = new TemplateGenerator(99);
        var random = new Random(99);
        var options = new LiquidOptions { Limits = new LiquidLimits { StepsMax = 100_000, MemoryBytesMax = 4 * 1024 * 1024, DepthMax = 50 } };
        var names = new LiquidScope(new Dictionary<string, object?> { ["a"] = new[] { 1, 2, 3 }, ["text"] = "Hello", ["o"] = new Circle() });
        const string Alphabet = "{%}-|:,.()[]\"'\\ \n=<>!azx01#?é😀";
        for (var i = 0; i < 6_000; i++)
        {
            var text = generator.Next().ToCharArray();
            for (var changes = random.Next(6); changes > 0; changes--)
                text[random.Next(text.Length)] = Alphabet[random.Next(Alphabet.Length)];
            try
            {
                LiquidTemplate.Parse(new string(text)).Render(names, options, CancellationToken.None);
            }
            catch (Exception error) when (error is LiquidSyntaxException or LiquidException or LiquidLimitException)
            {
                error.Message.ShouldNotBeEmpty();
            }
        }
    }

    [Fact]
    public async Task A_template_can_be_rendered_by_many_threads_at_once()
    {
        var template = LiquidTemplate.Parse("{% for x in a %}{% assign t = t | append: x %}{% increment c %}{% endfor %}{{ t }}{{ a | where_exp: 'i', 'i > 5' | join }}");
        var runs = Enumerable.Range(0, 16).Select(n => Task.Run(() =>
        {
            var scope = new LiquidScope(new Dictionary<string, object?> { ["a"] = Enumerable.Range(n, 3).ToArray() });
            return template.Render(scope, LiquidOptions.Default, CancellationToken.None);
        })).ToArray();
        var results = await Task.WhenAll(runs);
        results[7].ShouldBe("0127897 8 9");
        results[0].ShouldBe("012012");
    }

    private static IEnumerable<int> Endless()
    {
        while (true)
            yield return 1;
    }

    private sealed class Circle
    {
        public Circle Self => new();

        public string Name => "circle";
    }

    private sealed class RunningClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _now++;
    }
}
