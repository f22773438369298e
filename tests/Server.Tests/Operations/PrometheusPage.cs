using System.Globalization;
using System.Text.RegularExpressions;

namespace Platform.Server.Tests.Operations;

/// <summary>Reads the text format of Prometheus as strictly as Prometheus does, and stricter: order and completeness count too.</summary>
internal sealed partial class PrometheusPage
{
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _samples = new(StringComparer.Ordinal);

    private PrometheusPage()
    {
    }

    /// <summary>Types by the names of families.</summary>
    public Dictionary<string, string> Types => _types;

    public static PrometheusPage Parse(string text)
    {
        text.ShouldEndWith("\n");
        var page = new PrometheusPage();
        string? family = null;
        string? helped = null;
        foreach (var line in text.Split('\n')[..^1])
        {
            if (Help().Match(line) is { Success: true } help)
            {
                helped = help.Groups["name"].Value;
                (family is null || string.CompareOrdinal(family, helped) < 0).ShouldBeTrue($"{helped} comes after {family}");
            }
            else if (Type().Match(line) is { Success: true } type)
            {
                family = type.Groups["name"].Value;
                helped.ShouldBe(family, "HELP comes before TYPE, for the same name");
                page._types.TryAdd(family, type.Groups["type"].Value).ShouldBeTrue($"{family} stands twice");
            }
            else
            {
                page.AddSample(line, family);
            }
        }

        foreach (var (name, type) in page._types)
        {
            page._samples.Keys.ShouldContain(sample => sample == name || sample.StartsWith(name + "{") || sample.StartsWith(name + "_"), $"{name} has no sample");
            if (type == "counter")
                name.ShouldEndWith("_total");
            if (type == "histogram")
                page.CheckHistogram(name);
        }

        return page;
    }

    /// <summary>The value of a series, written as on the page.</summary>
    public double Value(string series) => _samples[series];

    public double? Find(string series) => _samples.TryGetValue(series, out var value) ? value : null;

    private void AddSample(string line, string? family)
    {
        var match = Sample().Match(line);
        match.Success.ShouldBeTrue($"not a line of the format: {line}");
        var name = match.Groups["name"].Value;
        var type = _types[family.ShouldNotBeNull()];
        string[] names = type == "histogram" ? [family + "_bucket", family + "_sum", family + "_count"] : [family];
        names.ShouldContain(name, $"in family {family}");
        var labels = Label().Matches(match.Groups["labels"].Value).Select(label => label.Groups["name"].Value).ToList();
        labels.Distinct().Count().ShouldBe(labels.Count, line);
        var value = match.Groups["value"].Value switch { "+Inf" => double.PositiveInfinity, "NaN" => double.NaN, var number => double.Parse(number, CultureInfo.InvariantCulture) };
        var key = match.Groups["labels"].Length == 0 ? name : $"{name}{{{match.Groups["labels"].Value}}}";
        _samples.TryAdd(key, value).ShouldBeTrue($"{key} stands twice");
        if (type is "counter" or "histogram")
            value.ShouldBeGreaterThanOrEqualTo(0, line);
    }

    private void CheckHistogram(string name)
    {
        var buckets = _samples.Where(sample => sample.Key.StartsWith(name + "_bucket{", StringComparison.Ordinal))
            .GroupBy(sample => LastLabel().Replace(sample.Key[(name.Length + "_bucket".Length)..], ""), StringComparer.Ordinal).ToList();
        buckets.ShouldNotBeEmpty(name);
        foreach (var series in buckets)
        {
            var counts = series.Select(sample => sample.Value).ToList();
            counts.SequenceEqual(counts.Order()).ShouldBeTrue($"buckets of {name}{series.Key} do not grow");
            series.Last().Key.ShouldContain("le=\"+Inf\"");
            var labels = series.Key is "{}" ? "" : series.Key;
            counts[^1].ShouldBe(_samples[$"{name}_count{labels}"]);
            _samples.ShouldContainKey($"{name}_sum{labels}");
        }
    }

    [GeneratedRegex(@"^# HELP (?<name>[a-zA-Z_][a-zA-Z0-9_]*) (?:[^\\\n]|\\\\|\\n)*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Help();

    [GeneratedRegex(@"^# TYPE (?<name>[a-zA-Z_][a-zA-Z0-9_]*) (?<type>counter|gauge|histogram)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Type();

    [GeneratedRegex("""^(?<name>[a-zA-Z_][a-zA-Z0-9_]*)(\{(?<labels>[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\\\|\\"|\\n)*"(,[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\\\|\\"|\\n)*")*)\})? (?<value>[+-]?[0-9.]+(E[+-]?[0-9]+)?|\+Inf|NaN)$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sample();

    [GeneratedRegex("""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="([^"\\]|\\.)*",?""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Label();

    [GeneratedRegex(""",?le="[^"]*"(?=\})""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LastLabel();
}
