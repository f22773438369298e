using System.Collections;
using System.Collections.Concurrent;

namespace Platform.Engine.Values;

/// <summary>The entries of whatever is a dictionary, with the keys as text.</summary>
internal static class DictionaryEntries
{
    private delegate IEnumerable<KeyValuePair<string, object?>> Lister(object dictionary);

    private static readonly ConcurrentDictionary<Type, Lister?> Listers = new();

    /// <summary>The entries in their order; null when the value is not a dictionary.</summary>
    /// <param name="value">Any value.</param>
    public static IEnumerable<KeyValuePair<string, object?>>? Of(object value) => value switch
    {
        Dictionary<string, object?> entries => entries,
        IDictionary<string, object?> entries => entries,
        IDictionary entries => OfUntyped(entries),
        IEnumerable => Listers.GetOrAdd(value.GetType(), FindLister)?.Invoke(value),
        _ => null,
    };

    private static IEnumerable<KeyValuePair<string, object?>> OfUntyped(IDictionary entries)
    {
        foreach (DictionaryEntry entry in entries)
            yield return KeyValuePair.Create(KeyText(entry.Key), entry.Value);
    }

    /// <summary>For dictionaries that are only generic, such as read-only ones.</summary>
    private static Lister? FindLister(Type type)
    {
        foreach (var face in type.GetInterfaces())
        {
            if (!face.IsConstructedGenericType)
                continue;
            var definition = face.GetGenericTypeDefinition();
            if (definition != typeof(IDictionary<,>) && definition != typeof(IReadOnlyDictionary<,>))
                continue;
            return GenericMethod.Bind<Lister>(typeof(DictionaryEntries), nameof(OfTyped), face.GetGenericArguments());
        }

        return null;
    }

    private static IEnumerable<KeyValuePair<string, object?>> OfTyped<TKey, TValue>(object dictionary)
        where TKey : notnull
    {
        foreach (var (key, value) in (IEnumerable<KeyValuePair<TKey, TValue>>)dictionary)
            yield return KeyValuePair.Create(KeyText(key), (object?)value);
    }

    private static string KeyText(object key) => ValueText.OfScalar(key) ?? key.ToString() ?? "";
}
