using System.Globalization;

namespace Platform.Heal7;

/// <summary>A pillar: one of ten stems and one of twelve branches, of which sixty pairs follow one another.</summary>
/// <param name="Index">Its place among the sixty, from 0 (甲子).</param>
public sealed record Pillar(int Index)
{
    private const string Stems = "甲乙丙丁戊己庚辛壬癸";
    private const string Branches = "子丑寅卯辰巳午未申酉戌亥";
    private const string KoreanStems = "갑을병정무기경신임계";
    private const string KoreanBranches = "자축인묘진사오미신유술해";
    private static readonly string[] _elements = ["wood", "fire", "earth", "metal", "water"];

    /// <summary>As Chinese signs: 甲子.</summary>
    public string Hanja => $"{Stems[Stem]}{Branches[Branch]}";

    /// <summary>As Korean is read: 갑자.</summary>
    public string Hangul => $"{KoreanStems[Stem]}{KoreanBranches[Branch]}";

    /// <summary>Element of the stem: wood, fire, earth, metal or water.</summary>
    public string Element => _elements[Stem / 2];

    internal int Stem => Index % 10;

    internal int Branch => Index % 12;

    /// <summary>The pillar of a stem and a branch.</summary>
    internal static Pillar Of(int stem, int branch) => new(Enumerable.Range(0, 60).First(index => index % 10 == stem && index % 12 == branch));
}

/// <summary>
/// The saju service: <c>GET /pillars?at=1990-05-15T14:30:00%2B09:00</c> gives the four pillars of a birth. The year begins when the sun
/// reaches 315° (입춘), a month every 30° from there, the day at 23 o'clock of the place's own time, an hour every two hours. The sun is computed
/// to about 0.01°, a quarter of an hour: who was born that near to the beginning of a month looks it up in an almanac.
/// </summary>
/// <param name="Year">Pillar of the year.</param>
/// <param name="Month">Pillar of the month.</param>
/// <param name="Day">Pillar of the day.</param>
/// <param name="Hour">Pillar of the hour.</param>
public sealed record FourPillars(Pillar Year, Pillar Month, Pillar Day, Pillar Hour)
{
    private const double SpringBegins = 315;

    internal static void Map(WebApplication app) => app.MapGet("/pillars", (string at) =>
        DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) && moment.Year is >= 1900 and <= 2100
            ? Results.Json(Of(moment))
            : Results.BadRequest(new { error = "'at' is a time between 1900 and 2100 with the offset of its place: 1990-05-15T14:30:00+09:00." }));

    /// <summary>The four pillars of a moment, with the time of its place.</summary>
    /// <param name="birth">The moment.</param>
    public static FourPillars Of(DateTimeOffset birth)
    {
        var longitude = SunLongitude(birth.UtcDateTime);
        // In January and February the sun stands before 315° as long as the old year lasts.
        var yearNumber = birth.Year - (birth.Month <= 2 && longitude is >= 180 and < SpringBegins ? 1 : 0);
        var year = new Pillar(Modulo(yearNumber - 4, 60));
        var monthNumber = (int)(Modulo(longitude - SpringBegins, 360) / 30);
        var month = Pillar.Of(((year.Stem % 5 * 2) + 2 + monthNumber) % 10, (monthNumber + 2) % 12);
        var day = new Pillar(Modulo(DayNumber(birth.AddHours(1).DateTime) + 49, 60));
        var hourBranch = (birth.Hour + 1) / 2 % 12;
        return new FourPillars(year, month, day, Pillar.Of(((day.Stem % 5 * 2) + hourBranch) % 10, hourBranch));
    }

    /// <summary>The apparent longitude of the sun in degrees, by its mean motion and the equation of the centre.</summary>
    /// <param name="utc">The moment.</param>
    public static double SunLongitude(DateTime utc)
    {
        var centuries = ((utc - new DateTime(2000, 1, 1, 12, 0, 0, DateTimeKind.Utc)).TotalDays) / 36525;
        var anomaly = Radians(357.52911 + (35999.05029 * centuries) - (0.0001537 * centuries * centuries));
        var centre = ((1.914602 - (0.004817 * centuries)) * Math.Sin(anomaly)) + ((0.019993 - (0.000101 * centuries)) * Math.Sin(2 * anomaly)) + (0.000289 * Math.Sin(3 * anomaly));
        var node = Radians(125.04 - (1934.136 * centuries));
        return Modulo(280.46646 + (36000.76983 * centuries) + (0.0003032 * centuries * centuries) + centre - 0.00569 - (0.00478 * Math.Sin(node)), 360);
    }

    /// <summary>The number of a day in the count of Julian days, at its noon.</summary>
    private static int DayNumber(DateTime local) => (int)(local.Date - new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Unspecified)).TotalDays + 2451545;

    private static double Radians(double degrees) => degrees * Math.PI / 180;

    private static double Modulo(double value, double by) => ((value % by) + by) % by;

    private static int Modulo(int value, int by) => ((value % by) + by) % by;
}
