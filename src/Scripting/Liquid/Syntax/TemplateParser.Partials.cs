namespace Platform.Scripting.Liquid;

// Tags that use other templates.
internal sealed partial class TemplateParser
{
    private RenderNode ParseRender(TopLevelToken tag, SourcePosition position)
    {
        var tokens = Arguments(tag);
        var file = ParseFile(tokens);
        Binding? with = null;
        Binding? each = null;
        while (!tokens.AtEnd)
        {
            var begin = tokens.Offset;
            var keyword = tokens.ReadIdentifier();
            if (keyword is not ("with" or "for") || ParseBinding(tokens) is not { } binding)
            {
                tokens.Offset = begin;
                break;
            }

            if (keyword == "with")
                with = binding;
            else
                each = binding;
            tokens.SkipBlank();
            if (tokens.Peek() == ',')
                tokens.Offset++;
        }

        return new RenderNode(position, file, with, each, tokens.ReadArguments());
    }

    private static Binding? ParseBinding(Tokenizer tokens)
    {
        tokens.SkipBlank();
        if (tokens.Peek() == ':' || tokens.ReadValue() is not { } value)
            return null;
        var text = tokens.ValueText;
        var before = tokens.Offset;
        if (tokens.ReadIdentifier() == "as")
            return new Binding(value, text, tokens.ReadIdentifier() is { Length: > 0 } alias ? alias : null);
        tokens.Offset = before;
        return new Binding(value, text, null);
    }

    private IncludeNode ParseInclude(TopLevelToken tag, SourcePosition position)
    {
        var tokens = Arguments(tag);
        var file = ParseFile(tokens);
        var begin = tokens.Offset;
        Expression? with = null;
        if (tokens.ReadIdentifier() == "with")
        {
            tokens.SkipBlank();
            if (tokens.Peek() != ':')
                with = tokens.ReadValue();
            else
                tokens.Offset = begin;
        }
        else
        {
            tokens.Offset = begin;
        }

        return new IncludeNode(position, file, with, tokens.ReadArguments());
    }

    private LayoutNode ParseLayout(TopLevelToken tag, SourcePosition position)
    {
        var tokens = Arguments(tag);
        var file = ParseFile(tokens);
        var arguments = tokens.ReadArguments();
        return new LayoutNode(position, file, arguments, Parse());
    }

    private BlockNode ParseBlock(TopLevelToken tag, SourcePosition position)
    {
        var text = ArgumentText(tag);
        var begin = 0;
        while (begin < text.Length && !IsNameChar(text[begin]))
            begin++;
        var end = begin;
        while (end < text.Length && IsNameChar(text[end]))
            end++;
        var body = new List<Node>();
        ParseUntil(tag, body.Add, t => t.Name == "endblock" ? true : null);
        return new BlockNode(position, text[begin..end], [.. body]);
    }

    private static bool IsNameChar(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    // A quoted name may itself contain outputs; "none" stands for no file.
    private FileName ParseFile(Tokenizer tokens)
    {
        var value = tokens.ReadValue() ?? throw tokens.Error("illegal file path");
        if (tokens.ValueText == "none")
            return new FileName(null, null);
        if (value is not ConstantExpression { Value: string text } || tokens.ValueText[0] is not ('"' or '\''))
            return new FileName(value, null);
        var name = new TemplateParser(text, _options) { _nesting = _nesting };
        return new FileName(null, name.Parse());
    }
}
