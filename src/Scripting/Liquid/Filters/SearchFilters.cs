namespace Platform.Scripting.Liquid;

/// <summary>
/// Filters that choose or group items: by a property and its value, or (<c>_exp</c>) by an expression in which the item has a name.
/// </summary>
internal static class SearchFilters
{
    public static void AddTo(Dictionary<string, FilterCode> filters)
    {
        filters["where"] = c => Filter(c, Property(c), expected: true);
        filters["reject"] = c => Filter(c, Property(c), expected: false);
        filters["where_exp"] = c => Filter(c, item => Evaluate(c, item) as bool?, expected: true);
        filters["reject_exp"] = c => Filter(c, item => Evaluate(c, item) as bool?, expected: false);
        filters["group_by"] = c => Group(c, Path(c));
        filters["group_by_exp"] = c => Group(c, item => Evaluate(c, item));
        filters["has"] = c => Search(c, Property(c)) >= 0;
        filters["has_exp"] = c => Search(c, Expression(c)) >= 0;
        filters["find"] = c => Found(c, Search(c, Property(c)));
        filters["find_exp"] = c => Found(c, Search(c, Expression(c)));
        filters["find_index"] = c => Search(c, Property(c)) is >= 0 and var index ? Numbers.Box(index) : Undefined.Value;
        filters["find_index_exp"] = c => Search(c, Expression(c)) is >= 0 and var index ? Numbers.Box(index) : Undefined.Value;
    }

    // The property of an item; the path may have brackets, and is looked up as if the item were all there is.
    private static Func<object?, object?> Path(FilterCall call)
    {
        var text = call.Text(0);
        call.Budget.Text(text.Length);
        var context = call.Context;
        Expression? path;
        try
        {
            path = new Tokenizer(text, LiquidParseOptions.Default.NestingMax).ReadScopeValue();
        }
        catch (LiquidSyntaxException error)
        {
            throw new LiquidFault($"'{text}' is not a property: {error.Detail}", error);
        }

        return item => path is null ? Undefined.Value
            : item is LiquidMap map ? path.Evaluate(context.Spawn(map))
            : item is LiquidList or string ? Members.ReadPath(context, item, text)
            : Undefined.Value;
    }

    private static Func<object?, bool?> Property(FilterCall call)
    {
        var path = Path(call);
        if (!call.Has(1))
            return item => Coerce.IsTruthy(path(item));
        return item => Coerce.AreEqual(call.Context, path(item), call[1]);
    }

    private static Func<object?, bool?> Expression(FilterCall call) => item => Coerce.IsTruthyInScript(Coerce.ToValue(Evaluate(call, item)));

    private static object? Evaluate(FilterCall call, object? item)
    {
        var expression = call.Context.Compile(call.Text(1));
        call.Context.Push(new Dictionary<string, object?> { [Coerce.ToScriptText(call.Context, call[0])] = item });
        call.Budget.Enter();
        var value = expression.Evaluate(call.Context);
        call.Budget.Leave();
        call.Context.Pop();
        return value;
    }

    private static ValueList Filter(FilterCall call, Func<object?, bool?> test, bool expected)
    {
        var items = call.InputList();
        var result = new List<object?>();
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            call.Budget.Step();
            if (test(item) == expected)
                result.Add(item);
        }

        return new ValueList([.. result]);
    }

    private static int Search(FilterCall call, Func<object?, bool?> test)
    {
        var items = Coerce.ToList(call.Input);
        for (var i = 0; i < items.Count; i++)
        {
            call.Budget.Step();
            if (test(items[i]) == true)
                return i;
        }

        return -1;
    }

    private static object? Found(FilterCall call, int index) => index < 0 ? Undefined.Value : Coerce.ToList(call.Input)[index];

    private static ValueList Group(FilterCall call, Func<object?, object?> key)
    {
        var items = Coerce.ToEnumerable(call.Context, call.Input);
        call.Budget.List(items.Count * 4.0);
        var groups = new OrderedDictionary<object, (object? Key, List<object?> Items)>(SameValue.Instance!);
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            var value = key(item);
            var boxed = value ?? SameValue.Instance;
            if (!groups.TryGetValue(boxed, out var group))
                groups[boxed] = group = (value, []);
            group.Items.Add(item);
        }

        return new ValueList([.. groups.Values.Select(g => new ValueMap(
            KeyValuePair.Create("name", g.Key), KeyValuePair.Create("items", (object?)new ValueList([.. g.Items]))))]);
    }
}
