using System.Collections;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Engine.Values;

/// <summary>
/// Gives a value the type that an input, a variable or a script asks for, by Elsa's rules and in Elsa's order. Text and
/// numbers are read in the invariant culture, times without an offset are UTC.
/// </summary>
/// <remarks>
/// <see cref="Convert(object?, Type)"/> is lenient: what cannot be converted becomes the default of the target, also inside
/// collections. <see cref="TryConvert(object?, Type, out object?)"/> and <see cref="ConvertStrict"/> report it instead. In
/// both, null and blank text are the default of every type but text.
/// </remarks>
public static class ValueConverter
{
    private static readonly ConcurrentDictionary<Type, object> Zeros = new();

    /// <summary>Converts, or gives the default of the target when that is impossible.</summary>
    /// <param name="value">Any value.</param>
    /// <param name="target">The type to give it.</param>
    /// <returns>A value of the target type; null only when the target allows it.</returns>
    public static object? Convert(object? value, Type target)
    {
        if (value is not null && value.GetType() == target)
            return value;
        return TryConvert(value, target, new Conversion(IsStrict: false, Depth: 0), out var result) ? result : DefaultOf(target);
    }

    /// <summary>Converts, or gives the default of the target when that is impossible.</summary>
    /// <typeparam name="T">The type to give it.</typeparam>
    /// <param name="value">Any value.</param>
    public static T? Convert<T>(object? value) =>
        value is T ready && !IsTextAsItems(value, typeof(T)) ? ready : (T?)Convert(value, typeof(T));

    /// <summary>Converts when the whole value can be converted.</summary>
    /// <param name="value">Any value.</param>
    /// <param name="target">The type to give it.</param>
    /// <param name="result">The converted value, or null.</param>
    /// <returns>False when the value or a part of it has no meaning as the target.</returns>
    public static bool TryConvert(object? value, Type target, out object? result)
    {
        if (TryConvert(value, target, new Conversion(IsStrict: true, Depth: 0), out result))
            return true;
        result = null;
        return false;
    }

    /// <summary>Converts, or throws.</summary>
    /// <param name="value">Any value.</param>
    /// <param name="target">The type to give it.</param>
    /// <exception cref="ValueConversionException">The value or a part of it has no meaning as the target.</exception>
    public static object? ConvertStrict(object? value, Type target) =>
        TryConvert(value, target, out var result) ? result : throw new ValueConversionException(value?.GetType() ?? typeof(object), target);

    /// <summary>The value that a type has before anything is assigned: zero, or null.</summary>
    /// <param name="target">Any type.</param>
    internal static object? DefaultOf(Type target)
    {
        if (!target.IsValueType || Nullable.GetUnderlyingType(target) is not null)
            return null;
        if (target == typeof(bool))
            return Boxes.Of(false);
        return target == typeof(int) ? Boxes.Of(0) : Zeros.GetOrAdd(target, RuntimeHelpers.GetUninitializedObject);
    }

    /// <summary>Converts a part of a value by the rules of the whole.</summary>
    /// <param name="value">Any value.</param>
    /// <param name="target">The type to give it.</param>
    /// <param name="conversion">The rules.</param>
    /// <param name="result">The converted value; of no meaning when this fails.</param>
    internal static bool TryConvert(object? value, Type target, Conversion conversion, out object? result)
    {
        if (value is null)
        {
            result = DefaultOf(target);
            return true;
        }

        if (value.GetType() == target || (target.IsInstanceOfType(value) && !IsTextAsItems(value, target)))
        {
            result = value;
            return true;
        }

        // Boxing a nullable gives its value, so that from here on there are no nullables; but they do default to null.
        var underlying = Nullable.GetUnderlyingType(target);
        if (underlying is not null)
        {
            if (value is string blank && string.IsNullOrWhiteSpace(blank))
            {
                result = null;
                return true;
            }

            target = underlying;
            if (target.IsInstanceOfType(value))
            {
                result = value;
                return true;
            }
        }

        result = null;
        if (conversion.Depth > ValueLimits.DepthMax || (OpaqueValues.Includes(target) && !target.IsPrimitive))
            return false;
        return TryConvertByKind(value, target, conversion, out result);
    }

    private static bool TryConvertByKind(object value, Type target, Conversion conversion, out object? result)
    {
        if (value is JsonElement or JsonDocument or JsonNode)
            return JsonConversion.TryFromDom(value, target, conversion, out result);
        if (value is string text)
            return TextConversion.TryConvert(text, target, conversion, out result);
        if (target == typeof(string))
            return TextConversion.TryToText(value, out result);
        if (DateConversion.TryConvert(value, target, out result) || NumberConversion.TryConvert(value, target, out result))
            return true;
        if (JsonConversion.IsDom(target))
            return JsonConversion.TryToDom(value, target, out result);
        if (!IsComposite(value))
            return false;
        if (DictionaryEntries.Of(value) is { } entries)
        {
            return DictionaryConversion.TryConvert(entries, target, conversion, out result)
                || JsonConversion.TryRebuild(value, target, out result);
        }

        if (value is IEnumerable items)
        {
            return CollectionConversion.TryConvert(items, target, conversion, out result)
                || (!DictionaryConversion.IsDictionary(target) && JsonConversion.TryRebuild(value, target, out result));
        }

        return TryConvertObject(value, target, conversion, out result);
    }

    private static bool TryConvertObject(object value, Type target, Conversion conversion, out object? result)
    {
        if (!DictionaryConversion.IsDictionary(target))
            return JsonConversion.TryRebuild(value, target, out result);
        result = null;
        return JsonConversion.TryToDynamic(value, out var members)
            && members is Dictionary<string, object?> entries
            && DictionaryConversion.TryConvert(entries, target, conversion, out result);
    }

    /// <summary>Whether a value has parts that JSON can carry over into another type.</summary>
    private static bool IsComposite(object value) =>
        !value.GetType().IsPrimitive && !OpaqueValues.Includes(value.GetType()) && (value is byte[] || ValueText.OfScalar(value) is null);

    /// <summary>Text can be enumerated, but what asks for items does not mean its letters.</summary>
    private static bool IsTextAsItems(object value, Type target) =>
        value is string && (target == typeof(IEnumerable) || target == typeof(IEnumerable<char>));
}

/// <summary>The rules that one conversion follows through all its parts.</summary>
/// <param name="IsStrict">Whether a part that cannot be converted fails the whole; else the part gets its default.</param>
/// <param name="Depth">How many collections are around this part.</param>
internal readonly record struct Conversion(bool IsStrict, int Depth)
{
    /// <summary>The rules for the items of this part.</summary>
    public Conversion Inside => this with { Depth = Depth + 1 };

    /// <summary>Converts an item; lenient rules always succeed.</summary>
    /// <param name="value">The item.</param>
    /// <param name="target">The type of items.</param>
    /// <param name="result">The converted item.</param>
    public bool TryItem(object? value, Type target, out object? result)
    {
        if (ValueConverter.TryConvert(value, target, Inside, out result))
            return true;
        result = ValueConverter.DefaultOf(target);
        return !IsStrict;
    }
}
