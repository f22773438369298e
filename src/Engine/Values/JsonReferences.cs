namespace Platform.Engine.Values;

/// <summary>
/// Undoes reference handling in JSON that .NET wrote: <c>{"$id":"1",...}</c> names an object, <c>{"$ref":"1"}</c> stands for
/// it, and <c>{"$id":"2","$values":[...]}</c> is an array. Objects that are referred to twice become shared. The names are
/// numbers; other ids are somebody's own, such as those of JSON schemas, and stay.
/// </summary>
internal static class JsonReferences
{
    private const string Id = "$id";
    private const string Ref = "$ref";
    private const string Values = "$values";

    /// <summary>Resolves the marks in a dynamic value, in place; returns what stands in its place.</summary>
    /// <param name="value">A dynamic value without shared parts, as it comes from text.</param>
    public static object? Resolve(object? value) => Resolve(value, []);

    private static object? Resolve(object? value, Dictionary<string, object?> named)
    {
        switch (value)
        {
            case Dictionary<string, object?> members:
                return ResolveObject(members, named);
            case List<object?> items:
                for (var index = 0; index < items.Count; index++)
                    items[index] = Resolve(items[index], named);
                return items;
            default:
                return value;
        }
    }

    private static object? ResolveObject(Dictionary<string, object?> members, Dictionary<string, object?> named)
    {
        // A reference to nothing stays as it is: then the marks mean something else to their author.
        if (members.Count == 1 && members.GetValueOrDefault(Ref) is string target)
            return named.TryGetValue(target, out var known) ? known : members;

        if (members.GetValueOrDefault(Id) is string id && IsNumber(id))
        {
            members.Remove(Id);
            if (members.GetValueOrDefault(Values) is List<object?> items)
            {
                named[id] = items;
                return Resolve(items, named);
            }

            named[id] = members;
        }

        foreach (var name in members.Keys.ToArray())
            members[name] = Resolve(members[name], named);
        return members;
    }

    private static bool IsNumber(string id) => id.Length > 0 && !id.AsSpan().ContainsAnyExceptInRange('0', '9');
}
