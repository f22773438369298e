using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;

namespace Platform.Engine.Values;

/// <summary>
/// Values that are handles to something outside the value: streams, delegates, requests, tasks. They have no JSON form and
/// cannot be stored; people see a short text such as <c>&lt;Stream&gt;</c> in their place.
/// </summary>
internal static class OpaqueValues
{
    /// <summary>Families of types, and the name that people know each by.</summary>
    private static readonly (Type Type, string Name)[] Families =
    [
        (typeof(Stream), "Stream"),
        (typeof(Delegate), "Delegate"),
        (typeof(Type), "Type"),
        (typeof(MemberInfo), "MemberInfo"),
        (typeof(Assembly), "Assembly"),
        (typeof(CancellationToken), "CancellationToken"),
        (typeof(Task), "Task"),
        (typeof(TextReader), "TextReader"),
        (typeof(TextWriter), "TextWriter"),
        (typeof(IServiceProvider), "ServiceProvider"),
    ];

    /// <summary>Namespaces whose classes are handles, however harmless their properties look.</summary>
    private static readonly string[] Namespaces =
    [
        "Microsoft.AspNetCore", "Microsoft.Extensions", "System.Diagnostics", "System.IO", "System.Net", "System.Reflection",
        "System.Runtime", "System.Threading", "System.Data", "System.Security",
    ];

    private static readonly ConcurrentDictionary<Type, bool> Known = new();

    /// <summary>Whether values of this type are handles.</summary>
    /// <param name="type">The type of a value, or the declared type of a member.</param>
    public static bool Includes(Type type) => Known.GetOrAdd(type, IsHandle);

    /// <summary>The short text that stands for a handle.</summary>
    /// <param name="type">A type for which <see cref="Includes"/> is true.</param>
    public static string Describe(Type type)
    {
        foreach (var (family, name) in Families)
            if (family.IsAssignableFrom(type))
                return $"<{name}>";
        var arity = type.Name.IndexOf('`');
        return $"<{(arity < 0 ? type.Name : type.Name[..arity])}>";
    }

    private static bool IsHandle(Type type)
    {
        if (type.IsPrimitive)
            return type == typeof(nint) || type == typeof(nuint);
        if (type.IsEnum || type == typeof(string) || type == typeof(object))
            return false;
        if (type.IsPointer || type.IsByRef || type.IsByRefLike)
            return true;
        foreach (var (family, _) in Families)
            if (family.IsAssignableFrom(type))
                return true;
        return IsHandleByShape(type);
    }

    private static bool IsHandleByShape(Type type)
    {
        if (typeof(Exception).IsAssignableFrom(type) || typeof(IFormattable).IsAssignableFrom(type) || type == typeof(JsonDocument))
            return false;
        // Lazy sequences are disposable, and headers and forms live in the web framework: what can be listed is a value.
        if (typeof(IEnumerable).IsAssignableFrom(type))
            return false;
        if (typeof(IDisposable).IsAssignableFrom(type) || typeof(IAsyncDisposable).IsAssignableFrom(type))
            return true;
        return type.Namespace is { } name && Array.Exists(Namespaces, prefix => IsUnder(name, prefix));
    }

    private static bool IsUnder(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal) && (name.Length == prefix.Length || name[prefix.Length] == '.');
}
