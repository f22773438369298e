using System.Globalization;

namespace Platform.Scripting.JavaScript;

/// <summary>A date object.</summary>
internal class JsDate(Realm realm, double time, JsObject? prototype = null)
    : JsObject(realm, prototype ?? realm.Intrinsic(IntrinsicId.DatePrototype))
{
    public override string ClassName => "Date";

    /// <summary>Milliseconds since 1970 in UTC; NaN for an invalid date.</summary>
    public double Time { get; set; } = time;
}

/// <summary><c>Date</c>: the constructor and the table of methods.</summary>
internal static partial class DateBuiltins
{
    public static readonly BuiltinTemplate Prototype = Setters(Getters(new BuiltinTemplate("Object")))
        .Link("constructor", IntrinsicId.Date)
        .Method("getTime", 0, (_, self, _) => Time(self))
        .Method("getTimezoneOffset", 0, (realm, self, _) => double.IsNaN(Time(self)) ? double.NaN : 0 - (DateMath.OffsetAt(realm.Options.TimeZone, Time(self)) / 60000))
        .Method("getYear", 0, (realm, self, _) => double.IsNaN(Time(self)) ? double.NaN : DateMath.Split(DateMath.ToLocal(realm.Options.TimeZone, Time(self))).Year - 1900)
        .Method("setTime", 1, (_, self, args) => This(self).Time = DateMath.Clip(args.NumberAt(0)))
        .Method("toDateString", 0, (realm, self, _) => Text(realm, self, DateText.DayPart))
        .Method("toISOString", 0, (_, self, _) => double.IsNaN(Time(self)) ? throw JsThrow.Range("Invalid time value") : DateMath.ToIso(Time(self)))
        .Method("toJSON", 1, ToJson)
        .Method("toLocaleDateString", 0, (realm, self, args) => DateFormatting.Format(realm, Time(self), args.At(0), args.At(1), DateFormatting.Defaults.Date))
        .Method("toLocaleString", 0, (realm, self, args) => DateFormatting.Format(realm, Time(self), args.At(0), args.At(1), DateFormatting.Defaults.All))
        .Method("toLocaleTimeString", 0, (realm, self, args) => DateFormatting.Format(realm, Time(self), args.At(0), args.At(1), DateFormatting.Defaults.Time))
        .Method("toString", 0, (realm, self, _) => Text(realm, self, (r, t) => DateText.DayPart(r, t) + " " + DateText.TimePart(r, t)))
        .Method("toTimeString", 0, (realm, self, _) => Text(realm, self, DateText.TimePart))
        .Method("toUTCString", 0, (realm, self, _) => Text(realm, self, DateText.Utc))
        .Alias("toGMTString", "toUTCString", IntrinsicId.DatePrototype)
        .Method("valueOf", 0, (_, self, _) => Time(self))
        .Method(JsSymbol.ToPrimitive, "[Symbol.toPrimitive]", 1, ToPrimitive, PropertyFlags.Configurable);

    public static readonly BuiltinTemplate Statics = new BuiltinTemplate("Date")
        .Method("now", 0, (realm, _, _) => Now(realm))
        .Method("parse", 1, (realm, _, args) => DateParser.Parse(args.TextAt(0), realm.Options.TimeZone))
        .Method("UTC", 7, (_, _, args) => DateMath.Clip(FromArgs(args)));

    public static double Now(Realm realm) => Math.Floor(DateMath.FromDateTime(realm.Options.TimeProvider.GetUtcNow()));

    public static JsValue Call(Realm realm, JsValue self, ReadOnlySpan<JsValue> args) =>
        Now(realm) is var now ? DateText.DayPart(realm, now) + " " + DateText.TimePart(realm, now) : "";

    public static JsValue Construct(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget)
    {
        var prototype = Realm.PrototypeFrom(newTarget, realm.Intrinsic(IntrinsicId.DatePrototype));
        if (args.Length == 0)
            return new JsDate(realm, Now(realm), prototype);
        if (args.Length > 1)
            return new JsDate(realm, DateMath.Clip(DateMath.FromLocal(realm.Options.TimeZone, FromArgs(args))), prototype);
        if (args[0].TryGetObject<JsDate>(out var other))
            return new JsDate(realm, other.Time, prototype);
        var value = Coerce.ToPrimitive(args[0], PrimitiveHint.Default);
        var time = value.IsString ? DateParser.Parse(value.AsString(), realm.Options.TimeZone) : DateMath.Clip(Coerce.ToNumber(value));
        return new JsDate(realm, time, prototype);
    }

    public static JsDate This(JsValue self) =>
        self.TryGetObject<JsDate>(out var date) ? date : throw JsThrow.Type("this is not a Date object.");

    private static double Time(JsValue self) => This(self).Time;

    private static string Text(Realm realm, JsValue self, Func<Realm, double, string> format) =>
        double.IsNaN(Time(self)) ? "Invalid Date" : format(realm, Time(self));

    private static double FromArgs(ReadOnlySpan<JsValue> args)
    {
        Span<double> parts = [double.NaN, 0, 1, 0, 0, 0, 0];
        for (var i = 0; i < Math.Min(args.Length, 7); i++)
            parts[i] = Coerce.ToNumber(args[i]);
        var year = parts[0];
        if (double.IsFinite(year) && Math.Truncate(year) is >= 0 and <= 99)
            year = 1900 + Math.Truncate(year);
        return DateMath.MakeDate(DateMath.MakeDay(year, parts[1], parts[2]), DateMath.MakeTime(parts[3], parts[4], parts[5], parts[6]));
    }

