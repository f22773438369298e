using System.Globalization;
using System.Numerics;

namespace Platform.Scripting.JavaScript;

/// <summary><c>Intl</c> as far as the framework carries it: numbers, dates, comparison and plural forms.</summary>
internal static class IntlBuiltins
{
    public static readonly BuiltinTemplate Template = new BuiltinTemplate("Intl")
        .Link("Collator", IntrinsicId.Collator)
        .Link("DateTimeFormat", IntrinsicId.DateTimeFormat)
        .Link("NumberFormat", IntrinsicId.NumberFormat)
        .Link("PluralRules", IntrinsicId.PluralRules)
        .Method("getCanonicalLocales", 1, (realm, _, args) => new JsArray(realm, args.At(0).IsUndefined ? [] : [Culture(args.At(0)).Name], args.At(0).IsUndefined ? 0 : 1))
        .Tag("Intl");

    public static readonly BuiltinTemplate LocaleStatics = new BuiltinTemplate("Intl")
        .Method("supportedLocalesOf", 1, (realm, _, args) => args.At(0).IsString ? new JsArray(realm, [args[0]], 1) : args.At(0).IsObject ? args[0] : new JsArray(realm));

    public static readonly BuiltinTemplate NumberFormatPrototype = new BuiltinTemplate("Intl.NumberFormat")
        .Link("constructor", IntrinsicId.NumberFormat)
        .Getter("format", (realm, self, _) => Formatter<NumberStyle>(self).Bound(realm, (format, value) => format.Format(Coerce.ToNumeric(value))))
        .Method("formatToParts", 1, (realm, self, args) => Literal(realm, Formatter<NumberStyle>(self).State.Format(Coerce.ToNumeric(args.At(0)))))
        .Method("resolvedOptions", 0, (realm, self, _) => Options(realm, Formatter<NumberStyle>(self).State.Resolved()))
        .Tag("Intl.NumberFormat");

    public static readonly BuiltinTemplate DateTimeFormatPrototype = new BuiltinTemplate("Intl.DateTimeFormat")
        .Link("constructor", IntrinsicId.DateTimeFormat)
        .Getter("format", (realm, self, _) => Formatter<DateStyle>(self).Bound(realm, (style, value) => style.Format(Instant(realm, value))))
        .Method("formatToParts", 1, (realm, self, args) => Literal(realm, Formatter<DateStyle>(self).State.Format(Instant(realm, args.At(0)))))
        .Method("resolvedOptions", 0, (realm, self, _) => DateOptions(realm, Formatter<DateStyle>(self).State))
        .Tag("Intl.DateTimeFormat");

    public static readonly BuiltinTemplate CollatorPrototype = new BuiltinTemplate("Intl.Collator")
        .Link("constructor", IntrinsicId.Collator)
        .Getter("compare", (realm, self, _) =>
        {
            var collation = Formatter<Collation>(self).State;
            return new JsBuiltinFunction(realm, "", 2, (_, _, args) => collation.Compare(args.TextAt(0), args.TextAt(1)));
        })
        .Method("resolvedOptions", 0, (realm, self, _) => Options(realm, [("locale", Formatter<Collation>(self).State.Locale)]))
        .Tag("Intl.Collator");

    public static readonly BuiltinTemplate PluralRulesPrototype = new BuiltinTemplate("Intl.PluralRules")
        .Link("constructor", IntrinsicId.PluralRules)
        .Method("select", 1, (_, self, args) => Formatter<PluralForms>(self).State.Select(args.NumberAt(0)))
        .Tag("Intl.PluralRules");

