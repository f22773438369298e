namespace Platform.Scripting.JavaScript;

/// <summary>Reading an expression again as something to assign to.</summary>
internal sealed partial class Parser
{
    /// <summary>What <c>++</c> and <c>op=</c> accept: a name or a property.</summary>
    private TargetNode ToSimpleTarget(Node node, int start)
    {
        switch (node)
        {
            case IdentifierNode { Name: "eval" or "arguments" }:
                throw Error("Unexpected eval or arguments in strict mode", start);
            case IdentifierNode { Name: not ("this" or "new.target") } name:
                return name;
            case AccessNode access:
                return access;
            default:
                throw Error("Invalid left-hand side in assignment", start);
        }
    }

    /// <summary>What <c>=</c>, <c>for</c> heads and patterns accept: also array and object literals as patterns.</summary>
    private TargetNode ToTarget(Node node, int start)
    {
        if (node is ArrayNode or ObjectNode && !_parenthesized.Contains(node))
        {
            if (_coverError >= node.Position)
                _coverError = -1;
            return node is ArrayNode array ? ToArrayPattern(array) : ToObjectPattern((ObjectNode)node);
        }

        return node is TargetNode and (ArrayPatternNode or ObjectPatternNode) ? (TargetNode)node : ToSimpleTarget(node, start);
    }

    private TargetNode ToElement(Node node)
    {
        if (node is AssignNode assign && !_parenthesized.Contains(node))
            return new DefaultNode(assign.Target, assign.Value) { Position = node.Position };
        if (node is not (ArrayNode or ObjectNode or IdentifierNode or AccessNode))
            throw Error("Invalid destructuring assignment target", node.Position);
        return ToTarget(node, node.Position);
    }

    private ArrayPatternNode ToArrayPattern(ArrayNode array)
    {
        var elements = new List<TargetNode?>();
        TargetNode? rest = null;
        foreach (var element in array.Elements)
        {
            if (rest is not null || (element is SpreadNode && array.HasTrailingCommaAfterSpread))
                throw Error("Rest element must be last element", array.Position);
            if (element is SpreadNode spread)
                rest = spread.Inner is AssignNode ? throw Error("Invalid rest element", spread.Position) : ToElement(spread.Inner);
            else
                elements.Add(element is null ? null : ToElement(element));
        }

        return new ArrayPatternNode([.. elements], rest) { Position = array.Position };
    }

    private ObjectPatternNode ToObjectPattern(ObjectNode literal)
    {
        var properties = new List<PatternProperty>();
        TargetNode? rest = null;
        foreach (var part in literal.Parts)
        {
            if (rest is not null)
                throw Error("Rest element must be last element", literal.Position);
            if (part.Kind == ObjectPartKind.Spread)
            {
                rest = part.Value is ArrayNode or ObjectNode
                    ? throw Error("`...` must be followed by an assignable reference in assignment contexts", literal.Position)
                    : ToTarget(part.Value, literal.Position);
                continue;
            }

            if (part.Kind is not (ObjectPartKind.Value or ObjectPartKind.Prototype))
                throw Error("Invalid destructuring assignment target", literal.Position);
            var key = part.Kind == ObjectPartKind.Prototype ? PropertyKey.Named("__proto__") : part.Key;
            var target = part.ShorthandDefault is { } value
                ? new DefaultNode((TargetNode)part.Value, value) { Position = part.Value.Position }
                : ToElement(part.Value);
            properties.Add(new PatternProperty(part.ComputedKey, key, target));
        }

        return new ObjectPatternNode([.. properties], rest) { Position = literal.Position };
    }

    private TargetNode ToBindingElement(Node node, int start)
    {
        if (node is AssignNode assign && !_parenthesized.Contains(node))
            return new DefaultNode(assign.Target, assign.Value) { Position = node.Position };
        if (_parenthesized.Contains(node) || node is not (ArrayNode or ObjectNode or IdentifierNode))
            throw Error("Invalid arrow function parameter", start);
        return ToTarget(node, start);
    }

    /// <summary>Declares every name of a pattern that was read as an expression.</summary>
    private void DeclarePattern(TargetNode target, BindingKind kind)
    {
        switch (target)
        {
            case IdentifierNode name:
                if (name.Name is "eval" or "arguments" or "this")
                    throw Error("Unexpected eval or arguments in strict mode", name.Position);
                DeclareLexical(name.Name, kind, name.Position);
                break;
            case DefaultNode withDefault:
                DeclarePattern(withDefault.Target, kind);
                break;
            case ArrayPatternNode array:
                foreach (var element in array.AllTargets)
                    DeclarePattern(element, kind);
                break;
            case ObjectPatternNode pattern:
                foreach (var part in pattern.AllTargets)
                    DeclarePattern(part, kind);
                break;
            default:
                throw Error("Invalid destructuring assignment target", target.Position);
        }
    }
}
