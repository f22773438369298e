namespace Platform.Scripting.JavaScript;

/// <summary><c>Promise</c>.</summary>
internal static class PromiseBuiltins
{
    public static readonly BuiltinTemplate Prototype = new BuiltinTemplate("Promise")
        .Link("constructor", IntrinsicId.Promise)
        .Method("catch", 1, (realm, self, args) => Then(realm, self).Call(self, [JsValue.Undefined, args.At(0)]))
        .Method("finally", 1, Finally)
        .Method("then", 2, (realm, self, args) =>
        {
            if (!self.TryGetObject<JsPromise>(out var promise))
                throw JsThrow.Type($"Method Promise.prototype.then called on incompatible receiver {Coerce.Describe(self)}");
            var result = PromiseCapability.Create(realm, Species(realm, promise));
            promise.Then(args.At(0).AsFunction(), args.At(1).AsFunction(), result);
            return result.Promise;
        })
        .Tag("Promise");

    public static readonly BuiltinTemplate Statics = new BuiltinTemplate("Promise")
        .Method("all", 1, (realm, self, args) => Combine(realm, self, args.At(0), Combinator.All))
        .Method("allSettled", 1, (realm, self, args) => Combine(realm, self, args.At(0), Combinator.AllSettled))
        .Method("any", 1, (realm, self, args) => Combine(realm, self, args.At(0), Combinator.Any))
        .Method("race", 1, (realm, self, args) => Combine(realm, self, args.At(0), Combinator.Race))
        .Method("reject", 1, (realm, self, args) =>
        {
            var result = PromiseCapability.Create(realm, self);
            result.Reject(args.At(0));
            return result.Promise;
        })
        .Method("resolve", 1, (realm, self, args) => Resolve(realm, self, args.At(0)))
        .Method("withResolvers", 0, (realm, self, _) =>
        {
            var promise = new JsPromise(realm);
            var (resolve, reject) = promise.ResolvingFunctions();
            var result = realm.NewObject();
            result.AddNamed("promise", promise);
            result.AddNamed("resolve", resolve);
            result.AddNamed("reject", reject);
            return result;
        })
        .Getter(JsSymbol.Species, "[Symbol.species]", (_, self, _) => self);

    private enum Combinator
    {
        All,
        AllSettled,
        Any,
        Race,
    }

    public static JsValue Construct(Realm realm, ReadOnlySpan<JsValue> args, JsObject newTarget)
    {
        var executor = args.At(0).AsFunction() ?? throw JsThrow.Type($"Promise resolver {Coerce.Describe(args.At(0))} is not a function");
        var promise = new JsPromise(realm, Realm.PrototypeFrom(newTarget, realm.PromisePrototype));
        var (resolve, reject) = promise.ResolvingFunctions();
        var state = realm.Save();
        try
        {
            executor.Call(JsValue.Undefined, [resolve, reject]);
        }
        catch (JsThrow error)
        {
            var reason = realm.ValueOf(error);
            realm.Restore(state);
            reject.Call(JsValue.Undefined, [reason]);
        }

        return promise;
    }

    private static JsValue Resolve(Realm realm, JsValue constructor, JsValue value)
    {
        if (!constructor.IsObject)
            throw JsThrow.Type("PromiseResolve called on non-object");
        if (value.TryGetObject<JsPromise>(out var known))
        {
            var own = known.Get("constructor");
            if (own.IsObject && ReferenceEquals(own.Object, constructor.Object))
                return value;
        }

        var result = PromiseCapability.Create(realm, constructor);
        result.Resolve(value);
        return result.Promise;
    }

    private static JsFunction Then(Realm realm, JsValue self) =>
        Coerce.ToFunction(PropertyAccess.Get(realm, self, PropertyKey.Named("then"), self));

    private static JsValue Species(Realm realm, JsPromise promise)
    {
        var constructor = promise.Get("constructor");
        if (!constructor.IsObject)
            return realm.Intrinsic(IntrinsicId.Promise);
        var species = constructor.Object.Get(JsSymbol.Species);
        return species.IsNullish ? realm.Intrinsic(IntrinsicId.Promise) : species;
    }

