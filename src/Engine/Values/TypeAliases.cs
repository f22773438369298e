using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Platform.Engine.Values;

/// <summary>
/// The names that types have in definitions, on the wire and in stored state. Immutable: <see cref="With(Type, string[])"/>
/// returns a larger set. Names are matched in any case. Only registered types and the collection forms over them can be
/// reached, so text from outside never loads or finds any other type.
/// </summary>
/// <remarks>
/// Besides plain aliases these forms are read: <c>X?</c>, <c>X[]</c>, <c>List&lt;X&gt;</c> and its relatives (an interface
/// reads as the <see cref="List{T}"/>, <see cref="HashSet{T}"/> or <see cref="Dictionary{TKey, TValue}"/> that a value of it
/// would be), and reflection's spelling of the same types, with or without assembly names.
/// </remarks>
public sealed class TypeAliases
{
    private const string Fallback = "Object";

    private readonly ImmutableDictionary<string, Type> _types;
    private readonly ImmutableDictionary<Type, string> _aliases;
    private readonly ImmutableDictionary<string, Type> _generics;

    private TypeAliases(
        ImmutableDictionary<string, Type> types,
        ImmutableDictionary<Type, string> aliases,
        ImmutableDictionary<string, Type> generics,
        ImmutableList<VariableTypeEntry> pickable)
    {
        _types = types;
        _aliases = aliases;
        _generics = generics;
        Pickable = pickable;
    }

    /// <summary>The types of the base library that Elsa's files name.</summary>
    public static TypeAliases BuiltIn { get; } = CreateBuiltIn();

    /// <summary>What the variable picker offers, in display order.</summary>
    public IReadOnlyList<VariableTypeEntry> Pickable { get; }

    /// <summary>This set and one more type.</summary>
    /// <param name="type">
    /// The type. Its namespaced name becomes readable too. A type that has an alias keeps that one for writing and becomes
    /// readable by the new ones.
    /// </param>
    /// <param name="aliases">One or more names; the first is the one that is written, the others are only read.</param>
    /// <exception cref="ArgumentException">There is no name, a name is blank, or it means another type already.</exception>
    public TypeAliases With(Type type, params string[] aliases)
    {
        if (aliases.Length == 0)
            throw new ArgumentException("A type needs an alias.", nameof(aliases));
        var types = _types.ToBuilder();
        foreach (var alias in aliases)
        {
            if (string.IsNullOrWhiteSpace(alias))
                throw new ArgumentException("An alias cannot be blank.", nameof(aliases));
            if (types.TryGetValue(alias, out var other) && other != type)
                throw new ArgumentException($"The alias '{alias}' means another type already.", nameof(aliases));
            types[alias] = type;
        }

        if (type is { IsConstructedGenericType: false, IsArray: false, FullName: { } fullName })
            types.TryAdd(fullName, type);
        var names = _aliases.ContainsKey(type) ? _aliases : _aliases.Add(type, aliases[0]);
        return new TypeAliases(types.ToImmutable(), names, _generics, (ImmutableList<VariableTypeEntry>)Pickable);
    }

    /// <summary>This set with one more entry at the end of <see cref="Pickable"/>.</summary>
    /// <param name="entry">The entry; its name must be readable by this set.</param>
    /// <exception cref="ArgumentException">The entry names a type that this set does not know.</exception>
    public TypeAliases WithPickable(VariableTypeEntry entry)
    {
        if (!TryGetType(entry.TypeName, out _))
            throw new ArgumentException($"The picker cannot offer '{entry.TypeName}', which is not a known type.", nameof(entry));
        return new TypeAliases(_types, _aliases, _generics, ((ImmutableList<VariableTypeEntry>)Pickable).Add(entry));
    }

    /// <summary>Finds the type that a name means.</summary>
    /// <param name="alias">An alias, a compound form, or reflection's spelling. Anything else is simply not found.</param>
    /// <param name="type">The type of values with that name; never an interface.</param>
    /// <returns>True when the name is known.</returns>
    public bool TryGetType([NotNullWhen(true)] string? alias, [NotNullWhen(true)] out Type? type)
    {
        type = null;
        if (string.IsNullOrWhiteSpace(alias))
            return false;
        if (_types.TryGetValue(alias, out type))
            return true;
        type = TypeName.Parse(alias) is { } name ? Resolve(name) : null;
        return type is not null;
    }

