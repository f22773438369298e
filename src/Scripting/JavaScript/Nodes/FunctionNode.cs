namespace Platform.Scripting.JavaScript;

/// <summary>A function expression, arrow function, declaration or method: makes a closure.</summary>
internal sealed class FunctionNode(FunctionCode code) : Node
{
    public FunctionCode Code { get; } = code;

    public override bool IsAnonymousFunction => Code.Name.Length == 0;

    public override JsValue Evaluate(Frame frame) => Create(frame, Code.Name, null);

    public override JsValue EvaluateNamed(Frame frame, PropertyKey name) => Create(frame, name.ToText(), null);

    /// <summary>Makes a closure; methods get the object that <c>super</c> starts from.</summary>
    public JsScriptFunction Create(Frame frame, string name, JsObject? home)
    {
        var function = new JsScriptFunction(frame.Realm, Code, Code.Capture(frame), name)
        {
            // Arrow functions see the super of the function around them.
            HomeObject = home ?? (Code.IsArrow ? frame.Function?.HomeObject : null),
        };
        return function;
    }
}

/// <summary><c>yield value</c>.</summary>
internal sealed class YieldNode(Node? value) : Node
{
    public override JsValue Evaluate(Frame frame) => throw new InvalidOperationException("Yield needs the asynchronous way.");

    public override async Step<JsValue> EvaluateAsync(Frame frame)
    {
        var result = value is null ? JsValue.Undefined : await value.Step(frame);
        frame.Position = Position;
        var coroutine = frame.Coroutine!;
        if (!coroutine.IsAsyncGenerator)
            return await coroutine.Yield(result);

        // Async generators await both what they yield and what return() passes in.
        result = await coroutine.Await(result);
        try
        {
            return await coroutine.Yield(result);
        }
        catch (GeneratorReturn returned)
        {
            throw new GeneratorReturn(await coroutine.Await(returned.Value));
        }
    }

    public static YieldNode Create(Node? value, int position) => new(value) { Position = position, Suspends = true };
}

/// <summary><c>yield* iterable</c>.</summary>
internal sealed class YieldStarNode(Node iterable) : Node
{
    public override JsValue Evaluate(Frame frame) => throw new InvalidOperationException("Yield needs the asynchronous way.");

    public override async Step<JsValue> EvaluateAsync(Frame frame)
    {
        var source = await iterable.Step(frame);
        frame.Position = Position;
        var coroutine = frame.Coroutine!;
        var isAsync = coroutine.IsAsyncGenerator;
        var iterator = isAsync ? Iteration.GetAsyncIterator(frame.Realm, source) : Iteration.GetIterator(frame.Realm, source);
        var next = Coerce.ToFunction(iterator.Get("next"));
        var sent = JsValue.Undefined;
        JsFunction? method = next;
        var isReturning = false;
        while (true)
        {
            frame.Realm.Step();
            var result = method!.Call(iterator, [sent]);
            if (isAsync)
                result = await coroutine.Await(result);
            if (!result.IsObject)
                throw JsThrow.Type($"Iterator result {Coerce.Describe(result)} is not an object");
            if (Coerce.ToBoolean(result.Object.Get("done")))
            {
                var final = result.Object.Get("value");
                return isReturning ? throw new GeneratorReturn(final) : final;
            }

            method = next;
            isReturning = false;
            try
            {
                sent = isAsync
                    ? await coroutine.Yield(result.Object.Get("value"))
                    : await coroutine.YieldResult(result);
            }
            catch (JsThrow error)
            {
                sent = frame.Realm.ValueOf(error);
                method = iterator.GetMethod(PropertyKey.Named("throw"));
                if (method is null)
                {
                    Iteration.CloseQuietly(iterator);
                    throw JsThrow.Type("The iterator does not provide a 'throw' method");
                }
            }
            catch (GeneratorReturn returned)
            {
                sent = returned.Value;
                isReturning = true;
                method = iterator.GetMethod(PropertyKey.Named("return"));
                if (method is null)
                    throw;
            }
        }
    }

    public static YieldStarNode Create(Node iterable, int position) => new(iterable) { Position = position, Suspends = true };
}

/// <summary><c>await value</c>.</summary>
internal sealed class AwaitNode(Node value) : Node
{
    public override JsValue Evaluate(Frame frame) => throw new InvalidOperationException("Await needs the asynchronous way.");

    public override async Step<JsValue> EvaluateAsync(Frame frame)
    {
        var result = await value.Step(frame);
        frame.Position = Position;
        return await frame.Coroutine!.Await(result);
    }

    public static AwaitNode Create(Node value, int position) => new(value) { Position = position, Suspends = true };
}
