namespace Platform.Scripting.JavaScript;

/// <summary>What a member of a class body is.</summary>
internal enum ClassMemberKind
{
    Method,
    Getter,
    Setter,
    Field,
    StaticBlock,
}

/// <summary>One member of a class body. A field's value and a static block are functions run with the object as <c>this</c>.</summary>
internal sealed record ClassMember(ClassMemberKind Kind, bool IsStatic, Node? ComputedKey, PropertyKey Key, IdentifierNode? PrivateName, FunctionNode? Value)
{
    public bool Suspends => ComputedKey is { Suspends: true };
}

/// <summary>A field to create on every instance.</summary>
internal sealed record ClassField(PropertyKey Key, JsScriptFunction? Initializer, bool IsMethod, JsValue Method);

/// <summary>The value of a field; the initialiser function around it is named after the field, and lends the name on.</summary>
internal sealed class FieldValueNode(Node inner) : Node
{
    public override JsValue Evaluate(Frame frame) => inner.IsAnonymousFunction
        ? inner.EvaluateNamed(frame, PropertyKey.Named(frame.Function!.DisplayName))
        : inner.Evaluate(frame);
}

/// <summary>A class expression or declaration.</summary>
internal sealed class ClassNode : Node
{
    private readonly string _name;
    private readonly Node? _heritage;
    private readonly FunctionNode _constructor;
    private readonly ClassMember[] _members;
    private readonly Scope _scope;
    private readonly IdentifierNode? _innerName;
    private readonly IdentifierNode[] _privateNames;

    public ClassNode(string name, Node? heritage, FunctionNode constructor, ClassMember[] members, Scope scope, IdentifierNode? innerName, IdentifierNode[] privateNames)
    {
        _name = name;
        _heritage = heritage;
        _constructor = constructor;
        _members = members;
        _scope = scope;
        _innerName = innerName;
        _privateNames = privateNames;
        Suspends = heritage is { Suspends: true } || members.Any(m => m.Suspends);
    }

    public override bool IsAnonymousFunction => _name.Length == 0;

    public override JsValue Evaluate(Frame frame) => EvaluateNamed(frame, PropertyKey.Named(_name));

    public override JsValue EvaluateNamed(Frame frame, PropertyKey name)
    {
        Enter(frame);
        JsValue? heritage = _heritage is null ? default(JsValue?) : _heritage.Evaluate(frame);
        var keys = new PropertyKey[_members.Length];
        for (var i = 0; i < _members.Length; i++)
            keys[i] = _members[i].ComputedKey is { } computed ? PropertyKey.Of(computed.Evaluate(frame)) : FixedKey(frame, _members[i]);
        return Build(frame, name.ToText(), heritage, keys);
    }

    public override async Step<JsValue> EvaluateAsync(Frame frame)
    {
        Enter(frame);
        JsValue? heritage = _heritage is null ? default(JsValue?) : await _heritage.Step(frame);
        var keys = new PropertyKey[_members.Length];
        for (var i = 0; i < _members.Length; i++)
            keys[i] = _members[i].ComputedKey is { } computed ? PropertyKey.Of(await computed.Step(frame)) : FixedKey(frame, _members[i]);
        return Build(frame, _name, heritage, keys);
    }

    private static PropertyKey FixedKey(Frame frame, ClassMember member) =>
        member.PrivateName is null ? member.Key : member.PrivateName.Evaluate(frame).Symbol;

    private void Enter(Frame frame)
    {
        _scope.Enter(frame);
        foreach (var name in _privateNames)
            name.Store(frame, new JsSymbol(name.Name, isPrivate: true), initialize: true);
    }

