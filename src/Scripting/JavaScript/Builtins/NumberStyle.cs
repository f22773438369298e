using System.Globalization;
using System.Numerics;
using System.Text;

namespace Platform.Scripting.JavaScript;

/// <summary>The resolved options of a number format.</summary>
internal sealed class NumberStyle
{
    private readonly CultureInfo _culture;
    private string _style = "decimal";
    private string _currency = "USD";
    private string _currencyDisplay = "symbol";
    private string _unit = "";
    private string _notation = "standard";
    private string _signDisplay = "auto";
    private int _minInteger = 1;
    private int _minFraction;
    private int _maxFraction = 3;
    private int _minSignificant;
    private int _maxSignificant;
    private bool _groups = true;

    private NumberStyle(CultureInfo culture)
    {
        _culture = culture;
    }

    public static NumberStyle Read(JsValue locales, JsValue options)
    {
        var style = new NumberStyle(IntlBuiltins.Culture(locales));
        if (options.IsObject)
            style.Read(options.Object);
        return style;
    }

    public IEnumerable<(string Name, JsValue Value)> Resolved()
    {
        yield return ("locale", _culture.Name.Length == 0 ? "en-US" : _culture.Name);
        yield return ("numberingSystem", "latn");
        yield return ("style", _style);
        if (_style == "currency")
            yield return ("currency", _currency);
        yield return ("minimumIntegerDigits", _minInteger);
        yield return ("minimumFractionDigits", _minFraction);
        yield return ("maximumFractionDigits", _maxFraction);
    }

    public string Format(JsValue value)
    {
        var isNegative = value.IsBigInt ? value.BigInt.Sign < 0 : value.Number < 0 || (value.Number == 0 && double.IsNegative(value.Number));
        var text = value.IsBigInt ? Grouped(BigInteger.Abs(value.BigInt).ToString(CultureInfo.InvariantCulture), "") : Magnitude(Math.Abs(value.Number));
        text = _style switch
        {
            "percent" => text + (_culture.TwoLetterISOLanguageName is "de" or "fr" ? "\u00a0%" : "%"),
            "currency" => WithCurrency(text),
            "unit" => text + " " + _unit,
            _ => text,
        };
        var isZero = !text.Any(c => c is >= '1' and <= '9' or '\u221e');
        return Sign(isNegative, isZero) + text;
    }

    private string Sign(bool isNegative, bool isZero) => _signDisplay switch
    {
        "never" => "",
        "always" => isNegative ? "-" : "+",
        "exceptZero" => isZero ? "" : isNegative ? "-" : "+",
        "negative" => isNegative && !isZero ? "-" : "",
        _ => isNegative ? "-" : "",
    };

    private void Read(JsObject source)
    {
        _style = Text(source, "style", _style);
        _currencyDisplay = Text(source, "currencyDisplay", _currencyDisplay);
        _unit = Text(source, "unit", _unit);
        _notation = Text(source, "notation", _notation);
        _signDisplay = Text(source, "signDisplay", _signDisplay);
        if (_style == "currency")
        {
            var currency = source.Get("currency");
            if (currency.IsUndefined)
                throw JsThrow.Type("Currency code is required with currency style.");
            _currency = Coerce.ToText(currency).ToUpperInvariant();
            if (_currency.Length != 3 || !_currency.All(char.IsAsciiLetter))
                throw JsThrow.Range($"Invalid currency code : {Coerce.ToText(currency)}");
            _minFraction = _maxFraction = _currency is "JPY" or "KRW" or "VND" or "CLP" ? 0 : 2;
        }
        else if (_style is not ("decimal" or "percent" or "unit"))
        {
            throw JsThrow.Range($"Value {_style} out of range for Intl.NumberFormat options property style");
        }

        if (_style == "percent" || _notation == "compact")
            _maxFraction = 0;
        _minInteger = Digits(source, "minimumIntegerDigits", 1, 21) ?? _minInteger;
        var min = Digits(source, "minimumFractionDigits", 0, 20);
        var max = Digits(source, "maximumFractionDigits", 0, 20);
        if (min > max)
            throw JsThrow.Range("maximumFractionDigits value is out of range.");
        _minFraction = min ?? Math.Min(_minFraction, max ?? _minFraction);
        _maxFraction = max ?? Math.Max(_maxFraction, _minFraction);
        _minSignificant = Digits(source, "minimumSignificantDigits", 1, 21) ?? 0;
        _maxSignificant = Digits(source, "maximumSignificantDigits", 1, 21) ?? (_minSignificant > 0 ? 21 : 0);
        if (source.Get("useGrouping") is { IsUndefined: false } grouping)
            _groups = Coerce.ToBoolean(grouping) && !(grouping.IsString && grouping.AsString() == "false");
    }

    private static string Text(JsObject source, string name, string fallback) =>
        source.Get(name) is { IsUndefined: false } value ? Coerce.ToText(value) : fallback;

    private static int? Digits(JsObject source, string name, int min, int max)
    {
        var value = source.Get(name);
        if (value.IsUndefined)
            return null;
        var number = Coerce.ToNumber(value);
        return number >= min && number <= max ? (int)number : throw JsThrow.Range($"{name} value is out of range.");
    }

