using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Platform.Engine.Values;

/// <summary>From the entries of one dictionary to another kind of dictionary.</summary>
internal static class DictionaryConversion
{
    private delegate object Builder(List<KeyValuePair<object, object?>> entries);

    /// <summary>What a dictionary type holds, and how one is made.</summary>
    private sealed record Shape(Type Key, Type Value, Builder Build);

    private static readonly ConcurrentDictionary<Type, Shape?> Shapes = new();

    /// <summary>Whether this is a dictionary type that we can make.</summary>
    /// <param name="target">Any type.</param>
    public static bool IsDictionary(Type target) => Shapes.GetOrAdd(target, FindShape) is not null;

    /// <summary>The type of the values of a dictionary type that we can make; null for any other type.</summary>
    /// <param name="target">Any type.</param>
    public static Type? ValueOf(Type target) => Shapes.GetOrAdd(target, FindShape)?.Value;

    /// <summary>Converts entry by entry.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="target">Any type.</param>
    /// <param name="conversion">The rules for the values. A key always has to fit.</param>
    /// <param name="result">The dictionary, or null.</param>
    /// <returns>False when the target is not a dictionary that we can make, or an entry does not fit.</returns>
    public static bool TryConvert(
        IEnumerable<KeyValuePair<string, object?>> entries, Type target, Conversion conversion, [NotNullWhen(true)] out object? result)
    {
        result = null;
        if (Shapes.GetOrAdd(target, FindShape) is not { } shape)
            return false;
        var converted = new List<KeyValuePair<object, object?>>();
        foreach (var (name, value) in entries)
        {
            if (!ValueConverter.TryConvert(name, shape.Key, conversion.Inside, out var key) || key is null)
                return false;
            if (!conversion.TryItem(value, shape.Value, out var part))
                return false;
            converted.Add(KeyValuePair.Create(key, part));
        }

        result = shape.Build(converted);
        return true;
    }

    private static Shape? FindShape(Type target)
    {
        if (target == typeof(IDictionary))
            return MakeShape(typeof(Dictionary<string, object?>), typeof(string), typeof(object));
        if (target.IsInterface && target.IsConstructedGenericType && target.GetGenericArguments() is [var key, var value])
        {
            var concrete = typeof(Dictionary<,>).MakeGenericType(key, value);
            return target.IsAssignableFrom(concrete) ? MakeShape(concrete, key, value) : null;
        }

        if (target.IsAbstract || target.GetConstructor(Type.EmptyTypes) is null)
            return null;
        var face = Array.Find(target.GetInterfaces(), candidate =>
            candidate.IsConstructedGenericType && candidate.GetGenericTypeDefinition() == typeof(IDictionary<,>));
        return face?.GetGenericArguments() is [var ownKey, var ownValue] ? MakeShape(target, ownKey, ownValue) : null;
    }

    private static Shape MakeShape(Type dictionary, Type key, Type value) =>
        new(key, value, GenericMethod.Bind<Builder>(typeof(DictionaryConversion), nameof(Build), dictionary, key, value));

    private static object Build<TDictionary, TKey, TValue>(List<KeyValuePair<object, object?>> entries)
        where TDictionary : IDictionary<TKey, TValue>, new()
    {
        var dictionary = new TDictionary();
        foreach (var (key, value) in entries)
            dictionary[(TKey)key] = (TValue)value!;
        return dictionary;
    }
}
