using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Scripting.JavaScript;

/// <summary>A host object with values by position.</summary>
internal abstract class HostList(Realm realm)
{
    protected Realm Realm { get; } = realm;

    public abstract object Target { get; }

    public abstract int Count { get; }

    public virtual bool IsReadOnly => false;

    /// <summary>True when values may be replaced but the number of values may not change.</summary>
    public virtual bool IsFixedSize => false;

    public abstract JsValue Get(int index);

    public abstract void Set(int index, JsValue value);

    public abstract void Add(JsValue value);

    public abstract void RemoveLast();
}

/// <summary>Arrays and lists of the framework.</summary>
internal sealed class ObjectList(Realm realm, IList list) : HostList(realm)
{
    private readonly Type _itemType = ItemType(list.GetType());

    public override object Target => list;
    public override int Count => list.Count;
    public override bool IsReadOnly => list is { IsReadOnly: true, IsFixedSize: true } and not Array;
    public override bool IsFixedSize => list.IsFixedSize || list.IsReadOnly;

    public override JsValue Get(int index) => HostValue.ToScript(Realm, list[index]);

    public override void Set(int index, JsValue value) => list[index] = HostConversion.To(HostValue.ToHost(Realm, value), _itemType);

    public override void Add(JsValue value) => list.Add(HostConversion.To(HostValue.ToHost(Realm, value), _itemType));

    public override void RemoveLast() => list.RemoveAt(list.Count - 1);

    private static Type ItemType(Type type)
    {
        if (type.IsArray)
            return type.GetElementType()!;
        var contract = Array.Find(type.GetInterfaces(), i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IList<>));
        return contract?.GenericTypeArguments[0] ?? typeof(object);
    }
}

/// <summary>A JSON array that cannot be changed.</summary>
internal sealed class JsonElementList(Realm realm, JsonElement element) : HostList(realm)
{
    public override object Target => element;
    public override int Count => element.GetArrayLength();
    public override bool IsReadOnly => true;
    public override bool IsFixedSize => true;

    public override JsValue Get(int index) => HostValue.ToScript(Realm, element[index]);

    public override void Set(int index, JsValue value) => throw ReadOnly();

    public override void Add(JsValue value) => throw ReadOnly();

    public override void RemoveLast() => throw ReadOnly();

    private static JsThrow ReadOnly() => JsThrow.Type("Cannot change a read only JSON array");
}

/// <summary>A JSON array that can be changed.</summary>
internal sealed class JsonArrayList(Realm realm, JsonArray node) : HostList(realm)
{
    public override object Target => node;
    public override int Count => node.Count;

    public override JsValue Get(int index) => HostValue.ToScript(Realm, node[index]);

    public override void Set(int index, JsValue value) => node[index] = HostConversion.ToNode(HostValue.ToHost(Realm, value));

    public override void Add(JsValue value) => node.Add(HostConversion.ToNode(HostValue.ToHost(Realm, value)));

    public override void RemoveLast() => node.RemoveAt(node.Count - 1);
}
