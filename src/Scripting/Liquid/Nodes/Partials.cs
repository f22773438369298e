namespace Platform.Scripting.Liquid;

/// <summary>A value that a partial template gets under its own name or an alias.</summary>
internal sealed record Binding(Expression Value, string Text, string? Alias);

/// <summary>The name of another template: a value, or a template that renders to it, or none.</summary>
internal sealed record FileName(Expression? Value, Node[]? Parts)
{
    public bool IsNone => Value is null && Parts is null;

    public string Resolve(RenderContext context)
    {
        var name = Parts is not null ? context.Capture(Parts) : Coerce.ToValue(Value?.Evaluate(context)) as string;
        return string.IsNullOrEmpty(name) ? throw new LiquidFault("The name of the template is empty or no text") : name;
    }

    public static Node[] Load(RenderContext context, string name)
    {
        if (context.Options.Templates is not { } templates)
            throw new LiquidFault($"Template '{name}' is not available: templates cannot use other templates here");
        var template = context.Host.Guard(() => templates(name)) ?? throw new LiquidFault($"Template '{name}' does not exist");
        return template.Nodes;
    }
}

/// <summary>Renders a template that sees only its arguments.</summary>
internal sealed class RenderNode(SourcePosition position, FileName file, Binding? with, Binding? each, (string Name, Expression? Value)[] arguments) : Node(position)
{
    public override void Render(RenderContext context, TextOutput output)
    {
        var name = file.Resolve(context);
        var nodes = FileName.Load(context, name);
        var inner = context.Spawn();
        foreach (var (key, value) in Arguments.Evaluate(context, arguments))
            inner.Bottom[key] = value;
        if (with is not null)
            inner.Bottom[with.Alias ?? name] = with.Value.Evaluate(context);
        if (each is null)
        {
            inner.RenderAll(nodes, output);
            return;
        }

        var items = Coerce.ToEnumerable(context, each.Value.Evaluate(context));
        var alias = each.Alias ?? name;
        var loop = new ForLoop(items.Count, each.Text, alias, null);
        inner.Bottom["forloop"] = loop;
        for (var i = 0; i < items.Count; i++)
        {
            loop.Index0 = i;
            inner.Bottom[alias] = items[i];
            context.Budget.Step();
            inner.RenderAll(nodes, output);
        }
    }
}

/// <summary>Renders a template as if it stood here.</summary>
internal sealed class IncludeNode(SourcePosition position, FileName file, Expression? with, (string Name, Expression? Value)[] arguments) : Node(position)
{
    public override void Render(RenderContext context, TextOutput output)
    {
        var name = file.Resolve(context);
        var scope = Arguments.Evaluate(context, arguments);
        if (with is not null)
            scope[name] = with.Evaluate(context);
        var nodes = FileName.Load(context, name);
        var blocks = context.Blocks;
        context.Blocks = new LayoutBlocks();
        context.Push(scope);
        context.RenderAll(nodes, output);
        context.Pop();
        context.Blocks = blocks;
    }
}

/// <summary>The blocks that a template has for its layout.</summary>
internal sealed class LayoutBlocks
{
    /// <summary>True while blocks are kept for a layout instead of being written.</summary>
    public bool IsStoring { get; set; }

    public Dictionary<string, Action<BlockDrop, TextOutput>> ByName { get; } = [];

    public Stack<BlockNode> Open { get; } = [];
}

/// <summary>Renders another template, with what follows the tag put into its blocks.</summary>
internal sealed class LayoutNode(SourcePosition position, FileName file, (string Name, Expression? Value)[] arguments, Node[] rest) : Node(position)
{
    public override void Render(RenderContext context, TextOutput output)
    {
        if (file.IsNone)
        {
            context.Blocks.IsStoring = false;
            context.RenderAll(rest, output);
            return;
        }

        var nodes = FileName.Load(context, file.Resolve(context));
        context.Blocks.IsStoring = true;
        var content = context.Capture(rest);
        context.Blocks.ByName.TryAdd("", (_, to) => to.Write(content));
        context.Blocks.IsStoring = false;
        context.Push(Arguments.Evaluate(context, arguments));
        context.RenderAll(nodes, output);
        context.Pop();
    }
}

/// <summary>A part of a layout that a template can replace, or its replacement.</summary>
internal sealed class BlockNode(SourcePosition position, string name, Node[] body) : Node(position)
{
    public override void Render(RenderContext context, TextOutput output)
    {
        var blocks = context.Blocks;
        var render = Resolve(context, blocks);
        if (blocks.IsStoring)
            blocks.ByName[name] = render;
        else
            render(new BlockDrop(null), output);
    }

    private Action<BlockDrop, TextOutput> Resolve(RenderContext context, LayoutBlocks blocks)
    {
        if (!blocks.ByName.TryGetValue(name, out var replacement))
            return (parent, output) => RenderBody(context, parent, output);
        return (parent, output) => replacement(new BlockDrop(() => Capture(context, parent)), output);
    }

    private string Capture(RenderContext context, BlockDrop parent)
    {
        var output = new TextOutput(context.Budget, isResult: false);
        RenderBody(context, parent, output);
        return output.ToString();
    }

    private void RenderBody(RenderContext context, BlockDrop parent, TextOutput output)
    {
        var open = context.Blocks.Open;
        if (open.Contains(this))
            throw new LiquidFault("block tag cannot be nested");
        open.Push(this);
        context.Push(new Dictionary<string, object?> { ["block"] = parent });
        context.RenderAll(body, output);
        context.Pop();
        open.Pop();
    }
}