    /// <summary>
    /// The name of a type for people and for declarations. Never throws: a type without a name of its own goes by the name
    /// of its nearest named base class, and in the end by <c>Object</c>.
    /// </summary>
    /// <param name="type">Any type, also an interface form such as <c>ICollection&lt;string&gt;</c>.</param>
    public string GetAlias(Type type)
    {
        for (var candidate = type; candidate is not null && candidate != typeof(object); candidate = candidate.BaseType)
            if (TryGetAlias(candidate, out var alias))
                return alias;
        return Fallback;
    }

    /// <summary>
    /// The name of exactly this type. Differs from <see cref="GetAlias"/> in that there is no falling back, so reading the
    /// name gives this type again (or the concrete collection of an interface form).
    /// </summary>
    /// <param name="type">Any type.</param>
    /// <param name="alias">The name to write.</param>
    /// <returns>False when the type has no name.</returns>
    public bool TryGetAlias(Type type, [NotNullWhen(true)] out string? alias)
    {
        if (_aliases.TryGetValue(type, out alias))
            return true;
        if (type.IsSZArray && type.GetElementType() is { } item)
            alias = TryGetAlias(item, out var element) ? element + "[]" : null;
        else if (Nullable.GetUnderlyingType(type) is { } underlying)
            alias = TryGetAlias(underlying, out var value) ? value + "?" : null;
        else if (type.IsConstructedGenericType)
            alias = ComposeGenericAlias(type);
        return alias is not null;
    }

    private string? ComposeGenericAlias(Type type)
    {
        var definition = type.GetGenericTypeDefinition();
        if (definition.FullName is not { } fullName || !_generics.ContainsKey(fullName))
            return null;
        var arguments = type.GetGenericArguments();
        var names = new string[arguments.Length];
        for (var index = 0; index < names.Length; index++)
        {
            if (!TryGetAlias(arguments[index], out var name))
                return null;
            names[index] = name;
        }

        return $"{definition.Name.AsSpan(0, definition.Name.IndexOf('`'))}<{string.Join(", ", names)}>";
    }

    private Type? Resolve(TypeName name)
    {
        var type = name.Arguments.Count == 0 ? _types.GetValueOrDefault(name.Name) : ResolveGeneric(name);
        foreach (var suffix in name.Suffixes)
        {
            if (type is null)
                return null;
            type = suffix == '[' ? type.MakeArrayType() : MakeNullable(type);
        }

        return type;
    }

    private Type? ResolveGeneric(TypeName name)
    {
        if (!_generics.TryGetValue($"{name.Name}`{name.Arguments.Count}", out var definition))
            return null;
        var arguments = new Type[name.Arguments.Count];
        for (var index = 0; index < arguments.Length; index++)
        {
            if (Resolve(name.Arguments[index]) is not { } argument)
                return null;
            arguments[index] = argument;
        }

        if (definition == typeof(Nullable<>))
            return MakeNullable(arguments[0]);
        if (arguments.Length == 2 && Nullable.GetUnderlyingType(arguments[0]) is not null)
            return null;
        return definition.MakeGenericType(arguments);
    }

    /// <summary>References are nullable as they are; a nullable of a nullable does not exist.</summary>
    private static Type? MakeNullable(Type type)
    {
        if (!type.IsValueType)
            return type;
        return Nullable.GetUnderlyingType(type) is null ? typeof(Nullable<>).MakeGenericType(type) : null;
    }

    private static TypeAliases CreateBuiltIn()
    {
        var generics = ImmutableDictionary.CreateBuilder<string, Type>(StringComparer.OrdinalIgnoreCase);
        foreach (var (declared, concrete) in BuiltInTypes.Generic)
        {
            generics[declared.Name] = concrete;
            generics[declared.FullName ?? declared.Name] = concrete;
        }

        var empty = new TypeAliases(
            ImmutableDictionary.Create<string, Type>(StringComparer.OrdinalIgnoreCase),
            ImmutableDictionary.CreateRange(BuiltInTypes.Declared.Select(entry => KeyValuePair.Create(entry.Type, entry.Alias))),
            generics.ToImmutable(),
            [.. BuiltInTypes.Pickable]);
        return BuiltInTypes.Named.Aggregate(empty, (set, entry) => set.With(entry.Type, entry.Aliases));
    }
}
