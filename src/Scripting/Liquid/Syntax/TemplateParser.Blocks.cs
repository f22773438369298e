namespace Platform.Scripting.Liquid;

// Tags that choose or repeat.
internal sealed partial class TemplateParser
{
    private IfNode ParseIf(TopLevelToken tag, SourcePosition position)
    {
        var branches = new List<(Expression Condition, bool Expected, List<Node> Body)>();
        List<Node>? otherwise = null;
        var body = new List<Node>();
        branches.Add((Arguments(tag).ReadFilteredValue(), true, body));
        ParseUntil(tag, n => body.Add(n), inner =>
        {
            switch (inner.Name)
            {
                case "elsif" when otherwise is not null:
                    throw Error("unexpected elsif after else", tag);
                case "elsif":
                    body = [];
                    branches.Add((Arguments(inner).ReadFilteredValue(), true, body));
                    return false;
                case "else":
                    ExpectNoArguments(inner, tag);
                    if (otherwise is not null)
                        throw Error("duplicated else", tag);
                    body = otherwise = [];
                    return false;
                case "endif":
                    ExpectNoArguments(inner, tag);
                    return true;
                default:
                    return null;
            }
        });
        return IfNode.Of(position, branches, otherwise);
    }

    // Unlike if, unless tolerates tags after its else, and ignores them with their content.
    private IfNode ParseUnless(TopLevelToken tag, SourcePosition position)
    {
        var branches = new List<(Expression Condition, bool Expected, List<Node> Body)>();
        List<Node>? otherwise = null;
        var body = new List<Node>();
        branches.Add((Arguments(tag).ReadFilteredValue(), false, body));
        ParseUntil(tag, n => body.Add(n), inner =>
        {
            switch (inner.Name)
            {
                case "elsif":
                    body = [];
                    if (otherwise is null)
                        branches.Add((Arguments(inner).ReadFilteredValue(), true, body));
                    return false;
                case "else":
                    body = [];
                    otherwise ??= body;
                    return false;
                case "endunless":
                    return true;
                default:
                    return null;
            }
        });
        return IfNode.Of(position, branches, otherwise);
    }

    private CaseNode ParseCase(TopLevelToken tag, SourcePosition position)
    {
        var value = Arguments(tag).ReadFilteredValue();
        var branches = new List<(Expression[] Values, List<Node> Body)>();
        List<Node>? otherwise = null;
        var body = new List<Node>();
        ParseUntil(tag, n => body.Add(n), inner =>
        {
            switch (inner.Name)
            {
                case "when":
                    if (otherwise is not null)
                        return false;
                    body = [];
                    branches.Add((ParseWhen(inner), body));
                    return false;
                case "else":
                    body = [];
                    otherwise ??= body;
                    return false;
                case "endcase":
                    return true;
                default:
                    return null;
            }
        });
        return new CaseNode(position, value, [.. branches.Select(b => (b.Values, b.Body.ToArray()))], [.. otherwise ?? []]);
    }

    private Expression[] ParseWhen(TopLevelToken tag)
    {
        var tokens = Arguments(tag);
        var values = new List<Expression>();
        while (!tokens.AtEnd)
        {
            values.Add(tokens.ReadValueOrThrow());
            tokens.SkipBlank();
            tokens.SkipPast(tokens.Peek() == ',' ? "," : "or");
        }

        return [.. values];
    }

    private ForNode ParseFor(TopLevelToken tag, SourcePosition position)
    {
        var tokens = Arguments(tag);
        var variable = tokens.ReadIdentifier();
        var keyword = tokens.ReadIdentifier();
        var collection = tokens.ReadValue();
        if (variable.Length == 0 || keyword != "in" || collection is null)
            throw Error($"illegal tag: {TextOf(tag)}", tag);
        var name = tokens.ValueText;
        var arguments = tokens.ReadArguments();
        var body = new List<Node>();
        var otherwise = new List<Node>();
        var current = body;
        ParseUntil(tag, n => current.Add(n), inner =>
        {
            if (inner.Name is not ("else" or "endfor"))
                return null;
            ExpectNoArguments(inner, tag);
            current = otherwise;
            return inner.Name == "endfor";
        });
        return new ForNode(position, variable, collection, name, arguments, [.. body], [.. otherwise]);
    }

    private TableRowNode ParseTableRow(TopLevelToken tag, SourcePosition position)
    {
        var tokens = Arguments(tag);
        var variable = tokens.ReadIdentifier();
        var keyword = tokens.ReadIdentifier();
        var collection = tokens.ReadValue();
        if (keyword != "in" || collection is null)
            throw Error($"illegal tag: {TextOf(tag)}", tag);
        var name = tokens.ValueText;
        var arguments = tokens.ReadArguments();
        var body = new List<Node>();
        ParseUntil(tag, body.Add, inner => inner.Name == "endtablerow" ? true : null);
        return new TableRowNode(position, variable, collection, name, arguments, [.. body]);
    }
}
