using System.Collections;
using System.Collections.Concurrent;
using System.Collections.ObjectModel;

namespace Platform.Engine.Values;

/// <summary>From anything that can be listed to arrays, lists and sets of a type. Dictionaries are not collections here.</summary>
internal static class CollectionConversion
{
    private delegate object Builder(List<object?> items);

    /// <summary>What a collection type holds, and how one is made.</summary>
    private sealed record Shape(Type Item, Builder Build);

    private static readonly ConcurrentDictionary<Type, Shape?> Shapes = new();

    /// <summary>The type of the items of a collection type that we can make; null for any other type.</summary>
    /// <param name="target">Any type.</param>
    public static Type? ItemOf(Type target) => Shapes.GetOrAdd(target, FindShape)?.Item;

    /// <summary>Makes a collection of items that have the right type already.</summary>
    /// <param name="target">A type for which <see cref="ItemOf"/> is not null.</param>
    /// <param name="items">The items; they belong to the collection from now on.</param>
    public static object Make(Type target, List<object?> items) =>
        Shapes.GetOrAdd(target, FindShape)?.Build(items) ?? throw new ArgumentException("This type is not a collection.", nameof(target));

    /// <summary>Converts item by item.</summary>
    /// <param name="items">Any sequence; it is read once.</param>
    /// <param name="target">Any type.</param>
    /// <param name="conversion">The rules for the items.</param>
    /// <param name="result">The collection, or null.</param>
    /// <returns>False when the target is not a collection that we can make, or an item does not fit.</returns>
    public static bool TryConvert(IEnumerable items, Type target, Conversion conversion, out object? result)
    {
        result = null;
        if (Shapes.GetOrAdd(target, FindShape) is not { } shape)
            return false;
        var converted = items is ICollection sized ? new List<object?>(sized.Count) : [];
        foreach (var item in items)
        {
            if (!conversion.TryItem(item, shape.Item, out var part))
                return false;
            converted.Add(part);
        }

        result = shape.Build(converted);
        return true;
    }

    /// <summary>Makes a collection of one text, where a collection of texts or of anything is asked for.</summary>
    /// <param name="text">The text.</param>
    /// <param name="target">Any type.</param>
    /// <param name="result">The collection, or null.</param>
    public static bool TryConvertSingleText(string text, Type target, out object? result)
    {
        result = null;
        if (Shapes.GetOrAdd(target, FindShape) is not { } shape || (shape.Item != typeof(string) && shape.Item != typeof(object)))
            return false;
        result = shape.Build([text]);
        return true;
    }

    private static Shape? FindShape(Type target)
    {
        if (target == typeof(IEnumerable) || target == typeof(ICollection) || target == typeof(IList))
            return new Shape(typeof(object), items => items);
        if (target.IsSZArray && target.GetElementType() is { } element)
            return MakeShape(element, nameof(BuildArray));
        if (DictionaryConversion.IsDictionary(target) || !target.IsConstructedGenericType)
            return FindOwnShape(target);

        var definition = target.GetGenericTypeDefinition();
        var item = target.GetGenericArguments()[0];
        if (definition == typeof(List<>) || (target.IsInterface && target.IsAssignableFrom(typeof(List<>).MakeGenericType(item))))
            return MakeShape(item, nameof(BuildList));
        if (definition == typeof(HashSet<>) || (target.IsInterface && target.IsAssignableFrom(typeof(HashSet<>).MakeGenericType(item))))
            return MakeShape(item, nameof(BuildSet));
        return definition == typeof(Collection<>) ? MakeShape(item, nameof(BuildCollection)) : FindOwnShape(target);
    }

    /// <summary>A class of somebody's own that can be made empty and added to.</summary>
    private static Shape? FindOwnShape(Type target)
    {
        if (target.IsAbstract || DictionaryConversion.IsDictionary(target) || target.GetConstructor(Type.EmptyTypes) is null)
            return null;
        var collection = Array.Find(target.GetInterfaces(), face =>
            face.IsConstructedGenericType && face.GetGenericTypeDefinition() == typeof(ICollection<>));
        return collection is null ? null : MakeShape(collection.GetGenericArguments()[0], nameof(BuildOwn), target);
    }

    private static Shape MakeShape(Type item, string builder, Type? own = null) =>
        new(item, GenericMethod.Bind<Builder>(typeof(CollectionConversion), builder, own is null ? [item] : [own, item]));

    private static object BuildArray<T>(List<object?> items)
    {
        var array = new T[items.Count];
        for (var index = 0; index < array.Length; index++)
            array[index] = (T)items[index]!;
        return array;
    }

    private static object BuildList<T>(List<object?> items) => AddTo(new List<T>(items.Count), items);

    private static object BuildSet<T>(List<object?> items) => AddTo(new HashSet<T>(items.Count), items);

    private static object BuildCollection<T>(List<object?> items) => new Collection<T>((List<T>)BuildList<T>(items));

    private static object BuildOwn<TCollection, T>(List<object?> items)
        where TCollection : ICollection<T>, new() => AddTo<T>(new TCollection(), items);

    private static object AddTo<T>(ICollection<T> collection, List<object?> items)
    {
        foreach (var item in items)
            collection.Add((T)item!);
        return collection;
    }
}
