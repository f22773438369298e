using System.Globalization;

namespace Platform.Runtime.Explanations;

/// <summary>Times as people say them: two units at most, moments in UTC.</summary>
internal static class Durations
{
    public static string Text(TimeSpan span)
    {
        if (span < TimeSpan.FromSeconds(1))
            return string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, Math.Round(span.TotalMilliseconds))} ms");
        (long Count, string Unit)[] units = [(span.Days, "day"), (span.Hours, "hour"), (span.Minutes, "minute"), (span.Seconds, "second")];
        return string.Join(' ', units.SkipWhile(unit => unit.Count == 0).Take(2).Where(unit => unit.Count > 0).Select(Text));
    }

    public static string Text(DateTimeOffset moment) => moment.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Text((long Count, string Unit) part) =>
        string.Create(CultureInfo.InvariantCulture, $"{part.Count} {part.Unit}{(part.Count == 1 ? "" : "s")}");
}
