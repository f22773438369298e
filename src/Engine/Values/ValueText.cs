using System.Globalization;
using System.Text;

namespace Platform.Engine.Values;

/// <summary>The text of values that are one word or number: invariant, and readable again by <see cref="ValueConverter"/>.</summary>
internal static class ValueText
{
    /// <summary>The text of a scalar; null when the value is not one.</summary>
    /// <param name="value">Any value.</param>
    public static string? OfScalar(object value) => value switch
    {
        string text => text,
        bool flag => flag ? bool.TrueString : bool.FalseString,
        Enum name => name.ToString(),
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("O", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("O", CultureInfo.InvariantCulture),
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        Uri uri => uri.OriginalString,
        byte[] bytes => Convert.ToBase64String(bytes),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        StringBuilder builder => builder.ToString(),
        _ => null,
    };
}
