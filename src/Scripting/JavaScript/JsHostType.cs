using System.Collections.Frozen;
using System.Collections.ObjectModel;
using System.Reflection;
using System.Text.Json;

namespace Platform.Scripting.JavaScript;

/// <summary>
/// A type of the host that scripts may make instances of with <c>new</c>, and whose public static members they may use, under their own
/// and their camel-case names. The members of an enum are its names. What an instance offers is decided as for any host object.
/// Immutable; share one between runs.
/// </summary>
public sealed class JsHostType
{
    /// <summary>A type.</summary>
    /// <param name="type">The type. Its constructors and static methods must be harmless in the hands of strangers.</param>
    /// <param name="members">Static members with another content than the type's own, for example the current time. Default: none.</param>
    public JsHostType(Type type, IReadOnlyDictionary<string, JsHostCallback>? members = null)
    {
        ArgumentNullException.ThrowIfNull(type);
        Type = type;
        Members = (members ?? ReadOnlyDictionary<string, JsHostCallback>.Empty).ToFrozenDictionary();
        Constructors = type.IsEnum || type.IsAbstract ? [] : [.. type.GetConstructors().Where(IsCallable)];
        Methods = type.IsEnum ? [] : [.. type.GetMethods(BindingFlags.Public | BindingFlags.Static).Where(method => !method.IsSpecialName && !method.ContainsGenericParameters && IsCallable(method)).GroupBy(method => method.Name)];
        Values = type.IsEnum
            ? [.. Enum.GetNames(type).Select(name => new HostStatic(name, () => name))]
            : [.. type.GetProperties(BindingFlags.Public | BindingFlags.Static).Where(property => property.CanRead && property.GetIndexParameters().Length == 0).Select(property => new HostStatic(property.Name, () => property.GetValue(null))),
               .. type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => new HostStatic(field.Name, () => field.GetValue(null)))];
    }

    /// <summary>The type.</summary>
    public Type Type { get; }

    internal FrozenDictionary<string, JsHostCallback> Members { get; }

    internal ConstructorInfo[] Constructors { get; }

    internal IGrouping<string, MethodInfo>[] Methods { get; }

    internal HostStatic[] Values { get; }

    private static bool IsCallable(MethodBase method) => Array.TrueForAll(method.GetParameters(), parameter => !parameter.ParameterType.IsByRef && !parameter.ParameterType.IsByRefLike && !parameter.ParameterType.IsPointer);
}

/// <summary>A static value of a host type.</summary>
internal sealed record HostStatic(string Name, Func<object?> Read);

/// <summary>A type of the host as a constructor of the script.</summary>
internal sealed class JsHostTypeObject(Realm realm, JsHostType type) : JsFunction(realm, realm.FunctionPrototype), IHostWrapper
{
    public object HostObject => type;

    public override bool IsConstructor => type.Constructors.Length > 0 || type.Type.IsValueType;

    protected override string FunctionName => type.Type.Name;

    protected override int FunctionLength => 0;

    public override JsValue Call(JsValue thisValue, ReadOnlySpan<JsValue> args) =>
        throw JsThrow.Type($"{FunctionName} is a type. Make a value with 'new {FunctionName}(...)', or use its members");

    public override JsValue Construct(ReadOnlySpan<JsValue> args, JsObject newTarget)
    {
        if (!IsConstructor)
            return base.Construct(args, newTarget);
        Realm.EnterNative();
        var values = HostArguments(args);
        var made = values.Length == 0 && type.Type.IsValueType
            ? Activator.CreateInstance(type.Type)
            : HostCalls.Guard(Realm, () => HostOverloads.Invoke(Realm, type.Constructors, null, values));
        var result = HostValue.ToScript(Realm, made);
        Realm.LeaveNative();
        return result;
    }

    protected override void AddOwnProperties()
    {
        AddOwn(PropertyKey.Named("prototype"), Prototype(), PropertyFlags.None);
        foreach (var value in type.Values)
            AddValue(value.Name, type.Members.TryGetValue(value.Name, out var member) ? member : _ => value.Read());
        foreach (var methods in type.Methods)
            AddMethod(methods.Key, [.. methods]);
    }

    private JsObject Prototype() => type.Type == typeof(DateTime) || type.Type == typeof(DateTimeOffset) ? Realm.Intrinsic(IntrinsicId.HostDatePrototype)
        : type.Type == typeof(TimeSpan) ? Realm.Intrinsic(IntrinsicId.HostTimeSpanPrototype)
        : Realm.ObjectPrototype;

    private void AddValue(string name, JsHostCallback read)
    {
        var getter = new JsAccessor(
            new JsBuiltinFunction(Realm, "get " + name, 0, (realm, _, _) => HostValue.ToScript(realm, HostCalls.Guard(realm, () => read(new JsArguments(realm, []))))), null);
        Add(name, JsValue.Of(getter), PropertyFlags.Enumerable);
    }

    private void AddMethod(string name, MethodInfo[] methods)
    {
        var function = type.Members.TryGetValue(name, out var member)
            ? new JsHostFunction(name, member)
            : new JsHostFunction(name, args => HostOverloads.Invoke(Realm, methods, null, HostDelegates.All(args)), methods[0].GetParameters().Length);
        Add(name, new JsHostFunctionObject(Realm, function), PropertyFlags.Hidden);
    }

    private void Add(string name, JsValue value, PropertyFlags flags)
    {
        AddOwn(PropertyKey.Named(name), value, flags);
        var camel = JsonNamingPolicy.CamelCase.ConvertName(name);
        if (camel != name)
            AddOwn(PropertyKey.Named(camel), value, PropertyFlags.Hidden);
    }

    private object?[] HostArguments(ReadOnlySpan<JsValue> args)
    {
        var values = new object?[args.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = HostValue.ToHost(Realm, args[i]);
        return values;
    }
}