    private string Magnitude(double number)
    {
        if (double.IsNaN(number))
            return "NaN";
        if (double.IsInfinity(number))
            return "\u221e";
        if (_style == "percent")
            number *= 100;
        var suffix = "";
        var (minFraction, maxFraction) = (_minFraction, _maxFraction);
        if (_notation == "compact")
        {
            (number, suffix) = Compact(number);
            maxFraction = number < 10 ? 1 : 0;
        }

        var text = _maxSignificant > 0 ? Significant(number) : Places(number, minFraction, maxFraction);
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return Grouped(point < 0 ? text : text[..point], point < 0 ? "" : text[(point + 1)..]) + suffix;
    }

    private static (double Number, string Suffix) Compact(double number) => number switch
    {
        >= 999_500_000_000 => (number / 1e12, "T"),
        >= 999_500_000 => (number / 1e9, "B"),
        >= 999_500 => (number / 1e6, "M"),
        >= 1000 => (number / 1e3, "K"),
        _ => (number, ""),
    };

    // Rounds the shortest decimal form, halves away from zero, as the language's formatter does.
    private static string Places(double number, int min, int max)
    {
        var (digits, exponent) = number == 0 ? ("", 0) : NumberText.ShortestDigits(number);
        return Trimmed(RoundDigits(digits, exponent, exponent + max), exponent, min, max);
    }

    private string Significant(double number)
    {
        var (digits, exponent) = number == 0 ? ("0", 1) : NumberText.ShortestDigits(number);
        var rounded = RoundDigits(digits, exponent, _maxSignificant);
        var carried = rounded.Length > Math.Min(digits.Length, _maxSignificant) && rounded[0] == '1' && digits[0] == '9';
        return Trimmed(rounded, exponent, Math.Max(0, _minSignificant - exponent - (carried ? 1 : 0)), 100);
    }

    /// <summary>The digits as an integer text scaled so that the decimal point stays at the exponent; may grow by one digit.</summary>
    private static string RoundDigits(string digits, int exponent, int keep)
    {
        _ = exponent;
        if (keep < 0)
            return "";
        if (digits.Length <= keep)
            return digits;
        var up = digits[keep] >= '5';
        var kept = digits[..keep];
        if (!up)
            return kept;
        var value = BigInteger.Parse("0" + kept, CultureInfo.InvariantCulture) + 1;
        var text = value.ToString(CultureInfo.InvariantCulture).PadLeft(keep, '0');
        return text.Length > keep ? "^" + text : text;
    }

    private static string Trimmed(string digits, int exponent, int min, int max)
    {
        if (digits.StartsWith('^'))
        {
            digits = digits[1..];
            exponent++;
        }

        var whole = exponent <= 0 ? "0" : digits.Length >= exponent ? digits[..exponent] : digits.PadRight(exponent, '0');
        var fraction = exponent <= 0 ? new string('0', digits.Length == 0 ? 0 : -exponent) + digits : digits.Length > exponent ? digits[exponent..] : "";
        fraction = fraction.Length > max ? fraction[..max] : fraction;
        fraction = fraction.TrimEnd('0').PadRight(min, '0');
        return fraction.Length == 0 ? whole : whole + "." + fraction;
    }

    private string Grouped(string whole, string fraction)
    {
        whole = whole.PadLeft(_minInteger, '0');
        var format = _culture.NumberFormat;
        var text = new StringBuilder(whole);
        var minimum = _culture.TwoLetterISOLanguageName is "es" or "pt" or "pl" && _culture.Name != "pt-BR" ? 5 : 4;
        if ((_groups && whole.Length >= minimum && _notation != "compact") || (_groups && whole.Length > 4))
        {
            var sizes = format.NumberGroupSizes;
            var size = sizes.Length > 0 && sizes[0] > 0 ? sizes[0] : 3;
            var next = sizes.Length > 1 && sizes[1] > 0 ? sizes[1] : size;
            for (var i = whole.Length - size; i > 0; i -= next)
                text.Insert(i, format.NumberGroupSeparator);
        }

        return fraction.Length == 0 ? text.ToString() : text.Append(format.NumberDecimalSeparator).Append(fraction).ToString();
    }

    private string WithCurrency(string text)
    {
        var symbol = _currencyDisplay == "code" ? _currency + "\u00a0" : Symbol();
        if (_currencyDisplay == "name")
            return $"{text} {_currency}";
        var isBefore = _culture.NumberFormat.CurrencyPositivePattern is 0 or 2 || _culture.Name.Length == 0;
        return isBefore ? symbol + text : $"{text}\u00a0{symbol.TrimEnd('\u00a0')}";
    }

    private string Symbol()
    {
        var isHome = _culture.Name is "" or "en-US";
        return _currency switch
        {
            "USD" => isHome || _culture.TwoLetterISOLanguageName is not ("en" or "es") ? "$" : "US$",
            "EUR" => "\u20ac",
            "GBP" => "\u00a3",
            "JPY" => _culture.TwoLetterISOLanguageName == "ja" ? "\uffe5" : "\u00a5",
            "INR" => "\u20b9",
            "CNY" => _culture.TwoLetterISOLanguageName == "zh" ? "\u00a5" : "CN\u00a5",
            "KRW" => "\u20a9",
            "BRL" => "R$",
            "CAD" => _culture.Name == "en-CA" ? "$" : "CA$",
            "AUD" => _culture.Name == "en-AU" ? "$" : "A$",
            "MXN" => "MX$",
            "ILS" => "\u20aa",
            "VND" => "\u20ab",
            "NZD" => "NZ$",
            "HKD" => "HK$",
            "TWD" => "NT$",
            _ => _currency + "\u00a0",
        };
    }
}