    private static JsValue ToJson(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        var primitive = Coerce.ToPrimitive(self, PrimitiveHint.Number);
        return primitive.IsNumber && !double.IsFinite(primitive.Number) ? JsValue.Null : Coerce.ToObject(realm, self).Invoke("toISOString");
    }

    private static JsValue ToPrimitive(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        if (!self.IsObject)
            throw JsThrow.Type("Date.prototype[Symbol.toPrimitive] called on non-object");
        var hint = args.At(0);
        if (!hint.IsString || hint.AsString() is not ("default" or "string" or "number"))
            throw JsThrow.Type($"Invalid hint: {Coerce.Describe(hint)}");
        foreach (var name in hint.AsString() == "number" ? new[] { "valueOf", "toString" } : ["toString", "valueOf"])
        {
            if (self.Object.Get(name).AsFunction() is { } function && function.Call(self, []) is { IsObject: false } result)
                return result;
        }

        throw JsThrow.Type("Cannot convert object to primitive value");
    }

    private static BuiltinTemplate Getters(BuiltinTemplate template)
    {
        Getter(template, "FullYear", p => p.Year);
        Getter(template, "Month", p => p.Month);
        Getter(template, "Date", p => p.Day);
        Getter(template, "Day", p => p.WeekDay);
        Getter(template, "Hours", p => p.Hour);
        Getter(template, "Minutes", p => p.Minute);
        Getter(template, "Seconds", p => p.Second);
        Getter(template, "Milliseconds", p => p.Millisecond);
        return template;
    }

    private static void Getter(BuiltinTemplate template, string name, Func<DateParts, double> part)
    {
        template.Method("get" + name, 0, (realm, self, _) => double.IsNaN(Time(self)) ? double.NaN : part(DateMath.Split(DateMath.ToLocal(realm.Options.TimeZone, Time(self)))));
        template.Method("getUTC" + name, 0, (_, self, _) => double.IsNaN(Time(self)) ? double.NaN : part(DateMath.Split(Time(self))));
    }

    private static BuiltinTemplate Setters(BuiltinTemplate template)
    {
        // The first part that each setter changes, and how many it may.
        (string Name, int First, int Count)[] setters =
            [("FullYear", 0, 3), ("Month", 1, 2), ("Date", 2, 1), ("Hours", 3, 4), ("Minutes", 4, 3), ("Seconds", 5, 2), ("Milliseconds", 6, 1)];
        foreach (var (name, first, count) in setters)
        {
            template.Method("set" + name, count, (realm, self, args) => Change(realm, self, args, first, count, isLocal: true));
            template.Method("setUTC" + name, count, (realm, self, args) => Change(realm, self, args, first, count, isLocal: false));
        }

        return template;
    }

    private static JsValue Change(Realm realm, JsValue self, ReadOnlySpan<JsValue> args, int first, int count, bool isLocal)
    {
        var date = This(self);
        var zone = realm.Options.TimeZone;
        var time = date.Time;
        if (first == 0 && double.IsNaN(time))
            time = isLocal ? -DateMath.OffsetAt(zone, 0) : 0;
        var now = DateMath.Split(double.IsNaN(time) ? 0 : isLocal ? DateMath.ToLocal(zone, time) : time);
        Span<double> parts = [now.Year, now.Month, now.Day, now.Hour, now.Minute, now.Second, now.Millisecond];
        for (var i = 0; i < count; i++)
        {
            if (i < args.Length || i == 0)
                parts[first + i] = args.NumberAt(i);
        }

        if (double.IsNaN(time))
            return double.NaN;
        var changed = DateMath.MakeDate(DateMath.MakeDay(parts[0], parts[1], parts[2]), DateMath.MakeTime(parts[3], parts[4], parts[5], parts[6]));
        date.Time = DateMath.Clip(isLocal ? DateMath.FromLocal(zone, changed) : changed);
        return date.Time;
    }
}

/// <summary>The fixed English texts of dates.</summary>
internal static class DateText
{
    public static readonly string[] Days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

    public static readonly string[] Months =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    public static string DayPart(Realm realm, double time)
    {
        var p = DateMath.Split(DateMath.ToLocal(realm.Options.TimeZone, time));
        return string.Create(CultureInfo.InvariantCulture, $"{Days[p.WeekDay][..3]} {Months[p.Month][..3]} {p.Day:00} {Year(p.Year)}");
    }

    public static string TimePart(Realm realm, double time)
    {
        var zone = realm.Options.TimeZone;
        var offset = (int)(DateMath.OffsetAt(zone, time) / 60000);
        var p = DateMath.Split(DateMath.ToLocal(zone, time));
        var sign = offset < 0 ? '-' : '+';
        offset = Math.Abs(offset);
        return string.Create(CultureInfo.InvariantCulture, $"{p.Hour:00}:{p.Minute:00}:{p.Second:00} GMT{sign}{offset / 60:00}{offset % 60:00} ({ZoneName(zone, time)})");
    }

    public static string Utc(Realm realm, double time)
    {
        var p = DateMath.Split(time);
        return string.Create(CultureInfo.InvariantCulture, $"{Days[p.WeekDay][..3]}, {p.Day:00} {Months[p.Month][..3]} {Year(p.Year)} {p.Hour:00}:{p.Minute:00}:{p.Second:00} GMT");
    }

    public static string ZoneName(TimeZoneInfo zone, double time) => zone.Id is "UTC" or "Etc/UTC"
        ? "Coordinated Universal Time"
        : zone.IsDaylightSavingTime(DateMath.ToUtc(time)) ? zone.DaylightName : zone.StandardName;

    private static string Year(double year) => year < 0
        ? "-" + Math.Abs(year).ToString("000000", CultureInfo.InvariantCulture)
        : year.ToString("0000", CultureInfo.InvariantCulture);
}
