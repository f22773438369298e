using System.Globalization;

namespace Platform.Scripting.JavaScript;

/// <summary>A date of the host: works like a Date, shows itself in ISO form, and has the members of the framework's types.</summary>
internal sealed class JsHostDate : JsDate, IHostWrapper
{
    private readonly object _original;
    private readonly double _originalTime;

    public JsHostDate(Realm realm, object value)
        : base(realm, DateMath.FromDateTime(ToOffset(value)), realm.Intrinsic(IntrinsicId.HostDatePrototype))
    {
        _original = value;
        _originalTime = Time;
    }

    /// <summary>The very value that came in, unless a script has set another time.</summary>
    public object HostObject => Time == _originalTime ? _original : IsDateTime ? (object)Instant.UtcDateTime : Instant;

    /// <summary>The date with the offset it came with.</summary>
    public DateTimeOffset Instant => Time == _originalTime
        ? ToOffset(_original)
        : DateTimeOffset.FromUnixTimeMilliseconds((long)Time).ToOffset(ToOffset(_original).Offset);

    public bool IsDateTime => _original is DateTime;

    public string Iso => Time == _originalTime && _original is DateTime { Kind: DateTimeKind.Unspecified } plain
        ? plain.ToString("o", CultureInfo.InvariantCulture)
        : IsDateTime ? Instant.UtcDateTime.ToString("o", CultureInfo.InvariantCulture) : Instant.ToString("o", CultureInfo.InvariantCulture);

    private static DateTimeOffset ToOffset(object value) => value switch
    {
        DateTimeOffset offset => offset,
        DateTime { Kind: DateTimeKind.Local } local => new DateTimeOffset(local),
        DateTime time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)),
        _ => default,
    };
}

/// <summary>A time span of the host; as a number it is its milliseconds.</summary>
internal sealed class JsHostTimeSpan(Realm realm, TimeSpan span) : JsObject(realm, realm.Intrinsic(IntrinsicId.HostTimeSpanPrototype)), IHostWrapper
{
    public object HostObject => Span;

    public TimeSpan Span { get; } = span;
}

/// <summary>The members of host dates and time spans, under their own and their camel-case names.</summary>
internal static class HostDates
{
    public static readonly BuiltinTemplate DatePrototype = DateMembers(new BuiltinTemplate("Date"))
        .Method("toString", 0, (_, self, args) => Date(self).Instant is var date && args.At(0).IsString
            ? date.ToString(args.TextAt(0), CultureInfo.InvariantCulture)
            : Date(self).Iso)
        .Method("toJSON", 0, (_, self, _) => Date(self).Iso);

    public static readonly BuiltinTemplate TimeSpanPrototype = SpanMembers(new BuiltinTemplate("TimeSpan"))
        .Method("toString", 0, (_, self, _) => Span(self).ToString("c", CultureInfo.InvariantCulture))
        .Method("toJSON", 0, (_, self, _) => Span(self).ToString("c", CultureInfo.InvariantCulture))
        .Method("valueOf", 0, (_, self, _) => Span(self).TotalMilliseconds);

