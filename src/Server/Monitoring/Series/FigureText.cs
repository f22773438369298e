using System.Globalization;

namespace Platform.Server.Monitoring.Series;

/// <summary>Figures as people read them, in English and with a unit that fits.</summary>
internal static class FigureText
{
    private static readonly string[] _bytes = ["bytes", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>A figure with its unit.</summary>
    /// <param name="value">The figure.</param>
    /// <param name="unit">The unit of the figure, as <see cref="MetricCatalog"/> has it.</param>
    public static string Of(double value, string unit) => unit switch
    {
        "" => Number(value),
        "ms" => Math.Abs(value) < 10_000 ? $"{Number(value)} ms" : Seconds(value / 1000),
        "s" => Seconds(value),
        "byte" => Bytes(value),
        "item" => value == 1 ? "1 item" : $"{Number(value)} items",
        "run/min" => value == 1 ? "1 run per minute" : $"{Number(value)} runs per minute",
        _ => $"{Number(value)} {unit}",
    };

    private static string Number(double value) => value.ToString("#,0.##", CultureInfo.InvariantCulture);

    private static string Seconds(double seconds) => Math.Abs(seconds) switch
    {
        < 120 => $"{Number(seconds)} s",
        < 7_200 => $"{Number(Math.Round(seconds / 60, 1))} min",
        _ => $"{Number(Math.Round(seconds / 3_600, 1))} h",
    };

    private static string Bytes(double bytes)
    {
        var step = 0;
        while (Math.Abs(bytes) >= 1024 && step < _bytes.Length - 1)
        {
            bytes /= 1024;
            step++;
        }

        return $"{Number(Math.Round(bytes, 1))} {_bytes[step]}";
    }
}