    private static JsValue Finally(Realm realm, JsValue self, ReadOnlySpan<JsValue> args)
    {
        if (!self.IsObject)
            throw JsThrow.Type("Promise.prototype.finally called on a non-object");
        if (args.At(0).AsFunction() is not { } handler)
            return Then(realm, self).Call(self, [args.At(0), args.At(0)]);
        var constructor = self.Object is JsPromise promise ? Species(realm, promise) : realm.Intrinsic(IntrinsicId.Promise);
        var onFulfilled = new JsBuiltinFunction(realm, "", 1, (r, _, inner) =>
        {
            var value = inner.At(0);
            var waited = Resolve(r, constructor, handler.Call(JsValue.Undefined, []));
            return Then(r, waited).Call(waited, [new JsBuiltinFunction(r, "", 0, (_, _, _) => value)]);
        });
        var onRejected = new JsBuiltinFunction(realm, "", 1, (r, _, inner) =>
        {
            var reason = inner.At(0);
            var waited = Resolve(r, constructor, handler.Call(JsValue.Undefined, []));
            return Then(r, waited).Call(waited, [new JsBuiltinFunction(r, "", 0, (_, _, _) => throw new JsThrow(reason))]);
        });
        return Then(realm, self).Call(self, [onFulfilled, onRejected]);
    }

    private static JsValue Combine(Realm realm, JsValue constructor, JsValue source, Combinator kind)
    {
        var result = PromiseCapability.Create(realm, constructor);
        var state = realm.Save();
        try
        {
            var resolve = Coerce.ToFunction(constructor.Object.Get("resolve"));
            var collector = new Collector(realm, result, kind);
            var index = 0;
            Iteration.Each(realm, source, item =>
            {
                var promise = resolve.Call(constructor, [item]);
                collector.Add(promise, index++);
                return true;
            });
            collector.Finish();
        }
        catch (JsThrow error)
        {
            var reason = realm.ValueOf(error);
            realm.Restore(state);
            result.Reject(reason);
        }

        return result.Promise;
    }

    // Gathers the results of several promises by position.
    private sealed class Collector(Realm realm, PromiseCapability result, Combinator kind)
    {
        private readonly List<JsValue> _values = [];
        private int _remaining = 1;

        public void Add(JsValue promise, int index)
        {
            realm.Allocate(400);
            if (kind == Combinator.Race)
            {
                Then(realm, promise).Call(promise, [Function(result.Resolve), Function(result.Reject)]);
                return;
            }

            _values.Add(JsValue.Undefined);
            _remaining++;
            var called = false;
            JsFunction Once(Func<JsValue, JsValue> convert) => Function(value =>
            {
                if (called)
                    return;
                called = true;
                _values[index] = convert(value);
                Finish();
            });
            var (fulfilled, rejected) = kind switch
            {
                Combinator.All => (Once(v => v), Function(result.Reject)),
                Combinator.AllSettled => (Once(v => Settled("fulfilled", "value", v)), Once(v => Settled("rejected", "reason", v))),
                _ => (Function(result.Resolve), Once(v => v)),
            };
            Then(realm, promise).Call(promise, [fulfilled, rejected]);
        }

        public void Finish()
        {
            if (kind == Combinator.Race || --_remaining > 0)
                return;
            var values = JsArray.From(realm, _values);
            if (kind != Combinator.Any)
            {
                result.Resolve(values);
                return;
            }

            var error = realm.NewError(JsErrorKind.AggregateError, "All promises were rejected");
            error.AddNamed("errors", values, PropertyFlags.Hidden);
            result.Reject(error);
        }

        private JsBuiltinFunction Function(Action<JsValue> action) => new(realm, "", 1, (_, _, args) =>
        {
            action(args.At(0));
            return JsValue.Undefined;
        });

        private JsObject Settled(string status, string name, JsValue value)
        {
            var entry = realm.NewObject();
            entry.AddNamed("status", status);
            entry.AddNamed(name, value);
            return entry;
        }
    }
}
