using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Scripting.JavaScript;

/// <summary>A host object with named values.</summary>
internal abstract class HostMap(Realm realm)
{
    protected Realm Realm { get; } = realm;

    public abstract object Target { get; }

    public virtual bool IsReadOnly => false;

    public abstract IEnumerable<string> Names { get; }

    public abstract bool TryGet(string name, out JsValue value);

    public abstract void Set(string name, JsValue value);

    public virtual bool Remove(string name) => false;
}

/// <summary>A dictionary of objects, ExpandoObject included.</summary>
internal sealed class DictionaryMap(Realm realm, IDictionary<string, object?> map) : HostMap(realm)
{
    public override object Target => map;
    public override bool IsReadOnly => map.IsReadOnly;
    public override IEnumerable<string> Names => [.. map.Keys];

    public override bool TryGet(string name, out JsValue value)
    {
        if (map.TryGetValue(name, out var item))
        {
            value = HostValue.ToScript(Realm, item);
            return true;
        }

        value = default;
        return false;
    }

    public override void Set(string name, JsValue value) => map[name] = HostValue.ToHost(Realm, value);

    public override bool Remove(string name) => map.Remove(name);
}

/// <summary>A dictionary of any other types; keys are compared as text.</summary>
internal sealed class LooseDictionaryMap : HostMap
{
    private readonly IDictionary _map;
    private readonly Type _valueType;

    public LooseDictionaryMap(Realm realm, IDictionary map)
        : base(realm)
    {
        _map = map;
        var contract = Array.Find(map.GetType().GetInterfaces(), i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IDictionary<,>));
        _valueType = contract?.GenericTypeArguments[1] ?? typeof(object);
    }

    public override object Target => _map;
    public override bool IsReadOnly => _map.IsReadOnly;

    public override IEnumerable<string> Names =>
        [.. _map.Keys.Cast<object>().Select(k => Convert.ToString(k, CultureInfo.InvariantCulture) ?? "")];

    public override bool TryGet(string name, out JsValue value)
    {
        value = default;
        if (Key(name) is not { } key)
            return false;
        value = HostValue.ToScript(Realm, _map[key]);
        return true;
    }

    public override void Set(string name, JsValue value) =>
        _map[Key(name) ?? name] = HostConversion.To(HostValue.ToHost(Realm, value), _valueType);

    public override bool Remove(string name)
    {
        if (Key(name) is not { } key)
            return false;
        _map.Remove(key);
        return true;
    }

    private object? Key(string name)
    {
        foreach (var key in _map.Keys)
        {
            if (key is string text ? text == name : Convert.ToString(key, CultureInfo.InvariantCulture) == name)
                return key;
        }

        return null;
    }
}

/// <summary>A JSON object that cannot be changed.</summary>
internal sealed class JsonElementMap(Realm realm, JsonElement element) : HostMap(realm)
{
    public override object Target => element;
    public override bool IsReadOnly => true;
    public override IEnumerable<string> Names => element.EnumerateObject().Select(p => p.Name).Distinct();

    public override bool TryGet(string name, out JsValue value)
    {
        if (element.TryGetProperty(name, out var item))
        {
            value = HostValue.ToScript(Realm, item);
            return true;
        }

        value = default;
        return false;
    }

    public override void Set(string name, JsValue value) => throw JsThrow.Type($"Cannot assign to read only property '{name}' of a JSON value");
}

/// <summary>A JSON object that can be changed.</summary>
internal sealed class JsonObjectMap(Realm realm, JsonObject node) : HostMap(realm)
{
    public override object Target => node;
    public override IEnumerable<string> Names => [.. node.Select(p => p.Key)];

    public override bool TryGet(string name, out JsValue value)
    {
        if (node.TryGetPropertyValue(name, out var item))
        {
            value = HostValue.ToScript(Realm, item);
            return true;
        }

        value = default;
        return false;
    }

    public override void Set(string name, JsValue value) => node[name] = HostConversion.ToNode(HostValue.ToHost(Realm, value));

    public override bool Remove(string name) => node.Remove(name);
}

/// <summary>A host object that scripts can hold and hand to functions of the host, and nothing else: it shows nothing.</summary>
internal sealed class OpaqueMap(Realm realm, object target) : HostMap(realm)
{
    public override object Target => target;
    public override bool IsReadOnly => true;
    public override IEnumerable<string> Names => [];

    public override bool TryGet(string name, out JsValue value)
    {
        value = default;
        return false;
    }

    public override void Set(string name, JsValue value) => throw JsThrow.Type($"Cannot assign to property '{name}' of a host object");
}

/// <summary>The readable public properties of any other object, by their own and by their camel-case names.</summary>
internal sealed class ObjectMap(Realm realm, object target) : HostMap(realm)
{
    private readonly HostTypeMembers _members = HostTypeMembers.Of(target.GetType());
    private Dictionary<string, JsValue>? _methods;

    public override object Target => target;
    public override bool IsReadOnly => true;
    public override IEnumerable<string> Names => _members.Names;

    public override bool TryGet(string name, out JsValue value)
    {
        if (_members.Find(name) is { } property)
        {
            value = HostValue.ToScript(Realm, HostCalls.Guard(Realm, () => property.GetValue(target)));
            return true;
        }

        return TryGetMethod(name, out value);
    }

    public override void Set(string name, JsValue value) => throw JsThrow.Type($"Cannot assign to read only property '{name}' of a host object");

    private bool TryGetMethod(string name, out JsValue value)
    {
        value = default;
        if (Realm.Options.AllowedMethods.Count == 0 || _members.FindMethod(name, Realm.Options.AllowedMethods) is not { } methods)
            return false;
        _methods ??= [];
        if (!_methods.TryGetValue(name, out value))
            _methods[name] = value = new JsHostFunctionObject(Realm, HostDelegates.ToHostFunction(Realm, name, methods, target));
        return true;
    }
}