    /// <summary>The culture of a <c>locales</c> argument; American English when there is none or the framework has none.</summary>
    public static CultureInfo Culture(JsValue locales)
    {
        if (locales.IsObject && Coerce.LengthOf(locales.Object) > 0)
            locales = locales.Object.Get(new PropertyKey(0));
        if (!locales.IsString)
            return Find("en-US");
        var name = locales.AsString();
        if (name.Length is 0 or > 35 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') || name[0] == '-' || name[^1] == '-' || name.Split('-')[0].Length is < 2 or > 8)
            throw JsThrow.Range($"Incorrect locale information provided");
        return Find(name);
    }

    public static JsValue Compare(string left, string right, JsValue locales, JsValue options) => Collation.Read(locales, options).Compare(left, right);

    public static JsValue FormatNumber(double number, JsValue locales, JsValue options) => NumberStyle.Read(locales, options).Format(number);

    public static JsValue FormatBigInt(BigInteger number, JsValue locales, JsValue options) => NumberStyle.Read(locales, options).Format(JsValue.Of(number));

    public static JsValue CallNumberFormat(Realm realm, JsValue self, ReadOnlySpan<JsValue> args) =>
        ConstructNumberFormat(realm, args, realm.Intrinsic(IntrinsicId.NumberFormat));

    public static JsValue ConstructNumberFormat(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget) =>
        Make(realm, newTarget, IntrinsicId.NumberFormatPrototype, NumberStyle.Read(args.At(0), args.At(1)));

    public static JsValue CallDateTimeFormat(Realm realm, JsValue self, ReadOnlySpan<JsValue> args) =>
        ConstructDateTimeFormat(realm, args, realm.Intrinsic(IntrinsicId.DateTimeFormat));

    public static JsValue ConstructDateTimeFormat(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget) =>
        Make(realm, newTarget, IntrinsicId.DateTimeFormatPrototype, DateStyle.Read(realm, args.At(0), args.At(1), DateFormatting.Defaults.DateUnlessAny));

    public static JsValue CallCollator(Realm realm, JsValue self, ReadOnlySpan<JsValue> args) =>
        ConstructCollator(realm, args, realm.Intrinsic(IntrinsicId.Collator));

    public static JsValue ConstructCollator(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget) =>
        Make(realm, newTarget, IntrinsicId.CollatorPrototype, Collation.Read(args.At(0), args.At(1)));

    public static JsValue ConstructPluralRules(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget) =>
        Make(realm, newTarget, IntrinsicId.PluralRulesPrototype, new PluralForms(args.At(1).IsObject && args[1].Object.Get("type") is { IsString: true } type && type.AsString() == "ordinal"));

    private static CultureInfo Find(string name)
    {
        try
        {
            return CultureInfo.GetCultureInfo(name);
        }
        catch (CultureNotFoundException)
        {
            return CultureInfo.InvariantCulture;
        }
    }

    private static JsValue Make<T>(Realm realm, JsObject newTarget, IntrinsicId prototype, T state)
        where T : class => new JsFormatter<T>(realm, Realm.PrototypeFrom(newTarget, realm.Intrinsic(prototype)), state);

    private static JsFormatter<T> Formatter<T>(JsValue self)
        where T : class => self.TryGetObject<JsFormatter<T>>(out var formatter) ? formatter : throw JsThrow.Type("Method called on incompatible receiver");

    private static double Instant(Realm realm, JsValue value)
    {
        var time = value.IsUndefined ? DateBuiltins.Now(realm) : value.TryGetObject<JsDate>(out var date) ? date.Time : DateMath.Clip(Coerce.ToNumber(value));
        return double.IsNaN(time) ? throw JsThrow.Range("Invalid time value") : time;
    }

    private static JsValue Literal(Realm realm, string text)
    {
        var part = realm.NewObject();
        part.AddNamed("type", "literal");
        part.AddNamed("value", text);
        return new JsArray(realm, [part], 1);
    }

    private static JsObject Options(Realm realm, IEnumerable<(string Name, JsValue Value)> options)
    {
        var result = realm.NewObject();
        foreach (var (name, value) in options)
            result.CreateOwn(PropertyKey.Named(name), value);
        return result;
    }

    private static JsObject DateOptions(Realm realm, DateStyle style) => Options(
        realm,
        [("locale", style.Culture.Name.Length == 0 ? "en-US" : style.Culture.Name), ("calendar", "gregory"), ("numberingSystem", "latn"), ("timeZone", style.ZoneName), .. style.Resolved().Select(p => (p.Name, JsValue.Of(p.Value)))]);
}

/// <summary>An <c>Intl</c> object with its resolved options.</summary>
internal sealed class JsFormatter<T>(Realm realm, JsObject prototype, T state) : JsObject(realm, prototype)
    where T : class
{
    private JsBuiltinFunction? _bound;

    public T State { get; } = state;

    /// <summary>The <c>format</c> function, which is tied to this object.</summary>
    public JsBuiltinFunction Bound(Realm realm, Func<T, JsValue, JsValue> format) =>
        _bound ??= new JsBuiltinFunction(realm, "", 1, (_, _, args) => format(State, args.At(0)));
}

/// <summary>Comparison of texts in a language.</summary>
internal sealed class Collation(CultureInfo culture, CompareOptions options, bool isNumeric)
{
    public string Locale => culture.Name.Length == 0 ? "en-US" : culture.Name;

    public static Collation Read(JsValue locales, JsValue options)
    {
        var source = options.IsObject ? options.Object : null;
        var sensitivity = source?.Get("sensitivity") is { IsUndefined: false } wanted ? Coerce.ToText(wanted) : "variant";
        var compare = sensitivity switch
        {
            "base" => CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace,
            "accent" => CompareOptions.IgnoreCase,
            "case" => CompareOptions.IgnoreNonSpace,
            _ => CompareOptions.None,
        };
        if (source is not null && Coerce.ToBoolean(source.Get("ignorePunctuation")))
            compare |= CompareOptions.IgnoreSymbols;
        return new Collation(IntlBuiltins.Culture(locales), compare, source is not null && Coerce.ToBoolean(source.Get("numeric")));
    }

    public int Compare(string left, string right) => isNumeric ? CompareNumeric(left, right) : CompareText(left, right);

    // The framework compares lower case first when nothing else differs, as the language's default collation does.
    private int CompareText(string left, string right) => Math.Sign(culture.CompareInfo.Compare(left, right, options));

    private int CompareNumeric(string left, string right)
    {
        var (i, j) = (0, 0);
        while (i < left.Length && j < right.Length)
        {
            var a = Run(left, ref i, out var leftIsNumber);
            var b = Run(right, ref j, out var rightIsNumber);
            var order = leftIsNumber && rightIsNumber
                ? BigInteger.Parse(a, CultureInfo.InvariantCulture).CompareTo(BigInteger.Parse(b, CultureInfo.InvariantCulture))
                : CompareText(a, b);
            if (order != 0)
                return Math.Sign(order);
        }

        return Math.Sign((left.Length - i).CompareTo(right.Length - j));
    }

    private static string Run(string text, ref int position, out bool isNumber)
    {
        var start = position;
        isNumber = char.IsAsciiDigit(text[position]);
        while (position < text.Length && char.IsAsciiDigit(text[position]) == isNumber && position - start < 1000)
            position++;
        return text[start..position];
    }
}

/// <summary>English plural forms.</summary>
internal sealed class PluralForms(bool isOrdinal)
{
    public string Select(double number)
    {
        if (!isOrdinal)
            return number == 1 ? "one" : "other";
        return (number % 10, number % 100) switch
        {
            (1, not 11) => "one",
            (2, not 12) => "two",
            (3, not 13) => "few",
            _ => "other",
        };
    }
}
