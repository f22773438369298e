using System.Diagnostics;
using System.Reflection;

namespace Platform.Engine.Values;

/// <summary>Makes delegates of generic methods for types that are only known at run time. Slow; callers keep the result.</summary>
internal static class GenericMethod
{
    /// <summary>A delegate of a private static generic method.</summary>
    /// <typeparam name="TDelegate">The method's signature.</typeparam>
    /// <param name="owner">The class with the method.</param>
    /// <param name="name">The method's name; it has no overloads.</param>
    /// <param name="arguments">The type arguments.</param>
    public static TDelegate Bind<TDelegate>(Type owner, string name, params Type[] arguments)
        where TDelegate : Delegate
    {
        var method = owner.GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)
            ?? throw new UnreachableException($"{owner.Name} has no method {name}.");
        return method.MakeGenericMethod(arguments).CreateDelegate<TDelegate>();
    }
}
