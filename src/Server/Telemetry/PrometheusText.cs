using System.Globalization;
using System.Text;
using OpenTelemetry.Metrics;

namespace Platform.Server.Telemetry;

/// <summary>
/// The text format of Prometheus, version 0.0.4. Families come in the order of their names and series in the order of their labels, so
/// that the same figures make the same text.
/// </summary>
internal static class PrometheusText
{
    /// <summary>Media type of the text.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["s"] = "seconds", ["ms"] = "milliseconds", ["By"] = "bytes", ["%"] = "percent", ["1"] = "", [""] = "",
    };

    /// <summary>The name of a metric: dots become underscores, the unit is added, and <c>_total</c> for counters.</summary>
    /// <param name="name">Name of the instrument.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="isCounter">Whether it only grows.</param>
    public static string NameOf(string name, string unit, bool isCounter)
    {
        var text = Sanitized(name);
        // Units in braces are words for people.
        var suffix = unit.StartsWith('{') ? "" : Units.GetValueOrDefault(unit) ?? Sanitized(unit);
        if (suffix.Length > 0 && !text.EndsWith("_" + suffix, StringComparison.Ordinal))
            text += "_" + suffix;
        return isCounter && !text.EndsWith("_total", StringComparison.Ordinal) ? text + "_total" : text;
    }

    /// <summary>Writes metrics.</summary>
    /// <param name="metrics">The metrics.</param>
    public static string Write(IEnumerable<Metric> metrics)
    {
        var families = new SortedDictionary<string, Family>(StringComparer.Ordinal);
        foreach (var metric in metrics)
        {
            var family = new Family(metric);
            // A name stands once: what two meters call the same is one family when it is of one type, and else the first one wins.
            if (families.TryAdd(family.Name, family) || families[family.Name].Type == family.Type)
                families[family.Name].Add(metric);
        }

        var text = new StringBuilder();
        foreach (var family in families.Values)
            family.WriteTo(text);
        return text.ToString();
    }

    /// <summary>A number as Prometheus reads it.</summary>
    internal static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>The value of a label in quotes.</summary>
    internal static string Quoted(string value) =>
        "\"" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + "\"";

    internal static string Sanitized(string name)
    {
        var text = new StringBuilder(name.Length + 1);
        foreach (var letter in name)
            text.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '_');
        if (text.Length == 0 || char.IsAsciiDigit(text[0]))
            text.Insert(0, '_');
        return text.ToString();
    }

    /// <summary>All series of one name.</summary>
    private sealed class Family(Metric first)
    {
        private readonly SortedDictionary<string, string> _series = new(StringComparer.Ordinal);

        public string Name { get; } = NameOf(first.Name, first.Unit ?? "", IsCounter(first));

        public string Type { get; } = first.MetricType.IsHistogram() ? "histogram" : IsCounter(first) ? "counter" : "gauge";

        public void Add(Metric metric)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                var labels = LabelsOf(point);
                _series.TryAdd(labels, metric.MetricType.IsHistogram() ? Histogram(point, labels) : Line("", labels, ValueOf(metric, point)));
            }
        }

        public void WriteTo(StringBuilder text)
        {
            if (_series.Count == 0)
                return;
            var help = (first.Description ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            text.Append("# HELP ").Append(Name).Append(' ').Append(help).Append('\n');
            text.Append("# TYPE ").Append(Name).Append(' ').Append(Type).Append('\n');
            foreach (var series in _series.Values)
                text.Append(series);
        }

        private static bool IsCounter(Metric metric) => metric.MetricType is MetricType.LongSum or MetricType.DoubleSum;

        private static string LabelsOf(in MetricPoint point)
        {
            var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var (name, value) in point.Tags)
                labels[Sanitized(name)] = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            return string.Join(',', labels.Select(label => label.Key + "=" + Quoted(label.Value)));
        }

        private static string ValueOf(Metric metric, in MetricPoint point) => metric.MetricType switch
        {
            MetricType.LongSum or MetricType.LongSumNonMonotonic => point.GetSumLong().ToString(CultureInfo.InvariantCulture),
            MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => Number(point.GetSumDouble()),
            MetricType.LongGauge => point.GetGaugeLastValueLong().ToString(CultureInfo.InvariantCulture),
            _ => Number(point.GetGaugeLastValueDouble()),
        };

        private string Histogram(in MetricPoint point, string labels)
        {
            var text = new StringBuilder();
            var count = 0L;
            foreach (var bucket in point.GetHistogramBuckets())
            {
                count += bucket.BucketCount;
                var bound = "le=" + Quoted(Number(bucket.ExplicitBound));
                text.Append(Line("_bucket", labels.Length == 0 ? bound : labels + "," + bound, count.ToString(CultureInfo.InvariantCulture)));
            }

            text.Append(Line("_sum", labels, Number(point.GetHistogramSum())));
            return text.Append(Line("_count", labels, point.GetHistogramCount().ToString(CultureInfo.InvariantCulture))).ToString();
        }

        private string Line(string suffix, string labels, string value) =>
            labels.Length == 0 ? $"{Name}{suffix} {value}\n" : $"{Name}{suffix}{{{labels}}} {value}\n";
    }
}
