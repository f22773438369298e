namespace Platform.Scripting.Liquid;

/// <summary>Turns the pieces of a source into nodes.</summary>
internal sealed partial class TemplateParser
{
    private readonly SourceText _source;
    private readonly Lexer _lexer;
    private readonly LiquidParseOptions _options;
    private Queue<TopLevelToken> _tokens;
    private int _nesting;

    public TemplateParser(string source, LiquidParseOptions options)
    {
        _source = new SourceText(source);
        _options = options;
        _lexer = new Lexer(_source, options.NestingMax);
        _tokens = new Queue<TopLevelToken>(_lexer.Read());
    }

    public Node[] Parse()
    {
        var nodes = new List<Node>();
        while (_tokens.TryDequeue(out var token))
            nodes.Add(ParseNode(token));
        return [.. nodes];
    }

    private Node ParseNode(TopLevelToken token)
    {
        var position = _source.PositionAt(token.Begin);
        switch (token.Kind)
        {
            case TokenKind.Text:
                var begin = token.Begin + token.CutLeft;
                return new TextNode(position, _source.Text[begin..Math.Max(begin, token.End - token.CutRight)]);
            case TokenKind.Output:
                return new OutputNode(position, Tokens(token.ContentBegin, token).ReadFilteredValue());
            default:
                if (++_nesting > _options.NestingMax)
                    throw Error($"tags are nested more than {_options.NestingMax} levels deep", token);
                var node = ParseTag(token, position);
                _nesting--;
                return node;
        }
    }

    private Node ParseTag(TopLevelToken tag, SourcePosition position) => tag.Name switch
    {
        "assign" => ParseAssign(tag, position),
        "block" => ParseBlock(tag, position),
        "break" => new BreakNode(position, isBreak: true),
        "capture" => ParseCapture(tag, position),
        "case" => ParseCase(tag, position),
        "comment" => ParseComment(tag, position),
        "continue" => new BreakNode(position, isBreak: false),
        "cycle" => ParseCycle(tag, position),
        "decrement" => new CounterNode(position, Arguments(tag).ReadIdentifier(), isIncrement: false),
        "echo" => ParseEcho(tag, position),
        "for" => ParseFor(tag, position),
        "if" => ParseIf(tag, position),
        "include" => ParseInclude(tag, position),
        "increment" => new CounterNode(position, Arguments(tag).ReadIdentifier(), isIncrement: true),
        "layout" => ParseLayout(tag, position),
        "liquid" => ParseLiquid(tag, position),
        "raw" => ParseRaw(tag, position),
        "render" => ParseRender(tag, position),
        "tablerow" => ParseTableRow(tag, position),
        "unless" => ParseUnless(tag, position),
        "#" => ParseInlineComment(tag, position),
        _ => throw Error($"tag \"{tag.Name}\" not found", tag),
    };

    private Tokenizer Tokens(int begin, TopLevelToken token) => new(_source, begin, token.ContentEnd, _options.NestingMax);

    private Tokenizer Arguments(TopLevelToken tag) => Tokens(tag.ArgumentsBegin, tag);

    private string ArgumentText(TopLevelToken tag) => _source.Text[tag.ArgumentsBegin..Math.Max(tag.ArgumentsBegin, tag.ContentEnd)];

    private string TextOf(TopLevelToken token) => _source.Text[token.Begin..token.End];

    private LiquidSyntaxException Error(string message, TopLevelToken token) => _source.Error(message, token.Begin);

    private LiquidSyntaxException NotClosed(TopLevelToken tag) => Error($"tag {TextOf(tag)} not closed", tag);

    private void ExpectNoArguments(TopLevelToken inner, TopLevelToken outer)
    {
        var arguments = ArgumentText(inner);
        if (arguments.Length > 0)
            throw Error($"unexpected {JsonText.Quote(arguments)}", outer);
    }

    /// <summary>Reads nodes until a tag that the caller takes for itself and answers with true.</summary>
    private void ParseUntil(TopLevelToken tag, Action<Node> add, Func<TopLevelToken, bool?> take)
    {
        while (_tokens.TryDequeue(out var token))
        {
            var taken = token.Kind == TokenKind.Tag ? take(token) : null;
            if (taken == true)
                return;
            if (taken is null)
                add(ParseNode(token));
        }

        throw NotClosed(tag);
    }
}
