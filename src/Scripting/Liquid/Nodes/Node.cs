namespace Platform.Scripting.Liquid;

/// <summary>A piece of a template that can be rendered.</summary>
internal abstract class Node(SourcePosition position)
{
    /// <summary>Where its tag or output starts.</summary>
    public SourcePosition Position => position;

    public abstract void Render(RenderContext context, TextOutput output);
}

internal sealed class TextNode(SourcePosition position, string text) : Node(position)
{
    public override void Render(RenderContext context, TextOutput output) => output.Write(text);
}

internal sealed class OutputNode(SourcePosition position, Expression value) : Node(position)
{
    public override void Render(RenderContext context, TextOutput output) => output.Write(context.Text(value.Evaluate(context)));
}

internal sealed class AssignNode(SourcePosition position, string name, Expression value) : Node(position)
{
    public override void Render(RenderContext context, TextOutput output)
    {
        context.Budget.Memory(32);
        context.Bottom[name] = value.Evaluate(context);
    }
}

internal sealed class CaptureNode(SourcePosition position, string name, Node[] body) : Node(position)
{
    public override void Render(RenderContext context, TextOutput output) => context.Bottom[name] = context.Capture(body);
}

internal sealed class CounterNode(SourcePosition position, string name, bool isIncrement) : Node(position)
{
    public override void Render(RenderContext context, TextOutput output)
    {
        var before = context.Count(name, isIncrement ? 1 : -1);
        output.Write(NumberText.Format(isIncrement ? before : before - 1));
    }
}

/// <summary>Writes its values in turn; all cycles of a render with the same group and values share their turn.</summary>
internal sealed class CycleNode(SourcePosition position, Expression? group, Expression[] values, string names) : Node(position)
{
    public override void Render(RenderContext context, TextOutput output)
    {
        var key = (group is null ? "" : Coerce.ToScriptText(context, group.Evaluate(context))) + ":" + names;
        context.Budget.Text(key.Length);
        var turn = context.Cycles.GetValueOrDefault(key);
        context.Cycles[key] = (turn + 1) % values.Length;
        var value = Coerce.ToValue(values[turn].Evaluate(context));

        // LiquidJS leaves out what its language calls false, zero included.
        if (Coerce.IsTruthyInScript(value))
            output.Write(context.Text(value));
    }
}

internal sealed class BreakNode(SourcePosition position, bool isBreak) : Node(position)
{
    public override void Render(RenderContext context, TextOutput output)
    {
        if (isBreak)
            context.BreakCalled = true;
        else
            context.ContinueCalled = true;
    }
}

internal sealed class BlockListNode(SourcePosition position, Node[] body) : Node(position)
{
    public override void Render(RenderContext context, TextOutput output) => context.RenderAll(body, output);
}

/// <summary>The first branch whose condition is met; unless is an if whose first condition is expected to be false.</summary>
internal sealed class IfNode(SourcePosition position, (Expression Condition, bool Expected, Node[] Body)[] branches, Node[] otherwise) : Node(position)
{
    public static IfNode Of(SourcePosition position, List<(Expression Condition, bool Expected, List<Node> Body)> branches, List<Node>? otherwise) =>
        new(position, [.. branches.Select(b => (b.Condition, b.Expected, b.Body.ToArray()))], [.. otherwise ?? []]);

    public override void Render(RenderContext context, TextOutput output)
    {
        foreach (var (condition, expected, body) in branches)
        {
            if (Coerce.IsTruthy(condition.Evaluate(context)) == expected)
            {
                context.RenderAll(body, output);
                return;
            }
        }

        context.RenderAll(otherwise, output);
    }
}

/// <summary>Every branch that has the value, or the last one if none has.</summary>
internal sealed class CaseNode(SourcePosition position, Expression value, (Expression[] Values, Node[] Body)[] branches, Node[] otherwise) : Node(position)
{
    public override void Render(RenderContext context, TextOutput output)
    {
        var target = Coerce.ToValue(value.Evaluate(context));
        var hit = false;
        foreach (var (values, body) in branches)
        {
            if (Array.Exists(values, v => Coerce.AreEqual(context, target, v.Evaluate(context))))
            {
                context.RenderAll(body, output);
                hit = true;
            }
        }

        if (!hit)
            context.RenderAll(otherwise, output);
    }
}
