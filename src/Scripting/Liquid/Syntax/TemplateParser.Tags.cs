using System.Text;

namespace Platform.Scripting.Liquid;

// Tags that assign, write or hide something.
internal sealed partial class TemplateParser
{
    private AssignNode ParseAssign(TopLevelToken tag, SourcePosition position)
    {
        var tokens = Arguments(tag);
        var name = tokens.ReadIdentifier();
        if (name.Length == 0)
            throw tokens.Error("expected variable name");
        tokens.SkipBlank();
        if (tokens.Peek() != '=')
            throw tokens.Error("expected \"=\"");
        tokens.Offset++;
        return new AssignNode(position, name, tokens.ReadFilteredValue());
    }

    private CaptureNode ParseCapture(TopLevelToken tag, SourcePosition position)
    {
        var tokens = Arguments(tag);
        var name = tokens.ReadIdentifier();
        if (name.Length == 0)
            name = tokens.ReadQuoted() ?? throw tokens.Error("invalid capture name");
        var body = new List<Node>();
        ParseUntil(tag, body.Add, t => t.Name == "endcapture" ? true : null);
        return new CaptureNode(position, name, [.. body]);
    }

    private TextNode ParseComment(TopLevelToken tag, SourcePosition position)
    {
        while (_tokens.TryDequeue(out var token))
        {
            if (token.Name == "endcomment")
                return new TextNode(position, "");
        }

        throw NotClosed(tag);
    }

    private TextNode ParseInlineComment(TopLevelToken tag, SourcePosition position)
    {
        var lines = ArgumentText(tag).Split('\n');
        if (lines.Skip(1).Any(line => TextRules.TrimStart(line) is { Length: > 0 } text && text[0] != '#'))
            throw Error("every line of an inline comment must start with a '#' character", tag);
        return new TextNode(position, "");
    }

    private TextNode ParseRaw(TopLevelToken tag, SourcePosition position)
    {
        var text = new StringBuilder();
        while (_tokens.TryDequeue(out var token))
        {
            if (token.Name == "endraw")
                return new TextNode(position, text.ToString());
            text.Append(TextOf(token));
        }

        throw NotClosed(tag);
    }

    private Node ParseEcho(TopLevelToken tag, SourcePosition position)
    {
        var tokens = Arguments(tag);
        tokens.SkipBlank();
        return tokens.AtEnd ? new TextNode(position, "") : new OutputNode(position, tokens.ReadFilteredValue());
    }

    private CycleNode ParseCycle(TopLevelToken tag, SourcePosition position)
    {
        var tokens = Arguments(tag);
        var begin = tokens.Offset;
        var group = tokens.ReadValue();
        tokens.SkipBlank();
        if (group is not null && tokens.Peek() == ':')
        {
            tokens.Offset++;
        }
        else
        {
            tokens.Offset = group is null ? tokens.Offset : begin;
            group = null;
        }

        var candidates = new List<Expression>();
        var names = new List<string>();
        while (!tokens.AtEnd)
        {
            begin = tokens.Offset;
            candidates.Add(tokens.ReadFilteredValue());
            names.Add(tokens.TextFrom(begin));
            tokens.SkipPast(",");
        }

        if (candidates.Count == 0)
            throw tokens.Error($"empty candidates: \"{TextOf(tag)}\"");
        return new CycleNode(position, group, [.. candidates], string.Join(',', names));
    }

    private BlockListNode ParseLiquid(TopLevelToken tag, SourcePosition position)
    {
        var outer = _tokens;
        _tokens = new Queue<TopLevelToken>(_lexer.ReadLines(tag.ArgumentsBegin, tag.ContentEnd));
        var nodes = Parse();
        _tokens = outer;
        return new BlockListNode(position, nodes);
    }
}