    private JsValue Build(Frame frame, string name, JsValue? heritage, PropertyKey[] keys)
    {
        frame.Position = Position;
        var realm = frame.Realm;
        var (parentPrototype, parent) = Parents(realm, heritage);
        var prototype = new JsObject(realm, parentPrototype);
        var constructor = _constructor.Create(frame, name, prototype);
        constructor.SetPrototype(parent);
        constructor.ClassPrototype = prototype;
        prototype.AddNamed("constructor", constructor, PropertyFlags.Hidden);
        _innerName?.Store(frame, constructor, initialize: true);
        var instanceFields = new List<ClassField>();
        var staticParts = new List<Action>();
        for (var i = 0; i < _members.Length; i++)
            AddMember(frame, _members[i], keys[i], constructor, prototype, instanceFields, staticParts);

        // Private methods exist before any field initialiser runs.
        constructor.Fields = [.. instanceFields.OrderBy(f => f.IsMethod ? 0 : 1)];
        foreach (var part in staticParts)
            part();
        return constructor;
    }

    private static (JsObject? Prototype, JsObject Constructor) Parents(Realm realm, JsValue? heritage)
    {
        if (heritage is not { } parent)
            return (realm.ObjectPrototype, realm.FunctionPrototype);
        if (parent.IsNull)
            return (null, realm.FunctionPrototype);
        if (parent.AsFunction() is not { IsConstructor: true } function)
            throw JsThrow.Type($"Class extends value {Coerce.Describe(parent)} is not a constructor or null");
        var prototype = function.Get("prototype");
        if (!prototype.IsObject && !prototype.IsNull)
            throw JsThrow.Type($"Class extends value does not have valid prototype property {Coerce.Describe(prototype)}");
        return (prototype.Reference as JsObject, function);
    }

    private static void AddMember(
        Frame frame,
        ClassMember member,
        PropertyKey key,
        JsScriptFunction constructor,
        JsObject prototype,
        List<ClassField> instanceFields,
        List<Action> staticParts)
    {
        JsObject home = member.IsStatic ? constructor : prototype;
        switch (member.Kind)
        {
            case ClassMemberKind.StaticBlock:
                var block = member.Value!.Create(frame, "", constructor);
                staticParts.Add(() => block.Call(constructor, []));
                return;
            case ClassMemberKind.Field:
                var field = new ClassField(key, member.Value?.Create(frame, key.ToText(), home), false, default);
                if (member.IsStatic)
                    staticParts.Add(() => JsScriptFunction.InitializeField(constructor, field));
                else
                    instanceFields.Add(field);
                return;
            default:
                AddMethod(frame, member, key, home, instanceFields);
                return;
        }
    }

    private static void AddMethod(Frame frame, ClassMember member, PropertyKey key, JsObject home, List<ClassField> instanceFields)
    {
        var prefix = member.Kind switch { ClassMemberKind.Getter => "get ", ClassMemberKind.Setter => "set ", _ => "" };
        JsValue function = member.Value!.Create(frame, prefix + key.ToText(), home);
        if (key.IsPrivate && !member.IsStatic)
        {
            AddPrivateMethod(member, key, function, instanceFields);
            return;
        }

        var request = member.Kind switch
        {
            ClassMemberKind.Getter => new PropertyRequest { Get = function, Enumerable = false, Configurable = true },
            ClassMemberKind.Setter => new PropertyRequest { Set = function, Enumerable = false, Configurable = true },
            _ => PropertyRequest.ForValue(function, key.IsPrivate ? PropertyFlags.Configurable : PropertyFlags.Hidden),
        };
        if (!home.Define(key, request))
            throw JsThrow.Type($"Cannot redefine property: {key}");
    }

    // A getter and a setter of one private name share one accessor on every instance.
    private static void AddPrivateMethod(ClassMember member, PropertyKey key, JsValue function, List<ClassField> fields)
    {
        if (member.Kind == ClassMemberKind.Method)
        {
            fields.Add(new ClassField(key, null, true, function));
            return;
        }

        var index = fields.FindIndex(f => f.IsMethod && f.Key.Equals(key));
        var old = index >= 0 && fields[index].Method.IsAccessor ? fields[index].Method.Accessor : null;
        var accessor = member.Kind == ClassMemberKind.Getter
            ? new JsAccessor(function.Object, old?.Set)
            : new JsAccessor(old?.Get, function.Object);
        var field = new ClassField(key, null, true, JsValue.Of(accessor));
        if (index >= 0)
            fields[index] = field;
        else
            fields.Add(field);
    }
}