    private static BuiltinTemplate DateMembers(BuiltinTemplate template)
    {
        Property(template, "Year", self => Date(self).Instant.Year);
        Property(template, "Month", self => Date(self).Instant.Month);
        Property(template, "Day", self => Date(self).Instant.Day);
        Property(template, "Hour", self => Date(self).Instant.Hour);
        Property(template, "Minute", self => Date(self).Instant.Minute);
        Property(template, "Second", self => Date(self).Instant.Second);
        Property(template, "Millisecond", self => Date(self).Instant.Millisecond);
        Property(template, "DayOfYear", self => Date(self).Instant.DayOfYear);
        Property(template, "DayOfWeek", self => Date(self).Instant.DayOfWeek.ToString());
        Property(template, "Ticks", self => (double)Date(self).Instant.Ticks);
        Adder(template, "AddYears", (date, count) => date.AddYears((int)count));
        Adder(template, "AddMonths", (date, count) => date.AddMonths((int)count));
        Adder(template, "AddDays", (date, count) => date.AddDays(count));
        Adder(template, "AddHours", (date, count) => date.AddHours(count));
        Adder(template, "AddMinutes", (date, count) => date.AddMinutes(count));
        Adder(template, "AddSeconds", (date, count) => date.AddSeconds(count));
        Adder(template, "AddMilliseconds", (date, count) => date.AddMilliseconds(count));
        Both(template, "Add", (realm, self, args) => Shift(realm, self, Span(args.At(0))));
        Both(template, "Subtract", (realm, self, args) => args.At(0).IsObject && args[0].Object is JsDate other
            ? new JsHostTimeSpan(realm, TimeSpan.FromMilliseconds(Date(self).Time - other.Time))
            : Shift(realm, self, -Span(args.At(0))));
        return template;
    }

    private static BuiltinTemplate SpanMembers(BuiltinTemplate template)
    {
        Property(template, "Days", self => Span(self).Days);
        Property(template, "Hours", self => Span(self).Hours);
        Property(template, "Minutes", self => Span(self).Minutes);
        Property(template, "Seconds", self => Span(self).Seconds);
        Property(template, "Milliseconds", self => Span(self).Milliseconds);
        Property(template, "TotalDays", self => Span(self).TotalDays);
        Property(template, "TotalHours", self => Span(self).TotalHours);
        Property(template, "TotalMinutes", self => Span(self).TotalMinutes);
        Property(template, "TotalSeconds", self => Span(self).TotalSeconds);
        Property(template, "TotalMilliseconds", self => Span(self).TotalMilliseconds);
        Property(template, "Ticks", self => (double)Span(self).Ticks);
        Both(template, "Add", (realm, self, args) => new JsHostTimeSpan(realm, Span(self) + Span(args.At(0))));
        Both(template, "Subtract", (realm, self, args) => new JsHostTimeSpan(realm, Span(self) - Span(args.At(0))));
        Both(template, "Negate", (realm, self, _) => new JsHostTimeSpan(realm, Span(self).Negate()));
        return template;
    }

    private static void Property(BuiltinTemplate template, string name, Func<JsValue, JsValue> get)
    {
        template.Getter(name, (_, self, _) => get(self));
        template.Getter(Camel(name), (_, self, _) => get(self));
    }

    private static void Both(BuiltinTemplate template, string name, BuiltinCode code)
    {
        template.Method(name, 1, code);
        template.Method(Camel(name), 1, code);
    }

    private static void Adder(BuiltinTemplate template, string name, Func<DateTimeOffset, double, DateTimeOffset> add) => Both(template, name, (realm, self, args) =>
    {
        var count = args.NumberAt(0);
        return Shifted(realm, self, date => add(date, count));
    });

    private static JsHostDate Shift(Realm realm, JsValue self, TimeSpan span) => Shifted(realm, self, date => date + span);

    private static JsHostDate Shifted(Realm realm, JsValue self, Func<DateTimeOffset, DateTimeOffset> change)
    {
        var date = Date(self);
        var changed = HostCalls.Guard(realm, () => change(date.Instant));
        return new JsHostDate(realm, date.IsDateTime ? (object)DateTime.SpecifyKind(changed.DateTime, ((DateTime)date.HostObject).Kind) : changed);
    }

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static JsHostDate Date(JsValue self) => self.TryGetObject<JsHostDate>(out var date) ? date : throw JsThrow.Type("this is not a host date");

    private static TimeSpan Span(JsValue self) => self.TryGetObject<JsHostTimeSpan>(out var span)
        ? span.Span
        : self.IsNumber ? TimeSpan.FromMilliseconds(self.Number) : throw JsThrow.Type("this is not a host time span");
}
