namespace Platform.Scripting.Liquid;

/// <summary>Renders its body for every value of a collection.</summary>
internal sealed class ForNode(
    SourcePosition position, string variable, Expression collection, string collectionText,
    (string Name, Expression? Value)[] arguments, Node[] body, Node[] otherwise) : Node(position)
{
    public override void Render(RenderContext context, TextOutput output)
    {
        var items = Coerce.ToEnumerable(context, collection.Evaluate(context));
        if (items.Count == 0)
        {
            context.RenderAll(otherwise, output);
            return;
        }

        items = Select(context, items);
        var parent = context.Lookup("forloop") as ForLoop;
        var loop = new ForLoop(items.Count, collectionText, variable, parent);
        var scope = new Dictionary<string, object?> { ["forloop"] = loop };
        context.Push(scope);
        for (var i = 0; i < items.Count; i++)
        {
            loop.Index0 = i;
            scope[variable] = items[i];
            context.ContinueCalled = context.BreakCalled = false;
            context.Budget.Step();
            context.RenderAll(body, output);
            if (context.BreakCalled)
                break;
        }

        context.ContinueCalled = context.BreakCalled = false;
        context.Pop();
    }

    // Whatever their order in the template, the offset comes first, then the limit, then the reversal.
    private LiquidList Select(RenderContext context, LiquidList items)
    {
        var key = $"{variable}-{collectionText}";
        context.Push(new Dictionary<string, object?> { ["continue"] = Numbers.Box(context.Continuations.GetValueOrDefault(key)) });
        var values = Arguments.Evaluate(context, arguments);
        context.Pop();
        double begin = 0;
        if (values.TryGetValue("offset", out var offset) && offset is not Undefined)
        {
            begin = Coerce.ToNumberOrZero(context, offset);
            items = Lists.Slice(context, items, begin, items.Count);
        }

        if (values.TryGetValue("limit", out var limit) && limit is not Undefined)
            items = Lists.Slice(context, items, 0, Coerce.ToNumberOrZero(context, limit));
        context.Continuations[key] = begin + items.Count;
        return values.TryGetValue("reversed", out var reversed) && reversed is not Undefined ? Lists.Reverse(context, items) : items;
    }
}

/// <summary>Renders its body into the cells of a table.</summary>
internal sealed class TableRowNode(
    SourcePosition position, string variable, Expression collection, string collectionText,
    (string Name, Expression? Value)[] arguments, Node[] body) : Node(position)
{
    public override void Render(RenderContext context, TextOutput output)
    {
        var items = Coerce.ToEnumerable(context, collection.Evaluate(context));
        var values = Arguments.Evaluate(context, arguments);
        var begin = Number(context, values, "offset", 0);
        if (begin == 0)
            begin = 0;
        var count = values.TryGetValue("limit", out var limit) && limit is not Undefined ? Coerce.ToNumberOrZero(context, limit) : items.Count;
        items = Lists.Slice(context, items, begin, begin + count);
        var columns = Number(context, values, "cols", items.Count);
        var loop = new TableRowLoop(items.Count, columns, collectionText, variable);
        var scope = new Dictionary<string, object?> { ["tablerowloop"] = loop };
        context.Push(scope);
        for (var i = 0; i < items.Count; i++)
        {
            context.Budget.Step();
            loop.Index0 = i;
            scope[variable] = items[i];
            RenderCell(context, output, loop);
        }

        if (items.Count > 0)
            output.Write("</tr>");
        context.Pop();
    }

    private void RenderCell(RenderContext context, TextOutput output, TableRowLoop loop)
    {
        if (loop.Column0 == 0)
        {
            if (loop.Row != 1)
                output.Write("</tr>");
            output.Write($"<tr class=\"row{NumberText.Format(loop.Row)}\">");
        }

        output.Write($"<td class=\"col{NumberText.Format(loop.Column0 + 1)}\">");
        context.RenderAll(body, output);
        output.Write("</td>");
    }

    private static double Number(RenderContext context, Dictionary<string, object?> values, string name, double otherwise)
    {
        var number = values.TryGetValue(name, out var value) ? Coerce.ToNumberOrZero(context, value) : 0;
        return number == 0 ? otherwise : number;
    }
}

/// <summary>Named arguments of tags.</summary>
internal static class Arguments
{
    /// <summary>The values by name; true for a name that came without one.</summary>
    public static Dictionary<string, object?> Evaluate(RenderContext context, (string Name, Expression? Value)[] arguments)
    {
        var values = new Dictionary<string, object?>();
        foreach (var (name, value) in arguments)
            values[name] = value is null ? true : value.Evaluate(context);
        return values;
    }
}
