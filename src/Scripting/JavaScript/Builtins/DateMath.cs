using System.Globalization;

namespace Platform.Scripting.JavaScript;

/// <summary>A point in time taken apart in some time zone.</summary>
internal readonly record struct DateParts(double Year, int Month, int Day, int Hour, int Minute, int Second, int Millisecond, int WeekDay);

/// <summary>Calendar arithmetic over milliseconds since 1970, beyond the range of the framework's types.</summary>
internal static class DateMath
{
    public const double MsPerDay = 86400000;
    private const double TimeMax = 8.64e15;

    public static double Clip(double time) => double.IsFinite(time) && Math.Abs(time) <= TimeMax ? Math.Truncate(time) + 0d : double.NaN;

    public static double MakeDay(double year, double month, double day)
    {
        if (!double.IsFinite(year) || !double.IsFinite(month) || !double.IsFinite(day))
            return double.NaN;
        var y = Math.Truncate(year) + Math.Floor(Math.Truncate(month) / 12);
        var m = (int)Modulo(Math.Truncate(month), 12);
        if (Math.Abs(y) > 400000)
            return double.NaN;
        return DaysFromCivil((long)y, m + 1, 1) + Math.Truncate(day) - 1;
    }

    public static double MakeTime(double hour, double minute, double second, double ms) =>
        (Math.Truncate(hour) * 3600000) + (Math.Truncate(minute) * 60000) + (Math.Truncate(second) * 1000) + Math.Truncate(ms);

    public static double MakeDate(double day, double time) => (day * MsPerDay) + time;

    public static DateParts Split(double time)
    {
        var days = Math.Floor(time / MsPerDay);
        var rest = (long)(time - (days * MsPerDay));
        var (year, month, day) = CivilFromDays((long)days);
        return new DateParts(
            year, month - 1, day, (int)(rest / 3600000), (int)(rest / 60000 % 60), (int)(rest / 1000 % 60), (int)(rest % 1000), (int)Modulo(days + 4, 7));
    }

    /// <summary>How far local time is ahead of UTC at an instant, in milliseconds.</summary>
    public static double OffsetAt(TimeZoneInfo zone, double time) => zone.GetUtcOffset(ToUtc(time)).TotalMilliseconds;

    public static double ToLocal(TimeZoneInfo zone, double time) => time + OffsetAt(zone, time);

    /// <summary>The instant of a local time; a skipped time is read with the offset before the change.</summary>
    public static double FromLocal(TimeZoneInfo zone, double local)
    {
        if (!double.IsFinite(local))
            return double.NaN;
        var before = OffsetAt(zone, local - MsPerDay);
        var after = OffsetAt(zone, local + MsPerDay);
        var early = local - before;
        if (before == after || OffsetAt(zone, early) == before)
            return early;
        var late = local - after;
        return OffsetAt(zone, late) == after ? late : early;
    }

    /// <summary>The instant as a framework type, as near as its range allows.</summary>
    public static DateTime ToUtc(double time)
    {
        var ticks = DateTime.UnixEpoch.Ticks + (Math.Clamp(time, -62135596800000d, 253402300799999d) * TimeSpan.TicksPerMillisecond);
        return new DateTime((long)ticks, DateTimeKind.Utc);
    }

    public static double FromDateTime(DateTimeOffset value) => (value.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    public static string ToIso(double time)
    {
        var p = Split(time);
        var year = p.Year is >= 0 and <= 9999
            ? p.Year.ToString("0000", CultureInfo.InvariantCulture)
            : (p.Year < 0 ? "-" : "+") + Math.Abs(p.Year).ToString("000000", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{year}-{p.Month + 1:00}-{p.Day:00}T{p.Hour:00}:{p.Minute:00}:{p.Second:00}.{p.Millisecond:000}Z");
    }

    private static double Modulo(double value, double by) => value - (Math.Floor(value / by) * by);

    // Days since 1970 by eras of 400 years; March is the first month inside, so that leap days come last.
    private static double DaysFromCivil(long year, int month, int day)
    {
        year -= month <= 2 ? 1 : 0;
        var era = (long)Math.Floor(year / 400d);
        var yearOfEra = year - (era * 400);
        var dayOfYear = ((153 * (month + (month > 2 ? -3 : 9))) + 2) / 5;
        var dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear + day - 1;
        return (era * 146097) + dayOfEra - 719468;
    }

    private static (long Year, int Month, int Day) CivilFromDays(long days)
    {
        days += 719468;
        var era = (long)Math.Floor(days / 146097d);
        var dayOfEra = days - (era * 146097);
        var yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36524) - (dayOfEra / 146096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var monthIndex = ((5 * dayOfYear) + 2) / 153;
        var day = (int)(dayOfYear - (((153 * monthIndex) + 2) / 5) + 1);
        var month = (int)(monthIndex < 10 ? monthIndex + 3 : monthIndex - 9);
        return (yearOfEra + (era * 400) + (month <= 2 ? 1 : 0), month, day);
    }
}
