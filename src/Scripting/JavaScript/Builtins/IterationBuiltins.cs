namespace Platform.Scripting.JavaScript;

/// <summary>What a list iterator gives out.</summary>
internal enum ListIteratorKind
{
    Keys,
    Values,
    Entries,
}

/// <summary>The iterators of built-in collections: all of them walk a source by position.</summary>
internal sealed class JsListIterator(Realm realm, IntrinsicId prototype, Func<int, (JsValue Item, int Next)> next)
    : JsObject(realm, realm.Intrinsic(prototype))
{
    private int _position;
    private bool _isDone;

    public override string ClassName => "Iterator";

    /// <summary>True while loops may call <see cref="TryNext"/> without asking the script's <c>next</c>.</summary>
    public bool IsPristine => !Realm.ArrayIterationIsPatched && Shape is { Count: 0 };

    public IntrinsicId Kind { get; } = prototype;

    public bool TryNext(out JsValue item)
    {
        item = default;
        if (_isDone)
            return false;
        (item, _position) = next(_position);
        if (!item.IsHole)
            return true;
        _isDone = true;
        item = default;
        return false;
    }
}

/// <summary>Iterators, generators and async generators.</summary>
internal static class IterationBuiltins
{
    public static readonly BuiltinTemplate IteratorPrototype = new BuiltinTemplate("Iterator")
        .Method(JsSymbol.Iterator, "[Symbol.iterator]", 0, (_, self, _) => self);

    public static readonly BuiltinTemplate AsyncIteratorPrototype = new BuiltinTemplate("AsyncIterator")
        .Method(JsSymbol.AsyncIterator, "[Symbol.asyncIterator]", 0, (_, self, _) => self);

    public static readonly BuiltinTemplate GeneratorPrototype = new BuiltinTemplate("Generator")
        .Method("next", 1, (_, self, args) => Generator(self).Resume(ResumeMode.Next, args.At(0)))
        .Method("return", 1, (_, self, args) => Generator(self).Resume(ResumeMode.Return, args.At(0)))
        .Method("throw", 1, (_, self, args) => Generator(self).Resume(ResumeMode.Throw, args.At(0)))
        .Link("constructor", IntrinsicId.GeneratorFunctionPrototype, PropertyFlags.Configurable)
        .Tag("Generator");

    public static readonly BuiltinTemplate AsyncGeneratorPrototype = new BuiltinTemplate("AsyncGenerator")
        .Method("next", 1, (_, self, args) => AsyncGenerator(self).Request(ResumeMode.Next, args.At(0)))
        .Method("return", 1, (_, self, args) => AsyncGenerator(self).Request(ResumeMode.Return, args.At(0)))
        .Method("throw", 1, (_, self, args) => AsyncGenerator(self).Request(ResumeMode.Throw, args.At(0)))
        .Tag("AsyncGenerator");

    public static readonly BuiltinTemplate GeneratorFunctionPrototype = new BuiltinTemplate("GeneratorFunction")
        .Made("constructor", realm => Refusing(realm, "GeneratorFunction"), PropertyFlags.Configurable)
        .Link("prototype", IntrinsicId.GeneratorPrototype, PropertyFlags.Configurable)
        .Tag("GeneratorFunction");

    public static readonly BuiltinTemplate AsyncGeneratorFunctionPrototype = new BuiltinTemplate("AsyncGeneratorFunction")
        .Made("constructor", realm => Refusing(realm, "AsyncGeneratorFunction"), PropertyFlags.Configurable)
        .Link("prototype", IntrinsicId.AsyncGeneratorPrototype, PropertyFlags.Configurable)
        .Tag("AsyncGeneratorFunction");

    public static readonly BuiltinTemplate AsyncFunctionPrototype = new BuiltinTemplate("AsyncFunction")
        .Made("constructor", realm => Refusing(realm, "AsyncFunction"), PropertyFlags.Configurable)
        .Tag("AsyncFunction");

    public static readonly BuiltinTemplate AsyncFromSyncIteratorPrototype = new BuiltinTemplate("AsyncFromSyncIterator")
        .Methods(1, name => (_, self, args) => FromSync(self).Step(name, args.At(0)), "next", "return", "throw");

    public static BuiltinTemplate ListIteratorPrototype(string tag) => new BuiltinTemplate(tag)
        .Method("next", 0, (realm, self, _) =>
        {
            if (!self.TryGetObject<JsListIterator>(out var iterator))
                throw JsThrow.Type($"next method called on incompatible receiver {Coerce.Describe(self)}");
            var more = iterator.TryNext(out var item);
            return Iteration.Result(realm, more ? item : JsValue.Undefined, !more);
        })
        .Tag(tag);

    // These constructors would make code from text.
    private static JsBuiltinFunction Refusing(Realm realm, string name) =>
        new(realm, name, 1, FunctionBuiltins.Call, (r, args, newTarget) => FunctionBuiltins.Construct(r, args, newTarget));

    private static JsGenerator Generator(JsValue self) =>
        self.TryGetObject<JsGenerator>(out var generator) ? generator : throw JsThrow.Type($"next method called on incompatible receiver {Coerce.Describe(self)}");

    private static JsAsyncGenerator AsyncGenerator(JsValue self) =>
        self.TryGetObject<JsAsyncGenerator>(out var generator) ? generator : throw JsThrow.Type($"next method called on incompatible receiver {Coerce.Describe(self)}");

    private static JsAsyncFromSyncIterator FromSync(JsValue self) =>
        self.TryGetObject<JsAsyncFromSyncIterator>(out var iterator) ? iterator : throw JsThrow.Type("next method called on incompatible receiver");
}
